package main

import (
	"bytes"
	"os"
	"testing"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// TestReference runs the program against redis-server: what it keeps must not be found fault with.
func TestReference(t *testing.T) {
	crash(t, harness.Redis(t), "-policies", "always,no", "-rounds", "3", "-options", "")
}

// TestCrash is a short run against our server. More: make crash.
func TestCrash(t *testing.T) {
	crash(t, harness.Radish(t), "-rounds", "6")
}

func TestMoney(t *testing.T) {
	crash(t, harness.Radish(t), "-money", "3s", "-rounds", "4")
}

// crash runs the program with short rounds and fails the test if it finds something.
func crash(t *testing.T, p harness.Program, args ...string) {
	t.Helper()
	var out bytes.Buffer
	code, err := run(t.Context(), append([]string{"-server", p.Path, "-dir", t.TempDir(), "-ballast", "3000", "-work", "150ms"}, args...), &out)
	if code != 0 || err != nil {
		t.Errorf("exit status %d, %v", code, err)
	}
	t.Log("\n" + out.String())
}

func TestWrongOptions(t *testing.T) {
	var out bytes.Buffer
	for _, args := range [][]string{{"-no-such-flag"}, {"-server", "no-such-server"}, {"-for", "long"}} {
		if code, err := run(t.Context(), args, &out); code != 2 || err == nil {
			t.Errorf("%v: exit status %d, %v", args, code, err)
		}
	}
}
