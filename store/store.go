package store

import (
	"errors"
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"

	"radish/store/slab"
)

// Key is a key with its hash (see Store.Key). B is not retained: the store copies what it keeps.
type Key struct {
	B []byte
	H uint64
}

// Hooks tell the server what the store did by itself. They run with the shard's write lock held, so they must be quick; the key is valid
// until they return. Each may be nil.
type Hooks struct {
	Expired func(db int, key []byte) // a lapsed key was deleted, or replaced
	Evicted func(db int, key []byte) // a key is about to be deleted by eviction
	// Created: a key is about to be made that was not there, but by Rename, Move and Copy; only while TellCreated(true) is in force.
	Created func(db int, key []byte)
	// FieldsExpired: n lapsed fields of a hash are about to be deleted, with emptied all that it has, and the key with them. fields calls its
	// argument with each, a view.
	FieldsExpired func(db int, key []byte, n int, emptied bool, fields func(func(f []byte)))
	NewDeadline   func(ms int64) // the earliest deadline of some shard became earlier: ms, in unix ms
}

// Options are the parameters of New.
type Options struct {
	Databases    int // at least 1
	Shards       int // a power of two, at most 1024
	Hooks        Hooks
	OnLongUnlock func(i int) // see Store.TryLock; it is called by whoever unlocks, without locks
	NoMemory     func(n int) // the system has no n bytes left: a panic with slab.ErrNoMemory follows. It is called with locks held
}

// Errors of New.
var (
	ErrDatabases = errors.New("store: the number of databases must be at least 1")
	ErrShards    = errors.New("store: the number of shards must be a power of two, at most 1024")
)

const maxShards = 1024

// Store is all databases.
type Store struct {
	shards     []shard
	shardBits  uint
	shardShift uint
	seed       maphash.Seed
	databases  int
	hooks      Hooks
	pages      *slab.Pages
	loose      *slab.Arena   // counts what belongs to no shard, see Detached
	lru        atomic.Uint32 // see SetLRU
	lim        atomic.Pointer[Limits]
	largeElem  atomic.Int64               // see SetLargeElement
	listLim    atomic.Pointer[listLimits] // follows from lim and largeElem
	noExpire   atomic.Bool
	replaying  atomic.Bool
	holdExpiry atomic.Bool // HoldExpiry
	tellNew    atomic.Bool // TellCreated
	_          [64]byte
	lazy       lazyQueue
	pool       evictionPool
	purging    sync.Mutex
	snap       atomic.Pointer[Snapshot] // the one that runs, see BeginSnapshot
	snaps      uint32                   // how many there have been
}

// shard is a part of the keyspace: its lock guards all else, except atomics. Its size is a multiple of 128 bytes, so that no two shards
// share a cache line or a pair of them.
type shard struct {
	lock     rwLock
	arena    *slab.Arena
	tables   []atomic.Pointer[table] // by database; nil: no key
	detached int                     // flushes whose tables are not freed yet, and use the arena
	next     atomic.Int64            // a lower bound of the earliest deadline of a key; noDeadline: none
	expired  atomic.Int64
	evicted  atomic.Int64
	moved    atomic.Int64
	version  uint64 // see nextVersion
	// nextField is next for deadlines of fields.
	nextField atomic.Int64
	own       *ownArenas
	index     int32
	_         [128 - 116]byte
}

const noDeadline = 1<<63 - 1

// New makes an empty store.
func New(o Options) (*Store, error) {
	if o.Databases < 1 {
		return nil, ErrDatabases
	}
	if o.Shards < 1 || o.Shards > maxShards || o.Shards&(o.Shards-1) != 0 {
		return nil, ErrShards
	}
	s := &Store{
		shards:    make([]shard, o.Shards),
		shardBits: uint(bits.TrailingZeros(uint(o.Shards))),
		seed:      maphash.MakeSeed(),
		databases: o.Databases,
		hooks:     o.Hooks,
		pages:     slab.NewPages(),
	}
	s.pages.NoMemory = o.NoMemory
	s.loose = slab.NewArena(s.pages)
	s.shardShift = 64 - s.shardBits
	s.lazy.idle.L = &s.lazy.mu
	s.CountLazy(false, false, false)
	s.SetLimits(*defaultLimits())
	for i := range s.shards {
		sh := &s.shards[i]
		var onLong func()
		if o.OnLongUnlock != nil {
			onLong = func() { o.OnLongUnlock(i) }
		}
		sh.index = int32(i)
		sh.lock.init(onLong)
		sh.arena = slab.NewArena(s.pages)
		sh.own = new(ownArenas)
		sh.tables = make([]atomic.Pointer[table], o.Databases)
		sh.next.Store(noDeadline)
		sh.nextField.Store(noDeadline)
		sh.version = uint64(i) << versionShift
	}
	return s, nil
}

// Close gives all memory back. Nobody may use the store any more; it waits until the background has freed what it was given.
func (s *Store) Close() {
	s.FlushAll(false, false, nil)
	s.lazy.wait()
	s.pages.Close()
}

// hash hashes a key. The seed is random, so nobody can choose keys that collide.
func (s *Store) hash(b []byte) uint64 { return maphash.Bytes(s.seed, b) }

// Key hashes b.
func (s *Store) Key(b []byte) Key { return Key{B: b, H: maphash.Bytes(s.seed, b)} }

// Shards is the number of shards.
func (s *Store) Shards() int { return len(s.shards) }

// Databases is the number of databases.
func (s *Store) Databases() int { return s.databases }

// ShardOf is the shard of a key with hash h: its first bits, so that shard after shard is hash order.
func (s *Store) ShardOf(h uint64) int { return int(h >> s.shardShift) }

// DB is database index, 0 <= index < Databases, at the moment nowMs (unix ms).
func (s *Store) DB(index int, nowMs int64) DB {
	return DB{s: s, Index: index, Now: nowMs, Clock: nowMs}
}

// table is a database's table in a shard, nil if it has none.
func (sh *shard) table(db int) *table { return sh.tables[db].Load() }

// needTable is table, made if need be.
func (s *Store) needTable(sh *shard, db int) *table {
	if t := sh.tables[db].Load(); t != nil {
		return t
	}
	t := newTable(s, sh)
	sh.tables[db].Store(t)
	return t
}
