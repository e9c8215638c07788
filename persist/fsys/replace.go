package fsys

import (
	"os"
	"path/filepath"
)

// Step is where putting a file in the place of another has failed.
type Step string

// The steps, in order.
const (
	StepOpen    Step = "open"
	StepWrite   Step = "write"
	StepSync    Step = "sync"
	StepClose   Step = "close"
	StepRename  Step = "rename"
	StepSyncDir Step = "syncdir"
)

// StepError is an error of WriteTemp, Install or Replace. After StepSyncDir the new file is in place, but a power failure may
// bring the old one back.
type StepError struct {
	Step Step
	Err  error
}

func (e *StepError) Error() string { return string(e.Step) + ": " + e.Err.Error() }

// Unwrap returns what the file system said.
func (e *StepError) Unwrap() error { return e.Err }

// WriteTemp makes the file temp, or empties it, has write fill it, and syncs it. On failure it is removed.
func WriteTemp(f FS, temp string, write func(File) error) error {
	file, err := f.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return &StepError{StepOpen, err}
	}
	step := StepWrite
	if err = write(file); err == nil {
		step = StepSync
		err = file.Sync()
	}
	if closed := file.Close(); err == nil && closed != nil {
		step, err = StepClose, closed
	}
	if err != nil {
		// What cannot be removed is overwritten next time.
		_ = f.Remove(temp)
		return &StepError{step, err}
	}
	return nil
}

// Install renames temp, which is synced, to name and syncs the folder of name. If it cannot be renamed it stays.
func Install(f FS, temp, name string) error {
	if err := f.Rename(temp, name); err != nil {
		return &StepError{StepRename, err}
	}
	if err := f.SyncDir(filepath.Dir(name)); err != nil {
		return &StepError{StepSyncDir, err}
	}
	return nil
}

// Replace is WriteTemp and Install: the file name is replaced as a whole, or not at all.
func Replace(f FS, temp, name string, write func(File) error) error {
	if err := WriteTemp(f, temp, write); err != nil {
		return err
	}
	err := Install(f, temp, name)
	if e, ok := err.(*StepError); ok && e.Step == StepRename {
		_ = f.Remove(temp)
	}
	return err
}

// SyncBytes is how much Redis writes between two syncs under rdb-save-incremental-fsync and aof-rewrite-incremental-fsync.
const SyncBytes = 4 << 20

// Incremental writes to a file, and has what it wrote synced every so many bytes, so that the last Sync, and whoever else waits for the disk, does not meet a
// whole file at once. The file is synced beside the writing: only who is a whole part ahead of the disk waits for it. The first error of Sync is that of a later
// Write, or of Wait, which must be called in the end: as the system may tell of an error once only, who does not ask may take bytes for synced that are lost.
type Incremental struct {
	f              File
	every, written int64      // written since the last Sync
	synced         chan error // of the Sync that runs; nil: there is none
	err            error
}

// NewIncremental makes one that syncs f after every bytes.
func NewIncremental(f File, every int64) *Incremental { return &Incremental{f: f, every: every} }

func (w *Incremental) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.f.Write(p)
	w.written += int64(n)
	if err != nil || w.written < w.every {
		return n, err
	}
	if err := w.Wait(); err != nil {
		return n, err
	}
	w.written = 0
	synced := make(chan error, 1)
	w.synced = synced
	go func() { synced <- w.f.Sync() }()
	return n, nil
}

// Wait waits for the Sync that runs, if one does. The file must not be closed before.
func (w *Incremental) Wait() error {
	if w.synced != nil {
		err := <-w.synced
		w.synced = nil
		if w.err == nil {
			w.err = err
		}
	}
	return w.err
}
