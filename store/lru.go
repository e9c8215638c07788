package store

import "math/rand/v2"

// The LRU field of an entry has 24 bits, as in Redis. Under an LRU policy (and under none) it is the second of the last access, modulo 2^24.
// Under an LFU policy it is, in the upper 16 bits, the minute of the last decrement, and in the lower 8 a logarithmic counter of accesses: evict.c
// describes how it grows and decays. When the policy changes, old fields are misread, as in Redis, until they are written again.

const (
	lfuInit    = 5 // counter of a new key
	lfuMinutes = 1<<16 - 1
)

// SetLRU says how accesses are recorded: as LRU, or as LFU with Redis's lfu-log-factor and lfu-decay-time (minutes).
func (s *Store) SetLRU(policyIsLFU bool, lfuLogFactor, lfuDecayMinutes int) {
	if !policyIsLFU {
		s.lru.Store(0)
		return
	}
	factor := uint32(min(max(lfuLogFactor, 0), 1<<15-1))
	decay := uint32(min(max(lfuDecayMinutes, 0), 1<<16-1))
	s.lru.Store(lruIsLFU | factor<<16 | decay)
}

const lruIsLFU = 1 << 31 // of Store.lru; then 15 bits lfu-log-factor, 16 bits lfu-decay-time

func lruClock(nowMs int64) uint32 { return uint32(uint64(nowMs)/1000) & metaLRU }

func lfuClock(nowMs int64) uint32 { return uint32(uint64(nowMs)/60000) & lfuMinutes }

// newLRU is the field of a new key.
func newLRU(mode uint32, nowMs int64) uint32 {
	if mode == 0 {
		return lruClock(nowMs)
	}
	return lfuClock(nowMs)<<8 | lfuInit
}

// accessed is the field of a key that is accessed now.
func accessed(field, mode uint32, nowMs int64) uint32 {
	if mode == 0 {
		return lruClock(nowMs)
	}
	return lfuAccessed(field, mode, nowMs)
}

func lfuAccessed(field, mode uint32, nowMs int64) uint32 {
	n := lfuDecayed(field, mode, nowMs)
	if n < 255 {
		base := max(int(n)-lfuInit, 0)
		factor := mode >> 16 & (1<<15 - 1)
		if rand.Uint32() < ^uint32(0)/(uint32(base)*factor+1) {
			n++
		}
	}
	return lfuClock(nowMs)<<8 | n
}

// lfuDecayed is the counter after the decay that is due.
func lfuDecayed(field, mode uint32, nowMs int64) uint32 {
	n := field & 255
	if decay := mode & (1<<16 - 1); decay != 0 {
		n -= min(n, (lfuClock(nowMs)-field>>8)&lfuMinutes/decay)
	}
	return n
}

// touch records an access. It may run under a read lock, so it writes atomically, and only what changes.
func (e Entry) touch(mode uint32, nowMs int64) {
	m := e.meta()
	if mode == 0 {
		if clock := lruClock(nowMs); clock != m&metaLRU {
			e.setMeta(m&^metaLRU | clock)
		}
		return
	}
	if f := lfuAccessed(m&metaLRU, mode, nowMs); f != m&metaLRU {
		e.setMeta(m&^metaLRU | f)
	}
}

func (e Entry) setLRU(field uint32) { e.setMeta(e.meta()&^metaLRU | field&metaLRU) }

// IdleMs is how long ago the last access was, in whole seconds. It makes sense under LRU only.
func (e Entry) IdleMs(nowMs int64) int64 {
	return int64(lruAge(e.meta()&metaLRU, nowMs)) * 1000
}

// LRU is the field as it is, seconds or LFU.
func (e Entry) LRU() uint32 { return e.meta() & metaLRU }

// lruAhead is by how many seconds a field may be ahead of the clock: another goroutine's may be a moment later, and clocks are set back.
const lruAhead = 3600

// lruAge is how many seconds ago a field was written under an LRU policy.
func lruAge(field uint32, nowMs int64) uint32 {
	if age := (lruClock(nowMs) - field) & metaLRU; age < metaLRU-lruAhead {
		return age
	}
	return 0
}

// Freq is the LFU counter, decayed up to db.Now. It makes sense under LFU only.
func (e Entry) Freq(db *DB) uint8 {
	return uint8(lfuDecayed(e.meta()&metaLRU, db.s.lru.Load(), db.Clock))
}

// SetIdle makes a key look as if its last access was so many seconds ago.
func (db *DB) SetIdle(k Key, seconds int64) {
	if e := db.Peek(k); e.Ok() {
		e.setLRU(lruClock(db.Clock) - uint32(min(max(seconds, 0), metaLRU-lruAhead-1)))
	}
}

// SetFreq sets the LFU counter of a key.
func (db *DB) SetFreq(k Key, f uint8) {
	if e := db.Peek(k); e.Ok() {
		e.setLRU(lfuClock(db.Clock)<<8 | uint32(f))
	}
}
