package server

import (
	"runtime/debug"
	"runtime/metrics"
)

// The data lie outside of the Go heap, so little lives in that: often less than 4 MB. If only as much garbage as that were to lie beside it, a command with a
// long reply would have the world stopped several times to win a few MB. So garbageMin bytes of it may lie there before it is collected; from where as much
// lives on it is as usual.
const (
	garbageMin    = 12 << 20
	percentUsual  = 100
	percentMost   = 400
	percentChange = 50 // to set another percentage stops the world, too
)

// gcPercent is how much garbage may lie in the heap before it is collected, in percent of the live bytes.
func gcPercent(live uint64) int {
	if live >= garbageMin {
		return percentUsual
	}
	percent := min(percentUsual*garbageMin/int(max(live, 1)), percentMost)
	return percent - percent%percentChange
}

// What the runtime holds is given back to the system when it is worth while: of a server that is busy much, of one that nobody asks for anything a little,
// as that holds nobody up. idleOps commands a second are nobody.
const (
	idleOps     = 100
	wasteIdle   = 512 << 10
	wasteAnyway = 48 << 20
)

// collector remembers what the Go runtime was told last.
type collector struct {
	percent int
	ops     int64 // commands up to the last look
	least   int64 // bytes that the runtime has held since it last gave some back
	live    [1]metrics.Sample
}

// tidy has the runtime give back what big requests, replies and busy times have left. It is called once a second. ops is all commands so far, need the
// bytes that the process needs for its clients and itself.
func (c *collector) tidy(ops, need int64) {
	if c.worthwhile(ops, goMemory(), need) {
		debug.FreeOSMemory()
		c.least = goMemory()
	}
}

// worthwhile says whether to tidy while the runtime holds so many bytes.
func (c *collector) worthwhile(ops, held, need int64) bool {
	idle := ops-c.ops < idleOps
	c.ops = ops
	if c.least == 0 || held < c.least {
		c.least = held
	}
	return idle && held >= c.least+wasteIdle || held >= max(c.least, need)+wasteAnyway
}

// pace tells the runtime when to collect, as of what lived after the last collection.
func (c *collector) pace() {
	c.live[0].Name = "/gc/heap/live:bytes"
	metrics.Read(c.live[:])
	if c.live[0].Value.Kind() != metrics.KindUint64 {
		return
	}
	if percent := gcPercent(c.live[0].Value.Uint64()); percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
}
