package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"radish/store/listpack"
)

// BenchmarkHash sets and reads fields: of many small hashes, and of one big one.
func BenchmarkHash(b *testing.B) {
	const n = 100_000
	for _, c := range []struct {
		name         string
		keys, fields int
	}{{"small", n, 5}, {"big", 1, n}} {
		s := newStore(b, 64, 1)
		db := s.DB(0, testNow)
		keys, fields := make([]Key, c.keys), make([][]byte, c.fields)
		for i := range fields {
			fields[i] = fmt.Appendf(nil, "field:%012d", i)
		}
		for i := range keys {
			keys[i] = db.Key(fmt.Appendf(nil, "h:%012d", i))
			for _, f := range fields {
				db.HashSet(keys[i], f, []byte("value:000000000000"))
			}
		}
		pick := func() (Key, []byte) { return keys[rand.IntN(c.keys)], fields[rand.IntN(c.fields)] }
		b.Run(c.name+"/get", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k, f := pick()
				k = db.Key(k.B)
				var v listpack.Value
				if db.Lookup(k).HashField(f, testNow, &v) != FieldLive {
					b.Fatal("no field")
				}
			}
		})
		b.Run(c.name+"/set", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k, f := pick()
				h := db.OpenHash(db.Key(k.B))
				if h.Set(f, []byte("value:111111111111")) {
					b.Fatal("no field")
				}
			}
		})
	}
}
