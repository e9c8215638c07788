package aof

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
)

func TestRewrite(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.work(20)
	if err := r.rewrite(3); err != nil {
		t.Fatal(err)
	}
	want := "file appendonly.aof.2.base.aof seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n"
	if got := string(r.mem.ReadFile("appendonlydir/appendonly.aof.manifest")); got != want {
		t.Errorf("%s", got)
	}
	if names := r.mem.Names(); len(names) != 3 {
		t.Errorf("%v", names)
	}
	for _, line := range []string{"Creating AOF incr file appendonly.aof.2.incr.aof on background rewrite", "Removing the history file appendonly.aof.1.incr.aof in the background"} {
		if !r.logged(line) {
			t.Errorf("not logged: %s", line)
		}
	}
	s := r.l.Stats()
	if s.CurrentSize != s.BaseSize || s.CurrentSize == 0 {
		t.Errorf("%+v", s)
	}
	check(t, r.mem.Kill(), r.acked)
	if err := r.l.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, r.mem.Crash(nil), r.n)
	// Another process goes on.
	again := newRig(t, r.mem, nil)
	again.n = r.n
	again.mustStart()
	again.work(3)
	check(t, r.mem.Kill(), again.n-1)
	if !again.logged("Opening AOF incr file appendonly.aof.2.incr.aof on server start") {
		t.Error(again.lines)
	}
}

func TestOneRewrite(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	w, err := r.l.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.l.Prepare(); !errors.Is(err, ErrRewriting) {
		t.Error(err)
	}
	if err := r.l.Disable(); err != nil {
		t.Fatal(err)
	}
	if w.Switch(); w.Finish() != ErrRewriteEnded || w.Err() != ErrRewriteEnded {
		t.Error("a rewrite goes on after Disable")
	}
	if names := r.mem.Names(); len(names) != 3 {
		t.Error(names)
	}
}

// A base that is complete lets a log go on whose old file cannot be written.
func TestRewriteFreesDisk(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.work(9)
	w, err := r.l.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	r.disk.Add(fsystest.Fault{Op: fsystest.OpWrite, Name: ".1.incr.aof", Err: syscall.ENOSPC, Times: -1})
	r.append()
	r.append()
	n := r.n
	w.Switch()
	if err := r.commit(r.append()); err == nil {
		t.Error("committed to a full disk")
	}
	if err := fsys.WriteTemp(r.disk, w.TempName(), r.base(n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	r.l.step(true)
	if err := r.l.Err(); err != nil {
		t.Error(err)
	}
	r.mustCommit(r.append())
	check(t, r.mem.Kill(), r.n)
}

// CONFIG SET appendonly yes, no and yes, with rewrites that fail and succeed.
func TestEnableDisable(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	// Off: BGREWRITEAOF makes a base alone.
	r.n = 5
	if err := r.rewrite(0); err != nil {
		t.Fatal(err)
	}
	if got := r.l.Manifest().String(); got != "file appendonly.aof.1.base.aof seq 1 type b\n" {
		t.Error(got)
	}
	if err := r.l.Enable(); err != nil || r.l.State() != Waiting {
		t.Fatal(err)
	}
	r.append()
	r.disk.Add(fsystest.Fault{Op: fsystest.OpRename, Name: "temp-appendonly.aof.incr", Err: syscall.EIO})
	if err := r.rewrite(2); !errors.Is(err, syscall.EIO) || r.l.State() != Waiting {
		t.Fatal(err)
	}
	if !r.logged("Removing the temp incr aof file temp-appendonly.aof.incr in the background") {
		t.Error(r.lines)
	}
	r.append()
	if names := strings.Join(r.mem.Names(), " "); names != "appendonlydir/appendonly.aof.1.base.aof appendonlydir/appendonly.aof.manifest" {
		t.Error(names)
	}
	if err := r.rewrite(2); err != nil || r.l.State() != On {
		t.Fatal(err)
	}
	r.mustCommit(r.append())
	check(t, r.mem.Kill(), r.n)
	if got := r.l.Manifest().String(); got != "file appendonly.aof.2.base.aof seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n" {
		t.Error(got)
	}
	pos := r.append()
	if err := r.l.Disable(); err != nil || r.l.State() != Off {
		t.Fatal(err)
	}
	if done, err := r.l.Commit(pos); !done || err != nil {
		t.Error(done, err)
	}
	check(t, r.mem.Crash(nil), r.n)
	r.append()
	if r.l.Disable() != nil || r.l.Enable() != nil {
		t.Error("off and on")
	}
	if err := r.rewrite(1); err != nil {
		t.Fatal(err)
	}
	r.mustCommit(r.append())
	check(t, r.mem.Kill(), r.n)
	if err := r.l.Close(); err != nil {
		t.Error(err)
	}
	if r.l.Close() != ErrClosed || r.l.Enable() != ErrClosed || r.start() != ErrClosed {
		t.Error("usable after Close")
	}
	if _, err := r.l.Prepare(); err != ErrClosed {
		t.Error(err)
	}
}

// Every operation fails once while the log is turned on: once it is on, all that was acknowledged is there.
func TestEnableFaults(t *testing.T) {
	for n := 1; ; n++ {
		r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Policy = Always })
		met := false
		r.disk.Add(fsystest.Fault{N: n, Err: syscall.ENOSPC, Short: 3})
		r.disk.Add(fsystest.Fault{N: n, Hook: func() { met = true }})
		r.n = 7
		if err := r.l.Enable(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if r.l.State() == Waiting {
				_ = r.rewrite(3)
			}
		}
		if r.l.State() != On {
			t.Fatalf("operation %d: not on after three tries", n)
		}
		r.disk.Heal()
		r.l.step(true)
		r.mustCommit(r.append())
		if err := verify(r.mem.Crash(nil), r.n); err != nil {
			t.Fatalf("operation %d: %v", n, err)
		}
		check(t, r.mem.Kill(), r.n)
		r.l.Close()
		if !met {
			return
		}
	}
}

func TestHistory(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.KeepHistory = true })
	r.mustStart()
	r.work(2)
	for range 2 {
		if err := r.rewrite(1); err != nil {
			t.Fatal(err)
		}
	}
	if m := r.l.Manifest(); len(m.History) != 4 || len(r.mem.Names()) != 7 {
		t.Errorf("%s%v", m, r.mem.Names())
	}
	r.l.SetKeepHistory(false)
	r.disk.Add(fsystest.Fault{Op: fsystest.OpRemove, Err: syscall.EIO})
	if err := r.l.DeleteHistory(); err != nil || len(r.l.Manifest().History) != 1 {
		t.Error(err, r.l.Manifest())
	}
	if err := r.l.DeleteHistory(); err != nil || len(r.mem.Names()) != 3 {
		t.Error(err, r.mem.Names())
	}
}

// TestFilesOfOthers: a new INCR file is empty, and no name is given twice while its file is history.
func TestFilesOfOthers(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.KeepHistory = true })
	r.mustStart()
	r.work(5)
	if err := r.l.Disable(); err != nil {
		t.Fatal(err)
	}
	if err := r.rewrite(0); err != nil {
		t.Fatal(err)
	}
	if m := r.l.Manifest(); len(m.Incr) != 0 || len(m.History) != 2 {
		t.Fatal(m)
	}
	next := newRig(t, r.mem.Kill(), nil)
	next.n = r.n
	next.mustStart()
	next.mustCommit(next.append())
	if err := next.l.DeleteHistory(); err != nil {
		t.Fatal(err)
	}
	next.mustCommit(next.append())
	check(t, next.mem.Kill(), next.n)

	m := fsystest.NewMem()
	m.Mkdir("appendonlydir", 0o755)
	m.WriteFile("appendonlydir/appendonly.aof.1.incr.aof", effect(99))
	stale := newRig(t, m, nil)
	stale.mustStart()
	stale.mustCommit(stale.append())
	check(t, stale.mem.Kill(), stale.n)
}
