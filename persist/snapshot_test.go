package persist

import (
	"bytes"
	"errors"
	"syscall"
	"testing"

	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
	"radish/persist/rdb"
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
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save(sn, "temp-1.rdb", "dump.rdb", SaveOptions{RDB: RDBOptions{Compress: true, Checksum: true}, Incremental: true, Paced: true}); err != nil {
		t.Fatal(err)
	}
	compareFile(t, files.Crash(nil).ReadFile("dump.rdb"), want)
	if i := v.Info(); i.Running || i.LastS < 0 || i.LastError != nil {
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
			sn, err := s.BeginSnapshot(false, nil)
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
		if i := v.Info(); i.Running || !errors.Is(i.LastError, wantErr) {
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
		sn, err := other.BeginSnapshot(false, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if err := v.Save(sn, "temp-2.rdb", "dump.rdb", SaveOptions{}); !errors.Is(err, ErrSaving) {
			t.Error(err)
		}
		if sn, err = other.BeginSnapshot(false, nil); err != nil {
			t.Error(err)
			return
		}
		sn.Discard()
		if i := v.Info(); !i.Running || i.Keys == 0 || i.CurrentS < 0 {
			t.Errorf("%+v", i)
		}
		v.Abort()
	}})
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save(sn, "temp-1.rdb", "dump.rdb", SaveOptions{}); !errors.Is(err, store.ErrSnapshotAborted) {
		t.Fatal(err)
	}
}

// A base is counted by itself; what INFO tells of saves stays as it was.
func TestWriteBase(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	files := fsystest.NewMem()
	files.WriteFile("temp.aof", []byte("something that was left there, and is longer than nothing"))
	v := NewSaver(files)
	before := v.Info()
	for _, preamble := range []bool{true, false} {
		ended, running := false, SaveInfo{}
		delay := func() {
			if i := v.Info(); !ended {
				v.Abort() // this is no save
				ended, running = true, i
			}
		}
		o := BaseOptions{Preamble: preamble, Incremental: true, Paced: true, RESP: RESPOptions{UnixS: 5, KeyDelay: delay},
			RDB: RDBOptions{Checksum: true, KeyDelay: delay, Aux: []rdb.Aux{{Name: "aof-base", Value: "0"}, {Name: "redis-bits", Value: "64"}}}}
		if err := v.WriteBase(begin(t, s), "temp.aof", o); err != nil {
			t.Fatal(err)
		}
		if o.RDB.Aux[0].Value != "0" {
			t.Error("the caller's aux fields are others now")
		}
		file := files.Crash(nil).ReadFile("temp.aof")
		if preamble {
			aux := ""
			to := newStore(t)
			if _, err := Load(to, bytes.NewReader(file), LoadOptions{NowMs: testNow, Checksum: true, Aux: func(n, v string) { aux += n + "=" + v + " " }}); err != nil {
				t.Fatal(err)
			}
			if aux != "redis-bits=64 aof-base=1 " {
				t.Errorf("aux fields %s", aux)
			}
			compareFile(t, file, want)
		} else {
			compareBase(t, file, want)
		}
		if r := running; r.Running || r.CurrentS != -1 || !r.Base.Running || r.Base.CurrentS < 0 || r.Keys == 0 {
			t.Errorf("%+v", r)
		}
		i := v.Info()
		if i.Base.Running || i.Base.CurrentS != -1 || i.Base.LastS < 0 || i.Base.LastError != nil {
			t.Errorf("%+v", i)
		}
		if i.SaveTally != before.SaveTally || i.LastSave != before.LastSave {
			t.Errorf("%+v, was %+v", i, before)
		}
	}
}

// Whatever fails, there is no file, and the next base is written.
func TestWriteBaseFails(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	for i, op := range []fsystest.Op{fsystest.OpOpen, fsystest.OpWrite, fsystest.OpSync, fsystest.OpClose, ""} {
		mem := fsystest.NewMem()
		files := fsystest.NewFaulty(mem)
		v := NewSaver(files)
		o := BaseOptions{Preamble: i%2 == 0}
		wantErr := error(syscall.EIO)
		if op == "" {
			wantErr = store.ErrSnapshotAborted
			o.RDB.KeyDelay = v.AbortBase
		} else {
			files.Add(fsystest.Fault{Op: op, Err: syscall.EIO})
		}
		err := v.WriteBase(begin(t, s), "temp.aof", o)
		var step *fsys.StepError
		if !errors.Is(err, wantErr) || !errors.As(err, &step) {
			t.Fatalf("%s: %v", op, err)
		}
		if i := v.Info(); i.Base.Running || i.LastError != nil || !errors.Is(i.Base.LastError, wantErr) {
			t.Fatalf("%s: %+v", op, i)
		}
		if names := mem.Names(); len(names) != 0 {
			t.Fatalf("%s: %v", op, names)
		}
		files.Heal()
		if err := v.WriteBase(begin(t, s), "temp.aof", BaseOptions{}); err != nil {
			t.Fatalf("%s: %v", op, err)
		}
		compareBase(t, mem.ReadFile("temp.aof"), want)
	}
}
