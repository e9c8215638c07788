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
