package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

const testNow = 1_700_000_000_000

func newStore(t testing.TB, shards, dbs int) *Store {
	t.Helper()
	s, err := New(Options{Shards: shards, Databases: dbs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func check(t testing.TB, s *Store) {
	t.Helper()
	s.WaitLazyFree()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

// modelValue is what a plain map knows of a key.
type modelValue struct {
	val      []byte
	enc      Encoding
	deadline int64
}

// model runs the same operations on a store and on plain maps.
type model struct {
	t       *testing.T
	s       *Store
	r       *rand.Rand
	now     int64
	dbs     []map[string]modelValue
	expired map[string]int
	keys    int
	maxVal  int
}

func encodingOf(val []byte) Encoding {
	if n, err := strconv.ParseInt(string(val), 10, 64); err == nil && strconv.FormatInt(n, 10) == string(val) {
		return EncInt
	}
	if len(val) <= 44 {
		return EncEmbstr
	}
	return EncRaw
}

func (m *model) key() string {
	n := m.r.IntN(m.keys)
	switch n % 50 {
	case 7:
		return fmt.Sprintf("%05000d", n) // longer than the header can tell
	case 8:
		return fmt.Sprintf("%0300d", n)
	case 9:
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("key:%012d", n)
}

func (m *model) value() []byte {
	switch m.r.IntN(10) {
	case 0:
		return strconv.AppendInt(nil, int64(m.r.Uint64())>>m.r.IntN(60), 10)
	case 1:
		return nil
	case 2, 3:
		return m.bytes(m.r.IntN(m.maxVal))
	}
	return m.bytes(m.r.IntN(100))
}

func (m *model) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.r.Uint32())
	}
	return b
}

func (m *model) deadline() int64 {
	switch m.r.IntN(4) {
	case 0:
		return m.now + int64(m.r.IntN(50))
	case 1:
		return m.now + int64(m.r.IntN(100000))
	case 2:
		if m.r.IntN(20) == 0 {
			return 1<<62 - int64(m.r.IntN(10))
		}
	}
	return 0
}

// live is the model's value, if it has not lapsed.
func (m *model) live(db int, key string) (modelValue, bool) {
	v, ok := m.dbs[db][key]
	if ok && v.deadline != 0 && v.deadline < m.now {
		return modelValue{}, false
	}
	return v, ok
}

func (m *model) step() {
	i := m.r.IntN(len(m.dbs))
	db := m.s.DB(i, m.now)
	name := m.key()
	k := db.Key([]byte(name))
	old, had := m.live(i, name)
	set := func(val []byte, enc Encoding, deadline int64) {
		m.dbs[i][name] = modelValue{bytes.Clone(val), enc, deadline}
	}
	switch op := m.r.IntN(20); op {
	case 0, 1, 2, 3, 4:
		v, d := m.value(), m.deadline()
		db.SetString(k, v, d)
		set(v, encodingOf(v), d)
	case 5:
		v := m.value()
		db.SetStringKeepTTL(k, v)
		set(v, encodingOf(v), old.deadline)
	case 6:
		n := int64(m.r.Uint64())
		db.SetInt(k, n)
		set(strconv.AppendInt(nil, n, 10), EncInt, old.deadline)
	case 7:
		n := m.r.IntN(m.maxVal)
		if m.r.IntN(2) == 0 {
			n = len(old.val) + m.r.IntN(30)
		}
		b := db.GrowString(k, n)
		want := append(bytes.Clone(old.val), make([]byte, max(n-len(old.val), 0))...)
		if !bytes.Equal(b, want) {
			m.t.Fatalf("GrowString(%q, %d) of %d bytes is wrong", name, n, len(old.val))
		}
		if len(b) > 0 {
			j := m.r.IntN(len(b))
			b[j], want[j] = 'x', 'x'
		}
		set(want, EncRaw, old.deadline)
	case 8, 9, 10, 11:
		f := db.Delete
		if m.r.IntN(2) == 0 {
			f = db.DeleteSync
		}
		if f(k) != had {
			m.t.Fatalf("Delete(%q) is not %v", name, had)
		}
		delete(m.dbs[i], name)
	case 12, 13:
		d := m.deadline()
		if db.SetDeadline(k, d) != had {
			m.t.Fatalf("SetDeadline(%q) is not %v", name, had)
		}
		if had {
			set(old.val, old.enc, d)
		}
	case 14:
		m.rename(&db, i, name, k, had, old)
	case 15:
		m.copyKey(&db, i, name, k, had, old)
	case 16:
		j := m.r.IntN(len(m.dbs))
		_, there := m.live(j, name)
		want := had && !there && i != j
		if db.Move(k, j) != want {
			m.t.Fatalf("Move(%q, %d) is not %v", name, j, want)
		}
		if want {
			m.dbs[j][name] = old
			delete(m.dbs[i], name)
		}
	default:
		m.compare(&db, i, name, k)
	}
	m.compare(&db, i, name, k)
}

func (m *model) rename(db *DB, i int, name string, k Key, had bool, old modelValue) {
	to := m.key()
	if db.Rename(k, db.Key([]byte(to))) != had {
		m.t.Fatalf("Rename(%q) is not %v", name, had)
	}
	if had {
		delete(m.dbs[i], name)
		m.dbs[i][to] = old
	}
}

func (m *model) copyKey(db *DB, i int, name string, k Key, had bool, old modelValue) {
	to, j := m.key(), m.r.IntN(len(m.dbs))
	if db.Copy(k, db.Key([]byte(to)), j) != had {
		m.t.Fatalf("Copy(%q) is not %v", name, had)
	}
	if had {
		m.dbs[j][to] = old
	}
}

// compare looks a key up in both.
func (m *model) compare(db *DB, i int, name string, k Key) {
	want, ok := m.live(i, name)
	e := db.Lookup(k)
	if e.Ok() != ok {
		m.t.Fatalf("key %q: there is %v, not %v", name, e.Ok(), ok)
	}
	if ok {
		m.equal(e, name, want)
	}
}

func (m *model) equal(e Entry, name string, want modelValue) {
	m.t.Helper()
	var scratch [24]byte
	if got := e.Bytes(&scratch); !bytes.Equal(got, want.val) || !bytes.Equal(e.Append(nil), want.val) || e.StringLen() != len(want.val) {
		m.t.Fatalf("key %q: value of %d bytes, not %d", name, len(got), len(want.val))
	}
	if string(e.Key()) != name || e.Deadline() != want.deadline || e.Encoding() != want.enc || e.Type() != TypeString {
		m.t.Fatalf("key %q: key %q, deadline %d, encoding %v, not %d, %v", name, e.Key(), e.Deadline(), e.Encoding(), want.deadline, want.enc)
	}
	if n := e.MemUsage(); n < int64(e.size()) || n > int64(2*e.size()+2*len(want.val)+5000) {
		m.t.Fatalf("key %q of %d bytes: MemUsage %d", name, len(want.val), n)
	}
}

// compareAll compares all keys, by Walk, Scan and Len.
func (m *model) compareAll() {
	m.t.Helper()
	for i := range m.dbs {
		live := 0
		for name := range m.dbs[i] {
			if _, ok := m.live(i, name); ok {
				live++
			}
		}
		db := m.s.DB(i, m.now)
		seen := make(map[string]bool)
		visit := func(e Entry) {
			name := string(e.Key())
			want, ok := m.live(i, name)
			if !ok || seen[name] {
				m.t.Fatalf("key %q: should be there %v, seen %v", name, ok, seen[name])
			}
			seen[name] = true
			m.equal(e, name, want)
		}
		db.Walk(func(e Entry) bool { visit(e); return true })
		if len(seen) != live {
			m.t.Fatalf("Walk saw %d of %d keys", len(seen), live)
		}
		clear(seen)
		for cursor := uint64(0); ; {
			if cursor = db.Scan(cursor, 1+m.r.IntN(20), visit); cursor == 0 {
				break
			}
		}
		if len(seen) != live {
			m.t.Fatalf("Scan saw %d of %d keys", len(seen), live)
		}
		if key, ok := db.RandomKey(nil); ok != (live > 0) || ok && !seen[string(key)] {
			m.t.Fatalf("RandomKey: %q, %v", key, ok)
		}
	}
}

// expire lets ExpireDue delete all lapsed keys; some were deleted before, as others replaced them or found them.
func (m *model) expire() {
	for more := true; more; {
		_, more = m.s.ExpireDue(m.now, 100)
	}
	for i := range m.dbs {
		for name, v := range m.dbs[i] {
			if v.deadline != 0 && v.deadline < m.now {
				delete(m.dbs[i], name)
			}
		}
		db := m.s.DB(i, m.now)
		due := int64(0)
		for _, v := range m.dbs[i] {
			if v.deadline != 0 {
				due++
			}
		}
		if db.Len() != int64(len(m.dbs[i])) || db.ExpiresLen() != due {
			m.t.Fatalf("%d keys, %d with a deadline, not %d and %d", db.Len(), db.ExpiresLen(), len(m.dbs[i]), due)
		}
	}
	if ms, ok := m.s.NextDeadline(); ok && ms < m.now {
		m.t.Fatalf("the next deadline is %d, now is %d", ms, m.now)
	}
}

func newModel(t *testing.T, shards, dbs, keys, maxVal int, seed uint64) *model {
	m := &model{t: t, r: rand.New(rand.NewPCG(seed, 1)), now: testNow, keys: keys, maxVal: maxVal, expired: make(map[string]int)}
	m.s = newStore(t, shards, dbs)
	for range dbs {
		m.dbs = append(m.dbs, make(map[string]modelValue))
	}
	return m
}

func TestAgainstModel(t *testing.T) {
	for _, c := range []struct{ shards, dbs, keys, maxVal, steps int }{
		{1, 1, 50, 3000, 4000},
		{4, 3, 500, 20000, 4000},
		{1, 2, 20000, 300, 60000},
		{8, 2, 3000, 600000, 2000},
	} {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("shards=%d,keys=%d,seed=%d", c.shards, c.keys, seed), func(t *testing.T) {
			m := newModel(t, c.shards, c.dbs, c.keys, c.maxVal, seed)
			for i := range c.steps {
				m.step()
				if m.r.IntN(50) == 0 {
					m.now += int64(m.r.IntN(100))
				}
				if i%(c.steps/8) == c.steps/8-1 {
					m.compareAll()
					if m.r.IntN(2) == 0 {
						m.expire()
					}
					if m.r.IntN(2) == 0 {
						m.s.Purge(nil)
					}
					check(t, m.s)
					m.compareAll()
				}
			}
			m.s.FlushAll(m.r.IntN(2) == 0, false, nil)
			check(t, m.s)
			if n := m.s.UsedMemory(); n != 0 {
				t.Fatalf("%d bytes are used after FlushAll", n)
			}
		})
	}
}
