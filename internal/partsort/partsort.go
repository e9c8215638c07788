// Package partsort sorts a part of a slice.
package partsort

import (
	"math/bits"
	"slices"
)

// Func puts the elements into s[from:to] that would stand there if s were sorted, in order. cmp is as for slices.SortFunc. The order of
// elements that are equal is that of Redis's pqsort, which clients can see: the algorithm is the quicksort of Bentley and McIlroy,
// "Engineering a Sort Function" (Software: Practice and Experience 23, 1993), that goes on only with the parts that overlap from:to.
// Where it would take quadratic time it gives up that order.
func Func[E any](s []E, from, to int, cmp func(a, b E) int) {
	depth := 4 * bits.Len(uint(len(s)))
	for ; len(s) >= smallest; depth-- {
		if depth == 0 {
			slices.SortFunc(s, cmp)
			return
		}
		choosePivot(s, cmp)
		less, greater := split(s, cmp)
		if less > 1 && from < less && to > 0 {
			left := s[:less]
			Func(left, max(from, 0), min(to, less), cmp)
		}
		n := len(s) - greater
		if greater <= 1 || to <= n || from >= len(s) {
			return
		}
		s, from, to = s[n:], max(from-n, 0), to-n
	}
	for i := 1; i < len(s); i++ {
		for j := i; j > 0 && cmp(s[j-1], s[j]) > 0; j-- {
			s[j-1], s[j] = s[j], s[j-1]
		}
	}
}

const smallest = 7 // to be divided

// choosePivot swaps a median of three elements, or of three times three, to the beginning.
func choosePivot[E any](s []E, cmp func(a, b E) int) {
	n := len(s)
	low, mid, high := 0, n/2, n-1
	if n > 40 {
		d := n / 8
		low = median(s, low, low+d, low+2*d, cmp)
		mid = median(s, mid-d, mid, mid+d, cmp)
		high = median(s, high-2*d, high-d, high, cmp)
	}
	if n > 7 {
		mid = median(s, low, mid, high, cmp)
	}
	s[0], s[mid] = s[mid], s[0]
}

func median[E any](s []E, a, b, c int, cmp func(a, b E) int) int {
	ab, bc := cmp(s[a], s[b]) < 0, cmp(s[b], s[c])
	switch {
	case ab && bc < 0, !ab && bc > 0:
		return b
	case (cmp(s[a], s[c]) < 0) == ab:
		return c
	}
	return a
}

// split divides s by its first element: into less elements before it, others equal to it, and greater elements after it.
func split[E any](s []E, cmp func(a, b E) int) (less, greater int) {
	// s[:a] and s[d+1:] are equal to the first, s[a:b] less and s[c+1:d+1] greater
	a, b, c, d := 1, 1, len(s)-1, len(s)-1
	for {
		for ; b <= c; b++ {
			r := cmp(s[b], s[0])
			if r > 0 {
				break
			}
			if r == 0 {
				s[a], s[b] = s[b], s[a]
				a++
			}
		}
		for ; b <= c; c-- {
			r := cmp(s[c], s[0])
			if r < 0 {
				break
			}
			if r == 0 {
				s[c], s[d] = s[d], s[c]
				d--
			}
		}
		if b > c {
			break
		}
		s[b], s[c] = s[c], s[b]
		b++
		c--
	}
	less, greater = b-a, d-c
	swap(s[:b], min(a, less))
	swap(s[b:], min(greater, len(s)-1-d))
	return less, greater
}

// swap exchanges the first n elements of s with the last n.
func swap[E any](s []E, n int) {
	for i := range n {
		j := len(s) - n + i
		s[i], s[j] = s[j], s[i]
	}
}
