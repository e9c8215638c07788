package config

// The directives about memory, latency and the encodings of values.

func memoryRows() []directive {
	return []directive{
		numeric("maxmemory", "", modifiable, memSizes(0, noLimit), 0, func(v *Values) *int64 { return &v.MaxMemory }, works),
		enum("maxmemory-policy", modifiable, evictionPolicies(), NoEviction, func(v *Values) *EvictionPolicy { return &v.MaxMemoryPolicy }, works),
		numeric("maxmemory-samples", "", modifiable, ints(1, intMax), 5, func(v *Values) *int { return &v.MaxMemorySamples }, works),
		numeric("maxmemory-eviction-tenacity", "", modifiable, ints(0, 100), 10, func(v *Values) *int { return &v.MaxMemoryEvictionTenacity }, works),
		numeric("lfu-log-factor", "", modifiable, ints(0, intMax), 10, func(v *Values) *int { return &v.LFULogFactor }, works),
		numeric("lfu-decay-time", "", modifiable, ints(0, intMax), 1, func(v *Values) *int { return &v.LFUDecayTime }, works),
		numeric("active-expire-effort", "", modifiable, ints(1, 10), 1, func(v *Values) *int { return &v.ActiveExpireEffort }, orderedExpiry),
		boolean("activerehashing", "", modifiable, true, func(v *Values) *bool { return &v.ActiveRehashing }, noRehashing),
	}
}

func lazyRows() []directive {
	return []directive{
		boolean("lazyfree-lazy-eviction", "", modifiable, false, func(v *Values) *bool { return &v.LazyfreeLazyEviction }, evictsLazily),
		boolean("lazyfree-lazy-expire", "", modifiable, false, func(v *Values) *bool { return &v.LazyfreeLazyExpire }, works),
		boolean("lazyfree-lazy-server-del", "", modifiable, false, func(v *Values) *bool { return &v.LazyfreeLazyServerDel }, works),
		boolean("lazyfree-lazy-user-del", "", modifiable, false, func(v *Values) *bool { return &v.LazyfreeLazyUserDel }, works),
		boolean("lazyfree-lazy-user-flush", "", modifiable, false, func(v *Values) *bool { return &v.LazyfreeLazyUserFlush }, works),
	}
}

func defragRows() []directive {
	return []directive{
		boolean("activedefrag", "", modifiable, false, func(v *Values) *bool { return &v.ActiveDefrag }, ownCompaction),
		numeric("active-defrag-ignore-bytes", "", modifiable, memSizes(1, longMax), 100<<20, func(v *Values) *int64 { return &v.ActiveDefragIgnoreBytes }, ownCompaction),
		numeric("active-defrag-threshold-lower", "", modifiable, ints(0, 1000), 10, func(v *Values) *int { return &v.ActiveDefragThresholdLower }, ownCompaction),
		numeric("active-defrag-threshold-upper", "", modifiable, ints(0, 1000), 100, func(v *Values) *int { return &v.ActiveDefragThresholdUpper }, ownCompaction),
		numeric("active-defrag-cycle-min", "", modifiable, ints(1, 99), 1, func(v *Values) *int { return &v.ActiveDefragCycleMin }, ownCompaction),
		numeric("active-defrag-cycle-max", "", modifiable, ints(1, 99), 25, func(v *Values) *int { return &v.ActiveDefragCycleMax }, ownCompaction),
		numeric("active-defrag-max-scan-fields", "", modifiable, sizes(1, longMax), 1000, func(v *Values) *int64 { return &v.ActiveDefragMaxScanFields }, ownCompaction),
		boolean("jemalloc-bg-thread", "", modifiable, true, func(v *Values) *bool { return &v.JemallocBgThread }, noJemalloc),
	}
}

func latencyRows() []directive {
	return []directive{
		numeric("slowlog-log-slower-than", "", modifiable, ints(-1, longMax), 10000, func(v *Values) *int64 { return &v.SlowlogLogSlowerThan }, works),
		numeric("slowlog-max-len", "", modifiable, sizes(0, longMax), 128, func(v *Values) *int64 { return &v.SlowlogMaxLen }, works),
		numeric("latency-monitor-threshold", "", modifiable, ints(0, longMax), 0, func(v *Values) *int64 { return &v.LatencyMonitorThreshold }, works),
		boolean("latency-tracking", "", modifiable, true, func(v *Values) *bool { return &v.LatencyTracking }, works),
		percentilesRow(),
		numeric("busy-reply-threshold", "lua-time-limit", modifiable, ints(0, longMax), 5000, func(v *Values) *int64 { return &v.BusyReplyThreshold }, noScripts),
	}
}

func typeRows() []directive {
	return []directive{
		numeric("hash-max-listpack-entries", "hash-max-ziplist-entries", modifiable, sizes(0, longMax), 512, func(v *Values) *int64 { return &v.HashMaxListpackEntries }, works),
		numeric("hash-max-listpack-value", "hash-max-ziplist-value", modifiable, memSizes(0, longMax), 64, func(v *Values) *int64 { return &v.HashMaxListpackValue }, works),
		numeric("list-max-listpack-size", "list-max-ziplist-size", modifiable, ints(intMin, intMax), -2, func(v *Values) *int { return &v.ListMaxListpackSize }, works),
		numeric("list-compress-depth", "", modifiable, ints(0, intMax), 0, func(v *Values) *int { return &v.ListCompressDepth }, noCompression),
		numeric("set-max-intset-entries", "", modifiable, sizes(0, longMax), 512, func(v *Values) *int64 { return &v.SetMaxIntsetEntries }, works),
		numeric("set-max-listpack-entries", "", modifiable, sizes(0, longMax), 128, func(v *Values) *int64 { return &v.SetMaxListpackEntries }, works),
		numeric("set-max-listpack-value", "", modifiable, sizes(0, longMax), 64, func(v *Values) *int64 { return &v.SetMaxListpackValue }, works),
		numeric("zset-max-listpack-entries", "zset-max-ziplist-entries", modifiable, sizes(0, longMax), 128, func(v *Values) *int64 { return &v.ZSetMaxListpackEntries }, works),
		numeric("zset-max-listpack-value", "zset-max-ziplist-value", modifiable, memSizes(0, longMax), 64, func(v *Values) *int64 { return &v.ZSetMaxListpackValue }, works),
		numeric("hll-sparse-max-bytes", "", modifiable, memSizes(0, longMax), 3000, func(v *Values) *int64 { return &v.HLLSparseMaxBytes }, works),
		numeric("stream-node-max-bytes", "", modifiable, memSizes(0, longMax), 4096, func(v *Values) *int64 { return &v.StreamNodeMaxBytes }, noStreams),
		numeric("stream-node-max-entries", "", modifiable, ints(0, longMax), 100, func(v *Values) *int64 { return &v.StreamNodeMaxEntries }, noStreams),
		enum("sanitize-dump-payload", modifiable, sanitizeModes(), SanitizeNo, func(v *Values) *SanitizeMode { return &v.SanitizeDumpPayload }, works),
	}
}
