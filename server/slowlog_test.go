package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestSlowlog(t *testing.T) {
	_, addr := startServer(t, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "3", "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("CLIENT SETNAME me")
	w.do("SLOWLOG RESET")
	for _, c := range []string{"PING", "SET a b", "ECHO " + strings.Repeat("x", 200), "MULTI", "GET a", "EXEC"} {
		w.do(c)
	}
	want(t, "SLOWLOG LEN", w.do("SLOWLOG LEN"), ":3\r\n")
	w.do("CONFIG SET slowlog-log-slower-than -1")
	got := w.do("SLOWLOG GET 2")
	form := `^\*2\r\n\*6\r\n:\d+\r\n:\d+\r\n:\d+\r\n\*4\r\n\$6\r\nCONFIG\r\n\$3\r\nSET\r\n\$23\r\nslowlog-log-slower-than\r\n\$2\r\n-1\r\n\$\d+\r\n127.0.0.1:\d+\r\n\$2\r\nme\r\n` +
		`\*6\r\n:\d+\r\n:\d+\r\n:\d+\r\n\*2\r\n\$7\r\nSLOWLOG\r\n\$3\r\nLEN\r\n`
	if regexp.MustCompile(form).MatchString(got) {
		t.Error("CONFIG SET logs itself although it turned the log off")
	}
	for do, reply := range map[string]string{
		"SLOWLOG GET -2":  "-ERR count should be greater than or equal to -1\r\n",
		"SLOWLOG GET x":   "-ERR count should be greater than or equal to -1\r\n",
		"SLOWLOG GET 1 2": "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.\r\n",
		"SLOWLOG GET 0":   "*0\r\n",
		"SLOWLOG RESET":   "+OK\r\n",
		"SLOWLOG LEN x":   "-ERR wrong number of arguments for 'slowlog|len' command\r\n",
	} {
		want(t, do, w.do(do), reply)
	}
	want(t, "SLOWLOG LEN", w.do("SLOWLOG LEN"), ":0\r\n")
}

func TestSlowArgs(t *testing.T) {
	var args [][]byte
	for i := range 40 {
		args = append(args, fmt.Append(nil, i))
	}
	args[3] = []byte(strings.Repeat("x", 129))
	got := slowArgs(args)
	if len(got) != 32 {
		t.Fatalf("%d arguments, want 32", len(got))
	}
	want(t, "a long argument", string(got[3]), strings.Repeat("x", 128)+"... (1 more bytes)")
	want(t, "the one before the last", string(got[30]), "30")
	want(t, "the last", string(got[31]), "... (9 more arguments)")
	if got := slowArgs(args[:32]); string(got[31]) != "31" {
		t.Errorf("of 32 arguments the last is %q", got[31])
	}
}

func TestRedact(t *testing.T) {
	s, _ := newTestServer(t, 1)
	for line, shown := range map[string]string{
		"get k":                                "get k",
		"auth secret":                          "auth (redacted)",
		"auth user secret":                     "auth (redacted) (redacted)",
		"hello 3 auth user secret setname x":   "hello 3 auth (redacted) (redacted) setname x",
		"config set masterauth x maxclients 1": "config set masterauth (redacted) maxclients 1",
		"config set requirepass x":             "config set requirepass (redacted)",
		"config get requirepass":               "config get requirepass",
	} {
		var args [][]byte
		for _, a := range strings.Fields(line) {
			args = append(args, []byte(a))
		}
		var out []string
		for _, a := range s.redact(s.table.Resolve(args), args) {
			out = append(out, string(a))
		}
		want(t, line, strings.Join(out, " "), shown)
	}
}

// TestSlowLogLimits: the greatest limit lets nothing through, and no password is shown wherever it stands.
func TestSlowLogLimits(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("CONFIG SET slowlog-log-slower-than 9223372036854775807 latency-monitor-threshold 9223372036854775807")
	w.do("SLOWLOG RESET")
	w.do("PING")
	want(t, "SLOWLOG LEN", w.do("SLOWLOG LEN"), ":0\r\n")
	for _, line := range []string{"HELLO 3 SETNAME auth AUTH default secret", "HELLO 3 AUTH default secret AUTH default secret", "HELLO 3 AUTH default"} {
		var args [][]byte
		for _, word := range strings.Fields(line) {
			args = append(args, []byte(word))
		}
		if shown := fmt.Sprintf("%s", s.redact(s.table.Lookup([]byte("hello")), args)); strings.Contains(shown, "secret") || !strings.Contains(shown, "(redacted)") {
			t.Errorf("%s is shown as %s", line, shown)
		}
	}
	w.do("SAVE")
	w.do("CONFIG RESETSTAT")
	want(t, "rdb_saves", savedField(w, "persistence", "rdb_saves"), "0")
}

// TestAnnouncedBulks: what is only announced takes no memory.
func TestAnnouncedBulks(t *testing.T) {
	_, addr := startServer(t, "--proto-max-bulk-len", "9223372036854775807")
	for _, size := range []string{"500000000000000", "200000000000"} {
		w := dial(t, addr)
		w.write("*2\r\n$4\r\nPING\r\n$" + size + "\r\nabc")
		w.write(strings.Repeat("x", 200_000))
		want(t, "PING", dial(t, addr).do("PING"), "+PONG\r\n")
	}
}
