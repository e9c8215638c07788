package rdb

import (
	"encoding/binary"
	"math"

	"radish/internal/num"
)

// Shape is what kind of parts a value comes in, see Sink.Begin.
type Shape uint8

// The shapes.
const (
	ShapeString       Shape = iota // parts of one string
	ShapeList                      // elements
	ShapeNodes                     // nodes of a quicklist: listpacks, and elements that are a node each
	ShapeSet                       // members
	ShapeZSet                      // members with scores, in any order
	ShapeHash                      // fields
	ShapeHashDeadline              // fields, of which some may have deadlines
)

// BlockKind is what a block is.
type BlockKind uint8

// The kinds of blocks. All are listpacks but BlockIntset.
const (
	BlockNode         BlockKind = iota // a node of a quicklist, with elements
	BlockSet                           // members
	BlockIntset                        // an intset
	BlockZSet                          // member and score in turn, in order
	BlockHash                          // field and value in turn
	BlockHashDeadline                  // field, value and deadline in unix ms (0: none) in turn, in the order of deadlines, those without one last
)

// Sink takes a value that a Decoder reads. What it is given is valid until it returns. Its errors end the decoding, which returns them.
//
// A value is one call of String; or one call of Block with a kind other than BlockNode; or Begin and then its parts.
//
// Blocks are valid: all functions of the packages listpack and intset work on them, they are not empty, they have the right number of entries, scores and
// deadlines are numbers, and what is in order is so. Whether a member or field is there twice has been looked at only if the decoder is deep; in
// parts it is for the sink to find out.
type Sink interface {
	// String is a whole string.
	String(s []byte) error
	// Begin says that parts follow: n of them, or a string's bytes. That is what the input claims; there may be fewer, with an error then. Of a
	// value that is in memory it is at most the number of its bytes.
	Begin(shape Shape, n uint64) error
	// Element is an element of a list, a node of one element, a member of a set, or a part of a string.
	Element(s []byte) error
	// Scored is a member of a sorted set; score is not NaN.
	Scored(m []byte, score float64) error
	// Field is a field of a hash, with its deadline in unix ms, 0: none.
	Field(f, v []byte, deadlineMs int64) error
	// Block is a compact value, or a node.
	Block(kind BlockKind, block []byte) error
}

// Problem is an error of a Sink that finds something wrong with the value. The decoder makes an Error of it, of kind ErrCorrupt.
type Problem string

// Error is the text.
func (p Problem) Error() string { return string(p) }

// Decoder reads values. The zero value is ready; it is for one goroutine.
type Decoder struct {
	// Deep makes it look for members and fields that are there twice (sanitize-dump-payload).
	Deep bool
	// Sanitized counts the listpacks and intsets that it looked at so.
	Sanitized int64

	own  input
	in   *input
	buf  [2][]byte
	lp   []byte // made of ziplists
	seen map[string]struct{}
}

// keepBuf is how big a buffer may be that is kept for the next value.
const keepBuf = 1 << 20

// Decode reads a value of type t that p begins with; what follows it does not matter. offset is where p begins, for errors.
func (d *Decoder) Decode(t Type, p []byte, offset int64, sink Sink) error {
	d.own = input{b: p, base: offset}
	return d.decode(t, &d.own, sink)
}

// decode reads a value of type t.
func (d *Decoder) decode(t Type, in *input, sink Sink) error {
	d.in = in
	err := d.value(t, sink)
	if p, ok := err.(Problem); ok {
		err = in.corrupt(string(p))
	}
	for i := range d.buf {
		if cap(d.buf[i]) > keepBuf {
			d.buf[i] = nil
		}
	}
	if cap(d.lp) > keepBuf {
		d.lp = nil
	}
	d.in, d.own.b = nil, nil
	return err
}

// sanitizes counts a block if the decoder is deep.
func (d *Decoder) sanitizes() {
	if d.Deep {
		d.Sanitized++
	}
}

func (d *Decoder) value(t Type, sink Sink) error {
	switch t {
	case TypeString:
		return d.stringValue(sink)
	case TypeList:
		return d.elements(ShapeList, sink)
	case TypeSet:
		return d.elements(ShapeSet, sink)
	case TypeZSet, TypeZSet2:
		return d.zset(t, sink)
	case TypeHash:
		return d.hash(sink)
	case TypeHashFields, TypeHashFieldsPreGA:
		return d.hashDeadlines(t, sink)
	case TypeQuicklist, TypeQuicklist2:
		return d.quicklist(t, sink)
	}
	if text := t.unsupported(); text != "" {
		return &Error{Offset: d.in.offset(), Text: text + " cannot be loaded", Kind: ErrUnsupported}
	}
	return d.block(t, sink)
}

const (
	// bigString is how long a string is that is handed over in parts, when it comes from a stream.
	bigString = 1 << 20
	// stringPart is how many bytes are read for a part.
	stringPart = 64 << 10
)

func (d *Decoder) stringValue(sink Sink) error {
	in := d.in
	n, special, err := in.length()
	switch big := in.more != nil && n >= bigString; {
	case err != nil:
		return err
	case in.more != nil && special && n == encLZF:
		return d.bigPacked(sink)
	case special || !big:
		s, err := in.rest(n, special, &d.buf[0])
		if err != nil {
			return err
		}
		return sink.String(s)
	}
	if err := sink.Begin(ShapeString, n); err != nil {
		return err
	}
	for n > 0 {
		k := min(n, stringPart)
		s, err := in.bytes(k)
		if err != nil {
			return err
		}
		if err := sink.Element(s); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// bigPacked reads the rest of a compressed string of a stream, in parts.
func (d *Decoder) bigPacked(sink Sink) error {
	in := d.in
	packed, full, err := in.lzfSizes()
	if err != nil {
		return err
	}
	if err := sink.Begin(ShapeString, full); err != nil {
		return err
	}
	out := d.buf[0][:0]
	told := 0 // bytes of out that the sink has already
	for done := uint64(0); packed > 0; {
		k := min(packed, stringPart)
		src, err := in.bytes(k)
		if err != nil {
			return err
		}
		limit := uint64(len(out)) + full - done
		var used int
		var ok bool
		out, used, ok = unpack(out, src, 0, int(min(limit, math.MaxInt)))
		if !ok || used == 0 {
			return in.corrupt(badLZF)
		}
		in.pos -= len(src) - used // the rest of a step that is not whole: bytes does not take a view back
		packed -= uint64(used)
		done += uint64(len(out) - told)
		if err := sink.Element(out[told:]); err != nil {
			return err
		}
		if packed == 0 && done != full {
			return in.corrupt(badLZF)
		}
		if len(out) > lzfMaxOffset { // all that a copy may be from
			out = out[:copy(out, out[len(out)-lzfMaxOffset:])]
		}
		told = len(out)
	}
	d.buf[0] = out
	return nil
}

// emptyValue is the error for a value that claims no elements.
func (d *Decoder) emptyValue() error {
	return &Error{Offset: d.in.offset(), Text: "a value without elements", Kind: ErrEmptyValue}
}

// begin reads the number of parts, of which each takes a byte at least, and tells the sink.
func (d *Decoder) begin(shape Shape, sink Sink) (n uint64, err error) {
	if n, err = d.in.count(); err != nil {
		return 0, err
	}
	if d.in.more == nil && n > uint64(len(d.in.b)-d.in.pos) {
		return 0, d.in.truncated()
	}
	if n == 0 {
		return 0, d.emptyValue()
	}
	return n, sink.Begin(shape, n)
}

func (d *Decoder) elements(shape Shape, sink Sink) error {
	n, err := d.begin(shape, sink)
	for ; n > 0 && err == nil; n-- {
		var s []byte
		if s, err = d.in.str(&d.buf[0]); err == nil {
			err = sink.Element(s)
		}
	}
	return err
}

func (d *Decoder) zset(t Type, sink Sink) error {
	n, err := d.begin(ShapeZSet, sink)
	for ; n > 0 && err == nil; n-- {
		var m []byte
		if m, err = d.in.kept(&d.buf[0]); err != nil {
			return err
		}
		var score float64
		if t == TypeZSet2 {
			var p []byte
			if p, err = d.in.bytes(8); err != nil {
				return err
			}
			score = math.Float64frombits(binary.LittleEndian.Uint64(p))
		} else if score, err = d.textScore(); err != nil {
			return err
		}
		if math.IsNaN(score) {
			return d.in.corrupt("Zset with NAN score detected")
		}
		err = sink.Scored(m, score)
	}
	return err
}

// What stands in the place of a text's length.
const (
	scoreNaN    = 253
	scorePosInf = 254
	scoreNegInf = 255
)

// textScore reads a score as old versions wrote it.
func (d *Decoder) textScore() (float64, error) {
	n, err := d.in.byte()
	if err != nil {
		return 0, err
	}
	switch n {
	case scoreNaN:
		return math.NaN(), nil
	case scorePosInf:
		return math.Inf(1), nil
	case scoreNegInf:
		return math.Inf(-1), nil
	}
	text, err := d.in.bytes(uint64(n))
	if err != nil {
		return 0, err
	}
	score, ok := num.ParseDouble(text)
	if !ok {
		return 0, d.in.corrupt("a score that is no number")
	}
	return score, nil
}

func (d *Decoder) hash(sink Sink) error {
	n, err := d.begin(ShapeHash, sink)
	for ; n > 0 && err == nil; n-- {
		err = d.field(0, sink)
	}
	return err
}

// field reads a field and its value.
func (d *Decoder) field(deadlineMs int64, sink Sink) error {
	f, err := d.in.kept(&d.buf[0])
	if err != nil {
		return err
	}
	v, err := d.in.str(&d.buf[1])
	if err != nil {
		return err
	}
	return sink.Field(f, v, deadlineMs)
}

// maxFieldDeadline is the latest deadline of a field: Redis's EB_EXPIRE_TIME_MAX.
const maxFieldDeadline = 1<<48 - 2

func (d *Decoder) hashDeadlines(t Type, sink Sink) error {
	var earliest uint64
	if t == TypeHashFields {
		p, err := d.in.bytes(8)
		if err != nil {
			return err
		}
		if earliest = binary.LittleEndian.Uint64(p); earliest > maxFieldDeadline+1 {
			return d.in.corrupt("Hash read invalid minExpire value")
		}
	}
	n, err := d.begin(ShapeHashDeadline, sink)
	for ; n > 0 && err == nil; n-- {
		var ms uint64
		if ms, err = d.in.count(); err != nil {
			return err
		}
		if ms > maxFieldDeadline {
			return d.badDeadline(ms)
		}
		if ms != 0 && t == TypeHashFields {
			ms += earliest - 1
		}
		if ms > maxFieldDeadline {
			return d.badDeadline(ms)
		}
		err = d.field(int64(ms), sink)
	}
	return err
}

func (d *Decoder) badDeadline(ms uint64) error {
	return d.in.corrupt("invalid expireAt time: " + string(num.AppendUint(nil, ms)))
}
