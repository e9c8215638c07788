package store

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// 16 bytes of key and 32 of value take 56; 64 with a deadline; an integer takes 32.
func TestEntrySizes(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key(make([]byte, 16))
	for _, c := range []struct {
		set  func()
		want int
	}{
		{func() { db.SetString(k, make([]byte, 32), 0) }, 56},
		{func() { db.SetDeadline(k, testNow) }, 64},
		{func() { db.SetInt(k, 1) }, 40},
		{func() { db.SetString(k, []byte("1"), 0) }, 32},
		{func() { db.SetString(k, make([]byte, 1025), 0) }, 48},
	} {
		c.set()
		if n := db.Peek(k).size(); n != c.want {
			t.Errorf("the entry has %d bytes, not %d", n, c.want)
		}
	}
}

func TestDecimalLen(t *testing.T) {
	for _, v := range []int64{0, 1, 9, 10, 99, 100, -1, -9, -10, 1e18, math.MaxInt64, math.MinInt64} {
		if n := decimalLen(v); n != len(fmt.Sprint(v)) {
			t.Errorf("decimalLen(%d) is %d", v, n)
		}
	}
}

// Keys of all lengths, with and without a deadline, for each form of value.
func TestKeyLengths(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	for _, n := range []int{0, 1, 15, 16, 4095, 4096, 70_000, 300_000} {
		k := db.Key(bytes.Repeat([]byte{'k'}, n))
		for _, deadline := range []int64{0, testNow + 1} {
			for _, val := range []string{"", "12", "some value", string(make([]byte, 1024)), string(make([]byte, 1025)), string(make([]byte, 300_000))} {
				db.SetString(k, []byte(val), deadline)
				e := db.Lookup(k)
				if !bytes.Equal(e.Key(), k.B) || string(e.Append(nil)) != val || e.Deadline() != deadline {
					t.Fatalf("key of %d bytes, value of %d", n, len(val))
				}
			}
			check(t, s)
		}
		if longer := db.Key(append(k.B, 'k')); db.Lookup(longer).Ok() {
			t.Fatalf("a key of %d bytes is found", len(longer.B))
		}
		db.Delete(k)
	}
	if db.Len() != 0 {
		t.Fatalf("%d keys are left", db.Len())
	}
}
