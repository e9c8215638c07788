package command

import (
	"strings"
	"testing"
)

func TestObject(t *testing.T) {
	h := newHarness(t)
	h.run("mset", "int", "12", "short", strings.Repeat("x", 44), "long", strings.Repeat("x", 45))
	h.want("object encoding int", "$3 int")
	h.want("OBJECT Encoding short", "$6 embstr")
	h.want("object encoding long", "$3 raw")
	h.want("object refcount int", ":2147483647")
	h.want("object refcount short", ":1")
	h.env.OwnInts.Store(true)
	h.want("object refcount int", ":1")
	h.env.OwnInts.Store(false)
	for value, want := range map[string]string{"0": ":2147483647", "9999": ":2147483647", "10000": ":1", "-1": ":1"} {
		h.run("set", "n", value)
		h.want("object refcount n", want)
	}
	h.now += 12_999
	h.want("object idletime int", ":12")
	h.want("exists int", ":1") // no use of it
	h.want("object idletime int", ":12")
	h.want("get int", "$2 12")
	h.want("object idletime int", ":0")
	h.want("object freq int", "-ERR An LFU maxmemory policy is not selected, access frequency not tracked. "+
		"Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.")
	for _, sub := range []string{"encoding", "refcount", "idletime", "freq"} {
		h.want("object "+sub+" nosuch", "$-1")
		h.want("object "+sub, "-ERR wrong number of arguments for 'object|"+sub+"' command")
		h.want("object "+sub+" a b", "-ERR wrong number of arguments for 'object|"+sub+"' command")
	}
	h.proto = 3
	h.want("object encoding nosuch", "_")
}

func TestObjectLFU(t *testing.T) {
	h := newHarness(t)
	h.env.LFU.Store(true)
	h.store.SetLRU(true, 10, 1)
	h.run("set", "k", "v")
	h.want("object freq k", ":5")
	h.want("object idletime k", "-ERR An LFU maxmemory policy is selected, idle time not tracked. "+
		"Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.")
	h.want("object freq nosuch", "$-1")
}

func TestObjectHelp(t *testing.T) {
	h := newHarness(t)
	got := short(h.run("object", "help"))
	if !strings.HasPrefix(got, "*12 +OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are: +ENCODING <key> +    ") {
		t.Error(got)
	}
}
