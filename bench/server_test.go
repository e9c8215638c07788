//go:build linux

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// redisFleet starts redis-server under both names.
func redisFleet(t *testing.T) *fleet {
	t.Helper()
	path, _, err := findRedis()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFleet(path, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	return f
}

func alive(pid int) bool { return unix.Kill(pid, 0) == nil }

func TestStartAndStop(t *testing.T) {
	f := redisFleet(t)
	cpu, _, err := twoCPUs()
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.start(theirs, options{args: []string{"--maxclients", "77"}, cpu: cpu, pin: true})
	if err != nil {
		t.Fatal(err)
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(s.pid, &set); err != nil {
		t.Fatal(err)
	}
	if set.Count() != 1 || !set.IsSet(cpu) {
		t.Errorf("the server may run on %d cores", set.Count())
	}
	c, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if n, err := c.infoInt("maxclients"); n != 77 || err != nil {
		t.Errorf("maxclients %d, %v", n, err)
	}
	s.stop()
	if alive(s.pid) {
		t.Error("still there after stop")
	}
}

func TestFleetClose(t *testing.T) {
	f := redisFleet(t)
	s, err := f.start(ours, options{})
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	if alive(s.pid) {
		t.Error("a server outlived its fleet")
	}
	if _, err := os.Stat(f.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is still there: %v", err)
	}
	if _, err := f.start(ours, options{}); err == nil {
		t.Error("started after close")
	}
}

func TestStartFails(t *testing.T) {
	f := redisFleet(t)
	_, err := f.start(theirs, options{args: []string{"--no-such-directive", "1"}})
	if err == nil || !strings.Contains(err.Error(), "no-such-directive") {
		t.Errorf("error does not show what the server said: %v", err)
	}
	if len(f.running) != 0 {
		t.Errorf("%d servers are thought to run", len(f.running))
	}
	f.binaries[ours] = filepath.Join(f.dir, "absent")
	if _, err := f.start(ours, options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent binary: %v", err)
	}
}

func TestFindRedisNamesThePackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := exec.LookPath("redis-server"); err == nil {
		t.Fatal("PATH is not empty")
	}
	if _, _, err := findRedis(); !errors.Is(err, errNoRedis) || !strings.Contains(err.Error(), "apt-get install redis-server") {
		t.Errorf("%v", err)
	}
}
