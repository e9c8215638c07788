//go:build linux

package main

import "testing"

func TestMeasureInserts(t *testing.T) {
	b := &bench{fleet: redisFleet(t)}
	latencies, took, err := b.measureInserts(theirs, options{}, 2000)
	if err != nil || len(latencies) != 2000 || took <= 0 {
		t.Fatalf("%d latencies in %v, %v", len(latencies), took, err)
	}
	for _, l := range latencies {
		if l <= 0 || l > took.Nanoseconds() {
			t.Fatalf("an insert of %d ns in %v", l, took)
		}
	}
}
