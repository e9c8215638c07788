package server

import (
	"cmp"
	"slices"

	"radish/config"
)

// class is the class of a client for client-output-buffer-limit.
func (c *Client) class() config.ClientClass {
	if c.subscriptions() > 0 {
		return config.ClassPubSub
	}
	return config.ClassNormal
}

// outputFree is how many bytes of replies a client may always have: Redis does not count its fixed buffer of
// that size either.
const outputFree = 16 << 10

// checkOutput ends a connection whose peer does not take its replies: at the hard limit at once, at the
// soft limit when it has lasted. It is asked before n more bytes of replies are sent, so that, as in Redis,
// a client gets nothing of a reply that is too long for it.
func (l *eventLoop) checkOutput(cl *Client, n int) {
	held := int64(cl.conn.Pending() + n)
	if held <= outputFree {
		cl.softSince = 0
		return
	}
	limit := &l.srv.cfg.Load().OutputBufferLimits[cl.class()]
	over := limit.Hard > 0 && held > limit.Hard
	if limit.Soft > 0 && held > limit.Soft {
		if cl.softSince == 0 {
			cl.softSince = l.nowMs
		}
		over = over || l.nowMs-cl.softSince > int64(limit.SoftSeconds)*1000
	} else {
		cl.softSince = 0
	}
	if over {
		l.endFull(cl)
	}
}

// replyLimit is what resp.Writer.Limit is for the replies to cl.
func (l *eventLoop) replyLimit(cl *Client) int {
	hard := l.srv.cfg.Load().OutputBufferLimits[cl.class()].Hard
	if hard > 0 {
		hard = max(hard, outputFree)
	}
	return int(hard)
}

// endFull ends a client that has, or would have, more replies than it may.
func (l *eventLoop) endFull(cl *Client) {
	if cl.conn.Closed() {
		return
	}
	l.srv.outputLimitHits.Add(1)
	l.srv.log.Warningf("Client %s closed for overcoming of output buffer limits.", l.describe(cl))
	cl.conn.CloseNow()
}

// evictClients has the clients that hold most ended, while all together hold more than maxmemory-clients.
func (s *Server) evictClients(v *config.Values) {
	limit := v.ClientEvictionLimit()
	if limit <= 0 || s.clientMem.Load() <= limit || s.evictingClients.Swap(true) {
		return
	}
	go func() {
		defer s.evictingClients.Store(false)
		s.evictToLimit(limit)
	}()
}

// evictToLimit is evictClients at once, for workers and background goroutines.
func (s *Server) evictToLimit(limit int64) {
	for limit > 0 && s.clientMem.Load() > limit {
		evicted := 0
		for _, c := range s.evictableClients() {
			if s.clientMem.Load() <= limit {
				break
			}
			c.loop.visit(func() {
				if cl := c.loop.clients[c.id]; cl != nil && !cl.noEvict {
					s.log.Noticef("Evicting client: %s", c.loop.describe(cl))
					s.evictedClients.Add(1)
					cl.conn.CloseNow()
					evicted++
				}
			})
		}
		if evicted == 0 {
			return
		}
	}
}

// evictionCandidate is a client that may be ended for the sake of memory.
type evictionCandidate struct {
	id   uint64
	mem  int64
	loop *eventLoop
}

// evictableClients lists all candidates, those that hold most first.
func (s *Server) evictableClients() []evictionCandidate {
	var list []evictionCandidate
	s.eachLoop(func(l *eventLoop) {
		for id, cl := range l.clients {
			if !cl.noEvict {
				list = append(list, evictionCandidate{id, cl.mem(), l})
			}
		}
	})
	slices.SortFunc(list, func(a, b evictionCandidate) int { return cmp.Compare(b.mem, a.mem) })
	return list
}
