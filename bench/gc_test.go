//go:build linux

package main

import (
	"testing"
	"time"
)

const trace = `gc 1 @0.012s 0%: 0.010+0.21+0.003 ms clock, 0.020+0.10/0.15/0.05+0.006 ms cpu, 3->4->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P
1234:M 01 Jan 2026 00:00:00.000 * Ready to accept connections
gc 2 @1.5s 1%: 0.45+12+0.9 ms clock, 0.90+1/2/3+1.8 ms cpu, 4->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)
scvg: inuse: 3
`

func TestParseGCTrace(t *testing.T) {
	p, err := parseGCTrace(trace)
	if err != nil || p.cycles != 2 || p.longest != 900*time.Microsecond {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"gc 1 @0s 0%: 0.1+2 ms clock, x\n", "gc 1 @0s 0%: a+2+3 ms clock, x\n"} {
		if p, err := parseGCTrace(bad); err == nil {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

func TestReadGCPauses(t *testing.T) {
	p, err := readGCPauses(map[string]string{gcPauseField: "950", gcCyclesField: "2"}, trace)
	if err != nil || p.longest != 900*time.Microsecond || p.source != "gctrace" || p.cycles != 2 {
		t.Errorf("INFO rounds up what the trace knows: %+v, %v", p, err)
	}
	p, err = readGCPauses(map[string]string{gcPauseField: "950", gcCyclesField: "3"}, trace)
	if err != nil || p.longest != 950*time.Microsecond || p.source != "INFO" || p.cycles != 3 {
		t.Errorf("INFO knows of a collection more: %+v, %v", p, err)
	}
	p, err = readGCPauses(map[string]string{gcPauseField: "7", gcCyclesField: "31"}, "")
	if err != nil || p.longest != 7*time.Microsecond || p.cycles != 31 {
		t.Errorf("INFO alone: %+v, %v", p, err)
	}
	p, err = readGCPauses(map[string]string{gcPauseField: "100", gcCyclesField: "3"}, trace)
	if err != nil || p.longest != 900*time.Microsecond || p.source != "gctrace" {
		t.Errorf("the trace knows a longer one: %+v, %v", p, err)
	}
	p, err = readGCPauses(nil, trace)
	if err != nil || p.longest != 900*time.Microsecond || p.source != "gctrace" {
		t.Errorf("trace alone: %+v, %v", p, err)
	}
	if p, err := readGCPauses(nil, ""); err == nil {
		t.Errorf("nothing to read: %+v", p)
	}
	if p, err := readGCPauses(map[string]string{gcPauseField: "7"}, ""); err == nil {
		t.Errorf("nothing tells how many: %+v", p)
	}
	if p, err := readGCPauses(map[string]string{gcPauseField: "x"}, ""); err == nil {
		t.Errorf("a field without number: %+v", p)
	}
}
