package store

import "testing"

// TestRawOverLapsedHash: a string in the place of a hash that has lapsed leaves none of its fields' deadlines.
func TestRawOverLapsedHash(t *testing.T) {
	s, err := New(Options{Databases: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(0, 1000)
	k := db.Key([]byte("h"))
	db.HashSet(k, []byte("f"), []byte("v"))
	h := db.OpenHash(k)
	h.SetDeadline([]byte("f"), 100_000)
	db.SetDeadline(k, 1500)
	db = s.DB(0, 2000)
	db.SetStringRaw(k, []byte("HYLL"))
	if err := s.Check(); err != nil || db.FieldExpiresLen() != 0 {
		t.Error(err, db.FieldExpiresLen())
	}
}
