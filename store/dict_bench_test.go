package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"radish/store/slab"
)

// benchDict is a dict of n members of 17 bytes.
func benchDict(b testing.TB, n, hint int) dict {
	s := newStore(b, 1, 1)
	d := newDict(slab.NewArena(s.pages), s, hint)
	var key [17]byte
	for i := range n {
		k := benchMember(&key, i)
		d.insert(d.hash(k), writeElem(d.a, k, nil, false, 0, false))
	}
	return d
}

// benchMember writes the i-th member.
func benchMember(b *[17]byte, i int) []byte {
	copy(b[:], "member:0000000000")
	for j := 16; i > 0; j-- {
		b[j] = byte('0' + i%10)
		i /= 10
	}
	return b[:]
}

// BenchmarkDict finds, adds and removes random members, all in the cache, and mostly out of it.
func BenchmarkDict(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		d := benchDict(b, n, 0)
		var key [17]byte
		x := uint64(12345)
		next := func() []byte {
			x = x*6364136223846793005 + 1442695040888963407
			return benchMember(&key, int(x>>33)%n)
		}
		b.Run(fmt.Sprintf("n=%d/Key", n), func(b *testing.B) {
			for b.Loop() {
				_ = d.hash(next())
			}
		})
		b.Run(fmt.Sprintf("n=%d/Find", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k := next()
				if _, e := d.find(d.hash(k), k); !e.ok() {
					b.Fatal("missing")
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/Miss", n), func(b *testing.B) {
			for b.Loop() {
				k := next()
				k[0] = 'x'
				if _, e := d.find(d.hash(k), k); e.ok() {
					b.Fatal("there")
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/RemoveInsert", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k := next()
				h := d.hash(k)
				slot, e := d.find(h, k)
				d.remove(h, slot)
				d.freeElem(e)
				d.insert(h, writeElem(d.a, k, nil, false, 0, false))
			}
		})
		b.Run(fmt.Sprintf("n=%d/Random", n), func(b *testing.B) {
			for b.Loop() {
				d.random()
			}
		})
		b.Run(fmt.Sprintf("n=%d/Each", n), func(b *testing.B) {
			sum := 0
			for b.Loop() {
				d.each(func(e elem) bool { sum += len(e.key()); return true })
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
		})
	}
}

// BenchmarkDictGrow adds a million members, without and with a hint.
func BenchmarkDictGrow(b *testing.B) {
	const n = 1_000_000
	for _, hint := range []int{0, n} {
		b.Run(fmt.Sprintf("hint=%d", hint), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				s := newStore(b, 1, 1)

				var key [17]byte
				d := newDict(slab.NewArena(s.pages), s, hint)
				b.StartTimer()
				for i := range n {
					k := benchMember(&key, i)
					d.insert(d.hash(k), writeElem(d.a, k, nil, false, 0, false))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
}

// BenchmarkBigMemory reports the growth of resident memory in relation to memory in use, for values of one size, in arenas of their own or not.
func BenchmarkBigMemory(b *testing.B) {
	const total = 100 << 20
	for _, kb := range []int{200, 300, 600, 1200} {
		for _, valueLen := range []int{1, 60, 400, 2000} {
			b.Run(fmt.Sprintf("KB=%d/values=%d", kb, valueLen), func(b *testing.B) {
				s := newStore(b, 2, 1)
				db := s.DB(0, testNow)
				before := rss()
				val := make([]byte, valueLen)
				for i := range total / (kb << 10) {
					w := db.open(db.Key(fmt.Appendf(nil, "key:%d", i)))
					w.createBig(TypeHash, EncHashtable, body{addr: newDict(w.need().arena, s, 0).root.addr()})
					for j := 0; w.dict().bytes() < kb<<10; j++ {
						d := w.dict()
						f := fmt.Appendf(nil, "field%d", j)
						d.insert(d.hash(f), writeElem(d.a, f, val[:rand.IntN(valueLen)], true, 0, false))
						w.body().len++
						w.bump(unsafe.Pointer(d.root))
					}
				}
				b.ReportMetric(float64(rss()-before)/float64(s.UsedMemory()), "rss/used")
				b.ReportMetric(float64(s.Stats().PageBytes)/float64(s.UsedMemory()), "pages/used")
				b.ReportMetric(0, "ns/op")
				s.Close()
			})
		}
	}
}
