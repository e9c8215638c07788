//go:build unix && !race

package slab

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// spanRegion is the usual size of a region of spans: address space, of which only what is used is resident.
const spanRegion = 64 << 20

// mem takes memory from the system by mmap.
type mem struct{}

// alloc returns n zeroed bytes, aligned to the system's pages.
func (m *mem) alloc(n int) (unsafe.Pointer, error) {
	return unix.MmapPtr(-1, 0, nil, uintptr(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

// free gives a mapping back. It returns false when the system refuses that, as when there are too many mappings.
func (m *mem) free(p unsafe.Pointer, n int) bool { return unix.MunmapPtr(p, uintptr(n)) == nil }

// drop gives the memory back and keeps the addresses: the contents are not needed any more.
func (m *mem) drop(p unsafe.Pointer, n int) {
	_ = unix.Madvise(unsafe.Slice((*byte)(p), n), dropAdvice) // an advice: that the system refuses it harms nothing
}
