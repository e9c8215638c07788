package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"radish/config"
	"radish/internal/redislog"
)

// daemonMark tells a process that it is the one in the background.
const daemonMark = "RADISH_DAEMON=1"

// daemonize goes to the background: Go cannot fork, so the program starts itself again in a session of its
// own, in the folder dir, with input as what it reads. child is true in that second process.
func daemonize(dir string, input []byte) (child bool, err error) {
	if os.Getenv("RADISH_DAEMON") != "" {
		os.Unsetenv("RADISH_DAEMON")
		return true, nil
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), daemonMark)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = null, null, null
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	r, w, err := os.Pipe()
	if err != nil {
		return false, err
	}
	if len(input) > 0 {
		cmd.Stdin = r
	}
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("cannot go to the background: %w", err)
	}
	r.Close()
	if len(input) > 0 {
		if _, err := w.Write(input); err != nil {
			return false, fmt.Errorf("cannot go to the background: %w", err)
		}
	}
	w.Close()
	return false, cmd.Process.Release()
}

// writePidFile writes the process number where `pidfile` says; a daemon without one uses Redis's place.
func writePidFile(v *config.Values, log *redislog.Logger) error {
	path := v.PidFile
	if path == "" {
		if !v.Daemonize {
			return nil
		}
		path = "/var/run/redis.pid"
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		return fmt.Errorf("Failed to write PID file: %w", err)
	}
	return nil
}

// notifySupervisor tells systemd that the server is ready.
func notifySupervisor(v *config.Values, log *redislog.Logger) {
	mode := v.Supervised
	if mode == config.SupervisedAuto && os.Getenv("NOTIFY_SOCKET") != "" {
		mode = config.SupervisedSystemd
	}
	if mode == config.SupervisedAuto && os.Getenv("UPSTART_JOB") != "" {
		mode = config.SupervisedUpstart
	}
	switch mode {
	case config.SupervisedSystemd:
		if err := sdNotify("STATUS=Ready to accept connections\nREADY=1\n"); err != nil {
			log.Warningf("systemd supervision requested or auto-detected, but %v", err)
		}
	case config.SupervisedUpstart:
		if os.Getenv("UPSTART_JOB") == "" {
			log.Warningf("upstart supervision requested, but UPSTART_JOB not found!")
			return
		}
		log.Noticef("supervised by upstart, will stop to signal readiness.")
		os.Unsetenv("UPSTART_JOB")
		syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	}
}

// sdNotify speaks systemd's notification protocol (sd_notify(3)).
func sdNotify(state string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return fmt.Errorf("NOTIFY_SOCKET not found!")
	}
	if strings.HasPrefix(path, "@") {
		path = "\x00" + path[1:]
	}
	c, err := net.Dial("unixgram", path)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Write([]byte(state))
	return err
}
