//go:build linux

package main

import (
	"slices"
	"testing"
)

func TestParseSpeedups(t *testing.T) {
	out := `goos: linux
cpu: AMD EPYC
BenchmarkCallParallel/GET      	10000000	       200.0 ns/op	       0 B/op	       0 allocs/op
BenchmarkCallParallel/GET-2    	10000000	       110.0 ns/op
BenchmarkCallParallel/GET      	10000000	       220.0 ns/op
BenchmarkCallParallel/GET-2    	10000000	        90.0 ns/op
BenchmarkCallParallel/MSET-10      	 1000000	      1000 ns/op
BenchmarkCallParallel/MSET-10-2    	 1000000	       500 ns/op
BenchmarkOther-2    	 1000000	       500 ns/op
PASS
`
	got, err := parseSpeedups(out)
	want := []speedup{{"GET", 210, 100}, {"MSET-10", 1000, 500}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if times := want[0].times(); times != 2.1 {
		t.Errorf("%v times", times)
	}
	got, err = parseSpeedups("BenchmarkCallParallel 5 40 ns/op\nBenchmarkCallParallel-2 5 20 ns/op\n")
	if err != nil || !slices.Equal(got, []speedup{{"", 40, 20}}) {
		t.Errorf("without sub-benchmarks: %v, %v", got, err)
	}
	for _, bad := range []string{"", "PASS\n", "BenchmarkCallParallel/GET 5 40 ns/op\n", "BenchmarkCallParallel x y ns/op\n"} {
		if got, err := parseSpeedups(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestLines(t *testing.T) {
	if got := firstComplaint("# radish/server\nserver/x.go:1:2:  undefined: y\nFAIL\n"); got != "server/x.go:1:2: undefined: y" {
		t.Errorf("%q", got)
	}
	if got := firstComplaint("\n"); got != "go test failed without a word" {
		t.Errorf("%q", got)
	}
	if got := lastLine("a\nb  c\n\n"); got != "b c" {
		t.Errorf("%q", got)
	}
}

func TestMiddleOf(t *testing.T) {
	rounds := [][]speedup{{{"GET", 200, 100}, {"SET", 1, 1}}, {{"GET", 300, 100}, {"SET", 1, 1}}, {{"GET", 100, 90}, {"SET", 1, 1}}}
	s, times := middleOf(rounds, 0)
	if s != (speedup{"GET", 200, 100}) || median(times) != 2 {
		t.Errorf("%v, %v", s, times)
	}
}
