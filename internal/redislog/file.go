package redislog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// rotatingFile appends to a path and notices when the path names another file
// than the open one (or none), as after log rotation. Asking costs one stat a
// write, a fifth of opening the file for every line.
type rotatingFile struct {
	mu   sync.Mutex
	path string // absolute, so that a later change of directory does not move the log
	f    *os.File
	info fs.FileInfo // of f, from when it was opened

	opened func(*os.File) // see Options; nil: nobody asks
}

// openRotating opens or creates the file. The error names the path.
func openRotating(path string, opened func(*os.File)) (*rotatingFile, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	r := &rotatingFile{path: abs, opened: opened}
	if err := r.reopen(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *rotatingFile) reopen() error {
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	old := r.f
	r.f, r.info = f, info
	if r.opened != nil {
		r.opened(f)
	}
	if old != nil {
		return old.Close()
	}
	return nil
}

// Write appends p. When the path cannot be opened anew, the line goes to the
// file that is still open.
func (r *rotatingFile) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if info, err := os.Stat(r.path); err != nil || !os.SameFile(info, r.info) {
		_ = r.reopen() // failing, it leaves r.f as it was
	}
	return r.f.Write(p)
}

// Close closes the file; writes after it fail.
func (r *rotatingFile) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.f.Close()
}
