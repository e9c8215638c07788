package server

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"radish/config"
)

// TestEvictionTime: the times are those of redis-server.
func TestEvictionTime(t *testing.T) {
	for tenacity, want := range map[int]time.Duration{0: 0, 1: 50 * time.Microsecond, 10: 500 * time.Microsecond, 11: 575 * time.Microsecond, 100: math.MaxInt64} {
		if got := evictionTime(tenacity); got != want {
			t.Errorf("%d: %v, want %v", tenacity, got, want)
		}
	}
	if got := evictionTime(99); got < 100*time.Second || got > 250*time.Second {
		t.Errorf("99: %v", got)
	}
}

func TestMaxMemory(t *testing.T) {
	s, clients := newTestServer(t, 1)
	cl := clients[0]
	set := func(pairs ...string) {
		t.Helper()
		var p [][2]string
		for i := 0; i < len(pairs); i += 2 {
			p = append(p, [2]string{pairs[i], pairs[i+1]})
		}
		if err := s.cfg.Set(p, config.SetOptions{Local: true}); err != nil {
			t.Fatal(err)
		}
	}
	limit := s.usedMemory() + 200<<10
	set("maxmemory", fmt.Sprint(limit), "latency-monitor-threshold", "1")
	value := strings.Repeat("x", 900)
	refused := 0
	for i := range 400 {
		switch got := run(cl, "set", fmt.Sprint("k", i), value); got {
		case "+OK\r\n":
		case "-" + string(errOOM) + "\r\n":
			refused++
		default:
			t.Fatal(got)
		}
	}
	if refused < 100 || s.usedMemory() > limit+4096 {
		t.Fatalf("%d commands refused, %d bytes used of %d", refused, s.usedMemory(), limit)
	}
	want(t, "GET", run(cl, "get", "nosuch"), "$-1\r\n")
	set("maxmemory-policy", "allkeys-lru")
	for i := range 400 {
		want(t, "SET", run(cl, "set", fmt.Sprint("l", i), value), "+OK\r\n")
	}
	if s.usedMemory() > limit+4096 || s.evictedKeys.Load() < 100 {
		t.Fatalf("%d keys evicted, %d bytes used of %d", s.evictedKeys.Load(), s.usedMemory(), limit)
	}

	// Small integers count as shared, but not where each has an access time of its own.
	run(cl, "set", "n", "1")
	want(t, "OBJECT REFCOUNT", run(cl, "object", "refcount", "n"), ":1\r\n")
	set("maxmemory-policy", "allkeys-random")
	want(t, "OBJECT REFCOUNT", run(cl, "object", "refcount", "n"), ":2147483647\r\n")
}

// TestKeysDoNotPayForClients: what clients hold beyond maxmemory-clients evicts clients, not keys.
func TestKeysDoNotPayForClients(t *testing.T) {
	s, _ := newTestServer(t, 1)
	v := *s.cfg.Load()
	v.MaxMemory, v.MaxMemoryClients = s.usedMemory()+1<<20, 500_000
	s.clientMem.Add(10_000_000)
	if got := s.evictable(&v); got > v.MaxMemory {
		t.Errorf("%d bytes are said to be evictable, limit %d", got, v.MaxMemory)
	}
	v.MaxMemoryClients = 0
	if got := s.evictable(&v); got != s.usedMemory() {
		t.Errorf("%d bytes are said to be evictable, used %d", got, s.usedMemory())
	}
}

func TestEvictionInTheBackground(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("DEBUG POPULATE 20000 k 100")
	limit := s.usedMemory() - 1<<20
	want(t, "CONFIG SET", w.do(fmt.Sprintf("CONFIG SET maxmemory %d maxmemory-policy allkeys-random", limit)), "+OK\r\n")
	eventually(t, "memory is below the limit", func() bool { return s.usedMemory() <= limit })
	eventually(t, "eviction ends", func() bool { total, current := s.exceeded(); return total > 0 && current == 0 })
}

// TestExceeded: the time counts while nothing may be evicted, too, and more room ends it.
func TestExceeded(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("CONFIG SET maxmemory 1")
	if got := w.do("SET k w"); !strings.HasPrefix(got, "-OOM") {
		t.Fatalf("SET: %q", got)
	}
	eventually(t, "it is exceeded", func() bool { return savedField(w, "stats", "current_eviction_exceeded_time") != "0" })
	w.do("CONFIG SET maxmemory 0")
	eventually(t, "it is not, any more", func() bool { total, current := s.exceeded(); return total > 0 && current == 0 })
	total, _ := s.exceeded()
	w.do("CONFIG SET maxmemory 1 maxmemory-policy volatile-lru")
	w.do("SET k w")
	eventually(t, "nothing is volatile", func() bool { _, current := s.exceeded(); return current > 0 })
	w.do("CONFIG SET maxmemory 1gb")
	want(t, "SET", w.do("SET k w"), "+OK\r\n")
	if now, current := s.exceeded(); now <= total || current != 0 {
		t.Errorf("%d ns after %d, %d ns still", now, total, current)
	}
	w.do("CONFIG RESETSTAT")
	want(t, "after RESETSTAT", savedField(w, "stats", "total_eviction_exceeded_time"), "0")
}
