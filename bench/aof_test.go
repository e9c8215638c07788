//go:build linux

package main

import (
	"testing"
	"time"
)

func TestMeasureRewrite(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	var d duringJobs
	if err := b.measureRewrite(theirs, 2000, &d); err != nil {
		t.Fatal(err)
	}
	if len(d) != snapshotRuns || d.longest() <= 0 || d.took() <= 0 {
		t.Errorf("%+v", d)
	}
}

func TestMeasureRateWithLog(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	servers, stop, err := b.startBoth(aofOptions("always"))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, s := range servers {
		if sp, err := measureRate(s, 5, setRing(), 50*time.Millisecond); err != nil || sp.rate <= 0 {
			t.Errorf("%v: %+v, %v", s.kind, sp, err)
		}
		c, err := dial(s.addr)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := c.infoInt("aof_current_size"); err != nil || n == 0 {
			t.Errorf("%v: a log of %d bytes, %v", s.kind, n, err)
		}
		c.close()
	}
}
