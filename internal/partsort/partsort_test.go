package partsort

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFunc(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		n := r.IntN(120)
		s := make([]int, n)
		for i := range s {
			s[i] = r.IntN(1 + r.IntN(200))
		}
		want := slices.Sorted(slices.Values(s))
		from := r.IntN(n + 1)
		to := from + r.IntN(n+1-from)
		got := slices.Clone(s)
		Func(got, from, to, cmp.Compare[int])
		if !slices.Equal(got[from:to], want[from:to]) {
			t.Fatalf("%v from %d to %d: %v", s, from, to, got)
		}
		if !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			t.Fatalf("%v: %v are other elements", s, got)
		}
	}
}

// An adversary answers comparisons such that a quicksort takes as long as it can (McIlroy, "A Killer Adversary for Quicksort").
func TestFuncIsNeverQuadratic(t *testing.T) {
	const n = 1 << 14
	const gas = n
	val := make([]int, n)
	s := make([]int, n)
	for i := range s {
		s[i], val[i] = i, gas
	}
	solid, candidate, compared := 0, 0, 0
	Func(s, 0, n, func(x, y int) int {
		compared++
		if val[x] == gas && val[y] == gas {
			if x == candidate {
				val[x] = solid
			} else {
				val[y] = solid
			}
			solid++
		}
		if val[x] == gas {
			candidate = x
		} else if val[y] == gas {
			candidate = y
		}
		return cmp.Compare(val[x], val[y])
	})
	if compared > 200*n {
		t.Errorf("%d comparisons", compared)
	}
	if !slices.IsSortedFunc(s, func(x, y int) int { return cmp.Compare(val[x], val[y]) }) {
		t.Error("not sorted")
	}
}
