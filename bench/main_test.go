//go:build linux

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestChooseSections(t *testing.T) {
	all, err := chooseSections("")
	if err != nil || len(all) != len(sections()) {
		t.Errorf("%d sections, %v", len(all), err)
	}
	some, err := chooseSections("expiry,cpu")
	if err != nil || len(some) != 2 || some[0].name != "cpu" || some[1].name != "expiry" {
		t.Errorf("%v, %v", some, err)
	}
	for _, bad := range []string{"nope", "cpu,", "cpu,cpu"} {
		if _, err := chooseSections(bad); err == nil || !strings.Contains(err.Error(), "memory") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestRunArguments(t *testing.T) {
	if err := run([]string{"-only", "nope"}, io.Discard); err == nil {
		t.Error("no error for an unknown section")
	}
	t.Setenv("PATH", t.TempDir())
	if err := run(nil, io.Discard); !errors.Is(err, errNoRedis) {
		t.Errorf("without redis-server: %v", err)
	}
}

func TestModuleRoot(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bench", "main.go")); err != nil {
		t.Error(err)
	}
}

func TestFailedSectionsLeaveARow(t *testing.T) {
	b := &bench{begin: time.Now()}
	rows, failed := b.measure([]section{
		{name: "bad", run: func(*bench) ([]row, error) { return nil, errors.New("broke\ndown") }},
		{name: "good", run: func(*bench) ([]row, error) { return []row{{what: "x"}}, nil }},
	})
	if !failed || len(rows) != 2 || rows[0].note != "broke down" || rows[0].verdict != unmeasured || rows[1].what != "x" {
		t.Errorf("%v, %+v", failed, rows)
	}
}

func TestScaled(t *testing.T) {
	if n := (&bench{quick: true}).scaled(100, 10); n != 10 {
		t.Errorf("%d", n)
	}
	if n := (&bench{}).scaled(100, 10); n != 100 {
		t.Errorf("%d", n)
	}
}
