//go:build linux

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The fields of INFO that hold the longest stop of the world since the start, and the number of collections.
const (
	gcPauseField  = "gc_max_pause_usec"
	gcCyclesField = "gc_cycles"
)

// gcPauses is what is known about a Go server's garbage collections.
type gcPauses struct {
	longest time.Duration
	cycles  int
	source  string
}

// readGCPauses takes the longest pause from what GODEBUG=gctrace=1 made the server print, which is exact, if that tells of all
// collections. INFO's is the upper end of a bucket of the runtime's histogram, up to a quarter more than the pause was; it is believed
// for collections that the trace does not tell of.
func readGCPauses(info map[string]string, trace string) (gcPauses, error) {
	traced, err := parseGCTrace(trace)
	if err != nil {
		return gcPauses{}, err
	}
	text, found := info[gcPauseField]
	if !found {
		if traced.cycles == 0 {
			return gcPauses{}, errors.New("neither INFO's " + gcPauseField + " nor a gctrace line tells of the collector")
		}
		return traced, nil
	}
	usec, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return gcPauses{}, fmt.Errorf("INFO %s: %w", gcPauseField, err)
	}
	p := gcPauses{longest: time.Duration(usec) * time.Microsecond, source: "INFO"}
	if p.cycles, err = strconv.Atoi(info[gcCyclesField]); err != nil && traced.cycles == 0 {
		return gcPauses{}, fmt.Errorf("INFO %s: %w", gcCyclesField, err)
	}
	if traced.cycles > 0 && traced.cycles >= p.cycles || traced.longest > p.longest {
		p.longest, p.source = traced.longest, traced.source
	}
	p.cycles = max(p.cycles, traced.cycles)
	return p, nil
}

// parseGCTrace reads gctrace lines (package runtime, "gctrace"), such as
//
//	gc 3 @0.105s 2%: 0.031+1.2+0.004 ms clock, 0.062+0.5/1.1/0+0.008 ms cpu, 4->4->2 MB, ...
//
// The first and the last of the three clock times are the stops of the world. Other lines are skipped.
func parseGCTrace(trace string) (gcPauses, error) {
	p := gcPauses{source: "gctrace"}
	for line := range strings.Lines(trace) {
		rest, isTrace := strings.CutPrefix(line, "gc ")
		if !isTrace {
			continue
		}
		_, rest, found := strings.Cut(rest, "%: ")
		clock, _, ends := strings.Cut(rest, " ms clock")
		if !found || !ends {
			continue
		}
		phases := strings.Split(clock, "+")
		if len(phases) != 3 {
			return p, fmt.Errorf("gctrace line %q", line)
		}
		p.cycles++
		for _, phase := range []string{phases[0], phases[2]} {
			ms, err := strconv.ParseFloat(phase, 64)
			if err != nil {
				return p, fmt.Errorf("gctrace line %q: %w", line, err)
			}
			p.longest = max(p.longest, time.Duration(ms*float64(time.Millisecond)))
		}
	}
	return p, nil
}
