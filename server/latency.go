package server

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// The latency monitor keeps what took longer than latency-monitor-threshold, by kind of event, for LATENCY.
// A second has one sample for each kind: its worst.

// The events, as Redis names them.
const (
	eventCommand       = "command"
	eventFastCommand   = "fast-command" // a command that never should take long
	eventExpireCycle   = "expire-cycle"
	eventEvictionCycle = "eviction-cycle" // one command made room
	eventEvictionDel   = "eviction-del"   // one key was evicted
)

// latencySamples is how many samples of an event are kept.
const latencySamples = 160

// latencyMonitor is safe for use by several goroutines.
type latencyMonitor struct {
	mu     sync.Mutex
	events map[string]*latencySeries
}

type latencySample struct {
	unix int64 // s
	ms   int64
}

// latencySeries is the samples of one event, as a ring.
type latencySeries struct {
	samples [latencySamples]latencySample
	n       int   // samples ever begun; the next one goes to n modulo latencySamples
	worst   int64 // ms, of all times
}

// ordered is the samples that are kept, oldest first.
func (t *latencySeries) ordered() []latencySample {
	if t.n <= latencySamples {
		return slices.Clone(t.samples[:t.n])
	}
	at := t.n % latencySamples
	return slices.Concat(t.samples[at:], t.samples[:at])
}

func (t *latencySeries) add(unix, ms int64) {
	t.worst = max(t.worst, ms)
	if t.n > 0 {
		if last := &t.samples[(t.n-1)%latencySamples]; last.unix == unix {
			last.ms = max(last.ms, ms)
			return
		}
	}
	t.samples[t.n%latencySamples] = latencySample{unix, ms}
	t.n++
}

// latencyLimit is the ns from which on something is an event; 0: the monitor is off.
func (s *Server) latencyLimit() int64 {
	return s.cfg.Load().LatencyMonitorThresholdNs()
}

// spike keeps an event that took so many ns, if that is long enough.
func (s *Server) spike(event string, ns int64) {
	if limit := s.latencyLimit(); limit > 0 && ns >= limit {
		s.latency.add(event, time.Now().Unix(), ns/int64(time.Millisecond))
	}
}

func (m *latencyMonitor) add(event string, unix, ms int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.events[event]
	if t == nil {
		t = &latencySeries{}
		if m.events == nil {
			m.events = make(map[string]*latencySeries)
		}
		m.events[event] = t
	}
	t.add(unix, ms)
}

// latencyEvent is what is known of one event, at a moment.
type latencyEvent struct {
	name    string
	samples []latencySample // oldest first; at least one
	worst   int64           // ms, of all times
}

// get is an event by its exact name.
func (m *latencyMonitor) get(name string) (latencyEvent, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.events[name]
	if t == nil {
		return latencyEvent{}, false
	}
	return latencyEvent{name, t.ordered(), t.worst}, true
}

// all are the events in the order of their names.
func (m *latencyMonitor) all() []latencyEvent {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []latencyEvent
	for _, name := range slices.Sorted(maps.Keys(m.events)) {
		t := m.events[name]
		list = append(list, latencyEvent{name, t.ordered(), t.worst})
	}
	return list
}

// reset forgets events: those named, in any case, or all without names. It returns how many there were.
func (m *latencyMonitor) reset(names []string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.events)
	if len(names) == 0 {
		m.events = nil
		return before
	}
	maps.DeleteFunc(m.events, func(event string, _ *latencySeries) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(event, name) })
	})
	return before - len(m.events)
}

// latencySummary is what DOCTOR and GRAPH say of samples; all but spikes and seconds in ms.
type latencySummary struct {
	spikes          int
	low, high       int64
	mean, deviation int64   // the mean, and the mean distance from it
	period          float64 // seconds between spikes
}

func (e *latencyEvent) summary(now int64) latencySummary {
	r := latencySummary{spikes: len(e.samples), low: e.samples[0].ms, high: e.samples[0].ms}
	n := int64(r.spikes)
	for _, x := range e.samples {
		r.mean += x.ms
		r.low, r.high = min(r.low, x.ms), max(r.high, x.ms)
	}
	r.mean /= n
	for _, x := range e.samples {
		r.deviation += max(x.ms-r.mean, r.mean-x.ms)
	}
	r.deviation /= n
	r.period = float64(max(1, now-e.samples[0].unix)) / float64(n)
	return r
}
