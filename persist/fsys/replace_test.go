package fsys_test

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
)

// Whatever fails, and whenever the power fails, the file is the old or the new one.
func TestReplace(t *testing.T) {
	ops := []fsystest.Op{fsystest.OpOpen, fsystest.OpWrite, fsystest.OpSync, fsystest.OpClose, fsystest.OpRename, fsystest.OpSyncDir}
	steps := []fsys.Step{fsys.StepOpen, fsys.StepWrite, fsys.StepSync, fsys.StepClose, fsys.StepRename, fsys.StepSyncDir}
	write := func(f fsys.File) error { _, err := f.Write([]byte("new")); return err }
	for i, op := range ops {
		mem := fsystest.NewMem()
		mem.WriteFile("name", []byte("old"))
		disk := fsystest.NewFaulty(mem)
		disk.Add(fsystest.Fault{Op: op, Err: syscall.ENOSPC, Short: 1})
		err := fsys.Replace(disk, "temp", "name", write)
		var e *fsys.StepError
		if !errors.As(err, &e) || e.Step != steps[i] || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", op, err)
		}
		want := "old"
		if op == fsystest.OpSyncDir {
			want = "new"
		}
		if got := mem.Kill().ReadFile("name"); string(got) != want {
			t.Errorf("%s: %q after the process ended", op, got)
		}
		if got := mem.Crash(nil).ReadFile("name"); string(got) != "old" {
			t.Errorf("%s: %q after a crash", op, got)
		}
		if names := mem.Names(); !slices.Equal(names, []string{"name"}) {
			t.Errorf("%s: there are %v", op, names)
		}
		if err := fsys.Replace(disk, "temp", "name", write); err != nil {
			t.Fatal(err)
		}
		if got := mem.Crash(nil).ReadFile("name"); string(got) != "new" {
			t.Errorf("%s: %q in the end", op, got)
		}
	}
}

func TestIncremental(t *testing.T) {
	mem := fsystest.NewMem()
	disk := fsystest.NewFaulty(mem)
	f, err := disk.OpenFile("f", os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	w := fsys.NewIncremental(f, 10)
	four := func() error {
		n, err := w.Write([]byte("four"))
		if n != 4 && err == nil {
			t.Fatal(n)
		}
		return err
	}
	for range 7 {
		if err := four(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Wait(); err != nil {
		t.Fatal(err)
	}
	syncs := 0
	for _, c := range disk.Calls() {
		if c.Op == fsystest.OpSync {
			syncs++
		}
	}
	if syncs != 2 {
		t.Errorf("%d syncs of 28 bytes", syncs)
	}
	// The error of a Sync is told by Wait, and by the Write that would begin the next one, and stays.
	for _, writes := range []int{2, 5} {
		w = fsys.NewIncremental(f, 8)
		disk.Add(fsystest.Fault{Op: fsystest.OpSync, Err: syscall.EIO})
		for i := range writes {
			if err := four(); (err != nil) != (i > 2) || err != nil && !errors.Is(err, syscall.EIO) {
				t.Errorf("write %d of %d: %v", i, writes, err)
			}
		}
		if err := w.Wait(); !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
		disk.Heal()
	}
}

// A Sync that takes long holds up who is a part ahead of it, not before.
func TestIncrementalBeside(t *testing.T) {
	disk := fsystest.NewFaulty(fsystest.NewMem())
	f, err := disk.OpenFile("f", os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	disk.Add(fsystest.Fault{Op: fsystest.OpSync, Times: -1, Hook: func() { <-hold }})
	w := fsys.NewIncremental(f, 8)
	for range 3 {
		w.Write([]byte("four"))
	}
	ahead := make(chan error)
	go func() {
		_, err := w.Write([]byte("four"))
		ahead <- err
	}()
	select {
	case <-ahead:
		t.Error("went ahead of the disk by two parts")
	case <-time.After(20 * time.Millisecond):
	}
	close(hold)
	if err := <-ahead; err != nil {
		t.Error(err)
	}
	if err := w.Wait(); err != nil {
		t.Error(err)
	}
}
