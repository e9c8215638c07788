package slab

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"unsafe"
)

// Parts count in the arena to which they belong, change it, and give all back at once.
func TestParts(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	whole := [2]*Arena{NewArena(ps), NewArena(ps)}
	var parts [2][]*Arena
	for i := range 200 {
		w := rand.IntN(2)
		switch op := rand.IntN(4); {
		case op < 2 || len(parts[w]) == 0:
			p := NewPart(whole[w])
			for range rand.IntN(2000) {
				q := p.Alloc(randomSize() % 3000)
				if n := randomSize(); n%7 == 0 {
					p.Free(p.Alloc(n), n)
				}
				*(*byte)(q) = 1
			}
			p.AddUsed(10)
			p.Alloc(MaxChunk + i)
			parts[w] = append(parts[w], p)
		case op == 2:
			n := len(parts[w]) - 1
			p := parts[w][n]
			p.CountIn(whole[1-w])
			p.CountIn(whole[1-w])
			parts[w], parts[1-w] = parts[w][:n], append(parts[1-w], p)
		default:
			n := len(parts[w]) - 1
			p := parts[w][n]
			var pending atomic.Int64
			before, bytes := whole[w].Used(), p.Bytes()
			pending.Add(bytes)
			p.Close(&pending)
			if now := whole[w].Used(); now != before-bytes || pending.Load() != 0 {
				t.Fatalf("%d bytes used, %d pending after closing %d of %d", now, pending.Load(), bytes, before)
			}
			parts[w] = parts[w][:n]
		}
		for w := range whole {
			if err := whole[w].CheckUsage(parts[w]); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A split takes what the arena has itself, and leaves the parts.
	p := whole[0].Alloc(100)
	whole[0].Alloc(2 * MaxChunk)
	o := whole[0].Split()
	if err := whole[0].CheckUsage(parts[0]); err != nil {
		t.Fatal(err)
	}
	if err := o.CheckUsage(nil); err != nil || o.Used() < 2*MaxChunk {
		t.Fatal(o.Used(), err)
	}
	o.Free(p, 100)
	o.Close(nil)
	for w := range whole {
		for _, p := range parts[w] {
			p.Close(nil)
		}
		if whole[w].Used() != 0 || whole[w].Mapped() != 0 {
			t.Fatalf("%d bytes are left", whole[w].Used())
		}
		if held, used := whole[w].Fragmentation(); held != 0 || used != 0 {
			t.Fatalf("%d of %d bytes are left", used, held)
		}
	}
	if ps.Held() != 0 {
		t.Fatalf("%d bytes held", ps.Held())
	}
	if n := unsafe.Sizeof(Arena{}); n > 4096 {
		t.Errorf("an arena takes %d bytes", n)
	}
}
