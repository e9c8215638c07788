package slab

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// block is a chunk that a test holds: its first and last bytes are a stamp.
type block struct {
	p     unsafe.Pointer
	n     int
	stamp uint64
}

func (b *block) bytes() []byte { return unsafe.Slice((*byte)(b.p), b.n) }

func (b *block) write() {
	b.stamp = rand.Uint64()
	for i, m := range []int{0, b.n - 8} {
		if b.n >= 8 {
			binary.LittleEndian.PutUint64(b.bytes()[m:], b.stamp+uint64(i))
		}
	}
	if b.n < 16 && b.n >= 8 {
		binary.LittleEndian.PutUint64(b.bytes(), b.stamp)
	}
}

func (b *block) ok() bool {
	if b.n < 8 {
		return true
	}
	if binary.LittleEndian.Uint64(b.bytes()) != b.stamp {
		return false
	}
	return b.n < 16 || binary.LittleEndian.Uint64(b.bytes()[b.n-8:]) == b.stamp+1
}

func verify(t *testing.T, a *Arena, blocks []*block) {
	t.Helper()
	var c Census
	for _, b := range blocks {
		c.Add(b.n)
		if !b.ok() {
			t.Fatalf("a chunk of %d bytes at %p was overwritten", b.n, b.p)
		}
	}
	if err := a.Check(&c); err != nil {
		t.Fatal(err)
	}
	if err := a.CheckUsage(nil); err != nil {
		t.Fatal(err)
	}
}

func randomSize() int {
	switch rand.IntN(20) {
	case 0:
		return 1 + rand.IntN(2*MaxChunk)
	case 1, 2:
		return 1 + rand.IntN(30000)
	}
	return 1 + rand.IntN(400)
}

// Chunks do not overlap, keep their bytes while others come, go, grow and move, and everything goes back at the end.
func TestArenaRandom(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	a := NewArena(ps)
	var blocks []*block
	for i := range 30000 {
		switch op := rand.IntN(10); {
		case op < 5 && len(blocks) < 3000:
			b := &block{n: randomSize()}
			b.p = a.Alloc(b.n)
			if uintptr(b.p)%8 != 0 || (b.n%64 == 0 || b.n > 512) && uintptr(b.p)%64 != 0 {
				t.Fatalf("%d bytes at %p", b.n, b.p)
			}
			b.write()
			blocks = append(blocks, b)
		case op < 6 && len(blocks) > 0:
			b := blocks[rand.IntN(len(blocks))]
			n := randomSize()
			keep := min(n, b.n)
			first := b.bytes()[0]
			b.p, b.n = a.Realloc(b.p, b.n, n, keep), n
			if b.bytes()[0] != first {
				t.Fatalf("Realloc to %d bytes lost the contents", n)
			}
			b.write()
		case len(blocks) > 0:
			j := rand.IntN(len(blocks))
			b := blocks[j]
			if !b.ok() {
				t.Fatalf("a chunk of %d bytes was overwritten", b.n)
			}
			a.Free(b.p, b.n)
			blocks[j] = blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
		}
		if i%3000 == 2999 {
			verify(t, a, blocks)
			held, _ := a.Fragmentation()
			a.MarkSparse()
			for _, b := range blocks {
				b.p = a.Move(b.p, b.n)
			}
			a.Unmark()
			verify(t, a, blocks)
			if now, _ := a.Fragmentation(); now > held {
				t.Fatalf("compacting took %d bytes of pages, before %d", now, held)
			}
		}
	}
	for _, b := range blocks {
		a.Free(b.p, b.n)
	}
	verify(t, a, nil)
	a.MarkSparse()
	if a.Used() != 0 || ps.Held() != 0 {
		t.Fatalf("%d bytes used, %d held at the end", a.Used(), ps.Held())
	}
}

// After nine of ten chunks are freed at random, compacting gives most pages back.
func TestCompact(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	a := NewArena(ps)
	var blocks []*block
	for range 100_000 {
		b := &block{n: 56}
		b.p = a.Alloc(b.n)
		b.write()
		blocks = append(blocks, b)
	}
	var stay []*block
	for _, b := range blocks {
		if rand.IntN(10) > 0 {
			a.Free(b.p, b.n)
		} else {
			stay = append(stay, b)
		}
	}
	before, used := a.Fragmentation()
	marked := a.MarkSparse()
	for _, b := range stay {
		b.p = a.Move(b.p, b.n)
	}
	moved := a.Unmark()
	after, _ := a.Fragmentation()
	verify(t, a, stay)
	if float64(after) > 1.15*float64(used)+2*pageSize {
		t.Fatalf("%d bytes of pages for %d bytes of chunks, before %d (%d pages marked, %d chunks moved)", after, used, before, marked, moved)
	}
}

// New memory of a mapping is zero, also where it grew.
func TestMappingIsZero(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	a := NewArena(ps)
	n := MaxChunk + 1
	p := a.Alloc(n)
	for i := range 3 {
		b := unsafe.Slice((*byte)(p), Size(n))
		for j, c := range b {
			if c != 0 && j >= i {
				t.Fatalf("byte %d of %d is %d", j, n, c)
			}
		}
		b[i] = 1
		p = a.Realloc(p, n, 3*n, n)
		n *= 3
	}
	q := a.Realloc(p, n, 100, 100)
	if b := unsafe.Slice((*byte)(q), 100); b[0] != 1 || b[1] != 1 || b[2] != 1 || b[3] != 0 {
		t.Fatal("the contents are lost")
	}
	a.Free(q, 100)
	other := NewArena(ps)
	p = a.Alloc(n)
	if a.Give(other, p, 100) || !a.Give(other, p, n) || a.Used() != 0 || other.Used() != int64(Size(n)) {
		t.Fatal("Give")
	}
	other.Disown(p, n)
	other.Unmap(p, n)
	if other.Used() != 0 {
		t.Fatal("Disown")
	}
}

func BenchmarkAllocFree(b *testing.B) {
	ps := NewPages()
	defer ps.Close()
	a := NewArena(ps)
	var ring [1024]unsafe.Pointer
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := &ring[i%len(ring)]
		if *at != nil {
			a.Free(*at, 56)
		}
		*at = a.Alloc(56)
	}
}
