package aof

import (
	"errors"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// Policy is appendfsync. The numbers are free of meaning.
type Policy int32

// When the file is synced.
const (
	EverySec Policy = iota // in the background, every second
	Always                 // before a reply
	Never                  // when the system likes: appendfsync no
)

// Options are what a Log is made of. Dir, DirName, FileName and FS stay as they are; what else CONFIG SET may change has setters.
type Options struct {
	FS       fsys.FS // nil: the machine's
	Dir      string  // the working folder; "" is the process's
	DirName  string  // appenddirname; "" is Redis's default
	FileName string  // appendfilename; "" is Redis's default
	Policy   Policy  // appendfsync
	// RDBBase says that bases are written as RDB (aof-use-rdb-preamble): it makes their names.
	RDBBase bool
	// Timestamps puts an annotation in front of the first effect of each second (aof-timestamp-enabled).
	Timestamps bool
	// NoSyncOnSave is no-appendfsync-on-rewrite: see SetSaving.
	NoSyncOnSave bool
	// KeepHistory is aof-disable-auto-gc: files that a rewrite has replaced stay.
	KeepHistory bool

	// Committed tells what Commit has left open: everything up to pos is committed, or, with err (a *Failure), what
	// is not yet committed up to pos has failed: whoever waits should be answered with an error. The effects stay in the
	// log and will be written if that becomes possible; a later call may say so. It is called on a goroutine of the log, by
	// one at a time, positions ascending; it should be quick, and of the log it may call Append, Commit and Err.
	Committed func(pos int64, err error)
	// Log takes messages, in Redis's words where Redis has them; nil: nobody.
	Log func(level redislog.Level, message string)
	// Latency is told how long things took, by the names of Redis's latency events; nil: nobody.
	Latency func(event string, took time.Duration)
	// Tick is how often everysec syncs and failures are tried again; 0 is a second.
	Tick time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (o *Options) fill() {
	if o.FS == nil {
		o.FS = fsys.OS()
	}
	if o.DirName == "" {
		o.DirName = "appendonlydir"
	}
	if o.FileName == "" {
		o.FileName = "appendonly.aof"
	}
	if o.Committed == nil {
		o.Committed = func(int64, error) {}
	}
	if o.Log == nil {
		o.Log = func(redislog.Level, string) {}
	}
	if o.Latency == nil {
		o.Latency = func(string, time.Duration) {}
	}
	if o.Tick == 0 {
		o.Tick = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Errors of rewrites.
var (
	// ErrRewriting is Prepare while another rewrite is on its way.
	ErrRewriting = errors.New("an AOF rewrite is already in progress")
	// ErrRewriteEnded is Finish of a rewrite that has failed or was aborted, by Disable for example.
	ErrRewriteEnded = errors.New("the AOF rewrite was aborted")
	// ErrClosed is a log that was closed.
	ErrClosed = errors.New("the AOF is closed")
)

// Failure is why the log is not what it should be.
type Failure struct {
	// Sync says that an fsync has failed, else a write.
	Sync bool
	Err  error
}

// Error is the text of the system error, as Redis's MISCONF reply shows it behind "Errors writing to the AOF file: ".
func (f *Failure) Error() string { return fsys.ErrorText(f.Err) }

// Unwrap returns what the file system said.
func (f *Failure) Unwrap() error { return f.Err }
