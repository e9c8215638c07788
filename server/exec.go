package server

import (
	"slices"
	"strings"
	"time"

	"radish/command"
	"radish/internal/num"
	"radish/store"
	"radish/txn"
)

// txState is a client's side of transactions.
type txState struct {
	queue txn.Queue
	watch txn.Watcher
}

const (
	errNestedMulti  command.Error = "ERR MULTI calls can not be nested"
	errWatchInMulti command.Error = "ERR WATCH inside MULTI is not allowed"
	errNoMultiExec  command.Error = "ERR EXEC without MULTI"
	errNoMultiDisc  command.Error = "ERR DISCARD without MULTI"
	errExecAbort    command.Error = "EXECABORT Transaction discarded because of previous errors."
)

func (s *Server) transactionSpecs() []command.Spec {
	const g = command.GroupTransactions
	const base = command.NoScript | command.Loading | command.Stale | command.Fast | command.AllowBusy
	return []command.Spec{
		{Name: "multi", Arity: 1, Flags: base, Group: g, Since: "1.2.0", Handler: s.cmdMulti,
			Summary: "Begins to queue commands, for EXEC to run them as one.", Complexity: "O(1)"},
		{Name: "exec", Arity: 1, Flags: command.NoScript | command.Loading | command.Stale | command.SkipSlowlog, Group: g, Since: "1.2.0", Handler: s.cmdExec,
			Summary: "Runs the queued commands as one, unless a watched key has changed.", Complexity: "That of the commands"},
		{Name: "discard", Arity: 1, Flags: base, Group: g, Since: "2.0.0", Handler: s.cmdDiscard,
			Summary: "Forgets the queued commands and the watched keys.", Complexity: "O(N) in the number of queued commands"},
		{Name: "watch", Arity: -2, Flags: base, Group: g, Since: "2.2.0", Handler: s.cmdWatch,
			Keys:    []command.KeySpec{{Flags: command.KeyRO, Begin: 1, Last: -1, Step: 1}},
			Summary: "Lets the next EXEC run only if the keys stay as they are.", Complexity: "O(1) for each key", Syntax: "key [key ...]"},
		{Name: "unwatch", Arity: 1, Flags: base, Group: g, Since: "2.2.0", Handler: s.cmdUnwatch,
			Summary: "Forgets the watched keys.", Complexity: "O(N) in the number of watched keys"},
	}
}

func (s *Server) cmdMulti(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if cl.gates&gateMulti != 0 {
		return errNestedMulti
	}
	cl.gates |= gateMulti
	cl.tx.queue.Use(&cl.loop.queueMem)
	c.Reply.OK()
	return nil
}

func (s *Server) cmdDiscard(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if cl.gates&gateMulti == 0 {
		return errNoMultiDisc
	}
	s.endMulti(cl)
	c.Reply.OK()
	return nil
}

func (s *Server) cmdWatch(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if cl.gates&gateMulti != 0 {
		return errWatchInMulti
	}
	s.watchMu.Lock()
	s.env.Observed.Store(true)
	for _, k := range c.Keys {
		s.txns.Watch(&cl.tx.watch, s.store.ShardOf(k.H), c.DB.Index, k.B, c.DB.Peek(k).Ok())
	}
	s.watchMu.Unlock()
	c.Reply.OK()
	return nil
}

func (s *Server) cmdUnwatch(c *command.Ctx) error {
	cl := c.Client.(*Client)
	cl.own(func() { s.unwatch(cl) })
	c.Reply.OK()
	return nil
}

// unwatch forgets what the client watches. watchMu keeps Observed in step with the number of watched keys.
func (s *Server) unwatch(cl *Client) {
	if cl.tx.watch.Len() == 0 {
		return
	}
	s.watchMu.Lock()
	s.txns.Forget(&cl.tx.watch)
	s.observeLocked()
	s.watchMu.Unlock()
}

// endMulti leaves MULTI, whatever came of it. After EXEC on a worker that happens on the client's loop, where
// others may look at the client.
func (s *Server) endMulti(cl *Client) {
	if cl.waiting == waitWorker {
		cl.loop.visit(func() { s.leaveMulti(cl) })
		return
	}
	s.leaveMulti(cl)
}

func (s *Server) leaveMulti(cl *Client) {
	cl.tx.queue.Reset(&cl.loop.queueMem)
	cl.queuedBytes = 0
	cl.gates &^= gateMulti
	s.unwatch(cl)
}

// abortExec ends a transaction that may not run, and words what its client is told.
func (s *Server) abortExec(cl *Client, why error) error {
	s.endMulti(cl)
	return command.Error("EXECABORT Transaction discarded because of: " + strings.TrimPrefix(why.Error(), "ERR "))
}

// queue keeps a command for EXEC.
func (l *eventLoop) queue(cl *Client, r *request) {
	keyArg := 0
	if r.keyed {
		keyArg, _, _, _ = r.spec.SimpleKeys()
	}
	cl.tx.queue.Add(r.spec, r.args, keyArg, r.key.H)
	cl.queuedBytes = cl.tx.queue.Bytes
	mark := len(l.w.Buf)
	l.w.SimpleString("QUEUED")
	if cl.gates&gateReplyOff != 0 {
		l.dropSkipped(cl, mark)
	}
}

// execOnLoop is how many commands EXEC runs on a loop at the most.
const execOnLoop = 1000

// cmdExec runs the queue. It takes the locks of all commands at once, in ascending order, and keeps them to
// the end: nobody sees half of a transaction. With a command that asks other loops or may be long it runs
// on a worker.
func (s *Server) cmdExec(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if cl.gates&gateMulti == 0 {
		return errNoMultiExec
	}
	q := &cl.tx.queue
	if q.Failed {
		s.endMulti(cl)
		return errExecAbort
	}
	if c.OnLoop && (len(q.Cmds) > execOnLoop || q.Bytes > bigRequest || q.Has(command.Worker)) {
		return command.ErrOffload
	}
	plan := s.execPlan(cl, c)
	if c.OnLoop {
		if !plan.set.tryLock(s.store, plan.write) {
			return command.ErrOffload // a long command holds a shard: wait for it on a worker
		}
		defer plan.set.unlock(s.store, plan.write)
		if s.execIsLong(c, plan) {
			return command.ErrOffload
		}
	} else {
		plan.set.lockLong(s.store, plan.write)
		defer plan.set.unlockLong(s.store, plan.write)
	}
	if cl.tx.watch.Dirty() || s.watchedLapsed(cl, c.DB.Now) {
		s.endMulti(cl)
		if !cl.replyUnwanted() {
			c.Reply.NullArray()
		}
		return nil
	}
	onLoop := c.OnLoop
	c.OnLoop = false // nothing may be offloaded one by one
	logging := plan.write && s.env.Logging.Load()
	if logging {
		s.beginTx(c, plan.set)
	}
	dirty := s.runQueue(cl, c, plan, onLoop)
	if logging {
		s.endTx(c, plan.set)
	}
	// Nothing is left for who records what ran on a worker: the locks will be gone by then, and what ran while the log was turned on is in its base.
	c.Effects.Clear()
	c.NoEffect()
	c.OnLoop, c.Dirty = onLoop, dirty
	if len(c.Ready) > 0 {
		s.serveReady(c, plan.set, time.Now().UnixMilli())
	}
	s.endMulti(cl)
	return nil
}

// execPlan is the locks that EXEC takes.
type execPlan struct {
	set   shardSet
	all   bool
	write bool
	slow  []store.Key // keys of commands whose time depends on the value
	work  int         // of commands that reply as many elements as they are asked for, however small the value is
}

func (s *Server) execPlan(cl *Client, c *command.Ctx) execPlan {
	p := execPlan{write: cl.tx.queue.Writes()}
	k, refs := &command.Ctx{}, &[]command.KeyRef{}
	if c.OnLoop {
		k, refs = &cl.loop.planCtx, &cl.loop.keyRefs
		p.slow = cl.loop.planSlow[:0]
	}
	for i := range cl.tx.queue.Cmds {
		cmd := &cl.tx.queue.Cmds[i]
		if cmd.Spec.Flags&command.AllKeys != 0 {
			p.all, p.write = true, true
		}
		k.Args, k.Spec = cmd.Args, cmd.Spec
		p.set |= s.queuedKeys(k, cmd, refs)
		if cmd.Spec.Locks != nil && cmd.Spec.Locks(cmd.Args)&command.LockAll != 0 {
			p.set = allShards(s.store.Shards())
		}
		p.work += repeated(cmd)
		if cmd.Spec.Flags&command.Fast == 0 || popsMany(cmd) {
			p.slow = append(p.slow, k.Keys...)
		}
		if cmd.Spec.Flags&command.Write != 0 {
			p.set |= s.waiting.reach(s.store, cl.db, k.Keys)
		}
	}
	if c.OnLoop {
		cl.loop.planSlow = p.slow
		k.Args, k.Spec = nil, nil
	}
	cl.tx.watch.Each(func(shard, _ int, _ string, _ bool) { p.set |= 1 << shard })
	if p.all {
		p.set = allShards(s.store.Shards())
	}
	return p
}

// queuedKeys is collectKeys for a queued command.
func (s *Server) queuedKeys(c *command.Ctx, cmd *txn.Cmd, refs *[]command.KeyRef) shardSet {
	if cmd.Key.B == nil {
		return s.collectKeys(c, refs)
	}
	c.Keys = append(c.Keys[:0], cmd.Key)
	return 1 << s.store.ShardOf(cmd.Key.H)
}

// Units of Ctx.Offload: of a key that a command looks at, and of a byte of a value that is gone through element by element.
const (
	keyWork     = 64
	elementWork = 8
)

// execIsLong says whether EXEC may take longer than a loop can wait, judged by how big the values are, and for
// commands that reach all keys, how many there are. The shards are locked.
func (s *Server) execIsLong(c *command.Ctx, plan execPlan) bool {
	work := plan.work
	if plan.all {
		work += int(s.keyCount()) * keyWork
	}
	for _, k := range plan.slow {
		if e := c.DB.Peek(k); e.Ok() {
			_, size, _ := e.Layout()
			if e.Type() != store.TypeString {
				size *= elementWork
			}
			work += size
		}
	}
	return c.Offload(work)
}

// popsMany says whether a command takes as many elements as its argument tells, though its flags call it fast.
func popsMany(cmd *txn.Cmd) bool {
	switch cmd.Spec.Name {
	case "lpop", "rpop", "spop", "zpopmin", "zpopmax":
		return len(cmd.Args) > 2
	}
	return false
}

// repeated is the work, in units of Ctx.Offload, of a command that replies elements at random, any of which may come again.
func repeated(cmd *txn.Cmd) int {
	switch cmd.Spec.Name {
	case "srandmember", "hrandfield", "zrandmember":
		if len(cmd.Args) > 2 {
			if n, ok := num.ParseInt(cmd.Args[2]); ok && n < 0 {
				return int(min(uint64(-n), 1<<31)) * keyWork
			}
		}
	}
	return 0
}

// keyCount is the number of keys in all databases.
func (s *Server) keyCount() (n int64) {
	for i := range s.store.Databases() {
		db := s.store.DB(i, 0)
		n += db.Len()
	}
	return n
}

// watchedLapsed says whether a watched key has lapsed that nobody has deleted yet. Its shard is locked.
func (s *Server) watchedLapsed(cl *Client, nowMs int64) (lapsed bool) {
	cl.tx.watch.Each(func(_, db int, key string, live bool) {
		if live && !lapsed {
			d := s.store.DB(db, nowMs)
			lapsed = !d.Peek(s.store.Key([]byte(key))).Ok()
		}
	})
	return lapsed
}

func allShards(n int) shardSet {
	if n == maxShards {
		return ^shardSet(0)
	}
	return 1<<n - 1
}

// replyUnwanted says whether CLIENT REPLY is off. EXEC asks for each reply, as a queued command may switch it: as in Redis the array is
// announced if replies are wanted at its beginning, whatever comes of its elements.
func (c *Client) replyUnwanted() bool { return c.reply == replyOff || c.reply == replySkip }

// runQueue runs the queued commands under the plan's locks and returns what they changed.
func (s *Server) runQueue(cl *Client, c *command.Ctx, plan execPlan, onLoop bool) (dirty int64) {
	outer := *c
	c.Deny = true
	if !cl.replyUnwanted() {
		c.Reply.Array(len(cl.tx.queue.Cmds))
	}
	var own []command.KeyRef
	refs := &own
	if onLoop {
		refs = &cl.loop.keyRefs
		s.prefetchQueue(cl, outer.DB)
	}
	start := s.timeInExec(cl, onLoop)
	for i := range cl.tx.queue.Cmds {
		cmd := &cl.tx.queue.Cmds[i]
		c.Args, c.Spec, c.Dirty = cmd.Args, cmd.Spec, 0
		c.Effects.Next()
		c.DB.Reset(cl.db, outer.DB.Now)
		c.DB.NoTouch, c.DB.Locked = cl.noTouch, plan.all
		s.queuedKeys(c, cmd, refs)
		c.Reply.Proto = cl.proto
		mark, broken, closing := c.Reply.Point(), c.Reply.Broken, cl.closeSoon
		err := cmd.Spec.Handler(c)
		if c.Effects.Tx {
			s.record(c, plan.set.ifWritten(plan.write))
		}
		s.rememberRead(c, cl)
		if err != nil {
			c.Reply.Cut(mark)
			c.Reply.Error(err.Error())
		}
		if closing || cl.replyUnwanted() {
			c.Reply.Cut(mark)
			c.Reply.Broken = broken
		}
		dirty += c.Dirty
		now := s.timeInExec(cl, onLoop)
		s.ranInExec(cl, cmd, now-start, err)
		start = now
	}
	outer.Keys, outer.Ready, outer.Hits, outer.Misses, outer.Effects = c.Keys[:0], c.Ready, c.Hits, c.Misses, c.Effects
	*c = outer
	return dirty
}

// ranInExec keeps the books of one command of a transaction. They belong to the client's loop; a worker
// posts them there.
func (s *Server) ranInExec(cl *Client, cmd *txn.Cmd, took int64, err error) {
	if cl.waiting == waitWorker {
		c := *cmd
		cl.loop.nl.Post(func() { cl.loop.ranQueued(cl, &c, took, err) })
		return
	}
	cl.loop.ranQueued(cl, cmd, took, err)
}

func (l *eventLoop) ranQueued(cl *Client, cmd *txn.Cmd, took int64, err error) {
	l.stats.ran(cmd.Spec, took, 1)
	if err != nil {
		l.stats.countError(err.Error())
		l.stats.failed(cmd.Spec)
	}
	if took >= l.srv.slowAbove.Load() {
		l.srv.slow(cl, cmd.Spec, cmd.Args, took)
	}
	if l.srv.gates.Load()&uint32(gateMonitors) != 0 {
		l.srv.feedMonitors(cl, cmd.Spec, cmd.Args)
	}
}

// timeInExec is the time, as of the loop's clock if a loop runs EXEC.
func (s *Server) timeInExec(cl *Client, onLoop bool) int64 {
	if onLoop {
		return cl.loop.clock.Now()
	}
	return s.monotonic()
}

// prefetchQueue asks for the memory that the queued commands will look at.
func (s *Server) prefetchQueue(cl *Client, db store.DB) {
	var places [store.PrefetchMax]store.Place
	for some := range slices.Chunk(cl.tx.queue.Cmds, store.PrefetchMax) {
		for i := range some {
			places[i] = store.Place{}
			if k := some[i].Key; k.B != nil {
				places[i] = db.PrefetchBucket(k)
			}
		}
		for i := range some {
			places[i].PrefetchEntry(some[i].Spec.Member != 0)
		}
	}
}
