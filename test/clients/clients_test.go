package clients

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// clientTimeout is how long a client program may run.
const clientTimeout = 60 * time.Second

// drive runs a client program that may ask for restarts of the server.
func drive(t *testing.T, s *harness.Server, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, append(args, strconv.Itoa(s.Port))...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(clientTimeout, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out := bufio.NewScanner(stdout)
	for out.Scan() {
		if out.Text() == "RESTART" {
			s.Restart()
			if _, err := io.WriteString(stdin, "done\n"); err != nil {
				t.Error(err)
			}
			continue
		}
		t.Log(out.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, stderr.String())
	}
}

// TestPython runs python/check.py with the system's Python, which has Debian's python3-redis.
func TestPython(t *testing.T) {
	python := harness.Tool(t, "/usr/bin/python3", "python3")
	if out, err := exec.Command(python, "-c", "import redis").CombinedOutput(); err != nil {
		t.Fatalf("Python's redis is needed here (Debian package python3-redis): %s", out)
	}
	s := harness.Start(t, harness.Radish(t))
	drive(t, s, "python", python, "check.py")
}

// TestIoredis runs ioredis/check.js, and installs what package-lock.json names if that has not been done.
func TestIoredis(t *testing.T) {
	node := harness.Tool(t, "node", "nodejs")
	installModules(t, "ioredis")
	s := harness.Start(t, harness.Radish(t))
	drive(t, s, "ioredis", node, "check.js")
}

// TestGoRedis runs the tests of the module goredis.
func TestGoRedis(t *testing.T) {
	cmd := exec.Command("go", "test", "-count=1", "-timeout", "120s", "./...")
	cmd.Dir = "goredis"
	cmd.Env = append(os.Environ(), "RADISH_BINARY="+harness.Radish(t).Path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go test in test/clients/goredis: %v\n%s", err, out)
	}
}

// installModules installs what dir/package-lock.json names, unless that was done after it last changed.
func installModules(t *testing.T, dir string) {
	t.Helper()
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	// npm writes this file at the end of an installation.
	done, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err == nil && done.ModTime().After(lock.ModTime()) {
		return
	}
	cmd := exec.Command(harness.Tool(t, "npm", "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in test/clients/%s: %v\n%s", dir, err, out)
	}
}

// tool runs a program against the server and returns what it prints.
func tool(t *testing.T, s *harness.Server, stdin string, name string, args ...string) string {
	t.Helper()
	path := harness.Tool(t, name, "redis-tools")
	cmd := exec.Command(path, append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(s.Port)}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(clientTimeout, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s %q: %v\n%s", name, args, err, out.String())
	}
	return out.String()
}

// watch runs a program that does not end by itself until it has printed the text, and ends it.
func watch(t *testing.T, s *harness.Server, text, name string, args ...string) {
	t.Helper()
	path := harness.Tool(t, name, "redis-tools")
	cmd := exec.Command(path, append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(s.Port)}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := sync.OnceFunc(func() { _ = cmd.Process.Kill() })
	timer := time.AfterFunc(10*time.Second, kill)
	defer timer.Stop()
	var seen []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(seen, []byte(text)) {
		n, err := out.Read(buf)
		seen = append(seen, buf[:n]...)
		if err != nil {
			t.Errorf("%s %q did not print %q but:\n%s", name, args, text, seen)
			break
		}
	}
	kill()
	_ = cmd.Wait() // it was killed
}

func contains(t *testing.T, what, got string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(got, w) {
			t.Errorf("%s: no %q in:\n%s", what, w, got)
		}
	}
}

func TestRedisCli(t *testing.T) {
	s := harness.Start(t, harness.Radish(t))
	cli := func(stdin string, args ...string) string {
		t.Helper()
		return tool(t, s, stdin, "redis-cli", args...)
	}
	for _, tc := range []struct {
		stdin string
		args  []string
		want  string
	}{
		{"", []string{"PING"}, "PONG\n"},
		{"", []string{"SET", "k", "v"}, "OK\n"},
		{"", []string{"--no-raw", "GET", "k"}, "\"v\"\n"},
		{"", []string{"--no-raw", "MGET", "k", "none"}, "1) \"v\"\n2) (nil)\n"},
		{"", []string{"-3", "--no-raw", "MGET", "k", "none"}, "1) \"v\"\n2) (nil)\n"},
		{"", []string{"-3", "--no-raw", "CONFIG", "GET", "maxmemory"}, "1# \"maxmemory\" => \"0\"\n"},
		{"", []string{"-n", "3", "EXISTS", "k"}, "0\n"},
		{"", []string{"-r", "3", "INCR", "n"}, "1\n2\n3\n"},
		{"value from stdin", []string{"-x", "SET", "k"}, "OK\n"},
		{"", []string{"GET", "k"}, "value from stdin\n"},
		{"SET a 1\nGET a\nNOSUCH\nGET a\n", nil, "OK\n1\nERR unknown command 'NOSUCH', with args beginning with: \n\n1\n"},
		{"", []string{"--csv", "MGET", "a", "none"}, "\"1\",NULL\n"},
		{"", []string{"--json", "MGET", "a", "none"}, "[\"1\",null]\n"},
		{"", []string{"--scan", "--pattern", "[an]"}, ""},
	} {
		got := cli(tc.stdin, tc.args...)
		if tc.want != "" && got != tc.want {
			t.Errorf("redis-cli %q: %q, not %q", tc.args, got, tc.want)
		}
	}
	contains(t, "--scan", cli("", "--scan"), "k\n", "a\n", "n\n")
	contains(t, "--help of a command", cli("", "INFO", "server"), "redis_version:7.4.0", "radish_version:")
	// redis-cli takes the hints it shows while one types from COMMAND DOCS.
	contains(t, "COMMAND DOCS", cli("", "COMMAND", "DOCS", "getex"), "summary", "arguments", "PERSIST")
	watch(t, s, "connections", "redis-cli", "--stat", "-i", "0.01")
	// Without a terminal it prints the smallest, largest and mean time and the number of samples, once.
	if got := strings.Fields(cli("", "--latency", "-i", "0.1")); len(got) != 4 || got[3] == "0" {
		t.Errorf("redis-cli --latency printed %q", got)
	}
}

// TestRedisCliKeys runs the modes of redis-cli that walk the keyspace.
func TestRedisCliKeys(t *testing.T) {
	s := harness.Start(t, harness.Radish(t))
	var in strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&in, "SET key:%d %s\r\n", i, strings.Repeat("x", 1+i%200))
	}
	in.WriteString("SET biggest " + strings.Repeat("y", 5000) + "\r\n")
	var protocol []byte
	for i := range 20000 {
		protocol = harness.AppendCommand(protocol, "INCR", "counter:"+strconv.Itoa(i%10))
	}
	pipe := func(what, stdin string, replies int) {
		contains(t, what, tool(t, s, stdin, "redis-cli", "--pipe"), fmt.Sprintf("errors: 0, replies: %d\n", replies))
	}
	pipe("--pipe with inline commands", in.String(), 20001)
	pipe("--pipe", string(protocol), 20000)
	if n := s.Conn(t).Int("DBSIZE"); n != 20011 {
		t.Errorf("DBSIZE is %d", n)
	}
	contains(t, "--bigkeys", tool(t, s, "", "redis-cli", "--bigkeys"), "Sampled 20011 keys in the keyspace", "'\"biggest\"' has 5000 bytes")
	contains(t, "--memkeys", tool(t, s, "", "redis-cli", "--memkeys"), "Sampled 20011 keys in the keyspace", "\"biggest\"")
	if n := strings.Count(tool(t, s, "", "redis-cli", "--scan"), "\n"); n != 20011 {
		t.Errorf("--scan printed %d keys", n)
	}
	if n := strings.Count(tool(t, s, "", "redis-cli", "--scan", "--pattern", "counter:*"), "\n"); n != 10 {
		t.Errorf("--scan with a pattern printed %d keys", n)
	}
}

func TestRedisBenchmark(t *testing.T) {
	s := harness.Start(t, harness.Radish(t))
	tests := "ping_inline,ping_mbulk,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,zpopmin,lrange,mset"
	for _, args := range [][]string{
		{"-c", "50"}, {"-c", "20", "-P", "16"}, {"-c", "10", "-r", "1000", "-d", "1000"}, {"-c", "5", "-k", "0"},
		{"-c", "10", "--threads", "2"}, {"-c", "10", "-3"},
	} {
		n := "5000"
		if args[len(args)-1] == "0" {
			n = "200" // every request has a connection of its own
		}
		out := tool(t, s, "", "redis-benchmark", append([]string{"-q", "-n", n, "-t", tests}, args...)...)
		contains(t, "redis-benchmark", out, "PING_INLINE: ", "PING_MBULK: ", "SET: ", "GET: ", "INCR: ", "LPUSH: ", "RPUSH: ", "LPOP: ", "RPOP: ",
			"SADD: ", "HSET: ", "SPOP: ", "ZADD: ", "ZPOPMIN: ", "LRANGE_100 ", "LRANGE_300 ", "LRANGE_500 ", "LRANGE_600 ", "MSET (10 keys): ")
		if strings.Contains(out, "rror") {
			t.Errorf("redis-benchmark %q:\n%s", args, out)
		}
	}
}
