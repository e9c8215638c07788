package command

import (
	"encoding/binary"
	"math/bits"
)

const errBitArg Error = "ERR The bit argument must be 1 or 0."

// bitUnit tells whether argument i, the unit of a range, is BIT.
func bitUnit(c *Ctx, i int) (isBit bool, err error) {
	switch {
	case c.Is(i, "bit"):
		return true, nil
	case c.Is(i, "byte"):
		return false, nil
	}
	return false, ErrSyntax
}

// bitRange brings a range of bytes or bits, as arguments give it, into a string of size bytes: bits from
// to to, both inclusive. ok is false if the range is empty.
func bitRange(start, end int64, isBit bool, size int) (from, to int64, ok bool) {
	n := int64(size)
	if isBit {
		n *= 8
	}
	if start, end = clampRange(start, end, n); start > end {
		return 0, 0, false
	}
	if isBit {
		return start, end, true
	}
	return start * 8, end*8 + 7, true
}

// BITCOUNT key [start end [BYTE | BIT]]
func bitcountCommand(c *Ctx) error {
	e, err := c.String(0)
	if err != nil {
		return err
	}
	if !e.Ok() { // whatever follows the key
		c.Reply.Int(0)
		return nil
	}
	var start, end int64 = 0, -1
	var isBit bool
	switch len(c.Args) {
	case 2:
	case 4, 5:
		if start, err = c.Int(2); err != nil {
			return err
		}
		if end, err = c.Int(3); err != nil {
			return err
		}
		if start < 0 && end < 0 && start > end {
			c.Reply.Int(0)
			return nil
		}
		if len(c.Args) == 5 {
			if isBit, err = bitUnit(c, 4); err != nil {
				return err
			}
		}
	default:
		return ErrSyntax
	}
	var scratch [24]byte
	b := e.Bytes(&scratch)
	from, to, ok := bitRange(start, end, isBit, len(b))
	if !ok {
		c.Reply.Int(0)
		return nil
	}
	if c.Offload(int((to - from) / 8)) {
		return ErrOffload
	}
	c.Reply.Int(countBits(b, from, to))
	return nil
}

// countBits counts the set bits of b between from and to, inclusive and inside b.
func countBits(b []byte, from, to int64) int64 {
	first, last := from>>3, to>>3
	n := popcount(b[first : last+1])
	n -= bits.OnesCount8(b[first] &^ (0xff >> (from & 7)))
	n -= bits.OnesCount8(b[last] & (0x7f >> (to & 7)))
	return int64(n)
}

func popcount(b []byte) int {
	n := 0
	for ; len(b) >= 32; b = b[32:] {
		n += bits.OnesCount64(binary.NativeEndian.Uint64(b)) +
			bits.OnesCount64(binary.NativeEndian.Uint64(b[8:])) +
			bits.OnesCount64(binary.NativeEndian.Uint64(b[16:])) +
			bits.OnesCount64(binary.NativeEndian.Uint64(b[24:]))
	}
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.NativeEndian.Uint64(b))
	}
	for _, x := range b {
		n += bits.OnesCount8(x)
	}
	return n
}

// BITPOS key bit [start [end [BYTE | BIT]]]
func bitposCommand(c *Ctx) error {
	bit, err := c.Int(2)
	if err != nil {
		return err
	}
	if bit != 0 && bit != 1 {
		return errBitArg
	}
	e, err := c.String(0)
	if err != nil {
		return err
	}
	if !e.Ok() { // as if zero bits went on for ever, whatever the range
		c.Reply.Int(-bit)
		return nil
	}
	start, end, isBit, err := bitposRange(c)
	if err != nil {
		return err
	}
	var scratch [24]byte
	b := e.Bytes(&scratch)
	from, to, ok := bitRange(start, end, isBit, len(b))
	if !ok {
		c.Reply.Int(-1)
		return nil
	}
	if c.Offload(int((to - from) / 8)) {
		return ErrOffload
	}
	pos := findBit(b, bit == 1, from, to)
	if pos < 0 && bit == 0 && len(c.Args) < 5 {
		pos = to + 1 // without an end the string is followed by zero bits
	}
	c.Reply.Int(pos)
	return nil
}

// bitposRange reads the range of BITPOS: all, if none is given.
func bitposRange(c *Ctx) (start, end int64, isBit bool, err error) {
	end = -1
	if len(c.Args) > 6 {
		return 0, 0, false, ErrSyntax
	}
	if len(c.Args) > 3 {
		if start, err = c.Int(3); err != nil {
			return
		}
	}
	if len(c.Args) > 5 {
		if isBit, err = bitUnit(c, 5); err != nil {
			return
		}
	}
	if len(c.Args) > 4 {
		end, err = c.Int(4)
	}
	return
}

// findBit is the position of the first bit between from and to, inclusive and inside b, that is set (or
// clear, if !set), or -1.
func findBit(b []byte, set bool, from, to int64) int64 {
	var skip byte // what a byte without such a bit is
	if !set {
		skip = 0xff
	}
	i, last := from>>3, to>>3
	v := (b[i] ^ skip) & (0xff >> (from & 7))
	if v == 0 && i < last {
		i++
		i += int64(leading(b[i:last], skip))
		v = b[i] ^ skip
	}
	if i == last {
		v &= 0xff << (7 - to&7)
	}
	if v == 0 {
		return -1
	}
	return i*8 + int64(bits.LeadingZeros8(v))
}

// leading counts the bytes that b begins with and that are x, which is 0 or 0xff.
func leading(b []byte, x byte) int {
	words := uint64(x) * 0x0101010101010101
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.NativeEndian.Uint64(b[i:]) != words {
			break
		}
	}
	for i < len(b) && b[i] == x {
		i++
	}
	return i
}
