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

// collector remembers what the Go runtime was told last.
type collector struct{ percent int }

// pace tells the runtime when to collect, as of what lived after the last collection.
func (c *collector) pace() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return
	}
	if percent := gcPercent(sample[0].Value.Uint64()); percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
}
