package server

import (
	"math/bits"

	"radish/command"
	"radish/store"
)

// outcome says what became of a request.
type outcome uint8

const (
	done    outcome = iota // answered, or on its way to a worker: the request is consumed
	again                  // the connection is paused; the request is handed in again later
	refused                // answered with an error before it ran
)

// run takes a resolved request through the gates and runs it. It is the only way in for sockets.
func (l *eventLoop) run(cl *Client, r *request) outcome {
	spec, args := r.spec, r.args
	if spec == nil {
		if r.sub {
			return l.refuse(cl, nil, unknownSubcommand(args))
		}
		if looksLikeHTTP(args[0]) {
			return l.attacked(cl)
		}
		return l.refuse(cl, nil, unknownCommand(args))
	}
	cl.lastCmd = spec
	if spec.Arity > 0 && len(args) != spec.Arity || len(args) < -spec.Arity || spec.Handler == nil {
		return l.refuse(cl, spec, wrongArity(spec))
	}
	if cl.gates|gateBits(l.srv.gates.Load()) != 0 || spec.Flags&command.Protected != 0 {
		l.release()
		if out, pass := l.gate(cl, r); !pass {
			return out
		}
	}
	return l.call(cl, r)
}

// refuse answers with an error instead of running a command.
func (l *eventLoop) refuse(cl *Client, spec *command.Spec, err error) outcome {
	if spec != nil {
		l.stats.rejected(spec)
	}
	cl.endCaching(spec)
	switch {
	case spec != nil && isExec(spec):
		err = l.srv.abortExec(cl, err)
	case cl.gates&gateMulti != 0:
		cl.tx.queue.Fail()
	}
	mark := len(l.w.Buf)
	l.replyError(err)
	l.dropSkipped(cl, mark)
	return refused
}

func (l *eventLoop) replyError(err error) {
	text := err.Error()
	l.stats.countError(text)
	l.w.Error(text)
}

// bigRequest is the size of a request from which on a worker runs it: its arguments take long to copy.
const bigRequest = 4 << 20

// call runs one command: locks, handler, statistics. It expects that the gates were passed.
func (l *eventLoop) call(cl *Client, r *request) outcome {
	spec, args := r.spec, r.args
	if spec.Flags&command.Worker != 0 || r.size > bigRequest && spec.Flags&(command.Write|command.ReadOnly) != 0 && cl.conn != nil {
		return l.offload(cl, spec, args, cl.noTouch, command.Lookups{})
	}
	c := &l.ctx
	c.Args, c.Spec, c.Client, c.Dirty = args, spec, cl, 0
	c.LogPos = 0
	c.Effects.Next()
	c.DB.Reset(cl.db, l.nowMs)
	c.DB.NoTouch = cl.noTouch
	mark := len(l.w.Buf)
	start := l.mono

	write := spec.LocksToWrite()
	c.Keys = c.Keys[:0]
	var held shardSet
	if r.keyed {
		c.Keys = append(c.Keys, r.key)
		held = 1 << l.srv.store.ShardOf(r.key.H)
	} else if first, last, step, ok := spec.SimpleKeys(); !ok {
		held = l.srv.collectKeys(c, &l.keyRefs)
	} else if first != 0 {
		if last < 0 {
			last += len(args)
		}
		for i := first; i <= last && i < len(args); i += step {
			k := l.srv.store.Key(args[i])
			c.Keys = append(c.Keys, k)
			held |= 1 << l.srv.store.ShardOf(k.H)
		}
	}
	if write && c.Env.Observed.Load() {
		held |= l.srv.waiting.reach(l.srv.store, cl.db, c.Keys)
	}
	if len(c.Keys) > 1 {
		c.DB.Prefetch(c.Keys)
	}
	var all allLocks
	if spec.Locks != nil {
		if all, write = l.srv.locksOf(c, l.keyRefs); all.taken {
			held = 0
		}
	}
	if l.kept != 0 && (held != l.kept || write != l.keptWrite) {
		l.release()
	}
	if held != l.kept && !held.tryLock(l.srv.store, write) || all.taken && !all.tryLock(l.srv.store) {
		return l.park(cl)
	}
	l.kept = 0
	hits, misses := c.Hits, c.Misses
	err := spec.Handler(c)
	if spec.Flags&(command.Write|command.MayReplicate) != 0 && c.Env.Logging.Load() {
		l.srv.record(c, held.ifWritten(write)|all.write)
	}
	if cl.gates&gateTracking != 0 && spec.Flags&command.ReadOnly != 0 && err != command.ErrOffload {
		l.srv.remember(c, cl, c.Keys)
	}
	if len(c.Ready) > 0 {
		l.srv.serveReady(c, held|all.write, l.nowMs)
	}
	if r.more && err == nil && !c.DB.Lapsed && cl.gates|gateBits(l.srv.gates.Load()) == 0 {
		l.kept, l.keptWrite = held, write
	} else {
		held.unlock(l.srv.store, write)
	}
	if all.taken {
		all.unlock(l.srv.store)
	}

	if err != nil {
		l.w.Buf = l.w.Buf[:mark]
		switch err {
		case command.ErrOffload:
			again := command.Lookups{Hits: c.Hits - hits, Misses: c.Misses - misses}
			c.Hits, c.Misses = hits, misses // the worker looks for the keys once more
			return l.offload(cl, spec, args, c.DB.NoTouch, again)
		case command.ErrBlocked:
			l.mono = l.clock.Now()
			l.wait(cl, takeWaiter(c), start)
			return done
		}
		l.replyError(err)
		l.stats.failed(spec)
	}
	if c.DB.Lapsed && spec.Flags&command.Write == 0 {
		l.srv.dropLapsed(&c.DB, c.Keys)
	}
	l.mono = l.clock.Now()
	l.after1(cl, spec, args, start, c.Dirty, true)
	if c.LogPos != 0 {
		from := mark
		if cl.gates&gateReplyOff != 0 { // the reply may be taken back below
			from = -1
		}
		l.holdReply(cl, c.LogPos, from)
	}
	if cl.gates&gatesAfter != 0 {
		l.afterReply(cl, spec, mark, err)
	}
	if l.w.Broken {
		l.w.Broken = false
		l.endFull(cl)
	}
	return done
}

// runRepeats runs an Instant command, which call has just run for r, for up to so many requests that are the same to the byte, and returns for how many. The
// clock is read once for all of them, as that costs more than they do. Where somebody looks at each it runs none.
func (l *eventLoop) runRepeats(cl *Client, r *request, most int) (n int) {
	c := &l.ctx
	if cl.gates|gateBits(l.srv.gates.Load()) != 0 || l.srv.slowAbove.Load() < yieldAfter ||
		c.Client != cl || c.Spec != r.spec || &c.Args[0] != &r.args[0] { // a gate has answered
		return 0
	}
	mark := len(l.w.Buf)
	for ; n < most && c.Spec.Handler(c) == nil; n++ {
		mark = len(l.w.Buf)
	}
	l.w.Buf = l.w.Buf[:mark]
	if n > 0 {
		start := l.mono
		l.mono = l.clock.Now()
		l.stats.ran(r.spec, (l.mono-start)/int64(n), n)
	}
	if l.w.Broken {
		l.w.Broken = false
		l.endFull(cl)
	}
	return n
}

// release unlocks what call has kept for the request behind it.
func (l *eventLoop) release() {
	if l.kept != 0 {
		l.kept.unlock(l.srv.store, l.keptWrite)
		l.kept = 0
	}
}

// after1 keeps the books of a command that has run. show: to those who monitor, too.
func (l *eventLoop) after1(cl *Client, spec *command.Spec, args [][]byte, start, dirty int64, show bool) {
	took := l.mono - start
	l.stats.ran(spec, took, 1)
	l.stats.dirty += dirty
	if took >= l.srv.slowAbove.Load() {
		l.srv.slow(cl, spec, args, took)
	}
	if l.srv.gates.Load()&uint32(gateMonitors) != 0 && show {
		l.srv.feedMonitors(cl, spec, args)
	}
}

// collectKeys hashes the keys of c.Args into c.Keys, wherever the row says they are, and returns their
// shards. Without keys where there should be some the handler runs, finds the same fault and words it.
func (s *Server) collectKeys(c *command.Ctx, refs *[]command.KeyRef) shardSet {
	var held shardSet
	c.Keys = c.Keys[:0]
	r, err := c.Spec.AppendLockedKeys((*refs)[:0], c.Args)
	*refs = r
	if err != nil {
		return 0
	}
	for _, ref := range r {
		k := s.store.Key(c.Args[ref.Index])
		c.Keys = append(c.Keys, k)
		held |= 1 << s.store.ShardOf(k.H)
	}
	return held
}

// shardSet is a set of shards, by bit.
type shardSet uint64

// maxShards is how many a shardSet can name.
const maxShards = 64

// tryLock locks all shards of the set in ascending order, or none: false means that a long command holds
// one of them.
func (set shardSet) tryLock(s *store.Store, write bool) bool {
	for rest := set; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(uint64(rest))
		if write && s.TryLock(i) || !write && s.TryRLock(i) {
			continue
		}
		(set & (1<<i - 1)).unlock(s, write)
		return false
	}
	return true
}

// lockLong locks all shards of the set in ascending order and waits for them: for workers.
func (set shardSet) lockLong(s *store.Store, write bool) {
	for rest := set; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros64(uint64(rest)); write {
			s.LockLong(i)
		} else {
			s.RLockLong(i)
		}
	}
}

// first is the lowest shard of a set that is not empty.
func (set shardSet) first() int { return bits.TrailingZeros64(uint64(set)) }

// ifWritten is the set, if it was locked for writing.
func (set shardSet) ifWritten(write bool) shardSet {
	if write {
		return set
	}
	return 0
}

func (set shardSet) unlock(s *store.Store, write bool) {
	for rest := set; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros64(uint64(rest)); write {
			s.Unlock(i)
		} else {
			s.RUnlock(i)
		}
	}
}

func (set shardSet) unlockLong(s *store.Store, write bool) {
	for rest := set; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros64(uint64(rest)); write {
			s.UnlockLong(i)
		} else {
			s.RUnlockLong(i)
		}
	}
}

// park pauses a connection whose command needs a shard that a long command holds. The request stays in
// the buffer and is handed in again when the long command ends: the store has noted the failed try and
// calls Server.longUnlocked, which posts retryParked behind whatever the loop does now.
func (l *eventLoop) park(cl *Client) outcome {
	cl.waiting = waitShard
	cl.conn.Pause(false)
	l.parked = appendLive(l.parked, cl)
	return again
}

// dropSkipped takes replies back that the client does not want.
func (l *eventLoop) dropSkipped(cl *Client, mark int) {
	switch cl.reply {
	case replyOff:
		l.w.Buf, l.w.Broken = l.w.Buf[:mark], false
	case replySkip:
		l.w.Buf, l.w.Broken = l.w.Buf[:mark], false
		cl.reply = replyOn
		cl.gates &^= gateReplyOff
	case replySkipNext:
		cl.reply = replySkip
	}
}

// dropLapsed deletes lapsed keys and fields that a read met before the expirer did. While CLIENT PAUSE is in force
// nothing is deleted.
func (s *Server) dropLapsed(db *store.DB, keys []store.Key) {
	if s.gates.Load()&uint32(gatePause) != 0 {
		return
	}
	for _, k := range keys {
		i := s.store.ShardOf(k.H)
		if s.store.TryLock(i) {
			dropLapsedKey(db, k)
			s.store.Unlock(i)
		}
	}
}
