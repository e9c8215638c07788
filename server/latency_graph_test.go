package server

import (
	"strings"
	"testing"
)

func TestLatencyGraph(t *testing.T) {
	e := latencyEvent{name: "command", worst: 700, samples: []latencySample{{0, 0}, {9_000, 60}, {90_000, 110}, {99_950, 50}, {99_990, 120}}}
	want(t, "the graph", e.graph(100_000), "command - high 120 ms, low 0 ms (all time high 700 ms)\n"+
		strings.Repeat("-", 80)+"\n"+
		"  # #\n"+
		" _| |\n"+
		" ||#|\n"+
		"_||||\n"+
		"     \n"+
		"11251\n"+
		"ddh00\n"+
		"   ss\n")
}

func TestLatencyGraphWrapsLongSeries(t *testing.T) {
	e := latencyEvent{name: "x", worst: 5}
	for i := range int64(100) {
		e.samples = append(e.samples, latencySample{i, 5})
	}
	lines := strings.Split(e.graph(100), "\n")
	long := 0
	for _, l := range lines {
		if len(l) > graphWidth {
			t.Errorf("a line is too long: %q", l)
		}
		if len(l) == graphWidth {
			long++
		}
	}
	if long < 5 {
		t.Errorf("too few full lines: %q", lines)
	}
}

func TestAge(t *testing.T) {
	for s, text := range map[int64]string{0: "0s", 59: "59s", 60: "1m", 3599: "59m", 3600: "1h", 86399: "23h", 86400: "1d", 400 * 86400: "400d"} {
		want(t, "age", age(s), text)
	}
}
