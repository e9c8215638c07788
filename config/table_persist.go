package config

// The directives of snapshots and of the append only file.

func snapshotRows() []directive {
	return []directive{
		saveRow(),
		text("dbfilename", modifiable|protected, "dump.rdb", func(v *Values) *string { return &v.DBFilename }, works).
			checked(baseName(nil, errDBFilenamePath)),
		boolean("rdbcompression", "", modifiable, true, func(v *Values) *bool { return &v.RDBCompression }, works),
		boolean("rdbchecksum", "", immutable, true, func(v *Values) *bool { return &v.RDBChecksum }, works),
		boolean("rdb-del-sync-files", "", modifiable, false, func(v *Values) *bool { return &v.RDBDelSyncFiles }, noReplication),
		boolean("rdb-save-incremental-fsync", "", modifiable, true, func(v *Values) *bool { return &v.RDBSaveIncrementalFsync }, works),
		boolean("stop-writes-on-bgsave-error", "", modifiable, true, func(v *Values) *bool { return &v.StopWritesOnBgsaveError }, works),
		numeric("rdb-key-save-delay", "", hidden, ints(intMin, intMax), 0, func(v *Values) *int { return &v.RDBKeySaveDelay }, works),
		numeric("key-load-delay", "", hidden, ints(intMin, intMax), 0, func(v *Values) *int { return &v.KeyLoadDelay }, works),
		numeric("loading-process-events-interval-bytes", "", hidden, ints(1024, intMax), 2<<20, func(v *Values) *int64 { return &v.LoadingProcessEventsIntervalBytes }, alwaysAnswers),
	}
}

func aofRows() []directive {
	return []directive{
		boolean("appendonly", "", modifiable|denyLoading, false, func(v *Values) *bool { return &v.AppendOnly }, works),
		text("appendfilename", immutable, "appendonly.aof", func(v *Values) *string { return &v.AppendFilename }, works).
			checked(baseName(errAOFNameEmpty, errAOFNamePath)),
		text("appenddirname", immutable, "appendonlydir", func(v *Values) *string { return &v.AppendDirname }, works).
			checked(baseName(errAOFDirEmpty, errAOFDirPath)),
		enum("appendfsync", modifiable, fsyncPolicies(), FsyncEverySec, func(v *Values) *FsyncPolicy { return &v.AppendFsync }, works),
		boolean("no-appendfsync-on-rewrite", "", modifiable, false, func(v *Values) *bool { return &v.NoAppendfsyncOnRewrite }, works),
		numeric("auto-aof-rewrite-percentage", "", modifiable, ints(0, intMax), 100, func(v *Values) *int { return &v.AutoAOFRewritePercentage }, works),
		numeric("auto-aof-rewrite-min-size", "", modifiable, memLongs(0, longMax), 64<<20, func(v *Values) *int64 { return &v.AutoAOFRewriteMinSize }, works),
		boolean("aof-rewrite-incremental-fsync", "", modifiable, true, func(v *Values) *bool { return &v.AOFRewriteIncrementalFsync }, works),
		boolean("aof-load-truncated", "", modifiable, true, func(v *Values) *bool { return &v.AOFLoadTruncated }, works),
		boolean("aof-use-rdb-preamble", "", modifiable, true, func(v *Values) *bool { return &v.AOFUseRDBPreamble }, works),
		boolean("aof-timestamp-enabled", "", modifiable, false, func(v *Values) *bool { return &v.AOFTimestampEnabled }, works),
		boolean("aof-disable-auto-gc", "", hidden, false, func(v *Values) *bool { return &v.AOFDisableAutoGC }, works),
	}
}
