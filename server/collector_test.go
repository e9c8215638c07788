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
