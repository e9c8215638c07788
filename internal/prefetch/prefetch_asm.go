//go:build amd64 || arm64

package prefetch

import "unsafe"

// Line asks for the cache line of p. It never faults, whatever p is.
//
//go:noescape
func Line(p unsafe.Pointer)

// Lines asks for the cache lines of p and of the 184 bytes behind it. It never faults, whatever p is.
//
//go:noescape
func Lines(p unsafe.Pointer)
