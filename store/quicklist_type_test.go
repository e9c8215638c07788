package store

import (
	"bytes"
	"fmt"
	"testing"
)

// A big list has an arena of its own, which goes where it goes.
func TestListArena(t *testing.T) {
	s := newStore(t, 4, 2)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	const n = 50_000
	for i := range n {
		db.ListPush(k, true, [][]byte{fmt.Appendf(nil, "element %d", n-1-i)})
	}
	if db.Peek(k).body().cap == 0 {
		t.Fatal("no arena")
	}
	check(t, s)
	verify := func(db DB, k Key, from, n int) {
		t.Helper()
		i := from
		db.Peek(k).ListRange(0, n-1, func(v []byte) bool {
			if want := fmt.Sprintf("element %d", i); string(v) != want {
				t.Fatalf("%q, want %q", v, want)
			}
			i++
			return true
		})
		if i != from+n {
			t.Fatalf("elements up to %d, want %d", i, from+n)
		}
	}
	to := k
	for i := range 10 {
		from := to
		to = db.Key(fmt.Appendf(nil, "other%d", i))
		db.Rename(from, to)
		verify(db, to, 0, n)
	}
	check(t, s)
	db.Copy(to, k, 1)
	other := s.DB(1, testNow)
	verify(other, k, 0, n)
	// Few elements of each node stay: the nodes merge, and Purge gives the rest back.
	var l List
	db.OpenList(&l, to)
	for i := n / 100; i > 0; i-- {
		l.Remove(i*100-99, 99)
	}
	check(t, s)
	before := db.Peek(to).MemUsage()
	s.Purge(nil)
	check(t, s)
	if now := db.Peek(to).MemUsage(); now > before || now > n/100*32+20000 {
		t.Errorf("%d bytes, then %d", before, now)
	}
	if got := l.Len(); got != n/100 {
		t.Errorf("%d elements are left", got)
	}
	verify(other, k, 0, n)
	other.Delete(k)
	db.DeleteSync(to)
	check(t, s)
	big := bytes.Repeat([]byte{'x'}, 3<<20)
	db.ListPush(k, false, [][]byte{big, []byte("small")})
	if v, _ := db.ListPop(k, true, nil); !bytes.Equal(v, big) {
		t.Error("the big element is another one")
	}
	check(t, s)
	if used := s.UsedMemory(); used > 100_000 {
		t.Errorf("%d bytes are in use", used)
	}
}
