package aof

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"radish/internal/redislog"
	"radish/persist/fsys/fsystest"
)

const manifest1 = "file appendonly.aof.1.base.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n"

// loadAll loads what is in files. list are the commands, with the names of the files before theirs.
func loadAll(t *testing.T, mem *fsystest.Mem, change func(*Loading)) (list []string, outcome Outcome, r *rig, err error) {
	t.Helper()
	r = newRig(t, mem, nil)
	ld := Loading{
		Command: func(args [][]byte) error {
			if string(args[0]) == "unknown" {
				return ErrUnknownCommand
			}
			list = append(list, string(bytes.Join(args, []byte(" "))))
			return nil
		},
		RDB: func(f io.Reader, size int64) (int64, error) {
			text, err := io.ReadAll(f)
			end := bytes.Index(text, []byte("END"))
			if err != nil || end < 0 {
				return 0, fmt.Errorf("no end: %v", err)
			}
			list = append(list, string(text[:end]))
			return int64(end + 3), nil
		},
		File: func(name string) { list = append(list, name+":") },
	}
	if change != nil {
		change(&ld)
	}
	outcome, err = r.l.Load(ld)
	return list, outcome, r, err
}

func folder(manifest, base, incr string) *fsystest.Mem {
	mem := fsystest.NewMem()
	mem.WriteFile("appendonlydir/appendonly.aof.manifest", []byte(manifest))
	mem.WriteFile("appendonlydir/appendonly.aof.1.base.aof", []byte(base))
	mem.WriteFile("appendonlydir/appendonly.aof.1.incr.aof", []byte(incr))
	return mem
}

func TestLoad(t *testing.T) {
	const names = "appendonly.aof.1.base.aof:|"
	const both = "|appendonly.aof.1.incr.aof:|"
	truncated := func(ld *Loading) { ld.AllowTruncated = true }
	for _, c := range []struct {
		what       string
		base, incr string
		change     func(*Loading)
		list       string
		outcome    Outcome
		fails      bool
		logs       string // lines, with | between them
	}{
		{what: "empty", outcome: Empty},
		{what: "good", base: command("a"), incr: command("b"), list: names + "a" + both + "b", outcome: Loaded,
			logs: "DB loaded from base file appendonly.aof.1.base.aof: |DB loaded from incr file appendonly.aof.1.incr.aof: "},
		{what: "empty incr", base: command("a"), list: names + "a|appendonly.aof.1.incr.aof:", outcome: Loaded},
		{what: "RDB", base: "REDIS..END", incr: command("b"), list: names + "REDIS.." + both + "b", outcome: Loaded,
			logs: "Reading RDB base file on AOF loading..."},
		{what: "RDB with a tail", base: "REDIS..END" + command("a"), list: names + "REDIS..|a|appendonly.aof.1.incr.aof:", outcome: Loaded},
		{what: "bad RDB", base: "REDIS..", fails: true, list: strings.TrimSuffix(names, "|"),
			logs: "Error reading the RDB base file appendonly.aof.1.base.aof, AOF loading aborted"},
		{what: "truncated", base: command("a"), incr: command("b") + "*1\r\n$", change: truncated, list: names + "a" + both + "b", outcome: Truncated,
			logs: "!!! Warning: short read while loading the AOF file appendonly.aof.1.incr.aof!!!|!!! Truncating the AOF appendonly.aof.1.incr.aof at offset 11 !!!|" +
				"AOF appendonly.aof.1.incr.aof loaded anyway because aof-load-truncated is enabled"},
		{what: "truncated transaction", base: command("a"), incr: command("b") + command("MULTI") + command("c"), change: truncated,
			list: names + "a" + both + "b", outcome: Truncated,
			logs: "Revert incomplete MULTI/EXEC transaction in AOF file appendonly.aof.1.incr.aof|!!! Truncating the AOF appendonly.aof.1.incr.aof at offset 11 !!!"},
		{what: "truncated, not allowed", base: command("a"), incr: command("b") + "*1\r\n$", fails: true, list: names + "a" + both + "b",
			logs: "Unexpected end of file reading the append only file appendonly.aof.1.incr.aof. You can: 1) Make a backup of your AOF file, then use " +
				"./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server."},
		{what: "truncated in the middle", base: command("a") + "*1\r\n$", incr: command("b"), change: truncated, fails: true, list: names + "a",
			logs: "Fatal error: the truncated file is not the last file"},
		{what: "bad format", base: command("a"), incr: command("b") + "hello", change: truncated, fails: true, list: names + "a" + both + "b",
			logs: "The append only file appendonly.aof.1.incr.aof at offset 11: a command starts with *, not with \"h\"|" +
				"Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>"},
		{what: "unknown command", base: command("unknown"), fails: true, list: strings.TrimSuffix(names, "|"),
			logs: "Unknown command 'unknown' reading the append only file appendonly.aof.1.base.aof"},
	} {
		mem := folder(manifest1, c.base, c.incr)
		list, outcome, r, err := loadAll(t, mem, c.change)
		if got := strings.Join(list, "|"); got != c.list || outcome != c.outcome || (err != nil) != c.fails {
			t.Errorf("%s: %s, %d, %v", c.what, got, outcome, err)
		}
		for _, line := range strings.Split(c.logs, "|") {
			if line != "" && !r.logged(line) {
				t.Errorf("%s: not logged: %s\n%s", c.what, line, strings.Join(r.lines, "\n"))
			}
		}
		if size := len(mem.ReadFile(incr1)); outcome == Truncated && size != 11 || outcome != Truncated && size != len(c.incr) {
			t.Errorf("%s: %d bytes left", c.what, size)
		}
	}
}

func TestLoadProgress(t *testing.T) {
	text, _ := sample(3 * readBytes)
	mem := folder(manifest1, string(text), string(text))
	var total, read int64
	_, _, _, err := loadAll(t, mem, func(ld *Loading) {
		ld.Begin = func(n int64) { total = n }
		ld.Progress = func(n int64) error { read += n; return nil }
	})
	if err != nil || total != int64(2*len(text)) || read != total {
		t.Error(err, total, read)
	}
	stop := errors.New("stop")
	if _, _, _, err := loadAll(t, mem, func(ld *Loading) { ld.Progress = func(int64) error { return stop } }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestLoadMissing(t *testing.T) {
	if _, outcome, _, err := loadAll(t, fsystest.NewMem(), nil); outcome != NotExist || err != nil {
		t.Error(outcome, err)
	}
	mem := folder(manifest1, "", "")
	mem.Remove(incr1)
	_, _, r, err := loadAll(t, mem, nil)
	if err == nil || !r.logged("Unable to obtain the AOF file appendonly.aof.1.incr.aof length. stat: No such file or directory") {
		t.Error(err, r.lines)
	}
	r = newRig(t, folder(manifest1, command("a"), ""), nil)
	r.disk.Add(fsystest.Fault{Op: fsystest.OpRead, Err: syscall.EIO, N: 2})
	_, err = r.l.Load(Loading{Command: func([][]byte) error { return nil }})
	if err == nil || !r.logged("Unrecoverable error reading the append only file appendonly.aof.1.base.aof: Input/output error") {
		t.Error(err, r.lines)
	}
}

func TestBadManifest(t *testing.T) {
	mem := folder("file x\n", "", "")
	var lines []string
	_, err := Open(Options{FS: mem, Dir: ".", Log: func(_ redislog.Level, m string) { lines = append(lines, m) }})
	var e *ManifestError
	if !errors.As(err, &e) || !slices.Contains(lines, "Invalid AOF manifest file format\n") {
		t.Error(err, lines)
	}
}

// The file of a Redis before 7 becomes the base, also if that is interrupted anywhere.
func TestUpgrade(t *testing.T) {
	const old = "REDIS..END*1\r\n$1\r\na\r\n"
	for n := 0; ; n++ {
		mem := fsystest.NewMem()
		mem.WriteFile("appendonly.aof", []byte(old))
		r := newRig(t, mem, nil)
		met := n == 0
		if n > 0 {
			r.disk.Add(fsystest.Fault{N: n, Err: syscall.EIO, Times: -1})
			r.disk.Add(fsystest.Fault{N: n, Hook: func() { met = true }})
		}
		_, err := r.l.Load(Loading{Command: func([][]byte) error { return nil }, RDB: func(io.Reader, int64) (int64, error) { return 10, nil }})
		if n == 0 && err != nil {
			t.Fatal(err)
		}
		if !met {
			break
		}
		for _, left := range []*fsystest.Mem{mem.Kill(), mem.Crash(nil)} {
			list, outcome, r, err := loadAll(t, left, nil)
			if err != nil || outcome != Loaded || strings.Join(list, "|") != "appendonly.aof:|REDIS..|a" {
				t.Fatalf("interrupted at %d: %v %d %v\n%s", n, list, outcome, err, describe(left))
			}
			if !r.logged("Reading RDB preamble from AOF file...") || !r.logged("Reading the remaining AOF tail...") {
				t.Error(r.lines)
			}
			if got := string(left.ReadFile("appendonlydir/appendonly.aof.manifest")); got != "file appendonly.aof seq 1 type b\n" {
				t.Error(got)
			}
		}
	}
}

// DEBUG LOADAOF: the files are loaded while they are open, and one of them was damaged.
func TestLoadOpen(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.append()
	r.append()
	if _, err := r.l.Load(Loading{Command: func([][]byte) error { return nil }}); err != nil {
		t.Fatal(err)
	}
	r.append()
	r.l.Append(0, []byte(command("a")+"*1\r\n"))
	outcome, err := r.l.Load(Loading{AllowTruncated: true, Command: func([][]byte) error { return nil }})
	if err != nil || outcome != Truncated {
		t.Fatal(outcome, err)
	}
	r.mustCommit(r.append())
	check(t, r.mem.Kill(), r.n)
}

// TestStatsWhileLoading: they wait for nobody.
func TestStatsWhileLoading(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.work(3)
	told := 0
	_, err := r.l.Load(Loading{Command: func([][]byte) error {
		if r.l.Stats().State == On {
			told++
		}
		return nil
	}})
	if err != nil || told == 0 {
		t.Error(told, err)
	}
}
