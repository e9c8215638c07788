package command

import (
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
