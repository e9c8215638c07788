package persist

import (
	"fmt"
	"testing"

	"radish/persist/rdb"
	"radish/store"
)

// A snapshot encodes keys under the locks of shards.
func TestNoAllocation(t *testing.T) {
	s := newStore(t)
	fill(s, true)
	db := s.DB(0, testNow)
	enc := &rdb.Encoder{Compress: true}
	dst := make([]byte, 0, 8<<20)
	db.Walk(func(e store.Entry) bool {
		if n := testing.AllocsPerRun(3, func() {
			AppendRecord(enc, dst, &db, e, RecordOptions{Version: rdb.VersionFields, Idle: true, Freq: true})
		}); n > 0 {
			t.Errorf("%q (%v): %v allocations", e.Key(), e.Encoding(), n)
		}
		return true
	})
}

func BenchmarkAppendRecord(b *testing.B) {
	s := newStore(b)
	fill(s, true)
	db := s.DB(0, testNow)
	enc := &rdb.Encoder{Compress: true}
	dst := make([]byte, 0, 8<<20)
	for _, name := range []string{"int", "raw", "list", "set", "zset", "hash", "bigset", "bigzset", "bighash", "quicklist"} {
		e := db.Peek(db.Key(fmt.Appendf(nil, "%s:0", name)))
		b.Run(name, func(b *testing.B) {
			var out []byte
			for b.Loop() {
				out = AppendRecord(enc, dst, &db, e, RecordOptions{Version: rdb.VersionFields})
			}
			b.SetBytes(int64(len(out)))
		})
	}
}
