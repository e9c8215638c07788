package server

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"radish/store"
)

func TestMemoryUsage(t *testing.T) {
	_, clients := newTestServer(t, 1)
	cl := clients[0]
	run(cl, "set", "k", strings.Repeat("x", 10_000))
	for _, c := range []struct {
		do   string
		want string
	}{
		{"memory usage nosuch", "$-1\r\n"},
		{"memory usage k samples x", "-ERR value is not an integer or out of range\r\n"},
		{"memory usage k samples -1", "-ERR syntax error\r\n"},
		{"memory usage k samples", "-ERR syntax error\r\n"},
		{"memory usage k nosuch 1", "-ERR syntax error\r\n"},
		{"memory usage", "-ERR wrong number of arguments for 'memory|usage' command\r\n"},
	} {
		want(t, c.do, run(cl, strings.Fields(c.do)...), c.want)
	}
	for _, do := range []string{"memory usage k", "memory usage k samples 0", "memory usage k samples 5 samples 7"} {
		got := run(cl, strings.Fields(do)...)
		if n, _ := strconv.Atoi(strings.TrimSpace(got[1:])); n < 10_000 || n > 12_000 {
			t.Errorf("%s: %q", do, got)
		}
	}
}

// number is the integer after a field's name in a RESP2 map.
func number(reply, name string) int64 {
	_, rest, ok := strings.Cut(reply, "\r\n"+name+"\r\n:")
	if !ok {
		return -1
	}
	text, _, _ := strings.Cut(rest, "\r\n")
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

func TestMemoryStats(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	empty := w.do("MEMORY STATS")
	w.do("DEBUG POPULATE 1000 key 100")
	w.do("SELECT 3")
	w.do("SET k v EX 1000")
	full := w.do("MEMORY STATS")
	if !strings.HasPrefix(empty, "*54\r\n$14\r\npeak.allocated\r\n:") || !strings.HasPrefix(full, "*58\r\n") {
		t.Fatalf("the maps begin with %.40q and %.40q", empty, full)
	}
	if a, b := number(empty, "total.allocated"), number(full, "total.allocated"); b-a < 100_000 || b-a > 300_000 {
		t.Errorf("1000 keys of 100 bytes take %d bytes", b-a)
	}
	if n := number(full, "keys.count"); n != 1001 {
		t.Errorf("%d keys", n)
	}
	if n := number(full, "keys.bytes-per-key"); n < 100 || n > 300 {
		t.Errorf("%d bytes a key", n)
	}
	if n := number(full, "dataset.bytes"); n < 100_000 || n > 250_000 {
		t.Errorf("%d bytes of data", n)
	}
	for _, db := range []string{"db.0", "db.3"} {
		if !regexp.MustCompile(regexp.QuoteMeta(db) + `\r\n\*6\r\n\$23\r\noverhead.hashtable.main\r\n:[1-9]\d*\r\n\$26\r\noverhead.hashtable.expires\r\n:\d+\r\n\$31\r\noverhead.hashtable.slot-to-keys\r\n:0\r\n`).MatchString(full) {
			t.Errorf("no %s in %q", db, full)
		}
	}
	w.do("HELLO 3")
	if got := w.do("MEMORY STATS"); !regexp.MustCompile(`^%29\r\n(?s:.*)\$18\r\ndataset.percentage\r\n,[\d.]+\r\n`).MatchString(got) {
		t.Errorf("in RESP3: %q", got)
	}
}

func TestMemoryPurgeGivesPagesBack(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("DEBUG POPULATE 300000 key 100")
	before := s.store.Stats().PageBytes
	db := s.store.DB(0, 1)
	for i := range 300_000 {
		if k := s.store.Key(fmt.Append(nil, "key:", i)); i%10 != 0 {
			s.store.Lock(s.store.ShardOf(k.H))
			db.Delete(k)
			s.store.Unlock(s.store.ShardOf(k.H))
		}
	}
	want(t, "MEMORY PURGE", w.do("MEMORY PURGE"), "+OK\r\n")
	if after := s.store.Stats().PageBytes; after > before/3 {
		t.Errorf("%d bytes of pages, before %d", after, before)
	}
	// Inside EXEC all shards are locked, which must not lock anybody out for ever.
	w.send("MULTI", "SET a b", "MEMORY PURGE", "MEMORY MALLOC-STATS", "MEMORY DOCTOR", "EXEC")
	for range 5 {
		w.reply()
	}
	if got := w.reply(); !strings.HasPrefix(got, "*4\r\n+OK\r\n+OK\r\n$") {
		t.Errorf("EXEC: %.200q", got)
	}
}

func TestMallocStats(t *testing.T) {
	text := mallocStats(store.Stats{Used: 1000, PageBytes: 65536}, []store.ChunkClass{{Size: 64, PageBytes: 65536, Pages: 1, Chunks: 1023, Used: 500}}, 7)
	for _, line := range []string{"used: 1000", "held: 65536, of these mappings of their own: 7", "      64    65536        1         1023          500    0.488"} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in %s", line, text)
		}
	}
}

func TestMemoryReport(t *testing.T) {
	const mb = 1 << 20
	fine := memoryUse{used: 100 * mb, peak: 100 * mb, active: 105 * mb, resident: 105 * mb, rss: 110 * mb}
	for says, change := range map[string]func(m *memoryUse){
		"Nothing is wrong": func(*memoryUse) {},
		"hardly anything":  func(m *memoryUse) { m.used = mb },
		"Peak":             func(m *memoryUse) { m.peak = 151 * mb },
		"Resident memory":  func(m *memoryUse) { m.rss = 141 * mb },
		"Fragmentation":    func(m *memoryUse) { m.active = 111 * mb },
		"Overhead":         func(m *memoryUse) { m.rss = 120 * mb },
		"Clients":          func(m *memoryUse) { m.clients = 3 * 201 << 10 },
	} {
		m := fine
		change(&m)
		if got := memoryReport(m, 3); !strings.Contains(got, says) {
			t.Errorf("no %q in %q", says, got)
		}
	}
}
