package persist

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAtLowPriority(t *testing.T) {
	priority := func() int {
		p, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid()) // the system call returns 20 - nice
		if err != nil {
			t.Error(err)
		}
		return 20 - p
	}
	fail := errors.New("disk full")
	if err := atLowPriority(func(*pacer) error {
		if n := priority(); n != backgroundNice {
			t.Errorf("nice is %d", n)
		}
		return fail
	}); err != fail {
		t.Error(err)
	}
	if n := priority(); n == backgroundNice {
		t.Error("this thread has that priority, too")
	}
}
