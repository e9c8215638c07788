//go:build unix

package server

import "golang.org/x/sys/unix"

// cpuTime is one field of INFO's cpu section, in µs.
type cpuTime struct {
	name string
	us   int64
}

// cpuTimes are the CPU times of the process. Redis tells its main thread apart; here every loop is one, so
// those fields repeat the whole process.
func cpuTimes() []cpuTime {
	var self, kids unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &self)
	unix.Getrusage(unix.RUSAGE_CHILDREN, &kids)
	us := func(t unix.Timeval) int64 { return int64(t.Sec)*1e6 + int64(t.Usec) }
	return []cpuTime{
		{"used_cpu_sys", us(self.Stime)}, {"used_cpu_user", us(self.Utime)},
		{"used_cpu_sys_children", us(kids.Stime)}, {"used_cpu_user_children", us(kids.Utime)},
		{"used_cpu_sys_main_thread", us(self.Stime)}, {"used_cpu_user_main_thread", us(self.Utime)},
	}
}
