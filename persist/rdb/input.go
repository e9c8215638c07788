package rdb

import (
	"encoding/binary"
	"math"

	"radish/internal/num"
)

// input is what is decoded: bytes in memory, or a stream of which a part is in memory.
type input struct {
	b    []byte
	pos  int   // what comes next
	base int64 // offset of b[0] in the file
	// more makes at least n bytes available at pos, and may put others into the place of b; nil: b is all. Views of b are void then.
	more func(n uint64) error
}

func (in *input) offset() int64 { return in.base + int64(in.pos) }

func (in *input) corrupt(text string) error {
	return &Error{Offset: in.offset(), Text: text, Kind: ErrCorrupt}
}

// truncated is the error for input that ends before what is to be read from pos on.
func (in *input) truncated() error {
	return &Error{Offset: in.offset(), Text: eofText, Kind: ErrTruncated}
}

// need makes n bytes available at pos.
func (in *input) need(n uint64) error {
	switch {
	case n <= uint64(len(in.b)-in.pos):
		return nil
	case in.more == nil:
		return in.truncated()
	}
	return in.more(n)
}

// bytes reads n bytes: a view, valid until something else is read.
func (in *input) bytes(n uint64) ([]byte, error) {
	if err := in.need(n); err != nil {
		return nil, err
	}
	end := in.pos + int(n)
	p := in.b[in.pos:end:end]
	in.pos = end
	return p, nil
}

func (in *input) byte() (byte, error) {
	if in.pos == len(in.b) {
		if err := in.need(1); err != nil {
			return 0, err
		}
	}
	in.pos++
	return in.b[in.pos-1], nil
}

// Of the first byte of a length or string: the two highest bits, or all.
const (
	len6    = 0
	len14   = 1
	len32   = 0x80
	len64   = 0x81
	encoded = 3 // a string is encoded as the other six bits say

	encInt8  = 0
	encInt16 = 1
	encInt32 = 2
	encLZF   = 3
)

// length reads a length, or, with special, how a string is encoded.
func (in *input) length() (n uint64, special bool, err error) {
	b, err := in.byte()
	if err != nil {
		return 0, false, err
	}
	switch b >> 6 {
	case len6:
		return uint64(b), false, nil
	case len14:
		low, err := in.byte()
		return uint64(b&0x3f)<<8 | uint64(low), false, err
	case encoded:
		return uint64(b & 0x3f), true, nil
	}
	switch b {
	case len32:
		p, err := in.bytes(4)
		if err != nil {
			return 0, false, err
		}
		return uint64(binary.BigEndian.Uint32(p)), false, nil
	case len64:
		p, err := in.bytes(8)
		if err != nil {
			return 0, false, err
		}
		return binary.BigEndian.Uint64(p), false, nil
	}
	return 0, false, in.corrupt("Unknown length encoding 2 in rdbLoadLen()")
}

// count is length where no string may be. As in Redis, an encoding of strings counts as the number that it is.
func (in *input) count() (uint64, error) {
	n, _, err := in.length()
	return n, err
}

// integer reads the rest of a string that is encoded as an integer.
func (in *input) integer(enc uint64) (int64, error) {
	p, err := in.bytes(1 << enc)
	if err != nil {
		return 0, err
	}
	switch enc {
	case encInt8:
		return int64(int8(p[0])), nil
	case encInt16:
		return int64(int16(binary.LittleEndian.Uint16(p))), nil
	}
	return int64(int32(binary.LittleEndian.Uint32(p))), nil
}

// badEncoding is the error for a string whose encoding nobody knows.
func (in *input) badEncoding(enc uint64) error {
	return in.corrupt("Unknown RDB string encoding type " + string(num.AppendUint(nil, enc)))
}

// str reads a string: a view, valid until something else is read, or, if it is encoded, in *buf, which may grow.
func (in *input) str(buf *[]byte) ([]byte, error) {
	n, special, err := in.length()
	if err != nil {
		return nil, err
	}
	return in.rest(n, special, buf)
}

// rest is str behind the length.
func (in *input) rest(n uint64, special bool, buf *[]byte) ([]byte, error) {
	switch {
	case !special:
		return in.bytes(n)
	case n <= encInt32:
		v, err := in.integer(n)
		*buf = num.AppendInt((*buf)[:0], v)
		return *buf, err
	case n == encLZF:
		return in.compressed(buf)
	}
	return nil, in.badEncoding(n)
}

// kept is str whose result is valid after something else is read.
func (in *input) kept(buf *[]byte) ([]byte, error) {
	s, err := in.str(buf)
	if err != nil || in.more == nil {
		return s, err
	}
	*buf = append((*buf)[:0], s...)
	return *buf, nil
}

// badLZF is Redis's text.
const badLZF = "Invalid LZF compressed string"

// lzfSizes reads how many bytes a compressed string has, and how many it has uncompressed.
func (in *input) lzfSizes() (packed, full uint64, err error) {
	if packed, err = in.count(); err != nil {
		return 0, 0, err
	}
	if full, err = in.count(); err != nil {
		return 0, 0, err
	}
	if packed > math.MaxInt32 || full > packed*lzfMostFactor {
		return 0, 0, in.corrupt(badLZF)
	}
	return packed, full, nil
}

// compressed reads the rest of a compressed string.
func (in *input) compressed(buf *[]byte) ([]byte, error) {
	packed, full, err := in.lzfSizes()
	if err != nil {
		return nil, err
	}
	src, err := in.bytes(packed)
	if err != nil {
		return nil, err
	}
	out, ok := appendUnpacked((*buf)[:0], src, int(full))
	*buf = out
	if !ok {
		return nil, in.corrupt(badLZF)
	}
	return out, nil
}

// skipString passes a string without looking at it.
func (in *input) skipString() error {
	n, special, err := in.length()
	switch {
	case err != nil:
		return err
	case !special:
	case n <= encInt32:
		n = 1 << n
	case n == encLZF:
		if n, _, err = in.lzfSizes(); err != nil {
			return err
		}
	default:
		return in.badEncoding(n)
	}
	return in.skip(n)
}

func (in *input) skip(n uint64) error {
	if err := in.need(n); err != nil {
		return err
	}
	in.pos += int(n)
	return nil
}
