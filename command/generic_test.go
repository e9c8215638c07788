package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestDel(t *testing.T) {
	for _, lazy := range []bool{false, true} {
		h := newHarness(t)
		h.env.LazyDel.Store(lazy)
		for _, name := range []string{"del", "UNLINK"} {
			h.run("mset", "a", "1", "b", "2", "c", strings.Repeat("x", 100_000))
			h.wantEvents("set a, set b, set c")
			h.want(name+" a nosuch c a", ":2")
			h.wantEvents("del a, del c")
			if h.dirty != 2 {
				t.Errorf("%s: dirty %d", name, h.dirty)
			}
			h.want("exists a b c", ":1")
			h.want(name+" nosuch", ":0")
			h.wantEvents("")
			h.want(name, "-ERR wrong number of arguments for '"+strings.ToLower(name)+"' command")
		}
	}
}

func TestDelLapsed(t *testing.T) {
	h := newHarness(t)
	h.run("set", "a", "1", "PX", "10")
	h.now += 11
	h.ev = nil
	h.want("del a", ":0")
	h.wantEvents("")
}

func TestExistsAndTouch(t *testing.T) {
	h := newHarness(t)
	h.run("mset", "a", "1", "b", "2")
	h.want("exists a a b c", ":3")
	h.want("touch a a b c", ":3")
	h.now += 5000
	h.want("exists a", ":1")
	h.want("object idletime a", ":5")
	h.want("touch a", ":1")
	h.want("object idletime a", ":0")
	h.want("exists", "-ERR wrong number of arguments for 'exists' command")
	h.want("touch", "-ERR wrong number of arguments for 'touch' command")
}

// TestManyKeys: commands with so many keys that a loop hands them to a worker.
func TestManyKeys(t *testing.T) {
	h := newHarness(t)
	args := []string{"mset"}
	keys := []string{"x"}
	for i := range 40_000 {
		k := fmt.Sprint("key:", i)
		args, keys = append(args, k, "v"), append(keys, k)
	}
	h.run(args...)
	if all, calls := scanAll(h, "count", "100000"); len(all) != 40_000 || calls != 1 {
		t.Errorf("SCAN: %d keys in %d calls", len(all), calls)
	}
	for _, c := range []struct{ name, want string }{{"exists", ":40000"}, {"touch", ":40000"}, {"unlink", ":40000"}, {"del", ":0"}} {
		keys[0] = c.name
		if got := short(h.run(keys...)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestType(t *testing.T) {
	h := newHarness(t)
	h.run("set", "a", "1")
	h.want("type a", "+string")
	h.want("type b", "+none")
	h.want("type", "-ERR wrong number of arguments for 'type' command")
}
