package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"radish/config"
)

// localChange is CONFIG SET from this host.
func localChange() config.SetOptions { return config.SetOptions{Local: true} }

func TestLatencyOfASleep(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes", "--latency-monitor-threshold", "50")
	w := dial(t, addr)
	want(t, "LATENCY LATEST", w.do("LATENCY LATEST"), "*0\r\n")
	want(t, "DEBUG SLEEP", w.do("DEBUG SLEEP 0.06"), "+OK\r\n")
	for _, c := range []struct{ do, form string }{
		{"LATENCY LATEST", `^\*1\r\n\*4\r\n\$7\r\ncommand\r\n:\d+\r\n:(\d+)\r\n:(\d+)\r\n$`},
		{"LATENCY HISTORY command", `^\*1\r\n\*2\r\n:\d+\r\n:\d+\r\n$`},
		{"LATENCY HISTORY COMMAND", `^\*0\r\n$`},
		{"LATENCY GRAPH command", `(?s)^\$\d+\r\ncommand - high \d+ ms, low \d+ ms \(all time high \d+ ms\)\n-{80}\n`},
		{"LATENCY GRAPH nosuch", `^-ERR No samples available for event 'nosuch'\r\n$`},
		{"LATENCY DOCTOR", `1\. command: 1 latency spikes`},
		{"LATENCY RESET nosuch", `^:0\r\n$`},
		{"LATENCY RESET COMMAND x", `^:1\r\n$`},
		{"LATENCY LATEST", `^\*0\r\n$`},
		{"LATENCY RESET", `^:0\r\n$`},
		{"LATENCY HELP", `^\*17\r\n\+LATENCY <subcommand>`},
		{"LATENCY NOSUCH", `^-ERR unknown subcommand 'NOSUCH'. Try LATENCY HELP.\r\n$`},
	} {
		if got := w.do(c.do); !regexp.MustCompile(c.form).MatchString(got) {
			t.Errorf("%s: %q", c.do, got)
		}
	}
	if e := s.latency.all(); len(e) != 0 {
		t.Errorf("events %v", e)
	}
}

func TestLatencyHistogram(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	want(t, "RESETSTAT", w.do("CONFIG RESETSTAT"), "+OK\r\n")
	one := func(name string) string {
		return fmt.Sprintf(`\$%d\r\n%s\r\n\*4\r\n\$5\r\ncalls\r\n:1\r\n\$14\r\nhistogram_usec\r\n\*2\r\n:\d+\r\n:1\r\n`, len(name), regexp.QuoteMeta(name))
	}
	for _, c := range []struct{ do, form string }{
		{"LATENCY HISTOGRAM", `\*2\r\n` + one("config|resetstat")},
		{"CLIENT ID", `:\d+\r\n`},
		{"CLIENT GETNAME", `\$-1\r\n`},
		{"LATENCY HISTOGRAM client nosuch client|nosuch config", `\*6\r\n` + one("client|getname") + one("client|id") + one("config|resetstat")},
		{"LATENCY HISTOGRAM CLIENT|ID", `\*2\r\n` + one("client|id")},
		{"LATENCY HISTOGRAM get", `\*0\r\n`},
		{"CONFIG SET latency-tracking no", `\+OK\r\n`},
		{"GET k", `\$-1\r\n`},
		{"LATENCY HISTOGRAM get", `\*0\r\n`},
	} {
		if got := w.do(c.do); !regexp.MustCompile("^" + c.form + "$").MatchString(got) {
			t.Errorf("%s: %q", c.do, got)
		}
	}
	w.do("HELLO 3")
	if got := w.do("LATENCY HISTOGRAM CLIENT|ID"); !strings.HasPrefix(got, "%1\r\n$9\r\nclient|id\r\n%2\r\n$5\r\ncalls\r\n:1\r\n$14\r\nhistogram_usec\r\n%1\r\n:") {
		t.Errorf("in RESP3: %q", got)
	}
}

// TestSlowCommandsAreSpikes: the monitor tells commands that never should be slow from others.
func TestSlowCommandsAreSpikes(t *testing.T) {
	s, clients := newTestServer(t, 1)
	if err := s.cfg.Set([][2]string{{"latency-monitor-threshold", "1"}}, localChange()); err != nil {
		t.Fatal(err)
	}
	cl := clients[0]
	s.slow(cl, s.table.Lookup([]byte("get")), nil, int64(2*time.Millisecond))
	s.slow(cl, s.table.Lookup([]byte("keys")), nil, int64(3*time.Millisecond))
	for event, ms := range map[string]int64{"fast-command": 2, "command": 3} {
		if e, ok := s.latency.get(event); !ok || e.worst != ms {
			t.Errorf("%s: %v %+v", event, ok, e)
		}
	}
}
