//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	insertKeys    = 10_000_000
	insertClients = 5
	insertPercent = 99.99
	// The longest of so many commands is what the machine did, as often as what the server did: the servers take turns, and the middle of the
	// runs counts. With a core for each side, what other programs had that core for is taken off, too (see stallWatch).
	insertRuns = 3
	// A virtual machine that uses up all of its processors is often held up by its host for the rest of a period of 100 ms, 6 ms as a rule. So the
	// client rests between commands, and lets the machine use 80 % of them.
	insertWork = 40 * time.Millisecond
	insertRest = 10 * time.Millisecond
)

// insertSetup is how server and client share the cores.
type insertSetup struct {
	name   string
	pinned bool // one core for the server, another for the client; else the scheduler places them
}

// insertSection measures each of 10 million inserts: a table that is rebuilt as a whole shows in the longest.
// With a core for each side the server's own pauses show; without, also how its threads get on with a client
// on the same cores.
func insertSection(b *bench) ([]row, error) {
	var rows []row
	for _, setup := range []insertSetup{{"pinned to a core each", true}, {"sharing the cores", false}} {
		more, err := b.insertRows(setup)
		rows = append(rows, more...)
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func (b *bench) insertRows(setup insertSetup) ([]row, error) {
	o := options{pin: setup.pinned}
	if setup.pinned {
		serverCPU, unpin, err := pinClient()
		if err != nil {
			return nil, err
		}
		defer unpin()
		o.cpu = serverCPU
	}
	keys := b.scaled(insertKeys, 20)
	var high, longest, rate [2][]float64
	for range insertRuns {
		for _, k := range []kind{ours, theirs} {
			latencies, took, err := b.measureInserts(k, o, keys)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", k, err)
			}
			slices.Sort(latencies)
			h := microseconds(time.Duration(percentile(latencies, insertPercent)))
			l := microseconds(time.Duration(latencies[len(latencies)-1]))
			r := float64(keys) / took.Seconds()
			high[k], longest[k], rate[k] = append(high[k], h), append(longest[k], l), append(rate[k], r)
			b.logf("%s: %v: median %.0f, p%v %.0f, longest %.0f µs, %.0f inserts/s", setup.name, k,
				microseconds(time.Duration(percentile(latencies, 50))), insertPercent, h, l, r)
		}
	}
	rates := fmt.Sprintf("server and client %s; %s and %s inserts/s", setup.name, figure(median(rate[ours]), ""), figure(median(rate[theirs]), ""))
	what := fmt.Sprintf("%d keys inserted by %d clients: ", keys, insertClients)
	r := func(of string, all [2][]float64) row {
		runs := strings.NewReplacer("[", "", "]", "").Replace(fmt.Sprintf("%.0f and %.0f", all[ours], all[theirs]))
		return ratioRow(what+of, "µs", median(all[ours]), median(all[theirs]), 0, 1, rates+"; "+runs)
	}
	return []row{r(fmt.Sprintf("%vth percentile", insertPercent), high), r("longest command", longest)}, nil
}

// measureInserts returns the nanoseconds of each insert into a new server, and how long all took without rests.
func (b *bench) measureInserts(k kind, o options, keys int) (latencies []int64, took time.Duration, err error) {
	s, err := b.fleet.start(k, o)
	if err != nil {
		return nil, 0, err
	}
	defer s.stop()
	// A client with a core of its own never sleeps, so that its waking up is not measured.
	g, err := dialLoad(s.addr, insertClients, o.pin)
	if err != nil {
		return nil, 0, err
	}
	defer g.close()
	if o.pin {
		g.stalls = &stallWatch{pid: s.pid}
	}
	latencies = make([]int64, 0, keys)
	for src := newInsertSource(keys); src.at < src.end; time.Sleep(insertRest) {
		begin := time.Now()
		if err := g.run(src, 1, &latencies, func(int) bool { return time.Since(begin) > insertWork }); err != nil {
			return nil, 0, err
		}
		took += time.Since(begin)
	}
	c, err := dial(s.addr)
	if err != nil {
		return nil, 0, err
	}
	defer c.close()
	return latencies, took, c.expectKeys(keys)
}
