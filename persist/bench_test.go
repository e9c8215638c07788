package persist

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"radish/persist/rdb"
	"radish/store"
)

// manyKeys makes a file of n keys of 16 bytes with random values of 100.
func manyKeys(n int) []byte {
	var buf bytes.Buffer
	w := rdb.NewWriter(&buf, rdb.WriterOptions{Version: rdb.Version, Checksum: true})
	w.Select(0, uint64(n), 0)
	enc := rdb.Encoder{Compress: true}
	r := rand.NewChaCha8([32]byte{})
	var rec, val []byte
	for i := range n {
		val = append(val[:0], make([]byte, 100)...)
		r.Read(val)
		rec = enc.Key(rec[:0], rdb.KeyInfo{IdleS: -1, Freq: -1}, rdb.TypeString, fmt.Appendf(nil, "key:%012d", i))
		w.Write(enc.String(rec, val))
	}
	w.Close()
	return buf.Bytes()
}

// BenchmarkLoad loads strings; RADISH_KEYS is their number, and RADISH_FILE where they are written to for others.
func BenchmarkLoad(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("RADISH_KEYS"))
	if n == 0 {
		n = 200_000
	}
	f := manyKeys(n)
	if name := os.Getenv("RADISH_FILE"); name != "" {
		if err := os.WriteFile(name, f, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			for b.Loop() {
				s, err := store.New(store.Options{Shards: 64, Databases: 16})
				if err != nil {
					b.Fatal(err)
				}
				got, err := Load(s, bytes.NewReader(f), LoadOptions{NowMs: testNow, Checksum: true, Workers: workers})
				if err != nil || got.Keys != int64(n) {
					b.Fatal(got, err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/key")
		})
	}
}

// BenchmarkWriteRDB saves keys of 16 bytes with values of 100 letters of 16 that nothing can make shorter.
func BenchmarkWriteRDB(b *testing.B) {
	const n = 500_000
	s, err := store.New(store.Options{Shards: 64, Databases: 16})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	db := s.DB(0, testNow)
	val := make([]byte, 100)
	for i := range n {
		for j := range val {
			val[j] = byte('a' + rand.IntN(16))
		}
		db.SetString(db.Key(fmt.Appendf(nil, "key:%012d", i)), val, 0)
	}
	for _, o := range []RDBOptions{{}, {Compress: true}, {Compress: true, Checksum: true}} {
		b.Run(fmt.Sprintf("compress=%v,checksum=%v", o.Compress, o.Checksum), func(b *testing.B) {
			for b.Loop() {
				sn, err := s.BeginSnapshot(false, nil)
				if err != nil {
					b.Fatal(err)
				}
				if err := WriteRDB(io.Discard, sn, o, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/key")
		})
	}
}
