package config

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

func TestStrerror(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.ENOENT, "No such file or directory"},
		{&fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "Permission denied"},
		{fmt.Errorf("outer: %w", &fs.PathError{Op: "chdir", Path: "/x", Err: syscall.ENOTDIR}), "Not a directory"},
		{reason("disk gone"), "Disk gone"},
	} {
		if got := strerror(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
