//go:build linux

package main

import (
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// burn keeps two threads busy until the process has used so much more CPU time.
func burn(t *testing.T, d time.Duration) {
	t.Helper()
	var stop atomic.Bool
	defer stop.Store(true)
	go func() {
		for turns := 0; !stop.Load(); turns++ {
		}
	}()
	for end := usage(t) + d; usage(t) < end; {
		continue
	}
}

// usage is the process's own user and system time as getrusage has it.
func usage(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The clock counts all threads of the process, as getrusage does.
func TestCPUTime(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	usedBefore := usage(t)
	burn(t, 200*time.Millisecond)
	after, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	clock, used := after-before, usage(t)-usedBefore
	if diff := clock - used; diff.Abs() > 30*time.Millisecond {
		t.Errorf("the clock counted %v, getrusage %v", clock, used)
	}
}

func TestCPUTimeOfNobody(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if d, err := cpuTime(cmd.Process.Pid); err == nil {
		t.Errorf("an ended process has used %v", d)
	}
}

func TestRss(t *testing.T) {
	const size = 64 << 20
	before, err := rss(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	mem, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mem)
	for i := 0; i < size; i += 4096 {
		mem[i] = 1
	}
	after, err := rss(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if grown := after - before; grown < size*9/10 || grown > size*11/10 {
		t.Errorf("touching %d bytes grew RSS by %d", size, grown)
	}
}

func TestParseKilobytes(t *testing.T) {
	text := "5598ab400000-7ffd1c3ff000 ---p 00000000 00:00 0                          [rollup]\n" +
		"Rss:               11904 kB\nPss:                9120 kB\n"
	if n, err := parseKilobytes([]byte(text), "Rss"); n != 11904<<10 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, bad := range []string{"", "Pss: 3 kB\n", "Rss: x kB\n"} {
		if n, err := parseKilobytes([]byte(bad), "Rss"); err == nil {
			t.Errorf("%q: %d", bad, n)
		}
	}
}

func TestPinThreads(t *testing.T) {
	server, client, err := twoCPUs()
	if err != nil {
		t.Fatal(err)
	}
	if server == client {
		t.Fatalf("both on core %d", server)
	}
	var before, pinned, after unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	undo, err := pinThreads(client)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SchedGetaffinity(0, &pinned); err != nil {
		t.Fatal(err)
	}
	if pinned.Count() != 1 || !pinned.IsSet(client) {
		t.Errorf("pinned to %d cores", pinned.Count())
	}
	undo()
	if err := unix.SchedGetaffinity(0, &after); err != nil {
		t.Fatal(err)
	}
	if after != before {
		t.Error("not unpinned")
	}
}
