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
