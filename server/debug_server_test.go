package server

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDebugSleepHoldsEverybody: clients of all loops wait, and two sleeps come one after the other.
func TestDebugSleepHoldsEverybody(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	sleepers := []*wire{dial(t, addr), dial(t, addr)}
	var others []*wire
	for range 4 {
		others = append(others, dial(t, addr))
	}
	start := time.Now()
	for _, w := range sleepers {
		w.send("DEBUG SLEEP 0.3")
	}
	time.Sleep(100 * time.Millisecond)
	for _, w := range others {
		w.send("PING")
	}
	for _, w := range others {
		want(t, "PING", w.reply(), "+PONG\r\n")
	}
	if took := time.Since(start); took < 250*time.Millisecond {
		t.Errorf("PING was answered after %v", took)
	}
	for _, w := range sleepers {
		want(t, "DEBUG SLEEP", w.reply(), "+OK\r\n")
	}
	if took := time.Since(start); took < 590*time.Millisecond {
		t.Errorf("both slept in %v", took)
	}
}

func TestDebugSleepInsideExec(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	start := time.Now()
	w.send("MULTI", "SET k v", "DEBUG SLEEP 0.1", "GET k", "EXEC")
	for range 4 {
		w.reply()
	}
	want(t, "EXEC", w.reply(), "*3\r\n+OK\r\n+OK\r\n$1\r\nv\r\n")
	if took := time.Since(start); took < 95*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestLeadingNumbers(t *testing.T) {
	for s, f := range map[string]float64{"": 0, "x": 0, "1": 1, "0.25": 0.25, " 2": 2, "1e-3": 0.001, "3x": 3, "-1": 0, "nan": 0, "1e300": 100 * 365 * 86400, "inf": 100 * 365 * 86400} {
		if got := leadingFloat(s); got != f || math.IsNaN(got) {
			t.Errorf("%q is %v, want %v", s, got, f)
		}
	}
	for s, n := range map[string]int{"": 0, "x": 0, "1": 1, "-1": -1, "+7x": 7, " 12 3": 12, "-": 0, "99999999999999": 9999999999} {
		if got := leadingInt([]byte(s)); got != n {
			t.Errorf("%q is %d, want %d", s, got, n)
		}
	}
}

func TestDebugSetActiveExpire(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "off", w.do("DEBUG SET-ACTIVE-EXPIRE 0"), "+OK\r\n")
	for _, k := range []string{"a", "b", "c"} {
		w.do("SET " + k + " v PX 1")
	}
	time.Sleep(20 * time.Millisecond)
	want(t, "DBSIZE", w.do("DBSIZE"), ":3\r\n")
	want(t, "GET", w.do("GET a"), "$-1\r\n") // deletes it
	want(t, "DBSIZE", w.do("DBSIZE"), ":2\r\n")
	want(t, "SCAN", w.do("SCAN 0 COUNT 100"), "*2\r\n$1\r\n0\r\n*0\r\n")
	want(t, "DBSIZE", w.do("DBSIZE"), ":0\r\n")
	w.do("SET d v PX 1")
	want(t, "on", w.do("DEBUG SET-ACTIVE-EXPIRE 1"), "+OK\r\n")
	eventually(t, "the key is deleted", func() bool { return s.store.Stats().Expired == 4 })
}

func TestDebugPauseCron(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	eventually(t, "a tick", func() bool { return s.cronNs.Load() > 0 })
	want(t, "pause", w.do("DEBUG PAUSE-CRON 1"), "+OK\r\n")
	time.Sleep(150 * time.Millisecond)
	before := s.cronNs.Load()
	time.Sleep(250 * time.Millisecond)
	if after := s.cronNs.Load(); after != before {
		t.Error("cron runs on")
	}
	want(t, "go on", w.do("DEBUG PAUSE-CRON 0"), "+OK\r\n")
	eventually(t, "a tick", func() bool { return s.cronNs.Load() > before })
}

func TestDebugClientEviction(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "without a limit", w.do("DEBUG CLIENT-EVICTION"), "-ERR maxmemory-clients is disabled.\r\n")
	w.do("CONFIG SET maxmemory-clients 100mb")
	got := w.do("DEBUG CLIENT-EVICTION")
	lines := strings.Split(strings.TrimSpace(got), "\n")[1:]
	if len(lines) != clientClasses {
		t.Fatalf("%d lines: %q", len(lines), got)
	}
	for _, c := range []struct {
		line int
		form string
	}{
		{0, `^bucket          0 -      32767: tot-mem:  +\d+, clients: 1$`},
		{1, `^bucket      32768 -      65535: tot-mem:          0, clients: 0$`},
		{18, `^bucket 4294967296\+            : tot-mem:          0, clients: 0$`},
	} {
		if !regexp.MustCompile(c.form).MatchString(lines[c.line]) {
			t.Errorf("line %d is %q", c.line, lines[c.line])
		}
	}
	for n, class := range map[int64]int{0: 0, 32767: 0, 32768: 1, 65535: 1, 65536: 2, 1<<32 - 1: 17, 1 << 32: 18, 1 << 50: 18} {
		if got := clientClass(n); got != class {
			t.Errorf("%d bytes: class %d, want %d", n, got, class)
		}
	}
}

func TestDebugStructsize(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	if got := dial(t, addr).do("DEBUG STRUCTSIZE"); !regexp.MustCompile(`bits:\d+ client:\d+ `).MatchString(got) {
		t.Errorf("%q", got)
	}
}
