package rdb

import "encoding/binary"

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

// Checksum is the checksum of what had checksum crc (0 when it was nothing) and p after it: CRC-64 with the polynomial of Jones, bits
// reflected, as Redis has it (its src/crc64.c).
func Checksum(crc uint64, p []byte) uint64 {
	t := crcTables
	for ; len(p) >= 8; p = p[8:] {
		crc ^= binary.LittleEndian.Uint64(p)
		crc = t[7][byte(crc)] ^ t[6][byte(crc>>8)] ^ t[5][byte(crc>>16)] ^ t[4][byte(crc>>24)] ^
			t[3][byte(crc>>32)] ^ t[2][byte(crc>>40)] ^ t[1][byte(crc>>48)] ^ t[0][crc>>56]
	}
	for _, b := range p {
		crc = t[0][byte(crc)^b] ^ crc>>8
	}
	return crc
}
