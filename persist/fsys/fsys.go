package fsys

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// FS are the operations on names. Errors wrap a syscall.Errno where the system gave one; fs.ErrNotExist and the like are found
// by errors.Is.
type FS interface {
	// OpenFile is os.OpenFile. Files are never opened with O_APPEND, as WriteAt would not work.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// Rename puts the file old in the place of new. It is on disk after SyncDir of the folder of new.
	Rename(old, new string) error
	Remove(name string) error
	Stat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Mkdir(name string, perm fs.FileMode) error
	// SyncDir returns when the names in a folder are on disk: files made, renamed and removed. Systems that
	// cannot sync a folder do nothing.
	SyncDir(name string) error
}

// File is an open file. Methods but WriteAt and Sync are for one goroutine at a time.
type File interface {
	io.Reader
	io.Seeker
	// Write and WriteAt write all of p, or return how much they have written and why not more. WriteAt and
	// Sync may run at the same time.
	io.Writer
	io.WriterAt
	io.Closer
	// Sync returns when the file's bytes, and what is needed to read them, are on disk. After an error nothing is
	// known of the bytes that were not synced before: a later Sync may succeed without having written them, as the system
	// may have forgotten them. They must be written again first.
	Sync() error
	Truncate(size int64) error
	// Size is the length of the file in bytes.
	Size() (int64, error)
}

// ErrorText is the text that C's strerror has for the system error in err, without the names of call and file: as Redis's
// messages show it. Go's own texts begin with a small letter.
func ErrorText(err error) string {
	var errno syscall.Errno
	text := err.Error()
	if errors.As(err, &errno) {
		text = errno.Error()
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// IsFile says whether name is a regular file.
func IsFile(f FS, name string) bool {
	info, err := f.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// IsDir says whether name is a folder.
func IsDir(f FS, name string) bool {
	info, err := f.Stat(name)
	return err == nil && info.IsDir()
}

// EnsureDir makes the folder name if there is none. It is then on disk, also if another process made it.
func EnsureDir(f FS, name string, perm fs.FileMode) error {
	err := f.Mkdir(name, perm)
	switch {
	case errors.Is(err, fs.ErrExist) && !IsDir(f, name):
		return syscall.ENOTDIR
	case err != nil && !errors.Is(err, fs.ErrExist):
		return err
	}
	return f.SyncDir(filepath.Dir(name))
}
