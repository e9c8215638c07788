package netloop

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestOwnThread(t *testing.T) {
	attr := func() *unix.SchedAttr {
		a, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Error(err)
			return &unix.SchedAttr{}
		}
		return a
	}
	before, after := attr(), make(chan *unix.SchedAttr)
	go func() {
		ownThread()
		after <- attr()
	}()
	a := <-after
	if before.Policy != unix.SCHED_NORMAL || a.Runtime == 0 {
		t.Logf("policy %d, turns of %d ns: this system does not tell them", before.Policy, a.Runtime)
	} else if a.Runtime != uint64(turn) {
		t.Errorf("turns of %d ns", a.Runtime)
	}
	if a.Nice != before.Nice || a.Policy != before.Policy {
		t.Errorf("nice %d and policy %d have become %d and %d", before.Nice, before.Policy, a.Nice, a.Policy)
	}
	if now := attr(); now.Runtime != before.Runtime {
		t.Errorf("this thread's turns are %d ns, too, not %d", now.Runtime, before.Runtime)
	}
}
