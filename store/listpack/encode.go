package listpack

import (
	"encoding/binary"

	"radish/internal/num"
)

// maxIntLen is the length of the longest string that is stored as an integer.
const maxIntLen = 20

// backLen is how many bytes the length of an entry takes at its end. The bounds are Redis's: one less than what would fit, but for the
// first.
func backLen(n int) int {
	switch {
	case n <= 127:
		return 1
	case n < 1<<14-1:
		return 2
	case n < 1<<21-1:
		return 3
	case n < 1<<28-1:
		return 4
	}
	return 5
}

// AppendEntry appends the entry for s to dst.
func AppendEntry(dst, s []byte) []byte {
	n := len(s)
	if n <= maxIntLen {
		if v, ok := num.ParseInt(s); ok {
			return AppendInt(dst, v)
		}
	}
	if n < 64 {
		dst = append(dst, enc6Str|byte(n))
		dst = append(dst, s...)
		return append(dst, byte(n+1))
	}
	return appendLong(dst, s)
}

// appendLong appends a string of at least 64 bytes.
func appendLong(dst, s []byte) []byte {
	n := len(s)
	if n < 1<<12 {
		dst = append(dst, enc12Str|byte(n>>8), byte(n))
		return appendBackLen(append(dst, s...), n+2)
	}
	dst = binary.LittleEndian.AppendUint32(append(dst, enc32Str), uint32(n))
	return appendBackLen(append(dst, s...), n+5)
}

func appendBackLen(dst []byte, n int) []byte {
	k := backLen(n)
	dst = append(dst, byte(n>>(7*(k-1))))
	for k -= 2; k >= 0; k-- {
		dst = append(dst, byte(n>>(7*k))|0x80)
	}
	return dst
}

// AppendInt appends the entry for an integer to dst.
func AppendInt(dst []byte, n int64) []byte {
	switch {
	case 0 <= n && n <= 127:
		return append(dst, byte(n), 1)
	case -1<<12 <= n && n < 1<<12:
		return append(dst, enc13Int|byte(n>>8)&0x1F, byte(n), 2)
	case n == int64(int16(n)):
		return append(dst, enc16Int, byte(n), byte(n>>8), 3)
	case -1<<23 <= n && n < 1<<23:
		return append(dst, enc24Int, byte(n), byte(n>>8), byte(n>>16), 4)
	case n == int64(int32(n)):
		return append(binary.LittleEndian.AppendUint32(append(dst, enc32Int), uint32(n)), 5)
	}
	return append(binary.LittleEndian.AppendUint64(append(dst, enc64Int), uint64(n)), 9)
}

// EntrySize is the number of bytes of the entry for s.
func EntrySize(s []byte) int {
	n := len(s)
	if n <= maxIntLen {
		if v, ok := num.ParseInt(s); ok {
			return intSize(v)
		}
	}
	switch {
	case n < 64:
		return n + 2
	case n < 1<<12:
		n += 2
	default:
		n += 5
	}
	return n + backLen(n)
}

// intSize is the number of bytes of the entry for an integer.
func intSize(n int64) int {
	switch {
	case 0 <= n && n <= 127:
		return 2
	case -1<<12 <= n && n < 1<<12:
		return 3
	case n == int64(int16(n)):
		return 4
	case -1<<23 <= n && n < 1<<23:
		return 5
	case n == int64(int32(n)):
		return 6
	}
	return 10
}
