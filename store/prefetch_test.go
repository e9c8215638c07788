package store

import (
	"fmt"
	"testing"
)

// TestPrefetchChangesNothing: asking for keys that are there, that are not, and in databases without a table.
func TestPrefetchChangesNothing(t *testing.T) {
	s := newStore(t, 4, 2)
	db, empty := s.DB(0, testNow), s.DB(1, testNow)
	var keys []Key
	for i := range 2000 {
		k := s.Key(fmt.Appendf(nil, "key:%d", i))
		if i%2 == 0 {
			s.Lock(s.ShardOf(k.H))
			db.SetString(k, []byte("value"), 0)
			s.Unlock(s.ShardOf(k.H))
		}
		keys = append(keys, k)
	}
	for _, d := range []*DB{&db, &empty} {
		for _, k := range keys {
			d.PrefetchBucket(k)
			d.PrefetchEntry(k)
		}
		d.Prefetch(keys)
	}
	s.Lock(s.ShardOf(keys[0].H))
	db.PrefetchBucket(keys[0]) // held: must not wait
	db.PrefetchEntry(keys[0])
	s.Unlock(s.ShardOf(keys[0].H))
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}
