// Package clock reads the time often and cheaply. A reading through the system costs about 27 ns, which is a
// good part of what a command costs; the processor's own counter costs 10. A [Clock] reckons with the counter and
// compares with the system's monotonic clock many times a second, so that it neither drifts nor jumps back.
package clock

import (
	"math/bits"
	"time"
)

// Clock tells ns since a moment. It belongs to one goroutine. The counters of all processors must run at the same
// constant rate; where the processor does not promise that, every reading is the system's.
type Clock struct {
	start time.Time // the zero of what Now returns
	last  int64     // the last comparison, in ns since start
	ticks uint64    // the counter at that moment
	scale uint64    // ns per tick, times 2^32; 0: not known (yet)
	until uint64    // ticks from the last comparison to the next one
	first uint64    // the counter at the first comparison
	zero  int64     // the time at that moment
}

// compareEvery is how long the counter is trusted, and learnFor how long it is watched before that.
const (
	compareEvery = 20 * time.Millisecond
	learnFor     = 20 * time.Millisecond
)

// New makes a clock that counts from start, which must have a monotonic reading.
func New(start time.Time) Clock { return Clock{start: start} }

// Now is the ns since start. It never goes back.
func (c *Clock) Now() int64 {
	if d := counter() - c.ticks; d < c.until {
		hi, lo := bits.Mul64(d, c.scale)
		return c.last + int64(hi<<32|lo>>32)
	}
	return c.compare()
}

// compare asks the system, and learns from the difference how fast the counter runs.
func (c *Clock) compare() int64 {
	now := int64(time.Since(c.start))
	if !steady {
		return now
	}
	t := counter()
	if c.first == 0 {
		c.first, c.zero = t, now
	}
	if c.until > 0 { // what was reckoned last must not be later than what is reckoned next
		hi, lo := bits.Mul64(min(t-c.ticks, 2*c.until), c.scale)
		if reckoned := c.last + int64(hi<<32|lo>>32); reckoned > now && reckoned-now < int64(time.Millisecond) {
			now = reckoned
		}
	}
	c.last, c.ticks = now, t
	if passed := now - c.zero; passed >= int64(learnFor) && t > c.first {
		hi, lo := uint64(passed)>>32, uint64(passed)<<32
		if hi < t-c.first {
			c.scale, _ = bits.Div64(hi, lo, t-c.first)
			c.until = uint64(float64(compareEvery) * (1 << 32) / float64(c.scale))
		}
	}
	return now
}
