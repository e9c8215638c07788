package aof

import (
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
	"radish/resp"
)

const incr1 = "appendonlydir/appendonly.aof.1.incr.aof"

func TestAppend(t *testing.T) {
	now := time.Unix(1700000000, 0)
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Timestamps, o.Now = true, func() time.Time { return now } })
	if pos := r.l.Append(0, effect(0)); pos != 0 || r.l.State() != Off {
		t.Errorf("a log that is off is at %d", pos)
	}
	r.mustStart()
	r.l.Append(2, []byte(command("a")))
	r.l.Append(2, []byte(command("b")))
	r.l.Append(-1, []byte(command("c")))
	now = now.Add(time.Second)
	r.l.SetTimestamps(false)
	r.l.AppendTx(2, 12, []byte(command("MULTI")+command("d")+command("SELECT", "12")+command("e")+command("EXEC")))
	r.l.SetTimestamps(true)
	pos := r.l.Append(12, []byte(command("f")))
	want := "#TS:1700000000\r\n" + command("SELECT", "2") + command("a") + command("b") + command("c") +
		command("MULTI") + command("d") + command("SELECT", "12") + command("e") + command("EXEC") + "#TS:1700000001\r\n" + command("f")
	if int(pos) != len(want) || r.l.End() != pos {
		t.Errorf("position %d of %d", pos, len(want))
	}
	r.mustCommit(pos)
	if got := string(r.mem.ReadFile(incr1)); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

// Under always one sync is for all, and Commit waits for none.
func TestAlwaysShares(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Policy = Always })
	r.mustStart()
	r.mustCommit(r.append())
	hold := make(chan bool)
	r.disk.Add(fsystest.Fault{Op: fsystest.OpSync, Hook: func() { hold <- true; <-hold }})
	first := r.append()
	if done, err := r.l.Commit(first); done || err != nil {
		t.Fatal(done, err)
	}
	<-hold
	before := len(r.disk.Calls())
	var last int64
	for range 100 {
		last = r.append()
		if done, err := r.l.Commit(last); done || err != nil {
			t.Fatal(done, err)
		}
	}
	hold <- true
	for r.l.Synced() < last {
		c := <-r.told
		if c.err != nil || c.pos > r.l.Synced() {
			t.Fatal(c)
		}
	}
	syncs := 0
	for _, c := range r.disk.Calls()[before:] {
		if c.Op == fsystest.OpSync {
			syncs++
		}
	}
	if syncs != 1 {
		t.Errorf("%d syncs for 100 commits", syncs)
	}
	if done, err := r.l.Commit(last); !done || err != nil {
		t.Error(done, err)
	}
}

func TestFailureAndRecovery(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.mustCommit(r.append())
	before := len(r.mem.ReadFile(incr1))
	r.disk.Add(fsystest.Fault{Op: fsystest.OpWrite, Err: syscall.ENOSPC, Short: 5, Times: -1})
	err := r.commit(r.append())
	var f *Failure
	if !errors.As(err, &f) || f.Sync || f.Error() != "No space left on device" || r.l.Err() == nil {
		t.Fatal(err)
	}
	if got := len(r.mem.ReadFile(incr1)); got != before {
		t.Errorf("%d bytes, %d before", got, before)
	}
	if !r.logged("Short write while writing to the AOF file: (nwritten=5, expected=") {
		t.Error(r.lines)
	}
	if r.commit(r.append()) == nil || r.l.Stats().BufferLength == 0 {
		t.Error("committed on a full disk")
	}
	r.disk.Heal()
	if r.l.Err() == nil {
		t.Error("the error is gone before a try")
	}
	r.l.step(true)
	if r.l.Err() != nil || !r.logged("AOF write error looks solved, Redis can write again.") {
		t.Error(r.l.Err(), r.lines)
	}
	check(t, r.mem.Kill(), r.n)
}

// What a failed sync has dropped is written again, if it is in memory.
func TestSyncFailure(t *testing.T) {
	for _, many := range []bool{false, true} {
		r := newRig(t, fsystest.NewMem(), nil)
		r.mustStart()
		r.l.step(true)
		r.append()
		if many {
			pos := r.l.Append(0, resp.AppendRequest(nil, []byte("SET"), []byte("x"), make([]byte, keptMax)))
			r.disk.Add(fsystest.Fault{Op: fsystest.OpSync, Err: syscall.EIO})
			if err := r.l.Flush(pos); err != nil {
				t.Fatal(err)
			}
		} else {
			r.disk.Add(fsystest.Fault{Op: fsystest.OpSync, Err: syscall.EIO})
		}
		var f *Failure
		if err := r.l.Sync(); !errors.As(err, &f) || !f.Sync || r.l.Err() == nil {
			t.Fatal(err)
		}
		if !r.logged("Fail to fsync the AOF file: Input/output error") {
			t.Error(r.lines)
		}
		if s := r.l.Stats(); s.NeedRewrite != many || s.Err == nil {
			t.Errorf("%+v", s)
		}
		r.append()
		r.l.step(true)
		if (r.l.Err() != nil) != many {
			t.Error(r.l.Err())
		}
		if many {
			if err := r.rewrite(2); err != nil {
				t.Fatal(err)
			}
			r.l.step(true)
		}
		if err := r.l.Sync(); err != nil || r.l.Err() != nil || r.l.Stats().NeedRewrite {
			t.Fatal(err, r.l.Err())
		}
		check(t, r.mem.Crash(nil), r.n)
	}
}

func TestPolicyChange(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.NoSyncOnSave = true; o.Policy = Always })
	r.mustStart()
	r.l.SetSaving(true)
	pos := r.append()
	if done, err := r.l.Commit(pos); !done || err != nil || r.l.Synced() == pos {
		t.Error("synced while a snapshot is saved", done, err)
	}
	r.l.SetSaving(false)
	r.mustCommit(r.append())
	if r.l.Synced() != r.l.End() {
		t.Error("not synced under always")
	}
	r.l.SetPolicy(Never)
	pos = r.append()
	r.mustCommit(pos)
	r.l.step(true)
	if r.l.Synced() >= pos {
		t.Error("synced under no")
	}
	r.l.SetPolicy(EverySec)
	r.l.step(true)
	if r.l.Synced() != pos {
		t.Error("not synced under everysec")
	}
	r.l.SetPolicy(Always)
	r.l.SetNoSyncOnSave(false)
	r.l.SetSaving(true)
	r.mustCommit(r.append())
	if r.l.Synced() != r.l.End() {
		t.Error("not synced")
	}
}

func TestDelayedFsync(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	r.l.syncing.Store(time.Now().Add(-3 * time.Second).UnixNano())
	for range 3 {
		r.mustCommit(r.append())
	}
	if s := r.l.Stats(); s.Delayed != 1 || !s.PendingSync || !r.logged("Asynchronous AOF fsync is taking too long (disk is busy?).") {
		t.Errorf("%+v", s)
	}
}

// Bytes are kept until they are synced, and no more of them than is allowed.
func TestKept(t *testing.T) {
	r := newRig(t, fsystest.NewMem(), nil)
	r.mustStart()
	for i := range 40 {
		r.l.Flush(r.l.Append(0, resp.AppendRequest(nil, []byte("SET"), []byte("x"), make([]byte, 10000*i))))
		if s := r.l.Stats(); s.Kept > keptMax {
			t.Fatal(s.Kept)
		}
	}
	if err := r.l.Sync(); err != nil {
		t.Fatal(err)
	}
	if s := r.l.Stats(); s.Kept >= keptBlock || s.BufferLength != 0 || s.CurrentSize == 0 {
		t.Errorf("%+v", s)
	}
}

func TestManyLoops(t *testing.T) {
	for _, policy := range []Policy{EverySec, Always, Never} {
		mem := fsystest.NewMem()
		var l *Log
		var mu sync.Mutex
		told := sync.NewCond(&mu)
		upTo := int64(0)
		l, err := Open(Options{FS: mem, Dir: ".", Policy: policy, Tick: time.Millisecond, Committed: func(pos int64, err error) {
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			upTo = max(upTo, pos)
			mu.Unlock()
			told.Broadcast()
		}})
		if err == nil {
			err = l.Start(func(fsys.File) error { return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var shard sync.Mutex
		next := 0
		add := func() int64 {
			shard.Lock()
			defer shard.Unlock()
			pos := l.Append(next%3, effect(next))
			next++
			return pos
		}
		for range 4 {
			wg.Go(func() {
				for range 500 {
					add()
					pos := add()
					done, err := l.Commit(pos)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for !done && upTo < pos {
						told.Wait()
					}
					mu.Unlock()
				}
			})
		}
		wg.Go(func() {
			r := rig{l: l}
			for range 10 {
				w, err := l.Prepare()
				if err != nil {
					t.Error(err)
					return
				}
				shard.Lock()
				n := next
				w.Switch()
				shard.Unlock()
				err = fsys.WriteTemp(mem, w.TempName(), r.base(n))
				if err == nil {
					err = w.Finish()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		check(t, mem.Kill(), 4000)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		check(t, mem.Crash(nil), 4000)
	}
}

func TestLatency(t *testing.T) {
	var events []string
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Latency = func(e string, _ time.Duration) { events = append(events, e) } })
	r.mustStart()
	r.mustCommit(r.append())
	if got := strings.Join(events, " "); !strings.Contains(got, "aof-fstat") || !strings.Contains(got, "aof-write-alone aof-write") {
		t.Error(got)
	}
}
