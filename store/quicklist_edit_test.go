package store

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"radish/store/listpack"
)

// Nodes that become small merge, and what is inserted at one place does not leave nodes that are nearly empty.
func TestQuicklistStaysCompact(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	const n = 20_000
	for i := range n {
		db.ListPush(k, false, [][]byte{fmt.Appendf(nil, "%dx", i%10)})
	}
	compact := func(what string) {
		t.Helper()
		check(t, s)
		e := db.Peek(k)
		raw := 0
		e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
			raw += len(v) + 2
			return true
		})
		if e.ListBytes() > raw*5/2+10_000 {
			t.Errorf("%s: %d bytes of elements take %d", what, raw, e.ListBytes())
		}
	}
	compact("RPUSH")
	var l List
	db.OpenList(&l, k)
	for i := range 3000 {
		l.Insert([]byte("7x"), fmt.Appendf(nil, "new %d", i), i%2 == 0)
	}
	compact("LINSERT")
	for i := range n / 2 {
		l.Set(i*2, bytes.Repeat([]byte{'y'}, 1+i%60))
	}
	compact("LSET")
	for _, v := range []string{"y", "1x", "3x", "5x", "7x"} {
		l.RemoveEqual([]byte(v), n, v == "5x")
		compact("LREM")
	}
	for l.Len() > 3000 {
		l.Remove(l.Len()/3, 500)
	}
	compact("removing ranges")
}

// The chunk of an element that was too big for others is not kept for several: where their listpack begins is told in 16 bits.
func TestBigChunkOfSeveral(t *testing.T) {
	s := newStore(t, 1, 1)
	lim := *defaultLimits()
	lim.ListMaxListpackSize = -5
	s.SetLimits(lim)
	db := s.DB(0, testNow)
	var l List
	db.OpenList(&l, db.Key([]byte("l")))
	l.Push(false, make([]byte, 90_000))
	l.Set(0, make([]byte, 56_000))
	l.Push(false, []byte("behind"))
	l.Push(true, []byte("before"))
	l.Pop(true)
	l.Pop(true)
	if lp, off := l.End(true); l.Len() != 1 || string(listpack.Get(lp, off).S) != "behind" {
		t.Errorf("%d elements, the first is %q", l.Len(), listpack.Get(lp, off).S)
	}
}

// nodes are the elements of each node of a list.
func nodes(e Entry) (counts []int) {
	for it := e.ListIter(0, e.ListLen(), false); it.Next(); {
		counts = append(counts, it.N)
	}
	return counts
}

// listStep is a change of a list: of the element at index i, by one of size bytes; trim leaves size elements from i on.
type listStep struct {
	op      string // push, insert before, insert after, set, trim
	i, size int
}

// Nodes are full, are split and are merged where those of Redis are, which is seen by the encoding of a list that shrinks.
func TestQuicklistNodes(t *testing.T) {
	pushes := func(sizes ...int) (steps []listStep) {
		for _, n := range sizes {
			steps = append(steps, listStep{op: "push", size: n})
		}
		return steps
	}
	for _, c := range []struct {
		name  string
		fill  int
		large int64
		steps []listStep
		want  []int
		enc   Encoding
	}{
		{"an estimate of 8 bytes more: over", -2, 0, pushes(5000, 4000, 4174, 10), []int{1, 1, 2}, EncQuicklist},
		{"an estimate of 8 bytes more: just room", -2, 0, pushes(5000, 4000, 4173, 10), []int{1, 2, 1}, EncQuicklist},
		{"up to 4 KB", -1, 0, pushes(3000, 2000, 2077, 2000, 2000), []int{1, 2, 2}, EncQuicklist},
		{"up to 16 KB", -3, 0, pushes(9000, 9000, 7361, 9000), []int{1, 2, 1}, EncQuicklist},
		{"up to 64 KB", -5, 0, pushes(40000, 30000, 35513, 1), []int{1, 2, 1}, EncQuicklist},
		{"8 KB by count", 10, 0, pushes(5000, 4000, 4173, 10), []int{1, 2, 1}, EncQuicklist},
		{"insert with just room", -2, 0, append(pushes(4000, 4000, 4000), listStep{"insert before", 1, 169}), []int{3, 1}, EncQuicklist},
		{"insert splits, and merges with what is before", -2, 0, append(pushes(4000, 4000, 4000), listStep{"insert before", 1, 173}), []int{3, 1}, EncQuicklist},
		{"insert splits, and merges with what is behind", -2, 0, append(pushes(4000, 4000, 4000), listStep{"insert before", 1, 174}), []int{2, 2}, EncQuicklist},
		{"insert without room in the part", -2, 0, append(pushes(100, 7900, 4000), listStep{"insert after", 0, 5000}), []int{1, 2, 1}, EncQuicklist},
		{"insert beyond every limit", -2, 0, append(pushes(100, 7900, 4000), listStep{"insert after", 0, 60000}), []int{1, 1, 1, 1}, EncQuicklist},
		{"insert at the end, next has room", -2, 0, append(pushes(100, 7900, 4000), listStep{"insert after", 1, 500}), []int{2, 2}, EncQuicklist},
		{"insert at the end, next is full", -2, 0, append(pushes(100, 7900, 8000), listStep{"insert after", 1, 500}), []int{2, 1, 1}, EncQuicklist},
		{"set does not split", -2, 0, append(pushes(100, 7900, 4000), listStep{"set", 0, 9000}), []int{2, 1}, EncQuicklist},
		{"set beyond every limit", -2, 0, append(pushes(100, 7900, 4000), listStep{"set", 0, 60000}), []int{1, 1, 1}, EncQuicklist},
		{"merged, and a listpack", -2, 0, append(pushes(4000, 4000, 170, 5000), listStep{"trim", 1, 2}, listStep{"insert before", 1, 20},
			listStep{"set", 0, 1}, listStep{"trim", 0, 2}), []int{2}, EncListpack},
		{"large: split, not merged", -2, 6000, append(pushes(100, 100, 8000), listStep{"insert after", 0, 6500}), []int{1, 1, 1, 1}, EncQuicklist},
		{"large beside large", -2, 6000, append(pushes(100, 7000, 8000), listStep{"insert before", 1, 6500}), []int{1, 1, 1, 1}, EncQuicklist},
		{"small after large", -2, 6000, append(pushes(100, 8100, 8000), listStep{"insert after", 1, 5}), []int{1, 1, 1, 1}, EncQuicklist},
		{"large becomes small", -2, 6000, append(pushes(7000, 100, 7500), listStep{"set", 0, 5}), []int{2, 1}, EncQuicklist},
		{"small becomes large", -2, 6000, append(pushes(100, 100, 100, 8000), listStep{"set", 1, 6500}), []int{1, 1, 1, 1}, EncQuicklist},
		{"the last becomes large", -2, 6000, append(pushes(100, 100, 8000), listStep{"set", 1, 6500}), []int{1, 1, 1}, EncQuicklist},
		{"the only one becomes large", -2, 6000, append(pushes(8000, 100, 8000), listStep{"set", 1, 6500}), []int{1, 1, 1}, EncQuicklist},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, 1, 1)
			lim := *defaultLimits()
			lim.ListMaxListpackSize = c.fill
			s.SetLimits(lim)
			s.SetLargeElement(c.large)
			db := s.DB(0, testNow)
			k := db.Key([]byte("k"))
			var l List
			var want []string
			for i, step := range c.steps {
				v := fmt.Sprintf("%0*d", step.size, i)[:step.size]
				db.OpenList(&l, k)
				switch step.op {
				case "push":
					l.Push(false, []byte(v))
					want = append(want, v)
				case "insert before":
					l.Insert([]byte(want[step.i]), []byte(v), true)
					want = slices.Insert(want, step.i, v)
				case "insert after":
					l.Insert([]byte(want[step.i]), []byte(v), false)
					want = slices.Insert(want, step.i+1, v)
				case "set":
					l.Set(step.i, []byte(v))
					want[step.i] = v
				case "trim":
					l.Trim(step.i, step.size)
					want = want[step.i : step.i+step.size]
				}
				check(t, s)
			}
			e := db.Peek(k)
			var got []string
			e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
				got = append(got, string(v))
				return true
			})
			if !slices.Equal(got, want) {
				t.Errorf("%d elements, want %d, or other ones", len(got), len(want))
			}
			if n := nodes(e); !slices.Equal(n, c.want) || e.Encoding() != c.enc {
				t.Errorf("%s, nodes of %v elements; want %s, %v", e.Encoding(), n, c.enc, c.want)
			}
		})
	}
}
