package config

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestNames compares all names that CONFIG GET * lists, and their defaults,
// with Redis 7.2's, which testdata/defaults.tsv holds.
func TestNames(t *testing.T) {
	data, err := os.ReadFile("testdata/defaults.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, def, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		want[name] = def
	}
	c, err := load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range c.Get("*") {
		name, got := pair[0], pair[1]
		def, ok := want[name]
		delete(want, name)
		switch {
		case !ok:
			t.Errorf("%s is not listed by Redis", name)
		case name == "dir":
			if got != "/start" {
				t.Errorf("dir is %s", got)
			}
		case name == "io-threads":
			if got != "3" {
				t.Errorf("io-threads is %s", got)
			}
		case got != def:
			t.Errorf("%s is %q, want %q", name, got, def)
		}
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

func TestDefault(t *testing.T) {
	c := Default()
	v := c.Load()
	if v != c.Defaults() || v.Port != 6379 || !slices.Equal(v.Bind, []string{"*", "-::*"}) || v.MaxMemoryPolicy != NoEviction || v.IOThreads < 1 || v.Dir == "" {
		t.Errorf("defaults: %+v", v)
	}
	if c.File() != "" || c.Renamings() != nil || c.StartupLog() != nil {
		t.Errorf("a default configuration has a history: %v", c)
	}
	for n, want := range map[int]int{-1: 1, 0: 1, 5: 5, 1000: 128} {
		if got := newConfig(fakeEnv(nil), func() int { return n }).Load().IOThreads; got != want {
			t.Errorf("%d CPUs make %d I/O threads, want %d", n, got, want)
		}
	}
}

func TestGiven(t *testing.T) {
	c, err := Load([]string{"--IO-Threads", "3"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Given("io-threads") || c.Given("port") {
		t.Error("io-threads was set, port was not")
	}
}

func TestSensitive(t *testing.T) {
	c := Default()
	for name, want := range map[string]bool{"requirepass": true, "MasterAuth": true, "masteruser": true, "port": false, "nosuch": false} {
		if got := c.Sensitive(name); got != want {
			t.Errorf("%s: sensitive %v", name, got)
		}
	}
}

func TestNoEffect(t *testing.T) {
	c := Default()
	for name, want := range map[string]string{"port": "", "Slave-Priority": noReplication, "activedefrag": ownCompaction, "nosuch": ""} {
		if got := c.NoEffect(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestLoadDoesNotAllocate keeps reads of the configuration cheap.
func TestLoadDoesNotAllocate(t *testing.T) {
	c := Default()
	sum := int64(0)
	if n := testing.AllocsPerRun(100, func() { sum += c.Load().MaxMemory }); n != 0 {
		t.Errorf("%v allocations a read", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	c := Default()
	sum := int64(0)
	for range b.N {
		sum += c.Load().ProtoMaxBulkLen
	}
	if sum == 0 {
		b.Fatal("no value")
	}
}
