package fsystest

import (
	"io/fs"
	"strings"
	"sync"

	"radish/persist/fsys"
)

// Op is a kind of operation.
type Op string

// The kinds. Write stands for Write and WriteAt.
const (
	OpOpen     Op = "open"
	OpRead     Op = "read"
	OpSeek     Op = "seek"
	OpWrite    Op = "write"
	OpSync     Op = "sync"
	OpTruncate Op = "truncate"
	OpSize     Op = "size"
	OpClose    Op = "close"
	OpRename   Op = "rename"
	OpRemove   Op = "remove"
	OpStat     Op = "stat"
	OpReadDir  Op = "readdir"
	OpMkdir    Op = "mkdir"
	OpSyncDir  Op = "syncdir"
)

// Fault is operations that fail: the Nth of those that fit, and Times - 1 that follow.
type Fault struct {
	Op    Op     // "" fits every kind
	Name  string // fits names that contain it
	N     int    // counted from 1; 0 is 1
	Times int    // 0: one; negative: all from the Nth
	Err   error
	// Short is how many bytes a failing write still writes.
	Short int
	// Hook is called before the operation, if Err is nil.
	Hook func()

	seen int
}

// Faulty is a file system whose operations fail when a Fault says so. A Sync that fails makes the files of a Mem forget what was
// not synced, as Linux does.
type Faulty struct {
	fsys.FS
	mu     sync.Mutex
	faults []*Fault
	log    []Call
}

// Call is an operation that was asked for.
type Call struct {
	Op   Op
	Name string
}

// NewFaulty wraps f. Without faults it does what f does.
func NewFaulty(f fsys.FS) *Faulty { return &Faulty{FS: f} }

// Add adds a fault. Operations are counted from here on.
func (f *Faulty) Add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
}

// Heal removes all faults.
func (f *Faulty) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// Calls returns the operations so far.
func (f *Faulty) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.log...)
}

// check counts an operation. err is nil if it shall be done.
func (f *Faulty) check(op Op, name string) (short int, err error) {
	f.mu.Lock()
	f.log = append(f.log, Call{op, name})
	var hook func()
	for _, fault := range f.faults {
		if fault.Op != "" && fault.Op != op || !strings.Contains(name, fault.Name) {
			continue
		}
		fault.seen++
		n, times := max(fault.N, 1), fault.Times
		if times == 0 {
			times = 1
		}
		if fault.seen < n || times > 0 && fault.seen >= n+times {
			continue
		}
		if fault.Err == nil {
			hook = fault.Hook
		} else if err == nil {
			short, err = fault.Short, &fs.PathError{Op: string(op), Path: name, Err: fault.Err}
		}
	}
	f.mu.Unlock()
	if hook != nil {
		hook()
	}
	return short, err
}

// OpenFile is that of fsys.FS.
func (f *Faulty) OpenFile(name string, flag int, perm fs.FileMode) (fsys.File, error) {
	if _, err := f.check(OpOpen, name); err != nil {
		return nil, err
	}
	file, err := f.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f, name}, nil
}

// Rename is that of fsys.FS; the name that faults look at is the old one, a blank and the new one.
func (f *Faulty) Rename(old, new string) error {
	if _, err := f.check(OpRename, old+" "+new); err != nil {
		return err
	}
	return f.FS.Rename(old, new)
}

// Remove is that of fsys.FS.
func (f *Faulty) Remove(name string) error {
	if _, err := f.check(OpRemove, name); err != nil {
		return err
	}
	return f.FS.Remove(name)
}

// Stat is that of fsys.FS.
func (f *Faulty) Stat(name string) (fs.FileInfo, error) {
	if _, err := f.check(OpStat, name); err != nil {
		return nil, err
	}
	return f.FS.Stat(name)
}

// ReadDir is that of fsys.FS.
func (f *Faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := f.check(OpReadDir, name); err != nil {
		return nil, err
	}
	return f.FS.ReadDir(name)
}

// Mkdir is that of fsys.FS.
func (f *Faulty) Mkdir(name string, perm fs.FileMode) error {
	if _, err := f.check(OpMkdir, name); err != nil {
		return err
	}
	return f.FS.Mkdir(name, perm)
}

// SyncDir is that of fsys.FS.
func (f *Faulty) SyncDir(name string) error {
	if _, err := f.check(OpSyncDir, name); err != nil {
		return err
	}
	return f.FS.SyncDir(name)
}

type faultyFile struct {
	fsys.File
	f    *Faulty
	name string
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if _, err := f.f.check(OpRead, f.name); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f *faultyFile) Seek(offset int64, whence int) (int64, error) {
	if _, err := f.f.check(OpSeek, f.name); err != nil {
		return 0, err
	}
	return f.File.Seek(offset, whence)
}

func (f *faultyFile) Write(p []byte) (int, error) {
	short, err := f.f.check(OpWrite, f.name)
	if err == nil {
		return f.File.Write(p)
	}
	n, _ := f.File.Write(p[:min(short, len(p))])
	return n, err
}

func (f *faultyFile) WriteAt(p []byte, off int64) (int, error) {
	short, err := f.f.check(OpWrite, f.name)
	if err == nil {
		return f.File.WriteAt(p, off)
	}
	n, _ := f.File.WriteAt(p[:min(short, len(p))], off)
	return n, err
}

func (f *faultyFile) Sync() error {
	_, err := f.f.check(OpSync, f.name)
	if err == nil {
		return f.File.Sync()
	}
	if file, ok := f.File.(interface{ forgetDirty() }); ok {
		file.forgetDirty()
	}
	return err
}

func (f *faultyFile) Truncate(size int64) error {
	if _, err := f.f.check(OpTruncate, f.name); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultyFile) Size() (int64, error) {
	if _, err := f.f.check(OpSize, f.name); err != nil {
		return 0, err
	}
	return f.File.Size()
}

// Close closes the file even if it shall fail, so that no test runs out of files.
func (f *faultyFile) Close() error {
	_, err := f.f.check(OpClose, f.name)
	if closed := f.File.Close(); err == nil {
		err = closed
	}
	return err
}
