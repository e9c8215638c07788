//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime returns the CPU time, user and system, that all threads of a process have run so far, ended
// ones included, in nanoseconds as the scheduler counts it.
func cpuTime(pid int) (time.Duration, error) {
	// The clock id that clock_getcpuclockid(3) returns: the pid's complement above three bits of kind, of
	// which 2 is CPUCLOCK_SCHED of a process.
	id := int32(^pid<<3 | 2)
	var ts unix.Timespec
	if err := unix.ClockGettime(id, &ts); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(ts.Nano()), nil
}

// rss returns the resident bytes of a process.
func rss(pid int) (int64, error) { return rollup(pid, "Rss") }

// rollup returns a field of a process's smaps_rollup, in bytes.
func rollup(pid int, field string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	return parseKilobytes(text, field)
}

// parseKilobytes takes the text of smaps_rollup or status and returns a field, which is in kB, in bytes.
func parseKilobytes(text []byte, field string) (int64, error) {
	for line := range bytes.Lines(text) {
		rest, found := strings.CutPrefix(string(line), field+":")
		if !found {
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", field, err)
		}
		return kb << 10, nil
	}
	return 0, fmt.Errorf("no field %s", field)
}

// groupMemory returns the bytes that a process and its children take together: pages that they share count once.
func groupMemory(pid int) (int64, error) {
	sum, err := rollup(pid, "Pss")
	if err != nil {
		return 0, err
	}
	pids, err := children(pid)
	for _, child := range pids {
		// A child that has ended meanwhile takes nothing.
		if n, err := rollup(child, "Pss"); err == nil {
			sum += n
		}
	}
	return sum, err
}

// children returns the processes that a process has made and that have not ended.
func children(pid int) (pids []int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil, err
	}
	for _, field := range strings.Fields(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		pids = append(pids, child)
	}
	return pids, nil
}

// resetPeak has highestRSS begin anew.
func resetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// highestRSS returns the most bytes that were resident of a process since resetPeak.
func highestRSS(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseKilobytes(text, "VmHWM")
}

// twoCPUs returns the first two cores that this process may run on.
func twoCPUs() (server, client int, err error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return 0, 0, err
	}
	var cpus []int
	for cpu := 0; cpu < 8*len(set)*8 && len(cpus) < 2; cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	if len(cpus) < 2 {
		return 0, 0, errors.New("needs two cores, one for the server and one for the client")
	}
	return cpus[0], cpus[1], nil
}

// pinThreads confines every thread of this process to one core and returns the way back. Threads that
// start later inherit it.
func pinThreads(cpu int) (undo func(), err error) {
	var before, set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, err
	}
	set.Set(cpu)
	if err := setAffinityOfAll(&set); err != nil {
		return nil, err
	}
	return func() {
		// Nothing is measured on more cores than one could not also be had on one.
		_ = setAffinityOfAll(&before)
	}, nil
}

func setAffinityOfAll(set *unix.CPUSet) error {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range tasks {
		tid, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(tid, set); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("sched_setaffinity: %w", err)
		}
	}
	return nil
}
