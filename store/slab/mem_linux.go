//go:build linux && !race

package slab

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const dropAdvice = unix.MADV_DONTNEED

// grow returns n bytes that start with the old bytes and end with zeros. The system moves pages, it copies nothing.
func (m *mem) grow(p unsafe.Pointer, old, n int) (unsafe.Pointer, error) {
	return unix.MremapPtr(p, uintptr(old), nil, uintptr(n), unix.MREMAP_MAYMOVE)
}

// zero gives the memory back and keeps the addresses, which read as zeros.
func (m *mem) zero(p unsafe.Pointer, n int) {
	b := unsafe.Slice((*byte)(p), n)
	if unix.Madvise(b, unix.MADV_DONTNEED) != nil { // of locked memory (mlockall) the system takes nothing back
		clear(b)
	}
}
