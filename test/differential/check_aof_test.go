package differential

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/test/harness"
)

// aofFolder makes redis-server write an append only file in several parts, with an RDB file as its base and timestamps, and returns the folder. The
// last part has two timestamps.
func aofFolder(t *testing.T) string {
	t.Helper()
	redis := harness.Start(t, harness.Redis(t), "--appendonly", "yes", "--aof-timestamp-enabled", "yes")
	c := redis.Conn(t)
	for _, cmd := range valuesOf(rand.New(rand.NewPCG(3, 4)), 50, 20) {
		c.Do(cmd...)
	}
	c.Ok("BGREWRITEAOF")
	c.AwaitRewrite()
	time.Sleep(1100 * time.Millisecond)
	c.Ok("SET", "first", "1")
	time.Sleep(1100 * time.Millisecond)
	c.Ok("MULTI")
	c.Do("SET", "second", "2")
	c.Do("SET", "third", "3")
	c.Do("EXEC")
	return filepath.Join(string(c.Do("CONFIG", "GET", "dir").Value.Elems[1].Text), "appendonlydir")
}

// TestCheckAOF gives the same files to redis-check-aof and to ours, which may change them.
func TestCheckAOF(t *testing.T) {
	tools := []string{harness.Tool(t, "redis-check-aof", "redis-tools"), buildTool(t, "radish-check-aof")}
	const base, incr, manifest = "appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest"
	folder := aofFolder(t)
	files := map[string][]byte{}
	for _, name := range []string{base, incr, manifest} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	stamps := regexp.MustCompile(`#TS:(\d+)`).FindAllSubmatch(files[incr], -1)
	if len(stamps) < 2 {
		t.Fatalf("no two timestamps in %q", files[incr])
	}
	first, last := string(stamps[0][1]), string(stamps[len(stamps)-1][1])
	before, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	earlier := strconv.Itoa(before - 1)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0x55
		return b
	}
	whole := func(more ...[]byte) []byte { return bytes.Join(append([][]byte{files[base]}, more...), nil) }
	cut := files[incr][:len(files[incr])-3]
	for _, c := range []struct {
		what string
		args string            // of the program
		with map[string][]byte // files that are others
	}{
		{"manifest", manifest, nil}, {"base", base, nil}, {"incr", incr, nil}, {"nothing to fix", "--fix " + manifest, nil},
		{"short base", manifest, map[string][]byte{base: files[base][:len(files[base])-20]}},
		{"short base to fix", "--fix " + manifest, map[string][]byte{base: files[base][:len(files[base])-20]}},
		{"checksum", manifest, map[string][]byte{base: flip(files[base], len(files[base])-1)}},
		{"magic", manifest, map[string][]byte{base: flip(files[base], 2)}},
		{"version", manifest, map[string][]byte{base: flip(files[base], 6)}},
		{"empty base", manifest, map[string][]byte{base: nil}},
		{"log behind base", manifest, map[string][]byte{base: whole(files[incr])}},
		{"bad log behind base", "--fix " + manifest, map[string][]byte{base: whole(cut)}},
		{"cut", manifest, map[string][]byte{incr: cut}}, {"cut to fix", "--fix " + manifest, map[string][]byte{incr: cut}},
		{"last timestamp", "--truncate-to-timestamp " + last + " " + manifest, nil}, {"first timestamp", "--truncate-to-timestamp " + first + " " + manifest, nil},
		{"earlier timestamp", "--truncate-to-timestamp " + earlier + " " + manifest, nil},
		{"preamble", "old.aof", map[string][]byte{"old.aof": whole(files[incr])}},
		{"preamble alone", "old.aof", map[string][]byte{"old.aof": whole()}},
		{"bad preamble", "old.aof", map[string][]byte{"old.aof": flip(whole(files[incr]), len(files[base])-1)}},
		{"cut behind a preamble", "old.aof", map[string][]byte{"old.aof": whole(cut)}},
		{"cut behind a preamble to fix", "--fix old.aof", map[string][]byte{"old.aof": whole(cut)}},
		{"timestamp behind a preamble", "--truncate-to-timestamp " + first + " old.aof", map[string][]byte{"old.aof": whole(files[incr])}},
		{"earlier timestamp behind a preamble", "--truncate-to-timestamp " + earlier + " old.aof", map[string][]byte{"old.aof": whole(files[incr])}},
	} {
		var outs []string
		for _, tool := range tools {
			dir := t.TempDir()
			write(t, dir, files)
			write(t, dir, c.with)
			cmd := exec.Command(tool, strings.Fields(c.args)...)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader("y\n")
			out, err := cmd.Output()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			out = bytes.ReplaceAll(out, []byte("Checking RDB file ./"), []byte("Checking RDB file ")) // with the folder since Redis 7.2
			outs = append(outs, fmt.Sprintf("status %d\n%s%s", cmd.ProcessState.ExitCode(), out, contents(t, dir)))
		}
		if outs[0] != outs[1] {
			t.Errorf("%s:\nRedis %s\nours %s", c.what, outs[0], outs[1])
		}
	}
}

// buildTool makes one of our programs.
func buildTool(t *testing.T, name string) string {
	t.Helper()
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", "build", "-o", path, "./cmd/"+name)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are lengths and checksums of the files in a folder.
func contents(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&s, "%s %d %x\n", e.Name(), len(b), crc32.ChecksumIEEE(b))
	}
	return s.String()
}
