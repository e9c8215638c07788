package store

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// After nine of ten keys are gone, Purge gives back what they took, while others read and write.
func TestPurge(t *testing.T) {
	s := newStore(t, 1, 2) // each shard keeps a page of each class
	db := s.DB(0, testNow)
	const n = 60_000
	key := func(i int) Key { return s.Key(fmt.Appendf(nil, "key:%d", i)) }
	val := func(i int) []byte { return fmt.Appendf(make([]byte, 0, 2000), "%0*d", 20+i%3*8+i%100/99*1500, i) }
	for i := range n {
		db.SetString(key(i), val(i), int64(i%2)*(testNow+int64(i)))
	}
	full, _ := s.Fragmentation()
	stay := make(map[int]bool)
	for i := range n {
		if rand.IntN(10) == 0 {
			stay[i] = true
		} else {
			db.Delete(key(i))
		}
	}
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		db := s.DB(1, testNow)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			k := key(i % 1000)
			s.Lock(s.ShardOf(k.H))
			db.SetString(k, val(rand.IntN(1000)), 0)
			s.Unlock(s.ShardOf(k.H))
		}
	})
	s.Purge(nil)
	close(done)
	wg.Wait()
	check(t, s)
	held, used := s.Fragmentation()
	if held > full/3 || s.Stats().Moved == 0 {
		t.Errorf("%d bytes of pages are held for %d bytes of chunks, %d before", held, used, full)
	}
	for i := range n {
		if e := db.Lookup(key(i)); e.Ok() != stay[i] || e.Ok() && string(e.Append(nil)) != string(val(i)) {
			t.Fatalf("key %d is wrong after Purge", i)
		}
	}
	stop := make(chan struct{})
	close(stop)
	s.Purge(stop)
	check(t, s)
}
