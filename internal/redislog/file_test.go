package redislog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func messages(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for line := range strings.Lines(string(data)) {
		words = append(words, line[strings.LastIndexByte(line, ' ')+1:len(line)-1])
	}
	return strings.Join(words, " ")
}

func TestFileFollowsRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "server.log")
	if err := os.WriteFile(path, []byte("x * old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := New(Options{File: path})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.Noticef("a")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	l.Noticef("b")
	l.Noticef("c")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	l.Noticef("d")
	if got := messages(t, path+".1"); got != "old a" {
		t.Errorf("rotated file has %q", got)
	}
	if got := messages(t, path); got != "d" {
		t.Errorf("new file has %q", got)
	}
}

func TestFileStaysWhenReopeningFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sub")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := New(Options{File: filepath.Join(dir, "log")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.Noticef("a")
	moved := dir + ".moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	l.Noticef("b")
	if got := messages(t, filepath.Join(moved, "log")); got != "a b" {
		t.Errorf("the open file has %q", got)
	}
}

func TestFileRelativeToStart(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	l, err := New(Options{File: "log"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Chdir(t.TempDir())
	l.Noticef("a")
	if got := messages(t, filepath.Join(dir, "log")); got != "a" {
		t.Errorf("log has %q", got)
	}
}

func TestFileErrorNamesPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "log")
	_, err := New(Options{File: path})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, err := New(Options{File: t.TempDir()}); err == nil {
		t.Error("a directory was opened as log file")
	}
}
