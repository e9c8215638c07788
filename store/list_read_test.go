package store

import (
	"fmt"
	"testing"

	"radish/store/listpack"
)

func TestListIter(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	for _, n := range []int{1, 10, 5000} {
		k := db.Key(fmt.Append(nil, n))
		for i := range n {
			db.ListPush(k, false, [][]byte{fmt.Appendf(nil, "element %d", i)})
		}
		e := db.Peek(k)
		if big := e.ListNodes() > 0; big != (n == 5000) || big != (e.Listpack() == nil) || e.ListBytes() < n*10 {
			t.Errorf("%d elements: %d nodes, %d bytes", n, e.ListNodes(), e.ListBytes())
		}
		for _, r := range [][2]int{{0, n}, {0, 1}, {n - 1, 1}, {n / 2, n / 3}, {n / 3, 0}} {
			for _, rev := range []bool{false, true} {
				from, step := r[0], 1
				if rev {
					from, step = n-1-r[0], -1
				}
				i := from
				for it := e.ListIter(from, r[1], rev); it.Next(); {
					for off, left := it.Off, it.N; left > 0; left-- {
						if want := fmt.Sprintf("element %d", i); !listpack.Get(it.LP, off).Equal([]byte(want)) {
							t.Fatalf("%d elements, %v: not %s", n, r, want)
						}
						if i += step; rev {
							off = listpack.Prev(it.LP, off)
						} else {
							off += listpack.Size(it.LP, off)
						}
					}
				}
				if (i-from)*step != r[1] {
					t.Errorf("%d elements, %v, reverse %v: stopped at %d", n, r, rev, i)
				}
			}
		}
		seen := 0
		e.ListRange(0, n-1, func([]byte) bool {
			seen++
			return seen < 3
		})
		if seen != min(n, 3) {
			t.Errorf("%d elements after the range should have stopped", seen)
		}
	}
}
