package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestDebugObject(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes", "--rdbcompression", "no")
	w := dial(t, addr)
	want(t, "DEBUG OBJECT", w.do("DEBUG OBJECT nosuch"), "-ERR no such key\r\n")
	for value, c := range map[string]struct {
		length int
		fields string
	}{
		"12":                       {2, "refcount:2147483647 encoding:int"},
		"-300":                     {3, "refcount:1 encoding:int"},
		"100000":                   {5, "refcount:1 encoding:int"},
		"12345678901":              {12, "refcount:1 encoding:int"},
		"0012":                     {5, "refcount:1 encoding:embstr"},
		strings.Repeat("x", 63):    {64, "refcount:1 encoding:raw"},
		strings.Repeat("x", 64):    {66, "refcount:1 encoding:raw"},
		strings.Repeat("x", 1<<14): {5 + 1<<14, "refcount:1 encoding:raw"},
	} {
		w.do("SET k " + value)
		form := fmt.Sprintf(`^\+Value at:0x[0-9a-f]+ %s serializedlength:%d lru:\d+ lru_seconds_idle:0\r\n$`, c.fields, c.length)
		if got := w.do("DEBUG OBJECT k"); !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("%.20q: %q", value, got)
		}
	}
	w.do("CONFIG SET rdbcompression yes")
	w.do("SET string " + strings.Repeat("x", 50))
	w.do("SADD integers 1 2")
	w.do("HSET hash a 1")
	for key, length := range map[string]string{"string": "8", "integers": "13", "hash": "13"} { // as redis-server says, but for its 12 of the string
		_, rest, _ := strings.Cut(w.do("DEBUG OBJECT "+key), "serializedlength:")
		got, _, _ := strings.Cut(rest, " ")
		want(t, key, got, length)
	}
	// INCR works in place.
	w.do("SET n 20000")
	before, _, _ := strings.Cut(w.do("DEBUG OBJECT n"), " ref")
	w.do("INCR n")
	after, _, _ := strings.Cut(w.do("DEBUG OBJECT n"), " ref")
	want(t, "the address after INCR", after, before)
}

func TestDebugSdslen(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("SET i 12")
	w.do("SET short hello")
	w.do("SET long " + strings.Repeat("x", 3000))
	w.do("APPEND long x")
	for _, c := range []struct{ do, want string }{
		{"DEBUG SDSLEN nosuch", `-ERR no such key`},
		{"DEBUG SDSLEN i", `-ERR Not an sds encoded string\.`},
		{"DEBUG SDSLEN short", `\+key_sds_len:5, key_sds_avail:0, key_zmalloc: \d+, val_sds_len:5, val_sds_avail:0, val_zmalloc: 0`},
		{"DEBUG SDSLEN long", `\+key_sds_len:4, key_sds_avail:0, key_zmalloc: \d+, val_sds_len:3001, val_sds_avail:[1-9]\d*, val_zmalloc: [3-9]\d\d\d`},
	} {
		if got := w.do(c.do); !regexp.MustCompile("^" + c.want + "\r\n$").MatchString(got) {
			t.Errorf("%s: %q", c.do, got)
		}
	}
}

// TestDebugDigest: the digests are those of redis-server 7.0.15.
func TestDebugDigest(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "of nothing", w.do("DEBUG DIGEST"), "+"+strings.Repeat("0", 40)+"\r\n")
	w.do("DEBUG POPULATE 10 a 20")
	want(t, "DEBUG DIGEST", w.do("DEBUG DIGEST"), "+eeb9da43d3435a24d187583b124e49db783b95a6\r\n")
	want(t, "DEBUG DIGEST-VALUE", w.do("DEBUG DIGEST-VALUE a:1 b"), "*2\r\n+8c4826742fd0dcf962fcc3939bf6132aabbe7a38\r\n+"+strings.Repeat("0", 40)+"\r\n")
	want(t, "DEBUG DIGEST-VALUE", w.do("DEBUG DIGEST-VALUE"), "*0\r\n")
}

func TestDebugPopulate(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w, watcher := dial(t, addr), dial(t, addr)
	for _, c := range []struct{ do, want string }{
		{"SET key:1 mine", "+OK\r\n"},
		{"DEBUG POPULATE 3", "+OK\r\n"},
		{"MGET key:0 key:1 key:2 key:3", "*4\r\n$7\r\nvalue:0\r\n$4\r\nmine\r\n$7\r\nvalue:2\r\n$-1\r\n"},
		{"DEBUG POPULATE 1 p 3", "+OK\r\n"},
		{"DEBUG POPULATE 1 q 9", "+OK\r\n"},
		{"MGET p:0 q:0", "*2\r\n$3\r\nval\r\n$9\r\nvalue:0\x00\x00\r\n"},
		{"DEBUG POPULATE x", "-ERR value is out of range, must be positive\r\n"},
		{"DEBUG POPULATE -1", "-ERR value is out of range, must be positive\r\n"},
		{"DEBUG POPULATE 1 p x", "-ERR value is out of range, must be positive\r\n"},
		{"DEBUG POPULATE 1 r 600000000", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n"},
	} {
		want(t, c.do, w.do(c.do), c.want)
	}
	// It is a change for those who watch, and works inside EXEC.
	watcher.do("WATCH new:1")
	watcher.do("MULTI")
	w.send("MULTI", "DEBUG POPULATE 2 new", "DEBUG OBJECT new:1", "DEBUG DIGEST", "DEBUG DIGEST-VALUE new:1", "DEBUG HTSTATS 0", "EXEC")
	for range 6 {
		w.reply()
	}
	if got := w.reply(); !strings.HasPrefix(got, "*5\r\n+OK\r\n+Value at:") {
		t.Errorf("EXEC: %q", got)
	}
	want(t, "the watcher's EXEC", watcher.do("EXEC"), "*-1\r\n")
	if n := s.gather().dirty; n != 1 { // SET
		t.Errorf("%d changes are counted", n)
	}
}

func TestDebugHtstats(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	const none = "[Dictionary HT]\nHash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n[Expires HT]\nIndex of deadlines:\nNo stats available for empty dictionaries\n"
	want(t, "of nothing", w.do("DEBUG HTSTATS 15"), fmt.Sprintf("$%d\r\n%s\r\n", len(none), none))
	w.do("DEBUG POPULATE 100")
	w.do("EXPIRE key:1 100")
	if got := w.do("DEBUG HTSTATS 0"); !regexp.MustCompile(`table size: \d+\n number of elements: 100\n\[Expires HT\]\nIndex of deadlines:\n number of elements: 1\n`).MatchString(got) {
		t.Errorf("%q", got)
	}
	if got := w.do("DEBUG HTSTATS 0 full"); !regexp.MustCompile(` segments: \d+\n bytes: \d+\n load: 0\.\d\d\n`).MatchString(got) {
		t.Errorf("%q", got)
	}
	for do, reply := range map[string]string{
		"DEBUG HTSTATS x":          "-ERR value is not an integer or out of range\r\n",
		"DEBUG HTSTATS 16":         "-ERR Out of range database\r\n",
		"DEBUG HTSTATS -1":         "-ERR Out of range database\r\n",
		"DEBUG HTSTATS-KEY nosuch": "-ERR no such key\r\n",
		"DEBUG HTSTATS-KEY key:1":  "-ERR The value stored at the specified key is not represented using an hash table\r\n",
	} {
		want(t, do, w.do(do), reply)
	}
}
