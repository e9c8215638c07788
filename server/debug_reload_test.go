package server

import (
	"strconv"
	"testing"
	"time"

	"radish/persist/fsys/fsystest"
)

// lapsedLog is a data folder with a log of keys that have lapsed since. They are lists, to which something can be added unseen.
func lapsedLog(t *testing.T, keys int) *fsystest.Mem {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--appendonly", "yes", "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("DEBUG SET-ACTIVE-EXPIRE 0")
	for i := range keys {
		w.do("RPUSH k" + strconv.Itoa(i) + " old")
		w.do("PEXPIRE k" + strconv.Itoa(i) + " 1")
	}
	time.Sleep(5 * time.Millisecond)
	return m.Kill()
}

// TestLapsedAtStart: keys that have lapsed while no server ran go when that is logged, so that what takes their place does not go with them.
func TestLapsedAtStart(t *testing.T) {
	m := lapsedLog(t, 20)
	disk := fsystest.NewFaulty(m)
	disk.Add(fsystest.Fault{Op: fsystest.OpOpen, Name: "incr", Times: -1, Hook: func() { time.Sleep(20 * time.Millisecond) }})
	_, addr := startServerOn(t, disk, "--appendonly", "yes")
	w := dial(t, addr)
	for i := range 20 {
		want(t, "RPUSH", w.do("RPUSH k"+strconv.Itoa(i)+" new"), ":1\r\n")
	}
	_, addr = startServerOn(t, m.Kill(), "--appendonly", "yes")
	want(t, "DBSIZE", dial(t, addr).do("DBSIZE"), ":20\r\n")
}

// TestLapsedAtReload is the same for DEBUG RELOAD and DEBUG LOADAOF.
func TestLapsedAtReload(t *testing.T) {
	for _, reload := range []string{"DEBUG RELOAD", "DEBUG LOADAOF"} {
		m := fsystest.NewMem()
		_, addr := startServerOn(t, m, "--appendonly", "yes", "--enable-debug-command", "yes")
		w := dial(t, addr)
		w.do("DEBUG SET-ACTIVE-EXPIRE 0")
		w.do("RPUSH k old")
		w.do("PEXPIRE k 1")
		time.Sleep(5 * time.Millisecond)
		want(t, reload, w.do(reload), "+OK\r\n")
		want(t, "RPUSH", w.do("RPUSH k new"), ":1\r\n")
		_, addr = startServerOn(t, m.Kill(), "--appendonly", "yes")
		want(t, "after "+reload, dial(t, addr).do("LRANGE k 0 -1"), "*1\r\n$3\r\nnew\r\n")
	}
}

// TestNothingElseWhileLoading: nothing is evicted, switched or loaded a second time.
func TestNothingElseWhileLoading(t *testing.T) {
	s, addr := startServerOn(t, fsystest.NewMem(), "--appendonly", "yes", "--enable-debug-command", "yes", "--maxmemory-policy", "allkeys-random")
	w, queued := dial(t, addr), dial(t, addr)
	w.do("SET k v")
	queued.do("MULTI")
	queued.do("SET k w")
	w.do("CONFIG SET maxmemory 0")
	s.setGate(gateLoading, true)
	want(t, "maxmemory", w.do("CONFIG SET maxmemory 1"), "+OK\r\n")
	const loading = "-LOADING Redis is loading the dataset in memory\r\n"
	want(t, "GET", w.do("GET k"), loading)
	want(t, "LOADAOF", w.do("DEBUG LOADAOF"), loading)
	want(t, "RELOAD", w.do("DEBUG RELOAD"), loading)
	want(t, "EXEC", queued.do("EXEC"), "-EXECABORT Transaction discarded because of: LOADING Redis is loading the dataset in memory\r\n")
	want(t, "CONFIG SET", w.do("CONFIG SET appendonly no"), loading)
	w.do("CONFIG SET maxmemory 0")
	s.setGate(gateLoading, false)
	want(t, "GET", w.do("GET k"), "$1\r\nv\r\n")
	want(t, "evicted", savedField(w, "stats", "evicted_keys"), "0")
}

// TestReloadBesideRewrite: no rewrite takes a store for the data that is being filled.
func TestReloadBesideRewrite(t *testing.T) {
	m := fsystest.NewMem()
	disk := fsystest.NewFaulty(m)
	_, addr := startServerOn(t, disk, "--appendonly", "yes", "--enable-debug-command", "yes", "--key-load-delay", "100")
	w, other := dial(t, addr), dial(t, addr)
	w.do("DEBUG POPULATE 500")
	w.do("BGREWRITEAOF")
	rewritten(t, w)
	w.do("SET k v")
	disk.Add(fsystest.Fault{Op: fsystest.OpOpen, Name: "incr", Hook: func() { time.Sleep(100 * time.Millisecond) }})
	w.send("BGREWRITEAOF")
	time.Sleep(20 * time.Millisecond)
	want(t, "LOADAOF", other.do("DEBUG LOADAOF"), "+OK\r\n")
	w.reply()
	rewritten(t, other)
	want(t, "DBSIZE", other.do("DBSIZE"), ":501\r\n")
	_, addr = startServerOn(t, m.Kill(), "--appendonly", "yes")
	want(t, "DBSIZE", dial(t, addr).do("DBSIZE"), ":501\r\n")
}

// TestSaveBesideExec: a save that begins waits for the shards of EXEC, and EXEC never for it.
func TestSaveBesideExec(t *testing.T) {
	for _, last := range []string{"FLUSHALL", "BGREWRITEAOF", `CONFIG SET save "3600 1"`, "CONFIG SET appendonly yes"} {
		_, addr := startServer(t, "--save", "3600 1")
		w, other := dial(t, addr), dial(t, addr)
		begun, gate := make(chan bool, 8), make(chan bool)
		target := startTarget(t, func(_ int64, args []string) string {
			if args[0] == "RESTORE" {
				begun <- true
				<-gate
			}
			return "+OK\r\n"
		})
		for _, line := range []string{"SET x 1", "MULTI", "SET a 1", "MIGRATE " + placeOf(target.Addr().String()) + " x 0 5000"} {
			w.do(line)
		}
		w.do(last)
		w.send("EXEC")
		<-begun
		other.send("BGSAVE")
		time.Sleep(20 * time.Millisecond)
		close(gate)
		w.reply()
		other.reply()
		want(t, last+": PING", w.do("SET a 2"), "+OK\r\n")
	}
}

// TestReloadTells: those who watch keys, or wait for the log to be rewritten, hear of it.
func TestReloadTells(t *testing.T) {
	for _, reload := range []string{"DEBUG RELOAD", "DEBUG LOADAOF"} {
		_, addr := startServer(t, "--appendonly", "yes", "--enable-debug-command", "yes")
		w, other := dial(t, addr), dial(t, addr)
		w.do("CONFIG SET appendonly no")
		w.do("CONFIG SET appendonly yes")
		rewritten(t, w)
		w.do("SET k v")
		w.do("WATCH k")
		want(t, reload, other.do(reload), "+OK\r\n")
		w.do("MULTI")
		w.do("SET k w")
		want(t, "EXEC after "+reload, w.do("EXEC"), "*-1\r\n")
		if reload != "DEBUG LOADAOF" {
			continue // it saves first, which waits for a rewrite
		}
		before := savedField(w, "persistence", "aof_rewrites")
		w.do("CONFIG SET rdb-key-save-delay 10000000")
		w.do("BGREWRITEAOF")
		want(t, reload, other.do(reload), "+OK\r\n")
		w.do("CONFIG SET rdb-key-save-delay 0")
		eventually(t, "the rewrite is made up for", func() bool { return savedField(w, "persistence", "aof_rewrites") > before })
		rewritten(t, w)
	}
}

// TestReloadAtTheEnd: the save before the end waits for all workers, so none of them may wait for it.
func TestReloadAtTheEnd(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	if !s.holdWorkers(cap(s.workers) - 1) { // as if RELOAD ran on the last one, and the end waited for it
		t.Fatal("somebody holds them")
	}
	want(t, "RELOAD", w.do("DEBUG RELOAD"), "-ERR The data cannot be loaded while the server ends\r\n")
	s.releaseWorkers(cap(s.workers) - 1)
	want(t, "RELOAD", w.do("DEBUG RELOAD"), "+OK\r\n")
}
