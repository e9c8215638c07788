package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"radish/config"
	"radish/internal/redislog"
	"radish/internal/version"
)

// crashReports has what ends the process leave its mark in the log, as long as crash-log-enabled is set: standard error may lead nowhere.
// A panic is reported by the Go runtime, into the log file too. A signal from outside, which the runtime would report where the log does not
// go, is reported here.
type crashReports struct {
	log *redislog.Logger

	mu      sync.Mutex
	enabled bool
	file    *os.File // that the log goes to; nil: standard output
	signals chan os.Signal
}

// crashSignals are those that end a process that does not expect them, and that the kernel sends for faults. A fault of our own never comes to
// a channel: it is a panic.
var crashSignals = []os.Signal{syscall.SIGABRT, syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL}

// fileOpened hears of the log file, at the start and after it was rotated.
func (c *crashReports) fileOpened(f *os.File) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.file = f
	_ = c.applyLocked() // without it the report goes to standard error alone
}

// follow begins, and keeps to crash-log-enabled from now on.
func (c *crashReports) follow(cfg *config.Config) error {
	debug.SetTraceback("all") // one goroutine waits for another: the one that panics is rarely all there is to know
	c.signals = make(chan os.Signal, 1)
	go func() { c.die((<-c.signals).(syscall.Signal)) }()
	if err := c.enable(cfg.Load().CrashLogEnabled); err != nil {
		return err
	}
	return cfg.OnChangeOf([]string{"crash-log-enabled"}, func(_, v *config.Values) error { return c.enable(v.CrashLogEnabled) })
}

func (c *crashReports) enable(on bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enabled = on
	if on {
		signal.Notify(c.signals, crashSignals...)
	} else {
		signal.Reset(crashSignals...)
	}
	return c.applyLocked()
}

func (c *crashReports) applyLocked() error {
	if !c.enabled || c.file == nil {
		return debug.SetCrashOutput(nil, debug.CrashOptions{})
	}
	return debug.SetCrashOutput(c.file, debug.CrashOptions{})
}

// reportTime is how long a report may take. It waits for all goroutines, one of which may be why somebody wants the process to end.
const reportTime = 5 * time.Second

// die reports a signal and ends the process by it.
func (c *crashReports) die(sig syscall.Signal) {
	reported := make(chan bool)
	go func() {
		c.report(sig)
		close(reported)
	}()
	select {
	case <-reported:
	case <-time.After(reportTime):
	}
	dieBy(sig)
}

func (c *crashReports) report(sig syscall.Signal) {
	c.log.Warningf("Radish %s crashed by signal: %d (%v)", version.Radish, int(sig), sig)
	c.log.Raw(redislog.Warning, "\n------ STACK TRACE of all goroutines ------\n")
	for line := range strings.Lines(stacks()) {
		c.log.Raw(redislog.Warning, line)
	}
}

// stacks is what all goroutines are at, the longest 64 MB of it.
func stacks() string {
	for size := 1 << 20; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= 64<<20 {
			return fmt.Sprintf("%s\n", b[:n])
		}
	}
}

// dieDefault ends the process as the Go runtime does.
func dieDefault(sig syscall.Signal) {
	signal.Reset(sig)
	_ = syscall.Kill(os.Getpid(), sig)
	time.Sleep(time.Second)
	os.Exit(2)
}
