package store

import (
	"math/rand/v2"
	"testing"
)

// bound is where home changes, for all depths and sizes.
func TestHomeAndBound(t *testing.T) {
	for depth := 0; depth <= 30; depth++ {
		for _, nb := range []int{1, 4, 5, 61, 77, 101, maxBuckets, 500} {
			g := makeSegment(nil, nb, depth)
			if g.nb() != nb || g.depth() != uint(depth) {
				t.Fatalf("depth %d, %d buckets: %d, %d", depth, nb, g.depth(), g.nb())
			}
			for range 200 {
				h := rand.Uint64()
				b := g.home(g.tag(h))
				rel := h & (1<<(64-depth) - 1) // below the prefix
				if b < 0 || b >= nb || rel < g.bound(b) || b+1 < nb && rel >= g.bound(b+1) {
					t.Fatalf("depth %d, %d buckets: hash %#x has home %d", depth, nb, h, b)
				}
			}
			if g.bound(0) != 0 {
				t.Fatal("the first bucket does not begin at the prefix")
			}
		}
	}
}

// A segment takes many entries before it has to grow.
func TestSegmentLoad(t *testing.T) {
	s := newStore(t, 1, 1)
	tb := newTable(s, &s.shards[0])
	for _, nb := range []int{fitBuckets(60), fitBuckets(100), maxBuckets} {
		sum := 0.0
		for range 20 {
			g := tb.newSegment(nb, 0)
			n := 0
			for g.add(makeSlot(g.ptr(), g.tag(rand.Uint64()))) {
				n++
			}
			sum += float64(n) / float64(nb*bucketSlots)
		}
		if load := sum / 20; load < 0.85 {
			t.Errorf("%d buckets: full at a load of %.3f", nb, load)
		}
	}
}
