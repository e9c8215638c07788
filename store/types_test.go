package store

import "testing"

func TestNames(t *testing.T) {
	for i, want := range []string{"string", "list", "set", "zset", "hash", "stream", "unknown"} {
		if got := Type(i).String(); got != want {
			t.Errorf("type %d is %s", i, got)
		}
	}
	for i, want := range []string{"int", "embstr", "raw"} {
		if got := Encoding(i).String(); got != want {
			t.Errorf("encoding %d is %s", i, got)
		}
	}
	for i, want := range []string{"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"} {
		p := Policy(i)
		if p.String() != want || p.Volatile() != (want[0] == 'v') || p.LFU() != (want[len(want)-3:] == "lfu") {
			t.Errorf("policy %d is %s", i, p)
		}
	}
}
