package store

import (
	"bytes"
	"testing"
)

func TestSetStringRaw(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	for _, n := range []int{0, 1, 44, 45, maxInline, maxInline + 1, 5000, 4990, 20000, 10} {
		val := bytes.Repeat([]byte("7"), n)
		db.SetStringRaw(k, val)
		db.SetDeadline(k, testNow+1000)
		db.SetStringRaw(k, val)
		e := db.Peek(k)
		if got := e.Append(nil); e.Encoding() != EncRaw || !bytes.Equal(got, val) || e.Deadline() != testNow+1000 {
			t.Errorf("%d bytes: %v, %d bytes, deadline %d", n, e.Encoding(), len(got), e.Deadline())
		}
		check(t, s)
	}
	db.SetInt(k, 7)
	db.SetStringRaw(k, []byte("7"))
	if e := db.Peek(k); e.Encoding() != EncRaw {
		t.Error(e.Encoding())
	}
	check(t, s)
}
