package config

import "strings"

// choice is one word of an enumeration and what it stands for.
type choice[T ~int] struct {
	word  string
	value T
}

// EvictionPolicy is maxmemory-policy.
type EvictionPolicy int

// The eviction policies.
const (
	NoEviction EvictionPolicy = iota
	VolatileLRU
	VolatileLFU
	VolatileRandom
	VolatileTTL
	AllKeysLRU
	AllKeysLFU
	AllKeysRandom
)

func evictionPolicies() []choice[EvictionPolicy] {
	return []choice[EvictionPolicy]{
		{"volatile-lru", VolatileLRU}, {"volatile-lfu", VolatileLFU},
		{"volatile-random", VolatileRandom}, {"volatile-ttl", VolatileTTL},
		{"allkeys-lru", AllKeysLRU}, {"allkeys-lfu", AllKeysLFU},
		{"allkeys-random", AllKeysRandom}, {"noeviction", NoEviction},
	}
}

// String is the policy's word in redis.conf.
func (p EvictionPolicy) String() string { return wordOf(evictionPolicies(), p, false) }

// LFU says whether the policy counts accesses rather than remembering the last.
func (p EvictionPolicy) LFU() bool { return p == VolatileLFU || p == AllKeysLFU }

// LogLevel is loglevel, ascending: a message shows when its level is at least this.
type LogLevel int

// The levels of messages, and LogNothing above them all.
const (
	LogDebug LogLevel = iota
	LogVerbose
	LogNotice
	LogWarning
	LogNothing
)

func logLevels() []choice[LogLevel] {
	return []choice[LogLevel]{
		{"debug", LogDebug}, {"verbose", LogVerbose}, {"notice", LogNotice},
		{"warning", LogWarning}, {"nothing", LogNothing},
	}
}

// LogFormat is log-format: how a log line is written.
type LogFormat int

// Log lines as Redis writes them, or one JSON object a line.
const (
	LogFormatRedis LogFormat = iota
	LogFormatJSON
)

func logFormats() []choice[LogFormat] {
	return []choice[LogFormat]{{"redis", LogFormatRedis}, {"json", LogFormatJSON}}
}

// SyslogFacility is syslog-facility, with the numbers of RFC 5424 (not shifted).
type SyslogFacility int

// The facilities that can be chosen.
const (
	SyslogUser   SyslogFacility = 1
	SyslogLocal0 SyslogFacility = 16
)

func syslogFacilities() []choice[SyslogFacility] {
	return []choice[SyslogFacility]{
		{"user", SyslogUser}, {"local0", SyslogLocal0}, {"local1", SyslogLocal0 + 1},
		{"local2", SyslogLocal0 + 2}, {"local3", SyslogLocal0 + 3}, {"local4", SyslogLocal0 + 4},
		{"local5", SyslogLocal0 + 5}, {"local6", SyslogLocal0 + 6}, {"local7", SyslogLocal0 + 7},
	}
}

// Supervision is supervised: who is told that the server is ready.
type Supervision int

// The kinds of supervision; SupervisedAuto looks at UPSTART_JOB and NOTIFY_SOCKET.
const (
	SupervisedNo Supervision = iota
	SupervisedAuto
	SupervisedSystemd
	SupervisedUpstart
)

func supervisions() []choice[Supervision] {
	return []choice[Supervision]{
		{"upstart", SupervisedUpstart}, {"systemd", SupervisedSystemd},
		{"auto", SupervisedAuto}, {"no", SupervisedNo},
	}
}

// FsyncPolicy is appendfsync.
type FsyncPolicy int

// When the append only file is synced.
const (
	FsyncNo FsyncPolicy = iota
	FsyncAlways
	FsyncEverySec
)

func fsyncPolicies() []choice[FsyncPolicy] {
	return []choice[FsyncPolicy]{{"everysec", FsyncEverySec}, {"always", FsyncAlways}, {"no", FsyncNo}}
}

// ShutdownFlags are the options of a shutdown by signal; 0 is "default".
type ShutdownFlags int

// The options, as of SHUTDOWN.
const (
	ShutdownSave ShutdownFlags = 1 << iota
	ShutdownNoSave
	ShutdownNow
	ShutdownForce
)

func shutdownFlags() []choice[ShutdownFlags] {
	return []choice[ShutdownFlags]{
		{"default", 0}, {"save", ShutdownSave}, {"nosave", ShutdownNoSave},
		{"now", ShutdownNow}, {"force", ShutdownForce},
	}
}

// Allow says from where a guarded action may be asked for.
type Allow int

// Nobody, everybody, or connections of this host only.
const (
	AllowNo Allow = iota
	AllowYes
	AllowLocal
)

func allows() []choice[Allow] {
	return []choice[Allow]{{"no", AllowNo}, {"yes", AllowYes}, {"local", AllowLocal}}
}

// Permits says whether a connection may do the guarded thing; local means that
// it comes over a unix socket or from a loopback address.
func (a Allow) Permits(local bool) bool { return a == AllowYes || a == AllowLocal && local }

// OOMMode is oom-score-adj.
type OOMMode int

// Leave the score alone, add to the one found at start-up, or set it.
const (
	OOMNo OOMMode = iota
	OOMRelative
	OOMAbsolute
)

func oomModes() []choice[OOMMode] {
	return []choice[OOMMode]{
		{"no", OOMNo}, {"yes", OOMRelative}, {"relative", OOMRelative}, {"absolute", OOMAbsolute},
	}
}

// PubSubDefault is acl-pubsub-default.
type PubSubDefault int

// What a new user may do with channels.
const (
	ResetChannels PubSubDefault = iota
	AllChannels
)

func pubSubDefaults() []choice[PubSubDefault] {
	return []choice[PubSubDefault]{{"allchannels", AllChannels}, {"resetchannels", ResetChannels}}
}

// SanitizeMode is sanitize-dump-payload.
type SanitizeMode int

// Whose payloads RESTORE checks in depth.
const (
	SanitizeNo SanitizeMode = iota
	SanitizeYes
	SanitizeClients
)

func sanitizeModes() []choice[SanitizeMode] {
	return []choice[SanitizeMode]{{"no", SanitizeNo}, {"yes", SanitizeYes}, {"clients", SanitizeClients}}
}

// DisklessLoad is repl-diskless-load.
type DisklessLoad int

// When a replica loads straight from the socket.
const (
	DisklessDisabled DisklessLoad = iota
	DisklessOnEmptyDB
	DisklessSwapDB
)

func disklessLoads() []choice[DisklessLoad] {
	return []choice[DisklessLoad]{
		{"disabled", DisklessDisabled}, {"on-empty-db", DisklessOnEmptyDB}, {"swapdb", DisklessSwapDB},
	}
}

// TLSAuth is tls-auth-clients.
type TLSAuth int

// Whether clients must show a certificate.
const (
	TLSAuthNo TLSAuth = iota
	TLSAuthYes
	TLSAuthOptional
)

func tlsAuths() []choice[TLSAuth] {
	return []choice[TLSAuth]{{"no", TLSAuthNo}, {"yes", TLSAuthYes}, {"optional", TLSAuthOptional}}
}

// EndpointType is cluster-preferred-endpoint-type.
type EndpointType int

// What a cluster node tells clients to connect to.
const (
	EndpointIP EndpointType = iota
	EndpointHostname
	EndpointUnknown
)

func endpointTypes() []choice[EndpointType] {
	return []choice[EndpointType]{
		{"ip", EndpointIP}, {"hostname", EndpointHostname}, {"unknown-endpoint", EndpointUnknown},
	}
}

// PropagationError is propagation-error-behavior.
type PropagationError int

// What happens when a propagated command fails.
const (
	PropagationIgnore PropagationError = iota
	PropagationPanic
	PropagationPanicOnReplicas
)

func propagationErrors() []choice[PropagationError] {
	return []choice[PropagationError]{
		{"ignore", PropagationIgnore}, {"panic", PropagationPanic},
		{"panic-on-replicas", PropagationPanicOnReplicas},
	}
}

// ClientClass indexes client-output-buffer-limit.
type ClientClass int

// The classes of clients that have output limits of their own.
const (
	ClassNormal ClientClass = iota
	ClassReplica
	ClassPubSub
	NumClientClasses
)

// String is the class as CONFIG GET and CLIENT LIST name it.
func (c ClientClass) String() string {
	return [...]string{"normal", "slave", "pubsub"}[c]
}

// NotifyFlags are the classes of notify-keyspace-events, with Redis's bits.
type NotifyFlags int

// The classes of events and, as the first two, the kinds of channels.
const (
	NotifyKeyspace NotifyFlags = 1 << iota
	NotifyKeyevent
	NotifyGeneric
	NotifyString
	NotifyList
	NotifySet
	NotifyHash
	NotifyZSet
	NotifyExpired
	NotifyEvicted
	NotifyStream
	NotifyKeyMiss
	_ // loaded, which no configuration can ask for
	NotifyModule
	NotifyNew
	NotifyAll = NotifyGeneric | NotifyString | NotifyList | NotifySet | NotifyHash | NotifyZSet |
		NotifyExpired | NotifyEvicted | NotifyStream | NotifyModule
)

// valueOf finds the value that words stand for. With bits several words are
// joined into one value; without, there must be exactly one. Case is ignored.
func valueOf[T ~int](choices []choice[T], words []string, bits bool) (T, bool) {
	if len(words) == 0 || !bits && len(words) != 1 {
		return 0, false
	}
	var v T
	for _, word := range words {
		found := false
		for _, c := range choices {
			if strings.EqualFold(word, c.word) {
				v |= c.value
				found = true
			}
		}
		if !found {
			return 0, false
		}
	}
	return v, true
}

// wordOf is the reverse of valueOf: the first word of that very value or, with
// bits, the words of its bits in the order of the table.
func wordOf[T ~int](choices []choice[T], v T, bits bool) string {
	for _, c := range choices {
		if c.value == v {
			return c.word
		}
	}
	var words []string
	for _, c := range choices {
		if bits && c.value != 0 && v&c.value == c.value {
			words = append(words, c.word)
			v &^= c.value
		}
	}
	if len(words) == 0 || v != 0 {
		return "unknown"
	}
	return strings.Join(words, " ")
}

// allWords lists the words of an enumeration for an error text.
func allWords[T ~int](choices []choice[T]) string {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = c.word
	}
	return strings.Join(words, ", ")
}
