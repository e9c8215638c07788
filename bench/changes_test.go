//go:build linux

package main

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

func TestChanges(t *testing.T) {
	src := newChanges(50, 30, 4)
	counts := make(map[string]int)
	seen := make(map[string]bool)
	for range 4000 {
		args := requestsIn(t, slices.Clone(src.next(1)))[0]
		counts[args[0]]++
		var n, most int
		var err error
		switch args[0] {
		case "SET":
			n, err = strconv.Atoi(args[1][len(keyPrefix):])
			most = 50
			if len(args[2]) != bigValue {
				t.Fatalf("%q", args)
			}
		case "ZADD":
			n, err = strconv.Atoi(args[3])
			most = 30
			if _, err := strconv.Atoi(args[2]); err != nil || args[1] != zsetKey {
				t.Fatalf("%q", args)
			}
		}
		if err != nil || n < 0 || n >= most {
			t.Fatalf("%q", args)
		}
		seen[args[0]+strconv.Itoa(n)] = true
	}
	if counts["SET"] != 3000 || counts["ZADD"] != 1000 || len(seen) != 80 {
		t.Errorf("%v, %d keys and members", counts, len(seen))
	}
	src = newChanges(50, 0, 1)
	for range 100 {
		if args := requestsIn(t, src.next(1))[0]; args[0] != "SET" {
			t.Fatalf("%q without a sorted set", args)
		}
	}
}

func TestFills(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := fillBig(s, 1000); err != nil {
		t.Fatal(err)
	}
	if err := fillZSet(s, 2*zsetPart); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.expectKeys(1001), c.expect(bigValue, "STRLEN", numberedKey(keyPrefix, 999)), c.expect(2*zsetPart, "ZCARD", zsetKey)} {
		if err != nil {
			t.Error(err)
		}
	}
	g, err := dialLoad(s.addr, 3, false)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	// What is written by the source that changes things adds none.
	sp, err := measureSpan(g, newChanges(1000, 2*zsetPart, 3), func() error { time.Sleep(50 * time.Millisecond); return nil })
	if err != nil || sp.rate <= 0 || sp.high <= 0 || sp.longest < sp.high {
		t.Errorf("%+v, %v", sp, err)
	}
	for _, err := range []error{c.expectKeys(1001), c.expect(2*zsetPart, "ZCARD", zsetKey)} {
		if err != nil {
			t.Error(err)
		}
	}
}
