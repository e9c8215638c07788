package harness

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// Process is a server's process, started without a test: for programs. It belongs to the process group that it
// leads, so that ending it ends its children.
type Process struct {
	Addr string // 127.0.0.1:port
	Log  string // path of the file with what it prints

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	err    error         // of Wait; valid once exited is closed
}

// StartProcess starts a server that works in dir and listens on a port of 127.0.0.1. Its log is dir/server.log,
// which begins anew. The options come behind those that say so. It does not wait until the server answers.
func StartProcess(path, dir string, port int, options ...string) (*Process, error) {
	p := &Process{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Log: filepath.Join(dir, "server.log"), exited: make(chan struct{})}
	p.cmd = exec.Command(path, append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir}, options...)...)
	p.cmd.Dir = dir
	p.cmd.SysProcAttr = procAttr()
	log, err := os.Create(p.Log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	started := make(chan error, 1)
	go func() {
		// The child dies with the thread that starts it (procAttr), so this goroutine keeps that thread.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
		}
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// Pid is the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Exited is closed when the process is gone.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Err is what Wait said of the process, which is gone.
func (p *Process) Err() error { return p.err }

// Alive says whether the process runs.
func (p *Process) Alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// LogText is what the server has printed.
func (p *Process) LogText() string {
	text, err := os.ReadFile(p.Log)
	if err != nil {
		return ""
	}
	return string(text)
}

// WaitReady waits until the server answers PING, be it to say that a password is needed, and has loaded its data.
func (p *Process) WaitReady(timeout time.Duration) error {
	for end := time.Now().Add(timeout); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if !p.Alive() {
			return fmt.Errorf("ended while starting: %v\n%s", p.err, p.LogText())
		}
		c, err := Dial(nil, p.Addr)
		if err != nil {
			continue
		}
		r, err := c.Try("PING")
		c.Close()
		if err == nil && !bytes.HasPrefix(r.Text, []byte("LOADING")) {
			return nil
		}
	}
	return fmt.Errorf("does not answer after %v\n%s", timeout, p.LogText())
}

// ErrSlow says that a process did not end in time.
var ErrSlow = errors.New("did not end in time")

// Terminate sends SIGTERM and waits; ErrSlow: the process still runs.
func (p *Process) Terminate(timeout time.Duration) error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.wait(timeout)
}

// Kill ends the process group with SIGKILL and waits for the process; ErrSlow: it is still there.
func (p *Process) Kill() error {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	return p.wait(stopTimeout)
}

func (p *Process) wait(timeout time.Duration) error {
	select {
	case <-p.exited:
		return nil
	case <-time.After(timeout):
		return ErrSlow
	}
}

// FreePort is a port of 127.0.0.1 that nobody listens on now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
