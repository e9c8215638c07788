package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"radish/store/slab"
)

// treeModel runs the same operations on a tree and on a sorted slice.
type treeModel struct {
	t     *testing.T
	a     *slab.Arena
	tree  rankTree
	items []modelItem
	moved int64
}

type modelItem struct {
	score  float64
	member string
	x      uint64
}

func (a modelItem) compare(b modelItem) int {
	if a.score != b.score {
		return cmp.Compare(a.score, b.score)
	}
	return cmp.Compare(a.member, b.member)
}

func newTreeModel(t *testing.T) *treeModel {
	a := slab.NewArena(slab.NewPages())
	return &treeModel{t: t, a: a, tree: rankTree{&treeRoot{}, a}}
}

// newItem makes an element as writeElem does for sorted sets.
func newItem(a *slab.Arena, score float64, member []byte) uint64 {
	head := binary.AppendUvarint(nil, uint64(len(member))<<2|1)
	head = binary.LittleEndian.AppendUint64(head, math.Float64bits(score))
	p := a.Alloc(len(head) + len(member))
	copy(unsafe.Slice((*byte)(p), len(head)+len(member)), append(head, member...))
	return uint64(uintptr(p))
}

func itemSize(x uint64) int {
	n := len(itemMember(x))
	return len(binary.AppendUvarint(nil, uint64(n)<<2)) + 8 + n
}

func (m *treeModel) find(score float64, member string) (int, bool) {
	return slices.BinarySearchFunc(m.items, modelItem{score: score, member: member}, modelItem.compare)
}

func (m *treeModel) add(score float64, member string) {
	i, ok := m.find(score, member)
	if ok {
		return
	}
	x := newItem(m.a, score, []byte(member))
	m.tree.insert(x)
	m.items = slices.Insert(m.items, i, modelItem{score, member, x})
}

func (m *treeModel) remove(i int) {
	it := m.items[i]
	if x := m.tree.delete(it.score, []byte(it.member)); x != it.x {
		m.t.Fatalf("delete(%v, %q) returned another element", it.score, it.member)
	}
	m.a.Free(slab.At(uintptr(it.x)), itemSize(it.x))
	m.items = slices.Delete(m.items, i, i+1)
}

func (m *treeModel) setScore(i int, to float64) {
	it := m.items[i]
	if _, there := m.find(to, it.member); there {
		return
	}
	m.tree.setScore(it.score, []byte(it.member), to)
	m.items = slices.Delete(m.items, i, i+1)
	it.score = to
	j, _ := m.find(to, it.member)
	m.items = slices.Insert(m.items, j, it)
}

func (m *treeModel) check() {
	m.t.Helper()
	var c slab.Census
	got, err := m.tree.check(&c)
	if err != nil {
		m.t.Fatal(err)
	}
	want := make([]uint64, len(m.items))
	for i, it := range m.items {
		want[i] = it.x
		c.Add(itemSize(it.x))
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("the tree has %d elements, they are not the %d of the model", len(got), len(want))
	}
	if err := m.a.Check(&c); err != nil {
		m.t.Fatal(err)
	}
}

// look compares what the tree answers about a place with the model.
func (m *treeModel) look(score float64, member string) {
	m.t.Helper()
	sameScores := len(m.items) > 0 && m.items[0].score == m.items[len(m.items)-1].score
	for kind, before := range map[boundKind]func(it modelItem) bool{
		behindElem:  func(it modelItem) bool { return it.compare(modelItem{score: score, member: member}) <= 0 },
		beforeElem:  func(it modelItem) bool { return it.compare(modelItem{score: score, member: member}) < 0 },
		beforeScore: func(it modelItem) bool { return it.score < score },
		behindScore: func(it modelItem) bool { return it.score <= score },
		beforeLex:   func(it modelItem) bool { return it.member < member },
		behindLex:   func(it modelItem) bool { return it.member <= member },
	} {
		if kind >= beforeLex && !sameScores {
			continue
		}
		want := 0
		for want < len(m.items) && before(m.items[want]) {
			want++
		}
		b := treeBound{score: score, member: []byte(member), kind: kind}
		if got := m.tree.rank(b); got != want {
			m.t.Fatalf("rank of %v %q, kind %d, is %d, want %d", score, member, kind, got, want)
		}
		m.same(m.tree.after(b), want)
		m.same(m.tree.last(b), want-1)
	}
	i := rand.IntN(len(m.items) + 1)
	m.same(m.tree.at(i), i)
	if p := m.tree.at(i); p.ok() {
		m.same(p.next(), i+1)
		m.same(p.prev(), i-1)
		it := m.items[i]
		if r := m.tree.rankOf(it.score, []byte(it.member)); r != i {
			m.t.Fatalf("rankOf(%v, %q) is %d, want %d", it.score, it.member, r, i)
		}
	}
	m.same(m.tree.min(), min(0, len(m.items)-1))
	m.same(m.tree.max(), len(m.items)-1)
	m.same(m.tree.at(-1), -1)
	if m.tree.len() != len(m.items) {
		m.t.Fatalf("len is %d, want %d", m.tree.len(), len(m.items))
	}
}

func (m *treeModel) same(p treePos, i int) {
	m.t.Helper()
	if in := i >= 0 && i < len(m.items); p.ok() != in || in && p.item() != m.items[i].x {
		m.t.Fatalf("found another element than %d of %d", i, len(m.items))
	}
}

// fewer is n, or less of it when the race detector makes everything slow.
func fewer(n int) int {
	if raceBuild {
		return n / 6
	}
	return n
}

var treeOrders = []struct {
	name string
	next func(i int) (float64, string)
}{
	{"random", func(int) (float64, string) { return rand.Float64(), fmt.Sprint("m", rand.IntN(1000)) }},
	{"few scores", func(int) (float64, string) { return float64(rand.IntN(3)), fmt.Sprint(rand.IntN(1e6)) }},
	{"one score", func(int) (float64, string) { return 0, fmt.Sprint(rand.IntN(1e6)) }},
	{"long members", func(int) (float64, string) { return 1, fmt.Sprintf("%0100d", rand.IntN(1e6)) }},
	{"very long members", func(int) (float64, string) { return 1, fmt.Sprintf("%05000d", rand.IntN(1e6)) }},
	{"ascending", func(i int) (float64, string) { return float64(i), "x" }},
	{"descending", func(i int) (float64, string) { return -float64(i), "x" }},
	{"infinities", func(int) (float64, string) {
		return []float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)}[rand.IntN(4)], fmt.Sprint(rand.IntN(1e6))
	}},
}

func TestRankTreeAgainstSortedSlice(t *testing.T) {
	for _, o := range treeOrders {
		t.Run(o.name, func(t *testing.T) {
			m := newTreeModel(t)
			n := 0
			for round := range 4 {
				for i := range fewer(6000) {
					grow := round%2 == 0 && rand.IntN(8) != 0
					switch {
					case grow:
						m.add(o.next(n))
						n++
					case len(m.items) == 0:
					case rand.IntN(6) == 0:
						to, _ := o.next(n)
						n++
						j := rand.IntN(len(m.items))
						if rand.IntN(2) == 0 { // a small step
							to = math.Nextafter(m.items[j].score, to)
						}
						m.setScore(j, to)
					case round == 3 && i%3 == 0: // from the ends
						m.remove(0)
					default:
						m.remove(rand.IntN(len(m.items)))
					}
					if i%97 == 0 {
						s, member := o.next(n)
						m.look(s, member)
					}
					if i%500 == 0 || len(m.items) < 3 && i%7 == 0 {
						m.check()
					}
				}
				m.check()
				m.compact()
			}
			for len(m.items) > 0 {
				m.remove(len(m.items) - 1)
			}
			m.check()
			if m.a.Used() != 0 {
				t.Fatalf("%d bytes are left", m.a.Used())
			}
		})
	}
}

// compact moves nodes and elements.
func (m *treeModel) compact() {
	m.a.MarkSparse()
	for r, more := 0, true; more; {
		r, more = m.tree.compactStep(r)
	}
	for i := range m.items {
		it := &m.items[i]
		it.x = m.tree.moveItem(it.x, itemSize(it.x))
	}
	m.moved += m.a.Unmark()
	m.check()
}

func TestRankTreeCompact(t *testing.T) {
	for _, o := range treeOrders {
		m := newTreeModel(t)
		for i := range fewer(60000) / 3 {
			if s, member := o.next(i); len(member) < 1000 {
				m.add(s, member)
			}
		}
		for len(m.items) > fewer(3000) {
			m.remove(rand.IntN(len(m.items)))
		}
		m.compact()
		if !raceBuild && len(m.items) > 0 && m.moved == 0 {
			t.Errorf("%s: nothing was moved", o.name)
		}
		for len(m.items) > fewer(2000) {
			m.remove(rand.IntN(len(m.items)))
		}
		m.check()
	}
}

func TestRankTreeBuild(t *testing.T) {
	for _, n := range []int{0, 1, 57, 58, 61, 1000, 57 * 29, 57*29 + 1, fewer(100000)} {
		m := newTreeModel(t)
		xs := make([]uint64, n)
		for i := range xs {
			it := modelItem{float64(i / 10), fmt.Sprintf("%08d", i), 0}
			it.x = newItem(m.a, it.score, []byte(it.member))
			m.items, xs[i] = append(m.items, it), it.x
		}
		m.tree.build(xs)
		m.check()
		for range min(n, 300) {
			m.add(float64(rand.IntN(n)), fmt.Sprint(rand.IntN(n)))
			m.remove(rand.IntN(len(m.items)))
		}
		m.check()
		m.tree.free()
		if m.tree.t.nodes != 0 || m.tree.t.bytes != 0 || m.tree.len() != 0 {
			t.Fatalf("%d nodes, %d bytes are left", m.tree.t.nodes, m.tree.t.bytes)
		}
	}
}

func TestRankTreeFill(t *testing.T) {
	for _, o := range treeOrders {
		if o.name == "infinities" || o.name == "very long members" {
			continue
		}
		m := newTreeModel(t)
		n := 0
		seen := make(map[modelItem]bool)
		for i := range fewer(100000) {
			s, member := o.next(i)
			if it := (modelItem{score: s, member: member}); !seen[it] {
				seen[it] = true
				m.tree.insert(newItem(m.a, s, []byte(member)))
				n++
			}
		}
		per := float64(m.tree.t.bytes) / float64(n)
		t.Logf("%s: %.2f bytes an element", o.name, per)
		limit := 8 / 0.70
		if o.name == "ascending" {
			limit = 8 / 0.87
		}
		if per > limit {
			t.Errorf("%s: %.2f bytes an element, want at most %.2f", o.name, per, limit)
		}
	}
}
