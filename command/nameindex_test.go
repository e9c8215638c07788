package command

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFoldWord(t *testing.T) {
	var b [8]byte
	for c := range 256 {
		for i := range b {
			b[i] = byte(c)
		}
		want := []byte(lowerString(string(b[:])))
		if f, g := foldName(b[:]), foldName(want); f.a != g.a || f.a != uint64(want[0])*0x0101010101010101 {
			t.Errorf("byte %#x folds to %#x", c, f.a)
		}
	}
}

// TestNameIndex compares an index with a map through random changes, with names of all lengths.
func TestNameIndex(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var x nameIndex
	model := map[string]*Spec{}
	name := func() string {
		b := make([]byte, 1+r.IntN(30))
		for i := range b {
			b[i] = "aZ_@[|"[r.IntN(6)]
		}
		if r.IntN(2) == 0 {
			b = b[:min(len(b), 4)]
		}
		return string(b)
	}
	for range 5000 {
		n := name()
		low := lowerString(n)
		switch old := model[low]; {
		case x.get([]byte(n)) != old:
			t.Fatalf("seed %d: get %q: another row", seed, n)
		case r.IntN(3) == 0:
			if x.remove(n) != old {
				t.Fatalf("seed %d: remove %q: another row", seed, n)
			}
			delete(model, low)
		default:
			s := &Spec{}
			if x.put(n, s) != (old == nil) {
				t.Fatalf("seed %d: put %q", seed, n)
			}
			if old == nil {
				model[low] = s
			}
		}
	}
	for n, s := range model {
		if x.get([]byte(strings.ToUpper(n))) != s {
			t.Errorf("seed %d: %q lost", seed, n)
		}
	}
	if x.get(nil) != nil || x.put("", &Spec{}) || new(nameIndex).get([]byte("get")) != nil {
		t.Error("an empty name or index has rows")
	}
}

func BenchmarkLookup(b *testing.B) {
	table, err := NewTable(DataSpecs()...)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []string{"GET", "set", "EXPIRE", "PEXPIREAT", "incrbyfloat", "nosuch"} {
		b.Run(n, func(b *testing.B) {
			name := []byte(n)
			b.ReportAllocs()
			for b.Loop() {
				table.Lookup(name)
			}
		})
	}
	names := bytes.Fields([]byte("get SET incr Mget expire TTL del APPEND setrange bitfield_ro"))
	b.Run("mixed", func(b *testing.B) {
		i := 0
		for b.Loop() {
			table.Lookup(names[i])
			if i++; i == len(names) {
				i = 0
			}
		}
	})
}
