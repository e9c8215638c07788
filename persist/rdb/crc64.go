package rdb

import (
	"encoding/binary"
	"math/bits"
)

// crcPoly is the polynomial that Redis's checksums have, "Jones": 0xad93d23594c935a9, here with its bits reversed.
const crcPoly = 0x95ac9329ac4bc9b5

// crcTables are for eight bytes at a time: table k has the checksum of a byte that k zero bytes follow. They never change.
var crcTables = makeCRCTables()

func makeCRCTables() *[8][256]uint64 {
	var t [8][256]uint64
	for i := range 256 {
		crc := uint64(i)
		for range 8 {
			crc = crc>>1 ^ crcPoly&-(crc&1)
		}
		t[0][i] = crc
	}
	for k := 1; k < 8; k++ {
		for i, crc := range t[k-1] {
			t[k][i] = t[0][byte(crc)] ^ crc>>8
		}
	}
	return &t
}

// Long texts are read in crcLanes places at once, crcLane bytes apart: the processor does not have to wait for one look-up before it begins with the next.
const (
	crcLanes    = 4
	crcLane     = 1 << crcLaneBits
	crcLaneBits = 12
)

// crcPast are for the checksum of what has checksum crc and crcLane zero bytes after it: that of each byte of crc, by its place. They never change.
var crcPast = makeCRCPast()

func makeCRCPast() *[8][256]uint64 {
	var past [64]uint64 // of each bit, and zero bytes: one at first, then twice as many each time
	for i := range past {
		past[i] = crcTables[0][byte(1<<i)] ^ 1<<i>>8
	}
	of := func(crc uint64) (sum uint64) {
		for ; crc != 0; crc &= crc - 1 {
			sum ^= past[bits.TrailingZeros64(crc)]
		}
		return sum
	}
	for range crcLaneBits {
		var twice [64]uint64
		for i := range twice {
			twice[i] = of(past[i])
		}
		past = twice
	}
	var t [8][256]uint64
	for k := range t {
		for b := range t[k] {
			t[k][b] = of(uint64(b) << (8 * k))
		}
	}
	return &t
}

// crcLookup is the sum of what each byte of x has in its table.
func crcLookup(t *[8][256]uint64, x uint64) uint64 {
	return t[0][byte(x)] ^ t[1][byte(x>>8)] ^ t[2][byte(x>>16)] ^ t[3][byte(x>>24)] ^
		(t[4][byte(x>>32)] ^ t[5][byte(x>>40)] ^ t[6][byte(x>>48)] ^ t[7][x>>56])
}

// crcStep is the checksum of what had checksum crc and eight bytes after it.
func crcStep(t *[8][256]uint64, crc uint64, p []byte) uint64 {
	x := crc ^ binary.LittleEndian.Uint64(p)
	return t[7][byte(x)] ^ t[6][byte(x>>8)] ^ t[5][byte(x>>16)] ^ t[4][byte(x>>24)] ^
		(t[3][byte(x>>32)] ^ t[2][byte(x>>40)] ^ t[1][byte(x>>48)] ^ t[0][x>>56])
}

// Checksum is the checksum of what had checksum crc (0 when it was nothing) and p after it: CRC-64 with the polynomial of Jones, bits
// reflected, as Redis has it (its src/crc64.c).
func Checksum(crc uint64, p []byte) uint64 {
	t := crcTables
	for ; len(p) >= crcLanes*crcLane; p = p[crcLanes*crcLane:] {
		var b, c, d uint64
		p0, p1, p2, p3 := p[:crcLane], p[crcLane:2*crcLane], p[2*crcLane:3*crcLane], p[3*crcLane:4*crcLane]
		for i := 0; i <= crcLane-8; i += 8 {
			crc, b = crcStep(t, crc, p0[i:i+8]), crcStep(t, b, p1[i:i+8])
			c, d = crcStep(t, c, p2[i:i+8]), crcStep(t, d, p3[i:i+8])
		}
		crc = crcLookup(crcPast, crc) ^ b
		crc = crcLookup(crcPast, crc) ^ c
		crc = crcLookup(crcPast, crc) ^ d
	}
	for ; len(p) >= 8; p = p[8:] {
		crc = crcStep(t, crc, p)
	}
	for _, b := range p {
		crc = t[0][byte(crc)^b] ^ crc>>8
	}
	return crc
}
