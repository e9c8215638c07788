//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kind says which of the two programs a server is.
type kind int

const (
	ours kind = iota
	theirs
)

func (k kind) String() string { return [...]string{"radish", "redis-server"}[k] }

var errNoRedis = errors.New("redis-server is not in PATH: install the Debian package redis-server " +
	"(apt-get install redis-server redis-tools)")

// fleet starts servers and knows those that run, so that none outlives the program.
type fleet struct {
	binaries [2]string // by kind
	dir      string    // holds the servers' directories; removed by close

	mu      sync.Mutex
	running map[*server]struct{}
	closed  bool
}

func newFleet(radish, redis string) (*fleet, error) {
	dir, err := os.MkdirTemp("", "radish-bench-")
	if err != nil {
		return nil, err
	}
	return &fleet{binaries: [2]string{radish, redis}, dir: dir, running: make(map[*server]struct{})}, nil
}

// close kills what still runs and removes the directories. No server can be started afterwards.
func (f *fleet) close() {
	f.mu.Lock()
	f.closed = true
	left := make([]*server, 0, len(f.running))
	for s := range f.running {
		left = append(left, s)
	}
	f.mu.Unlock()
	for _, s := range left {
		s.cmd.Process.Kill()
		<-s.exited
	}
	os.RemoveAll(f.dir)
}

// server is one running process.
type server struct {
	kind   kind
	addr   string
	port   int
	pid    int
	fleet  *fleet
	cmd    *exec.Cmd
	dir    string
	exited chan struct{} // closed when the process has ended
}

// options of a server beside what all of them get.
type options struct {
	args []string
	env  []string
	cpu  int // the core that it is pinned to
	pin  bool
}

// start runs a server and returns when it answers PING.
func (f *fleet) start(k kind, o options) (*server, error) {
	// Between finding a port free and the server's bind another program may take it.
	var s *server
	var err error
	for range 3 {
		if s, err = f.startOnce(k, o); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func (f *fleet) startOnce(k kind, o options) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(f.dir, k.String()+"-")
	if err != nil {
		return nil, err
	}
	stdout, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	stderr, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	args := []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir}
	cmd := exec.Command(f.binaries[k], append(args, o.args...)...)
	cmd.Env = append(os.Environ(), o.env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	s := &server{kind: k, addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), port: port,
		fleet: f, cmd: cmd, dir: dir, exited: make(chan struct{})}
	if err := f.launch(s, o); err != nil {
		return nil, err
	}
	go func() {
		cmd.Wait()
		close(s.exited)
	}()
	if err := s.waitReady(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// launch starts the process, on its core if it is to be pinned. The child takes the affinity of the
// thread that starts it over, before it runs its first instruction.
func (f *fleet) launch(s *server, o options) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errors.New("stopped")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if o.pin {
		var before, set unix.CPUSet
		if err := unix.SchedGetaffinity(0, &before); err != nil {
			return err
		}
		set.Set(o.cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return err
		}
		defer unix.SchedSetaffinity(0, &before)
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.pid = s.cmd.Process.Pid
	f.running[s] = struct{}{}
	return nil
}

func (s *server) waitReady() error {
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-s.exited:
			return fmt.Errorf("%s ended at start-up: %s", s.kind, s.lastOutput())
		default:
		}
		c, err := dial(s.addr)
		if err != nil {
			continue
		}
		_, err = c.do("PING")
		c.close()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s does not answer PING: %s", s.kind, s.lastOutput())
}

// lastOutput returns the end of what the server printed, for messages.
func (s *server) lastOutput() string {
	stdout, _ := os.ReadFile(filepath.Join(s.dir, "stdout"))
	text := strings.TrimSpace(string(stdout) + s.errorOutput())
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// errorOutput returns all that the server has printed to its standard error.
func (s *server) errorOutput() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "stderr"))
	return string(text)
}

// stop ends the server and waits until it is gone.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		s.cmd.Process.Kill()
		<-s.exited
	}
	s.fleet.mu.Lock()
	delete(s.fleet.running, s)
	s.fleet.mu.Unlock()
}

// freePort returns a port of 127.0.0.1 that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// findRedis returns redis-server's path and the version that it prints.
func findRedis() (path, version string, err error) {
	path, err = exec.LookPath("redis-server")
	if err != nil {
		return "", "", errNoRedis
	}
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return "", "", fmt.Errorf("%s --version: %w", path, err)
	}
	fields := strings.Fields(string(out))
	i := slices.IndexFunc(fields, func(f string) bool { return strings.HasPrefix(f, "v=") })
	if i < 0 {
		return "", "", fmt.Errorf("%s --version printed %q", path, out)
	}
	return path, strings.TrimPrefix(fields[i], "v="), nil
}
