package server

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestHistogramIndexAndUpperAgree(t *testing.T) {
	prev := 0
	for ns := int64(1); ns <= histMax; ns += 1 + ns/300 {
		i := histIndex(ns)
		if i < prev || i >= histBuckets {
			t.Fatalf("index %d of %d ns is out of order", i, ns)
		}
		if up := histUpper(i); up < ns || float64(up-ns) > 0.01*float64(ns) {
			t.Fatalf("bucket %d of %d ns ends at %d", i, ns, up)
		}
		if i > 0 && histUpper(i-1) >= ns {
			t.Fatalf("%d ns belongs to the bucket before %d", ns, i)
		}
		prev = i
	}
	for _, ns := range []int64{-5, 0, 1 << 40} {
		if i := histIndex(ns); i < 0 || i >= histBuckets {
			t.Fatalf("index %d of %d ns", i, ns)
		}
	}
}

func TestHistogramPercentiles(t *testing.T) {
	var a, b histogram
	var all []int64
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 10000 {
		ns := int64(r.ExpFloat64() * 50000)
		all = append(all, max(ns, 1))
		if i%2 == 0 {
			a.add(ns, 1)
		} else {
			b.add(ns, 1)
		}
	}
	a.merge(&b)
	slices.Sort(all)
	for _, p := range []float64{0, 1, 50, 90, 99, 99.9, 100} {
		want := all[max(0, min(len(all)-1, int(p/100*float64(len(all))+0.5)-1))]
		if got := a.percentile(p); got < want || float64(got-want) > 0.01*float64(want)+1 {
			t.Errorf("p%v is %d, want about %d", p, got, want)
		}
	}
}

// TestHistogramDoublings: the ends are those that redis-server shows in LATENCY HISTOGRAM.
func TestHistogramDoublings(t *testing.T) {
	var h histogram
	for _, ns := range []int64{10, 1024, 1031, 1040, 5_000, 33_000, 70_000, 70_001, 600_000_000, 5_000_000_000} {
		h.add(ns, 1)
	}
	var got [][2]int64
	h.doublings(func(ns, n int64) { got = append(got, [2]int64{ns / 1000, n}) })
	want := [][2]int64{{1, 3}, {2, 4}, {8, 5}, {33, 6}, {132, 8}, {1073741, 10}}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	(&histogram{}).doublings(func(int64, int64) { t.Fatal("an empty histogram has buckets") })
}
