package fsystest

import (
	"errors"
	"syscall"
	"testing"
)

func TestFaulty(t *testing.T) {
	m := NewMem()
	f := NewFaulty(m)
	file := open(t, f, "log")
	f.Add(Fault{Op: OpWrite, N: 2, Times: 2, Err: syscall.ENOSPC, Short: 2})
	var got []int
	for range 4 {
		n, err := file.Write([]byte("abc"))
		if (err != nil) != (n == 2) {
			t.Error(n, err)
		}
		got = append(got, n)
	}
	if string(m.ReadFile("log")) != "abcababab"+"c" {
		t.Errorf("%v %q", got, m.ReadFile("log"))
	}
	f.Add(Fault{Err: syscall.EIO, Times: -1})
	_, stat := f.Stat("log")
	_, dir := f.ReadDir(".")
	_, size := file.Size()
	_, at := file.WriteAt([]byte("x"), 0)
	_, read := file.Read(make([]byte, 1))
	_, seek := file.Seek(0, 0)
	_, openErr := f.OpenFile("x", 0, 0)
	for i, err := range []error{stat, dir, size, at, read, seek, openErr, file.Sync(), file.Truncate(0), f.Rename("log", "x"), f.Remove("log"),
		f.Mkdir("d", 0), f.SyncDir("."), file.Close()} {
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%d: %v", i, err)
		}
	}
	f.Heal()
	called := 0
	f.Add(Fault{Op: OpRemove, Name: "log", Hook: func() { called++ }})
	must(t, f.Remove("log"))
	if called != 1 || len(f.Calls()) < 15 {
		t.Error(called, f.Calls())
	}
}
