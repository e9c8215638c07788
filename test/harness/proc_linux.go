package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// procAttr puts a server into a process group of its own and ends it with the thread that started it, so
// that not even a test process that was killed leaves a server behind.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// memory reads the resident size and its highest value so far, in bytes.
func memory(pid int) (rss, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for field, dst := range map[string]*int64{"VmRSS": &rss, "VmHWM": &peak} {
		v, ok := InfoField(string(text), field)
		if !ok {
			return 0, 0, fmt.Errorf("no %s of process %d", field, pid)
		}
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*dst = kb << 10
	}
	return rss, peak, nil
}
