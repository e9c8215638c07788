package server

import (
	"math"
	"testing"
	"time"
)

// TestLapseWait: the expirer sleeps at least a millisecond and at most an hour, whatever the deadline is.
func TestLapseWait(t *testing.T) {
	const now = 1_700_000_000_000
	for at, want := range map[int64]time.Duration{
		now: time.Millisecond, now - 5: time.Millisecond, now + 9: 10 * time.Millisecond,
		now + 3_600_000: time.Hour, math.MaxInt64 - 1: time.Hour, math.MaxInt64: time.Hour, 1 << 50: time.Hour,
	} {
		if got := lapseWait(at, now); got != want {
			t.Errorf("deadline %d: %v, want %v", at, got, want)
		}
	}
}
