package server

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestClientKillErrors(t *testing.T) {
	_, addr := startServer(t)
	const syntax = "-ERR syntax error\r\n"
	const badID = "-ERR client-id should be greater than 0\r\n"
	const badAge = "-ERR maxage is not an integer or out of range\r\n"
	const noAge = "-ERR maxage should be greater than 0\r\n"
	runScripts(t, addr, []script{
		{`CLIENT KILL`, "-ERR wrong number of arguments for 'client|kill' command\r\n"},
		{`CLIENT KILL a;CLIENT KILL id`, "-ERR No such client\r\n-ERR No such client\r\n"},
		{`CLIENT KILL a b;CLIENT KILL ID 10 ADDR;CLIENT KILL MAXAGE 1 ID;CLIENT KILL SKIPME maybe`, syntax + syntax + syntax + syntax},
		{`CLIENT KILL id 0;CLIENT KILL id a;CLIENT KILL ID 1 id -1`, badID + badID + badID},
		{`CLIENT KILL id 1000000;CLIENT KILL ADDR a;CLIENT KILL LADDR 127.0.0.1:1 ID 3`, ":0\r\n:0\r\n:0\r\n"},
		{`CLIENT KILL MAXAGE a;CLIENT KILL MAXAGE 9223372036854775808`, badAge + badAge},
		{`CLIENT KILL MAXAGE 0;CLIENT KILL maxage -1`, noAge + noAge},
		{`CLIENT KILL MAXAGE 1000000;CLIENT KILL MAXAGE 9223372036854775807 SKIPME no`, ":0\r\n:0\r\n"},
		{`CLIENT KILL TYPE foo`, "-ERR Unknown client type 'foo'\r\n"},
		{`CLIENT KILL TYPE master;CLIENT KILL TYPE slave;CLIENT KILL type REPLICA;CLIENT KILL TYPE pubsub SKIPME no`, ":0\r\n:0\r\n:0\r\n:0\r\n"},
		{`CLIENT KILL USER foo;CLIENT KILL USER default`, "-ERR No such user 'foo'\r\n:0\r\n"},
		{`CLIENT KILL SKIPME no;PING`, ":1\r\nEOF"},
		{`CLIENT KILL USER default TYPE normal SKIPME no`, ":1\r\nEOF"},
		{`MULTI;CLIENT KILL SKIPME no;EXEC;PING`, "+OK\r\n+QUEUED\r\n*1\r\n:1\r\nEOF"},
	})
}

// TestClientKillOneselfInExec: what stands behind CLIENT KILL in a transaction runs, but nothing of it reaches the client, nor does what is sent
// to it from then on. What was published to it before comes behind the replies.
func TestClientKillOneselfInExec(t *testing.T) {
	_, addr := startServer(t)
	look := dial(t, addr)
	published := func(text string) string { return ">3\r\n" + bulk("message") + bulk("x") + bulk(text) }
	for _, c := range []struct{ before, queue, want string }{
		{"", "SET k 1;CLIENT KILL SKIPME no;SET j 2;GET k;CLIENT ID", "*5\r\n+OK\r\n:1\r\n"},
		{"", "CLIENT KILL SKIPME no;CLIENT KILL SKIPME no;LPOP k x;BLPOP l 0", "*4\r\n:1\r\n"},
		{"", "CLIENT KILL SKIPME no;SUBSCRIBE x;PUBLISH x a", "*3\r\n:1\r\n"},
		{"SUBSCRIBE x", "PUBLISH x a;CLIENT KILL SKIPME no;PUBLISH x b", "*3\r\n:1\r\n:1\r\n" + published("a")},
		{"CLIENT TRACKING on;GET k", "SET k 3;CLIENT KILL SKIPME no;SET k 4", "*3\r\n+OK\r\n:1\r\n"},
		{"CLIENT TRACKING on BCAST", "SET k 3;CLIENT KILL SKIPME no;SET k 4", "*3\r\n+OK\r\n:1\r\n"},
	} {
		w := dial(t, addr)
		w.do("HELLO 3")
		kill := "CLIENT KILL ID " + strings.Trim(w.do("CLIENT ID"), ":\r\n") + " SKIPME no"
		for _, line := range strings.Split(c.before, ";") {
			if line != "" {
				w.do(line)
			}
		}
		w.do("MULTI")
		for _, line := range strings.Split(c.queue, ";") {
			want(t, line, w.do(strings.Replace(line, "CLIENT KILL SKIPME no", kill, 1)), "+QUEUED\r\n")
		}
		w.send("EXEC", "PING")
		want(t, c.queue, w.rest(), c.want)
	}
	want(t, "what ran behind", look.do("MGET j k"), bulks("2", "4"))
}

// TestClientKill ends others by each filter, wherever their loop is, and oneself after the answer.
func TestClientKill(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	info := w.do("CLIENT INFO")
	me, laddr := field(info, "addr"), field(info, "laddr")
	for _, filter := range []string{"%[1]s", "ADDR %[1]s", "ID %[2]d", "LADDR " + laddr, "TYPE normal ADDR %[1]s LADDR " + laddr, "SKIPME yes USER default"} {
		for range 4 { // some on each loop
			victim := dial(t, addr)
			from := victim.nc.LocalAddr().String()
			var id int64
			fmt.Sscanf(victim.do("CLIENT ID"), ":%d", &id)
			args := filter
			if strings.Contains(filter, "%") {
				args = strings.SplitN(fmt.Sprintf(filter+"\x00%[1]s%[2]d", from, id), "\x00", 2)[0]
			}
			wantReply := ":1\r\n"
			if !strings.Contains(args, " ") {
				wantReply = "+OK\r\n"
			}
			want(t, "CLIENT KILL "+args, w.do("CLIENT KILL "+args), wantReply)
			want(t, "the victim", victim.rest(), "")
		}
	}
	want(t, "alone", w.do("CLIENT KILL SKIPME YES"), ":0\r\n")
	w.send("PING", "CLIENT KILL "+me, "PING")
	want(t, "oneself", w.rest(), "+PONG\r\n+OK\r\n")
}

// TestClientKillMaxAge ends the clients that came long ago, and keeps those that came later.
func TestClientKillMaxAge(t *testing.T) {
	s, addr := startServer(t)
	w, old, young := dial(t, addr), dial(t, addr), dial(t, addr)
	id, _ := strconv.ParseInt(old.id(), 10, 64)
	young.id()
	s.findClient(id, func(_ *eventLoop, cl *Client) { cl.created -= 100_000 })
	want(t, "older than it is", w.do("CLIENT KILL MAXAGE 1000"), ":0\r\n")
	want(t, "old enough", w.do("CLIENT KILL maxage 100"), ":1\r\n")
	want(t, "the old one", old.rest(), "")
	want(t, "the young one", young.do("PING"), "+PONG\r\n")
}

func TestClientListErrors(t *testing.T) {
	_, addr := startServer(t)
	const syntax = "-ERR syntax error\r\n"
	runScripts(t, addr, []script{
		{`CLIENT LIST foo;CLIENT LIST TYPE;CLIENT LIST ID;CLIENT LIST TYPE normal x`, syntax + syntax + syntax + syntax},
		{`CLIENT LIST TYPE foo`, "-ERR Unknown client type 'foo'\r\n"},
		{`CLIENT LIST ID a;CLIENT LIST ID 1 a`, "-ERR Invalid client ID\r\n-ERR Invalid client ID\r\n"},
		{`CLIENT LIST TYPE pubsub;CLIENT LIST TYPE master;CLIENT LIST ID 1000000 0 -1`, "$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n"},
	})
	w := dial(t, addr)
	w.do("HELLO 3")
	want(t, "RESP3", w.do("CLIENT LIST TYPE master"), "=4\r\ntxt:\r\n")
}

// TestClientList shows clients of all loops in the order of their ids.
func TestClientList(t *testing.T) {
	_, addr := startServer(t)
	var ws []*wire
	for i := range 300 {
		w := dial(t, addr)
		w.do(fmt.Sprintf("CLIENT SETNAME c%d", i+1))
		ws = append(ws, w)
	}
	ids := func(reply string) (ids []string) {
		_, text, _ := strings.Cut(reply, "\r\n")
		for line := range strings.Lines(strings.TrimSuffix(text, "\r\n")) {
			id := field(line, "id")
			if field(line, "name") != "c"+id {
				t.Errorf("line %q", line)
			}
			ids = append(ids, id)
		}
		return ids
	}
	got := ids(ws[7].do("CLIENT LIST"))
	if len(got) != len(ws) {
		t.Fatalf("%d lines", len(got))
	}
	for i, id := range got {
		if id != fmt.Sprint(i+1) {
			t.Fatalf("line %d is of client %s", i, id)
		}
	}
	want(t, "by id", strings.Join(ids(ws[9].do("CLIENT LIST ID 5 200 999 5 10")), " "), "5 200 5 10")
	if n := len(ids(ws[0].do("CLIENT LIST TYPE NORMAL"))); n != len(ws) {
		t.Errorf("%d normal clients", n)
	}
}

// TestUnixSocketAddress: clients of a Unix socket have its path for an address, in CLIENT LIST and MONITOR.
func TestUnixSocketAddress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	_, _ = startServer(t, "--unixsocket", path)
	mon, w := dial(t, path), dial(t, path)
	info := w.do("CLIENT INFO")
	want(t, "addr", field(info, "addr"), path+":0")
	want(t, "laddr", field(info, "laddr"), path+":0")
	want(t, "flags", field(info, "flags"), "U")
	mon.do("MONITOR")
	w.do("PING")
	if line := mon.reply(); !strings.HasSuffix(line, " [0 unix:"+path+"] \"PING\"\r\n") {
		t.Errorf("line %q", line)
	}
	w.do("CLIENT KILL ADDR " + path + ":0")
	want(t, "killed", mon.rest(), "")
}
