package server

import (
	"fmt"
	"strings"
	"testing"
)

// TestLazyFreedObjects: INFO counts what Redis frees in the background: values of more than 64 elements that are not one block, when UNLINK or a
// directive asks for that, whatever we do with them.
func TestLazyFreedObjects(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	count := func(what string, want int64, lines ...string) {
		t.Helper()
		s.store.WaitLazyFree()
		before := s.store.Stats().LazyFreed
		for _, line := range lines {
			w.write(encoded(strings.Fields(line)...)) // too long for an inline command
			w.reply()
		}
		s.store.WaitLazyFree()
		if st := s.store.Stats(); st.LazyFreed-before != want || st.LazyPending != 0 {
			t.Errorf("%s: %d objects, want %d, and %d wait", what, st.LazyFreed-before, want, st.LazyPending)
		}
		w.do("FLUSHALL SYNC")
	}
	elems := func(cmd, form string, n int) string {
		b := strings.Builder{}
		b.WriteString(cmd)
		for i := range n {
			fmt.Fprintf(&b, " "+form, i)
		}
		return b.String()
	}
	small, big := elems("SADD k", "m%d", 64), elems("SADD k", "m%d", 200)
	nodes := elems("RPUSH k", strings.Repeat("x", 5000)+"%d", 65)
	huge := elems("HSET k", strings.Repeat("x", 100)+"%d v", 10_000)
	text := "SETRANGE k 1000000 x"
	w.do("CONFIG SET set-max-listpack-entries 10")
	for i, c := range []struct {
		make, directive string
		free            []string
		no, yes         int64
	}{
		{small, "user-del", []string{"UNLINK k"}, 0, 0},
		{text, "user-del", []string{"UNLINK k"}, 0, 0},
		{text, "server-del", []string{"SET k v"}, 0, 0},
		{"HSET k f " + strings.Repeat("x", 100), "user-del", []string{"UNLINK k"}, 0, 0},
		{big, "user-del", []string{"UNLINK k"}, 1, 1},
		{nodes, "user-del", []string{"UNLINK k"}, 1, 1},
		{huge, "user-del", []string{"UNLINK k"}, 1, 1},
		{big, "user-del", []string{"DEL k"}, 0, 1},
		{huge, "user-del", []string{"DEL k"}, 0, 1},
		{big, "server-del", []string{"SET k v"}, 0, 1},
		{huge, "server-del", []string{"SET k v"}, 0, 1},
		{huge, "server-del", []string{"SADD s m", "SUNIONSTORE k s"}, 0, 1},
		{huge, "server-del", []string{"SET j v", "RENAME j k"}, 0, 1},
		{huge, "server-del", []string{"SINTERSTORE k none"}, 0, 1},
		{huge, "user-del", []string{"SET k v"}, 0, 0},
		{big, "expire", []string{"PEXPIRE k 1", "BLPOP none 0.02", "GET k"}, 0, 1},
		{huge, "expire", []string{"PEXPIRE k -1"}, 0, 1},
		{nodes, "server-del", []string{"LTRIM k 1 0"}, 0, 0},
		{big, "user-flush", []string{"SET a 1", "FLUSHALL"}, 0, 2},
		{big, "user-flush", []string{"SET a 1", "FLUSHALL ASYNC"}, 2, 2},
	} {
		for on, want := range map[string]int64{"no": c.no, "yes": c.yes} {
			w.do("CONFIG SET lazyfree-lazy-" + c.directive + " " + on)
			count(fmt.Sprintf("%d: %s=%s: %q", i, c.directive, on, c.free), want, append([]string{c.make}, c.free...)...)
			w.do("CONFIG SET lazyfree-lazy-" + c.directive + " no")
		}
	}
	for on, want := range map[string]int64{"no": 0, "yes": 1} {
		w.do("CONFIG SET lazyfree-lazy-eviction " + on)
		count("eviction="+on, want, big, "CONFIG SET maxmemory 1 maxmemory-policy allkeys-random", "SET a 1", "CONFIG SET maxmemory 0")
	}
}
