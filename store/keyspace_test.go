package store

import (
	"fmt"
	"testing"
	"time"
)

func TestSwapDB(t *testing.T) {
	s := newStore(t, 4, 3)
	a, b := s.DB(0, testNow), s.DB(2, testNow)
	k := a.Key([]byte("k"))
	a.SetString(k, []byte("from 0"), testNow+100)
	s.SwapDB(0, 2, false, nil)
	if a.Lookup(k).Ok() || string(b.Lookup(k).Append(nil)) != "from 0" || a.Len() != 0 || b.Len() != 1 {
		t.Fatal("SwapDB")
	}
	s.SwapDB(1, 1, false, nil)
	if n, _ := s.ExpireDue(testNow+101, 10); n != 1 {
		t.Fatal("the key does not lapse in its new database")
	}
	check(t, s)
}

// A value goes from any shard to any other, whatever its size, and nothing stays behind.
func TestRenameCopyMove(t *testing.T) {
	s := newStore(t, 8, 2)
	db, other := s.DB(0, testNow), s.DB(1, testNow)
	for _, val := range []string{"7", "short", string(make([]byte, 5000)), string(make([]byte, 300_000))} {
		for i := range 30 {
			a, b := db.Key(fmt.Appendf(nil, "a%d", i)), db.Key(fmt.Appendf(nil, "b%d", i))
			is := func(e Entry) bool { return string(e.Append(nil)) == val && e.Deadline() == testNow+9 }
			db.SetString(a, []byte(val), testNow+9)
			db.SetString(b, []byte("old"), 0)
			if !db.Copy(a, a, 0) || !db.Rename(a, a) || !db.Rename(a, b) || db.Rename(a, b) || db.Copy(a, b, 0) || !is(db.Lookup(b)) {
				t.Fatal("Rename")
			}
			if !db.Copy(b, a, 0) || !is(db.Lookup(a)) || !is(db.Lookup(b)) || !db.Copy(b, a, 1) || !is(other.Lookup(a)) {
				t.Fatal("Copy")
			}
			if db.Move(a, 1) || db.Move(a, 0) || !other.Delete(a) || !db.Move(a, 1) || db.Move(a, 1) || !is(other.Lookup(a)) {
				t.Fatal("Move")
			}
			if db.Len() != 1 || other.Len() != 1 || !db.Delete(b) || !other.DeleteSync(a) || other.DeleteSync(a) {
				t.Fatal("keys are left behind")
			}
		}
		check(t, s)
	}
}

func TestAvgTTL(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	if db.AvgTTL() != 0 {
		t.Fatal("no keys")
	}
	for i := range 100 {
		db.SetString(db.Key(fmt.Appendf(nil, "%d", i)), nil, testNow+int64(i)*1000)
		db.SetString(db.Key(fmt.Appendf(nil, "x%d", i)), nil, 0)
	}
	if ms := db.AvgTTL(); ms != 49_500 {
		t.Fatalf("AvgTTL is %d", ms)
	}
}

// TestFlushAwaitsLongHolders: who wants all shards has none of them while it waits for a long holder of one.
func TestFlushAwaitsLongHolders(t *testing.T) {
	s := newStore(t, 4, 1)
	s.RLockLong(2)
	done := make(chan bool)
	go func() {
		s.FlushAll(false, false, nil)
		close(done)
	}()
	for i := 0; s.shards[2].lock.state.Load()&lockLongWait == 0; i++ {
		if i > 5000 {
			t.Fatal("nobody waits for the long holder")
		}
		time.Sleep(time.Millisecond)
	}
	for i := range 2 {
		if s.TryLock(i) {
			s.Unlock(i)
		} else {
			t.Errorf("shard %d is held", i)
		}
	}
	s.RUnlockLong(2)
	<-done
}
