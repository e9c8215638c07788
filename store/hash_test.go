package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"radish/store/listpack"
)

// hashModel runs the same steps on hashes and on plain maps.
type hashModel struct {
	t     *testing.T
	s     *Store
	r     *rand.Rand
	now   int64
	want  map[string]map[string]modelField
	wide  int // fields to choose from
	told  int // lapsed fields that the hook told of
	gone  int // that the model knows of
	empty int // hashes that became empty so, as the hook told
}

type modelField struct {
	val string
	ms  int64
}

func newHashModel(t *testing.T, shards, wide int, seed uint64) *hashModel {
	m := &hashModel{t: t, r: rand.New(rand.NewPCG(seed, 1)), now: testNow, want: map[string]map[string]modelField{}, wide: wide}
	s, err := New(Options{Shards: shards, Databases: 2, Hooks: Hooks{FieldsExpired: func(_ int, _ []byte, n int, emptied bool, _ func(func([]byte))) {
		m.told += n
		if emptied {
			m.empty++
		}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	m.s = s
	return m
}

func (m *hashModel) field() []byte {
	n := m.r.IntN(m.wide)
	switch n % 7 {
	case 0:
		return strconv.AppendInt(nil, int64(n), 10)
	case 1:
		return fmt.Appendf(nil, "%0*d", n%90, n)
	}
	return fmt.Appendf(nil, "field:%d", n)
}

func (m *hashModel) value() []byte {
	switch m.r.IntN(8) {
	case 0:
		return nil
	case 1:
		return []byte(strings.Repeat("v", m.r.IntN(200)))
	case 2:
		return strconv.AppendInt(nil, int64(m.r.Uint64())>>m.r.IntN(60), 10)
	}
	return []byte("value" + strconv.Itoa(m.r.IntN(1000)))
}

// lapse takes fields out of the model whose time has come.
func (m *hashModel) lapse(key string) {
	for f, v := range m.want[key] {
		if v.ms != 0 && v.ms < m.now {
			delete(m.want[key], f)
			m.gone++
		}
	}
	if len(m.want[key]) == 0 {
		delete(m.want, key)
	}
}

func (m *hashModel) set(key, f string, v modelField) {
	if m.want[key] == nil {
		m.want[key] = map[string]modelField{}
	}
	m.want[key][f] = v
}

func (m *hashModel) step() {
	db := m.s.DB(0, m.now)
	key := "key" + strconv.Itoa(m.r.IntN(4))
	k := db.Key([]byte(key))
	f, v := m.field(), m.value()
	old, there := m.want[key][string(f)]
	if there && old.ms != 0 && old.ms < m.now {
		m.t.Fatal("the model has a lapsed field")
	}
	switch n := m.r.IntN(20); {
	case n < 9:
		if created := db.HashSet(k, f, v); created == there {
			m.t.Fatalf("set %q: created %v", f, created)
		}
		m.set(key, string(f), modelField{val: string(v)})
	case n == 9:
		h := db.OpenHash(k)
		pairs, fresh := [][]byte{f, v}, 0
		for range m.r.IntN(20) {
			pairs = append(pairs, m.field(), m.value())
		}
		for i := 0; i < len(pairs); i += 2 {
			if _, there := m.want[key][string(pairs[i])]; !there {
				fresh++
			}
			m.set(key, string(pairs[i]), modelField{val: string(pairs[i+1])})
		}
		if created := h.SetAll(pairs); created != fresh {
			m.t.Fatalf("%d fields are new, want %d", created, fresh)
		}
	case n == 10:
		h := db.OpenHash(k)
		h.SetKeepTTL(f, v)
		m.set(key, string(f), modelField{val: string(v), ms: old.ms})
	case n < 14:
		if db.HashDelete(k, f) != there {
			m.t.Fatalf("delete %q: was there %v", f, there)
		}
		if delete(m.want[key], string(f)); len(m.want[key]) == 0 {
			delete(m.want, key)
		}
	case n < 18 && there:
		ms := m.now + int64(m.r.IntN(2000))
		if m.r.IntN(4) == 0 {
			ms = 0
		}
		h := db.OpenHash(k)
		h.SetDeadline(f, ms)
		m.set(key, string(f), modelField{val: old.val, ms: ms})
	case n == 18:
		to := "key" + strconv.Itoa(m.r.IntN(4))
		if m.r.IntN(2) == 0 {
			if db.Rename(k, db.Key([]byte(to))) && to != key {
				m.want[to] = m.want[key]
				delete(m.want, key)
			}
		} else if db.Copy(k, db.Key([]byte(to)), 0) {
			m.want[to] = maps.Clone(m.want[key])
		}
	case n == 19 && m.r.IntN(40) == 0:
		db.SetString(k, []byte("string"), 0)
		db.Delete(k)
		delete(m.want, key)
	}
}

// compare looks at all that readers can see.
func (m *hashModel) compare() {
	m.t.Helper()
	db := m.s.DB(0, m.now)
	if int(db.Len()) != len(m.want) {
		m.t.Fatalf("%d keys, want %d", db.Len(), len(m.want))
	}
	due := 0
	for key, want := range m.want {
		e := db.Peek(db.Key([]byte(key)))
		if e.HashLen() != len(want) {
			m.t.Fatalf("%s: %d fields, want %d", key, e.HashLen(), len(want))
		}
		got := map[string]string{}
		e.HashEach(m.now, func(f, v []byte) bool {
			got[string(f)] = string(v)
			return true
		})
		first := int64(0)
		for f, w := range want {
			v, ok := e.HashGet([]byte(f), m.now)
			ms, _ := e.FieldDeadline([]byte(f), m.now)
			if g, seen := got[f]; !ok || string(v) != w.val || g != w.val || !seen || ms != w.ms {
				m.t.Fatalf("%s %q: %q, %q, %d, want %+v", key, f, v, g, ms, w)
			}
			if w.ms != 0 && (first == 0 || w.ms < first) {
				first = w.ms
			}
		}
		if first != 0 {
			due++
		}
		if len(got) != len(want) || e.fieldDue() != first {
			m.t.Fatalf("%s: %d fields, want %d; first deadline %d, want %d", key, len(got), len(want), e.fieldDue(), first)
		}
	}
	if n := db.FieldExpiresLen(); int(n) != due {
		m.t.Fatalf("%d hashes with deadlines, want %d", n, due)
	}
}

func (m *hashModel) tick(ms int64) {
	m.now += ms
	for more := true; more; {
		_, more = m.s.ExpireDue(m.now, 1+m.r.IntN(100))
	}
	for key := range m.want {
		m.lapse(key)
	}
	if m.told != m.gone {
		m.t.Fatalf("%d fields lapsed, the hook was told of %d", m.gone, m.told)
	}
}

// Hashes are what the same steps make of plain maps, small and big ones, with and without deadlines, while they travel and lapse.
func TestHashRandom(t *testing.T) {
	for i, wide := range []int{12, 200, 3000} {
		m := newHashModel(t, 1<<i, wide, uint64(i))
		m.s.SetLimits(Limits{HashMaxListpackEntries: 40, HashMaxListpackValue: 64})
		for j := range 20000 {
			m.step()
			switch {
			case j%701 == 0:
				m.tick(int64(m.r.IntN(300)))
				m.compare()
				check(t, m.s)
			case j%50 == 0:
				m.tick(int64(m.r.IntN(3)))
			case j%997 == 0:
				m.s.Purge(nil)
			case j%4001 == 0:
				m.s.SetLimits(Limits{HashMaxListpackEntries: m.r.IntN(100), HashMaxListpackValue: 20 + m.r.IntN(200)})
			}
		}
		m.compare()
		check(t, m.s)
		m.tick(5000)
		m.compare()
		check(t, m.s)
		m.s.FlushAll(true, false, nil)
		check(t, m.s)
	}
}

// A hash is compact up to the limits, and never again when it has been big.
func TestHashEncoding(t *testing.T) {
	s := newStore(t, 1, 1)
	s.SetLimits(Limits{HashMaxListpackEntries: 3, HashMaxListpackValue: 5})
	db := s.DB(0, testNow)
	enc := func(fields ...string) Encoding {
		k := db.Key([]byte("k"))
		db.Delete(k)
		for _, f := range fields {
			db.HashSet(k, []byte(f), []byte("v"))
		}
		return db.Peek(k).Encoding()
	}
	for _, c := range []struct {
		want   Encoding
		fields string
	}{
		{EncListpack, "a b c"}, {EncListpack, "a b c a"}, {EncHashtable, "a b c d"}, {EncListpack, "12345"}, {EncHashtable, "123456"},
	} {
		if got := enc(strings.Fields(c.fields)...); got != c.want {
			t.Errorf("%s: %v", c.fields, got)
		}
	}
	k := db.Key([]byte("k"))
	h := db.OpenHash(k)
	h.SetKeepTTL([]byte("123456"), []byte("1"))
	h.Delete([]byte("123456"))
	if h.Ok() || db.Len() != 0 {
		t.Error("an empty hash stays")
	}
	h = db.OpenHash(k)
	h.Expect([][]byte{[]byte("a"), []byte("1"), []byte("b"), []byte("1"), []byte("a"), []byte("1"), []byte("a"), []byte("1")})
	h.Set([]byte("a"), []byte("1"))
	if e := h.Entry(); e.Encoding() != EncHashtable || e.HashLen() != 1 {
		t.Errorf("four pairs to come: %v", e.Encoding())
	}
	s.SetLimits(Limits{HashMaxListpackEntries: 3, HashMaxListpackValue: 5})
	db.Delete(k)
	h = db.OpenHash(k)
	h.Set([]byte("a"), []byte("1"))
	h.SetDeadline([]byte("a"), testNow+5)
	if e := h.Entry(); e.Encoding() != EncListpackEx || e.Encoding().String() != "listpackex" {
		t.Errorf("with a deadline: %v", e.Encoding())
	}
	h.SetDeadline([]byte("a"), 0)
	for _, f := range []string{"b", "c", "d"} {
		h.Set([]byte(f), nil)
	}
	if e := h.Entry(); e.Encoding() != EncHashtableEx || e.Encoding().String() != "hashtable" || e.HashLen() != 4 {
		t.Errorf("big after deadlines: %v", e.Encoding())
	}
	check(t, s)
}

// An iteration of a hash returns what is there all the time exactly once, whatever else comes and goes.
func TestHashScan(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	for i := range 3000 {
		db.HashSet(k, fmt.Appendf(nil, "stay%d", i), []byte("v"))
	}
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[string]int{}
	for cursor := uint64(0); ; {
		cursor = db.Peek(k).HashScan(cursor, 1+r.IntN(30), testNow, func(f, _ listpack.Value) { seen[string(f.S)]++ })
		if cursor == 0 {
			break
		}
		for range 20 {
			f := fmt.Appendf(nil, "go%d", r.IntN(5000))
			if r.IntN(2) == 0 {
				db.HashSet(k, f, f)
			} else {
				db.HashDelete(k, f)
			}
		}
	}
	for i := range 3000 {
		if n := seen[fmt.Sprintf("stay%d", i)]; n != 1 {
			t.Fatalf("field %d came %d times", i, n)
		}
	}
}

// Random fields come evenly.
func TestHashRandomField(t *testing.T) {
	for _, n := range []int{10, 1000} {
		s := newStore(t, 1, 1)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		for i := range n {
			db.HashSet(k, strconv.AppendInt(nil, int64(i), 10), []byte("v"))
		}
		count := make([]int, n)
		for range 200 * n {
			f, _ := db.Peek(k).HashRandom(rand.Uint64())
			i := int(f.N)
			if !f.Int {
				i, _ = strconv.Atoi(string(f.S))
			}
			count[i]++
		}
		if slices.Min(count) < 100 || slices.Max(count) > 300 {
			t.Errorf("%d fields: from %d to %d times instead of 200", n, slices.Min(count), slices.Max(count))
		}
	}
}

func TestHashMemory(t *testing.T) {
	s := newStore(t, 64, 1)
	db := s.DB(0, testNow)
	small := 100_000
	for i := range small {
		k := db.Key(fmt.Appendf(nil, "user:%012d", i))
		for j := range 10 {
			db.HashSet(k, fmt.Appendf(nil, "field%d", j), fmt.Appendf(nil, "value%d", j))
		}
	}
	if per := float64(s.UsedMemory()) / float64(small); per > 215 {
		t.Errorf("a hash of ten short fields takes %.1f bytes", per)
	}
	s.FlushAll(false, false, nil)
	k, fields := db.Key([]byte("big")), 200_000
	for i := range fields {
		db.HashSet(k, fmt.Appendf(nil, "field:%010d", i), fmt.Appendf(nil, "%010d", i))
	}
	if per := float64(db.Peek(k).MemUsage()) / float64(fields); per > 58 {
		t.Errorf("a field of 16 bytes with a value of 10 takes %.1f bytes", per)
	}
}
