package store

import (
	"bytes"
	"strings"
	"testing"

	"radish/store/slab"
)

func TestElem(t *testing.T) {
	ps := slab.NewPages()
	defer ps.Close()
	a := slab.NewArena(ps)
	for _, keyLen := range []int{0, 1, 17, 31, 32, 100, 4095, 4096, 600000} {
		for _, valueLen := range []int{-1, 0, 1, 10, 127, 128, 70000} {
			for _, num := range []uint64{0, 1 << 63} {
				key, value := bytes.Repeat([]byte("k"), keyLen), bytes.Repeat([]byte("v"), max(valueLen, 0))
				e := writeElem(a, key, value, valueLen >= 0, num, num != 0)
				if !bytes.Equal(e.key(), key) || !bytes.Equal(e.value(), value) || e.num() != num || e.hasNum() != (num != 0) {
					t.Fatalf("key of %d, value of %d: key of %d, value of %d, number %d", keyLen, valueLen, len(e.key()), len(e.value()), e.num())
				}
				if e.size() != elemSize(keyLen, max(valueLen, 0), valueLen >= 0, num != 0) || !e.keyIs(key) || e.keyIs(append(key, 'k')) || e.keyIs([]byte(strings.Repeat("x", max(keyLen, 1)))) {
					t.Fatalf("key of %d, value of %d: size %d, key is %v", keyLen, valueLen, e.size(), e.keyIs(key))
				}
				if e.hasNum() {
					e.setNum(42)
					if e.num() != 42 || !bytes.Equal(e.key(), key) || !bytes.Equal(e.value(), value) {
						t.Fatal("setNum changes something else")
					}
				}
				a.Free(e.p, e.size())
			}
		}
	}
	if a.Used() != 0 {
		t.Fatalf("%d bytes are left", a.Used())
	}
	for _, c := range []struct {
		key, value    int
		hasValue, num bool
		want          int
	}{{17, 0, false, false, 18}, {17, 0, false, true, 26}, {16, 10, true, false, 28}} {
		if n := elemSize(c.key, c.value, c.hasValue, c.num); n != c.want {
			t.Errorf("%+v: %d bytes", c, n)
		}
	}
}
