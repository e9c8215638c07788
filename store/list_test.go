package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"radish/store/listpack"
)

// listModel runs the same operations on lists and on slices.
type listModel struct {
	t    *testing.T
	s    *Store
	db   DB
	r    *rand.Rand
	want map[string][]string
	big  int // elements of up to so many bytes now and then
	pad  int // so many bytes at the end of the others
}

func (m *listModel) value() []byte {
	switch m.r.IntN(12) {
	case 0, 1, 2:
		return strconv.AppendInt(nil, int64(m.r.IntN(30)), 10)
	case 3:
		return strconv.AppendInt(nil, int64(m.r.Uint64())>>m.r.IntN(63), 10)
	case 4:
		return bytes.Repeat([]byte{'x'}, m.r.IntN(400))
	case 5:
		if m.r.IntN(4) == 0 {
			return bytes.Repeat([]byte{'y'}, m.r.IntN(m.big))
		}
	}
	return append(fmt.Appendf(nil, "v%d", m.r.IntN(40)), bytes.Repeat([]byte{'-'}, m.pad)...)
}

// open opens a list that must be there or not, as the model says.
func (m *listModel) open(key string) List {
	m.t.Helper()
	var l List
	ok := m.db.OpenList(&l, m.db.Key([]byte(key)))
	if !ok || l.Ok() != (m.want[key] != nil) || l.Len() != len(m.want[key]) {
		m.t.Fatalf("list %s: %v, %d elements, want %d", key, ok, l.Len(), len(m.want[key]))
	}
	return l
}

func (m *listModel) set(key string, vals []string) {
	if len(vals) == 0 {
		delete(m.want, key)
	} else {
		m.want[key] = vals
	}
}

func (m *listModel) push(key string) {
	l := m.open(key)
	left := m.r.IntN(2) == 0
	var vals [][]byte
	for range 1 + m.r.IntN(1+m.r.IntN(40)) {
		v := m.value()
		vals = append(vals, v)
		if left {
			m.want[key] = slices.Insert(m.want[key], 0, string(v))
		} else {
			m.want[key] = append(m.want[key], string(v))
		}
	}
	l.Push(left, vals...)
}

func (m *listModel) pop(key string) {
	want := m.want[key]
	for range min(len(want), 1+m.r.IntN(30)) {
		l := m.open(key)
		left := m.r.IntN(3) == 0
		lp, off := l.End(left)
		got := string(listpack.Get(lp, off).Append(nil))
		i := 0
		if !left {
			i = len(want) - 1
		}
		if got != want[i] {
			m.t.Fatalf("popped %q, want %q", got, want[i])
		}
		l.Pop(left)
		want = slices.Delete(want, i, i+1)
		m.set(key, want)
	}
}

func (m *listModel) edit(key string) {
	want := m.want[key]
	l := m.open(key)
	n := len(want)
	switch m.r.IntN(6) {
	case 5:
		fromLeft, toLeft := m.r.IntN(2) == 0, m.r.IntN(2) == 0
		v := want[n-1]
		rest := want[:n-1]
		if fromLeft {
			v, rest = want[0], want[1:]
		}
		l.Rotate(fromLeft, toLeft, []byte(v))
		if rest = slices.Clone(rest); toLeft {
			want = slices.Insert(rest, 0, v)
		} else {
			want = append(rest, v)
		}
	case 0:
		i, v := m.r.IntN(2*n+2)-n-1, m.value()
		ok := l.Set(i, v)
		if i < 0 {
			i += n
		}
		if ok != (i >= 0 && i < n) {
			m.t.Fatalf("Set of %d of %d: %v", i, n, ok)
		}
		if ok {
			want[i] = string(v)
		}
	case 1:
		pivot, v, before := m.value(), m.value(), m.r.IntN(2) == 0
		if m.r.IntN(3) > 0 {
			pivot = []byte(want[m.r.IntN(n)])
		}
		i := slices.Index(want, string(pivot))
		if ok := l.Insert(pivot, v, before); ok != (i >= 0) {
			m.t.Fatalf("Insert: %v", ok)
		}
		if i >= 0 {
			if !before {
				i++
			}
			want = slices.Insert(want, i, string(v))
		}
	case 2:
		i := m.r.IntN(n + 1)
		k := m.r.IntN(min(n-i, 100) + 1)
		l.Remove(i, k)
		want = slices.Delete(want, i, i+k)
	case 3:
		if m.r.IntN(6) > 0 {
			break
		}
		i := m.r.IntN(n + 1)
		k := m.r.IntN(n - i + 1)
		l.Trim(i, k)
		want = slices.Clone(want[i : i+k])
	case 4:
		v, limit, last := []byte(want[m.r.IntN(n)]), 1+m.r.IntN(20), m.r.IntN(2) == 0
		got := l.RemoveEqual(v, limit, last)
		removed := 0
		if last {
			slices.Reverse(want)
		}
		want = slices.DeleteFunc(want, func(s string) bool {
			if s == string(v) && removed < limit {
				removed++
				return true
			}
			return false
		})
		if last {
			slices.Reverse(want)
		}
		if got != removed {
			m.t.Fatalf("removed %d, want %d", got, removed)
		}
	}
	m.set(key, want)
}

// keyspace does what the keyspace does with values.
func (m *listModel) keyspace(key, other string) {
	a, b := m.db.Key([]byte(key)), m.db.Key([]byte(other))
	switch m.r.IntN(6) {
	case 0:
		m.db.Rename(a, b)
		vals := m.want[key]
		delete(m.want, key)
		m.set(other, vals)
	case 1:
		m.db.Copy(a, b, m.db.Index)
		m.set(other, slices.Clone(m.want[key]))
	case 2:
		m.db.SetDeadline(a, testNow+1000)
	case 3:
		m.s.Purge(nil)
	case 4:
		if m.r.IntN(10) == 0 {
			m.db.Delete(a)
			delete(m.want, key)
		}
	case 5:
		l := m.s.limits()
		c := *l
		c.ListMaxListpackSize = []int{-2, -2, -1, -3, -4, -5, 1, 5, 128, 0}[m.r.IntN(10)]
		m.s.SetLimits(c)
	}
}

// verify compares a list with the model, read in several ways.
func (m *listModel) verify(key string) {
	want := m.want[key]
	e := m.db.Peek(m.db.Key([]byte(key)))
	if !e.Ok() || e.Type() != TypeList || e.ListLen() != len(want) {
		m.t.Fatalf("list %s: %v, %v", key, e.Ok(), e.Type())
	}
	from := m.r.IntN(len(want))
	stop := from + m.r.IntN(len(want)-from)
	if m.r.IntN(3) == 0 {
		from, stop = 0, len(want)-1
	}
	i := from
	e.ListRange(from, stop, func(v []byte) bool {
		if string(v) != want[i] {
			m.t.Fatalf("list %s: element %d is %.40q, want %.40q", key, i, v, want[i])
		}
		i++
		return true
	})
	if i != stop+1 {
		m.t.Fatalf("range ended at %d", i)
	}
	i = stop
	for it := e.ListIter(stop, stop-from+1, true); it.Next(); {
		for off := it.Off; it.N > 0; it.N-- {
			if got := listpack.Get(it.LP, off); !got.Equal([]byte(want[i])) {
				m.t.Fatalf("list %s: backwards, element %d differs from %.40q", key, i, want[i])
			}
			i--
			off = listpack.Prev(it.LP, off)
		}
	}
	if i != from-1 {
		m.t.Fatalf("range backwards ended at %d", i)
	}
	i = m.r.IntN(len(want))
	if lp, off := e.ListAt(i); !listpack.Get(lp, off).Equal([]byte(want[i])) {
		m.t.Fatalf("list %s: element %d differs from %.40q", key, i, want[i])
	}
}

func TestListModel(t *testing.T) {
	for seed := range uint64(7) {
		t.Run(strconv.Itoa(int(seed)), func(t *testing.T) {
			s := newStore(t, 4, 1)
			m := &listModel{t: t, s: s, db: s.DB(0, testNow), r: rand.New(rand.NewPCG(seed, 7)), want: map[string][]string{}, big: 20000}
			switch seed {
			case 4:
				s.SetLargeElement(30)
			case 5:
				m.big = 600000
			case 6:
				m.pad = 700 // so that lists have arenas of their own
			}
			for step := range 5000 {
				key := fmt.Sprintf("list%d", m.r.IntN(5))
				there := m.want[key] != nil
				switch op := m.r.IntN(20); {
				case !there || op < 7 && len(m.want[key]) < 3000:
					m.push(key)
				case op < 10:
					m.pop(key)
				case op < 18:
					m.edit(key)
				default:
					m.keyspace(key, fmt.Sprintf("list%d", m.r.IntN(5)))
				}
				if step%10 == 0 {
					check(t, s)
				}
				if m.want[key] != nil {
					m.verify(key)
				}
			}
		})
	}
}

// Encodings change where Redis changes them.
func TestListEncoding(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	enc := func(want Encoding) {
		t.Helper()
		if got := db.Peek(k).Encoding(); got != want {
			t.Fatalf("encoding %v, want %v", got, want)
		}
		check(t, s)
	}
	push := func(n int) {
		db.ListPush(k, false, [][]byte{bytes.Repeat([]byte{'x'}, n)})
	}
	push(8192 - 7)
	enc(EncListpack)
	push(1)
	enc(EncQuicklist)
	db.ListPop(k, true, nil)
	enc(EncListpack)
	push(8000)
	enc(EncListpack)
	db.DeleteSync(k)
	push(8192 - 6)
	enc(EncQuicklist)
	db.DeleteSync(k)

	s.SetLimits(Limits{ListMaxListpackSize: 4})
	for range 4 {
		push(1)
	}
	enc(EncListpack)
	push(1)
	enc(EncQuicklist)
	for range 2 {
		db.ListPop(k, false, nil)
	}
	enc(EncQuicklist)
	db.ListPop(k, false, nil)
	enc(EncListpack)
	db.ListPop(k, false, nil)
	db.ListPop(k, false, nil)
	if _, ok := db.ListPop(k, false, nil); ok || db.Peek(k).Ok() {
		t.Error("an empty list is there")
	}
}

func TestDetachedList(t *testing.T) {
	for _, n := range []int{1, 10, 1000, 100_000} {
		s := newStore(t, 2, 1)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		d := s.DetachedList(func(add func(v []byte)) {
			for i := range n {
				add(strconv.AppendInt(nil, int64(i), 10))
			}
		})
		db.Install(k, d, 0)
		check(t, s)
		i := 0
		db.Peek(k).ListRange(0, db.Peek(k).ListLen()-1, func(v []byte) bool {
			if string(v) != strconv.Itoa(i) {
				t.Fatalf("element %d is %q", i, v)
			}
			i++
			return true
		})
		if i != n {
			t.Errorf("%d elements, want %d", i, n)
		}
	}
}

// A list that is made at once has nodes of the default size: only its end looks at list-max-listpack-size.
func TestDetachedListEncoding(t *testing.T) {
	for _, c := range []struct {
		size, elems, bytes int
		large              int64
		want               Encoding
	}{
		{size: -2, elems: 100, bytes: 10, want: EncListpack},
		{size: -2, elems: 1000, bytes: 10, want: EncQuicklist},
		{size: -1, elems: 500, bytes: 10, want: EncQuicklist},
		{size: -5, elems: 1000, bytes: 10, want: EncQuicklist},
		{size: 4, elems: 4, bytes: 10, want: EncListpack},
		{size: 4, elems: 5, bytes: 10, want: EncQuicklist},
		{size: 128, elems: 1, bytes: 9000, want: EncListpack},
		{size: 128, elems: 2, bytes: 5000, want: EncQuicklist},
		{size: -2, elems: 1, bytes: 9000, want: EncQuicklist},
		{size: -3, elems: 1, bytes: 9000, want: EncListpack},
		{size: -2, elems: 1, bytes: 10, large: 10, want: EncQuicklist},
		{size: -2, elems: 1, bytes: 9, large: 10, want: EncListpack},
	} {
		s := newStore(t, 2, 1)
		lim := *s.limits()
		lim.ListMaxListpackSize = c.size
		s.SetLimits(lim)
		s.SetLargeElement(c.large)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		db.Install(k, s.DetachedList(func(add func(v []byte)) {
			for range c.elems {
				add(bytes.Repeat([]byte("x"), c.bytes))
			}
		}), 0)
		check(t, s)
		if e := db.Peek(k); e.Encoding() != c.want || e.ListLen() != c.elems {
			t.Errorf("%+v: %s of %d", c, e.Encoding(), e.ListLen())
		}
		db.ListPush(k, false, [][]byte{[]byte("y")})
		check(t, s)
	}
}
