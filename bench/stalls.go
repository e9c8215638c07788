//go:build linux

package main

import (
	"fmt"
	"os"
	"time"
)

// stallAfter is how long a client that looks all the time sees no reply before it asks why.
const stallAfter = time.Millisecond

// stallWatch tells how much of a pause of a pinned server another program had the server's processor: that says nothing about the server. The
// pause is the server's own where one of its threads runs while another waits, or where all of them sleep.
type stallWatch struct {
	pid   int
	begun time.Time
	cpu   time.Duration
	waits map[string]time.Duration
}

// begin notes where the server stands.
func (w *stallWatch) begin() (err error) {
	w.begun = time.Now()
	if w.cpu, err = cpuTime(w.pid); err == nil {
		w.waits, err = cpuWaits(w.pid)
	}
	return err
}

// lost is for how long since begin a thread of the server has waited for the processor and none had it.
func (w *stallWatch) lost() (time.Duration, error) {
	cpu, err := cpuTime(w.pid)
	if err != nil {
		return 0, err
	}
	waits, err := cpuWaits(w.pid)
	if err != nil {
		return 0, err
	}
	var waited time.Duration
	for thread, d := range waits {
		waited = max(waited, d-w.waits[thread])
	}
	return max(0, min(waited, time.Since(w.begun)-(cpu-w.cpu))), nil
}

// cpuWaits is how long each thread of a process has waited for a processor in all. A wait counts when it is over.
func cpuWaits(pid int) (map[string]time.Duration, error) {
	dir := fmt.Sprintf("/proc/%d/task/", pid)
	threads, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	waits := make(map[string]time.Duration, len(threads))
	for _, t := range threads {
		text, err := os.ReadFile(dir + t.Name() + "/schedstat")
		if err != nil {
			continue // it has ended
		}
		var ran, waited time.Duration
		if _, err := fmt.Sscanf(string(text), "%d %d", &ran, &waited); err != nil {
			return nil, fmt.Errorf("%s%s/schedstat: %w", dir, t.Name(), err)
		}
		waits[t.Name()] = waited
	}
	return waits, nil
}

// loadClock is the time of a load generator, which stands still while another program has the processor of the server or its own.
type loadClock struct {
	begin   time.Time
	watch   *stallWatch // nil: it never stands still
	lost    time.Duration
	look    time.Duration // since begin: the last look at the connections
	reply   time.Duration // and the last that found a reply
	stalled bool          // the watch has begun
	gaps    time.Duration // since it has: when this thread did not run
}

// now is the nanoseconds since begin.
func (c *loadClock) now() int64 { return int64(time.Since(c.begin) - c.lost) }

// found is when the replies were found that are being read: if this thread is held up while it reads them, they are no later.
func (c *loadClock) found() int64 {
	if c.watch == nil {
		return c.now()
	}
	return int64(c.look - c.lost)
}

// looked is told of each look at the connections, and whether it found a reply.
func (c *loadClock) looked(found bool) (err error) {
	if c.watch == nil {
		return nil
	}
	now := time.Since(c.begin)
	if gap := now - c.look; c.look > 0 && gap > stallAfter { // this thread did not run
		if c.stalled {
			c.gaps += gap // the watch may count it, too
		} else {
			c.lost += gap
			c.reply = now
		}
	}
	switch {
	case found && c.stalled:
		var lost time.Duration
		lost, err = c.watch.lost()
		c.lost += max(lost, c.gaps)
		c.stalled, c.gaps = false, 0
	case !found && !c.stalled && now-c.reply > stallAfter:
		err = c.watch.begin()
		c.stalled = err == nil
	}
	c.look = time.Since(c.begin)
	if found {
		c.reply = c.look
	}
	return err
}
