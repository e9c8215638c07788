package store

import (
	"fmt"
	"testing"
)

// Fields of a big hash lapse in steps, in time, and the key goes with the last one.
func TestFieldsLapse(t *testing.T) {
	type event struct {
		n       int
		emptied bool
	}
	for _, fields := range []int{5, 1000} {
		var events []event
		var next int64
		s, err := New(Options{Shards: 1, Databases: 1, Hooks: Hooks{
			FieldsExpired: func(_ int, key []byte, n int, emptied bool, _ func(func([]byte))) {
				events = append(events, event{n, emptied})
			},
			NewDeadline: func(ms int64) { next = ms },
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		for i := range fields {
			h := db.OpenHash(k)
			h.Set(fmt.Appendf(nil, "f%d", i), []byte("v"))
			h.SetDeadline(fmt.Appendf(nil, "f%d", i), testNow+1000-int64(i%10))
		}
		if ms, ok := s.NextDeadline(); !ok || ms != next || ms != testNow+1000-int64(min(fields-1, 9)) {
			t.Fatalf("next deadline is %d, told %d", ms, next)
		}
		if n, _ := s.ExpireDue(next, 1000); n != 0 {
			t.Errorf("%d lapsed in the millisecond of their deadline", n)
		}
		deleted := 0
		for more := true; more; {
			var n int
			n, more = s.ExpireDue(testNow+1000, 50)
			if deleted += n; n > 64 {
				t.Errorf("%d at once", n)
			}
			check(t, s)
		}
		if e := db.Peek(k); e.HashLen() != fields-deleted || e.HashLapsed(testNow+1000) {
			t.Errorf("%d fields after %d of %d lapsed", e.HashLen(), deleted, fields)
		}
		for more := true; more; {
			_, more = s.ExpireDue(testNow+1001, 50)
		}
		last := events[len(events)-1]
		if db.Len() != 0 || !last.emptied {
			t.Errorf("%d keys, last event %+v", db.Len(), last)
		}
		if _, ok := s.NextDeadline(); ok {
			t.Error("a deadline is left")
		}
		check(t, s)
	}
}

// Without the expirer, readers see no lapsed field, and those they met are deleted afterwards; writers delete the ones they meet.
func TestLapsedFieldsAreUnseen(t *testing.T) {
	for _, most := range []int{0, 100} {
		told, emptied := 0, 0
		s, err := New(Options{Shards: 1, Databases: 1, Hooks: Hooks{FieldsExpired: func(_ int, _ []byte, n int, empty bool, _ func(func([]byte))) {
			told += n
			if empty {
				emptied++
			}
		}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		s.SetLimits(Limits{HashMaxListpackEntries: most, HashMaxListpackValue: 64})
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		fill := func() {
			h := db.OpenHash(k)
			for _, f := range []string{"a", "b", "c"} {
				h.Set([]byte(f), []byte("1"))
				h.SetDeadline([]byte(f), testNow+5)
			}
		}
		fill()
		db.Now += 6
		e := db.Peek(k)
		if _, st := e.FieldDeadline([]byte("a"), db.Now); st != FieldLapsed || e.HashLen() != 3 {
			t.Errorf("state %d of a lapsed field, %d fields", st, e.HashLen())
		}
		n := 0
		e.HashEach(db.Now, func(_, _ []byte) bool { n++; return true })
		if n != 0 {
			t.Errorf("%d lapsed fields are seen", n)
		}
		db.LapsedField([]byte("a"))
		db.LapsedField([]byte("a"))
		db.DropLapsedFields(k)
		if told != 1 || db.Peek(k).HashLen() != 2 || !db.Lapsed {
			t.Errorf("told of %d, %d fields left", told, db.Peek(k).HashLen())
		}
		h := db.OpenHash(k)
		if _, ok := h.Get([]byte("b")); ok || told != 2 {
			t.Errorf("a writer sees a lapsed field; told of %d", told)
		}
		if h.Set([]byte("c"), []byte("2")) != true || told != 3 || emptied != 1 {
			t.Errorf("told of %d, emptied %d", told, emptied)
		}
		if ms, ok := h.Deadline([]byte("c")); ms != 0 || !ok {
			t.Errorf("deadline %d, %v", ms, ok)
		}
		check(t, s)
		db.Delete(k)
		db.Now, db.LapsedFields = testNow, nil
		fill()
		db.Now += 6
		db.LapsedField(nil)
		if db.DropLapsedFields(k); told != 6 || emptied != 2 || db.Len() != 0 {
			t.Errorf("told of %d, emptied %d", told, emptied)
		}
		check(t, s)
	}
}

// Deadlines of fields travel: to another name, another database and another shard, and are forgotten with the key.
func TestFieldDeadlinesTravel(t *testing.T) {
	for _, fields := range []int{3, 700} {
		s := newStore(t, 16, 2)
		db := s.DB(0, testNow)
		fill := func(k Key) {
			h := db.OpenHash(k)
			for i := range fields {
				f := fmt.Appendf(nil, "f%d", i)
				h.Set(f, []byte("v"))
				h.SetDeadline(f, testNow+1000+int64(i))
			}
		}
		a, b := db.Key([]byte("a")), db.Key([]byte("b"))
		fill(a)
		db.Copy(a, b, 0)
		db.Rename(a, db.Key([]byte("c")))
		db.Move(b, 1)
		other := s.DB(1, testNow)
		for _, e := range []Entry{db.Peek(db.Key([]byte("c"))), other.Peek(b)} {
			if ms, st := e.FieldDeadline([]byte("f1"), testNow); ms != testNow+1001 || st != FieldLive {
				t.Errorf("deadline %d, state %d", ms, st)
			}
		}
		check(t, s)
		s.SwapDB(0, 1, false, nil)
		check(t, s)
		for _, drop := range []func(k Key){
			func(k Key) { db.Delete(k) },
			func(k Key) { db.SetString(k, []byte("v"), 0) },
			func(k Key) { db.SetInt(k, 1) },
			func(k Key) { db.Rename(db.Key([]byte("other")), k) },
			func(k Key) { db.SetDeadline(k, testNow-1); db.SetString(k, make([]byte, 5000), 0) },
			func(k Key) { db.SetDeadline(k, testNow-1); s.ExpireDue(testNow, 100) },
		} {
			db.SetString(db.Key([]byte("other")), []byte("v"), 0)
			fill(a)
			drop(a)
			check(t, s)
			db.Delete(a)
		}
		if n := db.FieldExpiresLen(); n != 1 {
			t.Errorf("%d hashes with deadlines", n)
		}
		db.Flush(false, nil)
		other.Flush(true, nil)
		check(t, s)
	}
}

// A hash with an arena of its own takes its deadlines along when it gets one, moves to another shard, is copied and compacted.
func TestFieldDeadlinesInOwnArena(t *testing.T) {
	s := newStore(t, 8, 1)
	db := s.DB(0, testNow)
	k, other := db.Key([]byte("k")), db.Key([]byte("another key"))
	const fields = 12000
	h := db.OpenHash(k)
	for i := range fields {
		f := fmt.Appendf(nil, "field:%d", i)
		h.Set(f, []byte("value"))
		if i%2 == 0 {
			h.SetDeadline(f, testNow+1000+int64(i))
		}
	}
	if h.w.body().cap == 0 {
		t.Fatal("it has no arena of its own")
	}
	check(t, s)
	if size := db.Peek(k).MemUsage(); size < s.UsedMemory()*9/10 {
		t.Errorf("%d bytes of %d", size, s.UsedMemory())
	}
	db.Copy(k, other, 0)
	check(t, s)
	db.Delete(k)
	db.Rename(other, k)
	check(t, s)
	for i := range fields {
		if i%10 > 1 {
			db.HashDelete(k, fmt.Appendf(nil, "field:%d", i))
		}
	}
	s.Purge(nil)
	check(t, s)
	if n := db.Peek(k).HashLen(); n != fields/5 {
		t.Errorf("%d fields", n)
	}
	left := 0
	for more := true; more; {
		left, more = s.ExpireDue(testNow+1000+fields/2+1, 100)
	}
	check(t, s)
	if n := db.Peek(k).HashLen(); n != fields/5-fields/20-1 {
		t.Errorf("%d fields, %d at last", n, left)
	}
	db.Delete(k)
	check(t, s)
}
