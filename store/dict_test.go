package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"radish/store/slab"
)

// dictModel runs the same operations on a dict and on a map.
type dictModel struct {
	t    testing.TB
	d    dict
	want map[string]string
}

func newDictModel(t testing.TB, hint int) *dictModel {
	s := newStore(t, 1, 1)
	return &dictModel{t: t, d: newDict(slab.NewArena(s.pages), s, hint), want: make(map[string]string)}
}

func (m *dictModel) set(key, value string) {
	k := []byte(key)
	h := m.d.hash(k)
	slot, old := m.d.find(h, k)
	_, had := m.want[key]
	if old.ok() != had {
		m.t.Fatalf("%q is there: %v, not %v", key, old.ok(), had)
	}
	e := writeElem(m.d.a, k, []byte(value), value != "", uint64(len(value)), len(value)%2 == 1)
	m.want[key] = value
	if !had {
		m.d.insert(h, e)
		return
	}
	m.d.replace(slot, e)
	m.d.freeElem(old)
}

func (m *dictModel) remove(key string) {
	k := []byte(key)
	h := m.d.hash(k)
	slot, old := m.d.find(h, k)
	if _, had := m.want[key]; old.ok() != had {
		m.t.Fatalf("%q is there: %v, not %v", key, old.ok(), had)
	}
	if !old.ok() {
		return
	}
	m.d.remove(h, slot)
	m.d.freeElem(old)
	delete(m.want, key)
}

func (m *dictModel) random() string {
	if e := m.d.random(); e.ok() {
		return string(e.key())
	}
	return ""
}

// check compares the whole dict, and its arena's pages.
func (m *dictModel) check() {
	m.t.Helper()
	var c slab.Census
	if err := m.d.check(&c, nil); err != nil {
		m.t.Fatal(err)
	}
	if err := m.d.a.Check(&c); err != nil {
		m.t.Fatal(err)
	}
	if m.d.a.Used() != int64(m.d.bytes()) {
		m.t.Fatalf("the dict counts %d bytes, its arena %d", m.d.bytes(), m.d.a.Used())
	}
	got := make(map[string]string)
	m.d.each(func(e elem) bool {
		got[string(e.key())] = string(e.value())
		if n := uint64(len(e.value())); n%2 == 1 && e.num() != n {
			m.t.Fatalf("%q has number %d, not %d", e.key(), e.num(), n)
		}
		return true
	})
	if !maps.Equal(got, m.want) || m.d.len() != len(m.want) {
		m.t.Fatalf("%d elems, %d by each, not %d", m.d.len(), len(got), len(m.want))
	}
}

func TestDictAgainstModel(t *testing.T) {
	for _, c := range []struct{ keys, steps, hint, valueLen int }{
		{5, 2000, 0, 10}, {300, 20000, 0, 100}, {30000, 200000, 0, 5}, {30000, 100000, 30000, 40}, {50, 500, 3, 400000},
	} {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("keys=%d,hint=%d,seed=%d", c.keys, c.hint, seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			m := newDictModel(t, c.hint)
			value := string(make([]byte, c.valueLen))
			key := func() string { return fmt.Sprintf("elem:%0*d", 3+r.IntN(2), r.IntN(c.keys)) }
			grow := 0
			for i := range c.steps {
				if i%(c.steps/10) == 0 {
					grow = 2 + r.IntN(7) // of ten
				}
				if r.IntN(10) < grow {
					m.set(key(), value[:r.IntN(len(value))])
				} else if r.IntN(3) > 0 {
					m.remove(key())
				} else if k := m.random(); k != "" {
					m.remove(k)
				}
				if c.keys < 10 || i%(c.steps/20) == 0 {
					m.check()
				}
				if i%(c.steps/5) == 0 {
					m.compact()
					m.check()
				}
			}
			m.copyAndFree()
		})
	}
}

// compact moves what lies in sparse pages.
func (m *dictModel) compact() {
	m.d.a.MarkSparse()
	m.d = m.d.compactRoot()
	for h, last := uint64(0), false; !last; {
		h, last = m.d.compactSegment(h, func(from, to elem) {
			if string(from.key()) != "" && from.p == to.p {
				m.t.Fatal("an elem moved to where it was")
			}
		})
	}
	m.d.a.Unmark()
}

// copyAndFree copies the dict to another arena, and frees both.
func (m *dictModel) copyAndFree() {
	old := m.d
	n := 0
	m.d = old.copyTo(slab.NewArena(old.a.Pages()), func(_, _ elem) { n++ })
	if n != len(m.want) {
		m.t.Fatalf("%d elems were copied of %d", n, len(m.want))
	}
	old.free()
	m.check()
	for key := range m.want {
		m.remove(key)
	}
	m.check()
	if n := m.d.root.numSegs; n != 1 {
		m.t.Fatalf("%d segments are left", n)
	}
	m.d.free()
	if old.a.Used() != 0 || m.d.a.Used() != 0 {
		m.t.Fatalf("%d and %d bytes are left", old.a.Used(), m.d.a.Used())
	}
}

// What is in a dict during a whole iteration is returned once, while the dict grows and shrinks.
func TestDictScan(t *testing.T) {
	m := newDictModel(t, 0)
	const stay, others = 2000, 20000
	for i := range stay {
		m.set(fmt.Sprintf("stay:%d", i), "")
	}
	for range 8 {
		seen := make(map[string]int)
		for cursor, first := uint64(0), true; cursor != 0 || first; first = false {
			cursor = m.d.scan(cursor, 1+rand.IntN(100), func(e elem) { seen[string(e.key())]++ })
			if cursor >= 1<<53 {
				t.Fatalf("cursor %d is too big", cursor)
			}
			grow := rand.IntN(2) == 0
			for range rand.IntN(1500) {
				if k := fmt.Sprintf("other:%d", rand.IntN(others)); grow {
					m.set(k, "")
				} else {
					m.remove(k)
				}
			}
		}
		for i := range stay {
			if n := seen[fmt.Sprintf("stay:%d", i)]; n != 1 {
				t.Fatalf("elem %d was returned %d times", i, n)
			}
		}
	}
	m.check()
	if m.d.scan(1<<52, 10, nil) != 0 {
		t.Fatal("a cursor that cannot be does not end the iteration")
	}
}

// Elems that come or go in the order of their hashes, as from another dict or by SSCAN, lie close together.
func TestDictInHashOrder(t *testing.T) {
	m := newDictModel(t, 0)
	const n = 30000
	for i := range n {
		m.set(fmt.Sprint(i), "")
	}
	var keys []string
	m.d.each(func(e elem) bool { keys = append(keys, string(e.key())); return true })
	for i, key := range keys {
		m.remove(key)
		if i%5000 == 0 {
			m.check()
		}
	}
	m.check()
	for i, key := range keys {
		m.set(key, "")
		if i%5000 == 0 {
			m.check()
		}
	}
	m.check()
	if per := float64(m.d.bytes())/n - 8; per > 15 {
		t.Errorf("%.1f bytes per elem beside the chunks", per)
	} else {
		t.Logf("%.1f bytes per elem beside the chunks", per)
	}
}

// random chooses each elem with the same probability, also when segments differ in depth and size.
func TestDictRandomIsFair(t *testing.T) {
	m := newDictModel(t, 0)
	const n, draws = 1500, 1_500_000
	for i := range n * 3 {
		m.set(fmt.Sprint(i), "")
	}
	for i := range n * 2 {
		m.remove(fmt.Sprint(n + i))
	}
	got := make(map[string]int)
	for range draws {
		got[m.random()]++
	}
	chi2, mean := 0.0, float64(draws)/n
	for i := range n {
		d := float64(got[fmt.Sprint(i)]) - mean
		chi2 += d * d / mean
	}
	// Chi-square with n degrees of freedom has mean n and variance 2n: this is ten standard deviations.
	if chi2 > n+10*55 {
		t.Fatalf("chi-square is %.0f for %d elems", chi2, n)
	}
	if newDictModel(t, 100).d.random().ok() {
		t.Fatal("there is an elem in an empty dict")
	}
}

// A dict's check notices what other tests rely on it to notice.
func TestDictCheckNotices(t *testing.T) {
	for name, spoil := range map[string]func(d dict){
		"a lost elem":   func(d dict) { d.root.segment(0).remove(firstSlot(d.root.segment(0))) },
		"a wrong tag":   func(d dict) { *firstSlot(d.root.segment(0)) ^= 1 << 63 },
		"a wrong count": func(d dict) { d.root.count++ },
		"wrong bytes":   func(d dict) { d.root.mem++ },
		"deepest":       func(d dict) { d.root.deepest++ },
		"segments":      func(d dict) { d.root.numSegs++ },
	} {
		m := newDictModel(t, 0)
		for i := range 2000 {
			m.set(fmt.Sprint(i), "")
		}
		m.check()
		spoil(m.d)
		if m.d.check(new(slab.Census), nil) == nil {
			t.Errorf("check does not notice %s", name)
		}
	}
}

// Bytes of a dict per elem beside the elems' chunks, over many sizes.
func TestDictMemory(t *testing.T) {
	m := newDictModel(t, 0)
	sum, n := 0.0, 0
	for i := range 200_000 {
		k := fmt.Appendf(nil, "%012d", i)
		m.d.insert(m.d.hash(k), writeElem(m.d.a, k, nil, false, 0, false))
		if i > 5000 && i%100 == 0 {
			sum += float64(m.d.bytes())/float64(i+1) - 16
			n++
		}
	}
	if per := sum / float64(n); per > 10.5 {
		t.Errorf("%.2f bytes per elem beside the chunks", per)
	} else {
		t.Logf("%.2f bytes per elem beside the chunks", per)
	}
}

func TestDictStats(t *testing.T) {
	m := newBigModel(t)
	m.change(0, "k", 0, 3000, 0, true)
	db := m.s.DB(0, testNow)
	st, ok := db.Peek(db.Key([]byte("k"))).DictStats()
	if !ok || st.Elems != 3000 || st.Slots < 3000 || st.Segments < 3 || st.ElemBytes != 3000*8 {
		t.Fatalf("%+v, %v", st, ok)
	}
	db.SetString(db.Key([]byte("s")), []byte("value"), 0)
	if _, ok := db.Peek(db.Key([]byte("s"))).DictStats(); ok {
		t.Fatal("a string has a hash table")
	}
}
