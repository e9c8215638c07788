package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// A list is as compact as can be, however it was filled.
func TestListMemory(t *testing.T) {
	const n = 200_000
	for _, left := range []bool{false, true} {
		s := newStore(t, 1, 1)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		r := rand.New(rand.NewPCG(1, 1))
		raw := 0
		for range n {
			v := bytes.Repeat([]byte{'x'}, 10+r.IntN(11))
			raw += len(v) + 2
			db.ListPush(k, left, [][]byte{v})
		}
		mem := db.Peek(k).MemUsage()
		t.Logf("left %v: %d bytes of elements, %d used: %.4f", left, raw, mem, float64(mem)/float64(raw))
		if float64(mem) > float64(raw)*1.008 {
			t.Errorf("%d bytes of elements take %d", raw, mem)
		}
		check(t, s)
		// A queue does not grow.
		for range n {
			v, _ := db.ListPop(k, left, nil)
			db.ListPush(k, !left, [][]byte{v})
		}
		if now := db.Peek(k).MemUsage(); float64(now) > float64(mem)*1.01 {
			t.Errorf("%d bytes became %d", mem, now)
		}
		check(t, s)
	}
}

func BenchmarkList(b *testing.B) {
	for _, left := range []bool{false, true} {
		name := map[bool]string{false: "R", true: "L"}[left]
		s := newStore(b, 1, 1)
		db := s.DB(0, testNow)
		k := db.Key([]byte("mylist"))
		v := [][]byte{[]byte("element:0000001")}
		b.Run(name+"PUSH", func(b *testing.B) {
			b.ReportAllocs()
			var l List
			for b.Loop() {
				db.OpenList(&l, k)
				l.Push(left, v...)
			}
		})
		b.Run(name+"POP", func(b *testing.B) {
			for range b.N {
				db.ListPush(k, left, v)
			}
			b.ResetTimer()
			b.ReportAllocs()
			var l List
			for range b.N {
				db.OpenList(&l, k)
				l.End(left)
				l.Pop(left)
			}
		})
	}
	s := newStore(b, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("mylist"))
	for i := range 1_000_000 {
		db.ListPush(k, false, [][]byte{fmt.Appendf(nil, "element:%07d", i)})
	}
	b.Run("INDEX", func(b *testing.B) {
		for b.Loop() {
			db.Peek(k).ListAt(500_000)
		}
	})
	b.Run("small", func(b *testing.B) {
		k := db.Key([]byte("small"))
		v := [][]byte{[]byte("element:0000001")}
		for range 10 {
			db.ListPush(k, false, v)
		}
		b.ReportAllocs()
		var l List
		for b.Loop() {
			db.OpenList(&l, k)
			l.Push(true, v...)
			l.Pop(false)
		}
	})
}
