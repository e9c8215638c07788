package store

import (
	"math/rand/v2"
)

// Iterating: shards, segments and buckets are all in the order of the hash, so a position is a hash. All keys with a smaller hash have
// been there, all others will come; segments may split and merge meanwhile.

// cursorShift makes a cursor of a hash: its first 52 bits, so that clients that read it as a float64 get it right. No position has more:
// shard, depth and tag together have less.
const cursorShift = 12

// A step of Scan looks at so many buckets, and so many more per key that it should return, when it finds too few keys.
const (
	emptyLimit  = 2000
	emptyPerKey = 10
)

// Scan calls fn for the live keys from a cursor on, at least count of them if there are so many (and less, when most of a large table is
// empty), and returns the cursor where to go on: 0 at the end. It starts at 0. A key that is there from the start of
// an iteration to its end is returned exactly once, whatever else happens to the table. fn runs under a read lock. Lapsed keys that it meets
// are deleted.
func (db *DB) Scan(cursor uint64, count int, fn func(e Entry)) (next uint64) {
	return db.ScanLapsed(cursor, count, fn, func([]byte) bool { return true })
}

// ScanLapsed is Scan that deletes only lapsed keys for which lapsed, which runs under a read lock too, returns true.
func (db *DB) ScanLapsed(cursor uint64, count int, fn func(e Entry), lapsed func(key []byte) bool) (next uint64) {
	s := db.s
	count = min(max(count, 1), 1<<40)
	limit := emptyLimit + emptyPerKey*count
	if cursor > ^uint64(0)>>cursorShift {
		return 0
	}
	pos := cursor << cursorShift
	looked, n := 0, 0
	for i := s.ShardOf(pos); i < len(s.shards); i++ {
		sh := &s.shards[i]
		h := pos << s.shardBits
		pos = 0
		for done := false; !done; {
			var gone lapsedKeys
			if !db.rlock(i) {
				return s.position(i, h) >> cursorShift
			}
			if t := sh.table(db.Index); t == nil {
				done = true
			} else {
				h, done = t.scan(h, db.Now, count, limit, &n, &looked, fn, func(e Entry) {
					if lapsed(e.Key()) {
						gone.add(e)
					}
				})
			}
			db.runlock(i)
			db.dropLapsed(i, gone)
			if n >= count || looked >= limit {
				if done {
					i, h = i+1, 0
				}
				if i == len(s.shards) {
					return 0
				}
				return s.position(i, h) >> cursorShift
			}
		}
	}
	return 0
}

// position is the full hash of hash h in shard i.
func (s *Store) position(i int, h uint64) uint64 {
	return uint64(i)<<s.shardShift | h>>s.shardBits
}

// scan goes through one segment from hash h on, until n is count or looked (buckets) is limit. It returns the hash up to which it got; done: there
// is nothing behind it.
func (t *table) scan(h uint64, now int64, count, limit int, n, looked *int, fn, lapsed func(e Entry)) (next uint64, done bool) {
	g, next, last := t.segmentAt(h)
	start := g.start(h)
	var buf [4 * bucketSlots]*uint64
	for b, nb := g.home(g.tag(h)), g.nb(); b < nb; b++ {
		*looked++
		for _, s := range g.slots(buf[:0], b) {
			e := slotEntry(*s)
			if e.lapsed(now) {
				lapsed(e)
				continue
			}
			// The position may be in the midst of this bucket: its size was another when it was taken.
			if start+g.bound(b) < h && t.hash(e.Key()) < h {
				continue
			}
			fn(e)
			*n++
		}
		if (*n >= count || *looked >= limit) && b+1 < nb {
			return start + g.bound(b+1), false
		}
	}
	return next, last
}

// Walk calls fn for every live key in the order of hashes, until it returns false. fn runs under a read lock, which is taken for a segment at a
// time: a key that is added or deleted meanwhile may be seen or not, others are seen once. Lapsed keys stay.
func (db *DB) Walk(fn func(e Entry) bool) { db.walk(false, fn) }

// walk is Walk that deletes the lapsed keys it meets, if drop.
func (db *DB) walk(drop bool, fn func(e Entry) bool) {
	for i := range db.s.shards {
		h, done, ok := uint64(0), false, true
		for !done && ok {
			var gone lapsedKeys
			if !db.rlock(i) {
				return
			}
			h, done, ok = db.s.shards[i].walkSegment(db.Index, h, db.Now, fn, func(e Entry) {
				if drop {
					gone.add(e)
				}
			})
			db.runlock(i)
			db.dropLapsed(i, gone)
		}
		if !ok {
			return
		}
	}
}

// walkSegment calls fn for the live keys of one segment from hash h on.
func (sh *shard) walkSegment(db int, h uint64, now int64, fn func(e Entry) bool, lapsed func(e Entry)) (next uint64, done, ok bool) {
	t := sh.table(db)
	if t == nil {
		return 0, true, true
	}
	g, next, done := t.segmentAt(h)
	midst := g.start(h) < h
	ok = true
	g.each(func(s *uint64) {
		e := slotEntry(*s)
		if ok && e.lapsed(now) {
			lapsed(e)
		} else if ok && !(midst && t.hash(e.Key()) < h) {
			ok = fn(e)
		}
	})
	return next, done, ok
}

// lapsedKeys are keys that an iteration met and nobody has deleted yet. With active expiry there are hardly any.
type lapsedKeys []string

func (l *lapsedKeys) add(e Entry) { *l = append(*l, string(e.Key())) }

// dropLapsed deletes lapsed keys of a shard, unless a long holder has it.
func (db *DB) dropLapsed(i int, keys lapsedKeys) {
	if len(keys) == 0 || db.s.holdExpiry.Load() {
		return
	}
	if !db.Locked {
		if !db.s.TryLock(i) {
			return
		}
		defer db.s.Unlock(i)
	}
	for _, k := range keys {
		db.ExpireKey(db.Key([]byte(k)))
	}
}

// rlock takes a short read lock, unless the caller holds all locks. With db.NoWait it does not wait for long holders:
// then it sets db.Blocked and returns false.
func (db *DB) rlock(i int) bool {
	switch {
	case db.Locked:
	case db.NoWait:
		if !db.s.TryRLock(i) {
			db.Blocked = true
			return false
		}
	default:
		db.s.RLock(i)
	}
	return true
}

func (db *DB) runlock(i int) {
	if !db.Locked {
		db.s.RUnlock(i)
	}
}

// RandomKey appends a live key, chosen evenly, to buf. ok is false when there is none.
func (db *DB) RandomKey(buf []byte) (key []byte, ok bool) {
	for range 100 {
		n := db.Len()
		if n == 0 {
			return buf, false
		}
		at := rand.Int64N(n)
		for i := range db.s.shards {
			t := db.s.shards[i].table(db.Index)
			if t == nil {
				continue
			}
			if at -= t.keys.Load(); at >= 0 {
				continue
			}
			var gone lapsedKeys
			key, ok := db.randomOf(i, &gone, buf)
			if ok || db.Blocked {
				return key, ok
			}
			db.dropLapsed(i, gone)
			break
		}
	}
	// Nearly all keys have lapsed.
	db.walk(true, func(e Entry) bool {
		key, ok = append(buf, e.Key()...), true
		return false
	})
	if !ok {
		return buf, false
	}
	return key, true
}

// randomOf appends a random live key of one shard.
func (db *DB) randomOf(i int, gone *lapsedKeys, buf []byte) ([]byte, bool) {
	if !db.rlock(i) {
		return buf, false
	}
	defer db.runlock(i)
	t := db.s.shards[i].table(db.Index)
	if t == nil || t.keys.Load() == 0 {
		return buf, false
	}
	e := slotEntry(*t.random())
	if e.lapsed(db.Now) {
		gone.add(e)
		return buf, false
	}
	return append(buf, e.Key()...), true
}
