package server

import (
	"slices"
	"testing"
	"time"
)

func TestLatencySeriesKeepsTheWorstOfEachSecond(t *testing.T) {
	var m latencyMonitor
	for i := range int64(400) {
		m.add("command", i/2, 10+i%2)
		m.add("command", i/2, 5)
	}
	e, ok := m.get("command")
	if !ok || len(e.samples) != latencySamples {
		t.Fatalf("%v, %d samples; want %d", ok, len(e.samples), latencySamples)
	}
	for i, x := range e.samples {
		if want := (latencySample{int64(40 + i), 11}); x != want {
			t.Fatalf("sample %d is %v, want %v", i, x, want)
		}
	}
	if e.worst != 11 {
		t.Errorf("the worst is %d, want 11", e.worst)
	}
}

func TestLatencyMonitorResets(t *testing.T) {
	var m latencyMonitor
	for _, e := range []string{"b", "a", "c"} {
		m.add(e, 1, 1)
	}
	names := func() (names []string) {
		for _, e := range m.all() {
			names = append(names, e.name)
		}
		return names
	}
	if got := names(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Fatalf("events %q", got)
	}
	if n := m.reset([]string{"A", "nosuch", "a"}); n != 1 {
		t.Fatalf("%d were forgotten, want 1", n)
	}
	if _, ok := m.get("a"); ok {
		t.Error("a is still there")
	}
	if n := m.reset(nil); n != 2 || names() != nil {
		t.Fatalf("%d were forgotten, left %q", n, names())
	}
}

func TestLatencySummary(t *testing.T) {
	e := latencyEvent{name: "command", worst: 90, samples: []latencySample{{100, 10}, {110, 20}, {120, 60}}}
	got := e.summary(130)
	if want := (latencySummary{spikes: 3, low: 10, high: 60, mean: 30, deviation: 20, period: 10}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	one := latencyEvent{samples: []latencySample{{100, 7}}}
	if got := one.summary(100); got.period != 1 || got.mean != 7 || got.deviation != 0 {
		t.Errorf("of one sample: %+v", got)
	}
}

func TestSpikeObeysTheThreshold(t *testing.T) {
	s, clients := newTestServer(t, 1)
	s.spike(eventExpireCycle, int64(time.Hour))
	if len(s.latency.all()) != 0 {
		t.Fatal("the monitor is off, but keeps events")
	}
	if err := s.cfg.Set([][2]string{{"latency-monitor-threshold", "20"}}, localChange()); err != nil {
		t.Fatal(err)
	}
	s.spike(eventExpireCycle, 19_999_999)
	s.spike(eventEvictionDel, 20_000_000)
	want(t, "LATENCY HISTORY", run(clients[0], "latency", "history", "expire-cycle"), "*0\r\n")
	if e, ok := s.latency.get(eventEvictionDel); !ok || e.worst != 20 {
		t.Errorf("%v %+v", ok, e)
	}
}
