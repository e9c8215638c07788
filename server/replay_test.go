package server

import (
	"strings"
	"testing"

	"radish/config"
	"radish/persist/fsys/fsystest"
	"radish/resp"
)

const (
	replayManifest = "/appendonlydir/appendonly.aof.manifest"
	replayFile     = "/appendonlydir/appendonly.aof.1.incr.aof"
)

// logOf is a data folder with a log of these commands, one to a line.
func logOf(t testing.TB, lines ...string) *fsystest.Mem {
	var text []byte
	for _, line := range lines {
		var args [][]byte
		for _, word := range strings.Fields(line) {
			args = append(args, []byte(word))
		}
		text = resp.AppendRequest(text, args...)
	}
	return logOfBytes(t, text)
}

func logOfBytes(t testing.TB, text []byte) *fsystest.Mem {
	m := fsystest.NewMem()
	if err := m.Mkdir("/appendonlydir", 0o755); err != nil {
		t.Fatal(err)
	}
	m.WriteFile(replayManifest, []byte("file appendonly.aof.1.incr.aof seq 1 type i\n"))
	m.WriteFile(replayFile, text)
	return m
}

// TestReplay: what no client does by itself, but a log may hold, is loaded into a server with every setting that looks at commands.
func TestReplay(t *testing.T) {
	m := logOf(t, "SET k v", "SELECT 1", "SET k w EX 100", "SELECT 0", "FLUSHALL", "SET k x", "MULTI", "SELECT 2", "RPUSH l a b", "EXEC", "GET k", "pfcount absent")
	s, addr := startServerOn(t, m, "--appendonly", "yes", "--save", "3600 1", "--notify-keyspace-events", "KEA", "--proto-max-bulk-len", "1mb")
	w := dial(t, addr)
	want(t, "k", w.do("GET k"), "$1\r\nx\r\n")
	want(t, "changes", savedField(w, "persistence", "rdb_changes_since_last_save")+savedField(w, "stats", "keyspace_hits"), "01")
	w.do("SELECT 2")
	want(t, "l", w.do("LLEN l"), ":2\r\n")
	if s.saving.scheduled.Load() {
		t.Error("a save is scheduled")
	}
}

// TestReplayRenamed: effects that the server has worded itself are known even if clients may not call them so.
func TestReplayRenamed(t *testing.T) {
	m := fsystest.NewMem()
	args := []string{"--appendonly", "yes", "--rename-command", "SET", "PUT", "--rename-command", "DEL", "", "--rename-command", "PEXPIREAT", "", "--enable-debug-command", "yes"}
	_, addr := startServerOn(t, m, args...)
	w := dial(t, addr)
	w.do("PUT k v")
	w.do("PUT gone v")
	w.do("EXPIRE gone -1")
	w.do("EXPIRE k 1000")
	digest := w.do("DEBUG DIGEST")
	_, addr = startServerOn(t, m.Kill(), args...)
	want(t, "digest", dial(t, addr).do("DEBUG DIGEST"), digest)
}

// TestReplayRefuses: a command that changes no data, or that only a client can give, ends the loading with an error and nothing else.
func TestReplayRefuses(t *testing.T) {
	for _, line := range []string{"SUBSCRIBE c", "MONITOR", "MIGRATE 127.0.0.1 1 k 0 1", "SHUTDOWN NOSAVE", "CONFIG SET save 1", "DEBUG SEGFAULT", "WATCH k", "AUTH x", "NOCOMMAND",
		"CLIENT NOSUB", "GET", "SELECT 16", "SELECT x"} {
		s, _ := launch(t, logOf(t, "SET k v", line), nil, "--dir", "/", "--appendonly", "yes", "--enable-debug-command", "yes")
		if err := s.LoadData(); err == nil {
			t.Errorf("%s: loaded", line)
		}
	}
}

// TestReplayFewestArguments is TestFewestArguments for a log: every command that can stand there.
func TestReplayFewestArguments(t *testing.T) {
	s, _ := startServerOn(t, fsystest.NewMem(), "--save", "3600 1", "--notify-keyspace-events", "KEA")
	s.setGate(gateLoading, true)
	r := s.newReplay()
	run := func(line string) {
		var args [][]byte
		for _, word := range strings.Split(line, " ") {
			args = append(args, []byte(word))
		}
		_ = r.run(args) // it may be refused
	}
	run("PFADD hll a")
	run("RPUSH list a")
	for spec := range s.table.All() {
		least := max(spec.Arity, -spec.Arity)
		for _, arg := range []string{"none", "hll", "list", "0", "1"} {
			for extra := range 4 {
				line := strings.ReplaceAll(spec.FullName(), "|", " ")
				run(line + strings.Repeat(" "+arg, max(least+extra-strings.Count(line, " ")-1, 0)))
			}
		}
	}
	if err := r.run([][]byte{[]byte("SET"), []byte("k"), []byte("v")}); err != nil {
		t.Error(err)
	}
}

// FuzzReplay loads logs of any bytes: they are loaded or refused.
func FuzzReplay(f *testing.F) {
	f.Add([]byte("*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n*1\r\n$8\r\nFLUSHALL\r\n*1\r\n$5\r\nMULTI\r\n*3\r\n$5\r\nRPUSH\r\n$1\r\na\r\n$1\r\nb\r\n*1\r\n$4\r\nEXEC\r\n"))
	f.Add([]byte("*6\r\n$4\r\nSORT\r\n$1\r\na\r\n$2\r\nBY\r\n$1\r\n*\r\n$5\r\nSTORE\r\n$1\r\nb\r\n#TS:1\r\n*3\r\n$5\r\nBLPOP\r\n$1\r\na\r\n$1\r\n1\r\n"))
	f.Add([]byte("*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n"))
	cfg, err := config.Load([]string{"--appendonly", "yes", "--dir", "/", "--port", "0", "--save", "3600 1"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	s, err := newOn(fsystest.NewMem(), cfg, quiet{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := s.newReplay()
		r.env.MaxBulkLen.Store(1 << 20)
		defer s.store.FlushAll(true, false, nil)
		for len(text) > 0 {
			var p resp.Parser
			args, n, err := p.Next(text)
			if err != nil || n == 0 {
				return
			}
			if len(args) > 0 {
				_ = r.run(args)
			}
			text = text[n:]
		}
	})
}
