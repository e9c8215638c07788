//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

func TestMeasureShape(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	shapes := memoryShapes(b)
	if len(shapes) != 6 {
		t.Fatalf("%d shapes", len(shapes))
	}
	for _, s := range shapes[:2] {
		perElement, err := b.measureShape(theirs, s)
		if err != nil || perElement < 20 || perElement > 500 {
			t.Errorf("%s: %.1f B, %v", s.what, perElement, err)
		}
	}
}

// A server without the command makes a row that says so, and the section goes on.
func TestMissingCommands(t *testing.T) {
	f := redisFleet(t)
	s, err := f.start(theirs, options{args: []string{"--rename-command", "SADD", "", "--rename-command", "LPUSH", ""}})
	if err != nil {
		t.Fatal(err)
	}
	err = bigSet("s", 0, 100).fill(s)
	if !errMissing(err) || !strings.Contains(err.Error(), "SADD") {
		t.Errorf("SADD: %v", err)
	}
	lpush := listCases()[0]
	b := &bench{fleet: f, quick: true, begin: time.Now()}
	if _, err := lpush.measure(b, [2]*server{s, s}); !errMissing(err) {
		t.Errorf("LPUSH: %v", err)
	}
}
