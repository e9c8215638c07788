package listpack

import (
	"encoding/binary"

	"radish/internal/num"
)

// Find returns the offset of the first of the entries at from, from + step entries and so on that equals s, -1 if none does. from may be the end
// of the block, or -1.
func Find(lp []byte, from int, s []byte, step int) int {
	if from < 0 {
		return -1
	}
	n, isInt := num.ParseInt(s)
	if !isInt && 0 < len(s) && len(s) < 64 {
		return findShort(lp, from, s, step)
	}
	last := len(lp) - 1
	for off := from; off < last; {
		b := lp[off]
		switch {
		case b < enc6Str:
			if isInt && n == int64(b) {
				return off
			}
			off += 2
		case b < enc13Int:
			k := int(b & 0x3F)
			if k == len(s) && string(lp[off+1:off+1+k]) == string(s) {
				return off
			}
			off += k + 2
		case b < enc12Str || b > enc32Str:
			if isInt && Get(lp, off).N == n {
				return off
			}
			off += Size(lp, off)
		default:
			k, head := int(b&0xF)<<8|int(lp[off+1]), 2
			if b == enc32Str {
				k, head = int(binary.LittleEndian.Uint32(lp[off+1:])), 5
			}
			if k == len(s) && string(lp[off+head:off+head+k]) == string(s) {
				return off
			}
			off += head + k + backLen(head+k)
		}
		for i := 1; i < step && off < last; i++ {
			off += Size(lp, off)
		}
	}
	return -1
}

// findShort is Find of a string of 1 to 63 bytes that is no integer: nearly always it is one of those whose length is in the first byte.
func findShort(lp []byte, from int, s []byte, step int) int {
	k := len(s)
	first, end := enc6Str|byte(k), s[k-1] // names in one block often begin alike
	last := len(lp) - 1
	for off := from; off < last; {
		switch b := lp[off]; {
		case b < enc6Str:
			off += 2
		case b < enc13Int:
			if b == first && lp[off+k] == end && string(lp[off+1:off+1+k]) == string(s) {
				return off
			}
			off += int(b&0x3F) + 2
		default:
			if n := intSizes[b]; n != 0 {
				off += int(n)
				break
			}
			if string(Get(lp, off).S) == string(s) { // others may have stored it so
				return off
			}
			off += longSize(lp, off)
		}
		for i := 1; i < step && off < last; i++ { // Size, which is not inlined
			if b := lp[off]; b < enc6Str {
				off += 2
			} else if b < enc13Int {
				off += int(b) - enc6Str + 2
			} else if n := intSizes[b]; n != 0 {
				off += int(n)
			} else {
				off += longSize(lp, off)
			}
		}
	}
	return -1
}

// intSizes are the sizes of integers of two bytes and more, by their first byte; 0: it begins something else.
var intSizes = [256]uint8{
	enc13Int: 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
	enc16Int: 4, 5, 6, 10,
}
