package config

import (
	"regexp"
	"strings"
	"testing"
)

func TestSpecialArguments(t *testing.T) {
	for _, c := range []struct {
		args           []string
		status         int
		stdout, stderr string // beginnings
	}{
		{[]string{"-v"}, 0, "Redis server v=7.4.0 ", ""},
		{[]string{"--version"}, 0, "Redis server v=7.4.0 ", ""},
		{[]string{"-h"}, 1, "", "Usage: radish-server [FILE | -] [--directive value ...]"},
		{[]string{"--help"}, 1, "", "Usage: "},
		{[]string{"--test-memory", "100"}, 1, "", "There is no memory test here"},
		{[]string{"--check-system"}, 1, "", "There is no system check here"},
		{[]string{"x.conf", "--sentinel"}, 1, "", "sentinel mode is not supported"},
	} {
		_, err := load(nil, "", c.args...)
		exit := exitOf(t, err)
		if exit.Status != c.status || !strings.HasPrefix(exit.Stdout, c.stdout) || !strings.HasPrefix(exit.Stderr, c.stderr) || exit.Log != "" {
			t.Errorf("%q: %+v", c.args, exit)
		}
		if (exit.Stdout == "") != (c.stdout == "") || exit.Error() != strings.TrimSpace(exit.Stdout+exit.Stderr) {
			t.Errorf("%q: %+v prints %q", c.args, exit, exit.Error())
		}
	}
	l := Loader{Program: "./store", env: fakeEnv(nil)}
	if _, err := l.Load([]string{"-h"}); !strings.HasPrefix(exitOf(t, err).Stderr, "Usage: ./store ") {
		t.Errorf("usage of another name: %v", err)
	}
	_, err := load(nil, "", "-v")
	if shape := regexp.MustCompile(`^Redis server v=\d+\.\d+\.\d+ sha=[0-9a-f]{8}:\d malloc=\S+ bits=64 build=\S+\n$`); !shape.MatchString(exitOf(t, err).Stdout) {
		t.Errorf("version line %q", err)
	}
}
