package rdb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Files that redis-server 7.0 has written; what is in them is compared where they are loaded into a store.
func TestSamples(t *testing.T) {
	for name, want := range map[string]struct {
		keys int
		err  error
	}{
		"all": {25, nil}, "empty": {0, nil}, "lru": {2, nil}, "lfu": {1, nil}, "nosum": {1, nil}, "stream": {0, ErrUnsupported}, "function": {0, ErrUnsupported},
	} {
		f, err := os.Open(filepath.Join("..", "..", "testdata", "rdb", name+".rdb"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		keys, version, _, err := readAll(f, nil)
		if len(keys) != want.keys || !errors.Is(err, want.err) || err == nil && version != Version {
			t.Errorf("%s: %d keys of version %d, %v", name, len(keys), version, err)
		}
		types := map[Type]int{}
		for _, k := range keys {
			types[k.t]++
			if (k.idle >= 0) != (name == "lru") || (k.freq >= 0) != (name == "lfu") {
				t.Errorf("%s: %v", name, k)
			}
		}
		if name == "all" && (types[TypeString] != 12 || types[TypeQuicklist2] != 2 || types[TypeSetIntset] != 2 || types[TypeSet] != 2 ||
			types[TypeHashListpack] != 1 || types[TypeHash] != 2 || types[TypeZSetListpack] != 2 || types[TypeZSet2] != 2) {
			t.Errorf("types: %v", types)
		}
	}
}
