package server

import (
	"fmt"
	"testing"
	"time"
)

// TestPauseWrite holds back what writes, and EXEC if it does.
func TestPauseWrite(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	reader, writer, queued := dial(t, addr), dial(t, addr), dial(t, addr)
	reader.send("MULTI", "PING")
	reader.reply()
	reader.reply()
	queued.send("MULTI", "SET a 1")
	queued.reply()
	queued.reply()
	want(t, "PAUSE", w.do("CLIENT PAUSE 100000 WRITE"), "+OK\r\n")
	want(t, "EXEC without writes", reader.do("EXEC"), "*1\r\n+PONG\r\n")
	want(t, "GET", reader.do("GET a"), "$-1\r\n")
	want(t, "bad arity", reader.do("SET a"), "-ERR wrong number of arguments for 'set' command\r\n")
	writer.send("PING", "SET b 1", "GET b")
	want(t, "PING before SET", writer.reply(), "+PONG\r\n")
	queued.send("EXEC")
	eventually(t, "two wait", func() bool { return s.blocked.Load() == 2 })
	if !writer.quietFor(50 * time.Millisecond) {
		t.Errorf("SET: %q", writer.reply())
	}
	want(t, "UNPAUSE", w.do("CLIENT UNPAUSE"), "+OK\r\n")
	want(t, "SET", writer.reply(), "+OK\r\n")
	want(t, "GET", writer.reply(), "$1\r\n1\r\n")
	want(t, "EXEC", queued.reply(), "*1\r\n+OK\r\n")
	if n := s.blocked.Load(); n != 0 {
		t.Errorf("%d blocked", n)
	}
}

// TestPauseAll holds back everything, CLIENT UNPAUSE too, until the time is over. Clients that wait go on
// in the order in which they came.
func TestPauseAll(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "1")
	w := dial(t, addr)
	var ws []*wire
	for range 10 {
		ws = append(ws, dial(t, addr))
	}
	const pause = 2 * time.Second // a slow machine needs time until all wait
	start := time.Now()
	want(t, "PAUSE", w.do(fmt.Sprint("CLIENT PAUSE ", pause.Milliseconds())), "+OK\r\n")
	for i := range ws {
		c := ws[(i*7)%len(ws)] // not in the order of ids
		c.send("INCR n")
		eventually(t, "waits", func() bool { return s.blocked.Load() == int64(i+1) })
	}
	want(t, "UNPAUSE", w.do("CLIENT UNPAUSE"), "+OK\r\n")
	if d := time.Since(start); d < pause {
		t.Errorf("over after %v", d)
	}
	for i := range ws {
		want(t, "INCR", ws[(i*7)%len(ws)].reply(), fmt.Sprintf(":%d\r\n", i+1))
	}
}

// TestPauseRules: a pause that is in force is only made longer or stricter, and one that is over leaves
// nothing behind.
func TestPauseRules(t *testing.T) {
	s, _ := newTestServer(t, 1)
	now := func() int64 { return time.Now().UnixMilli() }
	state := func() string {
		on, all := s.pauseKind(now())
		return fmt.Sprintf("%v %v %v", on, on && all, s.gates.Load()&uint32(gatePause) != 0)
	}
	s.pauseClients(0, true)
	want(t, "none", state(), "false false false")
	s.pauseClients(now()+60000, false)
	want(t, "write", state(), "true false true")
	until := s.pauses.until
	s.pauseClients(0, true)
	want(t, "stricter", state(), "true true true")
	s.pauseClients(now()+10, false)
	want(t, "not weaker", state(), "true true true")
	if s.pauses.until != until {
		t.Error("the time has changed")
	}
	s.unpauseClients()
	want(t, "ended", state(), "false false false")
	s.pauseClients(now()+20, true)
	eventually(t, "over by itself", func() bool { return state() == "false false false" })
	s.pauseClients(now()+60000, false)
	want(t, "write after all", state(), "true false true")
	s.pauseClients(1<<62, false)
	want(t, "for ever", state(), "true false true")
	s.unpauseClients()
}

// TestPauseKeepsLapsedKeys: while clients are paused lapsed keys are not seen, but not deleted either.
func TestPauseKeepsLapsedKeys(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.send("MULTI", "SET a 1 PX 10", "CLIENT PAUSE 100000 WRITE", "EXEC")
	for range 4 {
		w.reply()
	}
	eventually(t, "lapsed", func() bool { return w.do("GET a") == "$-1\r\n" })
	time.Sleep(30 * time.Millisecond)
	if n := s.expiredKeys.Load(); n != 0 {
		t.Errorf("%d keys expired", n)
	}
	w.do("CLIENT UNPAUSE")
	eventually(t, "expired", func() bool { return s.expiredKeys.Load() == 1 })
}

// TestClosedWhilePaused: a client that leaves while it is held does not wait any more.
func TestClosedWhilePaused(t *testing.T) {
	s, addr := startServer(t)
	w, held := dial(t, addr), dial(t, addr)
	w.do("CLIENT PAUSE 100000 WRITE")
	held.send("SET a 1")
	eventually(t, "waits", func() bool { return s.blocked.Load() == 1 })
	held.nc.Close()
	eventually(t, "has left", func() bool { return s.blocked.Load() == 0 })
	w.do("CLIENT UNPAUSE")
	want(t, "GET", w.do("GET a"), "$-1\r\n")
}
