package server

import (
	"slices"
	"sync"
	"time"

	"radish/command"
)

// pauseState is CLIENT PAUSE. The gate bit gatePause is set while it is in force.
type pauseState struct {
	mu    sync.Mutex
	until int64 // unix ms
	all   bool  // ALL, else WRITE
	end   bool  // the server ends: writes pause beside that
	timer *time.Timer
}

// pauseTick is how long the pause's timer sleeps at the most before it looks at the clock again.
const pauseTick = time.Hour

// pauseClients puts CLIENT PAUSE in force until a moment (unix ms). As in Redis a pause that is in force is
// only made longer or stricter; one that would be over already changes nothing else.
func (s *Server) pauseClients(until int64, all bool) {
	p := &s.pauses
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now().UnixMilli()
	if p.until > now {
		until = max(until, p.until)
		all = all || p.all
	}
	if until <= now {
		return
	}
	p.until, p.all = until, all
	s.gates.Or(uint32(gatePause))
	s.store.HoldExpiry(true)
	if p.timer == nil {
		p.timer = time.AfterFunc(pauseSleep(until-now), s.pauseOver)
	} else {
		p.timer.Reset(pauseSleep(until - now))
	}
}

func pauseSleep(ms int64) time.Duration {
	return time.Duration(min(ms, pauseTick.Milliseconds())) * time.Millisecond
}

// pauseOver runs when the pause should be over.
func (s *Server) pauseOver() {
	p := &s.pauses
	p.mu.Lock()
	defer p.mu.Unlock()
	if left := p.until - time.Now().UnixMilli(); left > 0 {
		p.timer.Reset(pauseSleep(left))
		return
	}
	s.unpauseLocked()
}

// unpauseClients ends CLIENT PAUSE and has every loop go on with what waited.
func (s *Server) unpauseClients() {
	s.pauses.mu.Lock()
	defer s.pauses.mu.Unlock()
	s.unpauseLocked()
}

// unpauseLocked is unpauseClients for those who hold pauses.mu.
func (s *Server) unpauseLocked() {
	p := &s.pauses
	p.until, p.all = 0, false
	if p.timer != nil {
		p.timer.Stop()
	}
	if !p.end {
		s.gates.And(^uint32(gatePause))
		s.store.HoldExpiry(false)
		s.wakeExpirer()
	}
	for _, l := range s.loops {
		l.nl.Post(l.resumePaused)
	}
}

// pauseToEnd has writes pause until goOn, whatever clients ask for: the last snapshot is saved.
func (s *Server) pauseToEnd() {
	s.pauses.mu.Lock()
	defer s.pauses.mu.Unlock()
	s.pauses.end = true
	s.gates.Or(uint32(gatePause))
	s.store.HoldExpiry(true)
}

// goOn ends pauseToEnd. A pause that a client has asked for lasts.
func (s *Server) goOn() {
	s.pauses.mu.Lock()
	defer s.pauses.mu.Unlock()
	s.pauses.end = false
	if s.pauses.until <= time.Now().UnixMilli() {
		s.unpauseLocked()
	}
}

// pauseKind says whether a pause is in force, and whether it holds all commands or writes alone.
func (s *Server) pauseKind(nowMs int64) (on, all bool) {
	p := &s.pauses
	p.mu.Lock()
	defer p.mu.Unlock()
	byClient := p.until > nowMs
	return byClient || p.end, byClient && p.all
}

// pausedFor says whether the pause holds a command of a client back. CLIENT itself is no exception, so that
// nothing but time ends a pause of all commands. Monitors are never held.
func (l *eventLoop) pausedFor(cl *Client, spec *command.Spec) bool {
	on, all := l.srv.pauseKind(l.nowMs)
	if !on || cl.gates&gateMonitor != 0 {
		return false
	}
	const held = command.Write | command.MayReplicate
	if all {
		return true
	}
	if spec.Name == "exec" && spec.Parent() == nil {
		return cl.tx.queue.Has(held)
	}
	return spec.Flags&held != 0
}

// pause holds the client until the pause ends.
func (l *eventLoop) pause(cl *Client) {
	cl.waiting = waitPause
	cl.conn.Pause(true)
	l.srv.blocked.Add(1)
	l.paused = appendLive(l.paused, cl)
}

// appendLive appends to a list of clients that wait. Before the list grows those that are gone are dropped from it,
// so that it stays in proportion to the clients that there are.
func appendLive(list []*Client, cl *Client) []*Client {
	if len(list) == cap(list) {
		list = slices.DeleteFunc(list, func(c *Client) bool { return c.closed.Load() })
	}
	return append(list, cl)
}

// resumePaused lets the clients that waited for the end of the pause go on, in the order in which they came.
func (l *eventLoop) resumePaused() {
	list := l.paused
	l.paused = nil
	for _, cl := range list {
		if cl.waiting == waitPause && !cl.closed.Load() {
			cl.waiting = waitNone
			l.srv.blocked.Add(-1)
			cl.conn.Resume()
		}
	}
}
