package server

import (
	"strings"
	"syscall"
	"testing"

	"radish/persist/fsys/fsystest"
)

func rewritten(t *testing.T, w *wire) {
	t.Helper()
	eventually(t, "no rewrite runs", func() bool {
		scheduled := savedField(w, "persistence", "aof_rewrite_scheduled") // first: what was scheduled may begin between the two
		return scheduled+savedField(w, "persistence", "aof_rewrite_in_progress") == "00"
	})
}

// loadsAs checks what another server loads from what is on the disk now, were this one killed.
func loadsAs(t *testing.T, m *fsystest.Mem, w *wire) {
	t.Helper()
	digest := w.do("DEBUG DIGEST")
	_, addr := startServerOn(t, m.Kill(), "--appendonly", "yes", "--enable-debug-command", "yes")
	want(t, "digest", dial(t, addr).do("DEBUG DIGEST"), digest)
}

func TestRewrite(t *testing.T) {
	for _, preamble := range []string{"yes", "no"} {
		m := fsystest.NewMem()
		_, addr := startServerOn(t, m, "--appendonly", "yes", "--aof-use-rdb-preamble", preamble, "--enable-debug-command", "yes")
		w := dial(t, addr)
		for range 100 {
			w.do("INCR n")
			w.do("RPUSH l a b c")
		}
		want(t, "BGREWRITEAOF", w.do("BGREWRITEAOF"), "+Background append only file rewriting started\r\n")
		w.do("SET k v")
		rewritten(t, w)
		w.do("SET after v")
		want(t, "rewrites", savedField(w, "persistence", "aof_rewrites")+savedField(w, "persistence", "aof_last_bgrewrite_status"), "1ok")
		if names := strings.Join(m.Names(), " "); !strings.Contains(names, "appendonly.aof.2.base.") || strings.Contains(names, ".1.") || strings.Contains(names, "temp") {
			t.Errorf("files %s", names)
		}
		loadsAs(t, m, w)
		want(t, "in EXEC", w.do("MULTI")+w.do("BGREWRITEAOF")+w.do("EXEC"), "+OK\r\n+QUEUED\r\n*1\r\n+Background append only file rewriting scheduled\r\n")
		eventually(t, "a second rewrite", func() bool { return savedField(w, "persistence", "aof_rewrites") == "2" })
		rewritten(t, w)
		loadsAs(t, m, w)
	}
}

// TestSwitchLog turns the log on and off while the server runs, also inside EXEC and beside a rewrite.
func TestSwitchLog(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("SET before v")
	want(t, "on", w.do("CONFIG SET appendonly yes"), "+OK\r\n")
	rewritten(t, w)
	w.do("SET k v")
	loadsAs(t, m, w)
	want(t, "off", w.do("CONFIG SET appendonly no")+savedField(w, "persistence", "aof_enabled"), "+OK\r\n0")
	w.do("SET unlogged v")
	want(t, "on in EXEC", w.do("MULTI")+w.do("CONFIG SET appendonly yes")+w.do("SET tx v")+w.do("EXEC"), "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n")
	rewritten(t, w)
	w.do("SET logged v")
	loadsAs(t, m, w)
	w.do("CONFIG SET rdb-key-save-delay 100000000")
	want(t, "BGREWRITEAOF", w.do("BGREWRITEAOF"), "+Background append only file rewriting started\r\n")
	want(t, "BGREWRITEAOF", w.do("BGREWRITEAOF"), "-ERR Background append only file rewriting already in progress\r\n")
	want(t, "BGSAVE", w.do("BGSAVE")[:40], "-ERR Another child process is active (AO")
	want(t, "off and on in EXEC", w.do("MULTI")+w.do("CONFIG SET appendonly no")+w.do("CONFIG SET appendonly yes")+w.do("GET k")+w.do("EXEC"),
		"+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n+OK\r\n$1\r\nv\r\n")
	w.do("CONFIG SET rdb-key-save-delay 0")
	rewritten(t, w)
	w.do("SET last v")
	loadsAs(t, m, w)
}

// TestRewriteFails: the old files go on, and Redis's status tells.
func TestRewriteFails(t *testing.T) {
	m := fsystest.NewMem()
	disk := fsystest.NewFaulty(m)
	_, addr := startServerOn(t, disk, "--appendonly", "yes", "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("SET k v")
	disk.Add(fsystest.Fault{Op: fsystest.OpWrite, Name: "temp-rewriteaof", Times: -1, Err: syscall.ENOSPC})
	w.do("BGREWRITEAOF")
	eventually(t, "it fails", func() bool {
		return savedField(w, "persistence", "aof_last_bgrewrite_status")+savedField(w, "persistence", "aof_rewrites_consecutive_failures") == "err1"
	})
	want(t, "SET", w.do("SET l v"), "+OK\r\n")
	loadsAs(t, m, w)
	disk.Heal()
	w.do("BGREWRITEAOF")
	eventually(t, "it succeeds", func() bool { return savedField(w, "persistence", "aof_last_bgrewrite_status") == "ok" })
	rewritten(t, w)
	loadsAs(t, m, w)
}
