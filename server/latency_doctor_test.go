package server

import (
	"strings"
	"testing"

	"radish/config"
)

func TestDoctorReport(t *testing.T) {
	v := config.Default().Load()
	off, on := *v, *v
	off.LatencyMonitorThreshold = 0
	on.LatencyMonitorThreshold = 100
	sample := []latencySample{{50, 200}}
	for _, c := range []struct {
		name   string
		v      config.Values
		events []latencyEvent
		says   []string
	}{
		{"off", off, nil, []string{"monitor is off"}},
		{"nothing", on, nil, []string{"100 ms or more"}},
		{"command", on, []latencyEvent{{"command", sample, 300}}, []string{
			"1. command: 1 latency spikes (average 200ms, mean deviation 0ms, period 50.00 sec). Worst all time event 300ms.",
			"SLOWLOG GET", "UNLINK"}},
		{"several", on, []latencyEvent{{"eviction-cycle", sample, 300}, {"expire-cycle", sample, 300}, {"fast-command", sample, 1}},
			[]string{"1. eviction", "2. expire", "3. fast-command", "maxmemory", "times to live", "--intrinsic-latency"}},
	} {
		report := doctorReport(c.events, &c.v, 100)
		for _, text := range c.says {
			if !strings.Contains(report, text) {
				t.Errorf("%s: no %q in %s", c.name, text, report)
			}
		}
	}
}

func TestEventAdviceAboutTheSlowLog(t *testing.T) {
	v := *config.Default().Load()
	v.LatencyMonitorThreshold = 5
	for limit, says := range map[int64]string{-1: "Turn the slow log on", 10_000: "slowlog-log-slower-than 5000", 5000: ""} {
		v.SlowlogLogSlowerThan = limit
		advice := strings.Join(eventAdvice(eventCommand, &v), "\n")
		if says != "" && !strings.Contains(advice, says) || says == "" && strings.Contains(advice, "slower-than") {
			t.Errorf("with %d: %s", limit, advice)
		}
	}
	for _, e := range []string{eventExpireCycle, eventEvictionCycle, eventEvictionDel, "unheard-of"} {
		if len(eventAdvice(e, &v)) != 1 {
			t.Errorf("%s: no advice", e)
		}
	}
}
