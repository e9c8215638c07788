//go:build unix

package netloop

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

func mapBuf(n int) ([]byte, error) {
	n = (n + 4095) &^ 4095
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

func unmapBuf(b []byte) { unix.Munmap(b) }

// keepHead is how many bytes of b dropBuf keeps at least: the slow log shows so many.
const keepHead = 128

// dropBuf gives the memory of b back, which is a part of the mapping base, but for its first and last pages.
func dropBuf(base, b []byte) {
	if len(base) == 0 || len(b) == 0 {
		return
	}
	page := os.Getpagesize()
	from := int(uintptr(unsafe.Pointer(unsafe.SliceData(b))) - uintptr(unsafe.Pointer(unsafe.SliceData(base))))
	to := from + len(b)
	if from < 0 || to > len(base) {
		return
	}
	from, to = (from+keepHead+page-1)/page*page, to/page*page
	if from < to {
		_ = unix.Madvise(base[from:to], unix.MADV_DONTNEED) // an advice: that it is refused harms nothing
	}
}
