//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

// cpuSample is what one window of load cost a server.
type cpuSample struct {
	perCommand float64 // nanoseconds of CPU
	busy       float64 // share of one core that the server used, 0..1
}

// cpuCase is one row: a command, a number of clients and a depth of pipelining.
type cpuCase struct {
	load     workload
	clients  int
	pipeline int
	limit    float64 // of ours over theirs
}

func (c cpuCase) String() string {
	text := fmt.Sprintf("CPU per %s, %d clients", c.load.name, c.clients)
	if c.pipeline > 1 {
		text += fmt.Sprintf(", pipelines of %d", c.pipeline)
	}
	return text
}

// cpuCases returns the rows in the table's order.
func cpuCases() []cpuCase {
	var cases []cpuCase
	for _, depth := range []struct {
		pipeline int
		limit    float64
	}{{1, 1.00}, {16, 0.75}} {
		for _, clients := range []int{50, 500} {
			for _, w := range cpuWorkloads() {
				cases = append(cases, cpuCase{w, clients, depth.pipeline, depth.limit})
			}
		}
	}
	return cases
}

const (
	cpuRounds   = 7
	cpuRetries  = 5    // rounds of a case that may be measured again
	cpuBusy     = 0.90 // share of its core that a server has to use for a round to count
	cpuWarmUp   = 150 * time.Millisecond
	cpuWindow   = 500 * time.Millisecond
	cpuRequests = 1 << 17 // prepared per workload; more than there are keys
	cpuMsets    = 1 << 14
	patience    = 20 // lengths of a window that a server may pass without any reply
)

// cpuSection measures CPU per command of both servers, each pinned to the same core, with the client on
// another. Both run all the time, but only one has work at any moment.
func cpuSection(b *bench) ([]row, error) {
	servers, stop, err := b.startPinned(options{})
	if err != nil {
		return nil, err
	}
	defer stop()
	for k := range servers {
		if err := pipelined(servers[k].addr, cpuKeys, setRequest); err != nil {
			return nil, err
		}
	}
	rings := make(map[string]*ring)
	for _, w := range cpuWorkloads() {
		n := cpuRequests
		if w.name == "MSET of 10" {
			n = cpuMsets
		}
		rings[w.name] = w.ring(n)
	}
	var rows []row
	for _, c := range cpuCases() {
		r, err := measureCPUCase(b, servers, c, rings[c.load.name])
		if err != nil {
			return rows, fmt.Errorf("%v: %w", c, err)
		}
		b.logf("%v: %s, %s, ratio %s (%s)", c, r.ours, r.theirs, r.ratio, r.note)
		rows = append(rows, r)
	}
	return rows, nil
}

// measureCPUCase measures one row.
func measureCPUCase(b *bench, servers [2]*server, c cpuCase, requests *ring) (row, error) {
	return cpuRow(b, c.String(), c.limit, func(k kind) (cpuSample, error) { return measureCPU(servers[k], c, requests) })
}

// cpuRow lets the two servers take turns, ours first in one round and theirs first in the next. A round in
// which something else took the cores away, so that a server had to wait for its client, is measured again.
func cpuRow(b *bench, what string, limit float64, measure func(kind) (cpuSample, error)) (row, error) {
	var costs, busy [2][]float64
	retries := cpuRetries
	for wanted := b.scaled(cpuRounds, 3); len(costs[ours]) < wanted; {
		order := []kind{ours, theirs}
		if len(costs[ours])%2 == 1 {
			slices.Reverse(order)
		}
		var samples [2]cpuSample
		for _, k := range order {
			var err error
			if samples[k], err = measure(k); err != nil {
				return row{}, fmt.Errorf("%v: %w", k, err)
			}
		}
		if min(samples[ours].busy, samples[theirs].busy) < cpuBusy && retries > 0 {
			retries--
			continue
		}
		for k := range samples {
			costs[k] = append(costs[k], samples[k].perCommand)
			busy[k] = append(busy[k], samples[k].busy)
		}
	}
	quotients := ratios(costs[ours], costs[theirs])
	note := fmt.Sprintf("ratios %.2f to %.2f; busy %.0f %% and %.0f %%", slices.Min(quotients), slices.Max(quotients),
		100*median(busy[ours]), 100*median(busy[theirs]))
	return ratioRow(what, "ns", median(costs[ours]), median(costs[theirs]), median(quotients), limit, note), nil
}

// measureCPU loads a server for the time of one window.
func measureCPU(s *server, c cpuCase, requests source) (cpuSample, error) {
	return measureWindow(s, c.clients, c.pipeline, requests, cpuWarmUp, cpuWindow)
}

func measureWindow(s *server, clients, pipeline int, requests source, warmUp, length time.Duration) (cpuSample, error) {
	g, err := dialLoad(s.addr, clients, true)
	if err != nil {
		return cpuSample{}, err
	}
	defer g.close()
	w := window{pid: s.pid, warmUp: warmUp, length: length, begin: time.Now()}
	if err := g.run(requests, pipeline, nil, w.turn); err != nil {
		return cpuSample{}, err
	}
	return w.sample()
}

// window takes the server's CPU clock and the count of replies at its two ends.
type window struct {
	pid            int
	warmUp, length time.Duration
	begin          time.Time

	opened, closed   bool
	from, to         time.Duration // since begin
	cpuFrom, cpuTo   time.Duration
	doneFrom, doneTo int
	err              error
}

// turn is the load generator's: it opens and closes the window when it is time.
func (w *window) turn(done int) (stop bool) {
	now := time.Since(w.begin)
	switch {
	case !w.opened && now >= w.warmUp:
		w.opened, w.from, w.doneFrom = true, now, done
		w.cpuFrom, w.err = cpuTime(w.pid)
	case w.opened && !w.closed && now >= w.from+w.length && (done > w.doneFrom || now >= w.from+patience*w.length):
		w.closed, w.to, w.doneTo = true, now, done
		w.cpuTo, w.err = cpuTime(w.pid)
	}
	return w.closed || w.err != nil
}

func (w *window) sample() (cpuSample, error) {
	if w.err != nil {
		return cpuSample{}, w.err
	}
	commands := float64(w.doneTo - w.doneFrom)
	if !w.closed || commands == 0 {
		return cpuSample{}, fmt.Errorf("no replies within %v", w.length)
	}
	cpu, wall := float64(w.cpuTo-w.cpuFrom), float64(w.to-w.from)
	return cpuSample{perCommand: cpu / commands, busy: cpu / wall}, nil
}
