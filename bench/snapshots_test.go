//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMeasureSnapshots(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	var f snapshotFigures
	if err := b.measureSnapshots(theirs, 2000, 1000, &f); err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Concat(f.plain, f.zset) {
		if d.quiet.rate <= 0 || d.during.rate <= 0 || d.during.longest <= 0 || d.peak < d.before || d.before <= 0 || d.took <= 0 {
			t.Errorf("%+v", d)
		}
	}
	if f.alone <= 0 || len(f.plain) != snapshotRuns || len(f.zset) != snapshotRuns {
		t.Errorf("%+v", f)
	}
	if took, err := b.measureLoading(ours, f.file, 2000); err != nil || took <= 0 {
		t.Errorf("%v, %v", took, err)
	}
	if _, err := b.measureLoading(ours, f.file, 1999); err == nil {
		t.Error("another number of keys than the file has")
	}
}

// A job that fails is an error.
func TestJobFails(t *testing.T) {
	running := "1"
	addr := fakeServer(t, func(args []string) string {
		if args[0] == "BGSAVE" {
			return "+OK\r\n"
		}
		text := "rdb_bgsave_in_progress:" + running + "\r\nrdb_last_bgsave_status:err\r\n"
		running = "0"
		return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text)
	})
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	calls := 0
	err = saveJob().run(c, func() error { calls++; return nil })
	if err == nil || !strings.Contains(err.Error(), "BGSAVE") || calls != 1 {
		t.Errorf("%v, %d calls", err, calls)
	}
}

func TestDuringRows(t *testing.T) {
	d := duringJob{quiet: span{rate: 100}, during: span{rate: 80, longest: 10 * time.Millisecond}, before: 100, peak: 106}
	for _, r := range duringRows("x", [2]duringJobs{{d}, {d}}) {
		if r.verdict != holds {
			t.Errorf("%+v", r)
		}
	}
	d.peak, d.during = 107, span{rate: 79, longest: 11 * time.Millisecond}
	for _, r := range duringRows("x", [2]duringJobs{{d}, {d}}) {
		if r.verdict != broken {
			t.Errorf("%+v", r)
		}
	}
}

// TestDuringJobs: the middle of rates and times, and the most memory.
func TestDuringJobs(t *testing.T) {
	run := func(rate float64, ms int, peak int64) duringJob {
		return duringJob{quiet: span{rate: 100, longest: time.Millisecond}, during: span{rate: rate, longest: time.Duration(ms) * time.Millisecond}, before: 100, peak: peak}
	}
	d := duringJobs{run(50, 7, 101), run(90, 20, 110), run(70, 8, 100)}
	if d.kept() != 0.7 || d.longest() != 8 || d.growth() != 1.1 || d.quietRate() != 100 {
		t.Errorf("%v of quiet, %v ms, memory %v, quiet %v", d.kept(), d.longest(), d.growth(), d.quietRate())
	}
	if during, quiet := d.eachLongest(); during != "7.0 20.0 8.0" || quiet != "1.0 1.0 1.0" {
		t.Errorf("%s and %s", during, quiet)
	}
}

func TestGroupMemory(t *testing.T) {
	pid := os.Getpid()
	own, err := rollup(pid, "Pss")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := groupMemory(pid); err != nil || n < own*9/10 {
		t.Errorf("%d of %d, %v", n, own, err)
	}
	if err := resetPeak(pid); err != nil {
		t.Fatal(err)
	}
	if n, err := highestRSS(pid); err != nil || n < own/2 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := groupMemory(1 << 30); err == nil {
		t.Error("the memory of nobody")
	}
}
