//go:build linux

package main

import (
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// busyLoops starts programs that want one and the same processor.
func busyLoops(t *testing.T, n int) (pids []int) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !before.IsSet(cpu) {
		cpu++
	}
	set.Set(cpu)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	defer unix.SchedSetaffinity(0, &before)
	for range n {
		cmd := exec.Command("sh", "-c", "while :; do :; done")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
		pids = append(pids, cmd.Process.Pid)
	}
	return pids
}

func TestStallsOfOthers(t *testing.T) {
	w := stallWatch{pid: busyLoops(t, 3)[0]}
	if err := w.begin(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	time.Sleep(300 * time.Millisecond)
	lost, err := w.lost()
	if took := time.Since(begin); err != nil || lost < took/4 || lost > took {
		t.Errorf("of %v %v lost to two others, %v", took, lost, err)
	}
}

// TestStallsOfItsOwn: who sleeps has lost nothing.
func TestStallsOfItsOwn(t *testing.T) {
	cmd := exec.Command("sleep", "10")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	time.Sleep(100 * time.Millisecond) // it has begun to sleep
	w := stallWatch{pid: cmd.Process.Pid}
	if err := w.begin(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if lost, err := w.lost(); err != nil || lost != 0 {
		t.Errorf("%v lost, %v", lost, err)
	}
}

// TestLoadClock stands still while its thread does, and for what the watch says.
func TestLoadClock(t *testing.T) {
	c := loadClock{begin: time.Now(), watch: &stallWatch{pid: busyLoops(t, 3)[0]}}
	look := func(found bool) {
		t.Helper()
		if err := c.looked(found); err != nil {
			t.Fatal(err)
		}
	}
	look(true)
	time.Sleep(50 * time.Millisecond)
	look(false)
	if c.lost < 50*time.Millisecond || c.stalled {
		t.Errorf("%v lost in a pause of this thread", c.lost)
	}
	before := c.lost
	for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end); {
		look(false)
	}
	if !c.stalled {
		t.Fatal("no stall")
	}
	look(true)
	if lost := c.lost - before; c.stalled || lost < 50*time.Millisecond || lost > 200*time.Millisecond {
		t.Errorf("%v lost in 200 ms", lost)
	}
}
