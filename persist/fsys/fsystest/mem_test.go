package fsystest

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"radish/persist/fsys"
)

func open(t *testing.T, f fsys.FS, name string) fsys.File {
	t.Helper()
	file, err := f.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestMemCrash(t *testing.T) {
	m := NewMem()
	must(t, m.Mkdir("d", 0o755), m.SyncDir("."))
	f := open(t, m, "d/a")
	io.WriteString(f, "one")
	must(t, f.Sync())
	if m.Crash(nil).ReadFile("d/a") != nil {
		t.Error("the name is on disk without SyncDir")
	}
	must(t, m.SyncDir("d"))
	io.WriteString(f, "two")
	if got := m.Crash(nil).ReadFile("d/a"); string(got) != "one" {
		t.Errorf("%q", got)
	}
	if got := m.Kill().ReadFile("d/a"); string(got) != "onetwo" {
		t.Errorf("%q", got)
	}
	for seed := range uint64(20) {
		if got := m.Crash(rand.New(rand.NewPCG(seed, 0))).ReadFile("d/a"); !strings.HasPrefix("onetwo", string(got)) || len(got) < 3 {
			t.Errorf("%q", got)
		}
	}
	must(t, m.Rename("d/a", "d/b"))
	if c := m.Crash(nil); c.ReadFile("d/a") == nil || c.ReadFile("d/b") != nil {
		t.Error("a rename is on disk without SyncDir")
	}
	must(t, m.SyncDir("d"), f.Truncate(2), f.Sync())
	if c := m.Crash(nil); c.ReadFile("d/a") != nil || string(c.ReadFile("d/b")) != "on" {
		t.Errorf("%q", c.ReadFile("d/b"))
	}
}

func TestMemForgets(t *testing.T) {
	m := NewMem()
	f := open(t, NewFaulty(m), "a")
	must(t, m.SyncDir("."))
	io.WriteString(f, "lost")
	f.(*faultyFile).f.Add(Fault{Op: OpSync, Err: fs.ErrInvalid})
	if f.Sync() == nil {
		t.Error("no error")
	}
	io.WriteString(f, "kept")
	must(t, f.Sync())
	if got := m.Crash(nil).ReadFile("a"); string(got) != "\x00\x00\x00\x00kept" {
		t.Errorf("%q", got)
	}
	if got := m.Kill().ReadFile("a"); string(got) != "lostkept" {
		t.Errorf("%q", got)
	}
}

func TestMemErrors(t *testing.T) {
	m := NewMem()
	_, err := m.OpenFile("none", os.O_RDONLY, 0)
	_, err2 := m.OpenFile("none/file", os.O_CREATE, 0)
	_, err3 := m.Stat("none")
	_, err4 := m.ReadDir("none")
	for i, err := range []error{err, err2, err3, err4, m.Remove("none"), m.Rename("none", "b"), m.SyncDir("none")} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := m.Mkdir(".", 0o755); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	m.WriteFile("d/f", []byte("x"))
	if _, err := m.OpenFile("d", os.O_RDONLY, 0); err == nil {
		t.Error("a folder is opened")
	}
	f, err := m.OpenFile("d/f", os.O_RDONLY, 0)
	must(t, err)
	if _, err := f.Write([]byte("y")); err == nil {
		t.Error("written to what was opened for reading")
	}
	must(t, f.Close())
	if f.Close() == nil || f.Sync() == nil {
		t.Error("closed twice, or synced when closed")
	}
}
