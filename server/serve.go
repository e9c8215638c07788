package server

import (
	"slices"
	"time"

	"radish/command"
	"radish/resp"
	"radish/store"
)

// Serving clients that wait: who has changed a key serves those who wait for it, before it unlocks the shard. So
// nobody sees an element that belongs to somebody who waited first.

// signalReady notes in c.Ready that somebody waits for the key, which c has changed.
func (s *Server) signalReady(c *command.Ctx, db int, k store.Key) {
	if s.waiting.signal(s.store.ShardOf(k.H), db, k.B) {
		c.Ready = append(c.Ready, command.ReadyKey{DB: db, Key: k})
	}
}

// serving is one round of serving, from a change of keys until nobody is left to be served.
type serving struct {
	s    *Server
	ctx  command.Ctx
	from int      // the loop that serves, or -1
	held shardSet // locked by who has changed the keys
	own  shardSet // locked in addition
}

// serveReady serves those who wait for the keys of c.Ready, each key's in the order in which they came, and those
// who wait for keys that this changes. held are the shards that c has locked for writing.
func (s *Server) serveReady(c *command.Ctx, held shardSet, nowMs int64) {
	if len(c.Ready) == 0 {
		return
	}
	v := &serving{s: s, from: s.loopOf(c), held: held}
	if cl, ok := c.Client.(*Client); ok {
		s.tellPending(v.from, cl) // the command that has changed the keys ends before others are served
	}
	v.ctx = command.Ctx{Env: &s.env, Ready: c.Ready, OnLoop: c.OnLoop, ServedOn: v.from + 1}
	for i := 0; i < len(v.ctx.Ready); i++ {
		r := v.ctx.Ready[i]
		v.serveKey(r.DB, r.Key, nowMs)
	}
	clear(v.ctx.Ready)
	c.Ready = v.ctx.Ready[:0]
	v.own.unlock(s.store, true)
}

// serveKey serves those who wait for one key, while it holds what they wait for.
func (v *serving) serveKey(db int, k store.Key, nowMs int64) {
	s := v.s
	shard := s.store.ShardOf(k.H)
	for {
		d := s.store.DB(db, nowMs)
		e := d.Peek(k)
		if !e.Ok() {
			break
		}
		w := s.waiting.first(shard, db, k.B, e.Type())
		if w == nil {
			break
		}
		if !v.lock(w.also) {
			s.postpone(shard, db, k.B)
			break
		}
		if !w.state.CompareAndSwap(waitOpen, waitClaimed) {
			continue
		}
		if served, long := v.serve(w, nowMs); long {
			s.postpone(shard, db, k.B)
			break
		} else if !served {
			break
		}
	}
	s.waiting.served(shard, db, k.B)
}

// lock locks shards that are not locked yet: who has changed the keys did not know of those who wait. It waits for
// nobody, as that would be out of order.
func (v *serving) lock(set shardSet) bool {
	set &^= v.held | v.own
	for set != 0 {
		i := set.first()
		if !v.s.store.TryLockNow(i) {
			return false
		}
		v.own |= 1 << i
		set &^= 1 << i
	}
	return true
}

// postpone leaves those who wait for a key to serveLater, on a goroutine of its own.
func (s *Server) postpone(shard, db int, key []byte) {
	s.waiting.postpone(shard, db, key)
	go s.serveLater(db, slices.Clone(key))
}

// serve calls the handler of a claimed waiter once more and sends its loop the result. long: that would take too long for the loop
// that is served on.
func (v *serving) serve(w *waiter, nowMs int64) (served, long bool) {
	s, c := v.s, &v.ctx
	start := s.monotonic()
	c.Args, c.Spec, c.Keys, c.Client = w.args, w.spec, w.keys, w.cl
	c.DB = s.store.DB(w.db, nowMs)
	c.DB.NoTouch = w.noTouch
	c.Reach = uint64(v.held | v.own)
	c.Dirty, c.Hits, c.Misses, c.LogPos = 0, 0, 0, 0
	c.Effects.Next()
	c.Reply = &resp.Writer{Proto: w.proto, Pool: &s.replies}
	if w.sub != nil {
		s.hub.Mark(v.from, w.sub, w.mark)
	}
	err := w.spec.Handler(c)
	if long = err == command.ErrOffload; long || err == command.ErrBlocked { // else it did not find what was there a moment ago
		w.state.Store(waitOpen)
		w.cl.loop.nl.Post(func() { w.cl.loop.missed(w) })
		return false, long
	}
	if c.Env.Logging.Load() {
		s.record(c, v.held|v.own)
	}
	own := s.tellServed(v.from, w.cl)
	r := &waitResult{reply: c.Reply, err: err, dirty: c.Dirty, pos: c.LogPos, own: own, hits: c.Hits, misses: c.Misses, tookNs: s.monotonic() - start}
	s.endWaiting(w)
	w.cl.loop.nl.Post(func() { w.cl.loop.served(w, r) })
	return true, false
}

// serveLater serves those who wait for a key when it has all locks that this takes. Until then nobody else does. While data are loaded, or writes pause, it
// waits: before the server ends a snapshot is saved that must miss nothing. When the server ends it serves nobody.
func (s *Server) serveLater(db int, key []byte) {
	const against = uint32(gateLoading | gatePause)
	k := s.store.Key(key)
	shard := s.store.ShardOf(k.H)
	for ; !s.ending.Load(); time.Sleep(time.Millisecond) {
		if s.gates.Load()&against == 0 && s.tryServeLater(db, k, shard, against) {
			return
		}
	}
}

// tryServeLater is serveLater, unless one of the gates is found to be set.
func (s *Server) tryServeLater(db int, k store.Key, shard int, against uint32) bool {
	held := 1<<shard | s.waiting.reach(s.store, db, []store.Key{k})
	held.lockLong(s.store, true)
	defer held.unlockLong(s.store, true)
	if s.gates.Load()&against != 0 { // asked with the locks held, as beginReload and endWith rely on it
		return false
	}
	if s.waiting.takeUp(shard, db, k.B) {
		s.serveReady(&command.Ctx{Ready: []command.ReadyKey{{DB: db, Key: k}}}, held, time.Now().UnixMilli())
	}
	return true
}

// signalSwapped signals the keys of two databases that were exchanged. All shards are locked.
func (s *Server) signalSwapped(c *command.Ctx, a, b int) {
	for _, db := range []int{a, b} {
		for _, key := range s.waiting.keysIn(db) {
			s.signalReady(c, db, s.store.Key([]byte(key)))
		}
	}
	if !c.DB.Locked && len(c.Ready) > 0 { // else EXEC serves them
		s.serveReady(c, allShards(s.store.Shards()), c.DB.Now)
	}
}
