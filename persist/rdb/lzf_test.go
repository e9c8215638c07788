package rdb

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestUnpack(t *testing.T) {
	for _, c := range []struct {
		src, want string
		n         int
		ok        bool
	}{
		{"\x02abc", "abc", 3, true},
		{"\x00a\x20\x00", "aaaa", 4, true},
		{"\x00a\xe0\x03\x00", "a" + "aaaaaaaaaaaa", 13, true},
		{"\x01ab\x40\x01", "ababab", 6, true},
		{"", "", 0, true},
		{"\x02ab", "", 3, false},            // too few literals
		{"\x00a\x20", "a", 4, false},        // half a step
		{"\x00a\xe0\x03", "a", 13, false},   // half a step
		{"\x00a\xe0", "a", 13, false},       // half a step
		{"\x00a\x20\x01", "a", 4, false},    // from before the beginning
		{"\x20\x00", "", 3, false},          // from nothing
		{"\x00a\x20\x00", "a", 3, false},    // too much
		{"\x00a\x20\x00", "aaaa", 5, false}, // too little
	} {
		got, ok := appendUnpacked([]byte("before"), []byte(c.src), c.n)
		if ok != c.ok || ok && string(got) != "before"+c.want {
			t.Errorf("%q: %q, %v", c.src, got, ok)
		}
	}
}

// texts are strings of many kinds and lengths.
func texts() (all [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{4, 5, 20, 21, 33, 100, 300, 1000, 9000, 70000} {
		random, few := make([]byte, n), make([]byte, n)
		for i := range random {
			random[i], few[i] = byte(r.Uint32()), 'a'+byte(r.Uint32()%3)
		}
		all = append(all, random, few, bytes.Repeat([]byte("x"), n), bytes.Repeat([]byte("some words "), n/11+1)[:n])
		var doc []byte
		for i := 0; len(doc) < n; i++ {
			doc = fmt.Appendf(doc, `{"id": %d, "name": "n%d"}, `, i, r.IntN(1000))
		}
		all = append(all, doc[:n])
	}
	return all
}

func TestPack(t *testing.T) {
	var p packer
	for _, s := range texts() {
		out, ok := p.pack([]byte("before"), s, len(s)+len(s)/lzfLiterals+10)
		if !ok {
			t.Fatalf("%d bytes cannot be packed", len(s))
		}
		back, ok := appendUnpacked(nil, out[6:], len(s))
		if !ok || !bytes.Equal(back, s) || string(out[:6]) != "before" {
			t.Fatalf("%d bytes: %v", len(s), ok)
		}
		if _, ok := p.pack(nil, s, len(out)-6-1); ok {
			t.Fatalf("%d bytes: less than it takes is enough", len(s))
		}
	}
	p.begin = 1<<32 - 100 // it starts again
	if out, ok := p.pack(nil, bytes.Repeat([]byte("abc"), 100), 100); !ok || p.begin != 300 {
		t.Fatal(out, p.begin)
	}
}

func FuzzUnpack(f *testing.F) {
	var p packer
	for _, s := range texts() {
		out, _ := p.pack(nil, s, 2*len(s))
		f.Add(out, len(s))
	}
	f.Fuzz(func(t *testing.T, src []byte, n int) {
		n = min(max(n, 0), lzfMostFactor*len(src))
		out, ok := appendUnpacked(nil, src, n)
		if ok != (len(out) == n && ok) || len(out) > n {
			t.Fatalf("%d bytes of %d", len(out), n)
		}
	})
}

func FuzzPack(f *testing.F) {
	for _, s := range texts() {
		f.Add(s)
	}
	var p packer
	f.Fuzz(func(t *testing.T, s []byte) {
		out, ok := p.pack(nil, s, 2*len(s))
		if !ok {
			if len(s) >= 4 {
				t.Fatal("twice the room is not enough")
			}
			return
		}
		if back, ok := appendUnpacked(nil, out, len(s)); !ok || !bytes.Equal(back, s) {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}

func BenchmarkPack(b *testing.B) {
	var p packer
	for _, s := range texts() {
		if len(s) != 100 && len(s) != 70000 {
			continue
		}
		dst := make([]byte, 0, 2*len(s))
		b.Run(fmt.Sprintf("%d-%.8q", len(s), s), func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				p.pack(dst, s, len(s)-4)
			}
		})
	}
}
