package rdb

import (
	"encoding/binary"
	"math"

	"radish/internal/num"
)

// Encoder makes the bytes of keys and values: all its methods append to dst and return it, and allocate nothing as long as dst has room. The zero value is
// ready; it is for one goroutine. It takes 64 KB.
type Encoder struct {
	// Compress says that strings of more than 20 bytes are compressed where that saves at least four (rdbcompression).
	Compress bool

	packer packer
}

const (
	packMin  = 21 // shorter strings are not compressed
	packGain = 4  // bytes that compressing must save
)

// AppendLen appends a length, or a number of elements.
func AppendLen(dst []byte, n uint64) []byte {
	switch {
	case n < 1<<6:
		return append(dst, byte(n))
	case n < 1<<14:
		return append(dst, len14<<6|byte(n>>8), byte(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, len32), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, len64), n)
}

func lenSize(n uint64) int {
	switch {
	case n < 1<<6:
		return 1
	case n < 1<<14:
		return 2
	case n <= math.MaxUint32:
		return 5
	}
	return 9
}

// AppendInt appends a string that is an integer.
func AppendInt(dst []byte, v int64) []byte {
	switch {
	case v == int64(int8(v)):
		return append(dst, encoded<<6|encInt8, byte(v))
	case v == int64(int16(v)):
		return append(dst, encoded<<6|encInt16, byte(v), byte(v>>8))
	case v == int64(int32(v)):
		return binary.LittleEndian.AppendUint32(append(dst, encoded<<6|encInt32), uint32(v))
	}
	var digits [24]byte
	s := num.AppendInt(digits[:0], v)
	return append(append(dst, byte(len(s))), s...)
}

// maxIntText is the length of the longest text of an integer that is encoded.
const maxIntText = 11

// String appends a string, as an integer or compressed where that is shorter.
func (e *Encoder) String(dst, s []byte) []byte {
	if len(s) <= maxIntText {
		if v, ok := num.ParseInt(s); ok && v == int64(int32(v)) {
			return AppendInt(dst, v)
		}
	} else if e.Compress && len(s) >= packMin {
		if out, ok := e.compressed(dst, s); ok {
			return out
		}
	}
	return append(AppendLen(dst, uint64(len(s))), s...)
}

// compressed appends s compressed, if that pays.
func (e *Encoder) compressed(dst, s []byte) (_ []byte, ok bool) {
	start := len(dst)
	most := len(s) - packGain
	head := 1 + lenSize(uint64(most)) + lenSize(uint64(len(s)))
	for range head {
		dst = append(dst, 0)
	}
	dst, ok = e.packer.pack(dst, s, most)
	if !ok {
		return dst[:start], false
	}
	packed := len(dst) - start - head
	h := append(dst[:start], encoded<<6|encLZF)
	h = AppendLen(AppendLen(h, uint64(packed)), uint64(len(s)))
	if len(h) < start+head { // the length turned out to be shorter
		return h[:len(h)+copy(dst[len(h):], dst[start+head:])], true
	}
	return dst, true
}

// KeyInfo is what a file tells of a key besides its value.
type KeyInfo struct {
	DeadlineMs int64 // unix ms, 0: none
	IdleS      int64 // seconds since the last access; -1: not told
	Freq       int   // LFU counter, 0 to 255; -1: not told
}

// Key appends the beginning of a key's record. The value follows, without its type.
func (e *Encoder) Key(dst []byte, k KeyInfo, t Type, key []byte) []byte {
	if k.DeadlineMs != 0 {
		dst = binary.LittleEndian.AppendUint64(append(dst, opExpireMs), uint64(k.DeadlineMs))
	}
	if k.IdleS >= 0 {
		dst = AppendLen(append(dst, opIdle), uint64(k.IdleS))
	}
	if k.Freq >= 0 {
		dst = append(dst, opFreq, byte(k.Freq))
	}
	return e.String(append(dst, byte(t)), key)
}

// Scored appends a member of a TypeZSet2, of which AppendLen has appended the number of members.
func (e *Encoder) Scored(dst, m []byte, score float64) []byte {
	return binary.LittleEndian.AppendUint64(e.String(dst, m), math.Float64bits(score))
}

// Field appends a field of a TypeHash, of which AppendLen has appended the number of fields.
func (e *Encoder) Field(dst, f, v []byte) []byte { return e.String(e.String(dst, f), v) }

// AppendEarliest appends what a TypeHashFields or TypeHashListpackEx begins with: the earliest deadline of a field in unix ms, 0: none.
func AppendEarliest(dst []byte, ms int64) []byte {
	return binary.LittleEndian.AppendUint64(dst, uint64(ms))
}

// FieldDeadline appends a field of a TypeHashFields, of which AppendEarliest and AppendLen have appended the earliest deadline and the number of
// fields. ms is the deadline, 0: none.
func (e *Encoder) FieldDeadline(dst, f, v []byte, ms, earliest int64) []byte {
	rel := uint64(0)
	if ms != 0 {
		rel = uint64(ms - earliest + 1)
	}
	return e.Field(AppendLen(dst, rel), f, v)
}

// Node appends a node of a TypeQuicklist2, of which AppendLen has appended the number of nodes: a listpack.
func (e *Encoder) Node(dst, lp []byte) []byte { return e.String(append(dst, nodePacked), lp) }
