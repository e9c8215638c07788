package store

import (
	"fmt"
	"testing"
	"time"
)

// batchStore has one shard, with keys in database 0 and n sets of elems elements in database 1.
func batchStore(t *testing.T, n, elems int, deadline int64) *Store {
	t.Helper()
	s := newStore(t, 1, 2)
	other := s.DB(0, testNow)
	other.SetString(other.Key([]byte("stays")), []byte("v"), 0)
	db := s.DB(1, testNow)
	for i := range n {
		k := db.Key(fmt.Appendf(nil, "set%d", i))
		w, _ := db.OpenSet(k)
		for j := range elems {
			w.Add(fmt.Appendf(nil, "member:%d", j))
		}
		if deadline != 0 {
			db.SetDeadline(k, deadline)
		}
	}
	return s
}

// Freeing a flushed table holds the lock for so many chunks, however many elements the keys of a segment have.
func TestFlushFreesInBatches(t *testing.T) {
	const n, elems = 40, 1000
	s := batchStore(t, n, elems, 0)
	sh := &s.shards[0]
	d := sh.detach(1, 2)
	if d.alone || len(d.tables) != 1 {
		t.Fatal("the table must share the shard's arena")
	}
	table := d.tables[0]
	steps := 0
	for more := true; more; steps++ {
		var maps []body
		before := table.keys.Load()
		more = table.freeStep(&maps)
		if freed := before - table.keys.Load(); freed*elems > freeBatch {
			t.Fatalf("a step frees %d sets of %d elements", freed, elems)
		}
	}
	if table.keys.Load() != 0 || steps < n*elems/freeBatch {
		t.Fatalf("%d keys are left after %d steps", table.keys.Load(), steps)
	}
	sh.detached--
	check(t, s)
}

// Mappings of a flushed table are unmapped without the lock.
func TestFlushUnmapsWithoutLock(t *testing.T) {
	s := batchStore(t, 0, 0, 0)
	db := s.DB(1, testNow)
	for i := range 20 {
		db.SetString(db.Key(fmt.Appendf(nil, "string%d", i)), make([]byte, 300_000), 0)
	}
	used, held := s.UsedMemory(), s.pages.Held()
	d := s.shards[0].detach(1, 2)
	var maps []body
	for d.tables[0].freeStep(&maps) {
	}
	if len(maps) != 20 || s.UsedMemory() > used-20*300_000 || s.pages.Held() < held-300_000 {
		t.Fatalf("%d mappings are left to unmap; %d bytes used, before %d; %d held, before %d", len(maps), s.UsedMemory(), used, s.pages.Held(), held)
	}
	for _, b := range maps {
		d.tables[0].arena.Unmap(b.ptr(), int(b.cap))
	}
	s.shards[0].detached--
	check(t, s)
}

// So does expiry; what is left is due at once.
func TestExpiryDeletesInBatches(t *testing.T) {
	const n, elems = 40, 1000
	s := batchStore(t, n, elems, testNow+1)
	sh := &s.shards[0]
	left := n
	for done := false; !done; {
		var deleted int
		deleted, done = s.expireShard(sh, testNow+2, expireBatch)
		if left -= deleted; deleted*elems > freeBatch || deleted == 0 || done != (left == 0) {
			t.Fatalf("%d sets of %d elements are deleted at once, done %v, %d are left", deleted, elems, done, left)
		}
	}
	if _, ok := s.NextDeadline(); ok {
		t.Error("there is a next deadline")
	}
	check(t, s)
	big := batchStore(t, 3, 8000, testNow+1)
	if n, more := big.ExpireDue(testNow+2, 100); n != 3 || more {
		t.Errorf("%d sets of more than a batch are deleted, more %v", n, more)
	}
	check(t, big)
}

// A mapping that nobody needs any more does not wait for a flushed table.
func TestMappingsGoBesideAFlush(t *testing.T) {
	s := batchStore(t, 10, 10, 0)
	s.Lock(0) // the flush waits for it
	db := s.DB(1, testNow)
	db.Locked = true
	db.Flush(true, nil)
	db.SetString(db.Key([]byte("string")), make([]byte, 300_000), 0)
	held := s.pages.Held()
	db.Delete(db.Key([]byte("string")))
	for end := time.Now().Add(10 * time.Second); s.pages.Held() > held-300_000; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Error("the mapping is there after 10 s")
			break
		}
	}
	if st := s.Stats(); st.LazyPending != 10 {
		t.Errorf("%d objects wait", st.LazyPending)
	}
	s.Unlock(0)
	check(t, s)
}
