package main

import (
	"os"
	"path/filepath"
	"testing"

	"radish/config"
)

func TestCrashOutput(t *testing.T) {
	v := *config.Default().Load()
	for _, c := range []struct {
		file    string
		enabled bool
		made    bool
	}{
		{"", true, false},
		{filepath.Join(t.TempDir(), "log"), true, true},
		{filepath.Join(t.TempDir(), "log"), false, false},
	} {
		v.LogFile, v.CrashLogEnabled = c.file, c.enabled
		if err := crashOutput(&v); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(c.file); (err == nil) != c.made {
			t.Errorf("%+v: %v", c, err)
		}
	}
	v.LogFile, v.CrashLogEnabled = filepath.Join(t.TempDir(), "nosuch", "log"), true
	if err := crashOutput(&v); err == nil {
		t.Error("a file in no directory is no error")
	}
}
