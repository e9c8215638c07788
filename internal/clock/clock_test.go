package clock

import (
	"testing"
	"time"
)

// TestNowFollowsTheSystem compares with the system's clock for a while, in every state of the clock.
func TestNowFollowsTheSystem(t *testing.T) {
	start := time.Now()
	c := New(start)
	last := int64(-1)
	late := 0
	for time.Since(start) < 300*time.Millisecond {
		before := int64(time.Since(start))
		now := c.Now()
		after := int64(time.Since(start))
		if now < last {
			t.Fatalf("%d ns after %d: it went back", now, last)
		}
		last = now
		const slack = int64(100 * time.Microsecond)
		if now < before-slack || now > after+slack {
			late++
		}
	}
	if late > 0 {
		t.Fatalf("%d readings differ from the system's by more than 100 µs", late)
	}
}

// TestNowAfterSleep: a clock that nobody has read for long is right at once.
func TestNowAfterSleep(t *testing.T) {
	start := time.Now()
	c := New(start)
	for range 3 {
		for range 1000 {
			c.Now()
		}
		time.Sleep(30 * time.Millisecond)
		before := int64(time.Since(start))
		if now := c.Now(); now < before-int64(100*time.Microsecond) {
			t.Fatalf("%d, but it is %d at least", now, before)
		}
	}
}

func BenchmarkNow(b *testing.B) {
	c := New(time.Now())
	var sum int64
	for b.Loop() {
		sum += c.Now()
	}
	_ = sum
}
