package persist

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// backgroundNice is the nice value of what gives way to others: the highest there is.
const backgroundNice = 19

// atLowPriority runs f on a thread of its own that gives way to others on the processors. It waits for the end of f.
func atLowPriority(f func() error) error {
	done := make(chan error, 1)
	go func() {
		// It is never unlocked: the thread ends with the goroutine, as nobody may raise its priority again.
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), backgroundNice) // where that is forbidden f is run as ever
		done <- f()
	}()
	return <-done
}
