package persist

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radish/persist/rdb"
	"radish/store"
)

const testNow = 1_700_000_000_000

func newStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.New(store.Options{Shards: 4, Databases: 16})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func check(t testing.TB, s *store.Store) {
	t.Helper()
	s.WaitLazyFree()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func digest(s *store.Store) string {
	d := s.Digest(false)
	return hex.EncodeToString(d[:])
}

// save makes a file of a store.
func save(s *store.Store, o RecordOptions, compress bool) []byte {
	var buf bytes.Buffer
	w := rdb.NewWriter(&buf, rdb.WriterOptions{Version: o.Version, Checksum: true, Aux: []rdb.Aux{{Name: "redis-ver", Value: "7.2.6"}}})
	enc := &rdb.Encoder{Compress: compress}
	for i := range s.Databases() {
		db := s.DB(i, testNow)
		if db.Len() == 0 {
			continue
		}
		w.Select(i, uint64(db.Len()), uint64(db.ExpiresLen()))
		var rec []byte
		db.Walk(func(e store.Entry) bool {
			rec = AppendRecord(enc, rec[:0], &db, e, o)
			w.Write(rec)
			return true
		})
	}
	w.Close()
	return buf.Bytes()
}

// fill puts values of all types and encodings into a store.
func fill(s *store.Store, hashDeadlines bool) {
	long := []byte(strings.Repeat("some long value ", 20))
	for i := range 3 {
		db := s.DB(i*7, testNow)
		key := func(name string) store.Key { return db.Key(fmt.Appendf(nil, "%s:%d", name, i)) }
		db.SetString(key("int"), fmt.Append(nil, i*100000), 0)
		db.SetString(key("embstr"), []byte("abc"), testNow+5000)
		db.SetString(key("raw"), long, 0)
		db.SetString(key("huge"), bytes.Repeat(long, 10000), 0)
		db.SetString(key("empty"), nil, 0)
		for j := range 1000 {
			v := fmt.Appendf(nil, "element %d", j)
			n := fmt.Append(nil, j*j)
			if j < 10 {
				db.ListPush(key("list"), false, [][]byte{v, n})
				db.SetAdd(key("set"), v)
				db.HashSet(key("hash"), v, n)
				db.ZSetAdd(key("zset"), v, float64(j)/2)
			}
			if j < 300 {
				db.SetAdd(key("intset"), n)
			}
			db.ListPush(key("quicklist"), false, [][]byte{v, n})
			db.SetAdd(key("bigset"), v)
			db.HashSet(key("bighash"), v, n)
			db.ZSetAdd(key("bigzset"), v, float64(j%100)/4)
		}
		db.HashSet(key("longhash"), []byte("f"), long)
		if hashDeadlines {
			for _, name := range []string{"hash", "bighash"} {
				h := db.OpenHash(key(name))
				h.SetDeadline([]byte("element 5"), testNow+9000)
				h.SetDeadline([]byte("element 3"), testNow+10000)
			}
		}
		db.SetDeadline(key("bigset"), testNow+77)
	}
}

func TestSaveAndLoad(t *testing.T) {
	for _, deadlines := range []bool{false, true} {
		version := rdb.Version
		if deadlines {
			version = rdb.VersionFields
		}
		s := newStore(t)
		fill(s, deadlines)
		for _, compress := range []bool{false, true} {
			f := save(s, RecordOptions{Version: version, Idle: compress, Freq: !compress}, compress)
			for _, workers := range []int{0, 1, 3} {
				to := newStore(t)
				var progress int64
				got, err := Load(to, bytes.NewReader(f), LoadOptions{NowMs: testNow, Checksum: true, Deep: compress, Workers: workers,
					Progress: func(n int64) error { progress = n; return nil }})
				if err != nil || got.Keys != 3*15 || got.Version != version || progress == 0 || progress > int64(len(f)) {
					t.Fatalf("%+v, %v, %d", got, err, progress)
				}
				check(t, to)
				sameStores(t, s, to)
			}
		}
	}
}

// sameStores compares keys, encodings, deadlines and values.
func sameStores(t *testing.T, a, b *store.Store) {
	t.Helper()
	if digest(a) != digest(b) {
		t.Error("the digests differ")
	}
	for i := range a.Databases() {
		from, to := a.DB(i, testNow), b.DB(i, testNow)
		if from.Len() != to.Len() || from.FieldExpiresLen() != to.FieldExpiresLen() {
			t.Fatalf("database %d: %d and %d keys", i, from.Len(), to.Len())
		}
		from.Walk(func(e store.Entry) bool {
			o := to.Peek(to.Key(e.Key()))
			if !o.Ok() || o.Type() != e.Type() || o.Deadline() != e.Deadline() {
				t.Errorf("%q: %v, deadline %d", e.Key(), o.Ok(), e.Deadline())
				return false
			}
			enc := e.Encoding()
			if e.Type() == store.TypeSet && enc == store.EncListpack { // written as members: a set of integers becomes an intset
				enc = o.Encoding()
			}
			if o.Encoding() != enc {
				t.Errorf("%q: %v, was %v", e.Key(), o.Encoding(), e.Encoding())
			}
			return true
		})
	}
}

// A file of version 10 has no deadlines of fields.
func TestWithoutDeadlines(t *testing.T) {
	s, plain, to := newStore(t), newStore(t), newStore(t)
	fill(s, true)
	fill(plain, false)
	f := save(s, RecordOptions{Version: rdb.Version}, true)
	if _, err := Load(to, bytes.NewReader(f), LoadOptions{NowMs: testNow, Checksum: true}); err != nil {
		t.Fatal(err)
	}
	check(t, to)
	sameStores(t, plain, to)
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "rdb", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What redis-server has written has the digest here that it had there.
func TestSamples(t *testing.T) {
	for _, name := range []string{"all", "empty", "lru", "lfu", "nosum"} {
		s := newStore(t)
		var aux []string
		got, err := Load(s, bytes.NewReader(sample(t, name+".rdb")), LoadOptions{NowMs: testNow, Checksum: true, LFU: name == "lfu",
			Aux: func(n, v string) { aux = append(aux, n+"="+v) }})
		if err != nil || got.Version != rdb.Version || len(aux) != 5 || !strings.HasPrefix(aux[0], "redis-ver=7.0.") {
			t.Fatalf("%s: %+v, %v, %q", name, got, err, aux)
		}
		check(t, s)
		if want := strings.TrimSpace(string(sample(t, name+".digest"))); digest(s) != want {
			t.Errorf("%s: digest %s, want %s", name, digest(s), want)
		}
		db := s.DB(0, testNow)
		switch name {
		case "lfu":
			if e := db.Peek(db.Key([]byte("c"))); e.LRU()&255 != 5 {
				t.Errorf("counter %d", e.LRU()&255)
			}
		case "all":
			for key, want := range map[string]string{"list:small": "listpack", "list:quicklist": "quicklist", "set:intset": "intset", "set:small": "listpack",
				"set:many": "hashtable", "hash:listpack": "hashtable", "hash:small": "listpack", "hash:many": "hashtable", "zset:listpack": "listpack",
				"zset:skiplist": "skiplist", "zset:many": "skiplist", "int64": "int", "empty": "embstr", "compressed": "raw"} {
				if e := db.Peek(db.Key([]byte(key))); !e.Ok() || e.Encoding().String() != want {
					t.Errorf("%s is %v, want %v", key, e.Encoding(), want)
				}
			}
		}
	}
	for _, name := range []string{"stream", "function"} {
		_, err := Load(newStore(t), bytes.NewReader(sample(t, name+".rdb")), LoadOptions{NowMs: testNow})
		if !errors.Is(err, rdb.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// strings makes a file of strings, with deadlines.
func stringsFile(deadlineMs int64, db int, keys ...string) []byte {
	var buf bytes.Buffer
	w := rdb.NewWriter(&buf, rdb.WriterOptions{Version: rdb.Version, Checksum: true})
	w.Select(db, uint64(len(keys)), 0)
	var enc rdb.Encoder
	for _, k := range keys {
		w.Write(enc.String(enc.Key(nil, rdb.KeyInfo{DeadlineMs: deadlineMs, IdleS: 100, Freq: 7}, rdb.TypeString, []byte(k)), []byte("new")))
	}
	w.Close()
	return buf.Bytes()
}

func TestLapsed(t *testing.T) {
	f := stringsFile(testNow-1, 0, "a", "b")
	for _, keep := range []bool{false, true} {
		s := newStore(t)
		got, err := Load(s, bytes.NewReader(f), LoadOptions{NowMs: testNow, KeepLapsed: keep})
		db := s.DB(0, testNow)
		if err != nil || keep != (got.Keys == 2) || keep != (got.Expired == 0) || keep != (db.Len() == 2) {
			t.Errorf("%v: %+v, %v", keep, got, err)
		}
		check(t, s)
	}
	s := newStore(t)
	if got, err := Load(s, bytes.NewReader(f), LoadOptions{NowMs: testNow - 1}); got.Keys != 2 || err != nil {
		t.Errorf("at its deadline a key has not lapsed: %+v, %v", got, err)
	}
}

func TestDuplicates(t *testing.T) {
	f := stringsFile(0, 3, "a", "b")
	s := newStore(t)
	db := s.DB(3, testNow)
	for _, k := range []string{"a", "c"} {
		db.SetString(db.Key([]byte(k)), []byte("old"), 0)
	}
	_, err := Load(s, bytes.NewReader(f), LoadOptions{NowMs: testNow})
	var dup *DuplicateError
	if !errors.As(err, &dup) || err.Error() != "RDB has duplicated key 'a' in DB 3" {
		t.Fatal(err)
	}
	got, err := Load(s, bytes.NewReader(f), LoadOptions{NowMs: testNow, Replace: true})
	if err != nil || got.Keys != 2 || db.Len() != 3 {
		t.Fatal(got, err)
	}
	e := db.Peek(db.Key([]byte("a")))
	if string(e.Append(nil)) != "new" || e.IdleMs(testNow) != 100_000 {
		t.Fatalf("%q, idle %d", e.Append(nil), e.IdleMs(testNow))
	}
	check(t, s)
	if _, err = Load(newStore(t), bytes.NewReader(stringsFile(0, 0, "a", "a")), LoadOptions{NowMs: testNow}); !errors.As(err, &dup) {
		t.Fatal(err)
	}
}

func TestLoadErrors(t *testing.T) {
	_, err := Load(newStore(t), bytes.NewReader(stringsFile(0, 16, "a")), LoadOptions{NowMs: testNow})
	if err == nil || err.Error() != "FATAL: Data file was created with a Redis server configured to handle more than 16 databases. Exiting" {
		t.Error(err)
	}
	f := stringsFile(0, 0, "a", "b", "c")
	for n := range f {
		s := newStore(t)
		if _, err := Load(s, bytes.NewReader(f[:n]), LoadOptions{NowMs: testNow}); !errors.Is(err, rdb.ErrTruncated) {
			t.Fatalf("%d bytes: %v", n, err)
		}
		check(t, s)
	}
	f[len(f)-1] ^= 1
	if _, err := Load(newStore(t), bytes.NewReader(f), LoadOptions{NowMs: testNow, Checksum: true}); err == nil || !strings.HasPrefix(err.Error(), "RDB CRC error") {
		t.Error(err)
	}
	if _, err := Load(newStore(t), bytes.NewReader(f), LoadOptions{NowMs: testNow}); err != nil {
		t.Error(err)
	}
	stop := errors.New("stop")
	if _, err := Load(newStore(t), bytes.NewReader(f), LoadOptions{NowMs: testNow, Progress: func(int64) error { return stop }}); err != stop {
		t.Error(err)
	}
}

// Values without elements, which Redis had by mistake once, are left out.
func TestEmptyValues(t *testing.T) {
	f := "REDIS0010\xfe\x00\x04\x01a\x00\x02\x01b\x00\x00\x01c\x01d\xff\x00\x00\x00\x00\x00\x00\x00\x00tail"
	s := newStore(t)
	var empty []string
	got, err := Load(s, strings.NewReader(f), LoadOptions{NowMs: testNow, Checksum: true, Workers: 1, Empty: func(key string) { empty = append(empty, key) }})
	if err != nil || got.Keys != 1 || got.Empty != 2 || strings.Join(empty, " ") != "a b" {
		t.Fatal(got, err, empty)
	}
	var rest [10]byte
	if n, _ := got.Rest.Read(rest[:]); string(rest[:n]) != "tail" {
		t.Fatalf("%q", rest[:n])
	}
}

func FuzzLoad(f *testing.F) {
	for _, name := range []string{"all", "lru", "lfu"} {
		f.Add(sample(f, name+".rdb"))
	}
	s := newStore(f)
	fill(s, true)
	f.Add(save(s, RecordOptions{Version: rdb.VersionFields, Idle: true}, true))
	f.Fuzz(func(t *testing.T, p []byte) {
		s := newStore(t)
		Load(s, bytes.NewReader(p), LoadOptions{NowMs: testNow, Deep: true, KeepLapsed: true})
		check(t, s)
	})
}
