//go:build unix && !linux && !race

package slab

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const dropAdvice = unix.MADV_FREE

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

// zero gives the memory back and keeps the addresses, which read as zeros: what MADV_FREE does not promise, but a new mapping in that place.
func (m *mem) zero(p unsafe.Pointer, n int) {
	_, err := unix.MmapPtr(-1, 0, p, uintptr(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED)
	if err != nil {
		clear(unsafe.Slice((*byte)(p), n))
	}
}
