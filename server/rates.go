package server

import "sync/atomic"

// Loops publish their totals with each tick, so that the sampler need not wake them.

// loopTotals are counters of a loop as of its last tick, for anybody to read.
type loopTotals struct {
	ops, in, out, turns, busyNs, dirty atomic.Int64
}

func (l *eventLoop) publish() {
	in := l.stats.netIn
	for _, cl := range l.clients {
		in += cl.conn.BytesIn
	}
	t := &l.totals
	t.ops.Store(l.stats.commands)
	t.in.Store(in)
	t.out.Store(l.stats.netOut)
	t.turns.Store(l.stats.turns)
	t.busyNs.Store(l.stats.busyNs)
	t.dirty.Store(l.stats.dirty)
}

// rateSampler holds what INFO shows as instantaneous: means over the last samples.
type rateSampler struct {
	ops, in, out, turns atomic.Int64 // per second
	turnUs              atomic.Int64 // µs of a turn, rounded up
}

func (r *rateSampler) reset() {
	for _, n := range []*atomic.Int64{&r.ops, &r.in, &r.out, &r.turns, &r.turnUs} {
		n.Store(0)
	}
}

// rateSample is the totals of all loops at a moment.
type rateSample struct {
	at                          int64 // ns
	ops, in, out, turns, busyNs int64
}

// rateWindow remembers the last samples, as a ring.
type rateWindow struct {
	samples [16]rateSample
	n       int
}

// add takes a sample and returns the oldest one of the window. When totals have gone back, because they
// were reset, the window begins anew.
func (r *rateWindow) add(x rateSample) (oldest rateSample) {
	const size = len(r.samples)
	if r.n > 0 {
		if last := r.last(); x.ops < last.ops || x.turns < last.turns {
			r.n = 0
		}
	}
	r.samples[r.n%size] = x
	r.n++
	return r.samples[max(0, r.n-size)%size]
}

// last is the newest sample.
func (r *rateWindow) last() rateSample { return r.samples[(r.n-1)%len(r.samples)] }

func (s *Server) sampleRates(r *rateWindow) {
	now := rateSample{at: s.monotonic()}
	for _, l := range s.loops {
		now.ops += l.totals.ops.Load()
		now.in += l.totals.in.Load()
		now.out += l.totals.out.Load()
		now.turns += l.totals.turns.Load()
		now.busyNs += l.totals.busyNs.Load()
	}
	then := r.add(now)
	dt := now.at - then.at
	if dt <= 0 {
		s.rates.reset()
		return
	}
	rate := func(now, then int64) int64 { return int64(float64(now-then) * 1e9 / float64(dt)) }
	s.rates.ops.Store(rate(now.ops, then.ops))
	s.rates.in.Store(rate(now.in, then.in))
	s.rates.out.Store(rate(now.out, then.out))
	s.rates.turns.Store(rate(now.turns, then.turns))
	turnUs := int64(0)
	if turns := now.turns - then.turns; turns > 0 {
		turnUs = ((now.busyNs-then.busyNs)/turns + 999) / 1000
	}
	s.rates.turnUs.Store(turnUs)
}
