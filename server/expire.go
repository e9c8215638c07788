package server

import (
	"math"
	"time"

	"radish/command"
	"radish/store"
)

// expireBudget is how many keys the expirer deletes before it lets others have the shards again.
const expireBudget = 64

// expirer deletes keys when their deadline comes. It sleeps until the earliest deadline of all shards, so
// it costs nothing while nothing lapses, and it is not late when much does.
func (s *Server) expirer() {
	defer s.stopped.Done()
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for !s.ending.Load() {
		now := time.Now().UnixMilli()
		wait := time.Hour
		s.lapseAt.Store(math.MaxInt64)
		if at, ok := s.store.NextDeadline(); ok {
			if at < now && s.expireDue(now) > 0 { // a key lives through the millisecond of its deadline
				s.awaitRoom()
				continue
			}
			s.lapseAt.Store(at)
			wait = lapseWait(at, now)
			if next, ok := s.store.NextDeadline(); ok && next < at {
				continue // it came between the look and the announcement
			}
		}
		t.Reset(wait)
		select {
		case <-s.stop:
			return
		case <-s.lapseWake:
		case <-t.C:
		}
	}
}

// lapseWait is how long the expirer sleeps before a deadline (unix ms, up to the greatest int64). At least a
// millisecond: a long command may hold the shard of a key that is due.
func lapseWait(at, now int64) time.Duration {
	return time.Duration(max(0, min(at-now, time.Hour.Milliseconds()-1))+1) * time.Millisecond
}

// expireDue deletes some of the keys that are due and returns how many.
func (s *Server) expireDue(now int64) int {
	start := s.monotonic()
	n, _ := s.store.ExpireDue(now, expireBudget)
	s.commitOwn(n)
	took := s.monotonic() - start
	s.expireNs.Add(took)
	s.spike(eventExpireCycle, took)
	return n
}

// newDeadline hears of a shard's earliest deadline becoming earlier.
func (s *Server) newDeadline(ms int64) {
	if ms < s.lapseAt.Load() {
		s.wakeExpirer()
	}
}

func (s *Server) wakeExpirer() {
	select {
	case s.lapseWake <- struct{}{}:
	default:
	}
}

// onExpired hears of a key that lapsed; its shard is locked.
func (s *Server) onExpired(db int, key []byte) {
	s.expiredKeys.Add(1)
	if s.env.Logging.Load() {
		s.logGone(db, key, s.env.LazyExpire.Load())
	}
	if s.env.Observed.Load() {
		k := s.store.Key(key)
		s.txns.TouchLapsed(s.store.ShardOf(k.H), db, key)
		s.keyEvent(nil, db, k, command.EventExpired, "expired", false)
		if s.tracking.count.Load() > 0 {
			s.trackChange(nil, k) // behind the message, as in Redis
		}
	}
}

// onFieldsExpired hears of n fields of a hash that lapsed, with emptied all it had; its shard is locked.
func (s *Server) onFieldsExpired(db int, key []byte, n int, emptied bool, fields func(func(f []byte))) {
	s.env.ExpiredFields.Add(int64(n))
	if s.env.Logging.Load() {
		s.logFieldsGone(db, key, fields)
	}
	if s.env.Observed.Load() {
		k := s.store.Key(key)
		s.keyEvent(nil, db, k, command.EventHash, "hexpired", true)
		if emptied {
			s.keyEvent(nil, db, k, command.EventGeneric, "del", false)
		}
	}
}

// onEvicted hears of a key that was evicted; its shard is locked.
func (s *Server) onEvicted(db int, key []byte) {
	s.evictedKeys.Add(1)
	if s.env.Logging.Load() {
		s.logGone(db, key, s.cfg.Load().LazyfreeLazyEviction)
	}
	if s.env.Observed.Load() {
		s.keyEvent(nil, db, s.store.Key(key), command.EventEvicted, "evicted", true)
	}
}

// keyEvent tells those who observe keys: WATCH, clients that cache, clients that wait, and who has subscribed to notifications. The key's shard is locked. c is nil when the
// store has deleted the key by itself.
func (s *Server) keyEvent(c *command.Ctx, db int, k store.Key, class command.EventClass, event string, changed bool) {
	if changed {
		if s.txns.Count() > 0 {
			s.txns.Touch(s.store.ShardOf(k.H), db, k.B)
		}
		if s.tracking.count.Load() > 0 {
			s.trackChange(c, k)
		}
		if c != nil && s.waiting.keys.Load() > 0 {
			s.signalReady(c, db, k)
		}
	}
	if s.notifies(class) {
		s.notify(c, db, k.B, event)
	}
}

// onFlushed hears of an emptied database, or of all (-1): whoever watches a key that was there is told, and whoever caches keys.
func (s *Server) onFlushed(c *command.Ctx, db int) {
	s.trackFlush(c)
	s.txns.TouchAll(func(i int) bool { return db < 0 || i == db }, func(int, string) bool { return false })
}

// onSwapped hears of two databases that were exchanged: whoever watches a key of them that was there before,
// or is now, is told. All shards are locked: nobody runs EXEC between the exchange and this.
func (s *Server) onSwapped(c *command.Ctx, a, b int) {
	s.txns.TouchAll(func(i int) bool { return i == a || i == b }, func(i int, key string) bool {
		db := s.store.DB(i, c.DB.Now)
		return db.Peek(s.store.Key([]byte(key))).Ok()
	})
	s.signalSwapped(c, a, b)
}
