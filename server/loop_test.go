package server

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// resp2 is a request as clients send it.
func resp2(args ...string) string {
	var b strings.Builder
	b.WriteString("*" + strconv.Itoa(len(args)) + "\r\n")
	for _, a := range args {
		b.WriteString("$" + strconv.Itoa(len(a)) + "\r\n" + a + "\r\n")
	}
	return b.String()
}

// TestHalfClosedPeerGetsReplies: whoever sends requests and shuts its side at once still gets all replies.
func TestHalfClosedPeerGetsReplies(t *testing.T) {
	_, addr := startServer(t)
	for i := range 100 {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		nc.SetDeadline(time.Now().Add(10 * time.Second))
		io.WriteString(nc, "PING\r\nCLIENT ID\r\nKEYS nosuch\r\nECHO x\r\n")
		nc.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(nc)
		nc.Close()
		if s := string(b); !strings.HasPrefix(s, "+PONG\r\n:") || !strings.HasSuffix(s, "\r\n*0\r\n$1\r\nx\r\n") {
			t.Fatalf("connection %d got %q", i, s)
		}
	}
}

// TestNothingRunsOnAClosedConnection: what stands behind a request that ends the connection is not run.
func TestNothingRunsOnAClosedConnection(t *testing.T) {
	_, addr := startServer(t)
	for _, ends := range []string{resp2("POST", "/"), resp2("QUIT"), resp2("PING") + "*1\r\n$-5\r\n"} {
		w := dial(t, addr)
		if _, err := io.WriteString(w.nc, resp2("SELECT", "0")+ends+resp2("SET", "x", "1")+resp2("PING")); err != nil {
			t.Fatal(err)
		}
		w.rest()
		want(t, "EXISTS x", dial(t, addr).do("EXISTS x"), ":0\r\n")
	}
}

// TestClientsHeldByAPauseAreNotIdle: timeout does not count while CLIENT PAUSE holds a command back.
func TestClientsHeldByAPauseAreNotIdle(t *testing.T) {
	_, addr := startServer(t, "--timeout", "1")
	held := dial(t, addr)
	want(t, "CLIENT PAUSE", dial(t, addr).do("CLIENT PAUSE 2500 WRITE"), "+OK\r\n")
	want(t, "SET", held.do("SET k v"), "+OK\r\n")
}

// TestGoneClientsAreForgottenDuringAPause: a pause does not keep those that came and went.
func TestGoneClientsAreForgottenDuringAPause(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "1")
	admin := dial(t, addr)
	want(t, "CLIENT PAUSE", admin.do("CLIENT PAUSE 60000 WRITE"), "+OK\r\n")
	for range 200 {
		w := dial(t, addr)
		w.send("SET k v")
		eventually(t, "held", func() bool { return s.blocked.Load() == 1 })
		w.nc.Close()
		eventually(t, "gone", func() bool { return s.blocked.Load() == 0 })
	}
	s.loops[0].visit(func() {
		if n := len(s.loops[0].paused); n > 64 {
			t.Errorf("%d clients are kept", n)
		}
	})
	want(t, "CLIENT UNPAUSE", admin.do("CLIENT UNPAUSE"), "+OK\r\n")
	want(t, "SET", admin.do("SET k v"), "+OK\r\n")
}
