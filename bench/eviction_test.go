//go:build linux

package main

import (
	"testing"
	"time"
)

func TestExactLRU(t *testing.T) {
	rate := exactLRU(100_000, 100_000)
	// A cache that always holds the most wanted items does better than LRU, one of random items does
	// worse than a tenth.
	if rate < 50 || rate > 80 {
		t.Errorf("exact LRU hits %.1f %%", rate)
	}
	if again := exactLRU(100_000, 100_000); again != rate {
		t.Errorf("%v and then %v: the trace is not the same", rate, again)
	}
}

func TestEvictionRow(t *testing.T) {
	for _, c := range []struct {
		ours, theirs float64
		want         verdict
	}{{70, 70, holds}, {69.96, 70.04, holds}, {69.9, 70.0, broken}, {71, 70, holds}} {
		if r := evictionRow("allkeys-lru", hitRate{c.ours, 1}, hitRate{c.theirs, 1}); r.verdict != c.want {
			t.Errorf("%v against %v: %v", c.ours, c.theirs, r.verdict)
		}
	}
}

func TestCacheRun(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{args: []string{"--maxmemory-policy", "allkeys-lru"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	run := &cacheRun{c: c, value: itemValue()}
	if err := run.fill(s); err != nil {
		t.Fatal(err)
	}
	begin, keys := time.Now(), int64(0)
	hits, err := run.play(newTrace(), 3*traceRate/2, func(n int64) error { keys = n; return run.adjust(n) })
	if err != nil {
		t.Fatal(err)
	}
	if hits == 0 || hits == 3*traceRate/2 {
		t.Errorf("%d hits", hits)
	}
	if took := time.Since(begin); took < 1400*time.Millisecond {
		t.Errorf("the trace was played in %v", took)
	}
	if keys < heldKeys*9/10 || keys > heldKeys*11/10 {
		t.Errorf("%d keys held, not about %d", keys, heldKeys)
	}
}
