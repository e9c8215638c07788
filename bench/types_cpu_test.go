//go:build linux

package main

import (
	"testing"
	"time"
)

func TestTypesCases(t *testing.T) {
	cases := typesCases()
	if len(cases) != 28 {
		t.Errorf("%d cases", len(cases))
	}
	names := map[string]bool{}
	rnd := newRand()
	for _, c := range cases {
		if names[c.String()] || c.limit != constantTime && c.limit != notConstant {
			t.Errorf("%v, limit %v", c, c.limit)
		}
		names[c.String()] = true
		for i := range 100 {
			if args := requestsIn(t, c.build(nil, i, rnd))[0]; len(args) < 2 || len(args) > 4 {
				t.Fatalf("%v: %q", c, args)
			}
		}
	}
	for _, name := range []string{"CPU per LPUSH, one of 500000, pipelines of 16", "CPU per ZPOPMIN, 10000 of 100, pipelines of 16",
		"CPU per LRANGE of 600, 1000 of 600, pipelines of 16"} {
		if !names[name] {
			t.Errorf("no row %q", name)
		}
	}
}

func TestTypesSample(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	small := manySortedSets(100, 20)
	c := typesCase{command: "ZPOPMIN", fill: small.fill, changes: true, pops: true}
	rnd := newRand()
	requests := newRing(1000, func(b []byte, i int) []byte {
		return popCases("ZPOPMIN", 1, bigSortedSet("z", 0, 10), small)[1].build(b, i, rnd)
	})
	if _, err := c.sample(s, requests); err == nil {
		t.Error("no error although nothing is left")
	}
	c.pops, c.changes = false, false
	begin := time.Now()
	if sample, err := c.sample(s, requests); err != nil || sample.perCommand < 50 || time.Since(begin) < cpuWindow {
		t.Errorf("%+v, %v", sample, err)
	}
}
