package store

import (
	"fmt"
	"testing"
)

// Check notices what other tests rely on it to notice.
func TestCheckNotices(t *testing.T) {
	for name, spoil := range map[string]func(s *Store, tb *table, g segment){
		"a lost key":        func(_ *Store, tb *table, g segment) { g.remove(firstSlot(g)) },
		"a wrong tag":       func(_ *Store, _ *table, g segment) { *firstSlot(g) ^= 1 << 63 },
		"a key twice":       func(_ *Store, tb *table, g segment) { g.add(*firstSlot(g)); tb.keys.Add(1) },
		"a lost deadline":   func(_ *Store, tb *table, _ segment) { x, _ := tb.due.min(); tb.due.remove(x) },
		"a wrong deadline":  func(_ *Store, _ *table, g segment) { slotEntry(*firstSlot(g)).setDeadline(testNow + 5) },
		"a lost chunk":      func(_ *Store, tb *table, _ segment) { tb.arena.Alloc(100) },
		"wrong used memory": func(_ *Store, tb *table, _ segment) { tb.arena.AddUsed(8) },
		"a late deadline":   func(s *Store, _ *table, _ segment) { s.shards[0].next.Store(testNow * 2) },
	} {
		s, err := New(Options{Shards: 1, Databases: 1})
		if err != nil {
			t.Fatal(err)
		}
		db := s.DB(0, testNow)
		for i := range 20 {
			db.SetString(db.Key(fmt.Appendf(nil, "key%d", i)), []byte("value"), testNow+int64(i)+100)
		}
		check(t, s)
		tb := s.shards[0].table(0)
		spoil(s, tb, tb.dir[0])
		if s.Check() == nil {
			t.Errorf("Check does not notice %s", name)
		}
	}
}

func firstSlot(g segment) *uint64 {
	for i := 0; ; i++ {
		if s := g.slot(i); *s != 0 {
			return s
		}
	}
}
