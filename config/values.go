package config

import "math"

// Values is one immutable state of all directives. Config publishes it through
// one atomic pointer, so a reader takes a single load and then sees values that
// belong together. Slices in it are never written after publication: a change
// puts new ones in place.
//
// Units: fields that end in Bytes or that hold a memory size are bytes,
// durations carry their unit in the comment.
type Values struct {
	NetValues
	ProcessValues
	MemoryValues
	LatencyValues
	TypeValues
	PersistValues
	ReplValues
	ClusterValues
	TLSValues
}

// NetValues are the directives about sockets and clients.
type NetValues struct {
	Bind                   []string // as written: a "-" prefix means: do not fail when it is missing; "*" is any IPv4
	Port                   int      // 0: do not listen on TCP
	TCPBacklog             int
	TCPKeepAlive           int // seconds, 0 = off
	Timeout                int // seconds of idleness, 0 = never
	UnixSocket             string
	UnixSocketPerm         uint32 // mode bits, 0 = leave as the umask has it
	SocketMarkID           uint32 // SO_MARK of listening sockets, 0 = none
	BindSourceAddr         string
	ProtectedMode          bool
	MaxClients             int
	RequirePass            string // "" = no password
	ProtoMaxBulkLen        int64
	ClientQueryBufferLimit int64
	OutputBufferLimits     [NumClientClasses]OutputBufferLimit
	MaxMemoryClients       int64 // bytes; negative: that many percent of maxmemory; 0 = off
	IOThreads              int   // number of event loops
	IOThreadsDoReads       bool
	TrackingTableMaxKeys   int64
	NotifyKeyspaceEvents   NotifyFlags
	ACLFile                string
	ACLLogMaxLen           int64
	ACLPubSubDefault       PubSubDefault
}

// ProcessValues are the directives about the process, its logs and its end.
type ProcessValues struct {
	Daemonize              bool
	Supervised             Supervision
	PidFile                string // "" = none, except that a daemon then writes /var/run/redis.pid
	Dir                    string // the working directory, absolute
	Databases              int
	LogLevel               LogLevel
	LogFile                string // "" = standard output
	LogFormat              LogFormat
	SyslogEnabled          bool
	SyslogIdent            string
	SyslogFacility         SyslogFacility
	AlwaysShowLogo         bool
	SetProcTitle           bool
	ProcTitleTemplate      string
	LocaleCollate          string
	IgnoreWarnings         string
	Hz                     int // 1 to 500
	DynamicHz              bool
	CrashLogEnabled        bool
	CrashMemcheckEnabled   bool
	UseExitOnPanic         bool
	WatchdogPeriod         int // ms
	DisableTHP             bool
	OOMScoreAdj            OOMMode
	OOMScoreAdjValues      [3]int // master, replica, background child
	ServerCPUList          string
	BioCPUList             string
	AOFRewriteCPUList      string
	BgsaveCPUList          string
	ShutdownTimeout        int // seconds
	ShutdownOnSigint       ShutdownFlags
	ShutdownOnSigterm      ShutdownFlags
	EnableProtectedConfigs Allow
	EnableDebugCommand     Allow
	EnableModuleCommand    Allow
}

// MemoryValues are the directives about memory, eviction and expiry.
type MemoryValues struct {
	MaxMemory                  int64 // bytes, 0 = no limit
	MaxMemoryPolicy            EvictionPolicy
	MaxMemorySamples           int
	MaxMemoryEvictionTenacity  int // 0 to 100
	LFULogFactor               int
	LFUDecayTime               int // minutes
	LazyfreeLazyEviction       bool
	LazyfreeLazyExpire         bool
	LazyfreeLazyServerDel      bool
	LazyfreeLazyUserDel        bool
	LazyfreeLazyUserFlush      bool
	ActiveRehashing            bool
	ActiveExpireEffort         int
	ActiveDefrag               bool
	ActiveDefragIgnoreBytes    int64
	ActiveDefragThresholdLower int // percent
	ActiveDefragThresholdUpper int // percent
	ActiveDefragCycleMin       int // percent
	ActiveDefragCycleMax       int // percent
	ActiveDefragMaxScanFields  int64
	JemallocBgThread           bool
}

// LatencyValues are the directives of SLOWLOG, LATENCY and of scripts that are busy.
type LatencyValues struct {
	SlowlogLogSlowerThan           int64 // µs; negative = off, 0 = every command
	SlowlogMaxLen                  int64
	LatencyMonitorThreshold        int64 // ms, 0 = off
	LatencyTracking                bool
	LatencyTrackingInfoPercentiles []float64 // 0 to 100 each
	BusyReplyThreshold             int64     // ms
}

// TypeValues are the limits at which a value changes its encoding.
type TypeValues struct {
	HashMaxListpackEntries int64
	HashMaxListpackValue   int64
	ListMaxListpackSize    int
	ListCompressDepth      int
	SetMaxIntsetEntries    int64
	SetMaxListpackEntries  int64
	SetMaxListpackValue    int64
	ZSetMaxListpackEntries int64
	ZSetMaxListpackValue   int64
	HLLSparseMaxBytes      int64
	StreamNodeMaxBytes     int64
	StreamNodeMaxEntries   int64
	SanitizeDumpPayload    SanitizeMode
}

// PersistValues are the directives of RDB and AOF.
type PersistValues struct {
	Save                              []SavePoint
	DBFilename                        string
	RDBCompression                    bool
	RDBChecksum                       bool
	RDBDelSyncFiles                   bool
	RDBSaveIncrementalFsync           bool
	RDBKeySaveDelay                   int // µs a key; for tests
	KeyLoadDelay                      int // µs a key; for tests
	LoadingProcessEventsIntervalBytes int64
	StopWritesOnBgsaveError           bool
	AppendOnly                        bool
	AppendFilename                    string
	AppendDirname                     string
	AppendFsync                       FsyncPolicy
	NoAppendfsyncOnRewrite            bool
	AutoAOFRewritePercentage          int
	AutoAOFRewriteMinSize             int64
	AOFRewriteIncrementalFsync        bool
	AOFLoadTruncated                  bool
	AOFUseRDBPreamble                 bool
	AOFTimestampEnabled               bool
	AOFDisableAutoGC                  bool
}

// ReplValues are the directives of replication.
type ReplValues struct {
	MasterHost                   string // "" = this is a master
	MasterPort                   int
	MasterUser                   string
	MasterAuth                   string
	ReplicaServeStaleData        bool
	ReplicaReadOnly              bool
	ReplicaIgnoreMaxMemory       bool
	ReplicaLazyFlush             bool
	ReplicaPriority              int
	ReplicaAnnounced             bool
	ReplicaAnnounceIP            string
	ReplicaAnnouncePort          int
	ReplicaIgnoreDiskWriteErrors bool
	ReplDisklessSync             bool
	ReplDisklessSyncDelay        int // seconds
	ReplDisklessSyncMaxReplicas  int
	ReplDisklessLoad             DisklessLoad
	ReplDisableTCPNodelay        bool
	ReplPingReplicaPeriod        int // seconds
	ReplTimeout                  int // seconds
	ReplBacklogSize              int64
	ReplBacklogTTL               int64 // seconds
	MinReplicasToWrite           int
	MinReplicasMaxLag            int // seconds
	PropagationErrorBehavior     PropagationError
}

// ClusterValues are the directives of cluster mode.
type ClusterValues struct {
	ClusterEnabled                  bool
	ClusterConfigFile               string
	ClusterNodeTimeout              int64 // ms
	ClusterPingInterval             int64 // ms
	ClusterPort                     int
	ClusterReplicaValidityFactor    int
	ClusterMigrationBarrier         int
	ClusterAllowReplicaMigration    bool
	ClusterRequireFullCoverage      bool
	ClusterReplicaNoFailover        bool
	ClusterAllowReadsWhenDown       bool
	ClusterAllowPubSubShardWhenDown bool
	ClusterLinkSendbufLimit         int64
	ClusterAnnounceIP               string
	ClusterAnnouncePort             int
	ClusterAnnounceTLSPort          int
	ClusterAnnounceBusPort          int
	ClusterAnnounceHostname         string
	ClusterAnnounceHumanNodename    string
	ClusterPreferredEndpointType    EndpointType
}

// TLSValues are the directives of TLS.
type TLSValues struct {
	TLSPort                int
	TLSCertFile            string
	TLSKeyFile             string
	TLSKeyFilePass         string
	TLSClientCertFile      string
	TLSClientKeyFile       string
	TLSClientKeyFilePass   string
	TLSDHParamsFile        string
	TLSCACertFile          string
	TLSCACertDir           string
	TLSAuthClients         TLSAuth
	TLSReplication         bool
	TLSCluster             bool
	TLSProtocols           string
	TLSCiphers             string
	TLSCiphersuites        string
	TLSPreferServerCiphers bool
	TLSSessionCaching      bool
	TLSSessionCacheSize    int
	TLSSessionCacheTimeout int // seconds
}

// SavePoint asks for a snapshot once Changes keys changed within Seconds.
type SavePoint struct {
	Seconds int64
	Changes int
}

// OutputBufferLimit bounds the replies that wait for one client. A zero limit
// is no limit; the soft one counts only when it is exceeded for SoftSeconds.
type OutputBufferLimit struct {
	Hard, Soft  int64 // bytes
	SoftSeconds int
}

// ClientEvictionLimit is the number of bytes that all clients together may
// hold before the largest are disconnected, 0 for no limit: maxmemory-clients
// with its percentage worked out, and never less than 128 KB, below which
// nobody could talk to the server any more.
func (v *Values) ClientEvictionLimit() int64 {
	limit := v.MaxMemoryClients
	if limit == 0 || limit < 0 && v.MaxMemory == 0 {
		return 0
	}
	if limit < 0 {
		limit = int64(min(float64(v.MaxMemory)*float64(-limit)/100, 1<<62))
	}
	return max(limit, 128<<10)
}

// LatencyMonitorThresholdNs is latency-monitor-threshold in nanoseconds, the greatest there is if they are more.
func (v *Values) LatencyMonitorThresholdNs() int64 {
	return min(v.LatencyMonitorThreshold, math.MaxInt64/1_000_000) * 1_000_000
}
