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
			d.PrefetchBucket(k).PrefetchEntry(true)
		}
		d.Prefetch(keys)
	}
	s.Lock(s.ShardOf(keys[0].H))
	db.PrefetchBucket(keys[0]).PrefetchEntry(true) // held: must not wait
	s.Unlock(s.ShardOf(keys[0].H))
	hash, small := s.Key([]byte("hash")), s.Key([]byte("small"))
	var members [][]byte
	for i := range 1000 {
		members = append(members, fmt.Appendf(nil, "field:%d", i))
		db.HashSet(hash, members[i], members[i])
	}
	db.HashSet(small, members[0], members[1])
	for i := 0; i+50 < len(members); i += 17 {
		for _, k := range []Key{hash, small, keys[0], keys[1]} {
			db.PrefetchMembers(k, members[i:i+50])
			empty.PrefetchMembers(k, members[i:i+1])
		}
	}
	s.Lock(s.ShardOf(hash.H))
	db.PrefetchMembers(hash, members)
	s.Unlock(s.ShardOf(hash.H))
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}
