package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

const badName = "-ERR Client names cannot contain spaces, newlines or special characters.\r\n"

func TestClientNames(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`CLIENT;CLIENT foo`, "-ERR wrong number of arguments for 'client' command\r\n-ERR unknown subcommand 'foo'. Try CLIENT HELP.\r\n"},
		{`CLIENT ID x;CLIENT SETNAME`, "-ERR wrong number of arguments for 'client|id' command\r\n-ERR wrong number of arguments for 'client|setname' command\r\n"},
		{`CLIENT GETNAME;CLIENT SETNAME foo;CLIENT GETNAME;CLIENT SETNAME "a b";CLIENT GETNAME;CLIENT SETNAME "";CLIENT GETNAME`,
			"$-1\r\n+OK\r\n$3\r\nfoo\r\n" + badName + "$3\r\nfoo\r\n+OK\r\n$-1\r\n"},
		{`CLIENT SETNAME "\xff";CLIENT SETNAME "a\n"`, badName + badName},
		{`CLIENT SETNAME "a\x00 b";CLIENT GETNAME`, "+OK\r\n$4\r\na\x00 b\r\n"},
		{`CLIENT SETINFO lib-name`, "-ERR wrong number of arguments for 'client|setinfo' command\r\n"},
		{`CLIENT SETINFO foo bar`, "-ERR Unrecognized option 'foo'\r\n"},
		{`CLIENT SETINFO Lib-ver "a b"`, "-ERR Lib-ver cannot contain spaces, newlines or special characters.\r\n"},
		{`CLIENT NO-EVICT;CLIENT NO-EVICT foo;CLIENT NO-EVICT on;CLIENT NO-EVICT OFF`,
			"-ERR wrong number of arguments for 'client|no-evict' command\r\n-ERR syntax error\r\n+OK\r\n+OK\r\n"},
		{`CLIENT NO-TOUCH foo;CLIENT NO-TOUCH on`, "-ERR syntax error\r\n+OK\r\n"},
	})
	w := dial(t, addr)
	w.send("CLIENT SETINFO LIB-NAME lib", "CLIENT SETINFO lib-ver 1.2", "CLIENT SETNAME n", "CLIENT INFO", `CLIENT SETINFO lib-ver ""`, "CLIENT INFO")
	for range 3 {
		want(t, "set", w.reply(), "+OK\r\n")
	}
	if got := w.reply(); field(got, "lib-name") != "lib" || field(got, "lib-ver") != "1.2" || field(got, "name") != "n" {
		t.Errorf("CLIENT INFO: %q", got)
	}
	w.reply()
	if got := w.reply(); field(got, "lib-ver") != "" {
		t.Errorf("CLIENT INFO: %q", got)
	}
}

func TestClientReply(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`CLIENT REPLY;CLIENT REPLY foo`, "-ERR wrong number of arguments for 'client|reply' command\r\n-ERR syntax error\r\n"},
		{`CLIENT REPLY SKIP;PING;PING`, "+PONG\r\n"},
		{`CLIENT REPLY SKIP;;PING;ECHO a`, "+PONG\r\n$1\r\na\r\n"},
		{`CLIENT REPLY SKIP;CLIENT REPLY SKIP;PING;ECHO a`, "$1\r\na\r\n"},
		{`CLIENT REPLY SKIP;CLIENT REPLY ON;PING`, "+OK\r\n+PONG\r\n"},
		{`CLIENT REPLY SKIP;CLIENT REPLY OFF;PING;PING;CLIENT REPLY ON;PING`, "+OK\r\n+PONG\r\n"},
		{`CLIENT REPLY SKIP;CLIENT REPLY FOO;ECHO a`, "$1\r\na\r\n"},
		{`CLIENT REPLY SKIP;NOSUCH;ECHO a`, "$1\r\na\r\n"},
		{`CLIENT REPLY SKIP;CLIENT LIST;ECHO a`, "$1\r\na\r\n"},
		{`CLIENT REPLY OFF;CLIENT LIST;GET;CLIENT REPLY SKIP;CLIENT REPLY FOO;ECHO a;CLIENT REPLY ON;PING`, "+OK\r\n+PONG\r\n"},
		{`MULTI;CLIENT REPLY SKIP;ECHO b;EXEC;ECHO a;PING`, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$1\r\nb\r\n+PONG\r\n"},
		// A queued command counts for the replies from its own on, as in Redis.
		{`MULTI;ECHO b;CLIENT REPLY OFF;ECHO c;EXEC;PING;CLIENT REPLY ON;PING`, "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n$1\r\nb\r\n+OK\r\n+PONG\r\n"},
		{`CLIENT REPLY OFF;MULTI;ECHO b;CLIENT REPLY ON;ECHO c;EXEC;PING`, "+OK\r\n$1\r\nc\r\n+PONG\r\n"},
		{`MULTI;CLIENT LIST ID 0;CLIENT REPLY OFF;ECHO c;EXEC;CLIENT REPLY ON`, "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n$0\r\n\r\n+OK\r\n"},
		{`MULTI;CLIENT REPLY OFF;CLIENT REPLY SKIP;EXEC;PING;CLIENT REPLY ON`, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n"},
		{"CLIENT REPLY OFF;*1;foo", "EOF"},
	})
}

func TestClientPauseErrors(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`CLIENT PAUSE;CLIENT UNPAUSE x`, "-ERR wrong number of arguments for 'client|pause' command\r\n-ERR wrong number of arguments for 'client|unpause' command\r\n"},
		{`CLIENT PAUSE a;CLIENT PAUSE 9223372036854775808`, strings.Repeat("-ERR timeout is not an integer or out of range\r\n", 2)},
		{`CLIENT PAUSE -1;CLIENT PAUSE 9223372036854775807`, "-ERR timeout is negative\r\n-ERR timeout is out of range\r\n"},
		{`CLIENT PAUSE 0;CLIENT PAUSE 0 WRITE`, "+OK\r\n+OK\r\n"},
		{`CLIENT PAUSE a foo`, "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n"},
		{`CLIENT PAUSE 0 ALL x`, "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.\r\n"},
		{`CLIENT UNPAUSE`, "+OK\r\n"},
	})
}

func TestClientUnblockErrors(t *testing.T) {
	_, addr := startServer(t)
	runScripts(t, addr, []script{
		{`CLIENT UNBLOCK;CLIENT UNBLOCK a`, "-ERR wrong number of arguments for 'client|unblock' command\r\n-ERR value is not an integer or out of range\r\n"},
		{`CLIENT UNBLOCK 100000;CLIENT UNBLOCK -1`, ":0\r\n:0\r\n"},
		{`CLIENT UNBLOCK a foo`, "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n"},
		{`CLIENT UNBLOCK a error`, "-ERR value is not an integer or out of range\r\n"},
		{`CLIENT unblock 1 timeout x`, "-ERR unknown subcommand or wrong number of arguments for 'unblock'. Try CLIENT HELP.\r\n"},
	})
}

func TestClientHelp(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	got := w.do("CLIENT HELP")
	if !strings.Contains(got, "\r\n+CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n+CACHING (YES|NO)\r\n") ||
		!strings.HasSuffix(got, "+HELP\r\n+    Print this help.\r\n") {
		t.Errorf("CLIENT HELP: %q", got)
	}
}

// TestClientCommandsAtOnce runs everything that looks at clients or changes them from many connections,
// inside and outside EXEC, for the race detector.
func TestClientCommandsAtOnce(t *testing.T) {
	_, addr := startServer(t)
	end := time.Now().Add(500 * time.Millisecond)
	var wg sync.WaitGroup
	for g := range 8 {
		w := dial(t, addr)
		wg.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				w.send(fmt.Sprintf("CLIENT SETNAME n%d", n), fmt.Sprintf("SELECT %d", n%16), "MULTI", "SELECT 3", "CLIENT LIST",
					"CLIENT SETNAME inside", "CLIENT INFO", "CLIENT NO-TOUCH on", "CLIENT REPLY ON", "HELLO 3", "HELLO 2", "AUTH default x", "EXEC",
					"CLIENT INFO", "CLIENT LIST TYPE normal", "CLIENT KILL ID 1000000", fmt.Sprintf("CLIENT LIST ID %d", g), "RESET", "ECHO end")
				for {
					s, err := w.read()
					if err != nil {
						t.Error(err)
						return
					}
					if s == "$3\r\nend\r\n" {
						break
					}
					if s[0] == '-' {
						t.Errorf("%q", s)
					}
				}
			}
		})
	}
	wg.Wait()
}
