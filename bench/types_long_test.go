//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestLongCases(t *testing.T) {
	cases := longCases(&bench{})
	if len(cases) != 4 || len(cases[1].data) != unionSets || len(cases[1].args) != 2+unionSets {
		t.Fatalf("%+v", cases)
	}
	if want := "SUNIONSTORE of 10 sets of 100000"; cases[1].what != want {
		t.Errorf("%q", cases[1].what)
	}
}

// A tenth of a tenth of the data shows that each command runs, and that rows come out.
func TestLongCommands(t *testing.T) {
	f := redisFleet(t)
	s, err := f.start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, l := range longCases(&bench{quick: true}) {
		for i := range l.data {
			l.data[i].n /= 10
		}
		if err := fillAll(s, c, l.data); err != nil {
			t.Fatal(err)
		}
		if cost, err := l.cost(s, c); err != nil || cost <= 0 {
			t.Errorf("%s: %v, %v", l.what, cost, err)
		}
		if err := c.discard("ECHO", "in step"); err != nil {
			t.Error(err)
		}
	}
	if err := c.discard("NOSUCH"); !errMissing(err) || !strings.Contains(err.Error(), "NOSUCH") {
		t.Errorf("%v", err)
	}
}
