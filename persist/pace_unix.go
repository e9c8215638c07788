//go:build unix

package persist

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is the computing time that the process has taken.
func cpuTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0 // then the snapshot does not rest
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
