package store

import (
	"fmt"
	"testing"
)

func TestChunksAddUpToWhatIsUsed(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	for i := range 1000 {
		db.SetString(db.Key(fmt.Append(nil, i)), make([]byte, i), 0)
	}
	db.SetString(db.Key([]byte("big")), make([]byte, 1<<20), 0)
	classes, used := s.Chunks(false)
	for _, c := range classes {
		used += c.Used * int64(c.Size)
		if c.Used > c.Chunks {
			t.Errorf("%+v: more in use than there is", c)
		}
	}
	if all := s.UsedMemory(); used > all || used < all*9/10 {
		t.Errorf("chunks take %d bytes of %d", used, all)
	}
}
