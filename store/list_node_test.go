package store

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"radish/store/listpack"
	"radish/store/slab"
)

// vals are the elements of a node.
func (n *listNode) vals() (vals []string) {
	lp := n.lp()
	for off := listpack.First(lp); off >= 0; off = listpack.Next(lp, off) {
		vals = append(vals, string(listpack.Get(lp, off).Append(nil)))
	}
	return vals
}

// A node holds what the same steps make of a slice, wherever there is room in its chunk.
func TestListNode(t *testing.T) {
	pages := slab.NewPages()
	defer pages.Close()
	a := slab.NewArena(pages)
	q := quicklist{a: a}
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{100, 1000, 8000} {
		n := q.newNode(size, size == 1000)
		var want []string
		for step := range 4000 {
			v := strings.Repeat("v", r.IntN(size/20))
			entry := entryOf([]byte(v))
			front, back := n.room()
			switch op := r.IntN(8); {
			case op == 0 && front >= len(entry):
				n.pushFront([]byte(v), len(entry))
				want = slices.Insert(want, 0, v)
			case op == 1 && back >= len(entry):
				n.pushBack([]byte(v), len(entry))
				want = append(want, v)
			case op == 2 && len(want) > 1:
				n.popFront()
				want = want[1:]
			case op == 3 && len(want) > 1:
				n.popBack()
				want = want[:len(want)-1]
			case op == 4:
				n.slide(r.IntN(2) == 0)
			case op > 4:
				i := r.IntN(len(want) + 1)
				del := r.IntN(min(len(want)-i, 2) + 1)
				off := listpack.Skip(n.lp(), listpack.HeaderSize, i)
				bytes := listpack.Skip(n.lp(), off, del) - off
				if r.IntN(3) == 0 || front+back+bytes < len(entry) {
					n.splice(off, bytes, nil, -del)
					want = slices.Delete(want, i, i+del)
				} else {
					n.splice(off, bytes, entry, 1-del)
					want = slices.Replace(want, i, i+del, v)
				}
			}
			if err := listpack.Validate(n.lp(), true); err != nil || !slices.Equal(n.vals(), want) || int(n.count) != len(want) {
				t.Fatalf("size %d, step %d: %v, %d elements, want %d", size, step, err, n.count, len(want))
			}
		}
	}
}

func TestRemoveEqual(t *testing.T) {
	for _, c := range []struct {
		vals  string
		limit int
		last  bool
		want  string
	}{
		{"a b a c a", 1, false, "b a c a"}, {"a b a c a", 1, true, "a b a c"}, {"a b a c a", 2, true, "a b c"}, {"a b a c a", 9, true, "b c"},
		{"a b a c a", 9, false, "b c"}, {"a a a", 3, false, ""}, {"a a a", 2, true, "a"}, {"b c", 5, false, "b c"}, {"b a", 1, true, "b"},
	} {
		lp, vals := listpack.New(), strings.Fields(c.vals)
		for _, v := range vals {
			lp = append(listpack.AppendEntry(lp[:len(lp)-1], []byte(v)), 0xFF)
		}
		listpack.SetHeader(lp, len(vals))
		rest, n := removeEqual(lp, len(vals), []byte("a"), c.limit, c.last)
		var got []string
		for off := listpack.First(rest); off >= 0; off = listpack.Next(rest, off) {
			got = append(got, string(listpack.Get(rest, off).Append(nil)))
		}
		if err := listpack.Validate(rest, true); err != nil || strings.Join(got, " ") != c.want || n != len(vals)-len(got) {
			t.Errorf("%s, %d, last %v: %v, %q, %d removed", c.vals, c.limit, c.last, err, got, n)
		}
	}
}
