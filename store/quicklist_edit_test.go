package store

import (
	"bytes"
	"fmt"
	"testing"

	"radish/store/listpack"
)

// Nodes that become small merge, and what is inserted at one place does not leave nodes that are nearly empty.
func TestQuicklistStaysCompact(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	const n = 20_000
	for i := range n {
		db.ListPush(k, false, [][]byte{fmt.Appendf(nil, "%dx", i%10)})
	}
	compact := func(what string) {
		t.Helper()
		check(t, s)
		e := db.Peek(k)
		raw := 0
		e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
			raw += len(v) + 2
			return true
		})
		if e.ListBytes() > raw*5/2+10_000 {
			t.Errorf("%s: %d bytes of elements take %d", what, raw, e.ListBytes())
		}
	}
	compact("RPUSH")
	var l List
	db.OpenList(&l, k)
	for i := range 3000 {
		l.Insert([]byte("7x"), fmt.Appendf(nil, "new %d", i), i%2 == 0)
	}
	compact("LINSERT")
	for i := range n / 2 {
		l.Set(i*2, bytes.Repeat([]byte{'y'}, 1+i%60))
	}
	compact("LSET")
	for _, v := range []string{"y", "1x", "3x", "5x", "7x"} {
		l.RemoveEqual([]byte(v), n, v == "5x")
		compact("LREM")
	}
	for l.Len() > 3000 {
		l.Remove(l.Len()/3, 500)
	}
	compact("removing ranges")
}

// The chunk of an element that was too big for others is not kept for several: where their listpack begins is told in 16 bits.
func TestBigChunkOfSeveral(t *testing.T) {
	s := newStore(t, 1, 1)
	lim := *defaultLimits()
	lim.ListMaxListpackSize = -5
	s.SetLimits(lim)
	db := s.DB(0, testNow)
	var l List
	db.OpenList(&l, db.Key([]byte("l")))
	l.Push(false, make([]byte, 90_000))
	l.Set(0, make([]byte, 56_000))
	l.Push(false, []byte("behind"))
	l.Push(true, []byte("before"))
	l.Pop(true)
	l.Pop(true)
	if lp, off := l.End(true); l.Len() != 1 || string(listpack.Get(lp, off).S) != "behind" {
		t.Errorf("%d elements, the first is %q", l.Len(), listpack.Get(lp, off).S)
	}
}
