package store

import (
	"math/rand/v2"
	"sync"
)

// Eviction. LRU and LFU are approximated as Redis does it (evict.c): each call samples some keys, keeps the best candidates of all
// calls in a small pool, and evicts the best of these. Unlike Redis it looks again before it evicts, so that a key that was used
// since it was sampled is spared. volatile-ttl needs no samples: the index of deadlines is exact.

const (
	poolSize   = 16
	maxPoolKey = 4096 // a candidate does not keep more memory than this for keys
)

// evictionPool holds candidates, in no order.
type evictionPool struct {
	mu     sync.Mutex
	policy Policy
	c      []candidate
}

// candidate is a key that may be evicted.
type candidate struct {
	field uint32 // its LRU field when it was sampled
	db    int
	key   Key // B is the candidate's own memory, which the next one uses again
}

// score ranks a key under a policy: idle seconds, or 255 - frequency.
func (p Policy) score(field, mode uint32, nowMs int64) uint32 {
	if p.LFU() {
		return 255 - lfuDecayed(field, mode, nowMs)
	}
	return lruAge(field, nowMs)
}

// Evict deletes one key that is a good candidate under the policy, after Hooks.Evicted, and returns how many bytes that freed. ok is
// false when there is none: no key (with a deadline, for the volatile policies), or only in shards that long holders have. samples is
// maxmemory-samples. The caller holds no locks.
func (s *Store) Evict(policy Policy, samples int, nowMs int64) (freed int64, ok bool) {
	switch policy {
	case NoEviction:
		return 0, false
	case AllKeysRandom, VolatileRandom:
		return s.evictRandom(policy)
	case VolatileTTL:
		return s.evictSoonest()
	}
	p := &s.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.policy != policy {
		p.policy, p.c = policy, p.c[:0]
	}
	for range 8 {
		if !s.samplePool(policy, samples, nowMs) && len(p.c) == 0 {
			return 0, false
		}
		for len(p.c) > 0 {
			c := p.takeBest(s.lru.Load(), nowMs)
			if freed, ok = s.evictCandidate(c, policy, nowMs); ok {
				return freed, true
			}
		}
	}
	return 0, false
}

// samplePool puts samples of a random shard into the pool. It returns false when there are none in any shard.
func (s *Store) samplePool(policy Policy, samples int, nowMs int64) bool {
	mode := s.lru.Load()
	first := rand.IntN(len(s.shards))
	for j := range s.shards {
		i := (first + j) & (len(s.shards) - 1)
		if !s.shards[i].hasCandidates(policy) || !s.TryRLock(i) {
			continue
		}
		got := false
		for range samples {
			db, slot := s.shards[i].sample(policy)
			if slot == nil {
				continue
			}
			e := slotEntry(*slot)
			s.pool.offer(e.meta()&metaLRU, db, s.Key(e.Key()), mode, nowMs)
			got = true
		}
		s.RUnlock(i)
		if got {
			return true
		}
	}
	return false
}

// offer puts a key into the pool, if it is better than the worst there or there is room.
func (p *evictionPool) offer(field uint32, db int, k Key, mode uint32, nowMs int64) {
	at := -1
	worst := p.policy.score(field, mode, nowMs)
	for i := range p.c {
		c := &p.c[i]
		if c.key.H == k.H && c.db == db && string(c.key.B) == string(k.B) {
			at = i
			break
		}
		if score := p.policy.score(c.field, mode, nowMs); len(p.c) == poolSize && score < worst {
			at, worst = i, score
		}
	}
	if at < 0 {
		if len(p.c) == poolSize {
			return
		}
		at = len(p.c)
		if at < cap(p.c) {
			p.c = p.c[:at+1] // its key has memory
		} else {
			p.c = append(p.c, candidate{})
		}
	}
	c := &p.c[at]
	c.field, c.db, c.key.H = field, db, k.H
	if cap(c.key.B) > maxPoolKey {
		c.key.B = nil
	}
	c.key.B = append(c.key.B[:0], k.B...)
}

// takeBest takes the best candidate out of the pool. It is valid until the next offer.
func (p *evictionPool) takeBest(mode uint32, nowMs int64) *candidate {
	best, max := 0, uint32(0)
	for i := range p.c {
		if score := p.policy.score(p.c[i].field, mode, nowMs); score >= max {
			best, max = i, score
		}
	}
	last := len(p.c) - 1
	p.c[best], p.c[last] = p.c[last], p.c[best]
	p.c = p.c[:last]
	return &p.c[:last+1][last]
}

// candidates is the number of keys of a table that the policy may evict.
func (t *table) candidates(policy Policy) int64 {
	if policy.Volatile() {
		return t.dueKeys.Load()
	}
	return t.keys.Load()
}

func (sh *shard) hasCandidates(policy Policy) bool {
	for i := range sh.tables {
		if t := sh.table(i); t != nil && t.candidates(policy) > 0 {
			return true
		}
	}
	return false
}

// sample returns a random key that the policy may evict. It needs the read lock.
func (sh *shard) sample(policy Policy) (db int, slot *uint64) {
	var n int64
	for i := range sh.tables {
		if t := sh.table(i); t != nil {
			n += t.candidates(policy)
		}
	}
	if n == 0 {
		return 0, nil
	}
	at := rand.Int64N(n)
	for db = range sh.tables {
		t := sh.table(db)
		if t == nil {
			continue
		}
		if at -= t.candidates(policy); at >= 0 {
			continue
		}
		if policy.Volatile() {
			x, _ := t.due.random(rand.Uint64())
			slot, _ = t.findDue(x, Entry.Deadline)
			return db, slot
		}
		return db, t.random()
	}
	return 0, nil
}

// evictCandidate deletes a candidate, unless it is gone or was used since it was sampled.
func (s *Store) evictCandidate(c *candidate, policy Policy, nowMs int64) (freed int64, ok bool) {
	i := s.ShardOf(c.key.H)
	if !s.TryLock(i) {
		return 0, false
	}
	defer s.Unlock(i)
	db := s.DB(c.db, nowMs)
	t, h, slot := db.find(c.key)
	if slot == nil {
		return 0, false
	}
	e := slotEntry(*slot)
	if policy.Volatile() && e.Deadline() == 0 || e.meta()&metaLRU != c.field {
		return 0, false
	}
	return t.evict(c.db, h, slot), true
}

// evict deletes an entry and returns how many bytes that freed, or is about to free.
func (t *table) evict(db int, h uint64, slot *uint64) int64 {
	e := slotEntry(*slot)
	t.sh.evicted.Add(1)
	if t.s.hooks.Evicted != nil {
		t.s.hooks.Evicted(db, e.Key())
	}
	freed := e.MemUsage()
	t.drop(h, slot, freeEvicted)
	return freed
}

// evictRandom deletes a random key.
func (s *Store) evictRandom(policy Policy) (freed int64, ok bool) {
	first := rand.IntN(len(s.shards))
	for j := range s.shards {
		i := (first + j) & (len(s.shards) - 1)
		sh := &s.shards[i]
		if !sh.hasCandidates(policy) || !s.TryLock(i) {
			continue
		}
		if db, slot := sh.sample(policy); slot != nil {
			t := sh.table(db)
			freed, ok = t.evict(db, t.hash(slotEntry(*slot).Key()), slot), true
		}
		s.Unlock(i)
		if ok {
			return freed, true
		}
	}
	return 0, false
}

// evictSoonest deletes the key with the earliest deadline, but for those in shards that long holders have.
func (s *Store) evictSoonest() (freed int64, ok bool) {
	var held [maxShards / 64]uint64 // the shards that long holders have
	for range 3*len(s.shards) + 2 { // each turn puts right a shard's lower bound, finds it held, or evicts
		best, bound := 0, int64(noDeadline)
		for i := range s.shards {
			if next := s.shards[i].next.Load(); next < bound && held[i/64]>>(i%64)&1 == 0 {
				best, bound = i, next
			}
		}
		if bound == noDeadline {
			return 0, false
		}
		if !s.TryLock(best) {
			held[best/64] |= 1 << (best % 64)
			continue
		}
		sh := &s.shards[best]
		bound = sh.next.Load()
		db, x, found := sh.soonest()
		if found && int64(x>>dueHashBits) <= bound {
			if slot, h := sh.table(db).findDue(x, Entry.Deadline); slot != nil {
				freed, ok = sh.table(db).evict(db, h, slot), true
				_, x, found = sh.soonest()
			}
		}
		if found {
			sh.next.Store(int64(x >> dueHashBits))
		} else {
			sh.next.Store(noDeadline)
		}
		s.Unlock(best)
		if ok {
			return freed, true
		}
	}
	return 0, false
}

// soonest is the first item of the deadline indexes of a shard.
func (sh *shard) soonest() (db int, x uint64, ok bool) {
	for i := range sh.tables {
		t := sh.table(i)
		if t == nil {
			continue
		}
		if y, has := t.due.min(); has && (!ok || y < x) {
			db, x, ok = i, y, true
		}
	}
	return db, x, ok
}

// EvictLater says whether Evict may have found nothing only because long holders have shards in which keys may be evicted.
func (s *Store) EvictLater(policy Policy) bool {
	for i := range s.shards {
		if s.shards[i].lock.long() && s.shards[i].hasCandidates(policy) {
			return true
		}
	}
	return false
}
