package server

import (
	"fmt"

	"radish/pubsub"
)

func (w *infoWriter) stats() {
	s, g := w.s, w.g
	st := s.store.Stats()
	w.field("total_connections_received", s.totalConns.Load())
	w.field("total_commands_processed", g.commands)
	w.field("instantaneous_ops_per_sec", s.rates.ops.Load())
	w.field("total_net_input_bytes", g.netIn)
	w.field("total_net_output_bytes", g.netOut)
	w.field("total_net_repl_input_bytes", 0)
	w.field("total_net_repl_output_bytes", 0)
	fmt.Fprintf(w, "instantaneous_input_kbps:%.2f\r\n", float64(s.rates.in.Load())/1024)
	fmt.Fprintf(w, "instantaneous_output_kbps:%.2f\r\n", float64(s.rates.out.Load())/1024)
	w.field("instantaneous_input_repl_kbps", "0.00")
	w.field("instantaneous_output_repl_kbps", "0.00")
	w.field("rejected_connections", s.rejectedConns.Load())
	w.field("sync_full", 0)
	w.field("sync_partial_ok", 0)
	w.field("sync_partial_err", 0)
	w.field("expired_subkeys", s.env.ExpiredFields.Load())
	w.field("expired_keys", s.expiredKeys.Load())
	w.field("expired_stale_perc", "0.00")
	w.field("expired_time_cap_reached_count", 0)
	w.field("expire_cycle_cpu_milliseconds", s.expireNs.Load()/1e6)
	w.field("evicted_keys", s.evictedKeys.Load())
	w.field("evicted_clients", s.evictedClients.Load())
	total, current := s.exceeded()
	w.field("total_eviction_exceeded_time", total/1e6)
	w.field("current_eviction_exceeded_time", current/1e6)
	w.field("keyspace_hits", g.hits)
	w.field("keyspace_misses", g.misses)
	w.field("pubsub_channels", s.hub.Topics(pubsub.Channel))
	w.field("pubsub_patterns", s.hub.Topics(pubsub.Pattern))
	w.field("pubsubshard_channels", s.hub.Topics(pubsub.Shard))
	w.field("latest_fork_usec", 0)
	w.field("total_forks", 0)
	w.field("migrate_cached_sockets", s.links.count())
	w.field("slave_expires_tracked_keys", 0)
	w.field("active_defrag_hits", st.Moved)
	w.field("active_defrag_misses", 0)
	w.field("active_defrag_key_hits", st.Moved)
	w.field("active_defrag_key_misses", 0)
	w.field("total_active_defrag_time", s.purgeNs.Load()/1e6)
	w.field("current_active_defrag_time", 0)
	w.field("tracking_total_keys", s.tracking.keys.Load())
	w.field("tracking_total_items", s.tracking.items.Load())
	w.field("tracking_total_prefixes", s.tracking.prefixCount.Load())
	w.field("unexpected_error_replies", 0)
	w.field("total_error_replies", g.errors)
	w.field("dump_payload_sanitizations", s.dumps.sanitized.Load())
	w.field("total_reads_processed", g.reads)
	w.field("total_writes_processed", g.writes)
	w.field("io_threaded_reads_processed", 0)
	w.field("io_threaded_writes_processed", 0)
	w.field("client_query_buffer_limit_disconnections", s.queryLimitHits.Load())
	w.field("client_output_buffer_limit_disconnections", s.outputLimitHits.Load())
	w.field("reply_buffer_shrinks", 0)
	w.field("reply_buffer_expands", 0)
	w.field("eventloop_cycles", g.turns)
	w.field("eventloop_duration_sum", g.busyNs/1000)
	w.field("eventloop_duration_cmd_sum", g.commandNs()/1000)
	w.field("instantaneous_eventloop_cycles_per_sec", s.rates.turns.Load())
	w.field("instantaneous_eventloop_duration_usec", s.rates.turnUs.Load())
	w.field("acl_access_denied_auth", s.authFailures.Load())
	w.field("acl_access_denied_cmd", 0)
	w.field("acl_access_denied_key", 0)
	w.field("acl_access_denied_channel", 0)
}

// debug is the section that is shown only when it is asked for.
func (w *infoWriter) debug() {
	g := w.g
	w.field("eventloop_duration_aof_sum", g.aofNs/1000)
	w.field("eventloop_duration_cron_sum", (g.cronNs+w.s.cronNs.Load())/1000)
	w.field("eventloop_duration_max", (g.busyMax+999)/1000)
	w.field("eventloop_cmd_per_cycle_max", g.turnCmds)
}

// commandNs is the time that commands took in all.
func (g *gathered) commandNs() (ns int64) {
	for i := range g.rows {
		ns += g.rows[i].ns
	}
	return ns
}
