package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestOutputHardLimit: a client whose replies exceed the limit gets nothing of them, be it one reply or those
// of a pipeline; small ones are always sent.
func TestOutputHardLimit(t *testing.T) {
	s, addr := startServer(t, "--client-output-buffer-limit", "normal 100000 0 0")
	w := dial(t, addr)
	w.do("SETRANGE big 150000 x")
	w.do("SETRANGE some 10000 x")
	w.do("SET done 0")
	for _, send := range []string{"GET big", "MULTI;GET big;INCR done;EXEC", strings.Repeat("GET some;", 15) + "INCR done"} {
		c := dial(t, addr)
		c.send(strings.Split(send, ";")...)
		got := c.rest()
		if strings.Contains(got, "\x00") {
			t.Errorf("%s: %d bytes of replies", send, len(got))
		}
	}
	want(t, "what ran", w.do("GET done"), "$1\r\n2\r\n")
	if n := s.outputLimitHits.Load(); n != 3 {
		t.Errorf("%d hits", n)
	}
	if got := w.do("GET some"); len(got) < 10000 {
		t.Errorf("GET some: %q", got)
	}
	w.do(`CONFIG SET client-output-buffer-limit "normal 1000 0 0"`)
	if got := w.do("GET some"); len(got) < 10000 {
		t.Errorf("a reply that fits the fixed buffer: %q", got)
	}
}

// TestOutputEndless: a reply as long as the client likes is not made, when the limit would not let it pass; others are not
// touched, and the rest of a transaction runs.
func TestOutputEndless(t *testing.T) {
	s, addr := startServer(t, "--client-output-buffer-limit", "normal 100000 0 0")
	w := dial(t, addr)
	w.do("HSET h f v")
	w.do("SADD s m")
	w.do("ZADD z 1 m")
	w.do("SET done 0")
	const n = " -2000000000;"
	endless := []string{"HRANDFIELD h" + n, "SRANDMEMBER s" + n, "ZRANDMEMBER z" + n, "HRANDFIELD h -1000000;", "MULTI;SRANDMEMBER s" + n + "EXEC;"}
	for i, send := range endless {
		c := dial(t, addr)
		c.send(strings.Split(strings.Replace(send+"INCR done", ";EXEC", ";INCR done;EXEC", 1), ";")...)
		if got := c.rest(); strings.Contains(got, "$1\r\n") {
			t.Errorf("%s: %d bytes of replies", send, len(got))
		}
		if got := s.outputLimitHits.Load(); got != int64(i+1) {
			t.Errorf("%s: %d hits", send, got)
		}
	}
	if got := w.do("GET done"); got == "$1\r\n0\r\n" {
		t.Errorf("GET done after a transaction: %q", got)
	}
	want(t, "silent", w.do("HRANDFIELD h -3"), "*3\r\n$1\r\nf\r\n$1\r\nf\r\n$1\r\nf\r\n")
	w.send("CLIENT REPLY SKIP", "HRANDFIELD h -15000", "PING")
	want(t, "PING", w.reply(), "+PONG\r\n")
}

// TestOutputSoftLimit: the soft limit ends a client only if its replies lie about for so long.
func TestOutputSoftLimit(t *testing.T) {
	s, addr := startServer(t, "--client-output-buffer-limit", "normal 0 100000 1")
	w, slow := dial(t, addr), dial(t, addr)
	id := slow.id()
	w.do("SETRANGE big 1000000 x")
	slow.send("GET big", "PING") // is read at once, by the socket at least
	slow.reply()
	want(t, "PING", slow.reply(), "+PONG\r\n")
	slow.send(strings.Split(strings.Repeat("GET big;", 20)+"PING", ";")...)
	start := time.Now()
	eventually(t, "ended", func() bool { return w.do("CLIENT LIST ID "+id) == "$0\r\n\r\n" })
	if d := time.Since(start); d < 900*time.Millisecond {
		t.Errorf("ended after %v", d)
	}
	if n := s.outputLimitHits.Load(); n != 1 {
		t.Errorf("%d hits", n)
	}
}

// TestEvictClients: the largest go first, and no more than must; NO-EVICT protects.
func TestEvictClients(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("CLIENT NO-EVICT on")
	const n = 5
	var ids []string
	for i := range n {
		c := dial(t, addr)
		ids = append(ids, c.id())
		if i == n-1 {
			c.do("CLIENT NO-EVICT on")
		}
		fmt.Fprintf(c.nc, "*1\r\n$%d\r\n%s", (i+1)<<20, strings.Repeat("v", (i+1)<<20)) // an argument that lacks its end
	}
	for i, id := range ids {
		eventually(t, "has arrived", func() bool { return field(text(w.do("CLIENT LIST ID "+id)), "qbuf") == fmt.Sprint((i+1)<<20) })
	}
	want(t, "set", w.do("CONFIG SET maxmemory-clients 9mb"), "+OK\r\n")
	var left []string
	for line := range strings.Lines(text(w.do("CLIENT LIST TYPE normal"))) {
		left = append(left, field(line, "qbuf")[:1])
	}
	// 1+2+3+4+5 MB and what clients hold beside: that of 4 and of 3 must go, that of 5 may not.
	want(t, "left", strings.Join(left[1:], " "), "1 2 5")
	if n := s.evictedClients.Load(); n != 2 {
		t.Errorf("%d evicted", n)
	}
}

// TestEvictedNotListed: who has sent too much before CLIENT LIST was sent is not in it any more.
func TestEvictedNotListed(t *testing.T) {
	_, addr := startServer(t, "--maxmemory-clients", "400kb")
	w := dial(t, addr)
	w.do("CLIENT NO-EVICT on")
	for range 50 {
		c := dial(t, addr)
		id := c.id()
		fmt.Fprintf(c.nc, "*1\r\n$%d\r\n%s", 400<<10, strings.Repeat("v", 400<<10))
		if list := text(w.do("CLIENT LIST")); strings.Contains(list, "id="+id+" ") {
			t.Fatalf("client %s is still there:\n%s", id, list)
		}
	}
}

// TestWatchedKeysCount: what a client watches is memory that it holds.
func TestWatchedKeysCount(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	before := field(text(w.do("CLIENT INFO")), "tot-mem")
	for i := range 100 {
		w.do(fmt.Sprint("WATCH k", i))
	}
	var a, b int
	fmt.Sscan(before, &a)
	fmt.Sscan(field(text(w.do("CLIENT INFO")), "tot-mem"), &b)
	if b-a < 100*64 {
		t.Errorf("100 watched keys take %d bytes", b-a)
	}
}
