package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseCommandLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		want commandLine
	}{
		{[]string{"a.conf"}, commandLine{file: "a.conf"}},
		{[]string{"-"}, commandLine{stdin: true}},
		{[]string{"a.conf", "--port", "1", "-"}, commandLine{file: "a.conf", stdin: true, options: `port "1" `}},
		{[]string{"-", "--port", "1"}, commandLine{stdin: true, options: `port "1" `}},
		{[]string{"--port", "1", "-", "--hz", "2"}, commandLine{options: "port \"1\" \"-\" \nhz \"2\" "}},
		{[]string{"--maxmemory 700mb", "--hz  2"}, commandLine{options: "maxmemory 700mb \nhz  2 "}},
		{[]string{"--title", "--my--title", "--hz", "2"}, commandLine{options: "title \"--my--title\" \nhz \"2\" "}},
		{[]string{"loglevel", "verbose"}, commandLine{file: "loglevel", options: `"verbose" `}},
		{[]string{"--save", "--hz", "2"}, commandLine{options: "save \"\"\nhz \"2\" "}},
		{[]string{"--hz", "2", "--SAVE"}, commandLine{options: "hz \"2\" \nSAVE \"\""}},
		{[]string{"--title", "--save", "--save", "", "--hz", "2"}, commandLine{options: "title \"--save\" \nsave \"\" \nhz \"2\" "}},
		{[]string{"--bind", "a", "b c", "-::1"}, commandLine{options: `bind "a" "b c" "-::1" `}},
		{[]string{"--'x", "--hz", "2"}, commandLine{options: "'x \nhz \"2\" "}},
		{[]string{"-p", "1"}, commandLine{options: `"-p" "1" `}},
		{[]string{""}, commandLine{}},
	} {
		if got := parseCommandLine(c.args); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.args, got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	files := map[string]string{"/start/redis.conf": "port 1\nloglevel verbose\n"}
	for _, c := range []struct {
		args []string
		want map[string]string
	}{
		{[]string{"redis.conf", "--port", "2"}, map[string]string{"port": "2", "loglevel": "verbose"}},
		{[]string{"redis.conf", "--port", "2", "-"}, map[string]string{"port": "2", "timeout": "9"}},
		{[]string{"redis.conf", "-"}, map[string]string{"port": "3", "timeout": "9"}},
		{[]string{"redis.conf", "loglevel", "verbose", "--maxmemory '700mb'", "--maxmemory-policy 'volatile-lru'"},
			map[string]string{"loglevel": "verbose", "maxmemory": "734003200", "maxmemory-policy": "volatile-lru"}},
		{[]string{"--maxmemory 700mb", "--maxmemory-policy volatile-lru"}, map[string]string{"maxmemory": "734003200", "maxmemory-policy": "volatile-lru"}},
		{[]string{"--proc-title-template", "--my--title--template", "--loglevel", "debug"},
			map[string]string{"proc-title-template": "--my--title--template", "loglevel": "debug"}},
		{[]string{"--shutdown-on-sigint", "nosave", "force", "now", "--shutdown-on-sigterm", "nosave force"},
			map[string]string{"shutdown-on-sigint": "nosave now force", "shutdown-on-sigterm": "nosave force"}},
		{[]string{"-"}, map[string]string{"port": "3", "timeout": "9"}},
		{[]string{"--logfile", ""}, map[string]string{"logfile": ""}},
	} {
		cfg, err := load(files, "port 3\ntimeout 9", c.args...)
		if err != nil {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		for name, want := range c.want {
			if got := value(t, cfg, name); got != want {
				t.Errorf("%q: %s is %q, want %q", c.args, name, got, want)
			}
		}
	}
}

func TestConfigFilePath(t *testing.T) {
	files := map[string]string{"/start/redis.conf": "dir /etc/x", "/etc/x/y.conf": ""}
	for args, want := range map[string]string{
		"redis.conf": "/start/redis.conf", "../etc/x/y.conf": "/etc/x/y.conf", "/etc/x/y.conf": "/etc/x/y.conf", "--port 1": "", " redis.conf ": "/start/redis.conf",
	} {
		c, err := load(files, "", args)
		if err != nil || c.File() != want {
			t.Errorf("file of %q: %v, %v, want %s", args, c, err, want)
		}
	}
	_, err := load(nil, "", "none.conf")
	if exit := exitOf(t, err); exit.Log != "Fatal error, can't open config file '/start/none.conf': No such file or directory" || exit.Status != 1 {
		t.Errorf("missing file: %+v", exit)
	}
}

type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestStdin(t *testing.T) {
	l := Loader{Stdin: badReader{}, env: fakeEnv(nil)}
	_, err := l.Load([]string{"-"})
	if exit := exitOf(t, err); exit.Log != "Fatal error, can't read the config from stdin: Broken pipe" {
		t.Errorf("unreadable standard input: %+v", exit)
	}
	l = Loader{env: fakeEnv(nil)}
	c, err := l.Load([]string{"-"})
	if err != nil {
		t.Fatalf("no standard input: %v", err)
	}
	if got := c.StartupLog()[0].Text; got != "Reading config from stdin" {
		t.Errorf("first line of the log: %s", got)
	}
}

func TestStartupLog(t *testing.T) {
	texts := func(c *Config) []string {
		var out []string
		for _, line := range c.StartupLog() {
			out = append(out, line.Text)
		}
		return out
	}
	c := mustLoad(t, "activerehashing yes\nslave-priority 5\nport 7\nrepl-timeout 3\nrepl-timeout 4\nunixsocket ''\nsave ''\nmasterauth ''\n")
	want := []string{"No effect (" + noRehashing + "): activerehashing", "No effect (" + noReplication + "): replica-priority, repl-timeout"}
	if got := texts(c); !slices.Equal(got, want) {
		t.Errorf("no effect: %q, want %q", got, want)
	}
	c = mustLoad(t, "oom-score-adj-values 3 2 1\nrepl-timeout 3\n")
	if got := c.StartupLog(); len(got) != 2 || got[0].Level != LogWarning || !strings.HasPrefix(got[0].Text, "The oom-score-adj-values configuration may not work") ||
		got[1].Text != "No effect ("+noReplication+"): repl-timeout" {
		t.Errorf("oom-score-adj-values: %v", got)
	}
}

// TestProcessEnv loads real files.
func TestProcessEnv(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, text := range map[string]string{
		"main.conf": "dir data\ninclude ../parts/*\nlogfile log/server.log\n", "parts/1": "port 1\n", "parts/2": "port 2\n", "parts/3/x": "", "data/log/x": "",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load([]string{"main.conf"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.File(), filepath.Join(dir, "main.conf"); got != want {
		t.Errorf("file %s, want %s", got, want)
	}
	if got, want := c.Load().Dir, filepath.Join(dir, "data"); got != want {
		t.Errorf("dir %s, want %s", got, want)
	}
	if value(t, c, "port") != "2" {
		t.Error("includes were not read in order")
	}
	if _, err := os.Stat(filepath.Join(dir, "data/log/server.log")); err != nil {
		t.Errorf("the log file was not tried: %v", err)
	}
	if _, err := Load([]string{dir}, nil); err == nil || !strings.Contains(err.Error(), "Is a directory") {
		t.Errorf("a directory as file: %v", err)
	}
	if err := c.Set([][2]string{{"maxmemory", "1"}, {"loglevel", "x"}}, SetOptions{}); err == nil {
		t.Error("bad level was taken")
	}
}
