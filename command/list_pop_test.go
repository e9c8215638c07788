package command

import (
	"strings"
	"testing"
)

// Events and dirty counts are Redis's, in its order.
func TestListEvents(t *testing.T) {
	h := newHarness(t)
	h.hearAll()
	for _, c := range []struct {
		line, events string
		dirty        int64
	}{
		{"RPUSH k a b c d e f a a", "4 rpush k", 8},
		{"LPUSH k x y", "4 lpush k", 2},
		{"LPUSHX none x", "", 0},
		{"RPUSHX k 1", "4 rpush k", 1},
		{"LPOP k", "(4 lpop k), 0  k", 1},
		{"RPOP k 2", "(4 rpop k), 0  k", 2},
		{"RPOP k 0", "", 0},
		{"LPOP none", "", 0},
		{"LSET k 0 z", "4 lset k", 1},
		{"LSET k 100 z", "", 0},
		{"LINSERT k BEFORE a y", "4 linsert k", 1},
		{"LINSERT k BEFORE none y", "", 0},
		{"LREM k 0 a", "4 lrem k", 2},
		{"LREM k 0 none", "", 0},
		{"LTRIM k 0 -1", "(4 ltrim k), 0  k", 0},
		{"LTRIM k 1 -2", "(4 ltrim k), 0  k", 2},
		{"LTRIM none 1 -2", "", 0},
		{"LRANGE none 0 -1", "(512 keymiss none)", 0},
		{"LLEN none", "(512 keymiss none)", 0},
		{"LMOVE k other LEFT RIGHT", "4 rpush other, (4 lpop k), 0  k", 1},
		{"RPOPLPUSH k k", "4 lpush k, (4 rpop k), 0  k", 1},
		{"LMPOP 2 none k LEFT COUNT 2", "(4 lpop k), 0  k", 2},
		{"RPOPLPUSH other k", "4 lpush k, (4 rpop other), (1 del other), 0  other", 1},
		{"LMPOP 1 k RIGHT COUNT 100", "(4 rpop k), (1 del k), 0  k", 3},
		{"RPUSH k a a", "4 rpush k", 2},
		{"LREM k 0 a", "4 lrem k, (1 del k)", 2},
		{"RPUSH k a a", "4 rpush k", 2},
		{"LTRIM k 5 6", "(4 ltrim k), (1 del k), 0  k", 2},
		{"RPUSH k a", "4 rpush k", 1},
		{"LPOP k", "(4 lpop k), (1 del k), 0  k", 1},
	} {
		h.run(strings.Fields(c.line)...)
		got := strings.Join(h.ev, ", ")
		h.ev = nil
		if got != c.events || h.dirty != c.dirty {
			t.Errorf("%s: events %q, dirty %d; want %q, %d", c.line, got, h.dirty, c.events, c.dirty)
		}
	}
}
