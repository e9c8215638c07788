package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A table grows to many segments, shrinks to one, and holds its invariants.
func TestGrowAndShrink(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	const n = 60000
	key := func(i int) Key { return db.Key(fmt.Appendf(nil, "key:%d", i)) }
	for i := range n {
		db.SetString(key(i), []byte("value"), int64(i%3)*testNow)
		if i%20000 == 0 {
			check(t, s)
		}
	}
	check(t, s)
	st := s.Stats().DB[0]
	t.Logf("%d keys, %d segments, load %.3f", st.Keys, st.Segments, float64(st.Keys)/float64(st.Slots))
	for i, j := range rand.Perm(n) {
		if e := db.Lookup(key(j)); !e.Ok() || e.Deadline() != int64(j%3)*testNow {
			t.Fatalf("key %d is missing", j)
		}
		db.Delete(key(j))
		if i%20000 == 0 || i == n-10 {
			check(t, s)
			st := s.Stats().DB[0]
			t.Logf("%d keys, %d segments, load %.3f", st.Keys, st.Segments, float64(st.Keys)/float64(st.Slots))
		}
	}
	check(t, s)
	if st := s.Stats(); st.Segments != 2 || st.Keys != 0 || st.Deadlines != 0 {
		t.Fatalf("after deleting all: %+v", st)
	}
}
