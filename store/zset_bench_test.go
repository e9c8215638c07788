package store

import (
	"math/rand/v2"
	"testing"
)

// benchZSet is a sorted set of n members of 17 bytes with random scores.
func benchZSet(b testing.TB, n int) (*Store, Key) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("zset"))
	var member [17]byte
	for _, i := range rand.Perm(n) {
		db.ZSetAdd(k, benchMember(&member, i), float64(rand.IntN(n)))
	}
	return s, k
}

// BenchmarkZSet runs operations on random members of a set that does not fit into the cache.
func BenchmarkZSet(b *testing.B) {
	const n = 1_000_000
	s, k := benchZSet(b, n)
	b.Logf("%.1f bytes an element", float64(s.UsedMemory())/n)
	db := s.DB(0, testNow)
	var member [17]byte
	b.Run("Update", func(b *testing.B) {
		for b.Loop() {
			db.ZSetAdd(k, benchMember(&member, rand.IntN(n)), float64(rand.IntN(n)))
		}
	})
	b.Run("AddRemove", func(b *testing.B) {
		for b.Loop() {
			m := benchMember(&member, n+rand.IntN(n))
			db.ZSetAdd(k, m, float64(rand.IntN(n)))
			db.ZSetRemove(k, m)
		}
	})
	b.Run("PopAdd", func(b *testing.B) {
		var buf [64]byte
		for b.Loop() {
			m, _, _ := db.ZSetPop(k, false, buf[:0])
			db.ZSetAdd(k, m, float64(rand.IntN(n)))
		}
	})
	b.Run("Rank", func(b *testing.B) {
		for b.Loop() {
			if _, _, ok := db.Lookup(k).ZRank(benchMember(&member, rand.IntN(n)), false); !ok {
				b.Fatal("missing")
			}
		}
	})
	b.Run("Score", func(b *testing.B) {
		for b.Loop() {
			if _, ok := db.Lookup(k).ZScore(benchMember(&member, rand.IntN(n))); !ok {
				b.Fatal("missing")
			}
		}
	})
	b.Run("RangeByScore10", func(b *testing.B) {
		for b.Loop() {
			min := float64(rand.IntN(n))
			sum := 0
			db.Lookup(k).ZRangeByScore(ScoreRange{Min: min, Max: min + 9}, false, func(m []byte, _ float64) bool {
				sum += len(m)
				return true
			})
		}
	})
}

// BenchmarkZSetSmall adds to and removes from a listpack of 100.
func BenchmarkZSetSmall(b *testing.B) {
	s, k := benchZSet(b, 100)
	db := s.DB(0, testNow)
	var member [17]byte
	b.Run("Update", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			db.ZSetAdd(k, benchMember(&member, rand.IntN(100)), float64(rand.IntN(100)))
		}
	})
	b.Run("Rank", func(b *testing.B) {
		for b.Loop() {
			db.Lookup(k).ZRank(benchMember(&member, rand.IntN(100)), false)
		}
	})
}

// BenchmarkZSetDraft makes the union of two sets of a million members, half of which they share.
func BenchmarkZSetDraft(b *testing.B) {
	const n = 1_000_000
	s, k := benchZSet(b, n)
	db := s.DB(0, testNow)
	k2 := db.Key([]byte("other"))
	var member [17]byte
	for i := range n {
		db.ZSetAdd(k2, benchMember(&member, i+n/2), float64(rand.IntN(n)))
	}
	for b.Loop() {
		d := s.NewZSetDraft(n)
		for _, k := range []Key{k, k2} {
			db.Peek(k).ZEachAny(func(m []byte, score float64) bool {
				d.Merge(m, score, func(a, b float64) float64 { return a + b })
				return true
			})
		}
		d.Order()
		db.InstallZSet(db.Key([]byte("to")), d)
	}
}
