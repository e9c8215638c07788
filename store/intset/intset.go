// Package intset keeps a set of integers in one piece of bytes: in order, each once, all of the same width. The format is that of
// Redis, so that dumps and files match (its src/intset.c).
//
//	offset 0   uint32   width of an element in bytes: 2, 4 or 8
//	       4   uint32   number of elements
//	       8   the elements, ascending, as signed integers
//
// All numbers are little endian. The width is what the widest element needs that ever was in the set: it grows and never shrinks.
//
// Functions take the bytes of a valid set: one that these functions made, or that [Validate] passed.
package intset

import (
	"encoding/binary"
	"errors"
)

const headerSize = 8

// MaxLen is the greatest number of elements that a set may have.
const MaxLen = 1 << 30

// New is an empty set.
func New() []byte { return []byte{2, 0, 0, 0, 0, 0, 0, 0} }

// Len is the number of elements.
func Len(is []byte) int { return int(binary.LittleEndian.Uint32(is[4:])) }

func setLen(is []byte, n int) { binary.LittleEndian.PutUint32(is[4:], uint32(n)) }

// Width is the number of bytes of an element.
func Width(is []byte) int { return int(is[0]) }

// widthOf is the width that an element needs.
func widthOf(v int64) int {
	switch {
	case v == int64(int16(v)):
		return 2
	case v == int64(int32(v)):
		return 4
	}
	return 8
}

// At is element i, 0 <= i < Len.
func At(is []byte, i int) int64 { return at(is[headerSize:], Width(is), i) }

func at(data []byte, width, i int) int64 {
	switch width {
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(data[2*i:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(data[4*i:])))
	}
	return int64(binary.LittleEndian.Uint64(data[8*i:]))
}

func put(data []byte, width, i int, v int64) {
	switch width {
	case 2:
		binary.LittleEndian.PutUint16(data[2*i:], uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(data[4*i:], uint32(v))
	default:
		binary.LittleEndian.PutUint64(data[8*i:], uint64(v))
	}
}

// Search says at which index v is, or where it would have to be inserted.
func Search(is []byte, v int64) (i int, found bool) {
	n, width, data := Len(is), Width(is), is[headerSize:]
	if n == 0 {
		return 0, false
	}
	// Ascending inserts are common.
	if last := at(data, width, n-1); v >= last {
		if v == last {
			return n - 1, true
		}
		return n, false
	}
	lo, hi := 0, n-1
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if at(data, width, mid) < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, at(data, width, lo) == v
}

// Has says whether v is in the set.
func Has(is []byte, v int64) bool {
	_, found := Search(is, v)
	return found
}

// SizeWith is the number of bytes of the set once v, which is not in it, has been inserted.
func SizeWith(is []byte, v int64) int {
	return headerSize + (Len(is)+1)*max(Width(is), widthOf(v))
}

// Insert puts v, which is not in the set, at index i, where Search says. The caller has made is SizeWith(is, v) bytes long; what the
// new ones contain does not matter.
func Insert(is []byte, i int, v int64) {
	n, width, data := Len(is), Width(is), is[headerSize:]
	setLen(is, n+1)
	if w := widthOf(v); w > width {
		widen(is, n, width, w)
		if i == 0 {
			copy(data[w:], data[:n*w])
		}
		put(data, w, i, v) // it is less or greater than all others
		return
	}
	copy(data[(i+1)*width:], data[i*width:n*width])
	put(data, width, i, v)
}

// widen rewrites the n elements with a greater width, the last one first.
func widen(is []byte, n, from, to int) {
	data := is[headerSize:]
	is[0] = byte(to)
	for i := n - 1; i >= 0; i-- {
		put(data, to, i, at(data, from, i))
	}
}

// Add adds v, in place if the capacity of is allows, and says whether it was new.
func Add(is []byte, v int64) (_ []byte, added bool) {
	i, found := Search(is, v)
	if found {
		return is, false
	}
	is = append(is, make([]byte, SizeWith(is, v)-len(is))...)
	Insert(is, i, v)
	return is, true
}

// Remove takes out element i, in place, and returns the rest.
func Remove(is []byte, i int) []byte {
	n, width, data := Len(is), Width(is), is[headerSize:]
	copy(data[i*width:], data[(i+1)*width:n*width])
	setLen(is, n-1)
	return is[:len(is)-width]
}

// Errors of Validate.
var (
	ErrSize  = errors.New("intset: the size does not fit the header")
	ErrWidth = errors.New("intset: elements are 2, 4 or 8 bytes wide")
	ErrEmpty = errors.New("intset: there is no element")
	ErrOrder = errors.New("intset: the elements are not in order")
)

// Validate says what is wrong with bytes that come from outside. Like Redis it refuses an empty set. If it returns nil, no function
// panics; deep: and the elements are in order, each once, so that they can be found.
func Validate(is []byte, deep bool) error {
	if len(is) < headerSize {
		return ErrSize
	}
	width := binary.LittleEndian.Uint32(is)
	if width != 2 && width != 4 && width != 8 {
		return ErrWidth
	}
	n := binary.LittleEndian.Uint32(is[4:])
	if uint64(len(is)) != headerSize+uint64(n)*uint64(width) {
		return ErrSize
	}
	if n == 0 {
		return ErrEmpty
	}
	if !deep {
		return nil
	}
	for i := 1; i < int(n); i++ {
		if At(is, i) <= At(is, i-1) {
			return ErrOrder
		}
	}
	return nil
}
