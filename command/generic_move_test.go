package command

import (
	"strconv"
	"strings"
	"testing"
)

func splitLine(line string) []string { return strings.Fields(line) }

func TestRename(t *testing.T) {
	h := newHarness(t)
	h.want("rename a b", "-ERR no such key")
	h.want("rename a a", "-ERR no such key")
	h.want("renamenx a b", "-ERR no such key")
	h.run("set", "a", "1", "PX", "5000")
	h.run("set", "b", "2")
	h.ev = nil
	h.want("rename a a", "+OK")
	h.want("renamenx a a", ":0")
	h.want("renamenx a b", ":0")
	h.wantEvents("")
	h.want("rename a b", "+OK")
	h.wantEvents("rename_from a, rename_to b")
	if h.dirty != 1 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("get b", "$1 1")
	h.want("pttl b", ":5000")
	h.want("renamenx b c", ":1")
	h.wantEvents("rename_from b, rename_to c")
	h.want("keys *", "*1 $1 c")
	h.run("set", "d", "4")
	h.want("rename d c", "+OK")
	h.want("ttl c", ":-1")
	h.want("rename a", "-ERR wrong number of arguments for 'rename' command")
	h.want("renamenx a", "-ERR wrong number of arguments for 'renamenx' command")
}

func TestCopy(t *testing.T) {
	h := newHarness(t)
	h.want("copy a b", ":0")
	h.run("set", "a", "1", "PX", "5000")
	h.ev = nil
	h.want("copy a b", ":1")
	h.wantEvents("copy_to b")
	h.want("pttl b", ":5000")
	h.want("set a 22", "+OK")
	h.ev = nil
	h.want("copy a b", ":0")
	h.wantEvents("")
	h.want("copy a b REPLACE", ":1")
	h.wantEvents("copy_to b")
	h.want("get b", "$2 22")
	h.want("ttl b", ":-1")
	h.want("copy a a DB 3", ":1")
	h.wantEvents("copy_to a:3")
	h.want("copy a a db 3", ":0")
	h.want("copy a a db 3 replace", ":1")
	h.want("copy a c replace db 3", ":1")
	h.db = 3
	h.want("get a", "$2 22")
	h.want("get c", "$2 22")
	h.want("copy a a", "-ERR source and destination objects are the same")
	h.want("copy a a db 3", "-ERR source and destination objects are the same")
	h.want("copy nosuch nosuch", "-ERR source and destination objects are the same")
	for _, c := range []struct{ line, want string }{
		{"copy a b db", "-ERR syntax error"},
		{"copy a b foo", "-ERR syntax error"},
		{"copy a b db 16", "-ERR DB index is out of range"},
		{"copy a b db -1", "-ERR DB index is out of range"},
		{"copy a b db x", "-ERR value is not an integer or out of range"},
		{"copy a b db 3000000000", "-ERR value is out of range, value must between -2147483648 and 2147483647"},
		{"copy a", "-ERR wrong number of arguments for 'copy' command"},
	} {
		h.want(c.line, c.want)
	}
}

// TestCopyBig: a copy that is too long for an event loop.
func TestCopyBig(t *testing.T) {
	h := newHarness(t)
	big := strings.Repeat("x", 2*offloadWork)
	h.run("set", "a", big)
	h.want("copy a b", ":1")
	if got := h.run("get", "b"); len(got) != len(h.run("get", "a")) || !strings.Contains(got, big) {
		t.Error("not the same")
	}
}

func TestMove(t *testing.T) {
	h := newHarness(t)
	h.want("move a 1", ":0")
	h.run("set", "a", "1", "PX", "5000")
	h.ev = nil
	h.want("move a 1", ":1")
	h.wantEvents("move_from a, move_to a:1")
	if h.dirty != 1 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("exists a", ":0")
	h.run("set", "a", "2")
	h.want("move a 1", ":0")
	h.db = 1
	h.want("get a", "$1 1")
	h.want("pttl a", ":5000")
	for _, c := range []struct{ line, want string }{
		{"move a 1", "-ERR source and destination objects are the same"},
		{"move a 16", "-ERR DB index is out of range"},
		{"move a -1", "-ERR DB index is out of range"},
		{"move a x", "-ERR value is not an integer or out of range"},
		{"move a 3000000000", "-ERR value is out of range, value must between -2147483648 and 2147483647"},
		{"move a", "-ERR wrong number of arguments for 'move' command"},
	} {
		h.want(c.line, c.want)
	}
}

// A copy that was prepared is the same as one that was not: values of all types, deadlines of keys and of fields.
func TestCopyPrepared(t *testing.T) {
	h := newHarness(t)
	h.run("set", "int", "7")
	h.run("set", "string", strings.Repeat("s", 3000))
	h.run("set", "mapped", strings.Repeat("s", 300_000), "px", "5000")
	for _, n := range []int{3, 600, 20_000} {
		name := strconv.Itoa(n)
		for _, cmd := range []string{"rpush list", "sadd set", "hset hash", "zadd zset"} {
			args := strings.Fields(cmd + name)
			for i := range n {
				if args = append(args, strconv.Itoa(i)); cmd[0] == 'h' || cmd[0] == 'z' {
					args = append(args, strconv.Itoa(i))
				}
			}
			h.run(args...)
		}
		h.run("hpexpire", "hash"+name, "5000", "fields", "2", "1", "2")
		h.run("pexpire", "zset"+name, "4000")
	}
	keys := strings.Split(h.run("keys", "*"), "\r\n")
	for i := 2; i < len(keys); i += 2 {
		k := keys[i]
		h.prepared = true
		h.want("copy "+k+" copy db 1 replace", ":1")
		h.prepared = false
		h.run("copy", k, "copy", "db", "2", "replace")
		key := h.store.Key([]byte("copy"))
		one, two := h.store.DB(1, h.now), h.store.DB(2, h.now)
		if one.DigestValue(key) != two.DigestValue(key) || one.Peek(key).Deadline() != two.Peek(key).Deadline() || one.Peek(key).Encoding() != two.Peek(key).Encoding() {
			t.Errorf("%s: the copies differ", k)
		}
		if err := h.store.Check(); err != nil && !strings.Contains(err.Error(), "wait") {
			t.Fatalf("%s: %v", k, err)
		}
	}
	h.prepared = true
	h.want("copy list3 set3", ":0")
	h.want("copy nosuch other", ":0")
	h.want("copy list3 list3", "-ERR source and destination objects are the same")
	h.want("copy int other", ":1")
}
