package server

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/internal/num"
)

// lookupsServer counts each use of a key, and tells of keys that are not found.
func lookupsServer(t *testing.T) (w, sub *wire, s *Server) {
	s, addr := startServer(t, "--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0", "--lfu-decay-time", "0",
		"--notify-keyspace-events", "EAmn", "--enable-debug-command", "yes")
	w, sub = dial(t, addr), dial(t, addr)
	sub.do("PSUBSCRIBE *")
	return w, sub, s
}

// told runs commands and returns what was published meanwhile: "event key", joined by commas.
func told(w, sub *wire, lines ...string) string {
	w.send("CLIENT REPLY OFF") // the replies are long
	w.send(append(lines, "PUBLISH end x", "CLIENT REPLY ON")...)
	w.reply()
	var got []string
	for {
		channel, key := sub.event()
		if channel == "end" {
			return strings.Join(got, ", ")
		}
		got = append(got, strings.TrimPrefix(channel, "__keyevent@0__:")+" "+key)
	}
}

// freq is OBJECT FREQ of a key, 0 if there is none.
func (w *wire) freq(key string) int64 {
	n, _ := num.ParseInt([]byte(strings.Trim(w.do("OBJECT FREQ "+key), ":\r\n")))
	return n
}

// TestUsedOnceOnWorkers: a command that begins on a loop and goes to a worker uses each key as often as if it had stayed, and tells once what it
// does not find. So does one that is prepared.
func TestUsedOnceOnWorkers(t *testing.T) {
	w, sub, s := lookupsServer(t)
	add := func(command, key string, n int, element func(i int) string) {
		args := []string{command, key}
		for i := range n {
			args = append(args, strings.Fields(element(i))...)
		}
		w.write(encoded(args...))
		w.reply()
	}
	const n = 30000
	number := func(i int) string { return strconv.Itoa(i) }
	pair := func(i int) string { return strconv.Itoa(i) + " m" + strconv.Itoa(i) }
	long := strings.Repeat("x", 5<<20)
	add("ZADD", "z", n, pair)
	add("SADD", "s", n, pair)
	add("RPUSH", "l", n, number)
	add("GEOADD", "g", n, func(i int) string { return fmt.Sprintf("%f 38 m%d", 13+float64(i)/n, i) })
	w.write(encoded("SET", "str", long))
	w.reply()
	w.write(encoded("HSET", "h", "f", long))
	w.reply()
	w.write(encoded("RPUSH", "el", long))
	w.reply()
	told(w, sub)
	for _, c := range []struct {
		line, key          string
		used, hits, misses int64
		told               string
	}{
		{"GET str", "str", 1, 1, 0, ""},
		{"GETRANGE str 0 -1", "str", 1, 1, 0, ""},
		{"MGET nosuch str str", "str", 2, 2, 1, "keymiss nosuch"},
		{"GETEX str PERSIST", "str", 1, 1, 0, ""},
		{"SETBIT str 80000000 1", "str", 1, 0, 0, "setbit str"},
		{"BITCOUNT str", "str", 1, 1, 0, ""},
		{"HGET h f", "h", 1, 1, 0, ""},
		{"LRANGE l 0 -1", "l", 1, 1, 0, ""},
		{"LREM el 0 nosuch", "el", 1, 0, 0, ""},
		{"LMOVE el el LEFT RIGHT", "el", 2, 0, 0, "rpush el, lpop el"},
		{"SORT l", "l", 1, 1, 0, ""},
		{"SORT l STORE d", "l", 1, 1, 0, "new d, sortstore d"},
		{"SORT l STORE d", "d", 1, 1, 0, "sortstore d"},
		{"SORT s STORE d", "s", 1, 1, 0, ""}, // an error
		{"ZRANGE z 0 -1", "z", 1, 1, 0, ""},
		{"ZRANGESTORE d z 0 -1", "z", 1, 1, 0, "zrangestore d"},
		{"ZRANGESTORE z z 0 -1", "z", 2, 1, 0, "zrangestore z"},
		{"ZUNION 3 nosuch z nosuch2", "z", 1, 1, 2, "keymiss nosuch, keymiss nosuch2"},
		{"ZINTERCARD 2 z z", "z", 2, 2, 0, ""},
		{"ZUNIONSTORE d 3 nosuch z z", "z", 2, 2, 1, "keymiss nosuch, zunionstore d"},
		{"ZUNIONSTORE new 2 z nosuch", "z", 1, 1, 1, "keymiss nosuch, new new, zunionstore new"},
		{"ZDIFFSTORE d 2 z nosuch", "z", 1, 1, 1, "keymiss nosuch, zdiffstore d"},
		{"ZUNIONSTORE d 3 nosuch z l", "z", 1, 2, 1, "keymiss nosuch"}, // an error
		{"SUNION nosuch s", "s", 1, 1, 1, "keymiss nosuch"},
		{"SUNIONSTORE d nosuch s", "s", 1, 1, 1, "keymiss nosuch, sunionstore d"},
		{"SDIFFSTORE s s nosuch", "s", 2, 1, 1, "keymiss nosuch, sdiffstore s"},
		{"GEOSEARCH g FROMLONLAT 13 38 BYRADIUS 900 km", "g", 1, 1, 0, ""},
		{"GEOSEARCHSTORE d g FROMLONLAT 13 38 BYRADIUS 900 km", "g", 1, 1, 0, "geosearchstore d"},
		{"ZPOPMIN z 29000", "z", 1, 0, 0, "zpopmin z"},
		{"LPOP l 29000", "l", 1, 0, 0, "lpop l"},
	} {
		freq, before := w.freq(c.key), s.gather()
		got := told(w, sub, c.line)
		after := s.gather()
		if got != c.told {
			t.Errorf("%s told %q, want %q", c.line, got, c.told)
		}
		if used := w.freq(c.key) - freq; used != c.used {
			t.Errorf("%s used %s %d times, want %d", c.line, c.key, used, c.used)
		}
		if h, m := after.hits-before.hits, after.misses-before.misses; h != c.hits || m != c.misses {
			t.Errorf("%s: %d hits and %d misses, want %d and %d", c.line, h, m, c.hits, c.misses)
		}
	}
}

// TestCountedLookups: SCAN ... TYPE looks up what MATCH lets pass, and of DEBUG what shows the inside of a value counts as OBJECT does.
func TestCountedLookups(t *testing.T) {
	w, sub, s := lookupsServer(t)
	w.do("DEBUG SET-ACTIVE-EXPIRE 0")
	lapse := func() {
		w.do("FLUSHALL")
		w.do("MSET a1 x a2 x b x")
		w.do("RPUSH l x")
		w.do("PSETEX a3 1 x")
		w.do("PSETEX c 1 x")
		time.Sleep(3 * time.Millisecond)
		told(w, sub)
	}
	for _, c := range []struct {
		line               string
		hits, misses, left int64
		told               string
	}{
		{"SCAN 0", 0, 0, 4, ""},
		{"SCAN 0 MATCH a*", 0, 0, 5, "expired a3"},
		{"SCAN 0 TYPE string", 4, 2, 4, ""},
		{"SCAN 0 TYPE list MATCH a*", 2, 1, 5, "expired a3"},
		{"SCAN 0 TYPE nosuch MATCH l", 1, 0, 6, ""},
		{"KEYS *", 0, 0, 6, ""},
		{"DEBUG LISTPACK l", 1, 0, 6, ""},
		{"DEBUG QUICKLIST nosuch", 0, 1, 6, ""},
		{"DEBUG HTSTATS-KEY l", 1, 0, 6, ""},
		{"DEBUG OBJECT l", 0, 0, 6, ""},
		{"OBJECT ENCODING nosuch", 0, 1, 6, ""},
	} {
		lapse()
		before := s.gather()
		got := told(w, sub, c.line)
		after := s.gather()
		if c.told != "" && got != c.told {
			t.Errorf("%s told %q, want %q", c.line, got, c.told)
		}
		if h, m := after.hits-before.hits, after.misses-before.misses; h != c.hits || m != c.misses {
			t.Errorf("%s: %d hits and %d misses, want %d and %d", c.line, h, m, c.hits, c.misses)
		}
		if n := s.keyCount(); n != c.left {
			t.Errorf("%s: %d keys are left, want %d", c.line, n, c.left)
		}
	}
}
