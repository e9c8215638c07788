package differential

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
	"radish/store"
	"radish/test/harness"
)

const (
	baseName     = "appendonly.aof.1.base."
	manifestName = "appendonly.aof.manifest"
)

// writeBase writes the base of a store into the folder of an append only file, with a manifest, and returns the manifest's path.
func writeBase(t *testing.T, s *store.Store, dir string, preamble bool) string {
	t.Helper()
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	name := baseName + "aof"
	if preamble {
		name = baseName + "rdb"
	}
	o := persist.BaseOptions{Preamble: preamble, RDB: persist.RDBOptions{Compress: true, Checksum: true}, RESP: persist.RESPOptions{UnixS: time.Now().Unix()}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := persist.NewSaver(fsys.OS()).WriteBase(sn, filepath.Join(dir, name), o); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, manifestName)
	if err := os.WriteFile(manifest, []byte("file "+name+" seq 1 type b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return manifest
}

func loadSample(t *testing.T, s *store.Store) {
	t.Helper()
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "testdata", "rdb", "all.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := persist.Load(s, f, persist.LoadOptions{NowMs: time.Now().UnixMilli(), Checksum: true}); err != nil {
		t.Fatal(err)
	}
}

// TestBaseForRedis lets redis-server load bases with all types and encodings, made here and by redis-server once, that we have written.
func TestBaseForRedis(t *testing.T) {
	check := harness.Tool(t, "redis-check-aof", "redis-tools")
	for name, fill := range map[string]func(*store.Store){"ours": fillStore, "sample": func(s *store.Store) { loadSample(t, s) }} {
		s, err := store.New(store.Options{Databases: 16, Shards: 4})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		fill(s)
		want := s.Digest(false)
		for _, preamble := range []bool{false, true} {
			redis := harness.Start(t, harness.Redis(t), "--appendonly", "yes")
			redis.Stop()
			folder := filepath.Join(redis.Dir, "appendonlydir")
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
			manifest := writeBase(t, s, folder, preamble)
			if out, err := exec.Command(check, manifest).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
			redis.Restart()
			c := redis.Conn(t)
			if got := string(c.Do("DEBUG", "DIGEST").Value.Text); got != hex.EncodeToString(want[:]) {
				t.Errorf("%s, preamble %v: digest %s, want %x", name, preamble, got, want)
			}
			if ttl := c.Int("PEXPIRETIME", "bigset"); name == "ours" && ttl != farAway {
				t.Errorf("deadline %d", ttl)
			}
		}
	}
}

// TestBaseLikeRedis compares the commands of a base with those that redis-server writes for the same data.
func TestBaseLikeRedis(t *testing.T) {
	redis := harness.Start(t, harness.Redis(t), "--appendonly", "no", "--aof-use-rdb-preamble", "no")
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile(filepath.Join(root, "testdata", "rdb", "all.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	redis.Stop()
	if err := os.WriteFile(filepath.Join(redis.Dir, "dump.rdb"), sample, 0o644); err != nil {
		t.Fatal(err)
	}
	redis.Restart()
	c := redis.Conn(t)
	c.Do("BGREWRITEAOF")
	c.AwaitRewrite()
	theirs := readBase(t, redis.Dir)

	s, err := store.New(store.Options{Databases: 16, Shards: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	loadSample(t, s)
	dir := t.TempDir()
	writeBase(t, s, filepath.Join(dir, "appendonlydir"), false)
	ours := readBase(t, dir)
	for _, key := range slices.Sorted(maps.Keys(theirs)) {
		if !slices.Equal(ours[key], theirs[key]) {
			t.Errorf("%s: %.300q\nredis-server: %.300q", key, ours[key], theirs[key])
		}
	}
	if len(ours) != len(theirs) || len(theirs) < 15 {
		t.Errorf("%d keys, redis-server: %d", len(ours), len(theirs))
	}
}

// readBase returns, for each key of an append only file, the names of its commands with their numbers of words, and the elements: sorted, if their order
// does not matter, each behind the command's name.
func readBase(t *testing.T, dir string) map[string][]string {
	t.Helper()
	l, err := aof.Open(aof.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[string][]string)
	db := ""
	_, err = l.Load(aof.Loading{Command: func(args [][]byte) error {
		name := string(args[0])
		if name == "SELECT" {
			db = string(args[1])
			return nil
		}
		key := db + "/" + string(args[1])
		each := 1
		if name == "HMSET" || name == "ZADD" {
			each = 2
		}
		keys[key] = append(keys[key], fmt.Sprintf("!%s %d", name, len(args)))
		for a := args[2:]; len(a) > 0; a = a[each:] {
			item := string(bytes.Join(a[:each], []byte(" ")))
			if f, err := strconv.ParseFloat(string(a[0]), 64); name == "ZADD" && err == nil { // redis-server 7.0 writes all 17 digits
				item = fmt.Sprint(f, " ", string(a[1]))
			}
			keys[key] = append(keys[key], name+" "+item)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, items := range keys {
		if !strings.HasPrefix(items[0], "!RPUSH") {
			slices.Sort(items)
		}
	}
	return keys
}
