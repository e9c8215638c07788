package store

import (
	"fmt"
	"slices"
	"testing"
)

// Every lapsed key is deleted in the order of deadlines, told about, and nothing else.
func TestExpireDue(t *testing.T) {
	var told []string
	var earliest []int64
	s, err := New(Options{Shards: 1, Databases: 2, Hooks: Hooks{
		Expired:     func(db int, key []byte) { told = append(told, fmt.Sprintf("%d:%s", db, key)) },
		NewDeadline: func(ms int64) { earliest = append(earliest, ms) },
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(1, testNow)
	set := func(name string, ms int64) { db.SetString(db.Key([]byte(name)), []byte("v"), ms) }
	set("never", 0)
	set("third", testNow+30)
	set("first", testNow+10)
	set("second", testNow+20)
	set("same", testNow+20)
	set("far", 1<<61)
	if want := []int64{testNow + 30, testNow + 10}; !slices.Equal(earliest, want) {
		t.Fatalf("NewDeadline was called with %v, not %v", earliest, want)
	}
	if ms, ok := s.NextDeadline(); !ok || ms != testNow+10 {
		t.Fatalf("NextDeadline is %d, %v", ms, ok)
	}
	if n, more := s.ExpireDue(testNow+10, 100); n != 0 || more {
		t.Fatalf("at the deadline itself %d keys lapsed", n)
	}
	if n, more := s.ExpireDue(testNow+21, 2); n != 2 || !more {
		t.Fatalf("with a budget of 2: %d, %v", n, more)
	}
	if n, more := s.ExpireDue(testNow+21, 2); n != 1 || more {
		t.Fatalf("the rest: %d, %v", n, more)
	}
	slices.Sort(told[1:])
	if want := []string{"1:first", "1:same", "1:second"}; !slices.Equal(told, want) {
		t.Fatalf("told %v, not %v", told, want)
	}
	if ms, ok := s.NextDeadline(); !ok || ms != testNow+30 {
		t.Fatalf("NextDeadline is %d, %v", ms, ok)
	}
	if n := db.AvgTTL(); n < 1<<40 {
		t.Fatalf("AvgTTL is %d", n)
	}
	check(t, s)

	s.SetActiveExpire(false)
	if n, _ := s.ExpireDue(testNow+100, 100); n != 0 {
		t.Fatal("ExpireDue deletes though it is off")
	}
	if _, ok := s.NextDeadline(); ok {
		t.Fatal("there is a next deadline though expiry is off")
	}
	db = s.DB(1, testNow+100)
	third := db.Key([]byte("third"))
	if db.Lookup(third).Ok() || !db.Lapsed || db.Len() != 3 {
		t.Fatal("a lapsed key must not be seen, but is still there")
	}
	if !db.ExpireKey(third) || db.ExpireKey(third) || db.Len() != 2 || s.Stats().Expired != 4 {
		t.Fatal("ExpireKey must delete it")
	}
	s.SetActiveExpire(true)
	db.SetDeadline(db.Key([]byte("far")), 0)
	s.ExpireDue(1<<41, 10)
	if _, ok := s.NextDeadline(); ok {
		t.Fatal("no key has a deadline")
	}
}

// Many keys with the same deadline, which are equal items of the index.
func TestManyEqualDeadlines(t *testing.T) {
	const n = 20000
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	for i := range n {
		db.SetString(db.Key(fmt.Appendf(nil, "k%d", i)), nil, testNow+int64(i%2))
	}
	check(t, s)
	for more := true; more; {
		_, more = s.ExpireDue(testNow+1, 1000)
	}
	if db.Len() != n/2 {
		t.Fatalf("%d keys are left", db.Len())
	}
	check(t, s)
	s.ExpireDue(testNow+2, n)
	if db.Len() != 0 {
		t.Fatalf("%d keys are left", db.Len())
	}
	check(t, s)
}

// A setter that meets a lapsed key tells about it, and nothing of the old key is kept.
func TestSettersReplaceLapsedKeys(t *testing.T) {
	for name, set := range map[string]func(db *DB, k Key){
		"SetString":        func(db *DB, k Key) { db.SetString(k, []byte("new"), 0) },
		"SetStringKeepTTL": func(db *DB, k Key) { db.SetStringKeepTTL(k, []byte("new")) },
		"SetInt":           func(db *DB, k Key) { db.SetInt(k, 5) },
		"GrowString":       func(db *DB, k Key) { db.GrowString(k, 5) },
	} {
		for _, old := range []string{"short", "123", string(make([]byte, 5000)), string(make([]byte, 500000))} {
			told := 0
			s, err := New(Options{Shards: 1, Databases: 1, Hooks: Hooks{Expired: func(int, []byte) { told++ }}})
			if err != nil {
				t.Fatal(err)
			}
			db := s.DB(0, testNow)
			k := db.Key([]byte("key"))
			db.SetString(k, []byte(old), testNow+5)
			db.Now = testNow + 6
			set(&db, k)
			e := db.Lookup(k)
			if !e.Ok() || e.Deadline() != 0 || e.StringLen() > 5 || told != 1 {
				t.Errorf("%s over %d lapsed bytes: %v, deadline %d, %d bytes, told %d times", name, len(old), e.Ok(), e.Deadline(), e.StringLen(), told)
			}
			check(t, s)
			s.Close()
		}
	}
}
