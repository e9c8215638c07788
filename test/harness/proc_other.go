//go:build !linux

package harness

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

func procAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// memory reads the resident size in bytes. These systems do not tell its highest value: peak is the same.
func memory(pid int) (rss, peak int64, err error) {
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, 0, err
	}
	kb, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return kb << 10, kb << 10, err
}
