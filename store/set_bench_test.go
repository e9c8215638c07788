package store

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// shuffledSet makes a set of the members from, from+1, ... in random order: members of 17 bytes.
func shuffledSet(db *DB, key string, from, n int) Entry {
	k := db.Key([]byte(key))
	for _, i := range rand.Perm(n) {
		db.SetAdd(k, fmt.Appendf(nil, "member:%010d", from+i))
	}
	return db.Peek(k)
}

func BenchmarkSetAdd(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	var room [32]byte
	start := threadCPU()
	defer func() { b.ReportMetric(float64(threadCPU()-start)/float64(b.N), "cpu-ns/op") }()
	for i := 0; b.Loop(); i++ {
		db.SetAdd(k, fmt.Appendf(room[:0], "element:%012d", uint64(i)*7919%1000000))
	}
}

func BenchmarkSetPop(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	var room [64]byte
	for i := 0; b.Loop(); i++ {
		w, _ := db.OpenSet(k)
		if w.Len() == 0 {
			b.StopTimer()
			shuffledSet(&db, "k", 0, 100000)
			b.StartTimer()
			w, _ = db.OpenSet(k)
		}
		w.Pop(room[:0])
	}
}

// BenchmarkSetInter is of two sets of a million members, half of which they share.
func BenchmarkSetInter(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	x, y := shuffledSet(&db, "x", 0, 1000000), shuffledSet(&db, "y", 500000, 1000000)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ResetTimer()
	start := threadCPU()
	for range b.N {
		n := 0
		s.SetInter([]Entry{x, y}, func(m []byte) bool { n += len(m); return true })
	}
	b.ReportMetric(float64(threadCPU()-start)/float64(b.N)/1e6, "cpu-ns/member")
}

// BenchmarkSetUnion makes a set of ten sets of 100,000 members.
func BenchmarkSetUnion(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	var sets []Entry
	for i := range 10 {
		sets = append(sets, shuffledSet(&db, fmt.Sprintf("k%d", i), i*50000, 100000))
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ResetTimer()
	start := threadCPU()
	for range b.N {
		s.DraftUnion(sets).Free()
	}
	b.ReportMetric(float64(threadCPU()-start)/float64(b.N)/1e6, "cpu-ns/member")
}

// BenchmarkSetInterSmall is of a set of 20,000 members and one of a million that has them.
func BenchmarkSetInterSmall(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	x, y := shuffledSet(&db, "x", 0, 20000), shuffledSet(&db, "y", 0, 1000000)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ResetTimer()
	start := threadCPU()
	for range b.N {
		s.SetInterCount([]Entry{x, y}, 0)
	}
	b.ReportMetric(float64(threadCPU()-start)/float64(b.N)/20000, "cpu-ns/member")
}
