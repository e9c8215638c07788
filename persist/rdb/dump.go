package rdb

import "encoding/binary"

// dumpFooter is the number of bytes after the value of a payload: the version in two, and the checksum in eight.
const dumpFooter = 10

// AppendFooter makes a payload, as DUMP replies it, of type and value, which begin at dst[start]. version is VersionFields for a type with deadlines of
// fields, else Version.
func AppendFooter(dst []byte, start, version int) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, uint16(version))
	return binary.LittleEndian.AppendUint64(dst, Checksum(0, dst[start:]))
}

// SplitPayload checks the version and the checksum of a payload, and returns the type and what follows it. skipSum leaves the checksum out. With ok false it is of a
// later version, or damaged; else, with typ unknown, what it has is of no type.
func SplitPayload(p []byte, skipSum bool) (t Type, value []byte, known, ok bool) {
	if len(p) < dumpFooter {
		return 0, nil, false, false
	}
	body := p[:len(p)-dumpFooter]
	foot := p[len(body):]
	if binary.LittleEndian.Uint16(foot) > MaxVersion || !skipSum && binary.LittleEndian.Uint64(foot[2:]) != Checksum(0, p[:len(p)-8]) {
		return 0, nil, false, false
	}
	if len(body) == 0 || !Type(body[0]).known() {
		return 0, nil, false, true
	}
	return Type(body[0]), body[1:], true, true
}
