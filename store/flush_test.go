package store

import (
	"fmt"
	"testing"
	"unsafe"
)

func TestShardSize(t *testing.T) {
	if n := unsafe.Sizeof(shard{}); n%128 != 0 {
		t.Fatalf("a shard has %d bytes", n)
	}
}

// Flushing gives all memory back, with and without values in mappings, other databases, and new keys meanwhile.
func TestFlush(t *testing.T) {
	for _, big := range []int{50, 400_000} {
		for _, async := range []bool{false, true} {
			for _, locked := range []bool{false, true} {
				s := newStore(t, 4, 3)
				fill := func(i, n int) {
					db := s.DB(i, testNow)
					for j := range n {
						k := db.Key(fmt.Appendf(nil, "key%d", j))
						s.Lock(s.ShardOf(k.H))
						db.SetString(k, make([]byte, 10+(j*7919)%big*(j%50/49)), testNow+int64(j%2))
						s.Unlock(s.ShardOf(k.H))
					}
				}
				flush := func(db DB) {
					if db.Locked = locked; locked {
						s.lockAll(false)
						defer s.unlockAll(false)
					}
					db.Flush(async, nil)
				}
				fill(0, 5000)
				fill(2, 5000)
				flush(s.DB(0, testNow))
				db := s.DB(2, testNow)
				if s.DB(0, testNow).db().Len() != 0 || db.Len() != 5000 {
					t.Fatal("flushed the wrong database")
				}
				fill(0, 100)
				fill(1, 5000)
				check(t, s)
				if locked {
					s.lockAll(false)
				}
				s.FlushAll(async, locked, nil)
				if locked {
					s.unlockAll(false)
				}
				fill(1, 10)
				check(t, s)
				flush(s.DB(1, testNow))
				check(t, s)
				if st := s.Stats(); st.Keys != 0 || st.Used != 0 || st.LazyPending != 0 || async != (st.LazyFreed > 0) {
					t.Fatalf("big %d, async %v, locked %v: %+v", big, async, locked, st)
				}
				if _, ok := s.NextDeadline(); ok {
					t.Fatal("a deadline is left")
				}
				s.Purge(nil)
				if n := s.pages.Held(); n != 0 {
					t.Fatalf("%d bytes of pages are held", n)
				}
			}
		}
	}
}

// db makes a DB addressable.
func (db DB) db() *DB { return &db }
