package server

import (
	"github.com/tidwall/btree"

	"radish/command"
	"radish/resp"
)

const errUnblocked command.Error = "UNBLOCKED client unblocked via CLIENT UNBLOCK"

// block is Env.Block: it queues the client for its keys, whose shards are locked.
func (s *Server) block(c *command.Ctx, wait command.Wait) {
	cl := c.Client.(*Client)
	w := &waiter{cl: cl, spec: c.Spec, args: cloneArgs(c.Args), kind: wait.Type, db: c.DB.Index, proto: c.Reply.Proto, noTouch: cl.noTouch,
		timeoutMs: wait.TimeoutMs}
	own := command.Ctx{Args: w.args, Spec: w.spec}
	var refs []command.KeyRef
	s.collectKeys(&own, &refs)
	w.keys = own.Keys
	keys := wait.Keys[:0:0]
	seen := make(map[string]struct{}, len(wait.Keys))
	for _, k := range wait.Keys {
		if _, ok := seen[string(k.B)]; !ok {
			seen[string(k.B)] = struct{}{}
			keys = append(keys, k)
		}
	}
	for _, k := range w.keys {
		if _, ok := seen[string(k.B)]; !ok {
			w.also |= 1 << s.store.ShardOf(k.H)
			w.others = append(w.others, k)
		}
	}
	w.mem = waiterMem(w, len(keys))
	cl.own(func() { w.sub = cl.sub })
	s.waiting.add(w, s.store, keys)
	s.blocked.Add(1)
	s.watchMu.Lock()
	s.waiters++
	s.env.Observed.Store(true)
	s.watchMu.Unlock()
	c.Waiter = w
}

// mark notes that what is sent to the client from now on belongs behind its reply. It runs on the client's loop.
func (w *waiter) mark() {
	w.marks++
	w.before = len(w.cl.held)
}

// waiterMem is about what a waiter takes.
func waiterMem(w *waiter, keys int) int64 {
	const fixed, place = 256, 160
	m := int64(fixed + keys*place)
	for _, a := range w.args {
		m += int64(len(a)) + 24
	}
	return m
}

// endWaiting takes a waiter out of the registry. Whoever has claimed it, or made it waitOver, calls it once.
func (s *Server) endWaiting(w *waiter) {
	w.state.Store(waitOver)
	s.waiting.remove(w)
	s.blocked.Add(-1)
	s.watchMu.Lock()
	s.waiters--
	s.observeLocked()
	s.watchMu.Unlock()
}

// observeLocked keeps Env.Observed in step with those who want to hear of changes. watchMu is held.
func (s *Server) observeLocked() {
	s.env.Observed.Store(s.waiters > 0 || s.txns.Count() > 0 || s.notified.Load() != 0 || s.tracking.count.Load() > 0)
}

// abandon ends the waiting of a client that is gone, unless it has been served.
func (s *Server) abandon(w *waiter) bool {
	if !w.state.CompareAndSwap(waitOpen, waitOver) {
		return false
	}
	s.endWaiting(w)
	return true
}

// newTimeouts makes the index of a loop's waiters by deadline.
func newTimeouts() *btree.BTreeG[*waiter] {
	return btree.NewBTreeGOptions(func(a, b *waiter) bool {
		if a.deadline != b.deadline {
			return a.deadline < b.deadline
		}
		return a.cl.ID < b.cl.ID
	}, btree.Options{NoLocks: true})
}

// maxTimeoutMs is the longest time-out that has a deadline on the loop's clock: 146 years.
const maxTimeoutMs = (1 << 62) / 1_000_000

// wait pauses the connection of a client whose command, which has run for so long, waits.
func (l *eventLoop) wait(cl *Client, w *waiter, start int64) {
	w.tookNs = l.mono - start
	cl.waiting, cl.wait = waitBlock, w
	cl.conn.Pause(true)
	if l.serving != cl && !cl.awaitsReply() {
		l.sendHeld(cl)
	}
	if w.timeoutMs > 0 && w.timeoutMs < maxTimeoutMs {
		w.deadline = start + w.timeoutMs*1e6
		l.timeouts.Set(w)
	}
	if l.srv.gates.Load()&uint32(gateMonitors) != 0 {
		l.srv.feedMonitors(cl, w.spec, w.args)
	}
	if w.result != nil {
		l.served(w, w.result)
	}
}

// served gives a client what it waited for. The waiter is in the registry no more.
func (l *eventLoop) served(w *waiter, r *waitResult) {
	l.look()
	l.deliver() // so that mark has been called
	l.stats.hits += r.hits
	l.stats.misses += r.misses
	if w.cl.wait != w && !w.cl.closed.Load() {
		w.result = r // the worker that made the client wait has not come back
		r.hits, r.misses = 0, 0
		return
	}
	reply := r.reply
	if r.err != nil {
		reply = l.errorReply(w, r.err)
	}
	if !w.cl.closed.Load() {
		l.sendHeldBefore(w.cl, w.before)
		w.before = 0
		l.stats.netOut += int64(len(r.own))
		w.cl.held = append(r.own, w.cl.held...)
	}
	l.waited(w, r.tookNs, r.dirty, r.pos, reply)
}

// errorReply is an error as the reply of a command that has waited.
func (l *eventLoop) errorReply(w *waiter, err error) *resp.Writer {
	l.stats.countError(err.Error())
	l.stats.failed(w.spec)
	out := &resp.Writer{Proto: w.proto}
	out.Error(err.Error())
	return out
}

// waited ends the waiting on the client's side: books, reply, and on with what it has sent meanwhile.
func (l *eventLoop) waited(w *waiter, tookNs, dirty, pos int64, reply *resp.Writer) {
	cl := w.cl
	l.forgetTimeout(w)
	tookNs += w.tookNs // but for the time of waiting
	l.stats.ran(w.spec, tookNs, 1)
	l.stats.dirty += dirty
	if tookNs >= l.srv.slowAbove.Load() {
		l.srv.slow(cl, w.spec, w.args, tookNs)
	}
	if cl.closed.Load() {
		return
	}
	cl.wait = nil
	cl.waiting = waitNone
	cl.endCaching(w.spec)
	l.answer(cl, reply, pos, false)
}

func (l *eventLoop) forgetTimeout(w *waiter) {
	if w.deadline != 0 {
		l.timeouts.Delete(w)
		w.deadline = 0
	}
}

// unblock ends the waiting of a client as a time-out, or else with an error. False: it has been served.
func (l *eventLoop) unblock(w *waiter, failed bool) bool {
	if !l.srv.abandon(w) {
		return false
	}
	reply := &resp.Writer{Proto: w.proto}
	if failed {
		reply = l.errorReply(w, errUnblocked)
	} else {
		reply.NullArray()
	}
	l.waited(w, 0, 0, 0, reply)
	return true
}

// missed looks again at a waiter that was claimed for a moment and not served: its time may have come meanwhile, or
// its client may have gone.
func (l *eventLoop) missed(w *waiter) {
	l.deliver() // so that mark has been called
	if w.marks > 0 {
		w.marks--
	}
	if w.marks == 0 {
		w.before = 0
	}
	switch {
	case w.cl.closed.Load():
		l.srv.abandon(w)
		return
	case w.cl.wait == w && w.deadline == 0 && w.timeoutMs > 0 && w.timeoutMs < maxTimeoutMs:
		l.unblock(w, false)
	}
	if w.cl.wait == w && !w.cl.awaitsReply() {
		l.sendHeld(w.cl)
	}
}

// runTimeouts ends the waiting of those whose time has come, and returns the ns until the next deadline, -1 if
// there is none.
func (l *eventLoop) runTimeouts() int64 {
	l.look()
	for {
		w, ok := l.timeouts.Min()
		if !ok {
			return -1
		}
		if w.deadline > l.mono {
			return w.deadline - l.mono
		}
		l.forgetTimeout(w)
		l.unblock(w, false) // if it fails the result is on its way
	}
}

// takeWaiter is the waiter that a handler has left, if any.
func takeWaiter(c *command.Ctx) *waiter {
	w, _ := c.Waiter.(*waiter)
	c.Waiter = nil
	return w
}
