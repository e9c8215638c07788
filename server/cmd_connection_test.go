package server

import (
	"strings"
	"testing"
)

// script is what a client sends on a connection of its own, and all that it gets.
type script struct {
	send string // commands, separated by semicolons
	want string // ending with EOF: the server ends the connection
}

func runScripts(t *testing.T, addr string, scripts []script) {
	t.Helper()
	for _, sc := range scripts {
		w := dial(t, addr)
		lines := strings.Split(sc.send, ";")
		if want, closed := strings.CutSuffix(sc.want, "EOF"); closed {
			w.send(lines...)
			if got := w.rest(); got != want {
				t.Errorf("%s:\n got %q and the end\nwant %q", sc.send, got, want)
			}
			continue
		}
		w.send(append(lines, "QUIT")...)
		if got := w.rest(); got != sc.want+"+OK\r\n" {
			t.Errorf("%s:\n got %q\nwant %q", sc.send, strings.TrimSuffix(got, "+OK\r\n"), sc.want)
		}
		w.nc.Close()
	}
}

func TestConnectionCommands(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`PING;PING a;PING a b`, "+PONG\r\n$1\r\na\r\n-ERR wrong number of arguments for 'ping' command\r\n"},
		{`PING "";PING`, "$0\r\n\r\n+PONG\r\n"},
		{`ECHO;ECHO a;ECHO a b`, "-ERR wrong number of arguments for 'echo' command\r\n$1\r\na\r\n-ERR wrong number of arguments for 'echo' command\r\n"},
		{`SELECT;SELECT a`, "-ERR wrong number of arguments for 'select' command\r\n-ERR value is not an integer or out of range\r\n"},
		{`SELECT 16;SELECT -1;SELECT 15`, "-ERR DB index is out of range\r\n-ERR DB index is out of range\r\n+OK\r\n"},
		{`SELECT 2147483648`, "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n"},
		{`SELECT 9223372036854775808`, "-ERR value is not an integer or out of range\r\n"},
		{`MULTI;SELECT 3;SET a b;EXEC;GET a;SELECT 0;GET a`, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n$1\r\nb\r\n+OK\r\n$-1\r\n"},
		{`QUIT;PING`, "+OK\r\nEOF"},
		{`QUIT a b`, "+OK\r\nEOF"},
		{`MULTI;QUIT`, "+OK\r\n+OK\r\nEOF"},
		{`CLIENT REPLY OFF;QUIT`, "EOF"},
		{`RESET;RESET a`, "+RESET\r\n-ERR wrong number of arguments for 'reset' command\r\n"},
		{`MULTI;RESET;EXEC`, "+OK\r\n+RESET\r\n-ERR EXEC without MULTI\r\n"},
		{`WATCH k;MULTI;RESET;SET k 1;MULTI;PING;EXEC`, "+OK\r\n+OK\r\n+RESET\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n"},
		{`SELECT 1;SET resettest 1;CLIENT SETNAME n;RESET;CLIENT GETNAME;GET resettest`, "+OK\r\n+OK\r\n+OK\r\n+RESET\r\n$-1\r\n$-1\r\n"},
		{`CLIENT REPLY OFF;RESET;PING`, "+RESET\r\n+PONG\r\n"},
		{`CLIENT REPLY SKIP;RESET;PING`, "+PONG\r\n"},
	})
}

// TestResetClearsFlags: RESET leaves nothing behind but the library's names.
func TestResetClearsFlags(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	for _, line := range []string{"HELLO 3", "CLIENT SETNAME n", "CLIENT NO-EVICT on", "CLIENT NO-TOUCH on", "CLIENT SETINFO lib-name l", "MONITOR"} {
		w.do(line)
	}
	if got := field(w.do("CLIENT INFO"), "flags"); got != "OeT" {
		t.Errorf("flags before: %s", got)
	}
	w.reply() // the monitor's own line
	want(t, "RESET", w.do("RESET"), "+RESET\r\n")
	info := w.do("CLIENT INFO")
	for name, v := range map[string]string{"flags": "N", "name": "", "resp": "2", "lib-name": "l", "db": "0"} {
		if got := field(info, name); got != v {
			t.Errorf("%s after RESET: %q", name, got)
		}
	}
	want(t, "after RESET", w.do("SET a b"), "+OK\r\n")
}

// TestSubscribedPing: PING looks like a message to a RESP2 client that listens to channels.
func TestSubscribedPing(t *testing.T) {
	_, clients := newTestServer(t, 1)
	cl := clients[0]
	cl.subs, cl.gates = 1, cl.gates|gateSubscribe
	want(t, "PING", run(cl, "PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n")
	want(t, "PING a", run(cl, "PING", "a"), "*2\r\n$4\r\npong\r\n$1\r\na\r\n")
	want(t, "ECHO", run(cl, "ECHO", "a"), "-ERR Can't execute 'echo': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n")
	cl.proto, cl.loop.w.Proto = 3, 3
	want(t, "PING, RESP3", run(cl, "PING"), "+PONG\r\n")
}
