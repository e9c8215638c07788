package server

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"radish/command"
	"radish/config"
	"radish/internal/version"
)

// infoSection is one chapter of INFO.
type infoSection struct {
	name  string
	title string // "" : the lines bring their own
	write func(w *infoWriter)
	when  infoWhen
}

// infoWhen says when a section is shown beside when it is asked for.
type infoWhen uint8

const (
	infoDefault infoWhen = iota // without an argument
	infoAll                     // only by INFO ALL
	infoHidden                  // never
)

// infoWriter builds the text.
type infoWriter struct {
	strings.Builder
	s *Server
	g *gathered
	v *config.Values
}

func (w *infoWriter) field(name string, value any) { fmt.Fprintf(w, "%s:%v\r\n", name, value) }

func (w *infoWriter) flag(name string, on bool) {
	n := 0
	if on {
		n = 1
	}
	w.field(name, n)
}

func (w *infoWriter) ratio(name string, a, b int64) {
	r := 1.0
	if b > 0 {
		r = float64(a) / float64(b)
	}
	fmt.Fprintf(w, "%s:%.2f\r\n", name, r)
}

func infoSections() []infoSection {
	return []infoSection{
		{"server", "Server", (*infoWriter).server, infoDefault},
		{"clients", "Clients", (*infoWriter).clients, infoDefault},
		{"memory", "Memory", (*infoWriter).memory, infoDefault},
		{"persistence", "Persistence", (*infoWriter).persistence, infoDefault},
		{"stats", "Stats", (*infoWriter).stats, infoDefault},
		{"replication", "Replication", (*infoWriter).replication, infoDefault},
		{"cpu", "CPU", (*infoWriter).cpu, infoDefault},
		{"modules", "Modules", func(*infoWriter) {}, infoDefault},
		{"commandstats", "Commandstats", (*infoWriter).commandStats, infoAll},
		{"errorstats", "Errorstats", (*infoWriter).errorStats, infoDefault},
		{"latencystats", "Latencystats", (*infoWriter).latencyStats, infoAll},
		{"cluster", "Cluster", func(w *infoWriter) { w.field("cluster_enabled", 0) }, infoDefault},
		{"keyspace", "Keyspace", (*infoWriter).keyspace, infoDefault},
		{"debug", "Debug", (*infoWriter).debug, infoHidden},
	}
}

func (s *Server) infoSpecs() []command.Spec {
	return []command.Spec{{Name: "info", Arity: -1, Flags: command.Loading | command.Stale | command.Sentinel | command.Worker, Group: command.GroupServer,
		Acl: command.CatDangerous, Since: "1.0.0", Handler: s.cmdInfo,
		Summary: "Tells how the server is and what it has done.", Complexity: "O(1)", Syntax: "[section [section ...]]",
		Tips:    []string{"nondeterministic_output", "request_policy:all_shards", "response_policy:special"},
		History: []string{"7.0.0 Added support for taking multiple section arguments."}}}
}

func (s *Server) cmdInfo(c *command.Ctx) error {
	var names []string
	for _, a := range c.Args[1:] {
		names = append(names, strings.ToLower(string(a)))
	}
	c.Reply.VerbatimString("txt", s.info(names))
	return nil
}

// info is the text of the named sections; none: the default ones.
func (s *Server) info(names []string) string {
	all, def := false, len(names) == 0
	want := make(map[string]bool)
	for _, n := range names {
		switch n {
		case "all", "everything":
			all = true
		case "default":
			def = true
		default:
			want[n] = true
		}
	}
	w := &infoWriter{s: s, g: s.gather(), v: s.cfg.Load()}
	n := 0
	for _, sec := range infoSections() {
		if !(all && sec.when != infoHidden) && !(def && sec.when == infoDefault) && !want[sec.name] {
			continue
		}
		if n++; n > 1 {
			w.WriteString("\r\n")
		}
		w.WriteString("# " + sec.title + "\r\n")
		sec.write(w)
	}
	return w.String()
}

func (w *infoWriter) server() {
	s, v := w.s, w.v
	now := time.Now()
	up := int64(now.Sub(s.started).Seconds())
	exe, _ := os.Executable()
	w.field("redis_version", version.Redis)
	w.field("redis_git_sha1", version.Commit())
	w.field("redis_git_dirty", 0)
	w.field("redis_build_id", s.buildID())
	w.field("redis_mode", "standalone")
	w.field("os", osName())
	w.field("arch_bits", strconv.IntSize)
	w.field("monotonic_clock", "POSIX clock_gettime")
	w.field("multiplexing_api", multiplexing)
	w.field("atomicvar_api", "sync-atomic")
	w.field("gcc_version", "0.0.0")
	w.field("process_id", os.Getpid())
	w.field("process_supervised", supervisedName(v.Supervised))
	w.field("run_id", s.runID)
	w.field("tcp_port", v.Port)
	w.field("server_time_usec", now.UnixMicro())
	w.field("uptime_in_seconds", up)
	w.field("uptime_in_days", up/86400)
	w.field("hz", v.Hz)
	w.field("configured_hz", v.Hz)
	w.field("lru_clock", now.Unix()&(1<<24-1))
	w.field("executable", exe)
	w.field("config_file", s.cfg.File())
	w.flag("io_threads_active", len(s.loops) > 1)
	n := 0
	if v.Port != 0 {
		fmt.Fprintf(w, "listener%d:name=tcp", n)
		for _, b := range v.Bind {
			fmt.Fprintf(w, ",bind=%s", b)
		}
		fmt.Fprintf(w, ",port=%d\r\n", v.Port)
		n++
	}
	if v.UnixSocket != "" {
		fmt.Fprintf(w, "listener%d:name=unix,bind=%s\r\n", n, v.UnixSocket)
	}
	w.field("radish_version", version.Radish)
	w.field("radish_event_loops", len(s.loops))
	w.field("radish_shards", s.store.Shards())
	w.field("go_version", runtime.Version())
}

func supervisedName(m config.Supervision) string {
	switch {
	case m == config.SupervisedSystemd, m == config.SupervisedAuto && os.Getenv("NOTIFY_SOCKET") != "":
		return "systemd"
	case m == config.SupervisedUpstart:
		return "upstart"
	case m == config.SupervisedAuto:
		return "unknown"
	}
	return "no"
}

func (w *infoWriter) clients() {
	w.field("connected_clients", w.g.clients)
	w.field("cluster_connections", 0)
	w.field("maxclients", w.v.MaxClients)
	w.field("client_recent_max_input_buffer", w.g.maxIn)
	w.field("client_recent_max_output_buffer", w.g.maxOut)
	w.field("blocked_clients", w.s.blocked.Load())
	w.field("tracking_clients", w.s.tracking.count.Load())
	w.field("pubsub_clients", w.g.pubsub)
	w.field("clients_in_timeout_table", w.g.timeouts)
	w.field("total_blocking_keys", w.s.waiting.keys.Load())
	w.field("total_blocking_keys_on_nokey", 0)
}

func (w *infoWriter) persistence() {
	v := &w.s.saving
	i := v.saver.Info()
	loading := w.s.gates.Load()&uint32(gateLoading) != 0
	v.mu.Lock()
	failed, saved := v.failed, v.saved
	v.mu.Unlock()
	w.field("loading", flag(loading))
	w.field("async_loading", 0)
	w.field("current_cow_peak", i.WaitPeak*flag(i.Running))
	w.field("current_cow_size", i.Waiting)
	w.field("current_cow_size_age", 0)
	w.field("current_fork_perc", fmt.Sprintf("%.2f", float64(i.KeysDone)/float64(max(i.Keys, 1))*100))
	w.field("current_save_keys_processed", i.KeysDone)
	w.field("current_save_keys_total", i.Keys)
	w.field("rdb_changes_since_last_save", w.g.dirty-saved)
	w.field("rdb_bgsave_in_progress", flag(i.Running))
	w.field("rdb_last_save_time", i.LastSave.Unix())
	w.field("rdb_last_bgsave_status", status(!failed))
	w.field("rdb_last_bgsave_time_sec", i.LastS)
	w.field("rdb_current_bgsave_time_sec", i.CurrentS)
	w.field("rdb_saves", w.s.saving.saves.Load())
	w.field("rdb_last_cow_size", i.LastPeak)
	w.field("rdb_last_load_keys_expired", v.expiredKeys.Load())
	w.field("rdb_last_load_keys_loaded", v.loadedKeys.Load())
	w.appendOnly(w.s.cfg.Load())
	if loading {
		v.loading.info(w)
	}
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

func status(ok bool) string {
	if ok {
		return "ok"
	}
	return "err"
}

func (w *infoWriter) replication() {
	w.field("role", "master")
	w.field("connected_slaves", 0)
	w.field("master_failover_state", "no-failover")
	w.field("master_replid", *w.s.replID.Load())
	w.field("master_replid2", strings.Repeat("0", 40))
	w.field("master_repl_offset", 0)
	w.field("second_repl_offset", -1)
	w.field("repl_backlog_active", 0)
	w.field("repl_backlog_size", w.v.ReplBacklogSize)
	w.field("repl_backlog_first_byte_offset", 0)
	w.field("repl_backlog_histlen", 0)
}

func (w *infoWriter) cpu() {
	for _, u := range cpuTimes() {
		fmt.Fprintf(w, "%s:%d.%06d\r\n", u.name, u.us/1e6, u.us%1e6)
	}
}

func (w *infoWriter) commandStats() {
	for spec := range w.s.table.All() {
		r := &w.g.rows[spec.ID()]
		if r.calls == 0 && r.failed == 0 && r.rejected == 0 {
			continue
		}
		us := r.ns / 1000
		per := 0.0
		if r.calls > 0 {
			per = float64(us) / float64(r.calls)
		}
		fmt.Fprintf(w, "cmdstat_%s:calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d\r\n",
			safeName(spec.FullName()), r.calls, us, per, r.rejected, r.failed)
	}
}

func (w *infoWriter) errorStats() {
	for _, code := range w.g.errorCodes() {
		fmt.Fprintf(w, "errorstat_%s:count=%d\r\n", safeName(code), w.g.perError[code])
	}
}

func (w *infoWriter) latencyStats() {
	if !w.v.LatencyTracking {
		return
	}
	for spec := range w.s.table.All() {
		h := w.g.rows[spec.ID()].hist
		if h == nil {
			continue
		}
		fmt.Fprintf(w, "latency_percentiles_usec_%s:", safeName(spec.FullName()))
		for i, p := range w.v.LatencyTrackingInfoPercentiles {
			if i > 0 {
				w.WriteString(",")
			}
			fmt.Fprintf(w, "p%s=%.3f", strconv.FormatFloat(p, 'f', -1, 64), float64(h.percentile(p))/1000)
		}
		w.WriteString("\r\n")
	}
}

func (w *infoWriter) keyspace() {
	for i := range w.v.Databases {
		db := w.s.store.DB(i, time.Now().UnixMilli())
		if n := db.Len(); n > 0 {
			fmt.Fprintf(w, "db%d:keys=%d,expires=%d,avg_ttl=%d,subexpiry=%d\r\n", i, n, db.ExpiresLen(), db.AvgTTL(), db.FieldExpiresLen())
		}
	}
}
