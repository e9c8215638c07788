package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"radish/store/slab"
)

func TestDeadlinesAgainstSortedSlice(t *testing.T) {
	for _, c := range []struct {
		name string
		next func(i int) uint64
	}{
		{"random", func(i int) uint64 { return rand.Uint64() }},
		{"few values", func(i int) uint64 { return uint64(rand.IntN(5)) }},
		{"ascending", func(i int) uint64 { return uint64(i) << 10 }},
		{"descending", func(i int) uint64 { return 1<<60 - uint64(i)<<10 }},
		{"bounds", func(i int) uint64 { return []uint64{0, ^uint64(0), rand.Uint64()}[rand.IntN(3)] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := slab.NewArena(slab.NewPages())
			d := &deadlines{arena: a}
			var want []uint64
			verify := func() {
				t.Helper()
				var census slab.Census
				if err := d.check(slices.Clone(want), &census); err != nil {
					t.Fatal(err)
				}
				if err := a.Check(&census); err != nil {
					t.Fatal(err)
				}
				if x, ok := d.min(); ok != (len(want) > 0) || ok && x != slices.Min(want) {
					t.Fatalf("min is %d, %v", x, ok)
				}
				if x, ok := d.random(rand.Uint64()); ok != (len(want) > 0) || ok && !slices.Contains(want, x) {
					t.Fatalf("random is %d, %v", x, ok)
				}
			}
			for round := range 6 {
				grow := round%2 == 0
				for i := range 20000 {
					if !grow && len(want) > 0 || rand.IntN(4) == 0 && len(want) > 0 {
						j := rand.IntN(len(want))
						if !d.remove(want[j]) {
							t.Fatalf("remove(%d) failed", want[j])
						}
						want[j] = want[len(want)-1]
						want = want[:len(want)-1]
					} else if grow {
						x := c.next(round*20000 + i)
						d.insert(x)
						want = append(want, x)
					}
				}
				verify()
				if d.remove(12345) && !slices.Contains(want, 12345) {
					t.Fatal("removed what is not there")
				}
				if round == 2 {
					a.MarkSparse()
					for x, more := uint64(0), true; more; {
						x, more = d.compactStep(x)
					}
					a.Unmark()
					verify()
				}
				if round == 4 {
					t.Logf("%d items, %.1f bytes each", len(want), float64(d.bytes)/float64(len(want)))
				}
			}
			for i := range 100000 {
				d.insert(c.next(i))
			}
			steps := 0
			for d.freeStep() {
				steps++
			}
			if a.Used() != 0 || d.nodes != 0 {
				t.Fatalf("after freeing %d steps: %d bytes, %d nodes", steps, a.Used(), d.nodes)
			}
		})
	}
}

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
