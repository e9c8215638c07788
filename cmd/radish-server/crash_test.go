package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain is the server itself for a test that needs one to crash.
func TestMain(m *testing.M) {
	if os.Getenv("RADISH_TEST_SERVER") != "" {
		main()
	}
	os.Exit(m.Run())
}

// victim is a server that is about to crash.
type victim struct {
	t   *testing.T
	cmd *exec.Cmd
	log string
	nc  net.Conn
}

func startVictim(t *testing.T, args ...string) *victim {
	t.Helper()
	dir := t.TempDir()
	v := &victim{t: t, log: filepath.Join(dir, "log")}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := probe.Addr().String()
	probe.Close()
	_, port, _ := net.SplitHostPort(addr)
	v.cmd = exec.Command(os.Args[0], append([]string{"--port", port, "--dir", dir, "--save", "", "--logfile", "log", "--enable-debug-command", "yes"}, args...)...)
	v.cmd.Env = append(os.Environ(), "RADISH_TEST_SERVER=1", "GOTRACEBACK=")
	v.cmd.Dir = dir
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.cmd.Process.Kill() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if v.nc, err = net.Dial("tcp", addr); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	_ = v.nc.SetDeadline(time.Now().Add(20 * time.Second))
	v.do("PING")
	return v
}

// do sends a command and returns the beginning of the reply; "" when the server is gone.
func (v *victim) do(line string) string {
	fmt.Fprintf(v.nc, "%s\r\n", line)
	b := make([]byte, 100)
	n, _ := v.nc.Read(b)
	return string(b[:n])
}

// end waits for the end, and returns how the process ended, and what the log says.
func (v *victim) end() (how, log string) {
	v.t.Helper()
	_ = v.cmd.Wait()
	status := v.cmd.ProcessState.Sys().(syscall.WaitStatus)
	how = "status " + strconv.Itoa(status.ExitStatus())
	if status.Signaled() {
		how = "signal " + strconv.Itoa(int(status.Signal()))
	}
	b, err := os.ReadFile(v.log)
	if err != nil {
		v.t.Fatal(err)
	}
	return how, string(b)
}

// TestCrashReports: whatever ends the process, the log file says so, and what all goroutines were at.
func TestCrashReports(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal syscall.Signal // 0: name is a command
		says   string
		how    string
	}{
		{"SIGABRT", syscall.SIGABRT, "# Radish ", "signal 6"},
		{"SIGSEGV", syscall.SIGSEGV, "crashed by signal: 11 ", "signal 11"},
		{"SIGILL", syscall.SIGILL, "crashed by signal: 4 ", "signal 4"},
		{"DEBUG SEGFAULT", 0, "crashed by signal: 11 ", "signal 11"},
		{"DEBUG PANIC", 0, "panic: DEBUG PANIC called", "status 2"},
	} {
		v := startVictim(t)
		if c.signal != 0 {
			_ = v.cmd.Process.Signal(c.signal)
		} else if got := v.do(c.name); got != "" {
			t.Errorf("%s: reply %q", c.name, got)
		}
		how, log := v.end()
		if how != c.how || !strings.Contains(log, c.says) || strings.Count(log, "\ngoroutine ") < 3 || !strings.Contains(log, "netloop") {
			t.Errorf("%s: %s, want %s, and %q in:\n%s", c.name, how, c.how, c.says, log)
		}
	}
}

// TestCrashReportFollowsTheLog: the runtime's report goes where the log goes after the file was rotated, even if the folder is another one by then,
// and nowhere when crash-log-enabled is no.
func TestCrashReportFollowsTheLog(t *testing.T) {
	v := startVictim(t)
	v.do("CONFIG SET dir " + t.TempDir())
	if err := os.Rename(v.log, v.log+".1"); err != nil {
		t.Fatal(err)
	}
	v.do("DEBUG LOG rotated")
	v.do("CONFIG SET crash-log-enabled no")
	v.do("CONFIG SET crash-log-enabled yes")
	v.do("DEBUG PANIC")
	if _, log := v.end(); !strings.Contains(log, "rotated") || !strings.Contains(log, "\ngoroutine ") {
		t.Errorf("rotated: %s", log)
	}
	for _, how := range []syscall.Signal{0, syscall.SIGSEGV} {
		v = startVictim(t, "--crash-log-enabled", "no")
		if how == 0 {
			v.do("DEBUG PANIC")
		} else {
			_ = v.cmd.Process.Signal(how)
		}
		if _, log := v.end(); strings.Contains(log, "\ngoroutine ") || strings.Contains(log, "crashed") {
			t.Errorf("not enabled, %v: %s", how, log)
		}
	}
}
