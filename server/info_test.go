package server

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// sectionsOf are the headings of a text of INFO.
func sectionsOf(text string) (names []string) {
	for _, l := range strings.Split(text, "\r\n") {
		if name, ok := strings.CutPrefix(l, "# "); ok {
			names = append(names, name)
		}
	}
	return names
}

func TestInfoSections(t *testing.T) {
	s, _ := startServer(t)
	usual := []string{"Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Errorstats", "Cluster", "Keyspace"}
	all := []string{"Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Commandstats", "Errorstats", "Latencystats", "Cluster", "Keyspace"}
	for _, c := range []struct {
		names []string
		want  []string
	}{
		{nil, usual},
		{[]string{"default"}, usual},
		{[]string{"all"}, all},
		{[]string{"everything", "cpu"}, all},
		{[]string{"keyspace", "server", "server"}, []string{"Server", "Keyspace"}},
		{[]string{"latencystats", "default"}, slices.Insert(slices.Clone(usual), 9, "Latencystats")},
		{[]string{"debug"}, []string{"Debug"}},
		{[]string{"nosuch"}, nil},
	} {
		if got := sectionsOf(s.info(c.names)); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q", c.names, got)
		}
	}
}

// infoField is a field of a text of INFO.
func infoField(text, name string) string {
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `:(.*)\r$`).FindStringSubmatch(text)
	if m == nil {
		return "(no " + name + ")"
	}
	return m[1]
}

func TestInfoCounts(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("CONFIG RESETSTAT")
	for _, c := range []string{"SET a b", "GET a", "GET nosuch", "GET", "NOSUCH", "INCR a", "CLIENT ID"} {
		w.do(c)
	}
	w.do("SET v x EX 100")
	text := s.info([]string{"all"})
	for name, form := range map[string]string{
		"cmdstat_set":                  `calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=0,failed_calls=0`,
		"cmdstat_get":                  `calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=1,failed_calls=0`,
		"cmdstat_incr":                 `calls=1,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=0,failed_calls=1`,
		"cmdstat_client|id":            `calls=1,.*`,
		"errorstat_ERR":                `count=3`,
		"total_error_replies":          `3`,
		"keyspace_hits":                `1`,
		"keyspace_misses":              `1`,
		"db0":                          `keys=2,expires=1,avg_ttl=(99\d\d\d|100000),subexpiry=0`,
		"connected_clients":            `1`,
		"role":                         `master`,
		"master_replid":                `[0-9a-f]{40}`,
		"redis_version":                `7\.4\.0`,
		"loading":                      `0`,
		"total_net_input_bytes":        `[1-9]\d+`,
		"used_memory_human":            `\d+\.\d\d[KM]`,
		"mem_fragmentation_ratio":      `\d+\.\d\d`,
		"listener0":                    `name=tcp,bind=127\.0\.0\.1,port=\d+`,
		"latency_percentiles_usec_set": `p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}`,
	} {
		if got := infoField(text, name); !regexp.MustCompile("^" + form + "$").MatchString(got) {
			t.Errorf("%s is %q", name, got)
		}
	}
	w.do("CONFIG SET latency-tracking no")
	if text := s.info([]string{"latencystats"}); strings.Contains(text, "usec") {
		t.Errorf("without latency-tracking: %q", text)
	}
}

// TestInfoOfLoops: turns and their time are counted, also of a server at rest.
func TestInfoOfLoops(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.send("PING", "PING", "PING")
	for range 3 {
		w.reply()
	}
	before := s.gather()
	time.Sleep(250 * time.Millisecond)
	after := s.gather()
	if n := after.turns - before.turns; n < 2 || n > 12 {
		t.Errorf("%d turns in 250 ms", n)
	}
	if after.busyNs <= before.busyNs || after.cronNs <= before.cronNs || after.busyMax == 0 || after.turnCmds == 0 {
		t.Errorf("before %+v, after %+v", before.loopStats.busyNs, after.loopStats.busyNs)
	}
	debug := s.info([]string{"debug"})
	for _, name := range []string{"eventloop_duration_aof_sum", "eventloop_duration_cron_sum", "eventloop_duration_max", "eventloop_cmd_per_cycle_max"} {
		if got := infoField(debug, name); !regexp.MustCompile(`^\d+$`).MatchString(got) {
			t.Errorf("%s is %q", name, got)
		}
	}
}
