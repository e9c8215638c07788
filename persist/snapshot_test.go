package persist

import (
	"errors"
	"syscall"
	"testing"

	"radish/persist/fsys/fsystest"
	"radish/store"
)

func TestSave(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	files := fsystest.NewMem()
	v := NewSaver(files)
	if i := v.Info(); i.Running || i.CurrentS != -1 || i.LastS != -1 || i.LastSave.IsZero() {
		t.Fatalf("%+v", i)
	}
	sn, err := s.BeginSnapshot(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save(sn, "temp-1.rdb", "dump.rdb", SaveOptions{RDB: RDBOptions{Compress: true, Checksum: true}, Incremental: true, Paced: true}); err != nil {
		t.Fatal(err)
	}
	compareFile(t, files.Crash(nil).ReadFile("dump.rdb"), want)
	if i := v.Info(); i.Running || i.Saves != 1 || i.LastS < 0 || i.LastError != nil {
		t.Fatalf("%+v", i)
	}
}

// Whatever fails, the old file stays, there is no other one, and the next save succeeds.
func TestSaveFails(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	for _, op := range []fsystest.Op{fsystest.OpOpen, fsystest.OpWrite, fsystest.OpSync, fsystest.OpClose, fsystest.OpRename, ""} {
		mem := fsystest.NewMem()
		mem.WriteFile("dump.rdb", []byte("old"))
		files := fsystest.NewFaulty(mem)
		v := NewSaver(files)
		save := func(turn func(*store.Snapshot)) error {
			sn, err := s.BeginSnapshot(false)
			if err != nil {
				t.Fatal(err)
			}
			turn(sn)
			return v.Save(sn, "temp-1.rdb", "dump.rdb", SaveOptions{})
		}
		wantErr := error(syscall.ENOSPC)
		if op == "" {
			wantErr = store.ErrSnapshotAborted
		} else {
			files.Add(fsystest.Fault{Op: op, Err: syscall.ENOSPC})
		}
		err := save(func(sn *store.Snapshot) {
			if op == "" {
				sn.Abort()
			}
		})
		if !errors.Is(err, wantErr) {
			t.Fatalf("%s: %v", op, err)
		}
		if i := v.Info(); i.Running || i.Saves != 0 || !errors.Is(i.LastError, wantErr) {
			t.Fatalf("%s: %+v", op, i)
		}
		if names := mem.Names(); len(names) != 1 || string(mem.ReadFile("dump.rdb")) != "old" {
			t.Fatalf("%s: %v", op, names)
		}
		files.Heal()
		if err := save(func(*store.Snapshot) {}); err != nil {
			t.Fatalf("%s: %v", op, err)
		}
		compareFile(t, mem.ReadFile("dump.rdb"), want)
	}
}

func TestOneSaveAtATime(t *testing.T) {
	s, other := newStore(t), newStore(t)
	fillStore(s)
	files := fsystest.NewFaulty(fsystest.NewMem())
	v := NewSaver(files)
	files.Add(fsystest.Fault{Op: fsystest.OpWrite, Hook: func() {
		sn, err := other.BeginSnapshot(false)
		if err != nil {
			t.Error(err)
			return
		}
		if err := v.Save(sn, "temp-2.rdb", "dump.rdb", SaveOptions{}); !errors.Is(err, ErrSaving) {
			t.Error(err)
		}
		if sn, err = other.BeginSnapshot(false); err != nil {
			t.Error(err)
			return
		}
		sn.Discard()
		if i := v.Info(); !i.Running || i.Keys == 0 || i.CurrentS < 0 {
			t.Errorf("%+v", i)
		}
		v.Abort()
	}})
	sn, err := s.BeginSnapshot(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save(sn, "temp-1.rdb", "dump.rdb", SaveOptions{}); !errors.Is(err, store.ErrSnapshotAborted) {
		t.Fatal(err)
	}
}
