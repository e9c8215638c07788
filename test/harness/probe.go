package harness

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// Probe asks a server again and again on a connection of its own, to see whether somebody else's doing
// makes it wait.
type Probe struct {
	stop chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	times []time.Duration
	err   error
}

// probeEvery is the time between two questions.
const probeEvery = time.Millisecond

// StartProbe begins to send PING.
func StartProbe(t testing.TB, s *Server) *Probe {
	t.Helper()
	c := s.Conn(t)
	p := &Probe{stop: make(chan struct{})}
	p.done.Go(func() {
		for {
			start := time.Now()
			_, err := c.Try("PING")
			p.mu.Lock()
			p.times = append(p.times, time.Since(start))
			if err != nil {
				p.err = err
			}
			p.mu.Unlock()
			select {
			case <-p.stop:
				return
			case <-time.After(probeEvery):
			}
			if err != nil {
				return
			}
		}
	})
	return p
}

// Stop ends the probe and returns the longest and the middle time that a reply took, and the error that
// ended it early.
func (p *Probe) Stop() (longest, median time.Duration, err error) {
	close(p.stop)
	p.done.Wait()
	slices.Sort(p.times)
	return p.times[len(p.times)-1], p.times[len(p.times)/2], p.err
}

// CheckStop ends the probe and fails the test if a reply took longer than limit.
func (p *Probe) CheckStop(t testing.TB, limit time.Duration) {
	t.Helper()
	longest, median, err := p.Stop()
	t.Logf("PING of another connection meanwhile: %d times, middle %v, longest %v", len(p.times), median, longest)
	if err != nil {
		t.Errorf("another connection's PING: %v", err)
	}
	if longest > limit {
		t.Errorf("another connection's PING took %v (limit %v)", longest, limit)
	}
}
