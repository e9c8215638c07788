//go:build !linux

package persist

import "time"

// atLowPriority runs f. Elsewhere a thread has no priority of its own, and nobody tells whether it waited for a processor.
func atLowPriority(f func(p *pacer) error) error {
	begin := time.Now()
	return f(newPacer(func() time.Duration { return time.Since(begin) }, time.Sleep))
}
