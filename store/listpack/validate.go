package listpack

import (
	"encoding/binary"
	"errors"
)

// What Validate finds.
var (
	ErrSize  = errors.New("listpack: the header tells another size")
	ErrEnd   = errors.New("listpack: no end")
	ErrEntry = errors.New("listpack: bad entry")
	ErrCount = errors.New("listpack: the header tells another number of entries")
)

// Validate looks at a block that may be anything. When it returns nil and deep is set, all functions of this package work on the block. Without
// deep it looks at header and end alone. As in Redis, a number may be stored as a string, or as a wider integer than it needs.
func Validate(lp []byte, deep bool) error {
	if len(lp) < EmptySize || uint64(binary.LittleEndian.Uint32(lp)) != uint64(len(lp)) {
		return ErrSize
	}
	if lp[len(lp)-1] != end {
		return ErrEnd
	}
	if !deep {
		return nil
	}
	n, off := 0, HeaderSize
	for ; off < len(lp)-1; n++ {
		size := validSize(lp[:len(lp)-1], off)
		if size == 0 || Prev(lp, off+size) != off {
			return ErrEntry
		}
		off += size
	}
	if want := int(binary.LittleEndian.Uint16(lp[4:])); want != uncounted && want != n {
		return ErrCount
	}
	return nil
}

// validSize is the size of the entry at off in entries, which end where these do; 0 if it is not one.
func validSize(entries []byte, off int) int {
	b, left := entries[off], len(entries)-off
	if b > enc64Int || left < headLen(b) {
		return 0
	}
	if size := Size(entries, off); size <= left {
		return size
	}
	return 0
}

// headLen is how many bytes of an entry tell its size.
func headLen(b byte) int {
	switch {
	case b < enc12Str || b > enc32Str:
		return 1
	case b < enc32Str:
		return 2
	}
	return 5
}
