//go:build unix && !race

package store

import (
	"testing"

	"radish/store/slab"
)

// While a string that a snapshot has to save moves, its address may be that of another string already.
func TestSnapshotStringMoves(t *testing.T) {
	var s *Store
	var was body
	asked := false
	s, err := New(Options{Databases: 1, Shards: 1, NoMemory: func(int) { // is called in the midst of the growing
		if asked = true; s.savedHuge(&was) != nil {
			t.Error("the snapshot still has the old address for its own")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	db.SetString(k, make([]byte, 2*hugeString), 0)
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sn.Discard()
	db.GrowString(k, 2*hugeString+1)
	if was = *db.Peek(k).body(); s.savedHuge(&was) == nil {
		t.Fatal("the snapshot does not have the string")
	}
	defer func() {
		if r := recover(); r != slab.ErrNoMemory || !asked {
			t.Fatal(r)
		}
	}()
	db.GrowString(k, 1<<60)
}
