package server

import (
	"net"
	"strings"
	"testing"
)

const wrongPass = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"

func TestHelloErrors(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`HELLO a`, "-ERR Protocol version is not an integer or out of range\r\n"},
		{`HELLO 9223372036854775808`, "-ERR Protocol version is not an integer or out of range\r\n"},
		{`HELLO 1;HELLO 4 foo`, "-NOPROTO unsupported protocol version\r\n-NOPROTO unsupported protocol version\r\n"},
		{`HELLO 2 foo`, "-ERR Syntax error in HELLO option 'foo'\r\n"},
		{`HELLO 3 "se\x00"`, "-ERR Syntax error in HELLO option 'se'\r\n"},
		{`HELLO 3 SETNAME`, "-ERR Syntax error in HELLO option 'SETNAME'\r\n"},
		{`HELLO 3 AUTH a`, "-ERR Syntax error in HELLO option 'AUTH'\r\n"},
		{`HELLO 3 setname x y;CLIENT GETNAME`, "-ERR Syntax error in HELLO option 'y'\r\n$-1\r\n"},
		{`HELLO 3 SETNAME "a b";CLIENT GETNAME`, "-ERR Client names cannot contain spaces, newlines or special characters.\r\n$-1\r\n"},
		{`HELLO 3 AUTH a b SETNAME x;CLIENT GETNAME`, wrongPass + "$-1\r\n"},
	})
}

func TestHelloReply(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	body := func(proto string) string {
		return "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:" + proto + "\r\n$2\r\nid\r\n:1\r\n" +
			"$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
	}
	want(t, "HELLO", w.do("HELLO"), "*14\r\n"+body("2"))
	want(t, "HELLO 3", w.do("HELLO 3 AUTH default any setname me"), "%7\r\n"+body("3"))
	want(t, "name", w.do("CLIENT GETNAME"), "$2\r\nme\r\n")
	want(t, "RESP3 null", w.do("GET nokey"), "_\r\n")
	want(t, "HELLO in RESP3", w.do("HELLO"), "%7\r\n"+body("3"))
	w.send("MULTI", "GET nokey", `HELLO 2 SETNAME ""`, "GET nokey", "EXEC", "CLIENT GETNAME")
	for range 4 {
		w.reply()
	}
	want(t, "HELLO in EXEC", w.reply(), "*3\r\n_\r\n*14\r\n"+body("2")+"$-1\r\n")
	want(t, "name taken away", w.reply(), "$-1\r\n")
}

func TestAuth(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`AUTH`, "-ERR wrong number of arguments for 'auth' command\r\n"},
		{`AUTH a`, "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n"},
		{`AUTH a b;AUTH default x;AUTH Default x;AUTH a b c`, wrongPass + "+OK\r\n" + wrongPass + "-ERR syntax error\r\n"},
	})
}

func TestRequirePass(t *testing.T) {
	s, addr := startServer(t, "--requirepass", "sesame")
	const noAuth = "-NOAUTH Authentication required.\r\n"
	const helloNoAuth = "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n"
	runScripts(t, addr, []script{
		{`PING;AUTH wrong;PING;AUTH sesame;PING;AUTH wrong;PING`, noAuth + wrongPass + noAuth + "+OK\r\n+PONG\r\n" + wrongPass + "+PONG\r\n"},
		{`HELLO;HELLO 3`, helloNoAuth + helloNoAuth},
		{`AUTH default sesame;RESET;PING`, "+OK\r\n+RESET\r\n" + noAuth},
		{`CLIENT ID;CLIENT SETNAME x;SELECT 1;MONITOR`, strings.Repeat(noAuth, 4)},
		{`QUIT`, "+OK\r\nEOF"},
	})
	if n := s.authFailures.Load(); n != 2 {
		t.Errorf("%d failures counted", n)
	}
	w := dial(t, addr)
	if got := w.do("HELLO 3 AUTH default sesame"); !strings.HasPrefix(got, "%7") {
		t.Errorf("HELLO AUTH: %q", got)
	}
}

// TestRequirePassChanges: a client that is in stays in when the password changes, and one that is not may
// do all when it is taken away.
func TestRequirePassChanges(t *testing.T) {
	_, addr := startServer(t)
	in := dial(t, addr)
	want(t, "set", in.do("CONFIG SET requirepass one"), "+OK\r\n")
	want(t, "in", in.do("PING"), "+PONG\r\n")
	out := dial(t, addr)
	want(t, "out", out.do("PING"), "-NOAUTH Authentication required.\r\n")
	want(t, "change", in.do(`CONFIG SET requirepass "a\x00b"`), "+OK\r\n")
	want(t, "prefix", out.do("AUTH a"), wrongPass)
	want(t, "binary", out.do(`AUTH "a\x00b"`), "+OK\r\n")
	late := dial(t, addr)
	want(t, "late", late.do("PING"), "-NOAUTH Authentication required.\r\n")
	want(t, "take away", in.do(`CONFIG SET requirepass ""`), "+OK\r\n")
	want(t, "late", late.do("PING"), "+PONG\r\n")
}

// TestUnauthenticatedLimits: before AUTH requests must be small, also within the batch that holds it.
func TestUnauthenticatedLimits(t *testing.T) {
	_, addr := startServer(t, "--requirepass", "sesame")
	w := dial(t, addr)
	w.send("*100")
	want(t, "many arguments", w.rest(), "-ERR Protocol error: unauthenticated multibulk length\r\n")
	w = dial(t, addr)
	w.send("AUTH sesame", "*2", "$4", "ECHO", "$20000", strings.Repeat("x", 20000))
	want(t, "AUTH", w.reply(), "+OK\r\n")
	want(t, "long argument", w.reply(), "$20000\r\n"+strings.Repeat("x", 20000)+"\r\n")
}

// TestProtectedMode: without a password only this host is served.
func TestProtectedMode(t *testing.T) {
	var other string
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			other = n.IP.String()
		}
	}
	if other == "" {
		t.Log("this host has no address beside its loopback's")
		return
	}
	_, addr := startServer(t, "--bind", "0.0.0.0")
	_, port, _ := net.SplitHostPort(addr)
	remote := net.JoinHostPort(other, port)
	want(t, "refusal", dial(t, remote).rest(), protectedModeText)
	w := dial(t, addr)
	want(t, "loopback", w.do("PING"), "+PONG\r\n")
	w.do("CONFIG SET protected-mode no")
	want(t, "protected-mode no", dial(t, remote).do("PING"), "+PONG\r\n")
	w.do("CONFIG SET protected-mode yes requirepass x")
	want(t, "requirepass", dial(t, remote).do("AUTH x"), "+OK\r\n")
}
