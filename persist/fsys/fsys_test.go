package fsys_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
)

func TestErrorText(t *testing.T) {
	err := &fsys.StepError{Step: fsys.StepWrite, Err: &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}}
	if got := fsys.ErrorText(err); got != "No space left on device" {
		t.Error(got)
	}
	if got := fsys.ErrorText(errors.New("some text")); got != "Some text" {
		t.Error(got)
	}
}

func TestEnsureDir(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []fsys.FS{fsys.OS(), fsystest.NewMem()} {
		if _, ok := f.(*fsystest.Mem); ok {
			dir = "."
		}
		name, file := filepath.Join(dir, "d"), filepath.Join(dir, "f")
		for range 2 {
			if err := fsys.EnsureDir(f, name, 0o755); err != nil || !fsys.IsDir(f, name) || fsys.IsFile(f, name) {
				t.Fatal(err)
			}
		}
		if err := fsys.WriteTemp(f, file, func(fsys.File) error { return nil }); err != nil || !fsys.IsFile(f, file) {
			t.Fatal(err)
		}
		if err := fsys.EnsureDir(f, file, 0o755); !errors.Is(err, syscall.ENOTDIR) {
			t.Error(err)
		}
		if err := fsys.EnsureDir(f, filepath.Join(dir, "a", "b"), 0o755); err == nil && f == fsys.OS() {
			t.Error("a folder in a folder that is not there")
		}
	}
}
