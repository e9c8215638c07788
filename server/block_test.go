package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// waitFor waits until so many clients wait.
func waitFor(tb testing.TB, s *Server, n int64) {
	tb.Helper()
	eventually(tb, fmt.Sprintf("%d clients wait", n), func() bool { return s.blocked.Load() == n })
}

// idle checks that nothing is left of those who have waited.
func wantNobodyWaiting(tb testing.TB, s *Server) {
	tb.Helper()
	eventually(tb, "nobody waits", func() bool {
		s.watchMu.Lock()
		defer s.watchMu.Unlock()
		if s.blocked.Load() != 0 || s.waiters != 0 || s.waiting.keys.Load() != 0 || s.env.Observed.Load() {
			return false
		}
		for i := range s.waiting.shards {
			sh := &s.waiting.shards[i]
			sh.mu.Lock()
			n := len(sh.m)
			sh.mu.Unlock()
			if n != 0 || sh.n.Load() != 0 {
				return false
			}
		}
		return true
	})
	s.eachLoop(func(l *eventLoop) {
		if n := l.timeouts.Len(); n != 0 {
			tb.Errorf("loop %d has %d time-outs", l.index, n)
		}
	})
}

// bulks is an array of bulk strings as it is sent.
func bulks(words ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	return b.String()
}

func bulk(word string) string { return bulks(word)[4:] }

func TestBlockedClientIsServedBeforeAnybodySees(t *testing.T) {
	s, addr := startServer(t)
	a, b, c, w := dial(t, addr), dial(t, addr), dial(t, addr), dial(t, addr)
	a.send("BLPOP x k 0", "ECHO after")
	waitFor(t, s, 1)
	b.send("BRPOP k 0")
	waitFor(t, s, 2)
	c.send("BLMPOP 0 2 x k LEFT COUNT 2")
	waitFor(t, s, 3)
	if line := w.do("CLIENT LIST"); strings.Count(line, " flags=b ") != 3 || !strings.Contains(line, " cmd=blpop ") {
		t.Errorf("CLIENT LIST: %s", line)
	}
	if info := w.do("INFO clients"); !strings.Contains(info, "blocked_clients:3\r\n") || !strings.Contains(info, "total_blocking_keys:2\r\n") {
		t.Errorf("INFO clients: %s", info)
	}
	want(t, "RPUSH", w.do("RPUSH k 1 2 3 4 5"), ":5\r\n")
	want(t, "LRANGE", w.do("LRANGE k 0 -1"), bulks("4"))
	want(t, "first", a.reply(), bulks("k", "1"))
	want(t, "behind it", a.reply(), bulk("after"))
	want(t, "second", b.reply(), bulks("k", "5"))
	want(t, "third", c.reply(), "*2\r\n"+bulk("k")+bulks("2", "3"))
	wantNobodyWaiting(t, s)
}

func TestBlockingTimeouts(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	for line, reply := range map[string]string{
		"BLPOP k 0.05": "*-1\r\n", "BLMOVE k d left right 0.05": "*-1\r\n", "BRPOPLPUSH k k 0.05": "*-1\r\n", "BLMPOP 0.05 1 k right": "*-1\r\n",
	} {
		start := time.Now()
		want(t, line, a.do(line), reply)
		if took := time.Since(start); took < 50*time.Millisecond || took > time.Second { // not before its time, nor with the next tick of all
			t.Errorf("%s takes %v", line, took)
		}
	}
	a.do("HELLO 3")
	want(t, "RESP3", a.do("BLPOP k 0.001"), "_\r\n")
	want(t, "pushed later", w.do("RPUSH k x"), ":1\r\n")
	want(t, "what nobody took", w.do("LLEN k"), ":1\r\n")
	wantNobodyWaiting(t, s)
	for line, err := range map[string]string{
		"BLPOP k -1": "timeout is negative", "BLPOP k x": "timeout is not a float or out of range", "BLPOP k 1e300": "timeout is out of range",
		"BLPOP k 9223372036854775": "timeout is out of range", "BLPOP k nan": "timeout is not a float or out of range",
	} {
		want(t, line, a.do(line), "-ERR "+err+"\r\n")
	}
}

func TestClientUnblock(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	id := a.id()
	for how, reply := range map[string]string{"": "*-1\r\n", " TIMEOUT": "*-1\r\n", " ERROR": "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"} {
		a.send("BLPOP k 10")
		waitFor(t, s, 1)
		want(t, "UNBLOCK"+how, w.do("CLIENT UNBLOCK "+id+how), ":1\r\n")
		want(t, "reply to it", a.reply(), reply)
		want(t, "again", w.do("CLIENT UNBLOCK "+id+how), ":0\r\n")
	}
	wantNobodyWaiting(t, s)
	if info := w.do("INFO errorstats"); !strings.Contains(info, "errorstat_UNBLOCKED:count=1\r\n") {
		t.Errorf("INFO errorstats: %s", info)
	}
	if info := w.do("INFO commandstats"); !strings.Contains(info, "cmdstat_blpop:calls=3,") || !strings.Contains(info, "failed_calls=1") {
		t.Errorf("INFO commandstats: %s", info)
	}
}

func TestBlockedClientThatLeavesTakesNothing(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	for _, leave := range []func(a *wire, id string){
		func(a *wire, _ string) { a.nc.Close() },
		func(_ *wire, id string) { w.do("CLIENT KILL ID " + id) },
	} {
		a, b := dial(t, addr), dial(t, addr)
		id := a.id()
		a.send("BLPOP k j 0")
		waitFor(t, s, 1)
		b.send("BLPOP k 10")
		waitFor(t, s, 2)
		leave(a, id)
		waitFor(t, s, 1)
		w.do("RPUSH j x")
		w.do("RPUSH k y")
		want(t, "who stays", b.reply(), bulks("k", "y"))
		want(t, "LPOP j", w.do("LPOP j"), bulk("x"))
		wantNobodyWaiting(t, s)
	}
}

func TestBlockingInsideExec(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	w.send("MULTI", "BLPOP k 0", "BLMOVE k d left left 0", "BLMPOP 0 1 k left", "EXEC")
	for range 4 {
		w.reply()
	}
	want(t, "EXEC", w.reply(), "*3\r\n*-1\r\n$-1\r\n*-1\r\n")

	a.send("BLPOP a b 0")
	waitFor(t, s, 1)
	w.send("MULTI", "RPUSH b 1", "RPUSH a 2", "LLEN a", "LPOP b", "RPUSH b 3", "EXEC")
	for range 6 {
		w.reply()
	}
	want(t, "EXEC", w.reply(), "*5\r\n:1\r\n:1\r\n:1\r\n$1\r\n1\r\n:1\r\n")
	want(t, "first key first", a.reply(), bulks("a", "2"))
	want(t, "LLEN b", w.do("LLEN b"), ":1\r\n")

	a.send("BLPOP x 2") // long enough for a slow machine to see it wait
	waitFor(t, s, 1)
	w.send("MULTI", "RPUSH x 1", "DEL x", "EXEC")
	for range 4 {
		w.reply()
	}
	want(t, "pushed and deleted", a.reply(), "*-1\r\n")
	wantNobodyWaiting(t, s)
}

func TestBlockedClientsInChains(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	keys := strings.Fields("k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11 k12")
	var chain []*wire
	for i := range keys[1:] {
		a := dial(t, addr)
		a.send(fmt.Sprintf("BLMOVE %s %s RIGHT LEFT 0", keys[i], keys[i+1]))
		waitFor(t, s, int64(i+1))
		chain = append(chain, a)
	}
	last := dial(t, addr)
	last.send("BLPOP " + keys[len(keys)-1] + " 0")
	waitFor(t, s, int64(len(keys)))
	want(t, "RPUSH", w.do("RPUSH k1 v"), ":1\r\n")
	for _, a := range chain {
		want(t, "BLMOVE", a.reply(), bulk("v"))
	}
	want(t, "the end of the chain", last.reply(), bulks(keys[len(keys)-1], "v"))

	// A circle, and a client that moves within one list.
	a, b := dial(t, addr), dial(t, addr)
	a.send("BRPOPLPUSH l1 l2 0")
	waitFor(t, s, 1)
	b.send("BRPOPLPUSH l2 l1 0")
	waitFor(t, s, 2)
	w.do("RPUSH l1 foo")
	want(t, "a", a.reply(), bulk("foo"))
	want(t, "b", b.reply(), bulk("foo"))
	want(t, "l1", w.do("LRANGE l1 0 -1"), bulks("foo"))
	want(t, "l2", w.do("LRANGE l2 0 -1"), "*0\r\n")
	a.send("BRPOPLPUSH l l 0")
	waitFor(t, s, 1)
	b.send("BLPOP l 0")
	waitFor(t, s, 2)
	w.do("RPUSH l x")
	want(t, "a", a.reply(), bulk("x"))
	want(t, "b", b.reply(), bulks("l", "x"))
	wantNobodyWaiting(t, s)
}

func TestBlockedMoveToWrongType(t *testing.T) {
	s, addr := startServer(t)
	a, b, w := dial(t, addr), dial(t, addr), dial(t, addr)
	w.do("SET d string")
	a.send("BLMOVE k d LEFT LEFT 0")
	waitFor(t, s, 1)
	b.send("BLMOVE k e LEFT LEFT 0")
	waitFor(t, s, 2)
	w.do("RPUSH k x")
	want(t, "wrong type", a.reply(), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
	want(t, "next", b.reply(), bulk("x"))
	wantNobodyWaiting(t, s)
}

// TestBlockedMoveToALockedShard: whoever pushes waits for the destination's shard, but no loop does.
func TestBlockedMoveToALockedShard(t *testing.T) {
	s, addr := startServer(t)
	a, b, w := dial(t, addr), dial(t, addr), dial(t, addr)
	shard := func(key string) int { return s.store.ShardOf(s.store.Key([]byte(key)).H) }
	d := ""
	for i := 0; d == "" || shard(d) == shard("k"); i++ {
		d = fmt.Sprintf("d%d", i)
	}
	a.send("BLMOVE k " + d + " LEFT LEFT 0")
	waitFor(t, s, 1)
	b.send("BLPOP k 0")
	waitFor(t, s, 2)
	s.store.LockLong(shard(d))
	w.send("RPUSH k 1", "RPUSH k 2")
	if !a.quietFor(20*time.Millisecond) || !b.quietFor(time.Millisecond) {
		t.Error("somebody was served out of order")
	}
	for range 4 {
		want(t, "PING", dial(t, addr).do("PING"), "+PONG\r\n")
	}
	s.store.UnlockLong(shard(d))
	want(t, "a", a.reply(), bulk("1"))
	want(t, "b", b.reply(), bulks("k", "2"))
	want(t, "RPUSH", w.reply()+w.reply(), ":1\r\n:1\r\n")
	want(t, "LRANGE", w.do("LRANGE "+d+" 0 -1"), bulks("1"))
	wantNobodyWaiting(t, s)

	// A command that names the key in another database does not know of them: they are served later, in their order.
	a.send("BLMOVE k " + d + " LEFT LEFT 0")
	waitFor(t, s, 1)
	b.send("BLPOP k 0")
	waitFor(t, s, 2)
	for _, line := range []string{"SELECT 3", "RPUSH k 1 2"} {
		w.do(line)
	}
	s.store.LockLong(shard(d))
	want(t, "MOVE", w.do("MOVE k 0"), ":1\r\n")
	if !a.quietFor(20*time.Millisecond) || !b.quietFor(time.Millisecond) {
		t.Error("somebody was served out of order")
	}
	s.store.UnlockLong(shard(d))
	want(t, "a", a.reply(), bulk("1"))
	want(t, "b", b.reply(), bulks("k", "2"))
	wantNobodyWaiting(t, s)
}

func TestKeysThatComeAboutOtherwiseServeToo(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	for _, lines := range []string{
		"RPUSH o v;RENAME o k", "RPUSH o v;RENAMENX o k", "RPUSH o v;COPY o k", "SELECT 3;RPUSH k v;MOVE k 0;SELECT 0", "SELECT 3;RPUSH k v;SWAPDB 3 0;SELECT 0",
		"SELECT 3;RPUSH k v;MULTI;SWAPDB 3 0;SELECT 0;EXEC;SELECT 0", "SET k string;DEL k;RPUSH k v", "SET k string;RPUSH o v;RENAME o k", "SELECT 3;RPUSH k v;COPY k k DB 0;SELECT 0",
	} {
		a.send("BLPOP k 0")
		waitFor(t, s, 1)
		for line := range strings.SplitSeq(lines, ";") {
			if r := w.do(line); r[0] == '-' {
				t.Errorf("%s: %s", line, r)
			}
		}
		want(t, lines, a.reply(), bulks("k", "v"))
		want(t, "EXISTS k", w.do("EXISTS k"), ":0\r\n")
		w.do("FLUSHALL")
		wantNobodyWaiting(t, s)
	}
}

func TestBigBlockingRequestWaitsToo(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	key := strings.Repeat("k", bigRequest)
	fmt.Fprintf(a.nc, "*4\r\n$5\r\nBLPOP\r\n$%d\r\n%s\r\n$1\r\nx\r\n$1\r\n5\r\n", len(key), key)
	waitFor(t, s, 1)
	w.do("RPUSH x 1")
	want(t, "BLPOP", a.reply(), bulks("x", "1"))
	wantNobodyWaiting(t, s)
}

func TestRepliesThatAreSkippedAfterWaiting(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	a.send("CLIENT REPLY SKIP", "BLPOP k 0", "ECHO shown")
	waitFor(t, s, 1)
	w.do("RPUSH k 1")
	want(t, "what is shown", a.reply(), bulk("shown"))
	a.send("CLIENT REPLY OFF", "BLPOP k 0", "CLIENT REPLY ON")
	waitFor(t, s, 1)
	w.do("RPUSH k 1")
	want(t, "what is shown", a.reply(), "+OK\r\n")
}

func TestMonitorShowsABlockingCommandOnce(t *testing.T) {
	s, addr := startServer(t)
	a, w, m := dial(t, addr), dial(t, addr), dial(t, addr)
	m.do("MONITOR")
	a.send("BLPOP k 0")
	var shown []string
	next := func() (end bool) {
		line := m.reply()
		_, cmd, _ := strings.Cut(line, "] ")
		shown = append(shown, strings.TrimSpace(cmd))
		return strings.Contains(line, `"end"`)
	}
	next()
	waitFor(t, s, 1)
	w.do("RPUSH k 1")
	a.reply()
	w.do("ECHO end")
	for !next() {
	}
	want(t, "MONITOR", strings.Join(shown, ";"), `"BLPOP" "k" "0";"RPUSH" "k" "1";"ECHO" "end"`)
}

// TestBlockingAndPause: a blocking command that is held back begins to wait when the pause ends, and the time of one that
// waits runs on during a pause.
func TestBlockingAndPause(t *testing.T) {
	s, addr := startServer(t)
	a, w := dial(t, addr), dial(t, addr)
	w.do("CLIENT PAUSE 10000 WRITE")
	a.send("BLPOP k 0.05")
	waitFor(t, s, 1)
	if !a.quietFor(70 * time.Millisecond) {
		t.Error("the command ran during the pause")
	}
	w.do("CLIENT UNPAUSE")
	want(t, "BLPOP", a.reply(), "*-1\r\n")
	a.send("BLPOP k 0.05")
	waitFor(t, s, 1)
	w.do("CLIENT PAUSE 10000 WRITE")
	want(t, "BLPOP", a.reply(), "*-1\r\n")
	w.do("CLIENT UNPAUSE")
	wantNobodyWaiting(t, s)
}

// TestKeyThatLapsesBeforeAnybodyIsServed: at the end of EXEC, or of SWAPDB, it is gone.
func TestKeyThatLapsesBeforeAnybodyIsServed(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	a, w := dial(t, addr), dial(t, addr)
	id := a.id()
	w.do("DEBUG SET-ACTIVE-EXPIRE 0")
	for _, lines := range []string{
		"MULTI;RPUSH k 1;PEXPIRE k 20;DEBUG SLEEP 0.05;EXEC",
		"SELECT 3;RPUSH k 1;PEXPIRE k 20;DEBUG SLEEP 0.05;SWAPDB 0 3;SELECT 0",
		"SELECT 3;RPUSH k 1;PEXPIRE k 20;MULTI;SWAPDB 0 3;SELECT 0;DEBUG SLEEP 0.05;EXEC",
	} {
		a.send("BLPOP k 0")
		waitFor(t, s, 1)
		for line := range strings.SplitSeq(lines, ";") {
			if r := w.do(line); r[0] == '-' {
				t.Errorf("%s: %s", line, r)
			}
		}
		want(t, "UNBLOCK after "+lines, w.do("CLIENT UNBLOCK "+id), ":1\r\n")
		want(t, "BLPOP", a.reply(), "*-1\r\n")
		w.do("FLUSHALL")
	}
	wantNobodyWaiting(t, s)
}

// TestServedInTheMiddleOfAPipeline: a client that waits is served before the next command of whoever pushed, and
// what it then pushes itself serves the next one.
func TestServedInTheMiddleOfAPipeline(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "1")
	a, b, w := dial(t, addr), dial(t, addr), dial(t, addr)
	a.send("BLMOVE src dst LEFT RIGHT 0")
	waitFor(t, s, 1)
	b.send("BLMOVE dst src RIGHT LEFT 0")
	waitFor(t, s, 2)
	w.send("LPUSH src x", "LLEN src", "LLEN dst")
	want(t, "pipeline", w.reply()+w.reply()+w.reply(), ":1\r\n:1\r\n:0\r\n")
	want(t, "a and b", a.reply()+b.reply(), bulk("x")+bulk("x"))
}

// TestServedWithMuch: who waits may take so much at once that no loop may be kept busy with it.
func TestServedWithMuch(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "1")
	for _, c := range []struct{ fill, wait, bring string }{
		{"RPUSH", "BLMPOP 0 1 k LEFT COUNT 1000000", "RENAME big k"},
		{"RPUSH", "BLMPOP 0 1 k LEFT COUNT 1000000", "MULTI;RENAME big k;EXEC"},
		{"ZADD", "BZMPOP 0 1 k MIN COUNT 1000000", "RENAME big k"},
	} {
		a, b, other := dial(t, addr), dial(t, addr), dial(t, addr)
		doMany(b, c.fill+" big", 200_000)
		a.send("CLIENT REPLY SKIP", c.wait, "ECHO served")
		for !strings.Contains(other.do("INFO clients"), "blocked_clients:1") {
			time.Sleep(time.Millisecond)
		}
		for _, line := range strings.Split(c.bring, ";") {
			b.do(line)
		}
		want(t, "PING", other.do("PING"), "+PONG\r\n")
		want(t, "ECHO", a.reply(), "$6\r\nserved\r\n")
		want(t, "EXISTS", other.do("EXISTS k big"), ":0\r\n")
	}
}
