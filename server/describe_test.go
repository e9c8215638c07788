package server

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var lineForm = regexp.MustCompile(`^id=\d+ addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+ fd=\d+ name=\S* age=\d+ idle=\d+ flags=\w+ db=\d+ ` +
	`sub=0 psub=0 ssub=0 multi=-?\d+ qbuf=\d+ qbuf-free=\d+ argv-mem=\d+ multi-mem=\d+ rbs=\d+ rbp=\d+ obl=\d+ oll=\d+ omem=\d+ ` +
	`tot-mem=\d+ events=rw? cmd=\S+ user=default redir=-1 resp=[23] lib-name=\S* lib-ver=\S*\n$`)

// text is the content of a bulk reply.
func text(reply string) string {
	_, s, _ := strings.Cut(reply, "\r\n")
	return strings.TrimSuffix(s, "\r\n")
}

func TestDescription(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	for _, cmd := range []string{"CLIENT INFO", "CLIENT LIST"} {
		line := text(w.do("*2\r\n$6\r\nCLIENT\r\n$4\r\n" + strings.Fields(cmd)[1]))
		if !lineForm.MatchString(line) {
			t.Errorf("%s: %q", cmd, line)
		}
		for name, v := range map[string]string{"flags": "N", "multi": "-1", "qbuf": "26", "argv-mem": "10", "obl": "0", "omem": "0",
			"cmd": strings.ToLower(strings.ReplaceAll(cmd, " ", "|")), "events": "r", "resp": "2", "age": "0", "db": "0"} {
			if got := field(line, name); got != v {
				t.Errorf("%s: %s=%s, not %s", cmd, name, got, v)
			}
		}
	}
}

// TestDescriptionOfStates looks at clients in the states that the flags tell.
func TestDescriptionOfStates(t *testing.T) {
	s, addr := startServer(t)
	w, other := dial(t, addr), dial(t, addr)
	id := other.id()
	see := func(name string) string { return field(text(w.do("CLIENT LIST ID "+id)), name) }
	check := func(name, v string) {
		t.Helper()
		eventually(t, name+"="+v, func() bool { return see(name) == v })
	}
	check("flags", "N")
	check("cmd", "client|id")
	other.do("SELECT 7")
	check("db", "7")
	other.do("WATCH k")
	other.do("MULTI")
	other.do("SET k 12345")
	check("flags", "x")
	check("multi", "1")
	if see("multi-mem") == "0" {
		t.Error("the queue takes no memory")
	}
	w.do("SELECT 7")
	w.do("SET k 1")
	check("flags", "xd")
	want(t, "EXEC", other.do("EXEC"), "*-1\r\n")
	check("flags", "N")
	check("multi-mem", "0")
	other.do("MONITOR")
	check("flags", "O")
	other.do("RESET")
	w.do("CLIENT PAUSE 100000 WRITE")
	other.send("SET k 1")
	check("flags", "b")
	if n := s.blocked.Load(); n != 1 {
		t.Errorf("%d blocked", n)
	}
	w.do("CLIENT UNPAUSE")
	other.reply()
	check("flags", "N")
	other.nc.Write([]byte("*2\r\n$4\r\nECHO\r\n$100\r\nabc"))
	check("qbuf", "3")
	check("argv-mem", "20")
	other.nc.Write([]byte(strings.Repeat("x", 97) + "\r\n"))
	other.reply()
	check("qbuf", "0")
}

// TestDescriptionOfOwnOutput: replies that a client has not been sent when it asks show as obl, and beyond 16 KB as a list.
func TestDescriptionOfOwnOutput(t *testing.T) {
	_, addr := startServer(t)
	for _, test := range []struct {
		name, send string
		replies    int // before the line
		want       string
	}{
		{"nothing", "", 0, "0 0 0"},
		{"replies", strings.Repeat("PING\r\n", 3), 3, "21 0 0"},
		{"nearly full", strings.Repeat("GET v\r\n", 3), 3, "16227 0 0"},
		{"more", strings.Repeat("GET v\r\n", 4), 4, "16384 1 5252"},
		{"transaction", "MULTI\r\nPING\r\n", 2, "34 0 0"},
	} {
		w := dial(t, addr)
		w.do("SETRANGE v 5399 x")
		if test.name == "transaction" {
			w.write(test.send + "CLIENT INFO\r\nEXEC\r\n")
			test.replies++
		} else {
			w.write(test.send + "CLIENT INFO\r\n")
		}
		for range test.replies {
			w.reply()
		}
		line := w.reply()
		want(t, test.name, field(line, "obl")+" "+field(line, "oll")+" "+field(line, "omem"), test.want)
	}
}

// TestDescriptionOfOutput: what a client does not read shows as omem and is part of tot-mem.
func TestDescriptionOfOutput(t *testing.T) {
	s, addr := startServer(t)
	w, slow := dial(t, addr), dial(t, addr)
	id := slow.id()
	w.do("SETRANGE big 1000000 x")
	slow.send(strings.Split(strings.Repeat("GET big;", 20)+"PING", ";")...)
	var line string
	eventually(t, "output piles up", func() bool {
		line = text(w.do("CLIENT LIST ID " + id))
		return field(line, "events") == "rw" && len(field(line, "tot-mem")) >= 7
	})
	if field(line, "obl") != "0" || field(line, "oll") == "0" || len(field(line, "omem")) < 7 {
		t.Errorf("line %q", line)
	}
	for range 21 {
		slow.reply()
	}
	eventually(t, "output is gone", func() bool { return field(text(w.do("CLIENT LIST ID "+id)), "omem") == "0" })
	var log string
	n, _ := strconv.ParseInt(id, 10, 64)
	s.findClient(n, func(l *eventLoop, cl *Client) { log = l.describe(cl) })
	if !lineForm.MatchString(log + "\n") {
		t.Errorf("for logs: %q", log)
	}
}

func TestAgeAndIdle(t *testing.T) {
	_, clients := newTestServer(t, 1)
	cl := clients[0]
	l := cl.loop
	cl.created, cl.lastInteraction = time.Now().Add(-time.Hour).UnixMilli(), time.Now().Add(-time.Minute).UnixMilli()
	line := l.describe(cl)
	if field(line, "age") != "3600" || field(line, "idle") != "60" || field(line, "fd") != "-1" || field(line, "cmd") != "NULL" {
		t.Errorf("line %q", line)
	}
}
