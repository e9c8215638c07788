package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

func TestSetMembers(t *testing.T) {
	h := newHarness(t)
	h.want("SADD s b a b", ":2")
	h.wantEvents("sadd s")
	if h.dirty != 2 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("SADD s a", ":0")
	h.wantEvents("")
	h.want("SCARD s", ":2")
	h.want("SMEMBERS s", "*2 $1 b $1 a")
	h.want("SISMEMBER s a", ":1")
	h.want("SMISMEMBER s a x b", "*3 :1 :0 :1")
	h.want("SREM s x y", ":0")
	h.wantEvents("")
	h.want("SREM s x a", ":1")
	h.wantEvents("srem s")
	h.want("SREM s b c d", ":1")
	h.wantEvents("srem s")
	h.want("EXISTS s", ":0")
	h.want("SADD i 3 1 2", ":3")
	h.want("SMEMBERS i", "*3 $1 1 $1 2 $1 3")
	h.proto = 3
	h.want("SMEMBERS i", "~3 $1 1 $1 2 $1 3")
	h.want("SINTER i i", "~3 $1 1 $1 2 $1 3")
	h.want("SUNION none", "~0")
	h.want("SPOP i 0", "~0")
	h.want("SPOP i 3", "~3 $1 1 $1 2 $1 3")
	h.want("SPOP i", "_")
	h.want("SRANDMEMBER i", "_")
	h.want("SRANDMEMBER i 3", "*0")
	h.want("SMISMEMBER i 1", "*1 :0")
}

// events are what setEvents collects: all, also those that stand for no change of their own.
func setEvents(h *harness) func(want string) {
	var got []string
	h.env.KeyEvent = func(c *Ctx, db int, k store.Key, class EventClass, event string, changed bool) {
		if class != EventKeyMiss && event != "" {
			got = append(got, event+" "+string(k.B))
		}
	}
	return func(want string) {
		h.t.Helper()
		if s := strings.Join(got, ", "); s != want {
			h.t.Errorf("events %q, want %q", s, want)
		}
		got = nil
	}
}

func TestSetEvents(t *testing.T) {
	h := newHarness(t)
	want := setEvents(h)
	for _, c := range []struct {
		line, reply, events string
		dirty               int64
	}{
		{"SADD a 1 2 3", ":3", "sadd a", 3},
		{"SREM a 1 2", ":2", "srem a", 2},
		{"SREM a 3", ":1", "srem a, del a", 1},
		{"SADD a 1", ":1", "sadd a", 1},
		{"SPOP a", "$1 1", "spop a, del a", 1},
		{"SADD a 1 2 3", ":3", "sadd a", 3},
		{"SPOP a 0", "*0", "", 0},
		{"SPOP a 5", "*3 $1 1 $1 2 $1 3", "spop a, del a", 3},
		{"SADD a 1 2", ":2", "sadd a", 2},
		{"SADD b 1", ":1", "sadd b", 1},
		{"SMOVE a b 3", ":0", "", 0},
		{"SMOVE a b 1", ":1", "srem a", 1},
		{"SMOVE a c 2", ":1", "srem a, del a, sadd c", 2},
		{"SMOVE c c 2", ":1", "", 0},
		{"SMOVE c c 3", ":0", "", 0},
		{"SINTERSTORE d b c", ":0", "", 0},
		{"SUNIONSTORE d b c", ":2", "sunionstore d", 1},
		{"SDIFFSTORE d d b", ":1", "sdiffstore d", 1},
		{"SINTERSTORE d d d", ":1", "sinterstore d", 1},
		{"SDIFFSTORE d d d", ":0", "del d", 1},
		{"SUNIONSTORE d none", ":0", "", 0},
	} {
		h.want(c.line, c.reply)
		want(c.events)
		if h.dirty != c.dirty {
			t.Errorf("%s: dirty %d, want %d", c.line, h.dirty, c.dirty)
		}
	}
}

func TestSetCommandErrors(t *testing.T) {
	h := newHarness(t)
	h.run("SET", "str", "v")
	h.run("SADD", "s", "a", "b")
	const wrong = "-WRONGTYPE Operation against a key holding the wrong kind of value"
	const integer = "-ERR value is not an integer or out of range"
	for _, c := range [][2]string{
		{"SADD str a", wrong}, {"SREM str a", wrong}, {"SISMEMBER str a", wrong}, {"SMISMEMBER str a", wrong},
		{"SCARD str", wrong}, {"SMEMBERS str", wrong}, {"SPOP str", wrong}, {"SPOP str 0", wrong},
		{"SPOP str -1", "-ERR value is out of range, must be positive"}, {"SPOP s x", "-ERR value is out of range, must be positive"},
		{"SPOP s 1 2", "-ERR syntax error"}, {"SRANDMEMBER s 1 2", "-ERR syntax error"},
		{"SRANDMEMBER str", wrong}, {"SRANDMEMBER str x", integer},
		{"SRANDMEMBER none -9223372036854775808",
			"-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"},
		{"SMOVE str s a", wrong}, {"SMOVE s str a", wrong}, {"SMOVE s str x", wrong}, {"SMOVE none str x", ":0"},
		{"SINTER none str", wrong}, {"SUNION s str", wrong}, {"SDIFF none str", wrong},
		{"SINTERSTORE d s str", wrong}, {"SUNIONSTORE d str", wrong}, {"SDIFFSTORE d s none str", wrong},
		{"SINTERCARD 0 s", "-ERR numkeys should be greater than 0"}, {"SINTERCARD x s", "-ERR numkeys should be greater than 0"},
		{"SINTERCARD 2 s", "-ERR Number of keys can't be greater than number of args"},
		{"SINTERCARD 1 s x", "-ERR syntax error"}, {"SINTERCARD 1 s LIMIT", "-ERR syntax error"},
		{"SINTERCARD 1 s LIMIT -1", "-ERR LIMIT can't be negative"}, {"SINTERCARD 1 s LIMIT 1", ":1"},
		{"SSCAN s x", "-ERR invalid cursor"}, {"SSCAN s 0 COUNT 0", "-ERR syntax error"}, {"SSCAN s 0 COUNT x", integer},
		{"SSCAN s 0 MATCH", "-ERR syntax error"}, {"SSCAN s 0 TYPE set", "-ERR syntax error"}, {"SSCAN str 0 FOO", wrong},
		{"SSCAN none 0 FOO", "*2 $1 0 *0"},
	} {
		h.want(c[0], c[1])
	}
	h.want("SCARD s", ":2")
	h.want("EXISTS d", ":0")
}

// reply splits an array or set of bulk strings.
func reply(t *testing.T, s string) (items []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n")
	for i := 2; i < len(lines); i += 2 {
		items = append(items, lines[i])
	}
	if n, err := strconv.Atoi(lines[0][1:]); err != nil || n != len(items) {
		t.Fatalf("%d items after %q", len(items), lines[0])
	}
	return items
}

// TestBigSetCommands are those that leave the event loop: workers, Prepare, replies in pieces.
func TestBigSetCommands(t *testing.T) {
	h := newHarness(t)
	const n = 40000
	add := func(key string, from, to int) {
		args := []string{"SADD", key}
		for i := from; i < to; i++ {
			args = append(args, "member:"+strconv.Itoa(i))
		}
		if got := h.run(args...); got != fmt.Sprintf(":%d\r\n", to-from) {
			t.Fatalf("SADD: %q", got)
		}
	}
	add("a", 0, n)
	add("b", n/2, n+n/2)
	h.want("SINTERCARD 2 a b", fmt.Sprintf(":%d", n/2))
	h.want("SINTERCARD 2 a b LIMIT 7", ":7")
	for _, c := range []struct {
		cmd, store string
		want       int
	}{{"SINTER", "SINTERSTORE", n / 2}, {"SUNION", "SUNIONSTORE", n + n/2}, {"SDIFF", "SDIFFSTORE", n / 2}} {
		got := reply(t, h.run(c.cmd, "a", "b"))
		slices.Sort(got)
		if got = slices.Compact(got); len(got) != c.want {
			t.Errorf("%s: %d members, want %d", c.cmd, len(got), c.want)
		}
		h.want(c.store+" d a b", fmt.Sprintf(":%d", c.want))
		h.want("SCARD d", fmt.Sprintf(":%d", c.want))
		stored := reply(t, h.run("SMEMBERS", "d"))
		slices.Sort(stored)
		if !slices.Equal(stored, got) {
			t.Errorf("%s: stored %d members, replied %d", c.store, len(stored), len(got))
		}
	}
	if got := reply(t, h.run("SRANDMEMBER", "a", strconv.Itoa(n-1))); len(got) != n-1 {
		t.Errorf("SRANDMEMBER: %d", len(got))
	}
	if got := reply(t, h.run("SRANDMEMBER", "a", "-100000")); len(got) != 100000 {
		t.Errorf("SRANDMEMBER: %d", len(got))
	}
	first := reply(t, h.run("SPOP", "a", strconv.Itoa(n-10)))
	rest := reply(t, h.run("SMEMBERS", "a"))
	all := append(first, rest...)
	slices.Sort(all)
	if len(rest) != 10 || len(slices.Compact(all)) != n {
		t.Errorf("SPOP took %d and left %d of %d", len(first), len(rest), n)
	}
	h.want("OBJECT ENCODING a", "$8 listpack")
	h.want("SREM b "+strings.Join(reply(t, h.run("SMEMBERS", "b")), " "), fmt.Sprintf(":%d", n))
	h.want("EXISTS b", ":0")
}

// TestSetPrepare: a result is made beside the sources and then installed, or freed.
func TestSetPrepare(t *testing.T) {
	h := newHarness(t)
	h.run("SADD", "a", "1", "2", "x")
	h.run("SADD", "b", "2", "3")
	args := [][]byte{[]byte("SUNIONSTORE"), []byte("d"), []byte("a"), []byte("b")}
	s := h.table.Resolve(args)
	c := &Ctx{Args: args, Spec: s, Env: h.env, DB: h.store.DB(0, h.now), Keys: h.keys(s, args)}
	if err := s.Prepare(c); err != nil || c.Prepared.Value == nil {
		t.Fatalf("Prepare: %v", err)
	}
	h.want("EXISTS d", ":0")
	c.Prepared.Drop()
	if err := s.Prepare(c); err != nil {
		t.Fatal(err)
	}
	h.want("DEL a b", ":2")
	h.want("SET d v", "+OK")
	func() {
		c.Reply = &resp.Writer{Proto: 2}
		defer h.lock(s, c.Args, c.Keys)()
		if err := s.Handler(c); err != nil || string(c.Reply.Buf) != ":4\r\n" {
			t.Errorf("%q, %v", c.Reply.Buf, err)
		}
	}()
	h.want("SCARD d", ":4")
	h.run("SET", "a", "v")
	if err := s.Prepare(c); err != ErrWrongType || c.Prepared.Value != nil {
		t.Errorf("Prepare of a string: %v", err)
	}
}

func TestSscan(t *testing.T) {
	h := newHarness(t)
	h.want("SSCAN none 0", "*2 $1 0 *0")
	h.run("SADD", "i", "1", "2", "3")
	h.want("SSCAN i 0 COUNT 1", "*2 $1 0 *3 $1 1 $1 2 $1 3")
	h.want("SSCAN i 0 MATCH [13] COUNT 1", "*2 $1 0 *2 $1 1 $1 3")
	args := []string{"SADD", "s"}
	for i := range 3000 {
		args = append(args, fmt.Sprintf("member:%d", i))
	}
	h.run(args...)
	seen := map[string]bool{}
	calls, cursor := 0, "0"
	for first := true; first || cursor != "0"; first = false {
		lines := strings.Split(h.run("SSCAN", "s", cursor, "COUNT", "100", "MATCH", "*:*"), "\r\n")
		cursor = lines[2]
		for i := 5; i < len(lines); i += 2 {
			if seen[lines[i]] {
				t.Fatalf("%q came twice", lines[i])
			}
			seen[lines[i]] = true
		}
		calls++
	}
	if len(seen) != 3000 || calls < 20 || calls > 31 {
		t.Errorf("%d members in %d calls", len(seen), calls)
	}
}
