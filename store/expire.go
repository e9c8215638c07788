package store

import "sync/atomic"

// Expiry: every deadline is in its table's index, so the store knows the next one at any time. A key has lapsed when now is greater
// than its deadline, as in Redis.

// setDue adds the deadline of a key to the index; 0 is none.
func (t *table) setDue(h uint64, ms int64) {
	if ms == 0 {
		return
	}
	base := t.dueBase.Load()
	if base == 0 {
		base = clampDue(ms)
		t.dueBase.Store(base)
	}
	before := t.due.bytes
	t.due.insert(dueItem(ms, h))
	t.dueKeys.Add(1)
	t.dueSum.Add(clampDue(ms) - base)
	if t.due.bytes != before {
		t.dueMem.Add(int64(t.due.bytes - before))
	}
	t.comesDue(&t.sh.next, ms)
}

// comesDue notes a new deadline; next is the shard's lower bound.
func (t *table) comesDue(next *atomic.Int64, ms int64) {
	if ms = clampDue(ms); ms < next.Load() {
		next.Store(ms)
		if t.s.hooks.NewDeadline != nil && !t.s.noExpire.Load() {
			t.s.hooks.NewDeadline(ms)
		}
	}
}

// unsetDue takes a deadline out of the index. The shard's next deadline stays as it is: it is a lower bound, which ExpireDue puts right.
func (t *table) unsetDue(h uint64, ms int64) {
	if ms == 0 {
		return
	}
	before := t.due.bytes
	t.due.remove(dueItem(ms, h))
	t.dueKeys.Add(-1)
	t.dueSum.Add(t.dueBase.Load() - clampDue(ms))
	if t.due.bytes != before {
		t.dueMem.Add(int64(t.due.bytes - before))
	}
}

// NextDeadline is when ExpireDue may have something to do: a lower bound of the earliest deadline of all keys and fields, in unix ms. They lapse
// when now is greater, so the time to call it is a millisecond later. ok is false when none has a deadline, or active expiry is off.
func (s *Store) NextDeadline() (ms int64, ok bool) {
	if s.noExpire.Load() || s.holdExpiry.Load() || s.replaying.Load() {
		return 0, false
	}
	ms = noDeadline
	for i := range s.shards {
		ms = min(ms, s.shards[i].nextDue())
	}
	return ms, ms != noDeadline
}

// SetActiveExpire turns ExpireDue on or off (DEBUG SET-ACTIVE-EXPIRE); it is on at first.
func (s *Store) SetActiveExpire(on bool) {
	s.noExpire.Store(!on)
	s.tellDeadline()
}

// HoldExpiry has lapsed keys stay where they are, unseen (CLIENT PAUSE): neither ExpireDue nor iterations delete any.
func (s *Store) HoldExpiry(on bool) {
	s.holdExpiry.Store(on)
	s.tellDeadline()
}

// SetReplaying has lapsed keys stay while a log is loaded, which says itself what has gone.
func (s *Store) SetReplaying(on bool) {
	s.replaying.Store(on)
	s.tellDeadline()
}

func (s *Store) tellDeadline() {
	if ms, ok := s.NextDeadline(); ok && s.hooks.NewDeadline != nil {
		s.hooks.NewDeadline(ms)
	}
}

// expireBatch is how many keys and fields are deleted under one lock, unless the keys have more than freeBatch chunks.
const expireBatch = 64

// ExpireDue deletes up to budget keys and fields of hashes that have lapsed at nowMs, earliest first within a shard, and calls Hooks.Expired for
// each key and Hooks.FieldsExpired for the fields of each hash. It locks
// shards for short times; a shard that a long holder has is left out (Options.OnLongUnlock will be called for it). more
// says that the budget was not enough.
func (s *Store) ExpireDue(nowMs int64, budget int) (deleted int, more bool) {
	if s.noExpire.Load() || s.holdExpiry.Load() || s.replaying.Load() {
		return 0, false
	}
	for i := range s.shards {
		sh := &s.shards[i]
		for sh.nextDue() < nowMs {
			if deleted >= budget {
				return deleted, true
			}
			if !s.TryLock(i) {
				break
			}
			n, done := s.expireShard(sh, nowMs, min(budget-deleted, expireBatch))
			sh.lock.unlockBatch()
			if deleted += n; done {
				break
			}
		}
	}
	return deleted, false
}

// expireShard deletes up to limit lapsed keys and fields, or keys of freeBatch chunks, and finds out the next deadline.
func (s *Store) expireShard(sh *shard, nowMs int64, limit int) (n int, done bool) {
	next, nextField, work := uint64(noDeadline), uint64(noDeadline), 0
	for db := range sh.tables {
		t := sh.table(db)
		if t == nil {
			continue
		}
		x, ok := t.due.min()
		for ; ok && x>>dueHashBits < uint64(nowMs) && n < limit; x, ok = t.due.min() {
			slot, h := t.findDue(x, Entry.Deadline)
			if slot == nil { // cannot be: each item stands for an entry
				t.unsetDue(x<<(64-dueHashBits), int64(x>>dueHashBits))
				continue
			}
			e := slotEntry(*slot)
			chunks := e.freeChunks(true)
			if work > 0 && work+chunks > freeBatch {
				limit = n // the rest is for the next lock
				break
			}
			work += chunks
			t.tellExpired(db, e)
			t.drop(h, slot, freeExpired)
			n++
		}
		if ok {
			next = min(next, x>>dueHashBits)
		}
		x, ok = t.fieldDue.min()
		for ; ok && x>>dueHashBits < uint64(nowMs) && n < limit; x, ok = t.fieldDue.min() {
			n += t.expireFields(db, x, nowMs, limit-n)
		}
		if ok {
			nextField = min(nextField, x>>dueHashBits)
		}
	}
	sh.next.Store(int64(next))
	sh.nextField.Store(int64(nextField))
	return n, sh.nextDue() >= nowMs
}

// nextDue is a lower bound of the earliest deadline of the shard, of a key or of a field.
func (sh *shard) nextDue() int64 { return min(sh.next.Load(), sh.nextField.Load()) }

// findDue finds an entry that an item of an index stands for, and its hash; due is the deadline under which the index has an entry.
func (t *table) findDue(x uint64, due func(Entry) int64) (slot *uint64, hash uint64) {
	ms, prefix := int64(x>>dueHashBits), x<<(64-dueHashBits)
	var buf [4 * bucketSlots]*uint64
	for h, last := prefix, false; !last; {
		var g segment
		g, h, last = t.segmentAt(h)
		lo, hi := 0, g.nb()-1
		if start := h - 1<<(64-g.depth()); prefix >= start {
			lo = g.home(g.tag(prefix))
		}
		end := prefix | (1<<(64-dueHashBits) - 1)
		if last || end < h {
			hi, last = g.home(g.tag(end)), true
		}
		for b := lo; b <= hi; b++ {
			for _, s := range g.slots(buf[:0], b) {
				e := slotEntry(*s)
				if d := due(e); d == 0 || clampDue(d) != ms {
					continue
				}
				if h := t.hash(e.Key()); h>>(64-dueHashBits) == x&(1<<dueHashBits-1) {
					return s, h
				}
			}
		}
	}
	return nil, 0
}
