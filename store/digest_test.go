package store

import (
	"fmt"
	"testing"
)

// The digests are what redis-server 7.0.15 replies for the same data.
func TestDigest(t *testing.T) {
	s := newStore(t, 8, 16)
	if s.Digest(false) != [20]byte{} {
		t.Fatal("no data must have digest 0")
	}
	db := s.DB(0, testNow)
	set := func(db DB, key, val string, deadline int64) { db.SetString(db.Key([]byte(key)), []byte(val), deadline) }
	set(db, "a", "1", 0)
	set(db, "b", "hello", 0)
	set(db, "c", "hello", testNow+1_000_000)
	set(s.DB(3, testNow), "a", "some longer string than forty-four bytes, which is raw", 0)
	for _, locked := range []bool{false, true} {
		if got := fmt.Sprintf("%x", s.Digest(locked)); got != "9b2a6ec4f6189fdf1d7de15f63fd1bb0b281f2d5" {
			t.Errorf("DEBUG DIGEST is %s", got)
		}
	}
	for key, want := range map[string]string{
		"a":     "b4fc66738120fba0b5aa500ab5c2bf89cea1c5da",
		"b":     "36b23a1456b2dce2c3ed252c456761301dba8060",
		"c":     "d037c4eb8a8b36b602fbced4000daeab0714c1e3",
		"nokey": "0000000000000000000000000000000000000000",
	} {
		if got := fmt.Sprintf("%x", db.DigestValue(db.Key([]byte(key)))); got != want {
			t.Errorf("DEBUG DIGEST-VALUE %s is %s, not %s", key, got, want)
		}
	}
}
