//go:build linux

package main

import (
	"errors"
	"testing"
	"time"
)

func TestGCRow(t *testing.T) {
	if r := gcRow(gcPauses{longest: 999 * time.Microsecond, cycles: 3, source: "INFO"}, nil); r.verdict != holds {
		t.Errorf("%+v", r)
	}
	if r := gcRow(gcPauses{longest: time.Millisecond}, nil); r.verdict != broken {
		t.Errorf("a millisecond is not under one: %+v", r)
	}
	if r := gcRow(gcPauses{}, errors.New("no")); r.verdict != unmeasured || r.note != "no" {
		t.Errorf("%+v", r)
	}
}

func TestMixedRequest(t *testing.T) {
	rnd := newRand()
	for i, want := range []string{"SET", "GET"} {
		if args := requestsIn(t, mixedRequest(nil, i, rnd, 100))[0]; args[0] != want {
			t.Errorf("request %d: %v", i, args)
		}
	}
}

func TestMeasureDuringKeys(t *testing.T) {
	b := &bench{fleet: redisFleet(t)}
	err := b.withKeys(theirs, options{}, 20_000, func(s *server) error {
		d, err := measureDuringKeys(s, 20_000)
		if d.gets == 0 || d.longestGet <= 0 || d.keysTook <= 0 {
			t.Errorf("%+v", d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
