package persist

import (
	"testing"
	"time"
)

// TestPacer: a thread rests after turns in which it waited for a processor, and only then.
func TestPacer(t *testing.T) {
	var ran time.Duration
	var rests []time.Duration
	p := newPacer(func() time.Duration { return ran }, func(d time.Duration) { rests = append(rests, d) })
	turn := func(had time.Duration, hurry bool) { // of 2 ms at least
		p.turn(func() {
			time.Sleep(2 * time.Millisecond)
			ran += had
		}, hurry)
	}
	turn(time.Hour, false) // more than it took: nobody else
	if len(rests) != 0 {
		t.Fatalf("rests of %v though nobody wanted the processor", rests)
	}
	turn(time.Millisecond/2, false)
	if len(rests) != 1 || rests[0] < 2*time.Millisecond || rests[0] > restMost {
		t.Fatalf("rests: %v after a turn of 2 ms, most of it without a processor", rests)
	}
	turn(0, true)
	if len(rests) != 1 {
		t.Fatal("a rest in spite of hurry")
	}
	turn(time.Hour, false) // the turn before still counts
	if len(rests) != 2 {
		t.Fatal("no rest after a turn that happened not to wait")
	}
	for range 20 {
		turn(time.Hour, false)
	}
	before := len(rests)
	turn(time.Hour, false)
	if len(rests) != before {
		t.Fatal("still resting though nobody has wanted the processor for 20 turns")
	}
}
