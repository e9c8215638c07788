package command

import (
	"encoding/binary"
	"math"

	"radish/internal/num"
	"radish/store"
)

// What BITFIELD refuses.
const (
	errBitfieldType Error = "ERR Invalid bitfield type. Use something like i16 u8. " +
		"Note that u64 is not supported but i64 is."
	errBitfieldOverflow Error = "ERR Invalid OVERFLOW type specified"
	errBitfieldReadOnly Error = "ERR BITFIELD_RO only supports the GET subcommand"
)

type bitfieldVerb uint8

const (
	bitfieldGet bitfieldVerb = iota
	bitfieldSet
	bitfieldIncr
)

// bitfieldOverflow says what becomes of a value that does not fit.
type bitfieldOverflow uint8

const (
	overflowWrap bitfieldOverflow = iota // its lowest bits are taken
	overflowSat                          // the nearest value that fits
	overflowFail                         // nothing is written, the reply is null
)

// bitfieldType is an integer of 1 to 64 bits, unsigned ones up to 63.
type bitfieldType struct {
	signed bool
	bits   uint
}

// parseBitfieldType reads "i" or "u" and the number of bits.
func parseBitfieldType(arg []byte) (t bitfieldType, ok bool) {
	if len(arg) == 0 || arg[0] != 'i' && arg[0] != 'u' {
		return t, false
	}
	t.signed = arg[0] == 'i'
	n, ok := num.ParseInt(arg[1:])
	if !ok || n < 1 || n > 64 || n == 64 && !t.signed {
		return t, false
	}
	t.bits = uint(n)
	return t, true
}

// max is the greatest value that fits.
func (t bitfieldType) max() int64 {
	if t.signed {
		return math.MaxInt64 >> (64 - t.bits)
	}
	return math.MaxInt64 >> (63 - t.bits)
}

// min is the least value that fits.
func (t bitfieldType) min() int64 {
	if t.signed {
		return -t.max() - 1
	}
	return 0
}

// wrap takes the lowest bits of v as a value of the type.
func (t bitfieldType) wrap(v int64) int64 {
	if t.signed {
		return v << (64 - t.bits) >> (64 - t.bits)
	}
	return v & t.max()
}

// add is v+by, made fit as the mode says if over. v may be any value, also one that does not fit, if by is
// 0; where the distances from v to the limits exceed 64 bits they wrap, and the outcome is Redis's.
func (t bitfieldType) add(v, by int64, mode bitfieldOverflow) (sum int64, over bool) {
	above, below := t.max()-v, t.min()-v
	var limit int64
	switch {
	case !t.signed && (v < 0 || v > t.max()), // a negative number is a big unsigned one
		t.signed && v > t.max(),
		by > above && (t.bits < 64 || v >= 0 && by > 0):
		limit = t.max()
	case t.signed && v < t.min(),
		by < below && (t.bits < 64 || v < 0 && by < 0):
		limit = t.min()
	default:
		return v + by, false
	}
	if mode == overflowSat {
		return limit, true
	}
	return t.wrap(v + by), true
}

// load reads the field at a bit offset of b; behind its end are zero bits.
func (t bitfieldType) load(b []byte, offset uint64) int64 {
	hi, lo := loadBits(b, offset)
	shift := uint(offset & 7)
	v := hi<<shift | uint64(lo)>>(8-shift)
	if t.signed {
		return int64(v) >> (64 - t.bits)
	}
	return int64(v >> (64 - t.bits))
}

// store writes the lowest bits of v to the field at a bit offset of b, which has all of it.
func (t bitfieldType) store(b []byte, offset uint64, v int64) {
	hi, lo := loadBits(b, offset)
	shift := uint(offset & 7)
	mask := uint64(math.MaxUint64) << (64 - t.bits) // the field, as it would be at shift 0
	val := uint64(v) << (64 - t.bits)
	hi = hi&^(mask>>shift) | val>>shift
	// What has been shifted out of 64 bits is the field's part in the ninth byte.
	lo = lo&^byte(mask<<(8-shift)) | byte(val<<(8-shift))
	var buf [9]byte
	binary.BigEndian.PutUint64(buf[:], hi)
	buf[8] = lo
	first, last := offset>>3, (offset+uint64(t.bits)-1)>>3
	copy(b[first:last+1], buf[:])
}

// loadBits reads the nine bytes from the one on that has the bit offset: a field ends in them.
func loadBits(b []byte, offset uint64) (hi uint64, lo byte) {
	var buf [9]byte
	if at := offset >> 3; at < uint64(len(b)) {
		copy(buf[:], b[at:])
	}
	return binary.BigEndian.Uint64(buf[:]), buf[8]
}

// bitfieldOp is one operation of a BITFIELD.
type bitfieldOp struct {
	verb   bitfieldVerb
	mode   bitfieldOverflow
	typ    bitfieldType
	offset uint64
	arg    int64 // value of SET, increment of INCRBY
}

// end is the number of bytes that the string needs for the field.
func (op *bitfieldOp) end() int { return int((op.offset+uint64(op.typ.bits)-1)>>3) + 1 }

// parseBitfield reads all operations, and appends them to ops.
func parseBitfield(c *Ctx, ops []bitfieldOp) ([]bitfieldOp, error) {
	mode := overflowWrap
	for i := 2; i < len(c.Args); {
		op := bitfieldOp{mode: mode}
		left, n := len(c.Args)-i, 4
		switch {
		case c.Is(i, "get") && left >= 3:
			op.verb, n = bitfieldGet, 3
		case c.Is(i, "set") && left >= 4:
			op.verb = bitfieldSet
		case c.Is(i, "incrby") && left >= 4:
			op.verb = bitfieldIncr
		case c.Is(i, "overflow") && left >= 2:
			switch {
			case c.Is(i+1, "wrap"):
				mode = overflowWrap
			case c.Is(i+1, "sat"):
				mode = overflowSat
			case c.Is(i+1, "fail"):
				mode = overflowFail
			default:
				return nil, errBitfieldOverflow
			}
			i += 2
			continue
		default:
			return nil, ErrSyntax
		}
		var ok bool
		if op.typ, ok = parseBitfieldType(c.Args[i+1]); !ok {
			return nil, errBitfieldType
		}
		if op.offset, ok = parseBitOffset(c.Args[i+2], op.typ.bits, stringLimit(c)); !ok {
			return nil, errBitOffset
		}
		if op.verb != bitfieldGet {
			var err error
			if op.arg, err = c.Int(i + 3); err != nil {
				return nil, err
			}
		}
		ops = append(ops, op)
		i += n
	}
	return ops, nil
}

func bitfieldCommand(c *Ctx) error { return bitfield(c, false) }

func bitfieldROCommand(c *Ctx) error { return bitfield(c, true) }

// BITFIELD key [GET type offset | [OVERFLOW mode] SET type offset value | INCRBY type offset by] ...
func bitfield(c *Ctx, readOnly bool) error {
	var few [8]bitfieldOp
	ops, err := parseBitfield(c, few[:0])
	if err != nil {
		return err
	}
	from, size := math.MaxInt, 0 // the writing operations need size bytes, and change none before from
	for i := range ops {
		if ops[i].verb != bitfieldGet {
			from, size = min(from, int(ops[i].offset>>3)), max(size, ops[i].end())
		}
	}
	if size > 0 && readOnly {
		return errBitfieldReadOnly
	}
	var e store.Entry
	if size == 0 {
		e, err = c.String(0)
	} else {
		e, err = lookupString(c, 0)
	}
	if err != nil {
		return err
	}
	if c.Offload(len(ops)*keyWork) || size > 0 && growsLong(c, e, size) {
		return ErrOffload
	}
	var scratch [24]byte
	var b []byte
	var grown bool
	if size > 0 {
		b, grown = growBits(c, e, size, from)
	} else if e.Ok() {
		b = e.Bytes(&scratch)
	}
	changes := int64(0)
	c.Reply.Array(len(ops))
	for i := range ops {
		if ops[i].run(c, b, grown) {
			changes++
		}
	}
	switch {
	case changes > 0:
		c.Changed(c.Keys[0], EventString, "setbit")
		c.Dirty += changes - 1
	case grown: // by nothing but what OVERFLOW FAIL refused: told to nobody, but the append only file must have it (Redis's has not)
		c.Dirty++
	}
	return nil
}

// run does one operation on the string b and replies its outcome. It reports a change: a field has another
// value, or was written in a string that has grown for it.
func (op *bitfieldOp) run(c *Ctx, b []byte, grown bool) (changed bool) {
	old := op.typ.load(b, op.offset)
	var val, reply int64
	var over bool
	switch op.verb {
	case bitfieldGet:
		c.Reply.Int(old)
		return false
	case bitfieldSet:
		val, over = op.typ.add(op.arg, 0, op.mode)
		reply = old
	case bitfieldIncr:
		val, over = op.typ.add(old, op.arg, op.mode)
		reply = val
	}
	if over && op.mode == overflowFail {
		c.Reply.Null()
		return false
	}
	op.typ.store(b, op.offset, val)
	c.Reply.Int(reply)
	return grown || val != old
}

// bitfieldKeys are the keys of BITFIELD: whether it writes depends on the operations.
func bitfieldKeys(args [][]byte) ([]KeyRef, error) {
	const writes = KeyRW | KeyAccess | KeyUpdate
	for i := 2; i < len(args); {
		left := len(args) - i
		switch {
		case EqualFold(args[i], "get") && left >= 3:
			i += 3
		case EqualFold(args[i], "overflow") && left >= 2:
			i += 2
		default: // it writes, or is not understood
			return []KeyRef{{1, writes}}, nil
		}
	}
	return []KeyRef{{1, KeyRO | KeyAccess}}, nil
}
