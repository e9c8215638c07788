package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// findMany finds what find finds.
func TestFindMany(t *testing.T) {
	for _, n := range []int{1, 100, 50000} {
		m := newDictModel(t, 0)
		for range n {
			m.set(fmt.Sprint(rand.IntN(2*n)), "")
		}
		for range 300 {
			var l lookups
			for full := false; !full && rand.IntN(60) > 0; {
				k := fmt.Appendf(nil, "%d", rand.IntN(2*n))
				full = l.add(m.d.hash(k), k)
			}
			m.d.findMany(&l)
			found := 0
			for i, k := range l.keys[:l.n] {
				if _, e := m.d.find(m.d.hash(k), k); e != l.elems[i] {
					t.Fatalf("%q is at %p, not at %p", k, l.elems[i].p, e.p)
				} else if e.ok() {
					found++
				}
			}
			miss, all := l, l.n
			l.keep(true)
			miss.keep(false)
			if l.n != found || miss.n != all-found {
				t.Fatalf("%d of %d keys are there: %d and %d were kept", found, all, l.n, miss.n)
			}
			for i, k := range miss.keys[:miss.n] {
				if _, e := m.d.find(miss.hash[i], k); e.ok() {
					t.Fatalf("%q is there", k)
				}
			}
		}
	}
}

// BenchmarkFindMany looks the elems of one dict up in another of a million, one by one and in batches, as an intersection does.
func BenchmarkFindMany(b *testing.B) {
	const n = 1_000_000
	d := benchDict(b, n, n)
	other := newDict(d.a, &Store{seed: d.root.seed}, n/2)
	var key [17]byte
	for i := range n / 2 {
		k := benchMember(&key, i*3)
		other.insert(other.hash(k), writeElem(d.a, k, nil, false, 0, false))
	}
	random := make([][]byte, 1<<16)
	for i := range random {
		random[i] = append([]byte(nil), benchMember(&key, rand.IntN(n))...)
	}
	perElem := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
	}
	b.Run("random/one", func(b *testing.B) {
		for b.Loop() {
			for _, k := range random {
				if _, e := d.find(d.hash(k), k); !e.ok() {
					b.Fatal("missing")
				}
			}
		}
		perElem(b, len(random))
	})
	b.Run("random/many", func(b *testing.B) {
		for b.Loop() {
			var l lookups
			for _, k := range random {
				if l.add(d.hash(k), k) {
					d.findMany(&l)
					l.n = 0
				}
			}
		}
		perElem(b, len(random))
	})
	b.Run("inter/one", func(b *testing.B) {
		for b.Loop() {
			other.each(func(e elem) bool {
				k := e.key()
				d.find(d.hash(k), k)
				return true
			})
		}
		perElem(b, n/2)
	})
	b.Run("inter/many", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var l lookups
			other.each(func(e elem) bool {
				k := e.key()
				if l.add(d.hash(k), k) {
					d.findMany(&l)
					l.n = 0
				}
				return true
			})
		}
		perElem(b, n/2)
	})
}
