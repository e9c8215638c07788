package server

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGCPercent(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 400}, {1, 400}, {3 * mb, 400}, {4 * mb, 300}, {5 * mb, 200}, {6 * mb, 200}, {8 * mb, 150}, {garbageMin - 1, 100}, {garbageMin, 100}, {1 << 40, 100}} {
		if got := gcPercent(c.live); got != c.want {
			t.Errorf("%d live bytes: %d, not %d", c.live, got, c.want)
		}
	}
}

func TestTidyWhenIdle(t *testing.T) {
	const mb = 1 << 20
	var c collector
	for i, step := range []struct {
		ops, held, need int64
		want            bool
	}{
		{0, 8 * mb, 0, false},
		{50, 8*mb + wasteIdle - 1, 0, false},   // little
		{9000, 20 * mb, 0, false},              // busy
		{9050, 20 * mb, 0, true},               // not any more
		{9060, 7 * mb, 0, false},               // less than ever
		{9100, 7*mb + wasteIdle - 1, 0, false}, // little
		{9199, 7*mb + wasteIdle, 0, true},
		{9299, 7*mb + wasteIdle, 0, false}, // busy: exactly so many
		{19299, 7*mb + wasteAnyway - 1, 0, false},
		{29299, 7*mb + wasteAnyway, 0, true}, // much, though busy
		{39299, 7*mb + wasteAnyway, 8 * mb, false},
		{49299, 8*mb + wasteAnyway, 8 * mb, true},
	} {
		if got := c.worthwhile(step.ops, step.held, step.need); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
}

// TestPaceFollowsTheHeap: what was told while little lived does not stay when much lives.
func TestPaceFollowsTheHeap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(percentUsual))
	percent := func() int {
		now := debug.SetGCPercent(percentUsual)
		debug.SetGCPercent(now)
		return now
	}
	var c collector
	runtime.GC()
	c.pace()
	few := percent()
	much := make([]byte, 64<<20)
	runtime.GC()
	c.pace()
	if got := percent(); got != percentUsual {
		t.Errorf("%d %% with 64 MB", got)
	}
	runtime.KeepAlive(much)
	much = nil
	runtime.GC()
	c.pace()
	if got := percent(); got != few || got == percentUsual {
		t.Errorf("%d %% with little again, %d %% before", got, few)
	}
}
