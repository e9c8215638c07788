package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// benchKey writes the i-th key, 16 bytes.
func benchKey(b *[16]byte, i int) []byte {
	copy(b[:], "key:000000000000")
	for j := 15; i > 0; j-- {
		b[j] = byte('0' + i%10)
		i /= 10
	}
	return b[:]
}

func benchStore(b testing.TB, n int, deadline int64) *Store {
	s := newStore(b, 64, 16)
	db := s.DB(0, testNow)
	var buf [16]byte
	val := make([]byte, 32)
	for i := range n {
		binary.LittleEndian.PutUint64(val, uint64(i)|1<<63)
		k := db.Key(benchKey(&buf, i))
		j := s.ShardOf(k.H)
		s.Lock(j)
		d := deadline
		if d != 0 {
			d += int64(i) % 1000003
		}
		db.SetString(k, val, d)
		s.Unlock(j)
	}
	return s
}

// benchOps are operations on a random present key, with locks, as a command does them.
var benchOps = []struct {
	name string
	run  func(s *Store, key, val []byte)
}{
	{"Lookup", func(s *Store, key, val []byte) {
		db := s.DB(0, testNow)
		k := s.Key(key)
		i := s.ShardOf(k.H)
		s.TryRLock(i)
		e := db.Lookup(k)
		if e.StringLen() == 0 {
			panic("missing")
		}
		s.RUnlock(i)
	}},
	{"Miss", func(s *Store, key, val []byte) {
		db := s.DB(0, testNow)
		key[0] = 'x'
		k := s.Key(key)
		i := s.ShardOf(k.H)
		s.TryRLock(i)
		if db.Lookup(k).Ok() {
			panic("there")
		}
		s.RUnlock(i)
	}},
	{"SetString", func(s *Store, key, val []byte) {
		db := s.DB(0, testNow)
		k := s.Key(key)
		i := s.ShardOf(k.H)
		s.TryLock(i)
		db.SetString(k, val, 0)
		s.Unlock(i)
	}},
	{"SetInt", func(s *Store, key, val []byte) {
		db := s.DB(0, testNow)
		k := s.Key(key)
		i := s.ShardOf(k.H)
		s.TryLock(i)
		db.SetInt(k, 12345)
		s.Unlock(i)
	}},
	{"SetEx", func(s *Store, key, val []byte) {
		db := s.DB(0, testNow)
		k := s.Key(key)
		i := s.ShardOf(k.H)
		s.TryLock(i)
		db.SetString(k, val, testNow+int64(k.H%1000000))
		s.Unlock(i)
	}},
}

// BenchmarkOps runs the operations on a few keys, which stay in the cache, and on a million, which do not; by one and by two threads.
func BenchmarkOps(b *testing.B) {
	for _, keys := range []int{1000, 1_000_000} {
		s := benchStore(b, keys, 0)
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) { benchOpsOn(b, s, keys) })
	}
}

func benchOpsOn(b *testing.B, s *Store, keys int) {
	for _, op := range benchOps {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", op.name, threads), func(b *testing.B) {
				b.ReportAllocs()
				var wg sync.WaitGroup
				var cpu atomic.Int64
				for th := range threads {
					wg.Go(func() {
						runtime.LockOSThread()
						defer runtime.UnlockOSThread()
						start := threadCPU()
						defer func() { cpu.Add(int64(threadCPU() - start)) }()
						var key [16]byte
						val := make([]byte, 32)
						x := uint64(th)*7919 + 12345
						for range b.N / threads {
							x = x*6364136223846793005 + 1442695040888963407
							op.run(s, benchKey(&key, int(x>>33)%keys), val)
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(cpu.Load())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

func BenchmarkInsert(b *testing.B) {
	s := newStore(b, 64, 1)
	db := s.DB(0, testNow)
	var key [16]byte
	val := make([]byte, 32)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k := db.Key(benchKey(&key, i))
		j := s.ShardOf(k.H)
		s.TryLock(j)
		db.SetString(k, val, 0)
		s.Unlock(j)
	}
}

// rss is the resident memory of the process, in bytes, after the Go heap was collected; 0 where that cannot be read.
func rss() int64 {
	runtime.GC()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	return n * int64(os.Getpagesize())
}

// BenchmarkMemory reports the growth of resident memory per key: 16-byte keys, 32-byte values, with and without a deadline, and after
// deleting nine of ten and Purge.
func BenchmarkMemory(b *testing.B) {
	for _, deadline := range []int64{0, testNow + 1000} {
		b.Run(fmt.Sprintf("deadline=%v", deadline != 0), func(b *testing.B) {
			const n = 3_000_000
			before := rss()
			s := benchStore(b, n, deadline)
			full := rss() - before
			b.ReportMetric(float64(full)/n, "B/key")
			b.ReportMetric(float64(s.UsedMemory())/n, "used-B/key")
			db := s.DB(0, testNow)
			var key [16]byte
			for i := range n {
				if rand.IntN(10) > 0 {
					k := db.Key(benchKey(&key, i))
					j := s.ShardOf(k.H)
					s.Lock(j)
					db.Delete(k)
					s.Unlock(j)
				}
			}
			b.ReportMetric(float64(rss()-before)/float64(full), "after-delete")
			start := time.Now()
			s.Purge(nil)
			b.ReportMetric(float64(time.Since(start).Milliseconds()), "purge-ms")
			b.ReportMetric(float64(rss()-before)/float64(full), "after-purge")
			b.ReportMetric(0, "ns/op")
			s.Close()
			s.pages.Trim()
		})
	}
}
