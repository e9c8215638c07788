package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDbsize(t *testing.T) {
	h := newHarness(t)
	h.want("dbsize", ":0")
	h.run("mset", "a", "1", "b", "2")
	h.want("dbsize", ":2")
	h.want("dbsize x", "-ERR wrong number of arguments for 'dbsize' command")
}

// TestFlush runs every form of FLUSHDB and FLUSHALL, alone and as inside EXEC.
func TestFlush(t *testing.T) {
	for _, line := range []string{"flushdb", "flushall", "flushdb async", "FLUSHALL Async", "flushdb SYNC", "flushall sync"} {
		for i := range 4 {
			h := newHarness(t)
			h.locks = i&1 != 0
			h.env.LazyFlush.Store(i&2 != 0)
			var heard []int
			h.env.Flushed = func(_ *Ctx, db int) { heard = append(heard, db) }
			h.run("mset", "a", "1", "b", "2")
			h.db = 1
			h.run("set", "c", "3")
			h.db = 0
			h.want(line, "+OK")
			all := strings.HasPrefix(strings.ToLower(line), "flushall")
			left, dirty, db := ":1", int64(2), 0
			if all {
				left, dirty, db = ":0", 3, -1
			}
			if h.dirty != dirty || !slices.Equal(heard, []int{db}) {
				t.Errorf("%s: dirty %d, heard of %d", line, h.dirty, heard)
			}
			h.want("dbsize", ":0")
			h.want("get a", "$-1")
			h.db = 1
			h.want("dbsize", left)
			h.want(line, "+OK")
		}
	}
	h := newHarness(t)
	for _, line := range []string{"flushdb x", "flushall x", "flushdb async sync", "flushall sync x"} {
		h.want(line, "-ERR syntax error")
	}
}

func TestSwapdb(t *testing.T) {
	for _, locked := range []bool{false, true} {
		h := newHarness(t)
		h.locks = locked
		var heard []string
		h.env.Swapped = func(_ *Ctx, a, b int) { heard = append(heard, fmt.Sprint(a, b)) }
		h.run("set", "a", "1")
		h.want("swapdb 0 1", "+OK")
		if h.dirty != 1 {
			t.Errorf("dirty %d", h.dirty)
		}
		h.want("exists a", ":0")
		h.db = 1
		h.want("get a", "$1 1")
		h.want("swapdb 0 0", "+OK")
		h.want("swapdb 1 0", "+OK")
		h.want("exists a", ":0")
		if !slices.Equal(heard, []string{"0 1", "1 0"}) {
			t.Errorf("heard %q", heard)
		}
	}
	h := newHarness(t)
	for _, c := range []struct{ line, want string }{
		{"swapdb x 1", "-ERR invalid first DB index"},
		{"swapdb 3000000000 1", "-ERR invalid first DB index"},
		{"swapdb 0 x", "-ERR invalid second DB index"},
		{"swapdb 0 16", "-ERR DB index is out of range"},
		{"swapdb -1 0", "-ERR DB index is out of range"},
		{"swapdb 0", "-ERR wrong number of arguments for 'swapdb' command"},
	} {
		h.want(c.line, c.want)
	}
}

func TestTime(t *testing.T) {
	h := newHarness(t)
	before := time.Now().UnixMicro()
	f := strings.Fields(short(h.run("time")))
	after := time.Now().UnixMicro()
	if len(f) != 5 || f[0] != "*2" {
		t.Fatal(f)
	}
	s, err1 := strconv.ParseInt(f[2], 10, 64)
	us, err2 := strconv.ParseInt(f[4], 10, 64)
	if now := s*1e6 + us; err1 != nil || err2 != nil || us > 999_999 || now < before || now > after {
		t.Errorf("%q is not between %d and %d", f, before, after)
	}
}
