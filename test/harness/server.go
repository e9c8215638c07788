package harness

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	process *Process // nil if it could not be started
	stopped bool     // it was told to end
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
	if s.process == nil {
		return
	}
	s.stopped = true
	if err := s.process.Terminate(stopTimeout); err != nil {
		s.t.Errorf("%s did not end within %v of SIGTERM", s.program.Name, stopTimeout)
	}
	s.kill()
}

// kill ends the server with SIGKILL, and its children too.
func (s *Server) kill() {
	s.t.Helper()
	if s.process == nil || !s.Alive() {
		return
	}
	s.stopped = true
	if err := s.process.Kill(); err != nil {
		s.t.Errorf("%s: process %d cannot be killed", s.program.Name, s.Pid())
	}
}

// Alive says whether the process runs.
func (s *Server) Alive() bool { return s.process.Alive() }

// WaitExit waits until the process is gone, which is then no fault, and returns what Wait said of it.
func (s *Server) WaitExit(timeout time.Duration) error {
	s.t.Helper()
	s.stopped = true
	select {
	case <-s.process.Exited():
		return s.process.Err()
	case <-time.After(timeout):
		s.t.Fatalf("%s still runs after %v", s.program.Name, timeout)
		return nil
	}
}

// Pid is the process id.
func (s *Server) Pid() int { return s.process.Pid() }

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
	options := slices.Concat([]string{"--save", "", "--appendonly", "no"}, s.program.Args, s.args)
	p, err := StartProcess(s.program.Path, s.Dir, s.Port, options...)
	if err != nil {
		s.process = nil
		return err
	}
	s.process, s.stopped = p, false
	return p.WaitReady(startTimeout)
}

var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |WARNING: DATA RACE|.*BUG REPORT START)`)

func (s *Server) cleanup() {
	if s.process == nil {
		return
	}
	if !s.stopped && !s.Alive() {
		s.t.Errorf("%s ended by itself: %v", s.program.Name, s.process.Err())
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
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}
