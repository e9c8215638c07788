package harness

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 15 * time.Second
	logTail      = 60 // lines of the log that a failed test shows
)

// Server is a process that answers on Addr.
type Server struct {
	Addr string // 127.0.0.1:port
	Port int
	Dir  string // its working directory, removed with the test

	t       testing.TB
	program Program
	args    []string
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
	exitErr error         // of Wait; valid once exited is closed
	stopped bool          // it was told to end
}

// Start starts a server with options (as in "--maxclients", "100") on a free port and waits until it
// answers. It ends with the test. Without options saying otherwise it saves nothing.
func Start(t testing.TB, p Program, options ...string) *Server {
	t.Helper()
	s := &Server{t: t, program: p, args: options, Dir: t.TempDir()}
	t.Cleanup(s.cleanup)
	for try := 1; ; try++ {
		s.setPort(freePort(t))
		err := s.launch()
		if err == nil {
			return s
		}
		s.kill()
		// Between our look for a free port and the server's bind, somebody else may take it.
		if try == 3 || !strings.Contains(s.Log(), "in use") {
			t.Fatalf("%s: %v", p.Name, err)
		}
	}
}

// Restart ends the server and starts it again with the same options on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	if err := s.launch(); err != nil {
		s.t.Fatalf("%s: %v", s.program.Name, err)
	}
}

// Crash kills the server with SIGKILL and starts it again with the same options on the same port and folder.
func (s *Server) Crash() {
	s.t.Helper()
	s.kill()
	if err := s.launch(); err != nil {
		s.t.Fatalf("%s: %v", s.program.Name, err)
	}
}

// Stop ends the server with SIGTERM, by force if it takes too long, which fails the test.
func (s *Server) Stop() {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	s.stopped = true
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		s.t.Errorf("%s did not end within %v of SIGTERM", s.program.Name, stopTimeout)
	}
	s.kill()
}

// Alive says whether the process runs.
func (s *Server) Alive() bool {
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

// WaitExit waits until the process is gone, which is then no fault, and returns what Wait said of it.
func (s *Server) WaitExit(timeout time.Duration) error {
	s.t.Helper()
	s.stopped = true
	select {
	case <-s.exited:
		return s.exitErr
	case <-time.After(timeout):
		s.t.Fatalf("%s still runs after %v", s.program.Name, timeout)
		return nil
	}
}

// Pid is the process id.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Memory is the resident size of the process and its highest value so far, in bytes.
func (s *Server) Memory() (rss, peak int64) {
	s.t.Helper()
	rss, peak, err := memory(s.Pid())
	if err != nil {
		s.t.Fatal(err)
	}
	return rss, peak
}

// Log is what the server has printed since it was last started.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return ""
	}
	return string(text)
}

func (s *Server) logPath() string { return filepath.Join(s.Dir, "server.log") }

func (s *Server) setPort(port int) {
	s.Port = port
	s.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

func (s *Server) launch() error {
	args := []string{"--port", strconv.Itoa(s.Port), "--bind", "127.0.0.1", "--dir", s.Dir,
		"--save", "", "--appendonly", "no"}
	cmd := exec.Command(s.program.Path, slices.Concat(args, s.program.Args, s.args)...)
	cmd.Dir = s.Dir
	cmd.SysProcAttr = procAttr()
	log, err := os.Create(s.logPath())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log

	s.cmd, s.exited, s.stopped = cmd, make(chan struct{}), false
	started := make(chan error, 1)
	go func() {
		// The child dies with the thread that starts it (procAttr), so this goroutine keeps that thread.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			s.exitErr = cmd.Wait()
		}
		close(s.exited)
	}()
	if err := <-started; err != nil {
		s.cmd = nil
		return err
	}
	return s.waitReady()
}

// waitReady waits until the server answers PING, be it to say that a password is needed.
func (s *Server) waitReady() error {
	for end := time.Now().Add(startTimeout); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if !s.Alive() {
			return fmt.Errorf("ended while starting: %v\n%s", s.exitErr, s.Log())
		}
		c, err := Dial(nil, s.Addr)
		if err != nil {
			continue
		}
		r, err := c.Try("PING")
		c.Close()
		if err == nil && !bytes.HasPrefix(r.Text, []byte("LOADING")) {
			return nil
		}
	}
	return fmt.Errorf("does not answer after %v\n%s", startTimeout, s.Log())
}

// kill ends the process group by force and waits for the process.
func (s *Server) kill() {
	if s.cmd == nil || !s.Alive() {
		return
	}
	s.stopped = true
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		s.t.Errorf("%s: process %d cannot be killed", s.program.Name, s.cmd.Process.Pid)
	}
}

var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |WARNING: DATA RACE|.*BUG REPORT START)`)

func (s *Server) cleanup() {
	if s.cmd == nil {
		return
	}
	if !s.stopped && !s.Alive() {
		s.t.Errorf("%s ended by itself: %v", s.program.Name, s.exitErr)
	}
	s.Stop()
	log := s.Log()
	if crash.MatchString(log) {
		s.t.Errorf("%s crashed:\n%s", s.program.Name, shorten(log[crash.FindStringIndex(log)[0]:]))
	} else if s.t.Failed() {
		lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
		s.t.Logf("log of %s:\n%s", s.program.Name, strings.Join(lines[max(0, len(lines)-logTail):], "\n"))
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}
