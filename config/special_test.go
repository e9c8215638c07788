package config

import (
	"slices"
	"testing"
)

func TestSpecialValues(t *testing.T) {
	c := Default()
	for _, x := range []struct{ name, value, want string }{
		{"notify-keyspace-events", "KEA", "AKE"},
		{"notify-keyspace-events", "mKnxg$", "g$xnKm"},
		{"notify-keyspace-events", "Axn", "A"},
		{"notify-keyspace-events", "g$lshzxetd", "A"},
		{"notify-keyspace-events", "", ""},
		{"client-output-buffer-limit", "Replica 1mb 2k 07 pubsub 0 0 0", "normal 0 0 0 slave 1048576 2000 7 pubsub 0 0 0"},
		{"client-output-buffer-limit", "normal 1 2 4294967299", "normal 1 2 3 slave 1048576 2000 7 pubsub 0 0 0"},
		{"client-output-buffer-limit", "normal 18446744073709551615 0 0", "normal 9223372036854775807 0 0 slave 1048576 2000 7 pubsub 0 0 0"},
		{"client-output-buffer-limit", "", "normal 9223372036854775807 0 0 slave 1048576 2000 7 pubsub 0 0 0"},
		{"oom-score-adj-values", "-5 +6 7", "-5 6 7"},
		{"latency-tracking-info-percentiles", "50 1e1 99.99999949 0 .5", "50 10 99.999999 0 0.5"},
		{"latency-tracking-info-percentiles", "", ""},
		{"save", "3000 5", "3000 5"},
		{"save", "1 2 3 4", "1 2 3 4"},
		{"save", "", ""},
		{"bind", "127.0.0.1 -::1", "127.0.0.1 -::1"},
		{"bind", "", ""},
		{"hz", "0", "1"},
		{"hz", "1000", "500"},
		{"repl-backlog-size", "100", "16384"},
		{"maxmemory", "18446744073709551615", "9223372036854775807"},
		{"oom-score-adj", "RELATIVE", "yes"},
		{"shutdown-on-sigterm", "force now default", "now force"},
		{"locale-collate", "POSIX", "POSIX"},
		{"proc-title-template", "{{x {port}", "{{x {port}"},
		{"cluster-announce-human-nodename", "node_1-a", "node_1-a"},
		{"masterauth", "a\x00b", "a\x00b"},
		{"masteruser", "a\x00b", "a"},
	} {
		if err := set(c, x.name, x.value); err != nil {
			t.Errorf("%s %q: %v", x.name, x.value, err)
		} else if got := value(t, c, x.name); got != x.want {
			t.Errorf("%s %q: shows %q, want %q", x.name, x.value, got, x.want)
		}
	}
	if f := c.Load().OutputBufferLimits[ClassReplica]; f != (OutputBufferLimit{1 << 20, 2000, 7}) {
		t.Errorf("limit of replicas: %+v", f)
	}
}

func TestNotifyLettersAreComplete(t *testing.T) {
	var all NotifyFlags
	for i := range len(notifyLetters) {
		f := notifyFlag(notifyLetters[i])
		if f == 0 || all&f != 0 || f.String() != notifyLetters[i:i+1] {
			t.Errorf("letter %c stands for %b", notifyLetters[i], f)
		}
		all |= f
	}
	if all&NotifyAll != NotifyAll || NotifyAll.String() != "A" {
		t.Errorf("all letters make %b", all)
	}
}

func TestSlicesAreNotShared(t *testing.T) {
	c := Default()
	old := c.Load()
	bind, save, percentiles := slices.Clone(old.Bind), slices.Clone(old.Save), slices.Clone(old.LatencyTrackingInfoPercentiles)
	for _, pair := range [][2]string{{"bind", "1.2.3.4"}, {"save", "7 8"}, {"latency-tracking-info-percentiles", "1"}} {
		if err := set(c, pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(old.Bind, bind) || !slices.Equal(old.Save, save) || !slices.Equal(old.LatencyTrackingInfoPercentiles, percentiles) {
		t.Error("a published value was written to")
	}
}
