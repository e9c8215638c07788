//go:build !unix || race

package slab

import "unsafe"

// spanRegion is the usual size of a region of spans.
const spanRegion = regionSize + blockSize

// mem takes memory from the Go heap: where the system has no mmap, and in race builds, whose detector sees only the
// heap. Nothing but this table keeps the memory alive.
type mem struct {
	live map[unsafe.Pointer][]byte
}

// alloc returns n zeroed bytes, aligned to 4096.
func (m *mem) alloc(n int) (unsafe.Pointer, error) {
	const align = 4096
	b := make([]byte, n+align)
	p := unsafe.Pointer(unsafe.SliceData(b))
	p = unsafe.Add(p, (align-uintptr(p)%align)%align)
	if m.live == nil {
		m.live = make(map[unsafe.Pointer][]byte)
	}
	m.live[p] = b
	return p, nil
}

func (m *mem) free(p unsafe.Pointer, n int) bool {
	delete(m.live, p)
	return true
}

// drop says that the contents are not needed any more.
func (m *mem) drop(p unsafe.Pointer, n int) {}

// zero makes the contents zeros.
func (m *mem) zero(p unsafe.Pointer, n int) { clear(unsafe.Slice((*byte)(p), n)) }

// grow returns n bytes that start with the old bytes and end with zeros.
func (m *mem) grow(p unsafe.Pointer, old, n int) (unsafe.Pointer, error) {
	q, err := m.alloc(n)
	if err != nil {
		return nil, err
	}
	copy(unsafe.Slice((*byte)(q), n), unsafe.Slice((*byte)(p), old))
	m.free(p, old)
	return q, nil
}
