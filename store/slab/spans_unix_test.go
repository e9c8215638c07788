//go:build unix && !race

package slab

import (
	"os"
	"strings"
	"testing"
	"unsafe"
)

// However many mappings there are, and whichever go, the system sees few; their memory goes back at once, and the addresses when none is left.
func TestManyMappings(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	const n = 20_000
	size := roundUp(MaxChunk + 1)
	before := systemMappings()
	var live []unsafe.Pointer
	for range n {
		p := ps.mapping(size)
		*(*byte)(unsafe.Add(p, size/2)) = 1
		live = append(live, p)
	}
	for i := 0; i < n; i += 2 {
		ps.unmap(live[i], size)
	}
	for i := 1; i < n; i += 4 { // no hole has room for these
		p := ps.resize(live[i], size, 3*size)
		if b := unsafe.Slice((*byte)(p), 3*size); b[size/2] != 1 || b[2*size] != 0 {
			t.Fatal("the contents are wrong")
		}
		live[i] = p
	}
	if now := systemMappings(); now > before+300 {
		t.Errorf("the process has %d mappings, before %d", now, before)
	}
	if err := ps.Check(); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < n; i += 2 {
		if i%4 == 1 {
			ps.unmap(live[i], 3*size)
		} else {
			ps.unmap(live[i], size)
		}
	}
	if err := ps.Check(); err != nil || len(ps.spans.regions) > 1 || ps.spans.used != 0 {
		t.Fatalf("%v, %d regions are left, %d bytes in use", err, len(ps.spans.regions), ps.spans.used)
	}
	ps.Trim()
	if len(ps.spans.regions) != 0 {
		t.Fatal("a region is left")
	}
}

// systemMappings is how many mappings the system has of this process, 0 where it does not tell.
func systemMappings() int {
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0
	}
	return strings.Count(string(b), "\n")
}

// NoMemory is told before the panic.
func TestNoMemory(t *testing.T) {
	const much = 1 << 60
	asked := 0
	ps := NewPages()
	defer ps.Close()
	ps.NoMemory = func(n int) { asked = n }
	defer func() {
		if err := recover(); err != ErrNoMemory || asked != much {
			t.Fatalf("panic with %v, told %d", err, asked)
		}
	}()
	ps.mapping(much)
}
