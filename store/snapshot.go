package store

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// SnapshotSink takes what a snapshot has. Run calls it without any lock. Keys and values are valid until it returns; its first error ends Run.
type SnapshotSink interface {
	// Key is a key whose value is a string or compact (see Entry.Block).
	Key(db int, e Entry) error
	// Begin is a key whose value comes in parts: then come all of its Elems, Nodes or Bytes, and End, before anything else.
	Begin(v BigValue) error
	// Elem is a member of a set; a field of a hash with its value and its deadline in unix ms, 0: none; a member of a sorted set with
	// the bits of its score. They come in any order.
	Elem(key, value []byte, num uint64) error
	// Node is the next elements of a list, a listpack.
	Node(lp []byte) error
	// Bytes is the next bytes of a string.
	Bytes(b []byte) error
	End() error
}

// BigValue tells of a key whose value comes in parts.
type BigValue struct {
	DB        int
	Entry     Entry // of which key, type, encoding, deadline and LRU may be asked, and nothing else
	Elems     int   // number of elements; of a string, bytes
	Nodes     int   // of a list: number of listpacks
	SoonestMs int64 // of a hash whose fields have deadlines: the earliest, in unix ms, 0: none
}

// Errors of snapshots.
var (
	ErrSnapshotRuns    = errors.New("store: a snapshot runs already")
	ErrSnapshotAborted = errors.New("store: the snapshot was aborted")
)

// Snapshot is the keyspace, all databases, as it was at the moment of BeginSnapshot: every key once, lapsed ones that were still there included. A walk
// saves it piece by piece, under short read locks, while commands go on; who is about to change what it has not reached saves that first.
//
// What is small, a few keys, is saved at once (savedTable). A value that is bigger is put aside and saved by itself (asideValue), or, when it has an
// arena of its own or is a huge string, in parts (bigSaved, hugeSaved). Values that somebody wants to change come to the sink before the walk goes on, so that
// little of them has to wait in memory.
type Snapshot struct {
	s        *Store
	epoch    uint32
	tables   []*savedTable // in the order of databases
	shards   []savedShard
	pool     savedPool
	sink     SnapshotSink
	ahead    *ahead   // nil: the sink takes everything at once
	failed   error    // of the sink, when it does
	rec      recorder // of the walk
	bufs     []*savedBuffer
	pauseFn  func(busy bool) error
	yielded  time.Time // when the walk last let other goroutines run
	aborted  atomic.Bool
	counts   []SnapshotCount
	keysDone atomic.Int64

	mu    sync.Mutex // guards what follows; nothing is locked under it
	later []laterValue
	huge  map[uint64]*hugeSaved // by address
	held  []*detached           // flushed tables, freed in the end
	ended bool
}

// SnapshotCount is the number of keys that a database had at the moment of a snapshot.
type SnapshotCount struct {
	Keys      int64
	Volatile  int64 // of these, with a deadline
	FieldKeys int64 // hashes that have fields with deadlines
}

// laterValue is a value that is not saved together with its key.
type laterValue interface {
	write(sn *Snapshot) error // hands it over
	drop(sn *Snapshot)        // instead of write
}

// Work that the walk does under one lock: so many keys, or bytes, or a little more.
const (
	stepKeys  = 128
	stepBytes = 128 << 10
)

// yieldEvery is after which time the walk lets other goroutines run.
const yieldEvery = time.Millisecond

// BeginSnapshot makes this the moment of a snapshot. Run must follow, or Discard. There is one at a time. It takes all write locks for microseconds,
// unless locked says that the caller has them, and calls begun (unless it is nil) while it has them.
func (s *Store) BeginSnapshot(locked bool, begun func()) (*Snapshot, error) {
	sn := &Snapshot{s: s, shards: make([]savedShard, len(s.shards)), huge: make(map[uint64]*hugeSaved)}
	sn.counts = make([]SnapshotCount, s.databases)
	sn.pool.pages = s.pages
	sn.rec.pool = &sn.pool
	s.lockAll(locked)
	defer s.unlockAll(locked)
	if !s.snap.CompareAndSwap(nil, sn) {
		return nil, ErrSnapshotRuns
	}
	s.snaps++
	sn.epoch = s.snaps
	for i := range sn.shards {
		sn.shards[i].index = i
		sn.shards[i].rec = recorder{pool: &sn.pool, shared: true}
	}
	for db := range s.databases {
		for i := range s.shards {
			t := s.shards[i].table(db)
			if t == nil || t.keys.Load() == 0 {
				continue
			}
			ts := &savedTable{sn: sn, t: t, shard: &sn.shards[i], db: db}
			ts.saving = saving{epoch: sn.epoch, keys: ts}
			t.saving = &ts.saving
			sn.tables = append(sn.tables, ts)
			n := &sn.counts[db]
			n.Keys += t.keys.Load()
			n.Volatile += t.dueKeys.Load()
			n.FieldKeys += t.fieldKeys.Load()
		}
	}
	if begun != nil {
		begun()
	}
	return sn, nil
}

// Discard ends a snapshot of which nobody wants anything. Run was not called, and must not be.
func (sn *Snapshot) Discard() { sn.end() }

// Abort has Run end with ErrSnapshotAborted soon. Anybody may call it.
func (sn *Snapshot) Abort() { sn.aborted.Store(true) }

// Aborted reports whether Abort was called.
func (sn *Snapshot) Aborted() bool { return sn.aborted.Load() }

// Keys is the number of keys, and how many the sink has taken. It needs no lock.
func (sn *Snapshot) Keys() (all, done int64) {
	for _, n := range sn.counts {
		all += n.Keys
	}
	return all, sn.keysDone.Load()
}

// Count tells of a database at the moment of the snapshot.
func (sn *Snapshot) Count(db int) SnapshotCount { return sn.counts[db] }

// Store is the store of which it is.
func (sn *Snapshot) Store() *Store { return sn.s }

// Waiting is the number of bytes that are saved and that the sink has not taken. It needs no lock.
func (sn *Snapshot) Waiting() int64 { return sn.pool.held.Load() }

// Run hands everything to the sink, and ends the snapshot, whatever happens. Between any two steps, of about 20 µs, it calls pause, unless that is nil,
// without locks: who wants it to go slower sleeps there. busy says that somebody waits, in a way: the longer it takes, the more has to be kept. An error of
// pause ends Run.
func (sn *Snapshot) Run(sink SnapshotSink, pause func(busy bool) error) error {
	defer sn.end()
	sn.sink = sink
	if sn.ahead != nil {
		return sn.ahead.run(sn, pause)
	}
	return sn.walk(pause)
}

// walk saves everything, and has hand take it.
func (sn *Snapshot) walk(pause func(busy bool) error) error {
	sn.pauseFn = pause
	for _, ts := range sn.tables {
		for h, done := uint64(0), false; !done; {
			if err := sn.catchUp(); err != nil {
				return err
			}
			h, done = ts.step(h)
			if err := sn.giveRecorded(); err != nil {
				return err
			}
			if err := sn.pause(false); err != nil {
				return err
			}
		}
	}
	// All keys are saved; what is put aside is the last that writers can save.
	if err := sn.catchUp(); err != nil {
		return err
	}
	for i := range sn.shards {
		sn.s.RLock(i)
		sn.shards[i].rec.shelve()
		sn.s.RUnlock(i)
	}
	return sn.catchUp()
}

func (sn *Snapshot) pause(busy bool) error {
	if sn.aborted.Load() {
		return ErrSnapshotAborted
	}
	// Without it an event loop that has something to do may have to wait for up to 10 ms. More often it costs more than the walk: each time it wakes a
	// thread that looks for work.
	if now := time.Now(); now.Sub(sn.yielded) > yieldEvery {
		sn.yielded = now
		runtime.Gosched()
	}
	if sn.pauseFn == nil {
		return nil
	}
	return sn.pauseFn(busy)
}

// step saves some keys of a table from hash h on, and returns where to go on.
func (ts *savedTable) step(h uint64) (next uint64, done bool) {
	s, rec := ts.sn.s, &ts.sn.rec
	s.RLock(ts.shard.index)
	defer s.RUnlock(ts.shard.index)
	for {
		g, behind, last := ts.t.segmentAt(h)
		at, end := ts.walk(g, h, func() bool { return rec.keys >= stepKeys || rec.bytes >= stepBytes })
		switch {
		case !end:
			return at, false
		case last || rec.keys >= stepKeys || rec.bytes >= stepBytes:
			return behind, last
		}
		h = behind
	}
}

// giveRecorded hands over what the walk has saved.
func (sn *Snapshot) giveRecorded() error {
	sn.bufs = sn.rec.take(sn.bufs[:0])
	return sn.giveAll(sn.bufs)
}

func (sn *Snapshot) giveAll(bufs []*savedBuffer) (err error) {
	for _, b := range bufs {
		err = sn.hand(b, func(sink SnapshotSink) error { return sn.give(sink, b) })
	}
	return err // after the first all fail
}

// catchUp hands over what writers have saved, and the values that are put aside.
func (sn *Snapshot) catchUp() error {
	for {
		if err := sn.giveAll(sn.pool.takeFull()); err != nil {
			return err
		}
		p := sn.nextLater()
		if p == nil {
			return nil
		}
		if err := p.write(sn); err != nil {
			return err
		}
		if err := sn.pause(true); err != nil {
			return err
		}
	}
}

func (sn *Snapshot) queue(p laterValue) {
	sn.mu.Lock()
	defer sn.mu.Unlock()
	sn.later = append(sn.later, p)
}

func (sn *Snapshot) nextLater() laterValue {
	sn.mu.Lock()
	defer sn.mu.Unlock()
	if len(sn.later) == 0 {
		sn.later = nil
		return nil
	}
	p := sn.later[0]
	sn.later[0] = nil
	sn.later = sn.later[1:]
	return p
}

// hold keeps flushed tables from being freed as long as the snapshot runs: also those without keys of its moment, as RENAME may have brought a big
// value there that is still to be written. It returns false when it need not. sn may be nil.
func (sn *Snapshot) hold(d *detached) bool {
	if sn == nil {
		return false
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	if !sn.ended {
		sn.held = append(sn.held, d)
	}
	return !sn.ended
}

// end forgets all that is not saved, and lets others change, free and compact as if there had never been a snapshot.
func (sn *Snapshot) end() {
	s := sn.s
	for _, ts := range sn.tables {
		s.Lock(ts.shard.index)
		ts.t.saving = nil
		s.Unlock(ts.shard.index)
	}
	for p := sn.nextLater(); p != nil; p = sn.nextLater() {
		p.drop(sn)
	}
	for i := range sn.shards {
		sn.shards[i].rec.discard() // no table refers to it any more
	}
	sn.rec.discard()
	sn.pool.close()
	sn.mu.Lock()
	sn.ended = true
	held := sn.held
	sn.mu.Unlock()
	s.snap.Store(nil)
	for _, d := range held {
		s.lazy.add(lazyItem{tables: d, n: d.keys})
	}
}
