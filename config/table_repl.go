package config

// The directives of replication, as a replica and as a master.

func replicaRows() []directive {
	return []directive{
		replicaOfRow(),
		optional("masteruser", "", modifiable|sensitive, func(v *Values) *string { return &v.MasterUser }, noReplication),
		secret("masterauth", func(v *Values) *string { return &v.MasterAuth }, noReplication),
		boolean("replica-serve-stale-data", "slave-serve-stale-data", modifiable, true, func(v *Values) *bool { return &v.ReplicaServeStaleData }, noReplication),
		boolean("replica-read-only", "slave-read-only", modifiable, true, func(v *Values) *bool { return &v.ReplicaReadOnly }, noReplication),
		boolean("replica-ignore-maxmemory", "slave-ignore-maxmemory", modifiable, true, func(v *Values) *bool { return &v.ReplicaIgnoreMaxMemory }, noReplication),
		boolean("replica-lazy-flush", "slave-lazy-flush", modifiable, false, func(v *Values) *bool { return &v.ReplicaLazyFlush }, noReplication),
		numeric("replica-priority", "slave-priority", modifiable, ints(0, intMax), 100, func(v *Values) *int { return &v.ReplicaPriority }, noReplication),
		boolean("replica-announced", "", modifiable, true, func(v *Values) *bool { return &v.ReplicaAnnounced }, noReplication),
		optional("replica-announce-ip", "slave-announce-ip", modifiable, func(v *Values) *string { return &v.ReplicaAnnounceIP }, noReplication),
		numeric("replica-announce-port", "slave-announce-port", modifiable, ints(0, 65535), 0, func(v *Values) *int { return &v.ReplicaAnnouncePort }, noReplication),
		boolean("replica-ignore-disk-write-errors", "", modifiable, false, func(v *Values) *bool { return &v.ReplicaIgnoreDiskWriteErrors }, noReplication),
		enum("repl-diskless-load", modifiable|denyLoading, disklessLoads(), DisklessDisabled, func(v *Values) *DisklessLoad { return &v.ReplDisklessLoad }, noReplication),
	}
}

func masterRows() []directive {
	return []directive{
		boolean("repl-diskless-sync", "", modifiable, true, func(v *Values) *bool { return &v.ReplDisklessSync }, noReplication),
		numeric("repl-diskless-sync-delay", "", modifiable, ints(0, intMax), 5, func(v *Values) *int { return &v.ReplDisklessSyncDelay }, noReplication),
		numeric("repl-diskless-sync-max-replicas", "", modifiable, ints(0, intMax), 0, func(v *Values) *int { return &v.ReplDisklessSyncMaxReplicas }, noReplication),
		boolean("repl-disable-tcp-nodelay", "", modifiable, false, func(v *Values) *bool { return &v.ReplDisableTCPNodelay }, noReplication),
		numeric("repl-ping-replica-period", "repl-ping-slave-period", modifiable, ints(1, intMax), 10, func(v *Values) *int { return &v.ReplPingReplicaPeriod }, noReplication),
		numeric("repl-timeout", "", modifiable, ints(1, intMax), 60, func(v *Values) *int { return &v.ReplTimeout }, noReplication),
		numeric("repl-backlog-size", "", modifiable, memLongs(1, longMax), 1<<20, func(v *Values) *int64 { return &v.ReplBacklogSize }, noReplication).checkedAfter(raiseBacklog),
		numeric("repl-backlog-ttl", "", modifiable, ints(0, longMax), 3600, func(v *Values) *int64 { return &v.ReplBacklogTTL }, noReplication),
		numeric("min-replicas-to-write", "min-slaves-to-write", modifiable, ints(0, intMax), 0, func(v *Values) *int { return &v.MinReplicasToWrite }, works).
			refusing(when(func(v *Values) bool { return v.MinReplicasToWrite > 0 }, cannotNeedReplica)),
		numeric("min-replicas-max-lag", "min-slaves-max-lag", modifiable, ints(0, intMax), 10, func(v *Values) *int { return &v.MinReplicasMaxLag }, noReplication),
		enum("propagation-error-behavior", modifiable, propagationErrors(), PropagationIgnore, func(v *Values) *PropagationError { return &v.PropagationErrorBehavior }, noReplication),
	}
}
