package netloop

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// turn is the length of the turns that a loop takes on a processor which others want, too: the shortest that Linux grants. A thread that asks for
// less at a time gets it sooner, and no more of it in all (EEVDF; Linux takes the wish from 6.12 on, and has ignored it before).
const turn = 100 * time.Microsecond

// ownThread gives the loop a thread of its own, which does not wait for a processor as long as threads do that compute for long: the
// collector, workers, the saver. It is never unlocked, so the thread ends with the loop.
func ownThread() {
	runtime.LockOSThread()
	a, err := unix.SchedGetAttr(0, 0)
	if err != nil || a.Policy != unix.SCHED_NORMAL {
		return // whoever has chosen another policy knows better
	}
	a.Flags |= unix.SCHED_FLAG_RESET_ON_FORK // threads that the runtime makes from this one compute
	a.Runtime = uint64(turn)
	_ = unix.SchedSetAttr(0, a, 0) // where that is forbidden the loop runs as ever
}
