package aof

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// State is what the log does.
type State int32

// The states.
const (
	Off State = iota
	// Waiting is on, but there is no base yet: a rewrite must be made, and until it is finished nothing that is
	// appended outlives the process.
	Waiting
	On
)

// Log is an append only file. Its methods may be called by several goroutines at once.
//
// Locks, in the order in which they are taken: fmu (files come and go), smu (syncs, and passing from one file to the next), wmu
// (writes), mu (appends). No I/O happens under mu, and no sync under wmu.
type Log struct {
	names
	opt Options
	fs  fsys.FS

	policy                                     atomic.Int32
	rdbBase, timestamps, noSyncOnSave, keepHis atomic.Bool
	saving                                     atomic.Bool

	fmu     sync.Mutex
	rewrite atomic.Pointer[Rewrite] // the one on its way; nil: none
	closed  bool
	started bool // the goroutine runs

	smu sync.Mutex

	wmu   sync.Mutex
	man   *Manifest // as it is on disk
	file  *segment  // is written to; nil: none
	olds  []*segment
	batch []chunk // taken, and not yet written
	// dirDirty says that the manifest was replaced and the folder not yet synced.
	dirDirty          bool
	writeErr, syncErr error
	lastWriteLog      time.Time
	spareKept         [][]byte
	others, baseSize  int64 // bytes of the files before file; of all files after the last rewrite

	mu     sync.Mutex
	active bool // takes effects
	queue  []chunk
	cur    []byte // the chunk that is appended to; goes into seg
	spare  [][]byte
	seg    *segment
	next   *Rewrite // its file is seg; nil: seg is file
	end    int64
	db     int
	stamp  int64

	state   atomic.Int32
	written atomic.Int64 // positions
	synced  atomic.Int64
	failure atomic.Pointer[Failure]
	// crossing says that next is not nil: what is appended waits for file to be complete, and for the manifest.
	crossing atomic.Bool
	asked    atomic.Bool // Commit waits for Committed
	tooMuch  atomic.Bool // many bytes are kept in memory
	delayed  atomic.Int64
	// flushSleep is nanoseconds, see SetFlushSleep.
	flushSleep atomic.Int64
	syncing    atomic.Int64 // when the sync in progress began, unix nanoseconds; 0: none; negative: it was counted as delayed

	wake chan struct{}
	quit chan struct{}
	done chan struct{}
}

// Open makes a log and has it read its manifest.
func Open(opt Options) (*Log, error) {
	l := New(opt)
	if err := l.Open(); err != nil {
		return nil, err
	}
	return l, nil
}

// New makes a log that is off and knows of no files yet: Open reads the manifest, Load the data, Start turns it on.
func New(opt Options) *Log {
	opt.fill()
	l := &Log{
		names: names{opt.Dir, opt.DirName, opt.FileName}, opt: opt, fs: opt.FS, db: -1,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	l.policy.Store(int32(opt.Policy))
	l.rdbBase.Store(opt.RDBBase)
	l.timestamps.Store(opt.Timestamps)
	l.noSyncOnSave.Store(opt.NoSyncOnSave)
	l.keepHis.Store(opt.KeepHistory)
	l.man = &Manifest{}
	return l
}

// Open reads the manifest, if there is one. Errors are *ManifestError, already written to Options.Log, or those of the file system.
func (l *Log) Open() error {
	man, err := l.readManifest()
	if err != nil {
		return err
	}
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.man = man
	return nil
}

// Commit asks for what has been appended up to pos to be safe as appendfsync promises: in the file, or under always on disk.
// done says that it is. If not, Options.Committed will tell. err is a *Failure: it was tried, and did not succeed.
//
// Under everysec and no it usually writes, for all who have appended: one write for many. It never waits for a sync.
func (l *Log) Commit(pos int64) (done bool, err error) {
	if l.effective() == Always {
		if l.synced.Load() >= pos {
			return true, nil
		}
		l.ask()
		return false, nil
	}
	if l.written.Load() >= pos {
		return true, nil
	}
	if !l.crossing.Load() {
		if err := l.flush(pos); err != nil {
			return false, err
		}
		if l.written.Load() >= pos {
			return true, nil
		}
	}
	l.ask()
	return false, nil
}

// Flush returns when what has been appended up to pos is written to the file. It may wait for a sync, at a rewrite.
func (l *Log) Flush(pos int64) error {
	if err := l.flush(pos); err != nil || l.written.Load() >= pos {
		return err
	}
	l.smu.Lock()
	defer l.smu.Unlock()
	return l.writeAll()
}

// Sync returns when everything that has been appended is on disk.
func (l *Log) Sync() error {
	l.smu.Lock()
	defer l.smu.Unlock()
	if err := l.writeAll(); err != nil {
		return err
	}
	return l.syncAll(true)
}

// End is the position behind everything that has been appended.
func (l *Log) End() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// Written is the position up to which everything is in the file.
func (l *Log) Written() int64 { return l.written.Load() }

// Synced is the position up to which everything is known to be on disk.
func (l *Log) Synced() int64 { return l.synced.Load() }

// Err is not nil (a *Failure) from the moment at which a write or a sync has failed until all is well again. It is cheap.
func (l *Log) Err() error {
	if f := l.failure.Load(); f != nil {
		return f
	}
	return nil
}

// State says what the log does.
func (l *Log) State() State { return State(l.state.Load()) }

// SetPolicy changes appendfsync.
func (l *Log) SetPolicy(p Policy) {
	l.policy.Store(int32(p))
	l.poke()
}

// SetRDBBase changes aof-use-rdb-preamble.
func (l *Log) SetRDBBase(on bool) { l.rdbBase.Store(on) }

// RDBBase is aof-use-rdb-preamble: the form in which a base is to be written.
func (l *Log) RDBBase() bool { return l.rdbBase.Load() }

// SetTimestamps changes aof-timestamp-enabled.
func (l *Log) SetTimestamps(on bool) { l.timestamps.Store(on) }

// SetNoSyncOnSave changes no-appendfsync-on-rewrite.
func (l *Log) SetNoSyncOnSave(on bool) {
	l.noSyncOnSave.Store(on)
	l.poke()
}

// SetFlushSleep has each write wait first, for tests (DEBUG AOF-FLUSH-SLEEP).
func (l *Log) SetFlushSleep(d time.Duration) { l.flushSleep.Store(int64(d)) }

// SetSaving says whether a snapshot is being written to disk now, as an RDB file or a base. Meanwhile, under
// no-appendfsync-on-rewrite, nothing is synced: the policy is that of appendfsync no.
func (l *Log) SetSaving(on bool) {
	l.saving.Store(on)
	l.poke()
}

// effective is the policy of this moment.
func (l *Log) effective() Policy {
	if l.saving.Load() && l.noSyncOnSave.Load() {
		return Never
	}
	return Policy(l.policy.Load())
}

// Stats are numbers for INFO.
type Stats struct {
	State        State
	CurrentSize  int64 // aof_current_size: bytes of base and INCR files
	BaseSize     int64 // aof_base_size: the same after the last rewrite, or of the base at the start
	BufferLength int64 // aof_buffer_length: bytes appended and not yet written
	Kept         int64 // bytes written, and kept in memory until they are synced
	PendingSync  bool  // aof_pending_bio_fsync
	Delayed      int64 // aof_delayed_fsync: syncs that took over two seconds while effects were written
	Err          error // aof_last_write_status, a *Failure; nil is ok
	// NeedRewrite says that only a rewrite makes good what a failed sync may have lost: the server should begin one.
	NeedRewrite bool
	Rewriting   bool
}

// Stats returns the numbers of this moment.
func (l *Log) Stats() Stats {
	s := Stats{State: l.State(), PendingSync: l.syncing.Load() != 0, Delayed: l.delayed.Load(), Err: l.Err()}
	end := l.End()
	s.BufferLength = max(end-l.written.Load(), 0)
	s.Rewriting = l.rewrite.Load() != nil
	l.wmu.Lock()
	defer l.wmu.Unlock()
	s.CurrentSize, s.BaseSize = l.others, l.baseSize
	for _, seg := range append(l.olds, l.file) {
		if seg == nil {
			continue
		}
		s.Kept += int64(seg.kept.bytes)
		s.NeedRewrite = s.NeedRewrite || seg.lost()
	}
	if l.file != nil {
		s.CurrentSize += l.file.size
	}
	return s
}

// Manifest returns the files as the manifest on disk lists them.
func (l *Log) Manifest() *Manifest {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	return l.man.clone()
}

func (l *Log) logf(level redislog.Level, format string, args ...any) {
	l.opt.Log(level, fmt.Sprintf(format, args...))
}
