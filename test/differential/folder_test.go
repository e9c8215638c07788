package differential

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/test/harness"
)

// layout is a way in which data lie in a folder.
type layout struct {
	name    string
	options []string
	// leave writes the second half of the data, after the first has been written, and leaves the folder so.
	leave func(t *testing.T, f *folderWriter)
}

var withAOF = []string{"--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"}

func layouts() []layout {
	rewritten := func(t *testing.T, f *folderWriter) {
		f.rewrite(t)
		f.change()
	}
	single := func(t *testing.T, f *folderWriter) {
		rewritten(t, f)
		f.c.Ok("DEBUG", "SLEEP", "0") // what was written before its reply is in the file
		f.single = true
	}
	return []layout{
		{"RDB", nil, func(_ *testing.T, f *folderWriter) { f.change(); f.c.Ok("SAVE") }},
		{"RDB, not compressed", []string{"--rdbcompression", "no", "--rdbchecksum", "no"}, func(_ *testing.T, f *folderWriter) { f.change(); f.c.Ok("SAVE") }},
		{"AOF that was never rewritten", withAOF, func(_ *testing.T, f *folderWriter) { f.change() }},
		{"AOF with RDB base", withAOF, rewritten},
		{"AOF with AOF base", append([]string{"--aof-use-rdb-preamble", "no"}, withAOF...), rewritten},
		{"AOF with timestamps", append([]string{"--aof-timestamp-enabled", "yes"}, withAOF...), rewritten},
		{"AOF with other names", append([]string{"--appenddirname", "the log", "--appendfilename", "my.aof"}, withAOF...), rewritten},
		{"AOF killed while rewritten", withAOF, killedInRewrite},
		{"single file, RDB in front", withAOF, single},
		{"single file, all commands", append([]string{"--aof-use-rdb-preamble", "no"}, withAOF...), single},
	}
}

// killedInRewrite leaves two INCR files, both of which count.
func killedInRewrite(t *testing.T, f *folderWriter) {
	f.rewrite(t)
	f.c.Ok("CONFIG", "SET", "rdb-key-save-delay", "1000000")
	f.c.Ok("BGREWRITEAOF")
	for end := time.Now().Add(10 * time.Second); f.c.InfoInt("aof_rewrite_in_progress") != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no rewrite begins")
		}
	}
	f.change()
}

// folderWriter is a server that leaves a folder.
type folderWriter struct {
	server *harness.Server
	c      *harness.Conn
	single bool // the files are to be joined as those before 7.0 were
}

// TestFolders gives data folders of each server to the other one: all types and encodings, and all layouts.
func TestFolders(t *testing.T) {
	redis, radish := harness.Redis(t), harness.Radish(t)
	for _, pair := range [][2]harness.Program{{redis, radish}, {radish, redis}} {
		for _, l := range layouts() {
			t.Run(fmt.Sprintf("%s to %s/%s", pair[0].Name, pair[1].Name, l.name), func(t *testing.T) {
				t.Parallel()
				writer := &folderWriter{server: harness.Start(t, pair[0], l.options...)}
				writer.c = writer.server.Conn(t)
				writer.fill()
				l.leave(t, writer)
				want := keyDigests(writer.c)
				writer.server.Crash()
				sameKeys(t, pair[0].Name+" itself", keyDigests(writer.server.Conn(t)), want)
				writer.server.Stop()
				checkFiles(t, writer.server.Dir)

				reader := harness.Start(t, pair[1], l.options...)
				reader.Stop()
				giveFolder(t, writer, reader)
				reader.Restart()
				sameKeys(t, pair[1].Name, keyDigests(reader.Conn(t)), want)
				changeHands(t, reader, pair[0], l.options)
			})
		}
	}
}

// changeHands lets the reader of a folder write to it, and gives it back to a server like the one that it came from.
func changeHands(t *testing.T, reader *harness.Server, back harness.Program, options []string) {
	t.Helper()
	c := reader.Conn(t)
	c.Ok("RPUSH", "written by the reader", "a", "b")
	if !slices.Contains(options, "--appendonly") {
		c.Ok("SAVE")
	}
	want := keyDigests(c)
	reader.Stop()
	checkFiles(t, reader.Dir)
	last := harness.Start(t, back, options...)
	last.Stop()
	giveFolder(t, &folderWriter{server: reader}, last)
	last.Restart()
	sameKeys(t, back.Name+", given back", keyDigests(last.Conn(t)), want)
}

// fill writes the first half of the data: all types and encodings, in several databases.
func (f *folderWriter) fill() {
	r := rand.New(rand.NewPCG(1, 2))
	c := f.c
	c.Ok("CONFIG", "SET", "list-max-listpack-size", "-1") // lists of more nodes
	for i, n := range []int{1, 3, 30, 130, 600, 2500} {
		c.Ok("SELECT", strconv.Itoa(i*3%16))
		for _, size := range []int{5, 50, 300} {
			for _, cmd := range valuesOf(r, n, size) {
				cmd[1] = fmt.Sprintf("%s of %d, %d", cmd[1], n, size)
				c.Ok(cmd...)
			}
		}
		c.Ok("SET", "lapses", "late", "PXAT", strconv.Itoa(farAway+i))
		c.Ok("SET", "", "an empty name")
		c.Ok("SET", strings.Repeat("a long name ", 1000), strings.Repeat("\x00\xff\r\n", n*100))
		c.Ok("RPUSH", "big elements", strings.Repeat("x", 100000), "small", strings.Repeat("y", 70000))
		c.Ok("PFADD", "log", "a", "b", "c")
		c.Ok("SETBIT", "bits", "100000", "1")
		c.Ok("GEOADD", "places", "13.361389", "38.115556", "Palermo")
		// Only scores whose text is the same in all versions, as the digest is that of the text: 7.0 writes 0.1 with 17 digits.
		c.Ok("ZADD", "scores", "inf", "a", "-inf", "b", "0.125", "c", "-123456789.5", "d", "3.0000000000000004", "e")
		c.Ok("INCRBYFLOAT", "float", "0.1")
		c.Ok("SETRANGE", "int grown", "5", "x")
	}
	c.Ok("SELECT", "0")
}

// lapsed is a key that has lapsed when digests are taken.
const lapsed = "gone"

// change writes the second half: changes of the first, of all sorts.
func (f *folderWriter) change() {
	c := f.c
	for i, n := range []int{1, 3, 30, 130, 600, 2500} {
		c.Ok("SELECT", strconv.Itoa(i*3%16))
		key := func(kind string) string { return fmt.Sprintf("%s of %d, 50", kind, n) }
		for _, cmd := range [][]string{
			{"SPOP", key("set"), "2"}, {"SPOP", key("intset")}, {"LPOP", key("list")}, {"LMOVE", key("list"), "moved", "LEFT", "RIGHT"}, {"RPUSH", key("list"), "1", "x", ""},
			{"LINSERT", key("list"), "BEFORE", "x", "inserted"}, {"HSET", key("hash"), "new", "1"}, {"HINCRBYFLOAT", key("hash"), "new", "1.5"}, {"ZADD", key("zset"), "INCR", "2.5", "a"},
			{"ZPOPMAX", key("zset")}, {"ZUNIONSTORE", "union", "2", key("zset"), "scores"}, {"SUNIONSTORE", "all", key("set"), key("intset")}, {"APPEND", key("string"), "more"},
			{"INCRBYFLOAT", "float", "3.2"}, {"GETEX", "bits", "PXAT", strconv.Itoa(farAway)}, {"PERSIST", "lapses"}, {"EXPIRE", "places", "1000000"}, {"SET", "int", "7", "EX", "1000000"},
			{"RENAME", "big elements", "renamed"}, {"COPY", "renamed", "copied"}, {"SORT", key("intset"), "BY", "nosort", "STORE", "sorted"}, {"BITOP", "NOT", "not", "bits"},
			{"GEORADIUS", "places", "15", "37", "200", "km", "STORE", "near"}, {"PFMERGE", "merged", "log"}, {"DEL", "log"}, {"MSET", "m1", "1", "m2", "2"}, {"MOVE", "m1", "15"},
			{"MULTI"}, {"INCR", "in a transaction"}, {"SPOP", key("set")}, {"SELECT", "2"}, {"INCR", "in a transaction"}, {"EXEC"}, {"SET", lapsed, "x", "PX", "1"},
		} {
			c.Do(cmd...) // some fail, in some databases; on both servers alike
		}
	}
	time.Sleep(5 * time.Millisecond)
	c.Ok("SELECT", "0")
	c.Ok("SWAPDB", "9", "11")
}

// rewrite rewrites the log and waits for the end.
func (f *folderWriter) rewrite(t *testing.T) {
	t.Helper()
	f.c.Ok("BGREWRITEAOF")
	f.c.AwaitRewrite()
	if s := f.c.Info("aof_last_bgrewrite_status"); s != "ok" {
		t.Fatalf("aof_last_bgrewrite_status is %s", s)
	}
}

// keyDigests are the digest of all data and those of the keys, with what the digests do not tell.
func keyDigests(c *harness.Conn) map[string]string {
	all := map[string]string{}
	for db := range 16 {
		c.Ok("SELECT", strconv.Itoa(db))
		c.Ok("EXISTS", lapsed) // deletes it, if it is still there
		for _, k := range c.Ok("KEYS", "*").Elems {
			key := string(k.Text)
			all[fmt.Sprintf("%d %.100q", db, key)] = fmt.Sprint(c.Ok("DEBUG", "DIGEST-VALUE", key), c.Ok("PEXPIRETIME", key), c.Ok("TYPE", key))
		}
	}
	c.Ok("SELECT", "0")
	all["all data"] = c.Ok("DEBUG", "DIGEST").String()
	return all
}

func sameKeys(t *testing.T, who string, got, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %s is %s, not %s", who, k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d keys, not %d", who, len(got)-1, len(want)-1)
	}
}

// checkFiles has redis-check-rdb and redis-check-aof look at all files of a folder.
func checkFiles(t *testing.T, dir string) {
	t.Helper()
	check := func(tool, path string) {
		if out, err := exec.Command(harness.Tool(t, tool, "redis-tools"), path).CombinedOutput(); err != nil {
			t.Errorf("%s %s: %v\n%s", tool, filepath.Base(path), err, out)
		}
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case strings.HasPrefix(filepath.Base(path), "temp-"): // of a rewrite that was killed
		case strings.HasSuffix(path, ".rdb"):
			check("redis-check-rdb", path)
		case strings.HasSuffix(path, ".manifest"):
			check("redis-check-aof", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// giveFolder puts what one server has left where another one, which has stopped, has its data.
func giveFolder(t *testing.T, from *folderWriter, to *harness.Server) {
	t.Helper()
	entries, err := os.ReadDir(to.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(to.Dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if from.single {
		joinFiles(t, from.server.Dir, filepath.Join(to.Dir, "appendonly.aof"))
		return
	}
	if err := os.CopyFS(to.Dir, os.DirFS(from.server.Dir)); err != nil {
		t.Fatal(err)
	}
}

// joinFiles makes the single file of a Redis before 7.0: what was BASE, and behind it what was INCR.
func joinFiles(t *testing.T, dir, file string) {
	t.Helper()
	var text []byte
	for _, kind := range []string{"base", "incr"} {
		names, err := filepath.Glob(filepath.Join(dir, "appendonlydir", "*."+kind+".*"))
		if err == nil && len(names) != 1 {
			err = errors.New("not one file")
		}
		if err != nil {
			t.Fatalf("%s: %v: %q", kind, err, names)
		}
		b, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, b...)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
