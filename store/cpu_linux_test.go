package store

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadCPU is the CPU time that the thread has used: on a busy machine it says more than the clock does.
func threadCPU() time.Duration {
	var ru unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
