package fsys

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOS(t *testing.T) {
	f, dir := OS(), t.TempDir()
	name := filepath.Join(dir, "file")
	file, err := f.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	steps := []func() error{
		func() error { _, err := file.Write([]byte("hello world")); return err },
		func() error { _, err := file.WriteAt([]byte("H"), 0); return err },
		file.Sync,
		func() error { return file.Truncate(5) },
		func() error { _, err := file.Seek(0, io.SeekStart); return err },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	text, err := io.ReadAll(file)
	if size, _ := file.Size(); err != nil || string(text) != "Hello" || size != 5 {
		t.Fatalf("%q %d %v", text, size, err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Sync(); err == nil {
		t.Error("a closed file is synced")
	}
	if _, err := file.Size(); err == nil {
		t.Error("a closed file has a size")
	}
	if err := f.Rename(name, name+"2"); err != nil {
		t.Fatal(err)
	}
	if entries, err := f.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "file2" {
		t.Fatal(entries, err)
	}
	if err := f.SyncDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(name + "2"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stat(name + "2"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := f.SyncDir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := f.OpenFile(filepath.Join(dir, "none"), os.O_RDONLY, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
