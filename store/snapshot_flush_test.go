package store

import (
	"fmt"
	"testing"
)

// counting counts what a snapshot gives.
type counting struct{ elems, bytes int }

func (c *counting) Key(int, Entry) error             { return nil }
func (c *counting) Begin(BigValue) error             { return nil }
func (c *counting) Elem(_, _ []byte, _ uint64) error { c.elems++; return nil }
func (c *counting) Node([]byte) error                { return nil }
func (c *counting) Bytes(b []byte) error             { c.bytes += len(b); return nil }
func (c *counting) End() error                       { return nil }

// TestSnapshotRenameFlush: a big value that has gone to a shard which was empty at the snapshot's moment is not freed with it.
func TestSnapshotRenameFlush(t *testing.T) {
	const size, fields = 8 << 20, 50_000
	for _, huge := range []bool{false, true} {
		s, err := New(Options{Databases: 1, Shards: 2})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		db := s.DB(0, 1000)
		var keys [2]Key
		for i := 0; keys[0].B == nil || keys[1].B == nil; i++ {
			k := s.Key(fmt.Appendf(nil, "key:%d", i))
			keys[s.ShardOf(k.H)] = k
		}
		if huge {
			db.SetString(keys[0], make([]byte, size), 0)
		} else {
			h := db.OpenHash(keys[0])
			for i := range fields {
				h.Set(fmt.Appendf(nil, "field:%d", i), []byte("some value"))
			}
		}
		sn, err := s.BeginSnapshot(false, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Lock(0)
		s.Lock(1)
		db.Rename(keys[0], keys[1])
		s.Unlock(1)
		s.Unlock(0)
		s.FlushAll(false, false, nil)
		var c counting
		if err := sn.Run(&c, nil); err != nil {
			t.Fatal(err)
		}
		if huge && c.bytes != size || !huge && c.elems != fields {
			t.Errorf("%d elements and %d bytes are saved", c.elems, c.bytes)
		}
	}
}
