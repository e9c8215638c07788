package config

// The directives about sockets, clients, the process and its log.

func networkRows() []directive {
	return []directive{
		bindRow(),
		numeric("port", "", modifiable, ints(0, 65535), 6379, func(v *Values) *int { return &v.Port }, works),
		numeric("tcp-backlog", "", immutable, ints(0, intMax), 511, func(v *Values) *int { return &v.TCPBacklog }, works),
		numeric("tcp-keepalive", "", modifiable, ints(0, intMax), 300, func(v *Values) *int { return &v.TCPKeepAlive }, works),
		numeric("timeout", "", modifiable, ints(0, intMax), 0, func(v *Values) *int { return &v.Timeout }, works),
		optional("unixsocket", "", immutable, func(v *Values) *string { return &v.UnixSocket }, works),
		numeric("unixsocketperm", "", immutable, number{kind: octal, max: 0o777, unsigned: true}, 0, func(v *Values) *uint32 { return &v.UnixSocketPerm }, works),
		numeric("socket-mark-id", "", immutable, sizes(0, uintMax), 0, func(v *Values) *uint32 { return &v.SocketMarkID }, works),
		optional("bind-source-addr", "", modifiable, func(v *Values) *string { return &v.BindSourceAddr }, noReplication),
		boolean("protected-mode", "", modifiable, true, func(v *Values) *bool { return &v.ProtectedMode }, works),
		numeric("io-threads", "", immutable, ints(1, 128), 1, func(v *Values) *int { return &v.IOThreads }, works),
		boolean("io-threads-do-reads", "", immutable, false, func(v *Values) *bool { return &v.IOThreadsDoReads }, loopsDoAll),
	}
}

func clientRows() []directive {
	return []directive{
		numeric("maxclients", "", modifiable, sizes(1, uintMax), 10000, func(v *Values) *int { return &v.MaxClients }, works),
		secret("requirepass", func(v *Values) *string { return &v.RequirePass }, works),
		numeric("proto-max-bulk-len", "", modifiable, memLongs(1<<20, longMax), 512<<20, func(v *Values) *int64 { return &v.ProtoMaxBulkLen }, works),
		numeric("client-query-buffer-limit", "", modifiable, memSizes(1<<20, longMax), 1<<30, func(v *Values) *int64 { return &v.ClientQueryBufferLimit }, works),
		outputLimitRow(),
		numeric("maxmemory-clients", "", modifiable, number{kind: memoryOrPercent, min: -100, max: longMax}, 0, func(v *Values) *int64 { return &v.MaxMemoryClients }, works),
		numeric("tracking-table-max-keys", "", modifiable, sizes(0, longMax), 1000000, func(v *Values) *int64 { return &v.TrackingTableMaxKeys }, works),
		notifyRow(),
		text("aclfile", immutable, "", func(v *Values) *string { return &v.ACLFile }, works).
			refusing(when(func(v *Values) bool { return v.ACLFile != "" }, cannotACLFile)),
		numeric("acllog-max-len", "", modifiable, sizes(0, longMax), 128, func(v *Values) *int64 { return &v.ACLLogMaxLen }, noACL),
		enum("acl-pubsub-default", modifiable, pubSubDefaults(), ResetChannels, func(v *Values) *PubSubDefault { return &v.ACLPubSubDefault }, noACL),
	}
}

func processRows() []directive {
	return []directive{
		boolean("daemonize", "", immutable, false, func(v *Values) *bool { return &v.Daemonize }, works),
		enum("supervised", immutable, supervisions(), SupervisedNo, func(v *Values) *Supervision { return &v.Supervised }, works),
		optional("pidfile", "", immutable, func(v *Values) *string { return &v.PidFile }, works),
		dirRow(),
		numeric("databases", "", immutable, ints(1, intMax), 16, func(v *Values) *int { return &v.Databases }, works),
		numeric("hz", "", modifiable, ints(0, intMax), 10, func(v *Values) *int { return &v.Hz }, works).checkedAfter(capHz),
		boolean("dynamic-hz", "", modifiable, true, func(v *Values) *bool { return &v.DynamicHz }, fixedRate),
		boolean("disable-thp", "", immutable, true, func(v *Values) *bool { return &v.DisableTHP }, works),
		enum("oom-score-adj", modifiable, oomModes(), OOMNo, func(v *Values) *OOMMode { return &v.OOMScoreAdj }, works),
		oomValuesRow(),
		boolean("set-proc-title", "", immutable, true, func(v *Values) *bool { return &v.SetProcTitle }, works),
		text("proc-title-template", modifiable, "{title} {listen-addr} {server-mode}", func(v *Values) *string { return &v.ProcTitleTemplate }, works).checked(checkProcTitle),
		text("locale-collate", modifiable, "", func(v *Values) *string { return &v.LocaleCollate }, works).checked(checkLocale),
		text("ignore-warnings", modifiable, "", func(v *Values) *string { return &v.IgnoreWarnings }, neverForks),
		boolean("use-exit-on-panic", "", hidden, false, func(v *Values) *bool { return &v.UseExitOnPanic }, runtimeReports),
		numeric("watchdog-period", "", hidden, ints(0, intMax), 0, func(v *Values) *int { return &v.WatchdogPeriod }, runtimeReports),
		optional("server_cpulist", "", immutable, func(v *Values) *string { return &v.ServerCPUList }, useTaskset),
		optional("bio_cpulist", "", immutable, func(v *Values) *string { return &v.BioCPUList }, useTaskset),
		optional("aof_rewrite_cpulist", "", immutable, func(v *Values) *string { return &v.AOFRewriteCPUList }, useTaskset),
		optional("bgsave_cpulist", "", immutable, func(v *Values) *string { return &v.BgsaveCPUList }, useTaskset),
		enum("enable-protected-configs", immutable, allows(), AllowNo, func(v *Values) *Allow { return &v.EnableProtectedConfigs }, works),
		enum("enable-debug-command", immutable, allows(), AllowNo, func(v *Values) *Allow { return &v.EnableDebugCommand }, works),
		enum("enable-module-command", immutable, allows(), AllowNo, func(v *Values) *Allow { return &v.EnableModuleCommand }, noModules),
	}
}

func logRows() []directive {
	return []directive{
		enum("loglevel", modifiable, logLevels(), LogNotice, func(v *Values) *LogLevel { return &v.LogLevel }, works),
		text("logfile", immutable, "", func(v *Values) *string { return &v.LogFile }, works),
		enum("log-format", immutable|hidden, logFormats(), LogFormatRedis, func(v *Values) *LogFormat { return &v.LogFormat }, works),
		boolean("syslog-enabled", "", immutable, false, func(v *Values) *bool { return &v.SyslogEnabled }, works),
		text("syslog-ident", immutable, "redis", func(v *Values) *string { return &v.SyslogIdent }, works),
		enum("syslog-facility", immutable, syslogFacilities(), SyslogLocal0, func(v *Values) *SyslogFacility { return &v.SyslogFacility }, works),
		boolean("always-show-logo", "", immutable, false, func(v *Values) *bool { return &v.AlwaysShowLogo }, works),
		boolean("crash-log-enabled", "", modifiable, true, func(v *Values) *bool { return &v.CrashLogEnabled }, works),
		boolean("crash-memcheck-enabled", "", modifiable, true, func(v *Values) *bool { return &v.CrashMemcheckEnabled }, runtimeReports),
	}
}

func shutdownRows() []directive {
	return []directive{
		numeric("shutdown-timeout", "", modifiable, ints(0, intMax), 10, func(v *Values) *int { return &v.ShutdownTimeout }, noReplication),
		enum("shutdown-on-sigint", modifiable|multi, shutdownFlags(), 0, func(v *Values) *ShutdownFlags { return &v.ShutdownOnSigint }, works).
			checkedAfter(func(v *Values) error { return checkShutdown(v.ShutdownOnSigint) }),
		enum("shutdown-on-sigterm", modifiable|multi, shutdownFlags(), 0, func(v *Values) *ShutdownFlags { return &v.ShutdownOnSigterm }, works).
			checkedAfter(func(v *Values) error { return checkShutdown(v.ShutdownOnSigterm) }),
	}
}
