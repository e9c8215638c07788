package server

import (
	"math"
	"runtime/metrics"
	"time"

	"radish/config"
	"radish/store"
)

// usedMemory is what maxmemory is compared with: keys, values and tables, what clients hold and have read, and what the
// process held at its start.
func (s *Server) usedMemory() int64 {
	return s.store.UsedMemory() + s.clientMem.Load() + s.tracking.mem.Load() + s.startMem
}

// evictable is usedMemory without what is being freed already, and without what clients hold beyond maxmemory-clients:
// clients are ended for that, so no key has to go.
func (s *Server) evictable(v *config.Values) int64 {
	used := s.usedMemory() - s.store.LazyMemory()
	if limit := v.ClientEvictionLimit(); limit > 0 {
		used -= max(0, s.clientMem.Load()-limit)
	}
	return used
}

// processMemory is the bytes of live Go objects and stacks. What the runtime needs for itself is no more
// counted than what an allocator does.
func processMemory() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(sample)
	var sum int64
	for _, m := range sample {
		if m.Value.Kind() == metrics.KindUint64 {
			sum += int64(m.Value.Uint64())
		}
	}
	return sum
}

// evictionTime is how long one command may make room, for the sake of others on its loop. Redis's
// maxmemory-eviction-tenacity: 50 µs a step up to 10, then 15 % more with each, 100: as long as it takes.
func evictionTime(tenacity int) time.Duration {
	const step, steps = 50 * time.Microsecond, 10
	switch {
	case tenacity <= steps:
		return step * time.Duration(tenacity)
	case tenacity < 100:
		return time.Duration(float64(step*steps) * math.Pow(1.15, float64(tenacity-steps)))
	}
	return math.MaxInt64
}

// makeRoom evicts keys until the memory in use is below maxmemory; false: it could not, and commands that
// need memory are refused.
func (l *eventLoop) makeRoom() bool {
	s := l.srv
	v := s.cfg.Load()
	if v.MaxMemory <= 0 || s.evictable(v) <= v.MaxMemory {
		s.noteExceeded(false)
		return true
	}
	if s.gates.Load()&uint32(gatePause|gateLoading) != 0 {
		return true // nothing is evicted during a pause, and writes wait for its end; what is being loaded is not whole yet
	}
	policy := storePolicy(v.MaxMemoryPolicy)
	if policy == store.NoEviction {
		s.noteExceeded(true)
		return false
	}
	start, limit := s.monotonic(), int64(evictionTime(v.MaxMemoryEvictionTenacity))
	defer func() { s.spike(eventEvictionCycle, s.monotonic()-start) }()
	for i := 0; s.evictable(v) > v.MaxMemory; i++ {
		if !s.evictOne(v, policy, l.nowMs) {
			fits := s.evictable(v) <= v.MaxMemory
			s.noteExceeded(!fits)
			return fits || s.store.EvictLater(policy)
		}
		if i%16 == 15 && s.monotonic()-start > limit {
			s.evictMore(v)
			return true // the rest is evicted in the background; as Redis, the command runs meanwhile
		}
	}
	s.noteExceeded(false)
	return true
}

// evictMore goes on with eviction in the background until the memory in use is below maxmemory.
func (s *Server) evictMore(v *config.Values) {
	s.noteExceeded(true)
	if s.evicting.Swap(true) {
		return
	}
	go func() {
		defer func() {
			s.noteRoom()
			s.evicting.Store(false)
		}()
		for {
			policy := storePolicy(v.MaxMemoryPolicy)
			if v.MaxMemory <= 0 || policy == store.NoEviction || s.evictable(v) <= v.MaxMemory || s.ending.Load() || s.gates.Load()&uint32(gatePause|gateLoading) != 0 {
				return
			}
			if !s.evictOne(v, policy, time.Now().UnixMilli()) {
				return
			}
			s.awaitRoom()
			v = s.cfg.Load()
		}
	}()
}

// noteExceeded is told that more than maxmemory is in use though keys were evicted as long as one command may, or that it is not, any more.
func (s *Server) noteExceeded(exceeded bool) {
	since := s.exceededSince.Load()
	switch {
	case exceeded == (since != 0):
	case exceeded:
		s.exceededSince.CompareAndSwap(0, s.monotonic())
	case s.exceededSince.CompareAndSwap(since, 0):
		s.exceededNs.Add(s.monotonic() - since)
	}
}

// noteRoom looks whether maxmemory is still exceeded, if it was: nothing else tells when no command comes, or when maxmemory is 0 now.
func (s *Server) noteRoom() {
	if v := s.cfg.Load(); s.exceededSince.Load() != 0 && (v.MaxMemory <= 0 || s.evictable(v) <= v.MaxMemory) {
		s.noteExceeded(false)
	}
}

// exceeded is the ns for which maxmemory has been exceeded in all, and since when it is now; 0: it is not.
func (s *Server) exceeded() (total, current int64) {
	if since := s.exceededSince.Load(); since != 0 {
		current = s.monotonic() - since
	}
	return s.exceededNs.Load() + current, current
}

// evictOne evicts one key; false: there is none that may go.
func (s *Server) evictOne(v *config.Values, policy store.Policy, nowMs int64) bool {
	if v.LatencyMonitorThreshold <= 0 {
		_, ok := s.store.Evict(policy, v.MaxMemorySamples, nowMs)
		return ok
	}
	start := s.monotonic()
	_, ok := s.store.Evict(policy, v.MaxMemorySamples, nowMs)
	s.spike(eventEvictionDel, s.monotonic()-start)
	return ok
}

func storePolicy(p config.EvictionPolicy) store.Policy {
	switch p {
	case config.AllKeysLRU:
		return store.AllKeysLRU
	case config.AllKeysLFU:
		return store.AllKeysLFU
	case config.AllKeysRandom:
		return store.AllKeysRandom
	case config.VolatileLRU:
		return store.VolatileLRU
	case config.VolatileLFU:
		return store.VolatileLFU
	case config.VolatileRandom:
		return store.VolatileRandom
	case config.VolatileTTL:
		return store.VolatileTTL
	}
	return store.NoEviction
}

// Memory is compacted by itself when the store holds purgeRatio times what is in use, and more than
// purgeLeast bytes too much, and has not grown for a while.
const (
	purgeRatio = 1.4
	purgeLeast = 16 << 20
)

// compact compacts the store when much of its pages is free. It is called once a second.
func (s *Server) compact() {
	held, used := s.store.Fragmentation()
	if held-used < purgeLeast || float64(held) < purgeRatio*float64(used) || s.purging.Swap(true) {
		return
	}
	go s.purge()
}

// purge compacts the store, beside commands. It waits for shards, so no loop may call it, nor anybody who
// holds one.
func (s *Server) purge() {
	s.purging.Store(true)
	defer s.purging.Store(false)
	start := s.monotonic()
	s.store.Purge(s.stop)
	s.purgeNs.Add(s.monotonic() - start)
}
