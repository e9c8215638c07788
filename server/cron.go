package server

import (
	"time"

	"radish/persist/aof"
)

// keepKeys is for how many keys of one command a loop keeps room from tick to tick.
const keepKeys = 1024

// tick runs hz times a second on a loop that has clients.
func (l *eventLoop) tick() {
	if l.srv.cronPaused.Load() {
		return
	}
	v := l.srv.cfg.Load()
	l.look()
	if cap(l.ctx.Keys) > keepKeys {
		l.ctx.Keys = nil
	}
	if cap(l.keyRefs) > keepKeys {
		l.keyRefs = nil
	}
	for _, cl := range l.clients {
		if out := cl.conn.BytesOut; out != cl.outSeen { // who takes a long reply is not idle
			cl.outSeen, cl.lastInteraction = out, l.nowMs
		}
		if v.Timeout > 0 && cl.waiting == waitNone && !cl.monitor && cl.subscriptions() == 0 &&
			l.nowMs-cl.lastInteraction > int64(v.Timeout)*1000 {
			l.srv.log.Verbosef("Closing idle client")
			cl.conn.CloseNow()
			continue
		}
		l.checkOutput(cl, 0)
		l.countMem(cl)
	}
	l.publish()
}

// cron runs what is not tied to a loop: rates, memory peaks, giving memory back.
func (s *Server) cron() {
	defer s.stopped.Done()
	const every = 100 * time.Millisecond
	t := time.NewTicker(every)
	defer t.Stop()
	var r rateWindow
	var limiter aof.Limiter
	var gc collector
	for n := 0; ; n++ {
		select {
		case <-s.stop:
			s.links.closeIdle(0)
			return
		case <-t.C:
		}
		if s.cronPaused.Load() {
			continue
		}
		start := s.monotonic()
		s.sampleRates(&r)
		if m := s.usedMemory(); m > s.peakMem.Load() {
			s.peakMem.Store(m)
		}
		s.saveCron()
		s.noteRoom()
		s.rewriteCron(&limiter)
		gc.pace()
		if n%10 == 9 {
			s.compact()
			gc.tidy(r.last().ops, s.startMem+2*s.clientMem.Load())
			s.links.closeIdle(migrateLinkIdle)
		}
		s.cronNs.Add(s.monotonic() - start)
	}
}
