package command

// Handler runs one command. See the package page for its contract.
type Handler func(c *Ctx) error

// Flags are the command flags of COMMAND INFO, and a few that only dispatch reads.
type Flags uint64

const (
	Write Flags = 1 << iota
	ReadOnly
	DenyOOM
	Module
	Admin
	PubSub
	NoScript
	Blocking
	Loading
	Stale
	SkipMonitor
	SkipSlowlog
	Asking
	Fast
	NoAuth
	MayReplicate
	Sentinel
	NoMandatoryKeys
	Protected
	NoAsyncLoading
	NoMulti
	AllowBusy
	TouchesArbitraryKeys

	// Worker marks a command that always runs on a worker goroutine while its connection is paused,
	// because it may be long or has to ask the event loops. Not shown by COMMAND.
	Worker
	// AllKeys marks a command that reaches keys which its arguments do not name. Alone it takes what
	// locks it needs through the store's whole-database methods; inside EXEC all shards are locked for
	// it. Not shown by COMMAND.
	AllKeys
	// LocksItself marks a command for a Worker that locks the shards of its keys when it needs them. Inside EXEC they are locked
	// for it (Ctx.Deny). Not shown by COMMAND.
	LocksItself
	// Instant marks a command that has no keys and no effects, and takes less time than it takes to read a clock. Not shown by COMMAND.
	Instant
)

// KeyFlags say what a command does with the keys of a key specification (COMMAND GETKEYSANDFLAGS).
type KeyFlags uint16

const (
	KeyRO KeyFlags = 1 << iota
	KeyRW
	KeyOW
	KeyRM
	KeyAccess
	KeyUpdate
	KeyInsert
	KeyDelete
	KeyNotKey
	KeyIncomplete
	KeyVariable
)

// KeySpec says where keys stand among the arguments, in the manner of Redis 7's key specifications:
// a place to begin and a way to go on from there.
type KeySpec struct {
	Flags KeyFlags
	Notes string

	// Begin is the index of the first key when Keyword is empty; else the keys begin after the argument
	// Keyword, which is searched from argument StartFrom on (negative: from the end, backwards).
	Begin     int
	Keyword   string
	StartFrom int

	// Find "range": Last is relative to the first key (negative: from the end of the arguments, -1 the
	// last one), Step the distance between keys, Limit: with Last -1, 1/Limit of the rest (0, 1: all).
	Last, Step, Limit int

	// Find "keynum": when KeyNum is true the number of keys stands at Begin+KeyNumIndex and the first key
	// at Begin+FirstKey; Step as above.
	KeyNum                bool
	KeyNumIndex, FirstKey int

	// Unknown: the positions cannot be told by rules (Spec.GetKeys tells).
	UnknownBegin, UnknownFind bool
}

// Group names the chapter of the documentation a command stands in.
type Group string

const (
	GroupBitmap       Group = "bitmap"
	GroupCluster      Group = "cluster"
	GroupConnection   Group = "connection"
	GroupGeneric      Group = "generic"
	GroupGeo          Group = "geo"
	GroupHash         Group = "hash"
	GroupHyperLogLog  Group = "hyperloglog"
	GroupList         Group = "list"
	GroupPubSub       Group = "pubsub"
	GroupScripting    Group = "scripting"
	GroupSentinel     Group = "sentinel"
	GroupServer       Group = "server"
	GroupSet          Group = "set"
	GroupSortedSet    Group = "sorted-set"
	GroupStream       Group = "stream"
	GroupString       Group = "string"
	GroupTransactions Group = "transactions"
)

// Categories are ACL categories beyond those that follow from flags and group, as a bit set.
type Categories uint32

const (
	CatKeyspace Categories = 1 << iota
	CatRead
	CatWrite
	CatSet
	CatSortedSet
	CatList
	CatHash
	CatString
	CatBitmap
	CatHyperLogLog
	CatGeo
	CatStream
	CatPubSub
	CatAdmin
	CatFast
	CatSlow
	CatBlocking
	CatDangerous
	CatConnection
	CatTransaction
	CatScripting
)

// KeyRef is one key among the arguments of a request, as Spec.GetKeys finds it.
type KeyRef struct {
	Index int
	Flags KeyFlags
}

// Spec is everything there is to say about one command. A container (CONFIG) has Sub rows, whose
// names are those of the subcommands alone ("get").
type Spec struct {
	Name  string // lower case
	Arity int    // number of arguments with the name(s); negative: at least
	Flags Flags
	Keys  []KeySpec
	// GetKeys finds the keys of a request where Keys cannot tell (SORT's STORE, MIGRATE's KEYS). The
	// arity has been checked.
	GetKeys func(args [][]byte) ([]KeyRef, error)
	Acl     Categories
	Handler Handler
	// Member is the argument that names the element of the key's value which is looked at (HGET, SISMEMBER), or the
	// first of several; 0: none. A pipeline asks for these elements ahead.
	Member int
	// Prepare lets a command that reads much and stores a result stop nobody while it reads. When Handler has
	// returned ErrOffload a worker calls Prepare first, with the keys locked for reading: it computes the result
	// into memory of its own, leaves it in c.Prepared.Value, and changes and replies nothing. Then the worker locks
	// the keys for writing and, if no source has changed, calls Handler, which looks up what the command reads, for
	// the record, finds c.Prepared and installs it in a moment; if one has changed, it begins again. Handler is
	// called without anything prepared after too many changes, when Prepare has left nothing, and inside EXEC. If
	// Prepare fails, so does the command. May be nil.
	Prepare Handler
	// Locks tells which locks a request needs where the flags do not tell. nil: see LocksToWrite.
	Locks func(args [][]byte) Locks

	Group      Group
	Since      string
	Summary    string
	Complexity string
	// Syntax is the arguments after the name, in the notation that docs.go describes; COMMAND DOCS
	// makes its tree of arguments of it.
	Syntax          string
	Tips            []string
	History         []string // "7.0.0 Added the X option."
	Deprecated      string   // version since which it is
	ReplacedBy      string
	SysCmd          bool // doc flag: not meant to be called by users
	Sub             []Spec
	parent          *Spec
	fullName        string     // "config|get"
	id              int        // dense, for statistics
	first, last, st int        // the first range specification, for speed; first 0: none
	simpleKeys      bool       // first, last, st say all
	movable         bool       // they do not, as COMMAND sees it
	index           *nameIndex // of Sub
}

// Locks are the shards that a request needs, and for what.
type Locks uint8

const (
	// LockKeys: its keys' shards, for writing; without it for reading.
	LockKeys Locks = 1 << iota
	// LockAll: it reads keys that its arguments do not name. All shards are locked for reading, but those of the keys that it
	// changes, with LockKeys, for writing.
	LockAll
)

// LocksToWrite says whether requests of the row get their keys' shards locked for writing, as far as Locks does not tell otherwise:
// what MayReplicate may change its keys too.
func (s *Spec) LocksToWrite() bool { return s.Flags&(Write|MayReplicate) != 0 }

// FullName is "get", or "config|get" for a subcommand.
func (s *Spec) FullName() string { return s.fullName }

// ID is a dense number of the row, below Table.Len, for per-command statistics.
func (s *Spec) ID() int { return s.id }

// Parent is the container of a subcommand, or nil.
func (s *Spec) Parent() *Spec { return s.parent }
