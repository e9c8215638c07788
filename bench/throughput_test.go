//go:build linux

package main

import (
	"errors"
	"slices"
	"testing"
)

func TestParseBenchmark(t *testing.T) {
	out := `WARNING: Could not fetch server CONFIG
"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
"LPUSH (needed to benchmark LRANGE)","90000.00","0.2","0.1","0.2","0.3","0.4","0.5"
"LRANGE_100 (first 100 elements)","41152.26","0.651","0.328","0.631","0.847","1.119","1.519"
`
	got, err := parseBenchmark(out)
	if err != nil || !slices.Equal(got, []benchmarkResult{{"LRANGE_100 (first 100 elements)", 41152.26}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "Error: no\n", "\"test\",\"rps\"\n\"GET\",\"x\"\n", "\"test\",\"rps\"\n\"GET\"\n"} {
		if got, err := parseBenchmark(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestRunBenchmark(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	results, err := runBenchmark(s, "ping", 1000)
	if err != nil || len(results) != 2 || results[0].rate <= 0 {
		t.Errorf("%v, %v", results, err)
	}
	without, err := redisFleet(t).start(theirs, options{args: []string{"--rename-command", "LPUSH", ""}})
	if err != nil {
		t.Fatal(err)
	}
	var missing errCommandMissing
	if _, err := runBenchmark(without, "lpush", 1000); !errors.As(err, &missing) {
		t.Errorf("a server without LPUSH: %v", err)
	}
}
