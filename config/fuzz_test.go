package config

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// checkLoaded checks what holds for every configuration that was taken: CONFIG
// GET's values can be set again, and a complete file of it gives it back.
func checkLoaded(t *testing.T, c *Config) {
	t.Helper()
	before := c.Get("*")
	for _, pair := range before {
		if e, _ := c.lookup(pair[0]); e.d.flags&immutable != 0 || strings.ContainsRune(pair[1], 0) || pair[0] == "dir" || pair[0] == "bind" {
			continue
		}
		if err := c.Set([][2]string{pair}, SetOptions{Local: true}); err != nil && !errorIs(err, errProtected) {
			t.Fatalf("%q cannot be set again: %v", pair, err)
		}
	}
	if strange(c.Load().Bind) { // no server starts with them, so no file is written either
		return
	}
	r := c.newRewriter("")
	for i := range c.rows {
		r.directive(&c.rows[i], c.Load(), c.defaults, true)
	}
	r.put("user", rewriteLine{defaultUserLine(c.Load()), true})
	d, err := load(fuzzFiles(), r.content(), "-")
	if err != nil {
		t.Fatalf("a complete file is refused: %v\n%s", err, r.content())
	}
	for i, after := range d.Get("*") {
		if before[i] != after {
			t.Fatalf("%q became %q", before[i], after)
		}
	}
}

// strange says whether some of the addresses are none.
func strange(addrs []string) bool {
	return slices.ContainsFunc(addrs, func(addr string) bool {
		return addr == "" || strings.Trim(addr, "0123456789abcdefghijklmnopqrstuvwxyz.:*-") != ""
	})
}

func errorIs(err error, why reason) bool { return strings.HasSuffix(err.Error(), string(why)) }

func fuzzFiles() map[string]string {
	return map[string]string{"/start/a.conf": "hz 20\n", "/start/sub/b.conf": "include ../a.conf\nport 1"}
}

func FuzzFile(f *testing.F) {
	if data, err := os.ReadFile(examplePath); err == nil {
		f.Add(string(data))
	}
	for _, c := range fatalCases() {
		f.Add(c.file)
	}
	f.Add("dir sub\ninclude *.conf\nbind 'a b' c\nsave 1 2\nsave '3 4'\n")
	f.Add("latency-tracking-info-percentiles 0x1p3 -0 99.9999999\nmaxmemory-clients 7%\nclient-output-buffer-limit replica 1gb 1k 5\n")
	f.Add("rename-command a b\nrename-command b ''\nuser default on nopass ~* &* +@all\n")
	f.Fuzz(func(t *testing.T, text string) {
		files := fuzzFiles()
		files["/start/redis.conf"] = text
		c, err := load(files, "", "redis.conf")
		if err != nil {
			exitOf(t, err)
			return
		}
		checkLoaded(t, c)
	})
}

func FuzzOptions(f *testing.F) {
	f.Add("--port\n1\n--save\n--hz 5\n-")
	f.Add("a.conf\n--bind\na\nb c\n--shutdown-on-sigterm\nnow force")
	f.Fuzz(func(t *testing.T, joined string) {
		args := strings.Split(strings.ReplaceAll(joined, "\x00", ""), "\n")
		c, err := load(fuzzFiles(), "timeout 3", args...)
		if err == nil {
			checkLoaded(t, c)
			return
		}
		var exit *Exit
		if !errors.As(err, &exit) || exit.Error() == "" {
			t.Fatalf("%q: %v", args, err)
		}
	})
}
