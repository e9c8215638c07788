package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"radish/persist/fsys/fsystest"
)

func dumpFile(s *Server) string {
	v := s.cfg.Load()
	return filepath.Join(v.Dir, v.DBFilename)
}

func savedField(w *wire, section, name string) string {
	_, rest, _ := strings.Cut(w.do("INFO "+section), "\r\n"+name+":")
	v, _, _ := strings.Cut(rest, "\r\n")
	return v
}

// savesEnded is rdb_saves, but "" while one runs: they count when they begin.
func savesEnded(w *wire) string {
	n := savedField(w, "persistence", "rdb_saves")
	if savedField(w, "persistence", "rdb_bgsave_in_progress") != "0" {
		return ""
	}
	return n
}

// TestSaveAndLoad: what SAVE writes another server loads, but for what has lapsed meanwhile.
func TestSaveAndLoad(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "LASTSAVE", w.do("LASTSAVE"), ":"+savedField(w, "persistence", "rdb_last_save_time")+"\r\n")
	for _, line := range []string{"SET s v", "SET lapses v PX 50", "SET volatile v EX 1000", "RPUSH l a b c", "HSET h f v g w", "HEXPIRE h 1000 FIELDS 1 f", "ZADD z 1 a 2.5 b",
		"SADD i 1 2 3", "SADD m a b", "PFADD p x y", "SELECT 7", "SET other 1"} {
		w.do(line)
	}
	want(t, "changes", savedField(w, "persistence", "rdb_changes_since_last_save"), "20")
	want(t, "SAVE", w.do("SAVE"), "+OK\r\n")
	want(t, "changes", savedField(w, "persistence", "rdb_changes_since_last_save"), "0")
	want(t, "saves", savedField(w, "persistence", "rdb_saves"), "1")
	want(t, "SAVE in MULTI", w.do("MULTI")+w.do("SAVE")+w.do("DISCARD"), "+OK\r\n-ERR Command not allowed inside a transaction\r\n+OK\r\n")
	time.Sleep(60 * time.Millisecond)
	again, addr2 := startServer(t, "--enable-debug-command", "yes", "--dir", filepath.Dir(dumpFile(s)))
	if err := again.LoadData(); err != nil {
		t.Fatal(err)
	}
	w2 := dial(t, addr2)
	eventually(t, "the key lapses", func() bool { return w.do("SELECT 0")+w.do("EXISTS lapses") == "+OK\r\n:0\r\n" })
	if w.do("DEBUG DIGEST") != w2.do("DEBUG DIGEST") {
		t.Error("the digests differ")
	}
	want(t, "loaded and expired", savedField(w2, "persistence", "rdb_last_load_keys_loaded")+" "+savedField(w2, "persistence", "rdb_last_load_keys_expired"), "9 1")
	if n, err := os.ReadDir(filepath.Dir(dumpFile(s))); len(n) != 1 || err != nil {
		t.Errorf("%d files, %v", len(n), err)
	}
}

func TestBgsave(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("SET k v")
	w.do("CONFIG SET rdb-key-save-delay 100000000")
	want(t, "BGSAVE NOW", w.do("BGSAVE NOW"), "-ERR syntax error\r\n")
	want(t, "BGSAVE", w.do("BGSAVE"), "+Background saving started\r\n")
	want(t, "BGSAVE again", w.do("BGSAVE SCHEDULE"), "-ERR Background save already in progress\r\n")
	want(t, "SAVE", w.do("SAVE"), "-ERR Background save already in progress\r\n")
	want(t, "in progress", savedField(w, "persistence", "rdb_bgsave_in_progress"), "1")
	want(t, "in EXEC", w.do("MULTI")+w.do("BGSAVE")+w.do("EXEC"), "+OK\r\n+QUEUED\r\n*1\r\n+Background saving scheduled\r\n")
	w.do("CONFIG SET rdb-key-save-delay 0")
	w.do("SET later v")
	s.abortSave()
	eventually(t, "what was scheduled is saved", func() bool { return savesEnded(w) == "2" }) // with the first, which was ended
	want(t, "status", savedField(w, "persistence", "rdb_last_bgsave_status"), "ok")
	w.do("DEL later")
	want(t, "NOSAVE", w.do("DEBUG RELOAD NOSAVE"), "+OK\r\n")
	want(t, "EXISTS", w.do("EXISTS k later"), ":2\r\n")
	want(t, "NOFLUSH", w.do("DEBUG RELOAD NOSAVE NOFLUSH"), "-ERR Error trying to load the RDB dump, check server logs.\r\n")
	want(t, "MERGE", w.do("DEBUG RELOAD NOSAVE NOFLUSH MERGE"), "+OK\r\n")
	want(t, "RELOAD in EXEC", w.do("MULTI")+w.do("DEBUG RELOAD")+w.do("EXEC"), "+OK\r\n+QUEUED\r\n*1\r\n-ERR DEBUG RELOAD cannot run inside EXEC\r\n")
}

// TestSavePoints: so many changes in so many seconds, and FLUSHALL, are saved without being asked.
func TestSavePoints(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("FLUSHALL")
	time.Sleep(250 * time.Millisecond)
	if _, err := os.Stat(dumpFile(s)); err == nil {
		t.Error("FLUSHALL has saved without save points")
	}
	w.do("CONFIG SET save '100000 1'")
	w.do("FLUSHALL")
	w.do("SET k v")
	w.do("FLUSHALL")
	if err := os.Remove(dumpFile(s)); err != nil {
		t.Errorf("FLUSHALL has not saved: %v", err)
	}
	// Redis counts there what SAVE, BGSAVE and points begin, but not this.
	want(t, "counted", savedField(w, "persistence", "rdb_saves")+" "+savedField(w, "persistence", "rdb_changes_since_last_save"), "0 0")
	w.do("MULTI")
	w.do("FLUSHALL")
	w.do("EXEC")
	eventually(t, "and in EXEC", func() bool { _, err := os.Stat(dumpFile(s)); return err == nil })
	eventually(t, "that ends", func() bool { return savedField(w, "persistence", "rdb_bgsave_in_progress") == "0" })
	w.do("CONFIG SET save '1 3'")
	w.do("MSET a 1 b 2 c 3")
	eventually(t, "a point is reached", func() bool { return savesEnded(w) == "2" })
	want(t, "changes", savedField(w, "persistence", "rdb_changes_since_last_save"), "0")
}

// TestFailingSaves: writes are refused while the disk fails, if there are save points, and go on when it does not any more.
func TestFailingSaves(t *testing.T) {
	s, addr := startServer(t)
	inTheWay := filepath.Join(dumpFile(s), "file") // a folder that is not empty
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	w := dial(t, addr)
	want(t, "SAVE", w.do("SAVE"), "-ERR\r\n")
	want(t, "SET", w.do("SET k v"), "+OK\r\n")
	w.do("BGSAVE")
	eventually(t, "it fails", func() bool { return savedField(w, "persistence", "rdb_last_bgsave_status") == "err" })
	want(t, "without points", w.do("SET k v"), "+OK\r\n")
	w.do("CONFIG SET save '1000 1'")
	misconf := "-" + string(errCannotWrite) + "\r\n"
	want(t, "SET", w.do("SET k v"), misconf)
	want(t, "PING", w.do("PING"), misconf)
	want(t, "GET", w.do("GET k"), "$1\r\nv\r\n")
	want(t, "EXEC", w.do("MULTI")+w.do("SET k v"), "+OK\r\n"+misconf)
	want(t, "EXEC", w.do("EXEC")[:10], "-EXECABORT")
	w.do("CONFIG SET stop-writes-on-bgsave-error no")
	want(t, "SET", w.do("SET k v"), "+OK\r\n")
	w.do("CONFIG SET stop-writes-on-bgsave-error yes")
	want(t, "SHUTDOWN", w.do("SHUTDOWN"), "-ERR Errors trying to SHUTDOWN. Check logs.\r\n")
	os.RemoveAll(dumpFile(s))
	want(t, "SAVE", w.do("SAVE"), "+OK\r\n")
	want(t, "SET", w.do("SET k w"), "+OK\r\n")
}

// TestShutdownSaves: the data are saved before the end if that is asked for, or there are save points.
func TestShutdownSaves(t *testing.T) {
	for _, c := range []struct {
		points, line string
		saved        bool
	}{{"1000 1", "SHUTDOWN while loading", false}, {"", "SHUTDOWN", false}, {"", "SHUTDOWN SAVE", true}, {"1000 1", "SHUTDOWN", true}, {"1000 1", "SHUTDOWN NOSAVE", false}} {
		s, addr := startServer(t, "--save", c.points)
		w := dial(t, addr)
		w.do("SET k v")
		line, loading := strings.CutSuffix(c.line, " while loading")
		if loading {
			s.AwaitData()
		}
		w.send(line)
		if rest := w.rest(); rest != "" {
			t.Errorf("%s: %q", c.line, rest)
		}
		if _, err := os.Stat(dumpFile(s)); (err == nil) != c.saved {
			t.Errorf("%s with points %q: %v", c.line, c.points, err)
		}
	}
}

// TestShutdownBesideOthers: what waits for a worker when the final save begins is saved, or not answered; who asks a second time waits for that save.
func TestShutdownBesideOthers(t *testing.T) {
	m := fsystest.NewMem()
	s, addr := startServerOn(t, m, "--save", "3600 1")
	w, second := dial(t, addr), dial(t, addr)
	w.do("MULTI")
	for range execOnLoop {
		w.do("INCR n")
	}
	w.do("SET k v")
	for range cap(s.workers) {
		s.workers <- struct{}{}
	}
	w.send("EXEC")
	second.send("SHUTDOWN FORCE")
	ended := make(chan bool)
	go func() { ended <- s.SignalShutdown(false) }()
	time.Sleep(20 * time.Millisecond)
	for range cap(s.workers) {
		<-s.workers
	}
	if !<-ended {
		t.Error("the server does not end")
	}
	answered := strings.HasPrefix(w.rest(), "*1001")
	_, addr = startServerOn(t, m.Kill())
	if got := dial(t, addr).do("GET k"); answered && got != "$1\r\nv\r\n" {
		t.Errorf("EXEC was answered, and k is %q", got)
	}
}

// TestShutdownTwice: the second does not end the save of the first.
func TestShutdownTwice(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--save", "3600 1", "--rdb-key-save-delay", "100000")
	a, b := dial(t, addr), dial(t, addr)
	a.do("SET k v")
	a.send("SHUTDOWN FORCE")
	time.Sleep(20 * time.Millisecond)
	b.send("SHUTDOWN FORCE")
	if got := a.rest() + b.rest(); got != "" {
		t.Errorf("%q", got)
	}
	_, addr = startServerOn(t, m.Kill())
	want(t, "k", dial(t, addr).do("GET k"), "$1\r\nv\r\n")
}

// TestEndBeforeLoading: a server that is ended before it has loaded its data leaves them as they are.
func TestEndBeforeLoading(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("SAVE")
	s, addr := launch(t, m, nil, "--dir", "/", "--save", "3600 1")
	s.AwaitData()
	want(t, "SET", dial(t, addr).do("SET k w"), "-LOADING Redis is loading the dataset in memory\r\n")
	if !s.SignalShutdown(false) {
		t.Error("it does not end")
	}
	_, addr = startServerOn(t, m.Kill())
	want(t, "k", dial(t, addr).do("GET k"), "$1\r\nv\r\n")
}

// TestLoadingBadFiles: a file that is damaged, or cannot be read, ends the start.
func TestLoadingBadFiles(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("SAVE")
	b, err := os.ReadFile(dumpFile(s))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1]++
	os.WriteFile(dumpFile(s), b, 0o600)
	again, _ := startServer(t, "--dir", filepath.Dir(dumpFile(s)))
	if err := again.LoadData(); err == nil || again.gates.Load()&uint32(gateLoading) == 0 {
		t.Errorf("a wrong checksum: %v", err)
	}
	os.Remove(dumpFile(s))
	os.Mkdir(dumpFile(s), 0o700)
	again, _ = startServer(t, "--dir", filepath.Dir(dumpFile(s)))
	if err := again.LoadData(); err == nil {
		t.Error("a folder is loaded")
	}
}

// TestConnectBeforeLoading: who connects while few data are loaded waits for them, and is not told that they are being loaded; if it takes longer, it is.
func TestConnectBeforeLoading(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("SAVE")

	s, addr := build(t, m, nil, "--dir", "/")
	s.AwaitData()
	start(t, s)
	w = dial(t, addr)
	w.send("GET k")
	time.Sleep(unansweredLoading / 5)
	if err := s.LoadData(); err != nil {
		t.Fatal(err)
	}
	want(t, "GET", w.reply(), "$1\r\nv\r\n")

	s, addr = build(t, m, nil, "--dir", "/")
	s.AwaitData()
	start(t, s)
	want(t, "GET", dial(t, addr).do("GET k"), "-LOADING Redis is loading the dataset in memory\r\n")

	s, addr = build(t, m, nil, "--dir", "/")
	s.AwaitData()
	start(t, s)
	w = dial(t, addr)
	s.Shutdown(0) // before anybody is served
	if rest := w.rest(); rest != "" {
		t.Errorf("%q", rest)
	}
}

// TestWhileLoading: clients are told that the data are being loaded, and INFO how far that is.
func TestWhileLoading(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	s.setGate(gateLoading, true)
	want(t, "GET", w.do("GET k"), "-LOADING Redis is loading the dataset in memory\r\n")
	want(t, "loading", savedField(w, "persistence", "loading")+savedField(w, "persistence", "loading_loaded_perc"), "10.00")
	s.setGate(gateLoading, false)
	want(t, "GET", w.do("GET k"), "$-1\r\n")
}
