package server

import (
	"bytes"
	"slices"

	"radish/command"
	"radish/resp"
	"radish/server/netloop"
)

// offload runs a command on a worker goroutine, while the connection is paused: other connections of the
// loop go on. The arguments are copied, the reply comes back to the loop.
func (l *eventLoop) offload(cl *Client, spec *command.Spec, args [][]byte) outcome {
	j := &job{l: l, cl: cl, spec: spec, start: l.mono, nowMs: l.nowMs}
	if m, ok := cl.conn.TakeInput(); ok {
		j.input = m
		j.args = slices.Clone(args)
	} else {
		j.args = cloneArgs(args)
	}
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
	w     resp.Writer
	dirty int64
	hits  int64
	miss  int64
	err   error
}

func (j *job) run() {
	s := j.l.srv
	s.workers <- struct{}{}
	defer func() { <-s.workers }()
	j.w.Proto, j.w.Pool = j.cl.proto, &s.replies
	j.err = s.runOn(&command.Ctx{Env: &s.env, Reply: &j.w, Client: j.cl}, j)
	j.l.nl.Post(j.finish)
}

// runOn runs the command with the locks that it needs, waiting for them.
func (s *Server) runOn(c *command.Ctx, j *job) error {
	c.Args, c.Spec = j.args, j.spec
	c.DB = s.store.DB(j.cl.db, j.nowMs)
	c.DB.NoTouch = j.cl.noTouch
	if s.gates.Load()&uint32(gateMonitors) == 0 {
		c.DB.Spare = j.input.Drop // nobody will look at the arguments again, but for the beginnings of some
	}
	var refs []command.KeyRef
	held := s.collectKeys(c, &refs)
	write := j.spec.Flags&command.Write != 0
	held.lockLong(s.store, write)
	defer held.unlockLong(s.store, write)
	err := j.spec.Handler(c)
	j.dirty, j.hits, j.miss = c.Dirty, c.Hits, c.Misses
	return err
}

// finish gives the reply to the client; it runs on the client's loop.
func (j *job) finish() {
	l, cl := j.l, j.cl
	s := l.srv
	l.look()
	l.mono = max(l.mono, j.start)
	l.stats.hits += j.hits
	l.stats.misses += j.miss
	if j.err != nil {
		j.w.Cut(resp.Point{})
		text := j.err.Error()
		l.stats.countError(text)
		l.stats.failed(j.spec)
		j.w.Error(text)
	}
	l.after1(cl, j.spec, j.args, j.start, j.dirty)
	j.input.Free()
	cl.waiting = waitNone
	if cl.closed.Load() {
		l.srv.unwatch(cl)
		return
	}
	cl.lastInteraction = l.nowMs
	if cl.reply == replyOn || cl.reply == replySkipNext {
		n := j.w.Len()
		l.stats.netOut += int64(n)
		l.checkOutput(cl, n)
		cl.conn.WriteOwned(j.w.TakePieces(), s.replies.Put)
	}
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
