package store

import (
	"math/rand/v2"
	"slices"
	"testing"

	"radish/store/slab"
)

func TestDeadlinesAgainstSortedSlice(t *testing.T) {
	for _, c := range []struct {
		name string
		next func(i int) uint64
	}{
		{"random", func(i int) uint64 { return rand.Uint64() }},
		{"few values", func(i int) uint64 { return uint64(rand.IntN(5)) }},
		{"ascending", func(i int) uint64 { return uint64(i) << 10 }},
		{"descending", func(i int) uint64 { return 1<<60 - uint64(i)<<10 }},
		{"bounds", func(i int) uint64 { return []uint64{0, ^uint64(0), rand.Uint64()}[rand.IntN(3)] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := slab.NewArena(slab.NewPages())
			d := &deadlines{arena: a}
			var want []uint64
			verify := func() {
				t.Helper()
				var census slab.Census
				if err := d.check(slices.Clone(want), &census); err != nil {
					t.Fatal(err)
				}
				if err := a.Check(&census); err != nil {
					t.Fatal(err)
				}
				if x, ok := d.min(); ok != (len(want) > 0) || ok && x != slices.Min(want) {
					t.Fatalf("min is %d, %v", x, ok)
				}
				if x, ok := d.random(rand.Uint64()); ok != (len(want) > 0) || ok && !slices.Contains(want, x) {
					t.Fatalf("random is %d, %v", x, ok)
				}
			}
			for round := range 6 {
				grow := round%2 == 0
				for i := range 20000 {
					if !grow && len(want) > 0 || rand.IntN(4) == 0 && len(want) > 0 {
						j := rand.IntN(len(want))
						if !d.remove(want[j]) {
							t.Fatalf("remove(%d) failed", want[j])
						}
						want[j] = want[len(want)-1]
						want = want[:len(want)-1]
					} else if grow {
						x := c.next(round*20000 + i)
						d.insert(x)
						want = append(want, x)
					}
				}
				verify()
				if d.remove(12345) && !slices.Contains(want, 12345) {
					t.Fatal("removed what is not there")
				}
				if round == 2 {
					a.MarkSparse()
					for x, more := uint64(0), true; more; {
						x, more = d.compactStep(x)
					}
					a.Unmark()
					verify()
				}
				if round == 4 {
					t.Logf("%d items, %.1f bytes each", len(want), float64(d.bytes)/float64(len(want)))
				}
			}
			for i := range 100000 {
				d.insert(c.next(i))
			}
			steps := 0
			for d.freeStep() {
				steps++
			}
			if a.Used() != 0 || d.nodes != 0 {
				t.Fatalf("after freeing %d steps: %d bytes, %d nodes", steps, a.Used(), d.nodes)
			}
		})
	}
}
