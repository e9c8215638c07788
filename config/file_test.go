package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fatalCase is a configuration that is refused.
type fatalCase struct {
	file   string
	args   []string // options
	line   int      // 0: the report names no line
	text   string   // the line as it is reported
	reason string
}

func fatalCases() []fatalCase {
	opt := func(text, reason string, args ...string) fatalCase {
		return fatalCase{args: args, line: 2, text: text, reason: reason}
	}
	file := func(text, reason string) fatalCase {
		return fatalCase{file: "# first\n\n " + text + " \t\nport 1\n", line: 3, text: strings.TrimSpace(text), reason: reason}
	}
	return []fatalCase{
		// the shape of lines
		file(`port "1`, "Unbalanced quotes in configuration line"),
		file(`port "1"2`, "Unbalanced quotes in configuration line"),
		file("nosuch 1", "Bad directive or wrong number of arguments"),
		file("Nosuch", "Bad directive or wrong number of arguments"),
		file(`"" x`, "Bad directive or wrong number of arguments"),
		file("include", "Bad directive or wrong number of arguments"),
		file("include a b", "Bad directive or wrong number of arguments"),
		file("rename-command GET", "Bad directive or wrong number of arguments"),
		file("user", "Bad directive or wrong number of arguments"),
		file("loadmodule", "Bad directive or wrong number of arguments"),
		file("lua-replicate-commands", "Bad directive or wrong number of arguments"),
		file("list-max-ziplist-value 1 2", "Bad directive or wrong number of arguments"),
		file("sentinel monitor x", "sentinel directive while not in sentinel mode"),
		file("a.b", "Module config specified without value"),
		file("PORT", "wrong number of arguments"),
		file("port 1 2", "wrong number of arguments"),
		file("logfile", "wrong number of arguments"),
		file("dir", "wrong number of arguments"),
		file("notify-keyspace-events A B", "wrong number of arguments"),
		// kinds of values
		file("daemonize maybe", "argument must be 'yes' or 'no'"),
		file(`port ""`, "argument couldn't be parsed into an integer"),
		file("port 65536", "argument must be between 0 and 65535 inclusive"),
		file("databases 0", "argument must be between 1 and 2147483647 inclusive"),
		file("maxclients 0", "argument must be between 1 and 4294967295 inclusive"),
		file("io-threads 0", "argument must be between 1 and 128 inclusive"),
		file("maxmemory 1x", "argument must be a memory value"),
		file("maxmemory -1", "argument must be a memory value"),
		file("proto-max-bulk-len 1mb1", "argument must be a memory value"),
		file("proto-max-bulk-len 1000000", "argument must be between 1048576 and 9223372036854775807 inclusive"),
		file("maxmemory-clients x%", "argument must be a memory or percent value"),
		file("maxmemory-clients 101%", "percentage argument must be less or equal to 100"),
		file("unixsocketperm 8", "argument couldn't be parsed as an octal number"),
		file("unixsocketperm 1000", "argument must be between 0 and 777 inclusive"),
		file("maxmemory-policy lru", "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"),
		file("supervised maybe", "argument(s) must be one of the following: upstart, systemd, auto, no"),
		file("shutdown-on-sigint", "argument(s) must be one of the following: default, save, nosave, now, force"),
		file("shutdown-on-sigint now later", "argument(s) must be one of the following: default, save, nosave, now, force"),
		file("shutdown-on-sigterm save nosave", "shutdown options SAVE and NOSAVE can't be used simultaneously"),
		// checks of single directives
		file("dir /nowhere", "No such file or directory"),
		file("dbfilename a/b", "dbfilename can't be a path, just a filename"),
		file(`dbfilename "a\\b"`, "dbfilename can't be a path, just a filename"),
		file(`appendfilename ""`, "appendfilename can't be empty"),
		file("appendfilename a/b", "appendfilename can't be a path, just a filename"),
		file(`appenddirname ""`, "appenddirname can't be empty"),
		file("appenddirname a/b", "appenddirname can't be a path, just a dirname"),
		file("cluster-announce-hostname a_b", "Hostnames may only contain alphanumeric characters, hyphens or dots"),
		file("cluster-announce-hostname "+strings.Repeat("a", 256), "Hostnames must be less than 256 characters"),
		file("proc-title-template {nosuch}", "template format is invalid or contains unknown variables"),
		file("save 1", "Invalid save parameters"),
		file("save 0 1", "Invalid save parameters"),
		file("save 1 -1", "Invalid save parameters"),
		file("save 1 x", "Invalid save parameters"),
		file("client-output-buffer-limit normal 1 2", "Wrong number of arguments in buffer limit configuration."),
		file("client-output-buffer-limit master 0 0 0", "Invalid client class specified in buffer limit configuration."),
		file("client-output-buffer-limit pubsub 1 x 0", "Error in hard, soft or soft_seconds setting in buffer limit configuration."),
		file("client-output-buffer-limit pubsub 1 1 -1", "Error in hard, soft or soft_seconds setting in buffer limit configuration."),
		file("oom-score-adj-values 1 2", "wrong number of arguments"),
		file("oom-score-adj-values 1 2 2001", "Invalid oom-score-adj-values, elements must be between -2000 and 2000."),
		file("notify-keyspace-events KB", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
		file("bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "Too many bind addresses specified."),
		file("replicaof localhost", "wrong number of arguments"),
		file("replicaof localhost 65536", "Invalid master port"),
		file("slaveof localhost 1x", "Invalid master port"),
		file("latency-tracking-info-percentiles 50 x", "Invalid latency-tracking-info-percentiles parameters"),
		file("latency-tracking-info-percentiles 100.1", "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"),
		{file: "logfile /nowhere/log\n", reason: "Can't open the log file: No such file or directory"},
		// options
		opt(`port`, "wrong number of arguments", "--port"),
		opt(`port "--loglevel" "verbose"`, "wrong number of arguments", "--port", "--loglevel", "verbose"),
		opt(`port "6379" "6380"`, "wrong number of arguments", "--port", "6379", "6380"),
		{args: []string{"--port", "--bla", "--loglevel", "verbose"}, line: 2, text: `port "--bla"`, reason: "argument couldn't be parsed into an integer"},
		{args: []string{"--port", "6380", "--loglevel"}, line: 3, text: "loglevel", reason: "wrong number of arguments"},
		{args: []string{"--shutdown-on-sigint", "now force", "--shutdown-on-sigterm"}, line: 3, text: "shutdown-on-sigterm",
			reason: "argument(s) must be one of the following: default, save, nosave, now, force"},
		opt(`replicaof "--127.0.0.1" "abc"`, "Invalid master port", "--replicaof", "--127.0.0.1", "abc"),
		opt(`replicaof "--127.0.0.1"`, "wrong number of arguments", "--replicaof", "--127.0.0.1", "--abc"),
		opt(`"a b\n"`, "Bad directive or wrong number of arguments", "--", "a b\n"),
		opt(`"-" "x"`, "Bad directive or wrong number of arguments", "-", "-", "x"),
		{file: "hz 1\nhz 2\n", args: []string{"--port", "x"}, line: 4, text: `port "x"`, reason: "argument couldn't be parsed into an integer"},
	}
}

// args is the command line of the case.
func (c fatalCase) argv() []string {
	if c.file == "" {
		return c.args
	}
	return append([]string{"redis.conf"}, c.args...)
}

func TestFatal(t *testing.T) {
	for _, c := range fatalCases() {
		_, err := load(map[string]string{"/start/redis.conf": c.file}, "", c.argv()...)
		want := "\n*** FATAL CONFIG FILE ERROR (Redis 7.4.0) ***\n"
		if c.line > 0 {
			want += fmt.Sprintf("Reading the configuration file, at line %d\n>>> '%s'\n", c.line, c.text)
		}
		want += c.reason + "\n"
		if err == nil {
			t.Errorf("%q %q was taken", c.file, c.args)
			continue
		}
		if exit := exitOf(t, err); exit.Stderr != want || exit.Status != 1 || exit.Stdout+exit.Log != "" {
			t.Errorf("%q %q: %+v, want\n%s", c.file, c.args, exit, want)
		}
	}
}

// reasonOf is the last line of the report of a refused configuration.
func reasonOf(t *testing.T, text string, options ...string) string {
	t.Helper()
	_, err := load(map[string]string{"/start/redis.conf": text}, "", append([]string{"redis.conf"}, options...)...)
	if err == nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(exitOf(t, err).Stderr), "\n")
	return lines[len(lines)-1]
}

func TestUnsupported(t *testing.T) {
	for text, want := range map[string]string{
		"replicaof 127.0.0.1 6379":                               cannotReplicate,
		"slaveof 127.0.0.1 6379":                                 cannotReplicate,
		"min-replicas-to-write 1":                                cannotNeedReplica,
		"cluster-enabled yes":                                    cannotCluster,
		"tls-port 6380":                                          "tls-port cannot be set: " + cannotTLS,
		"tls-replication yes":                                    "tls-replication cannot be yes: " + cannotTLS,
		"tls-cluster yes":                                        "tls-cluster cannot be yes: " + cannotTLS,
		"aclfile /users.acl":                                     cannotACLFile,
		"loadmodule /m.so arg":                                   cannotModule,
		"bf.size 100":                                            string(errModuleDirective),
		"user alice on":                                          cannotUser,
		"user default on nopass":                                 cannotUser,
		"user default off nopass ~* &* +@all":                    cannotUser,
		"user default on nopass ~k* &* +@all":                    cannotUser,
		"user default on >pw ~* &* +@all":                        cannotUser,
		"user default on nopass #00 ~* &* +@all":                 cannotUser,
		"user default on #00 ~* &* +@all":                        cannotUser + ", and its password is that of requirepass",
		"requirepass x\nuser default on nopass ~* &* +@all":      cannotUser + ", and its password is that of requirepass",
		"user default on nopass ~* &* +@all\nrequirepass x":      cannotUser + ", and its password is that of requirepass",
		"min-replicas-to-write 1\nmin-replicas-to-write 0":       "",
		"replicaof 127.0.0.1 6379\nslaveof NO one":               "",
		"tls-port 0\ncluster-enabled no\naclfile ''\nsentinel":   "",
		"user default on nopass sanitize-payload ~* &* +@all":    "",
		"user default ON NOPASS allkeys allchannels allcommands": "",
		"requirepass foo\nuser default on #2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae ~* &* +@all": "",
	} {
		if got := reasonOf(t, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := reasonOf(t, "min-replicas-to-write 1", "--min-replicas-to-write", "0"); got != "" {
		t.Errorf("an option cannot take min-replicas-to-write back: %s", got)
	}
	_, err := load(map[string]string{"/start/redis.conf": "hz 1\nhz 2\nMin-Replicas-To-Write  '1'\n"}, "", "redis.conf")
	if exit := exitOf(t, err); !strings.Contains(exit.Stderr, "at line 3\n>>> 'Min-Replicas-To-Write  '1''\n") {
		t.Errorf("report does not show the line: %s", exit.Stderr)
	}
}

func TestInclude(t *testing.T) {
	files := map[string]string{
		"/start/redis.conf":          "port 1\ninclude conf.d/*.conf\ninclude sub/last.conf\ninclude none/*.conf\ninclude conf.d/[!ab].txt\n",
		"/start/conf.d/a.conf":       "port 2\nhz 20", // no new line at the end
		"/start/conf.d/b.conf":       "port 3\ndir sub\n",
		"/start/conf.d/.hidden.conf": "port 99\n",
		"/start/conf.d/c.conf/x":     "nosuch\n",
		"/start/sub/sub/last.conf":   "timeout 7\n",
		"/start/sub/conf.d/c.txt":    "maxmemory 9\n",
		"/start/sub/conf.d/a.txt":    "maxmemory 8\n",
	}
	c, err := load(files, "", "redis.conf")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"port": "3", "hz": "20", "timeout": "7", "dir": "/start/sub", "maxmemory": "9"} {
		if got := value(t, c, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestIncludeErrors(t *testing.T) {
	_, err := load(map[string]string{"/start/redis.conf": "include none.conf"}, "", "redis.conf")
	if exit := exitOf(t, err); exit.Log != "Fatal error, can't open config file 'none.conf': No such file or directory" || exit.Status != 1 {
		t.Errorf("missing include: %+v", exit)
	}
	_, err = load(map[string]string{"/start/redis.conf": "hz 5\ninclude redis.conf"}, "", "redis.conf")
	want := "at line 2\n>>> 'include redis.conf'\ninclude directives nested too deep\n"
	if exit := exitOf(t, err); !strings.HasSuffix(exit.Stderr, want) {
		t.Errorf("endless include: %+v", exit)
	}
	doubling := map[string]string{"/start/f40": "hz 5"}
	for i := range 40 {
		doubling[fmt.Sprintf("/start/f%d", i)] = fmt.Sprintf("include f%d\ninclude f%d", i+1, i+1)
	}
	_, err = load(doubling, "", "f0")
	if exit := exitOf(t, err); !strings.HasSuffix(exit.Stderr, "\ntoo many include directives\n") {
		t.Errorf("doubling includes: %+v", exit)
	}
	_, err = load(map[string]string{"/start/redis.conf": "\n\ninclude b.conf", "/start/b.conf": "# b\nfoo"}, "", "redis.conf")
	want = "at line 2\n>>> 'foo'\nBad directive or wrong number of arguments\n"
	if exit := exitOf(t, err); !strings.HasSuffix(exit.Stderr, want) {
		t.Errorf("error in an included file: %+v", exit)
	}
}

func TestRenameCommand(t *testing.T) {
	commands := func(name string) bool {
		return slices.Contains([]string{"get", "set", "flushall"}, strings.ToLower(name))
	}
	for _, c := range []struct {
		text, reason string
		want         []Renaming
	}{
		{"rename-command FLUSHALL ''", "", []Renaming{{"FLUSHALL", ""}}},
		{"rename-command get g\nrename-command G h", "", []Renaming{{"get", "g"}, {"G", "h"}}},
		{"rename-command get tmp\nrename-command set get\nrename-command tmp set", "", []Renaming{{"get", "tmp"}, {"set", "get"}, {"tmp", "set"}}},
		{"rename-command get GET", "", []Renaming{{"get", "GET"}}},
		{"rename-command nosuch x", "No such command in rename-command", nil},
		{"rename-command get set", "Target command name already exists", nil},
		{"rename-command get ''\nrename-command get x", "No such command in rename-command", nil},
		{"rename-command get a\nrename-command set A", "Target command name already exists", nil},
	} {
		l := Loader{HasCommand: commands, env: fakeEnv(map[string]string{"/start/f": c.text})}
		got, err := l.Load([]string{"f"})
		if c.reason != "" {
			if err == nil || !strings.HasSuffix(err.Error(), c.reason) {
				t.Errorf("%q: error %v, want %s", c.text, err, c.reason)
			}
			continue
		}
		if err != nil || !slices.Equal(got.Renamings(), c.want) {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
	if c := mustLoad(t, "rename-command anything x\nrename-command x ''"); len(c.Renamings()) != 2 {
		t.Error("without a list of commands every name should be one")
	}
	if got := reasonOf(t, "rename-command a x\nrename-command b x"); got != "Target command name already exists" {
		t.Errorf("without a list of commands: %q", got)
	}
}

func TestLaterWins(t *testing.T) {
	c := mustLoad(t, "hash-max-ziplist-entries 20\nhash-max-listpack-entries 21\nbind a b\nbind c\n", "--bind", "d e")
	if got := value(t, c, "hash-max-ziplist-entries"); got != "21" {
		t.Errorf("the later name counts: %s", got)
	}
	if got := value(t, c, "bind"); got != "d e" {
		t.Errorf("bind is %s", got)
	}
}

func TestSaveInFiles(t *testing.T) {
	const standard = "3600 1 300 100 60 10000"
	for _, c := range []struct {
		text    string
		options []string
		want    string
	}{
		{"hz 1", nil, standard},
		{"save 900 1\nsave 300 10 60 5", nil, "900 1 300 10 60 5"},
		{"save '900 1 300 10'", nil, "900 1 300 10"},
		{"save ''", nil, ""},
		{"save 1 2\nsave ''\nsave 3 4", nil, "3 4"},
		{"save 900 1", []string{"--save", "100", "100"}, "900 1 100 100"},
		{"save 900 1", []string{"--save", ""}, ""},
		{"save 900 1", []string{"--save"}, ""},
		{"save 900 1", []string{"--save", "--hz", "3"}, ""},
		{"save 1 4294967297", nil, "1 1"},
		{`save "'1"`, nil, ""}, // the argument cannot be split, so it is none
		{"save", nil, ""},
	} {
		if got := value(t, mustLoad(t, c.text, c.options...), "save"); got != c.want {
			t.Errorf("%q %q: save is %q, want %q", c.text, c.options, got, c.want)
		}
	}
}

func TestZeroByteEndsLine(t *testing.T) {
	c := mustLoad(t, "hz 20\x00 30\ntimeout 5\n")
	if value(t, c, "hz") != "20" || value(t, c, "timeout") != "5" {
		t.Error("a zero byte does not end its line only")
	}
}
