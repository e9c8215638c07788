package differential

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"radish/persist"
	"radish/persist/rdb"
	"radish/store"
	"radish/test/harness"
)

// TestCheckRDB gives the same files to redis-check-rdb and to ours.
func TestCheckRDB(t *testing.T) {
	redis := harness.Tool(t, "redis-check-rdb", "redis-tools")
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	samples := filepath.Join(root, "testdata", "rdb")
	for _, name := range []string{"all.rdb", "empty.rdb", "lru.rdb", "lfu.rdb", "nosum.rdb"} {
		checkBoth(t, redis, filepath.Join(samples, name))
	}
	all, err := os.ReadFile(filepath.Join(samples, "all.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	const lapses, far = "REDIS0010\xfc\x01\x00\x00\x00\x00\x00\x00\x00", "REDIS0010\xfc\x01\x00\x00\x00\x00\x00\x10\x00"
	for i, f := range [][]byte{[]byte("RIDES0010"), []byte("REDIS0099"), []byte("REDIS0010\x08\x01a"), nil, all[:9], all[:30], all[:100], all[:len(all)/2],
		all[:len(all)-1], append(bytes.Clone(all[:len(all)-1]), 'x'), []byte("REDIS0003\xfe\x00\x00\x01a\x01b\xff"), []byte(lapses + "\x00\x01a\x05b"),
		[]byte(lapses + "\x00\x01a\x01b\xff\x00\x00\x00\x00\x00\x00\x00\x00"), []byte(far + "\x00\x01a\x01b\xff\x00\x00\x00\x00\x00\x00\x00\x00")} {
		file := filepath.Join(t.TempDir(), fmt.Sprint("f", i))
		if err := os.WriteFile(file, f, 0o644); err != nil {
			t.Fatal(err)
		}
		checkBoth(t, redis, file)
	}
}

func checkBoth(t *testing.T, redis, file string) {
	t.Helper()
	cmd := exec.Command(redis, file)
	want, _ := cmd.Output()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if _, ok := persist.CheckRDB(&out, f, file); out.String() != string(want) || ok != cmd.ProcessState.Success() {
		t.Errorf("%s: %v\n%s\nredis-check-rdb: %v\n%s", file, ok, out.String(), cmd.ProcessState.Success(), want)
	}
}

// TestFileForRedis lets redis-server load a file with all types and encodings that we have written.
func TestFileForRedis(t *testing.T) {
	s, err := store.New(store.Options{Databases: 16, Shards: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fillStore(s)
	for _, compress := range []bool{true, false} {
		var buf bytes.Buffer
		writeFile(t, s, &buf, compress)
		redis := harness.Start(t, harness.Redis(t))
		c := redis.Conn(t)
		dir := string(c.Do("CONFIG", "GET", "dir").Value.Elems[1].Text)
		file := filepath.Join(dir, string(c.Do("CONFIG", "GET", "dbfilename").Value.Elems[1].Text))
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(harness.Tool(t, "redis-check-rdb", "redis-tools"), file).Output(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		redis.Restart()
		c = redis.Conn(t)
		want := s.Digest(false)
		if got := string(c.Do("DEBUG", "DIGEST").Value.Text); got != hex.EncodeToString(want[:]) {
			t.Errorf("digest %s, want %x", got, want)
		}
		if ttl := c.Int("PEXPIRETIME", "bigset"); ttl != farAway {
			t.Errorf("deadline %d", ttl)
		}
	}
}

const farAway = 33177117420000

// fillStore makes values of all types and encodings.
func fillStore(s *store.Store) {
	long := []byte(strings.Repeat("some long value ", 20))
	for i := range 2 {
		db := s.DB(i*7, time.Now().UnixMilli())
		key := func(name string) store.Key { return db.Key([]byte(name)) }
		db.SetString(key("int"), fmt.Append(nil, i*100000-5), 0)
		db.SetString(key("long int"), []byte("9223372036854775807"), 0)
		db.SetString(key("embstr"), []byte("abc"), 0)
		db.SetString(key("raw"), long, 0)
		db.SetString(key("huge"), bytes.Repeat(long, 10000), 0)
		db.SetString(key("empty"), nil, 0)
		db.SetString(key(strings.Repeat("long name ", 20)), []byte("v"), 0)
		for j := range 1000 {
			v, n := fmt.Appendf(nil, "element %d", j), fmt.Append(nil, j*j*j)
			if j < 10 {
				db.ListPush(key("list"), false, [][]byte{v, n})
				db.SetAdd(key("set"), v)
				db.HashSet(key("hash"), v, n)
				db.ZSetAdd(key("zset"), v, float64(j)/2)
			}
			if j < 300 {
				db.SetAdd(key("intset"), n)
			}
			db.ListPush(key("quicklist"), false, [][]byte{v, n, long})
			db.SetAdd(key("bigset"), v)
			db.HashSet(key("bighash"), v, n)
			db.ZSetAdd(key("bigzset"), v, float64(j%100)/4)
		}
		db.SetDeadline(key("bigset"), farAway)
	}
}

func writeFile(t *testing.T, s *store.Store, buf *bytes.Buffer, compress bool) {
	t.Helper()
	w := rdb.NewWriter(buf, rdb.WriterOptions{Version: rdb.Version, Checksum: true, Aux: []rdb.Aux{{Name: "redis-ver", Value: "7.2.6"}, {Name: "aof-base", Value: "0"}}})
	enc := &rdb.Encoder{Compress: compress}
	for i := range s.Databases() {
		db := s.DB(i, time.Now().UnixMilli())
		if db.Len() == 0 {
			continue
		}
		w.Select(i, uint64(db.Len()), uint64(db.ExpiresLen()))
		var rec []byte
		db.Walk(func(e store.Entry) bool {
			rec = persist.AppendRecord(enc, rec[:0], &db, e, persist.RecordOptions{Version: rdb.Version})
			w.Write(rec)
			return true
		})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
