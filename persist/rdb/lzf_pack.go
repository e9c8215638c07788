package rdb

import "encoding/binary"

// packer compresses strings. The zero value is ready; it is for one goroutine.
type packer struct {
	// seen is where packLeast bytes of a hash were last, as begin + position + 1 of the string that they were in: what is at most begin is of an
	// earlier string, so that nothing has to be cleared between two.
	seen  [1 << packBits]uint32
	begin uint32
}

const (
	packBits  = 14
	packLeast = 4       // bytes of a copy: one of three bytes, which LZF has too, is seldom worth what it takes to find it
	packMax   = 1 << 31 // longer strings are not compressed
	packSkip  = 6       // each 2^packSkip bytes without a copy make the search go faster by a byte,
	packStep  = 31      // up to so many bytes
)

// pack appends s, compressed, to dst if that takes at most most bytes; else ok is false, and what is behind dst undefined.
func (p *packer) pack(dst, s []byte, most int) (_ []byte, ok bool) {
	if len(s) < 4 || len(s) >= packMax {
		return dst, false
	}
	if p.begin > 1<<32-1-uint32(len(s))-1 {
		clear(p.seen[:])
		p.begin = 0
	}
	begin := p.begin
	p.begin += uint32(len(s))
	end := len(dst) + most
	lit := 0 // where the bytes begin that are to be as they are
	for i := 0; ; {
		at, ref := p.search(s, i, lit, begin)
		if at < 0 {
			break
		}
		n := packLeast + common(s[at+packLeast:], s[ref+packLeast:], lzfMaxCopy-packLeast)
		if dst = appendLiterals(dst, s[lit:at]); len(dst)+3 > end {
			return dst, false
		}
		dst = appendCopy(dst, at-ref-1, n)
		i = at + n
		lit = i
		p.note(s, begin, i-2)
		p.note(s, begin, i-1)
	}
	if rest := len(s) - lit; len(dst)+rest+(rest+lzfLiterals-1)/lzfLiterals > end {
		return dst, false
	}
	return appendLiterals(dst, s[lit:]), true
}

// search looks from place i on for the first bytes that were there before, at ref; at < 0: there are none. What is from lit on has not been there.
func (p *packer) search(s []byte, i, lit int, begin uint32) (at, ref int) {
	for ; i+packLeast <= len(s); i += 1 + min((i-lit)>>packSkip, packStep) {
		x := binary.LittleEndian.Uint32(s[i:])
		slot := &p.seen[packHash(x)]
		was := *slot
		*slot = begin + uint32(i) + 1
		if was <= begin {
			continue
		}
		if ref := int(was - begin - 1); i-ref <= lzfMaxOffset && binary.LittleEndian.Uint32(s[ref:]) == x {
			return i, ref
		}
	}
	return -1, 0
}

func packHash(x uint32) uint32 { return x * 0x9e3779b1 >> (32 - packBits) }

// note remembers the place i.
func (p *packer) note(s []byte, begin uint32, i int) {
	if i+4 <= len(s) {
		p.seen[packHash(binary.LittleEndian.Uint32(s[i:]))] = begin + uint32(i) + 1
	}
}

// common is how many bytes, at most most, a and b begin with that are the same.
func common(a, b []byte, most int) int {
	most = min(most, len(a))
	n := 0
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

func appendLiterals(dst, s []byte) []byte {
	for len(s) > 0 {
		n := min(len(s), lzfLiterals)
		dst = append(append(dst, byte(n-1)), s[:n]...)
		s = s[n:]
	}
	return dst
}

// appendCopy appends the step that copies n bytes, 3 <= n <= lzfMaxCopy.
func appendCopy(dst []byte, off, n int) []byte {
	if n -= 2; n < lzfLongLen {
		return append(dst, byte(n<<5|off>>8), byte(off))
	}
	return append(dst, byte(lzfLongLen<<5|off>>8), byte(n-lzfLongLen), byte(off))
}
