package server

import (
	"maps"
	"slices"
	"strings"
)

// gathered is what INFO and its kin add up from all loops.
type gathered struct {
	loopStats
	clients       int64
	maxIn, maxOut int64 // largest buffers of a client
	memNormal     int64 // bytes that clients hold
	pubsub        int64 // clients with subscriptions
	watching      int64 // clients that watch keys
	timeouts      int64 // clients that wait with a time-out
}

// gather visits all loops. It waits for them, so only workers may call it.
func (s *Server) gather() *gathered {
	g := &gathered{}
	g.init(s.table.Len())
	s.eachLoop(func(l *eventLoop) {
		st := &l.stats
		g.commands += st.commands
		g.netIn += st.netIn
		g.netOut += st.netOut
		g.dirty += st.dirty
		g.errors += st.errors
		g.hits += st.hits + l.ctx.Hits
		g.misses += st.misses + l.ctx.Misses
		g.reads += st.reads
		g.writes += st.writes
		g.turns += st.turns
		g.busyNs += st.busyNs
		g.busyMax = max(g.busyMax, st.busyMax)
		g.cronNs += st.cronNs
		g.aofNs += st.aofNs
		g.turnCmds = max(g.turnCmds, st.turnCmds)
		for code, n := range st.perError {
			g.perError[code] += n
		}
		for i := range st.rows {
			from, to := &st.rows[i], &g.rows[i]
			to.calls += from.calls
			to.ns += from.ns
			to.rejected += from.rejected
			to.failed += from.failed
			if from.hist != nil {
				if to.hist == nil {
					to.hist = &histogram{}
				}
				to.hist.merge(from.hist)
			}
		}
		g.timeouts += int64(l.timeouts.Len())
		for _, cl := range l.clients {
			g.clients++
			g.netIn += cl.conn.BytesIn
			g.maxIn = max(g.maxIn, int64(cl.conn.InMem()))
			g.maxOut = max(g.maxOut, int64(cl.conn.OutMem()))
			g.memNormal += cl.mem()
			if cl.subscriptions() > 0 {
				g.pubsub++
			}
			if cl.tx.watch.Len() > 0 {
				g.watching++
			}
		}
	})
	return g
}

// resetStats is CONFIG RESETSTAT. It visits all loops, so only workers may call it.
func (s *Server) resetStats() {
	s.eachLoop(func(l *eventLoop) {
		tracking := l.stats.tracking
		l.stats = loopStats{dirty: l.stats.dirty, tracking: tracking}
		l.stats.init(s.table.Len())
		l.ctx.Hits, l.ctx.Misses = 0, 0
		for _, cl := range l.clients {
			cl.conn.BytesIn = 0
		}
		l.publish()
	})
	s.rates.reset()
	for _, n := range []interface{ Store(int64) }{&s.totalConns, &s.rejectedConns, &s.queryLimitHits, &s.outputLimitHits,
		&s.evictedClients, &s.evictedKeys, &s.expiredKeys, &s.env.ExpiredFields, &s.exceededNs, &s.expireNs, &s.cronNs,
		&s.purgeNs, &s.dumps.sanitized} {
		n.Store(0)
	}
	v := &s.saving
	v.saves.Store(0)
	v.delayedBefore.Store(s.aof.Stats().Delayed)
	v.mu.Lock()
	v.rewrites, v.rewriteFailures = 0, 0
	v.mu.Unlock()
	s.peakMem.Store(s.usedMemory())
	s.store.ResetStats()
}

// errorCodes are the codes of error replies that were given, in order.
func (g *gathered) errorCodes() []string { return slices.Sorted(maps.Keys(g.perError)) }

// safeName makes a command's name fit for a line of INFO.
func safeName(name string) string {
	return strings.NewReplacer("#", "_", ":", "_", "\n", "_", "\r", "_").Replace(name)
}
