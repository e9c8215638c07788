package differential

import (
	"slices"
	"testing"

	"radish/test/harness"
)

// TestGenerator checks that a seed says all, and that what is shown can be read back.
func TestGenerator(t *testing.T) {
	a, b := newGenerator(5), newGenerator(5)
	names := map[string]int{}
	for range 20000 {
		x, y := a.next(), b.next()
		if !slices.Equal(x.args, y.args) {
			t.Fatalf("%q and %q from one seed", x.args, y.args)
		}
		if len(x.args) == 0 || x.args[0] == "" {
			t.Fatalf("%q has no name", x.args)
		}
		x.lapse = false
		words, err := harness.Words(x.show())
		if err != nil || !slices.Equal(words, x.args) {
			t.Fatalf("%q is shown as %s, read as %q, %v", x.args, x.show(), words, err)
		}
		names[x.args[0]]++
	}
	for _, name := range []string{
		"APPEND", "BITCOUNT", "BITFIELD", "BITFIELD_RO", "BITOP", "BITPOS", "COPY", "DBSIZE", "DECR", "DECRBY", "DEL", "EXISTS",
		"EXPIRE", "EXPIREAT", "EXPIRETIME", "FLUSHDB", "GET", "GETBIT", "GETDEL", "GETEX", "GETRANGE", "GETSET", "INCR", "INCRBY",
		"INCRBYFLOAT", "KEYS", "LCS", "MGET", "MOVE", "MSET", "MSETNX", "OBJECT", "PERSIST", "PEXPIRE", "PEXPIREAT", "PEXPIRETIME",
		"PSETEX", "PTTL", "RANDOMKEY", "RENAME", "RENAMENX", "SCAN", "SELECT", "SET", "SETBIT", "SETEX", "SETNX", "SETRANGE", "STRLEN",
		"SUBSTR", "SWAPDB", "TOUCH", "TTL", "TYPE", "UNLINK",
	} {
		if names[name] == 0 {
			t.Errorf("%s was never made", name)
		}
	}
}
