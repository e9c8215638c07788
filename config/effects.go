package config

// Why a directive has no effect here. redis.conf.example repeats the reason,
// and start-up logs it once for those that somebody set.
const (
	works = "" // it has its effect

	alwaysAnswers = "clients are answered all the time while a file is loaded"
	noReplication = "there is no replication yet"
	noCluster     = "there is no cluster mode yet"
	noTLS         = "there is no TLS yet"
	noACL         = "there are no users besides the default one yet"
	noScripts     = "there are no scripts yet"
	noStreams     = "there are no streams yet"

	noCompression  = "nodes of lists are not compressed yet"
	noModules      = "modules cannot be loaded"
	ownCompaction  = "memory is compacted without being asked, when it pays"
	noJemalloc     = "memory does not come from jemalloc"
	noRehashing    = "tables grow by splitting small segments and are never rehashed"
	orderedExpiry  = "keys are deleted at their deadline, in order, not by sampling"
	evictsLazily   = "big values that are evicted are always freed in the background"
	loopsDoAll     = "every event loop reads, runs and writes"
	fixedRate      = "idle clients cost the timer nothing, so its rate need not follow their number"
	runtimeReports = "the Go runtime writes its own report of a crash"
	useTaskset     = "bind the process with taskset or systemd's CPUAffinity"
	neverForks     = "nothing forks, which is where the known warnings come from"
)

// Why a value that Redis has is refused: to go on without it would leave data
// unsaved, doors open or writes unguarded.
const (
	cannotReplicate   = "replicaof needs replication, which is not there yet"
	cannotNeedReplica = "min-replicas-to-write needs replication, which is not there yet"
	cannotCluster     = "cluster-enabled cannot be yes: there is no cluster mode yet"
	cannotTLS         = "there is no TLS yet"
	cannotACLFile     = "aclfile needs users, and there is only the default one yet"
	cannotUser        = "user can only describe the default user without limits, there are no others yet"
	cannotModule      = "loadmodule cannot work: modules cannot be loaded"
	cannotSentinel    = "sentinel mode is not supported"
)
