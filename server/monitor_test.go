package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

var monitorForm = regexp.MustCompile(`^\+\d+\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\] (.*)\r\n$`)

// line reads a monitor's line and gives its database and command.
func (w *wire) line() string {
	w.tb.Helper()
	s := w.reply()
	m := monitorForm.FindStringSubmatch(s)
	if m == nil {
		w.tb.Fatalf("line %q", s)
	}
	return m[1] + " " + m[2]
}

func TestMonitor(t *testing.T) {
	_, addr := startServer(t)
	for range 2 { // a monitor on each loop
		mon, w := dial(t, addr), dial(t, addr)
		want(t, "MONITOR", mon.do("MONITOR"), "+OK\r\n")
		w.send("SELECT 3", "GET k", `ECHO "\x01\xff\"a\\\r\n\t\a\b"`, "CLIENT LIST", "NOSUCH", "GET", "CONFIG GET port", "EXEC", "MULTI", "SET a b",
			"CLIENT GETNAME", "EXEC", "AUTH secret", "AUTH user secret", "HELLO 3 AUTH user secret", "PING")
		for _, l := range []string{`3 "SELECT" "3"`, `3 "GET" "k"`, `3 "ECHO" "\x01\xff\"a\\\r\n\t\a\b"`, `3 "EXEC"`, `3 "MULTI"`, `3 "SET" "a" "b"`,
			`3 "CLIENT" "GETNAME"`, `3 "EXEC"`, `3 "AUTH" "(redacted)"`, `3 "AUTH" "(redacted)" "(redacted)"`,
			`3 "HELLO" "3" "AUTH" "(redacted)" "(redacted)"`, `3 "PING"`} {
			want(t, "line", mon.line(), l)
		}
	}
}

// TestMonitorItself: a monitor sees its own commands behind their replies, may not touch keys, and is
// answered only once.
func TestMonitorItself(t *testing.T) {
	s, addr := startServer(t)
	const refused = "-ERR Replica can't interact with the keyspace\r\n"
	w := dial(t, addr)
	w.send("MONITOR", "MONITOR", "PING", "GET x", "SET x y", "SELECT 2")
	want(t, "MONITOR", w.reply(), "+OK\r\n")
	want(t, "PING", w.reply(), "+PONG\r\n")
	want(t, "line", w.line(), `0 "PING"`)
	want(t, "GET", w.reply(), refused)
	want(t, "SET", w.reply(), refused)
	want(t, "SELECT", w.reply(), "+OK\r\n")
	want(t, "line", w.line(), `2 "SELECT" "2"`)
	w.send("CLIENT REPLY OFF", "PING", "CLIENT REPLY ON", "RESET", "GET x")
	want(t, "REPLY ON", w.reply(), "+OK\r\n")
	want(t, "line", w.line(), `2 "CLIENT" "REPLY" "ON"`)
	want(t, "RESET", w.reply(), "+RESET\r\n")
	want(t, "GET", w.reply(), "$-1\r\n")
	if s.gates.Load()&uint32(gateMonitors) != 0 {
		t.Error("the gate of monitors is still there")
	}
	runScripts(t, addr, []script{
		{`MONITOR x`, "-ERR wrong number of arguments for 'monitor' command\r\n"},
		{`MULTI;MONITOR;EXEC`, "+OK\r\n+QUEUED\r\n*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n"},
	})
}

// TestMonitorSilenced: CLIENT REPLY OFF holds the lines of others back as well.
func TestMonitorSilenced(t *testing.T) {
	_, addr := startServer(t)
	mon, w := dial(t, addr), dial(t, addr)
	id := mon.id()
	mon.send("MONITOR", "CLIENT REPLY OFF")
	want(t, "MONITOR", mon.reply(), "+OK\r\n")
	eventually(t, "REPLY OFF", func() bool { return field(text(w.do("CLIENT LIST ID "+id)), "cmd") == "client|reply" })
	w.do("PING")
	if !mon.quietFor(100 * time.Millisecond) {
		t.Errorf("a silenced monitor got %q", mon.reply())
	}
}

// TestMonitorsAcrossLoops: every monitor gets every line, those of one client in order.
func TestMonitorsAcrossLoops(t *testing.T) {
	_, addr := startServer(t)
	const n = 500
	mons := []*wire{dial(t, addr), dial(t, addr), dial(t, addr)}
	for _, m := range mons {
		m.do("MONITOR")
	}
	for c := range 2 {
		w := dial(t, addr)
		go func() {
			for i := range n {
				w.nc.Write(fmt.Appendf(nil, "ECHO %d.%d\r\n", c, i))
			}
		}()
	}
	for _, m := range mons {
		var next [2]int
		for next[0] < n || next[1] < n {
			var c, i int
			line := m.line()
			if _, err := fmt.Sscanf(line, `0 "ECHO" "%d.%d"`, &c, &i); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if i != next[c] {
				t.Fatalf("client %d: line %d instead of %d", c, i, next[c])
			}
			next[c]++
		}
	}
}

func TestQuoted(t *testing.T) {
	var all []byte
	for c := range 256 {
		all = append(all, byte(c))
	}
	got := string(appendQuoted(nil, all))
	if !strings.HasPrefix(got, `"\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\x0b\x0c\r\x0e`) || !strings.Contains(got, ` !\"#$`) ||
		!strings.Contains(got, `[\\]`) || !strings.HasSuffix(got, `}~\x7f`+got[strings.Index(got, `\x80`):]) {
		t.Errorf("%s", got)
	}
}

// TestMonitorBehindBigSet: a client that begins to monitor while a big value is being set does not see that, as its bytes are not there any more.
func TestMonitorBehindBigSet(t *testing.T) {
	s, addr := startServer(t)
	w, mon := dial(t, addr), dial(t, addr)
	loopOf := func(c *wire) (loop *eventLoop) {
		var id uint64
		fmt.Sscan(c.id(), &id)
		s.eachLoop(func(l *eventLoop) {
			if l.clients[id] != nil {
				loop = l
			}
		})
		return loop
	}
	l := loopOf(w)
	for loopOf(mon) == l {
		mon = dial(t, addr)
	}
	value := strings.Repeat("v", 2*bigRequest)
	shard := s.store.ShardOf(s.store.Key([]byte("k")).H)
	s.store.LockLong(shard)
	w.write(encoded("SET", "k", value))
	eventually(t, "a worker has it", func() bool { return len(s.workers) == 1 })
	goOn := make(chan struct{})
	l.nl.Post(func() { <-goOn })
	s.store.UnlockLong(shard)
	eventually(t, "it is set", func() bool { return len(s.workers) == 0 })
	want(t, "MONITOR", mon.do("MONITOR"), "+OK\r\n")
	close(goOn)
	want(t, "SET", w.reply(), "+OK\r\n")
	w.do("STRLEN k")
	want(t, "line", mon.line(), `0 "STRLEN" "k"`)
	w.write(encoded("SET", "k", value))
	want(t, "line", mon.line(), `0 "SET" "k" "`+value+`"`)
}
