package store

import (
	"bytes"
	"testing"

	"radish/store/intset"
)

// Renaming, copying and moving to other databases take blocks along, inline and apart.
func TestBlockTravels(t *testing.T) {
	s := newStore(t, 8, 2)
	db := s.DB(0, testNow)
	for _, n := range []int{1, (maxInline - 8) / 2, (maxInline-8)/2 + 1, 5000, 76000} {
		a, b := db.Key([]byte("a")), db.Key([]byte("some other key"))
		block := intset.New()
		for i := range n {
			block, _ = intset.Add(block, int64(i))
		}
		w := db.open(a)
		w.create(TypeString, EncEmbstr, block)
		if !db.Rename(a, b) || !db.Copy(b, a, 0) || !db.Move(b, 1) {
			t.Fatal("no key")
		}
		other := s.DB(1, testNow)
		for _, e := range []Entry{db.Peek(a), other.Peek(b)} {
			if e.Type() != TypeString || e.Encoding() != EncEmbstr || !bytes.Equal(e.block(), block) {
				t.Errorf("%d bytes: %v, %v, %d bytes", len(block), e.Type(), e.Encoding(), len(e.block()))
			}
		}
		check(t, s)
		db.Delete(a)
		other.DeleteSync(b)
		check(t, s)
	}
}

func TestLimits(t *testing.T) {
	s := newStore(t, 1, 1)
	if l := s.limits(); l.HashMaxListpackEntries != 512 || l.ListMaxListpackSize != -2 {
		t.Errorf("limits are %+v", l)
	}
	s.SetLimits(Limits{HashMaxListpackEntries: 3})
	if l := s.limits(); l.HashMaxListpackEntries != 3 || l.ListMaxListpackSize != 0 {
		t.Errorf("limits are %+v", l)
	}
}
