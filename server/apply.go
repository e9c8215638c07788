package server

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"radish/command"
	"radish/config"
	"radish/internal/redislog"
	"radish/store"
)

// watchConfig puts the settings that others look at in their places, now and whenever CONFIG SET changes
// them. What is read where it is used (timeout, hz, maxclients of new connections) needs no hook.
func (s *Server) watchConfig() error {
	s.apply(s.cfg.Load())
	var errs []error
	on := func(fn config.Hook, names ...string) { errs = append(errs, s.cfg.OnChangeOf(names, fn)) }
	on(func(_, v *config.Values) error { s.apply(v); return nil },
		"proto-max-bulk-len", "hll-sparse-max-bytes", "maxmemory", "maxmemory-policy", "maxmemory-clients", "lfu-log-factor", "lfu-decay-time",
		"lazyfree-lazy-user-del", "lazyfree-lazy-user-flush", "lazyfree-lazy-server-del", "lazyfree-lazy-expire", "lazyfree-lazy-eviction",
		"slowlog-log-slower-than", "latency-monitor-threshold", "latency-tracking", "notify-keyspace-events", "tracking-table-max-keys",
		"hash-max-listpack-entries", "hash-max-listpack-value", "list-max-listpack-size", "list-compress-depth", "set-max-intset-entries",
		"set-max-listpack-entries", "set-max-listpack-value", "zset-max-listpack-entries", "zset-max-listpack-value")
	on(func(old, v *config.Values) error {
		if s.relisten(old, v) != nil {
			return errors.New("Unable to listen on this port. Check server logs.")
		}
		return nil
	}, "port")
	on(func(old, v *config.Values) error {
		if s.relisten(old, v) != nil {
			return errors.New("Failed to bind to specified addresses.")
		}
		return nil
	}, "bind")
	on(func(_, v *config.Values) error { s.log.SetLevel(redislog.Level(v.LogLevel)); return nil }, "loglevel")
	on(func(_, v *config.Values) error {
		s.saving.mu.Lock()
		defer s.saving.mu.Unlock()
		s.setSaveGate(v)
		s.env.FlushSaves.Store(len(v.Save) > 0)
		return nil
	}, "save", "stop-writes-on-bgsave-error")
	on(func(_, v *config.Values) error {
		if n := openFilesFor(v.MaxClients); n < v.MaxClients {
			return fmt.Errorf("The operating system is not able to handle the specified number of clients, try with %d", n)
		}
		return nil
	}, "maxclients")
	on(func(_, v *config.Values) error {
		if err := s.oom.apply(v); err != nil {
			s.log.Warningf("%v", err)
			return errors.New("Failed to set current oom_score_adj. Check server logs.")
		}
		return nil
	}, "oom-score-adj", "oom-score-adj-values")
	errs = append(errs, s.watchLog())
	if err := s.oom.apply(s.cfg.Load()); err != nil {
		s.log.Warningf("%v", err)
	}
	return errors.Join(errs...)
}

// apply takes over the settings that the hot path reads from places of their own.
func (s *Server) apply(v *config.Values) {
	setEnv(&s.env, v)
	s.setGate(gateMaxMemory, v.MaxMemory > 0)
	s.setGate(gateClientMem, v.ClientEvictionLimit() > 0)
	slow := int64(math.MaxInt64)
	if v.SlowlogLogSlowerThan >= 0 {
		slow = min(v.SlowlogLogSlowerThan, math.MaxInt64/1000) * 1000
	}
	if v.LatencyMonitorThreshold > 0 {
		slow = min(slow, v.LatencyMonitorThresholdNs())
	}
	s.slowAbove.Store(slow)
	s.store.SetLRU(v.MaxMemoryPolicy.LFU(), v.LFULogFactor, v.LFUDecayTime)
	s.store.SetLimits(limitsOf(v))
	s.store.CountLazy(v.LazyfreeLazyServerDel, v.LazyfreeLazyExpire, v.LazyfreeLazyEviction)
	s.setNotify(v.NotifyKeyspaceEvents)
	s.setTrackingLimit(v.TrackingTableMaxKeys)
	for _, l := range s.loops {
		l.nl.Post(func() { l.stats.tracking = v.LatencyTracking })
	}
	if used := s.usedMemory(); v.MaxMemory > 0 && used > v.MaxMemory {
		s.log.Warningf("WARNING: the new maxmemory value set via CONFIG SET (%d) is smaller than the current memory usage (%d). This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.", v.MaxMemory, used)
		s.evictMore(v)
	}
	s.evictClients(v)
}

// limitsOf are the limits of compact values.
func limitsOf(v *config.Values) store.Limits {
	return store.Limits{
		HashMaxListpackEntries: int(v.HashMaxListpackEntries), HashMaxListpackValue: int(v.HashMaxListpackValue),
		ListMaxListpackSize: v.ListMaxListpackSize, ListCompressDepth: v.ListCompressDepth,
		SetMaxIntsetEntries:   int(v.SetMaxIntsetEntries),
		SetMaxListpackEntries: int(v.SetMaxListpackEntries), SetMaxListpackValue: int(v.SetMaxListpackValue),
		ZSetMaxListpackEntries: int(v.ZSetMaxListpackEntries), ZSetMaxListpackValue: int(v.ZSetMaxListpackValue),
	}
}

func (s *Server) setGate(g gateBits, on bool) {
	if on {
		s.gates.Or(uint32(g))
	} else {
		s.gates.And(^uint32(g))
	}
}

// oomScore is oom-score-adj: how likely the kernel is to kill the process when memory runs out.
type oomScore struct {
	adjusted bool
	base     int // what it was before we changed it
}

const oomScoreFile = "/proc/self/oom_score_adj"

func (o *oomScore) apply(v *config.Values) error {
	if v.OOMScoreAdj == config.OOMNo && !o.adjusted {
		return nil
	}
	if !o.adjusted {
		b, err := os.ReadFile(oomScoreFile)
		if err != nil {
			return fmt.Errorf("Unable to read oom_score_adj: %w", err)
		}
		if o.base, err = strconv.Atoi(strings.TrimSpace(string(b))); err != nil {
			return fmt.Errorf("Unable to read oom_score_adj: %w", err)
		}
	}
	score := v.OOMScoreAdjValues[0]
	switch v.OOMScoreAdj {
	case config.OOMNo:
		score = o.base
	case config.OOMRelative:
		score += o.base
	}
	score = max(-1000, min(1000, score))
	if err := os.WriteFile(oomScoreFile, []byte(strconv.Itoa(score)+"\n"), 0); err != nil {
		return fmt.Errorf("Unable to write oom_score_adj: %w", err)
	}
	o.adjusted = v.OOMScoreAdj != config.OOMNo
	return nil
}

// setEnv takes over the settings that handlers read.
func setEnv(e *command.Env, v *config.Values) {
	e.MaxBulkLen.Store(v.ProtoMaxBulkLen)
	e.HLLSparseMax.Store(v.HLLSparseMaxBytes)
	e.LFU.Store(v.MaxMemoryPolicy.LFU())
	e.OwnInts.Store(v.MaxMemory > 0 && (v.MaxMemoryPolicy.LFU() || v.MaxMemoryPolicy == config.AllKeysLRU || v.MaxMemoryPolicy == config.VolatileLRU))
	e.LazyDel.Store(v.LazyfreeLazyUserDel)
	e.LazyFlush.Store(v.LazyfreeLazyUserFlush)
	e.LazyExpire.Store(v.LazyfreeLazyExpire)
	e.LazyServer.Store(v.LazyfreeLazyServerDel)
}
