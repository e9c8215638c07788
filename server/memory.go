package server

import (
	"math"
	"runtime/debug"
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
	if v.MaxMemory <= 0 || s.evictable(v) <= v.MaxMemory || s.gates.Load()&uint32(gatePause|gateLoading) != 0 {
		return true // nothing is evicted during a pause, and writes wait for its end; what is being loaded is not whole yet
	}
	policy := storePolicy(v.MaxMemoryPolicy)
	if policy == store.NoEviction {
		return false
	}
	start, limit := s.monotonic(), int64(evictionTime(v.MaxMemoryEvictionTenacity))
	defer func() { s.spike(eventEvictionCycle, s.monotonic()-start) }()
	for i := 0; s.evictable(v) > v.MaxMemory; i++ {
		if !s.evictOne(v, policy, l.nowMs) {
			return s.evictable(v) <= v.MaxMemory || s.store.EvictLater(policy)
		}
		if i%16 == 15 && s.monotonic()-start > limit {
			s.evictMore(v)
			return true // the rest is evicted in the background; as Redis, the command runs meanwhile
		}
	}
	return true
}

// evictMore goes on with eviction in the background until the memory in use is below maxmemory.
func (s *Server) evictMore(v *config.Values) {
	if s.evicting.Swap(true) {
		return
	}
	go func() {
		start := s.monotonic()
		s.evictingSince.Store(start)
		defer func() {
			s.evictingSince.Store(0)
			s.evictionNs.Add(s.monotonic() - start)
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

// evictionTook is the ns that eviction in the background has taken in all, and since it last began; 0: it
// does not run.
func (s *Server) evictionTook() (total, current int64) {
	if since := s.evictingSince.Load(); since != 0 {
		current = s.monotonic() - since
	}
	return s.evictionNs.Load() + current, current
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

// goWaste is how much more than what clients hold the Go runtime may keep before it is asked to give it back.
const goWaste = 48 << 20

// giveMemoryBack has the Go runtime return what big requests and replies have left, and compacts the store when much
// of its pages is free. It is called once a second.
func (s *Server) giveMemoryBack() {
	if goMemory() > s.startMem+2*s.clientMem.Load()+goWaste {
		debug.FreeOSMemory()
	}
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
