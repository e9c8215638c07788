package prefetch

import (
	"testing"
	"unsafe"
)

func TestLineNeverFaults(t *testing.T) {
	var x [256]byte
	Line(unsafe.Pointer(&x[100]))
	Line(nil)
	Line(unsafe.Add(nil, 1<<40))
	Lines(unsafe.Pointer(&x[99]))
	Lines(nil)
}
