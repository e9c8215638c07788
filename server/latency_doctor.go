package server

import (
	"fmt"
	"strings"

	"radish/config"
)

// doctorReport is what LATENCY DOCTOR says about events.
func doctorReport(events []latencyEvent, v *config.Values, now int64) string {
	if len(events) == 0 {
		if v.LatencyMonitorThreshold == 0 {
			return "The latency monitor is off, so there is nothing to examine. " +
				"CONFIG SET latency-monitor-threshold <milliseconds> turns it on.\n"
		}
		return fmt.Sprintf("Nothing has taken %d ms or more since the latency monitor was turned on or reset. All is well.\n",
			v.LatencyMonitorThreshold)
	}
	var b strings.Builder
	b.WriteString("These events took longer than they should:\n\n")
	var advice []string
	for i := range events {
		e := &events[i]
		sum := e.summary(now)
		fmt.Fprintf(&b, "%d. %s: %d latency spikes (average %dms, mean deviation %dms, period %.2f sec). Worst all time event %dms.\n",
			i+1, e.name, sum.spikes, sum.mean, sum.deviation, sum.period, e.worst)
		advice = append(advice, eventAdvice(e.name, v)...)
	}
	b.WriteString("\nWhat may help:\n\n")
	said := make(map[string]bool)
	for _, a := range advice {
		if !said[a] {
			said[a] = true
			b.WriteString("- " + a + "\n")
		}
	}
	return b.String()
}

// eventAdvice is what to do against an event.
func eventAdvice(event string, v *config.Values) (advice []string) {
	switch event {
	case eventCommand:
		threshold := v.LatencyMonitorThreshold * 1000
		switch {
		case v.SlowlogLogSlowerThan < 0:
			advice = append(advice, fmt.Sprintf("Turn the slow log on, so that it shows which commands these are: CONFIG SET slowlog-log-slower-than %d.", threshold))
		case v.SlowlogLogSlowerThan > threshold:
			advice = append(advice, fmt.Sprintf("Let the slow log keep all that the latency monitor notices: CONFIG SET slowlog-log-slower-than %d.", threshold))
		}
		return append(advice, "Look at the slow log (SLOWLOG GET) for the commands that took so long.",
			"DEL of a very big value frees it before it replies: use UNLINK, or set lazyfree-lazy-user-del.")
	case eventFastCommand:
		return []string{"Commands that have little to do had to wait for a processor: lower the load of the machine, " +
			"give the server processors of its own, or look for a noisy neighbour on the same host. " +
			"redis-cli --intrinsic-latency 100 measures how long this machine keeps any program waiting."}
	case eventExpireCycle:
		return []string{"Very many keys lapsed at the same moment: add some seconds at random to their times to live."}
	case eventEvictionDel:
		return []string{"Finding a key to evict took long: lower maxmemory-samples, and see whether the machine is short of processors."}
	case eventEvictionCycle:
		return []string{"Much had to be evicted at once: that happens after maxmemory was lowered, " +
			"or when commands write very big values. Lower maxmemory in small steps."}
	}
	return []string{"There is no advice for " + event + "."}
}
