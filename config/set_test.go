package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestSetErrors(t *testing.T) {
	failed := func(name, why string) string {
		return "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why
	}
	local, loading := SetOptions{Local: true}, SetOptions{Loading: true}
	c := mustLoad(t, "enable-protected-configs local")
	for _, x := range []struct {
		o     SetOptions
		pairs string // name=value, separated by |
		want  string
	}{
		{local, "nosuch=1", "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"},
		{local, "include=x", "ERR Unknown option or number of arguments for CONFIG SET - 'include'"},
		{local, "hz=5|Foo=1|daemonize=yes", "ERR Unknown option or number of arguments for CONFIG SET - 'Foo'"},
		{local, "Daemonize=yes|Foo=1", failed("Daemonize", "can't set immutable config")},
		{local, "log-format=json", failed("log-format", "can't set immutable config")},
		{SetOptions{}, "DIR=/", failed("DIR", "can't set protected config")},
		{SetOptions{}, "dbfilename=x", failed("dbfilename", "can't set protected config")},
		{loading, "appendonly=no", "LOADING Redis is loading the dataset in memory"},
		{SetOptions{Local: true, Loading: true}, "dir=/", "LOADING Redis is loading the dataset in memory"},
		{loading, "dir=/", failed("dir", "can't set protected config")},
		{loading, "hz=5|nosuch=1|dir=/", "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"},
		{local, "maxmemory=1|hz=2|MAXMEMORY=2", failed("MAXMEMORY", "duplicate parameter")},
		{local, "HZ=x", failed("hz", "argument couldn't be parsed into an integer")},
		{local, "Slave-Priority=-1", failed("slave-priority", "argument must be between 0 and 2147483647 inclusive")},
		{local, "maxmemory=10000001|maxmemory-clients=200%|client-query-buffer-limit=invalid",
			failed("maxmemory-clients", "percentage argument must be less or equal to 100")},
		{local, "loglevel=x", failed("loglevel", "argument(s) must be one of the following: debug, verbose, notice, warning, nothing")},
		{local, "loglevel=", failed("loglevel", "argument(s) must be one of the following: debug, verbose, notice, warning, nothing")},
		{local, "shutdown-on-sigint=", failed("shutdown-on-sigint", "argument(s) must be one of the following: default, save, nosave, now, force")},
		{local, "save=3600  1", failed("save", "Invalid save parameters")},
		{local, "dir=/nowhere", failed("dir", "No such file or directory")},
		{local, "locale-collate=xx_YY", failed("locale-collate", "Invalid locale name")},
		{local, "tls-port=1", failed("tls-port", "tls-port cannot be set: "+cannotTLS)},
		{local, "min-slaves-to-write=1", failed("min-slaves-to-write", cannotNeedReplica)},
		{local, "cluster-announce-human-nodename=a:b", failed("cluster-announce-human-nodename", "Announced human node name contained invalid character")},
	} {
		var pairs [][2]string
		for pair := range strings.SplitSeq(x.pairs, "|") {
			name, value, _ := strings.Cut(pair, "=")
			pairs = append(pairs, [2]string{name, value})
		}
		before := c.Load()
		err := c.Set(pairs, x.o)
		if err == nil || err.Error() != x.want {
			t.Errorf("%s: %v, want %s", x.pairs, err, x.want)
		}
		if c.Load() != before {
			t.Errorf("%s: values changed", x.pairs)
		}
	}
}

func TestSetAliasBesideName(t *testing.T) {
	c := Default()
	if err := c.Set([][2]string{{"slave-priority", "1"}, {"replica-priority", "2"}}, SetOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := c.Load().ReplicaPriority; got != 2 {
		t.Errorf("the last pair does not count: %d", got)
	}
}

func TestSetProtected(t *testing.T) {
	c := mustLoad(t, "enable-protected-configs yes")
	if err := c.Set([][2]string{{"dbfilename", "x.rdb"}}, SetOptions{}); err != nil {
		t.Error(err)
	}
}

// TestHooks checks which hooks run, what they see, and what a failing one
// takes back.
func TestHooks(t *testing.T) {
	c := Default()
	var calls []string
	fail := ""
	hookFor := func(label string, show func(*Values) any) Hook {
		return func(old, new *Values) error {
			calls = append(calls, fmt.Sprintf("%s %v>%v", label, show(old), show(new)))
			if c.Load() != new {
				t.Errorf("hook %s runs before the values are published", label)
			}
			if fail == label && show(old) != show(new) && old == c.defaults {
				return errors.New("no luck")
			}
			return nil
		}
	}
	for _, err := range []error{
		c.OnChange("port", hookFor("port", func(v *Values) any { return v.Port })),
		c.OnChangeOf([]string{"oom-score-adj", "oom-score-adj-values"}, hookFor("oom", func(v *Values) any { return v.OOMScoreAdjValues[0] })),
		c.OnChange("Slave-Priority", hookFor("prio", func(v *Values) any { return v.ReplicaPriority })),
		c.OnChange("tls-cert-file", hookFor("cert", func(v *Values) any { return v.TLSCertFile })),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.OnChange("nosuch", nil); err == nil {
		t.Error("a hook for nothing was taken")
	}
	run := func(want string, wantErr string, pairs ...[2]string) {
		t.Helper()
		calls = nil
		err := c.Set(pairs, SetOptions{})
		if got := strings.Join(calls, ", "); got != want {
			t.Errorf("hooks: %s, want %s", got, want)
		}
		if text := fmt.Sprint(err); text != wantErr {
			t.Errorf("error %s, want %s", text, wantErr)
		}
	}

	fail = "port"
	run("oom 0>1, port 6379>7, oom 1>0, port 7>6379",
		"ERR CONFIG SET failed (possibly related to argument 'port') - no luck",
		[2]string{"oom-score-adj-values", "1 1 1"}, [2]string{"hz", "50"}, [2]string{"PORT", "7"}, [2]string{"replica-priority", "3"})
	if v := c.Load(); v != c.defaults {
		t.Error("old values are not back")
	}
	fail = ""
	run("oom 0>1, port 6379>7, prio 100>3", "<nil>",
		[2]string{"oom-score-adj", "yes"}, [2]string{"oom-score-adj-values", "1 1 1"}, [2]string{"port", "7"}, [2]string{"slave-priority", "3"})
	run("", "<nil>", [2]string{"port", "7"}, [2]string{"replica-priority", "3"})
	run("cert >", "<nil>", [2]string{"tls-cert-file", ""})

	if err := c.OnChange("hz", func(_, _ *Values) error { return errors.New("") }); err != nil {
		t.Fatal(err)
	}
	run("", "ERR CONFIG SET failed (possibly related to argument 'hz')", [2]string{"hz", "99"})
}

func TestSetDir(t *testing.T) {
	e := fakeEnv(map[string]string{"/a/x": "", "/b/x": ""})
	c, err := (&Loader{env: e}).Load([]string{"--enable-protected-configs", "yes", "--dir", "/a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := set(c, "dir", "../b"); err != nil || e.workingDir() != "/b" || value(t, c, "dir") != "/b" {
		t.Errorf("dir is %s, process in %s: %v", value(t, c, "dir"), e.workingDir(), err)
	}
	if err := c.Set([][2]string{{"dir", "/a"}, {"hz", "x"}}, SetOptions{}); err == nil || e.workingDir() != "/b" {
		t.Errorf("after a failure the process is in %s: %v", e.workingDir(), err)
	}
	if err := c.OnChange("hz", func(_, _ *Values) error { return errors.New("no") }); err != nil {
		t.Fatal(err)
	}
	if err := c.Set([][2]string{{"dir", "/a"}, {"hz", "77"}}, SetOptions{}); err == nil || e.workingDir() != "/b" || c.Load().Dir != "/b" {
		t.Errorf("after a refused change the process is in %s: %v", e.workingDir(), err)
	}
}

// TestConfigSanity sets every directive that can be set to what it has.
func TestConfigSanity(t *testing.T) {
	c := mustLoad(t, "enable-protected-configs yes")
	before := c.Get("*")
	for _, pair := range before {
		if e, _ := c.lookup(pair[0]); e.d.flags&immutable != 0 {
			continue
		}
		if err := set(c, pair[0], pair[1]); err != nil {
			t.Error(err)
		}
	}
	if after := c.Get("*"); !slices.Equal(before, after) {
		t.Errorf("values changed:\n%v\n%v", before, after)
	}
}

func TestSetConcurrently(t *testing.T) {
	c := Default()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				n := fmt.Sprint(1000 + g*100 + i)
				if err := c.Set([][2]string{{"maxmemory", n}, {"slowlog-max-len", n}}, SetOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 1000 {
				v := c.Load()
				if v.MaxMemory != 0 && v.MaxMemory != v.SlowlogMaxLen {
					t.Errorf("values of two changes: %d and %d", v.MaxMemory, v.SlowlogMaxLen)
				}
				c.Get("max*")
			}
		})
	}
	wg.Wait()
}
