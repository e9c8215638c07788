package config

import (
	"slices"
	"strings"
	"testing"
)

func TestGet(t *testing.T) {
	c := mustLoad(t, "maxmemory 1mb\nrequirepass 'a b'")
	for _, x := range []struct {
		patterns string
		want     []string
	}{
		{"maxmemory", []string{"maxmemory=1048576"}},
		{"MaxMemory", []string{"MaxMemory=1048576"}},
		{"requirepass", []string{"requirepass=a b"}},
		{"PORT port po*", []string{"PORT=6379"}},
		{"p[ok]rt PORT", []string{"port=6379"}},
		{"slaveof REPLICAOF *of", []string{"slaveof=", "REPLICAOF="}},
		{"*of", []string{"replicaof=", "slaveof="}},
		{"HASH-max-zip*", []string{"hash-max-ziplist-entries=512", "hash-max-ziplist-value=64"}},
		{"nosuch", nil},
		{"no*such", nil},
		{`po\*`, nil},
		{"key-load-delay", []string{"key-load-delay=0"}},
		{"key-load*", nil},
		{"LOG-FORMAT", []string{"LOG-FORMAT=redis"}},
		{"log?ormat", nil},
		{"", nil},
		{"hz maxmemory hz", []string{"hz=10", "maxmemory=1048576"}},
	} {
		var got []string
		for _, pair := range c.Get(strings.Split(x.patterns, " ")...) {
			got = append(got, pair[0]+"="+pair[1])
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("CONFIG GET %s: %q, want %q", x.patterns, got, x.want)
		}
	}
	if got := c.Get(); got != nil {
		t.Errorf("no pattern selects %v", got)
	}
}
