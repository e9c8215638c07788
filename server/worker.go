package server

import (
	"bytes"
	"slices"

	"radish/command"
	"radish/resp"
	"radish/server/netloop"
)

// offload runs a command on a worker goroutine, while the connection is paused: other connections of the
// loop go on. The arguments are copied, the reply comes back to the loop. noTouch and again are what the command has left that has begun on
// the loop: of store.DB.NoTouch, and for command.Ctx.Again.
func (l *eventLoop) offload(cl *Client, spec *command.Spec, args [][]byte, noTouch bool, again command.Lookups) outcome {
	j := &job{l: l, cl: cl, spec: spec, start: l.mono, nowMs: l.nowMs, noTouch: noTouch, again: again}
	if m, ok := cl.conn.TakeInput(); ok {
		j.input = m
		j.args = slices.Clone(args)
	} else {
		j.args = cloneArgs(args)
	}
	j.w.Limit = l.replyLimit(cl)
	cl.waiting = waitWorker
	cl.conn.Pause(false)
	go j.run()
	return done
}

// job is one command on its way through a worker.
type job struct {
	l     *eventLoop
	cl    *Client
	spec  *command.Spec
	args  [][]byte
	start int64
	nowMs int64
	input netloop.Mapping // holds args, if it is not empty
	// What the command has looked up on the loop; see offload.
	noTouch bool
	again   command.Lookups
	w       resp.Writer
	dirty   int64
	hits    int64
	miss    int64
	pos     int64 // in the log, see command.Ctx
	err     error
	wait    *waiter // the client waits in a blocking command
	// spared: of args nothing may be shown but the beginnings. No client monitored when the command began to run.
	spared bool
}

// spare is store.DB.Spare.
func (j *job) spare(b []byte) {
	j.spared = true
	j.input.Drop(b)
}

func (j *job) run() {
	s := j.l.srv
	s.workers <- struct{}{}
	defer func() { <-s.workers }()
	j.w.Proto, j.w.Pool = j.cl.proto, &s.replies
	switch {
	case s.gates.Load()&uint32(gateLoading) == 0 || runsWhileLoading(j.cl, j.spec):
		j.err = s.runOn(&command.Ctx{Env: &s.env, Reply: &j.w, Client: j.cl}, j)
	case isExec(j.spec): // since it has passed the gate the data began to be loaded
		j.err = s.abortExec(j.cl, errLoading)
	default:
		j.err = errLoading
	}
	if j.wait == nil { // else it has changed nothing, and whoever serves the client now has what is pending
		s.tellPending(-1, j.cl)
	}
	s.gatherChanged(j.cl.changed)
	j.cl.changed = nil
	j.l.nl.Post(j.finish)
}

// holdWorkers waits until n workers are idle, and keeps them so until releaseWorkers. One at a time may; false: another does, and whoever is a worker
// itself must not wait for that, but end.
func (s *Server) holdWorkers(n int) bool {
	if !s.holdMu.TryLock() {
		return false
	}
	for range n {
		s.workers <- struct{}{}
	}
	return true
}

func (s *Server) releaseWorkers(n int) {
	for range n {
		<-s.workers
	}
	s.holdMu.Unlock()
}

// runOn runs the command with the locks that it needs, waiting for them.
func (s *Server) runOn(c *command.Ctx, j *job) error {
	c.Args, c.Spec = j.args, j.spec
	c.DB = s.store.DB(j.cl.db, j.nowMs)
	c.DB.NoTouch, c.Again = j.noTouch, j.again
	var refs []command.KeyRef
	held := s.collectKeys(c, &refs)
	write := j.spec.LocksToWrite()
	if write {
		held |= s.waiting.reach(s.store, c.DB.Index, c.Keys)
	}
	if j.spec.Flags&command.LocksItself != 0 {
		held = 0
	}
	defer func() { j.dirty, j.hits, j.miss, j.pos, j.wait = c.Dirty, c.Hits, c.Misses, c.LogPos, takeWaiter(c) }()
	if j.spec.Locks != nil {
		var all allLocks
		if all, write = s.locksOf(c, refs); all.taken {
			all.lockLong(s.store)
			defer all.unlockLong(s.store)
			err := j.spec.Handler(c)
			s.ran(c, j.cl, all.write)
			s.serveReady(c, all.write, j.nowMs)
			return err
		}
	}
	if j.spec.Prepare != nil && held != 0 && write {
		if done, err := s.runPrepared(c, held, refs); done {
			return err
		}
	}
	held.lockLong(s.store, write)
	defer held.unlockLong(s.store, write)
	// Not before the locks are held: until then the log may be turned on.
	if s.gates.Load()&uint32(gateMonitors) == 0 && !c.Env.Logging.Load() {
		c.DB.Spare = j.spare // nobody will look at the arguments again, but for the beginnings of some
	}
	err := j.spec.Handler(c)
	s.ran(c, j.cl, held.ifWritten(write))
	s.serveReady(c, held, j.nowMs)
	return err
}

// ran notes what a command has done that did not run on a loop by itself. Its shards are locked, those of the set for writing.
func (s *Server) ran(c *command.Ctx, cl *Client, written shardSet) {
	if c.Env.Logging.Load() {
		s.record(c, written)
	}
	s.rememberRead(c, cl)
}

// rememberRead notes, for a client that caches, what a command has read that did not run on a loop by itself. Its shards are locked.
func (s *Server) rememberRead(c *command.Ctx, cl *Client) {
	if c.Spec.Flags&command.ReadOnly != 0 && cl.tracks() {
		s.remember(c, cl, c.Keys)
	}
}

// prepareTries is how often a command is prepared whose keys others change meanwhile.
const prepareTries = 2

// runPrepared runs a command that can be prepared: see command.Spec.Prepare. done is false when it is to run
// as any other.
func (s *Server) runPrepared(c *command.Ctx, held shardSet, refs []command.KeyRef) (done bool, err error) {
	for range prepareTries {
		held.lockLong(s.store, false)
		c.Prepared.Sources = s.appendVersions(c.Prepared.Sources[:0], c, refs)
		err := c.Prepare()
		held.unlockLong(s.store, false)
		if err != nil || c.Prepared.Value == nil {
			c.Prepared.Drop()
			return err != nil, err
		}
		held.lockLong(s.store, true)
		if slices.Equal(c.Prepared.Sources, s.appendVersions(nil, c, refs)) {
			err := c.Spec.Handler(c)
			if c.Env.Logging.Load() {
				s.record(c, held)
			}
			s.serveReady(c, held, c.DB.Now)
			held.unlockLong(s.store, true)
			c.Prepared.Drop()
			return true, err
		}
		held.unlockLong(s.store, true)
		c.Prepared.Drop()
	}
	return false, nil
}

// appendVersions appends the versions of the keys that the command reads; of those that it only overwrites 0.
func (s *Server) appendVersions(v []uint64, c *command.Ctx, refs []command.KeyRef) []uint64 {
	for i, k := range c.Keys {
		if refs[i].Flags&(command.KeyRO|command.KeyRW) != 0 {
			v = append(v, c.DB.Version(k))
		} else {
			v = append(v, 0)
		}
	}
	return v
}

// finish gives the reply to the client; it runs on the client's loop.
func (j *job) finish() {
	l, cl := j.l, j.cl
	l.look()
	l.mono = max(l.mono, j.start)
	l.stats.hits += j.hits
	l.stats.misses += j.miss
	if j.wait != nil {
		j.input.Free()
		if cl.closed.Load() {
			l.srv.abandon(j.wait)
			l.srv.unwatch(cl)
			return
		}
		l.wait(cl, j.wait, j.start)
		return
	}
	if j.err != nil {
		j.w.Cut(resp.Point{})
		text := j.err.Error()
		l.stats.countError(text)
		l.stats.failed(j.spec)
		j.w.Error(text)
	}
	l.after1(cl, j.spec, j.args, j.start, j.dirty, !j.spared)
	cl.endCaching(j.spec)
	j.input.Free()
	if j.err == nil && l.srv.ending.Load() && j.spec.Name == "shutdown" {
		return
	}
	cl.waiting = waitNone
	if cl.closed.Load() {
		l.srv.unwatch(cl)
		return
	}
	l.answer(cl, &j.w, j.pos, j.err == nil && isExec(j.spec))
}

// answer gives a client the reply of a command that ran while the connection was paused, and lets it go on. wanted: CLIENT REPLY has been
// looked at already. pos is what it has left in the log, 0: nothing.
func (l *eventLoop) answer(cl *Client, reply *resp.Writer, pos int64, wanted bool) {
	cl.lastInteraction = l.nowMs
	if pos != 0 {
		l.holdClient(cl, pos)
	}
	if wanted || !cl.replyUnwanted() {
		n := reply.Len()
		l.stats.netOut += int64(n)
		l.checkOutput(cl, n)
		if reply.Broken {
			l.endFull(cl)
		}
		if pos != 0 {
			l.holdNext(cl, n)
		}
		cl.conn.WriteOwned(reply.TakePieces(), l.srv.replies.Put)
	}
	l.sendHeld(cl)
	if cl.reply == replySkipNext { // EXEC asked for it
		cl.reply = replySkip
	} else {
		cl.skipped()
	}
	l.countMem(cl)
	cl.batch = 0
	if cl.closeSoon {
		cl.conn.CloseSoon()
	}
	if !cl.conn.Closing() && !l.holdOutput(cl.conn) {
		cl.conn.Resume()
	}
}

// cloneArgs copies arguments into memory of their own, in one piece.
func cloneArgs(args [][]byte) [][]byte {
	flat := bytes.Join(args, nil)
	out := make([][]byte, len(args))
	at := 0
	for i, a := range args {
		out[i] = flat[at : at+len(a) : at+len(a)]
		at += len(a)
	}
	return out
}

// eachLoop runs fn on every loop's goroutine, one after another, and waits. Never call it on a loop: it is
// for workers and background goroutines.
func (s *Server) eachLoop(fn func(l *eventLoop)) {
	for _, l := range s.loops {
		l.visit(func() { fn(l) })
	}
}

// visit runs fn on the loop's goroutine and waits until it has. Never call it on a loop.
func (l *eventLoop) visit(fn func()) {
	ran := make(chan struct{})
	l.nl.Post(func() {
		fn()
		close(ran)
	})
	select {
	case <-ran:
	case <-l.nl.Done():
	}
}
