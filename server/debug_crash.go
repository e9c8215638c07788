package server

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"radish/command"
)

// The crashes of DEBUG are real ones: the process ends, and all goroutines are reported.

// debugSegfault ends the process as the kernel does for an access to memory that is not there. A fault of Go code would be a panic, which
// debugPanic shows.
func (s *Server) debugSegfault(*command.Ctx) error {
	s.log.Warningf("DEBUG SEGFAULT called")
	if err := syscall.Kill(os.Getpid(), syscall.SIGSEGV); err != nil {
		return err
	}
	select {} // until the signal has come
}

func (s *Server) debugPanic(*command.Ctx) error {
	text := fmt.Sprintf("DEBUG PANIC called at Unix time %d", time.Now().Unix())
	s.log.Warningf("%s", text)
	panic(text)
}

func (s *Server) debugAssert(*command.Ctx) error {
	s.log.Warningf("=== ASSERTION FAILED ===")
	panic("DEBUG ASSERT: assertion failed")
}

// noMemory logs why the process is about to end.
func (s *Server) noMemory(n int) { s.log.Warningf("Out Of Memory allocating %d bytes!", n) }

func (s *Server) debugOOM(*command.Ctx) error {
	s.noMemory(math.MaxInt)
	panic(errors.New("DEBUG OOM: out of memory"))
}

const errRestart command.Error = "ERR failed to restart the server. Check server logs."

// debugRestart is DEBUG RESTART. If all goes well nobody gets a reply: the program is started again in this
// process, and all files of it are closed.
func (s *Server) debugRestart(c *command.Ctx) error {
	delay, err := restartDelay(c)
	if err != nil {
		return err
	}
	if s.cfg.File() != "" {
		if err := s.cfg.Rewrite(false); err != nil {
			s.log.Warningf("Can't restart: configuration rewrite process failed: %v", err)
			return errRestart
		}
	}
	v := s.cfg.Load()
	for _, file := range []string{v.UnixSocket, v.PidFile} {
		if file != "" {
			os.Remove(file)
		}
	}
	return s.startAnew(delay)
}

func (s *Server) debugCrashAndRecover(c *command.Ctx) error {
	delay, err := restartDelay(c)
	if err != nil {
		return err
	}
	return s.startAnew(delay)
}

// restartDelay is the optional argument of DEBUG RESTART.
func restartDelay(c *command.Ctx) (time.Duration, error) {
	if len(c.Args) < 3 {
		return 0, nil
	}
	ms, err := c.Int(2)
	return time.Duration(max(0, min(ms, 1e9))) * time.Millisecond, err
}

// startAnew replaces the running program by a new one. It returns only if that fails.
func (s *Server) startAnew(delay time.Duration) error {
	exe, err := os.Executable()
	if err == nil {
		time.Sleep(delay)
		err = syscall.Exec(exe, os.Args, os.Environ())
	}
	s.log.Warningf("Can't restart: %v", err)
	return errRestart
}
