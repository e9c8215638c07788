//go:build linux

package main

import (
	"os/exec"
	"testing"
	"time"
)

func TestCPUCases(t *testing.T) {
	cases := cpuCases()
	if len(cases) != 20 {
		t.Fatalf("%d cases", len(cases))
	}
	if c := cases[0]; c.String() != "CPU per PING, 50 clients" || c.limit != 1.00 {
		t.Errorf("%v, limit %v", c, c.limit)
	}
	if c := cases[19]; c.String() != "CPU per MSET of 10, 500 clients, pipelines of 16" || c.limit != 0.75 {
		t.Errorf("%v, limit %v", c, c.limit)
	}
}

func TestMeasureCPU(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	c := cpuCase{load: cpuWorkloads()[0], clients: 10, pipeline: 4}
	sample, err := measureCPU(s, c, c.load.ring(1000))
	if err != nil {
		t.Fatal(err)
	}
	if sample.perCommand < 50 || sample.perCommand > 1e6 || sample.busy <= 0 || sample.busy > 1.2 {
		t.Errorf("%+v", sample)
	}
}

func TestWindow(t *testing.T) {
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	w := window{pid: ended.Process.Pid, warmUp: 0, length: time.Hour, begin: time.Now()}
	if !w.turn(0) {
		t.Error("goes on without a clock")
	}
	if _, err := w.sample(); err == nil {
		t.Error("no error for an absent process")
	}
	if _, err := (&window{closed: true}).sample(); err == nil {
		t.Error("no error for a window without commands")
	}
}
