package listpack

import (
	"encoding/binary"

	"radish/internal/num"
)

const (
	// HeaderSize is where the first entry begins.
	HeaderSize = 6
	// EmptySize is the size of a block without entries.
	EmptySize = HeaderSize + 1

	end       = 0xFF
	uncounted = 1<<16 - 1 // number of entries in the header: count them
)

// The first byte of an entry.
const (
	enc6Str  = 0x80 // and up; below: integer 0…127
	enc13Int = 0xC0
	enc12Str = 0xE0
	enc32Str = 0xF0
	enc16Int = 0xF1
	enc24Int = 0xF2
	enc32Int = 0xF3
	enc64Int = 0xF4
)

// Value is what an entry holds: the integer N if Int, else the string S, a view of the block.
type Value struct {
	S   []byte
	N   int64
	Int bool
}

// New returns a block without entries.
func New() []byte { return Empty(nil) }

// Empty appends a block without entries to dst.
func Empty(dst []byte) []byte { return append(dst, EmptySize, 0, 0, 0, 0, 0, end) }

// SetHeader writes the header of a block after an edit: it has count entries and all of lp's bytes.
func SetHeader(lp []byte, count int) {
	binary.LittleEndian.PutUint32(lp, uint32(len(lp)))
	binary.LittleEndian.PutUint16(lp[4:], uint16(min(count, uncounted)))
}

// Len is the number of entries. It counts them when there are 65535 or more.
func Len(lp []byte) int {
	if n := int(binary.LittleEndian.Uint16(lp[4:])); n != uncounted {
		return n
	}
	n := 0
	for off := HeaderSize; off < len(lp)-1; off += Size(lp, off) {
		n++
	}
	return n
}

// First is the offset of the first entry, -1 if there is none.
func First(lp []byte) int {
	if len(lp) <= EmptySize {
		return -1
	}
	return HeaderSize
}

// Last is the offset of the last entry, -1 if there is none.
func Last(lp []byte) int { return Prev(lp, len(lp)-1) }

// Next is the offset of the entry behind the one at off, -1 if that is the last.
func Next(lp []byte, off int) int {
	off += Size(lp, off)
	if off >= len(lp)-1 {
		return -1
	}
	return off
}

// Prev is the offset of the entry before the one at off, or before the end (off = len(lp)-1); -1 if there is none.
func Prev(lp []byte, off int) int {
	if off <= HeaderSize {
		return -1
	}
	n := int(lp[off-1])
	if n < 0x80 {
		return off - n - 1
	}
	n &= 0x7F
	for shift, i := 7, off-2; shift <= 28; shift, i = shift+7, i-1 {
		n |= int(lp[i]&0x7F) << shift
		if lp[i] < 0x80 {
			break
		}
	}
	return off - n - backLen(n)
}

// At is the offset of entry i, counted from the end if it is negative (-1: the last); -1 if there is none.
func At(lp []byte, i int) int {
	n := int(binary.LittleEndian.Uint16(lp[4:]))
	if n == uncounted {
		n = Len(lp)
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return -1
	}
	if i <= n/2 {
		return Skip(lp, HeaderSize, i)
	}
	off := len(lp) - 1
	for ; i < n; i++ {
		off = Prev(lp, off)
	}
	return off
}

// Skip is the offset behind n entries, of which the first is at off. There are so many.
func Skip(lp []byte, off, n int) int {
	for ; n > 0; n-- {
		off += Size(lp, off)
	}
	return off
}

// Size is the number of bytes of the entry at off.
func Size(lp []byte, off int) int {
	if b := lp[off]; b < enc6Str {
		return 2
	} else if b < enc13Int {
		return int(b) - enc6Str + 2
	}
	return longSize(lp, off)
}

// longSize is Size of an entry that is neither an integer up to 127 nor a string of less than 64 bytes.
func longSize(lp []byte, off int) int {
	b := lp[off]
	switch {
	case b < enc12Str:
		return 3
	case b < enc32Str:
		n := 2 + (int(b&0xF)<<8 | int(lp[off+1]))
		return n + backLen(n)
	case b == enc32Str:
		n := 5 + int(binary.LittleEndian.Uint32(lp[off+1:]))
		return n + backLen(n)
	case b < enc64Int:
		return int(b-enc16Int) + 4
	}
	return 10
}

// Int is the value of the entry at off if it is stored as an integer.
func Int(lp []byte, off int) (n int64, ok bool) {
	b := lp[off]
	switch {
	case b < enc6Str:
		return int64(b), true
	case b < enc13Int:
		return 0, false
	case b < enc12Str:
		return int64(uint64(b)<<8|uint64(lp[off+1])) << 51 >> 51, true
	case b <= enc32Str:
		return 0, false
	}
	return wideInt(lp, off), true
}

// Get is the value of the entry at off.
func Get(lp []byte, off int) Value {
	b := lp[off]
	switch {
	case b < enc6Str:
		return Value{N: int64(b), Int: true}
	case b < enc13Int:
		return Value{S: view(lp, off+1, int(b&0x3F))}
	case b < enc12Str:
		return Value{N: int64(uint64(b)<<8|uint64(lp[off+1])) << 51 >> 51, Int: true}
	case b < enc32Str:
		return Value{S: view(lp, off+2, int(b&0xF)<<8|int(lp[off+1]))}
	case b == enc32Str:
		return Value{S: view(lp, off+5, int(binary.LittleEndian.Uint32(lp[off+1:])))}
	}
	return Value{N: wideInt(lp, off), Int: true}
}

func view(lp []byte, from, n int) []byte { return lp[from : from+n : from+n] }

// wideInt is the integer of 16 to 64 bits at off.
func wideInt(lp []byte, off int) int64 {
	switch lp[off] {
	case enc16Int:
		return int64(int16(binary.LittleEndian.Uint16(lp[off+1:])))
	case enc24Int:
		_ = lp[off+3]
		return int64(int32(uint32(lp[off+1])<<8|uint32(lp[off+2])<<16|uint32(lp[off+3])<<24) >> 8)
	case enc32Int:
		return int64(int32(binary.LittleEndian.Uint32(lp[off+1:])))
	}
	return int64(binary.LittleEndian.Uint64(lp[off+1:]))
}

// Bytes is the string at off, a view of the block; an integer is formatted into scratch.
func Bytes(lp []byte, off int, scratch *[24]byte) []byte {
	if b := lp[off]; b&0xC0 == enc6Str {
		return view(lp, off+1, int(b&0x3F))
	}
	v := Get(lp, off)
	if v.Int {
		return num.AppendInt(scratch[:0], v.N)
	}
	return v.S
}

// Append appends the value as a string to dst.
func (v Value) Append(dst []byte) []byte {
	if v.Int {
		return num.AppendInt(dst, v.N)
	}
	return append(dst, v.S...)
}

// Len is the length of the value as a string.
func (v Value) Len() int {
	switch {
	case !v.Int:
		return len(v.S)
	case v.N < 0:
		return 1 + num.Digits(-uint64(v.N))
	}
	return num.Digits(uint64(v.N))
}

// Equal reports whether the value as a string is s.
func (v Value) Equal(s []byte) bool {
	if !v.Int {
		return string(v.S) == string(s)
	}
	n, ok := num.ParseInt(s)
	return ok && n == v.N
}
