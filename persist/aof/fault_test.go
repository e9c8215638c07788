package aof

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"radish/persist/fsys/fsystest"
)

// life is a log that lives through everything: it is started, appended to, rewritten, rewritten in vain, turned off and on.
func (r *rig) life() {
	if r.start() != nil {
		return
	}
	r.work(12)
	_ = r.rewrite(5)
	r.work(6)
	r.l.step(true)
	if w, err := r.l.Prepare(); err == nil {
		r.work(2)
		w.Switch()
		r.work(4)
		w.Abort()
	}
	r.work(3)
	_ = r.rewrite(2)
	r.l.step(true)
	r.work(8)
	_ = r.l.Sync()
	r.work(2)
}

func (r *rig) work(n int) {
	for i := range n {
		pos := r.append()
		if i%2 == 1 {
			_ = r.commit(pos)
		}
	}
}

// Every single operation on the disk fails once, for a while, or from then on, and nothing acknowledged is lost: not when the process
// is killed, and not, under always, when the power fails.
func TestEveryFault(t *testing.T) {
	kinds := []fsystest.Fault{
		{Err: syscall.EIO},
		{Err: syscall.ENOSPC, Short: 7},
		{Err: syscall.ENOSPC, Times: 4, Short: 1},
		{Err: syscall.EIO, Times: -1, Short: 30000},
	}
	for _, policy := range []Policy{EverySec, Always, Never} {
		// Of all operations, those of every kind are the Nth once.
		for k, fault := range kinds {
			everyFault(t, policy, fault, k)
		}
		for _, op := range []fsystest.Op{fsystest.OpWrite, fsystest.OpSync} {
			fault := kinds[2]
			fault.Op = op
			everyFault(t, policy, fault, 2)
		}
	}
}

func everyFault(t *testing.T, policy Policy, fault fsystest.Fault, k int) {
	for n := 1; ; n++ {
		fault.N = n
		if !faultyLife(t, policy, fault, fmt.Sprintf("policy %d, fault %d of kind %d at %q", policy, n, k, fault.Op)) {
			return
		}
	}
}

// faultyLife says whether there were as many operations as the fault waits for.
func faultyLife(t *testing.T, policy Policy, fault fsystest.Fault, name string) (met bool) {
	r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Policy = policy })
	r.disk.Add(fault)
	count := fsystest.Fault{Op: fault.Op, N: fault.N, Hook: func() { met = true }}
	r.disk.Add(count)
	defer func() {
		if t.Failed() {
			t.Logf("%s: %d acknowledged", name, r.acked)
		}
	}()
	r.life()
	check(t, r.mem.Kill(), r.acked)
	if policy != Never {
		// Never keeps nothing to mend what a failed sync has dropped.
		if err := r.crash(policy, r.acked, uint64(fault.N)); err != nil {
			t.Fatal(err)
		}
	}
	// The disk can again.
	r.disk.Heal()
	r.l.step(true)
	if r.l.State() != On {
		return met
	}
	if r.l.Stats().NeedRewrite {
		if err := r.rewrite(1); err != nil {
			t.Fatalf("%s: a rewrite on a good disk: %v", name, err)
		}
		r.l.step(true)
	}
	if err := r.l.Err(); err != nil {
		t.Fatalf("%s: still %v", name, err)
	}
	r.work(4)
	if err := r.l.Sync(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r.acked = r.n
	check(t, r.mem.Kill(), r.n)
	check(t, r.mem.Crash(nil), r.n)
	if err := r.l.Close(); err != nil {
		t.Fatalf("%s: close: %v", name, err)
	}
	return met
}

// crash cuts the power, in several ways.
func (r *rig) crash(policy Policy, least int, seed uint64) error {
	if policy != Always {
		least = 0
	}
	err := verify(r.mem.Crash(nil), least)
	for i := uint64(0); i < 3 && err == nil; i++ {
		err = verify(r.mem.Crash(rand.New(rand.NewPCG(seed, i))), least)
	}
	return err
}

// The power fails, or the process is killed, before every operation on the disk.
func TestEveryMoment(t *testing.T) {
	for _, policy := range []Policy{EverySec, Always, Never} {
		for n := 1; ; n++ {
			r := newRig(t, fsystest.NewMem(), func(o *Options) { o.Policy = policy })
			met := false
			r.disk.Add(fsystest.Fault{N: n, Hook: func() {
				met = true
				acked := int(r.safe.Load())
				err := verify(r.mem.Kill(), acked)
				if err == nil {
					err = r.crash(policy, acked, uint64(n))
				}
				if err != nil {
					t.Error(err)
				}
			}})
			r.life()
			if t.Failed() {
				t.Fatalf("policy %d, operation %d", policy, n)
			}
			r.l.Close()
			if !met {
				break
			}
		}
	}
}
