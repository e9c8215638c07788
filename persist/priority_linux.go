package persist

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// backgroundNice is the nice value of what gives way to others. A higher one would not do: a thread that gets no processor for long may hold a lock of the Go
// runtime then, or the collector may be waiting for it, and with it everybody. With 19, on processors that four busy processes want, clients waited up to 90 ms.
const backgroundNice = 5

// atLowPriority runs f on a thread of its own that gives way to others on the processors, if it does its work in turns (see pacer). It waits for the end of f.
func atLowPriority(f func(p *pacer) error) error {
	done := make(chan error, 1)
	go func() {
		// It is never unlocked: the thread ends with the goroutine, as nobody may raise its priority again.
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), backgroundNice) // where that is forbidden f is run as ever
		done <- f(newPacer(threadTime, time.Sleep))
	}()
	return <-done
}

// threadTime is the time that this thread has had a processor.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0 // Linux has this clock everywhere
	}
	return time.Duration(ts.Nano())
}
