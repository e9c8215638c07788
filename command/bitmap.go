package command

import (
	"radish/internal/num"
	"radish/store"
)

// What commands on bits answer to bad offsets and values.
const (
	errBitOffset Error = "ERR bit offset is not an integer or out of range"
	errBitValue  Error = "ERR bit is not an integer or out of range"
)

// bitmapSpecs are the rows of the commands that take strings as arrays of bits. Bit 0 is the highest bit
// of the first byte.
func bitmapSpecs() []Spec {
	return []Spec{{
		Name: "setbit", Arity: 4, Flags: Write | DenyOOM, Handler: setbitCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyUpdate, ""), Group: GroupBitmap, Since: "2.2.0",
		Summary:    "Sets or clears one bit of the string that a key holds, lengthens it if need be, and replies the old bit.",
		Complexity: "O(1)", Syntax: "key offset value:integer",
	}, {
		Name: "getbit", Arity: 3, Flags: ReadOnly | Fast, Handler: getbitCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupBitmap, Since: "2.2.0",
		Summary: "Replies one bit of the string that a key holds.", Complexity: "O(1)", Syntax: "key offset",
	}, {
		Name: "bitcount", Arity: -2, Flags: ReadOnly, Handler: bitcountCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupBitmap, Since: "2.6.0",
		Summary:    "Counts the set bits of a string, or of a range of it.",
		Complexity: "O(N), N being the number of bytes looked at",
		Syntax:     "key range:[start end [BYTE|BIT]@7.0.0]",
		History:    []string{"7.0.0 The option `BYTE|BIT` came."},
	}, {
		Name: "bitpos", Arity: -3, Flags: ReadOnly, Handler: bitposCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupBitmap, Since: "2.8.7",
		Summary:    "Finds the first set, or the first clear, bit of a string or of a range of it.",
		Complexity: "O(N), N being the number of bytes looked at",
		Syntax:     "key bit range:[start end-unit-block:[end [BYTE|BIT]@7.0.0]]",
		History:    []string{"7.0.0 The option `BYTE|BIT` came."},
	}, {
		Name: "bitop", Arity: -4, Flags: Write | DenyOOM, Handler: bitopCommand,
		Keys: []KeySpec{
			{Flags: KeyOW | KeyUpdate, Begin: 2, Step: 1},
			{Flags: KeyRO | KeyAccess, Begin: 3, Last: -1, Step: 1},
		},
		Group: GroupBitmap, Since: "2.6.0",
		Summary:    "Combines strings bit by bit and stores the outcome under another key.",
		Complexity: "O(N), N being the number of bytes of all the strings",
		Syntax:     "operation:<AND|OR|XOR|NOT> destkey key [key ...]",
	}, {
		Name: "bitfield", Arity: -2, Flags: Write | DenyOOM, Handler: bitfieldCommand,
		Keys:    firstKey(KeyRW|KeyUpdate|KeyAccess|KeyVariable, "It reads the key, and may change it too"),
		GetKeys: bitfieldKeys,
		Group:   GroupBitmap, Since: "3.2.0",
		Summary:    "Reads, writes and counts up integers of any width at any bit offset of a string.",
		Complexity: "O(1) for each operation",
		Syntax: "key operation:[get-block:<GET encoding offset>|write:<overflow-block:[OVERFLOW <WRAP|SAT|FAIL>] " +
			"write-operation:<set-block:<SET encoding offset value:integer>|" +
			"incrby-block:<INCRBY encoding offset increment>>> ...]",
	}, {
		Name: "bitfield_ro", Arity: -2, Flags: ReadOnly | Fast, Handler: bitfieldROCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupBitmap, Since: "6.0.0",
		Summary:    "Reads integers of any width at any bit offset of a string.",
		Complexity: "O(1) for each operation",
		Syntax:     "key get-block:[GET encoding offset] ...",
	}}
}

// parseBitOffset reads a bit offset, which must lie in a string of at most maxBytes bytes. With a width
// (else 0) the form #n is known too, which counts fields of that many bits.
func parseBitOffset(arg []byte, width uint, maxBytes int64) (uint64, bool) {
	hash := width > 0 && len(arg) > 0 && arg[0] == '#'
	if hash {
		arg = arg[1:]
	}
	offset, ok := num.ParseInt(arg)
	if !ok {
		return 0, false
	}
	if hash {
		offset *= int64(width) // beyond 64 bits it wraps, as in Redis
	}
	if offset < 0 || offset>>3 >= maxBytes {
		return 0, false
	}
	return uint64(offset), true
}

// growBits makes the string of the first key at least size bytes long and of raw encoding, and gives its
// bytes, of which those from from to size may be changed. changed says that there was no key, or a shorter string. e is what the key holds now.
func growBits(c *Ctx, e store.Entry, size, from int) (b []byte, changed bool) {
	changed = !e.Ok() || e.StringLen() < size
	return c.DB.GrowStringIn(c.Keys[0], size, from, size), changed
}

// SETBIT key offset value
func setbitCommand(c *Ctx) error {
	offset, ok := parseBitOffset(c.Args[2], 0, stringLimit(c))
	if !ok {
		return errBitOffset
	}
	on, ok := num.ParseInt(c.Args[3])
	if !ok || on&^1 != 0 {
		return errBitValue
	}
	e, err := lookupString(c, 0)
	if err != nil {
		return err
	}
	size := int(offset>>3) + 1
	if growsLong(c, e, size) {
		return ErrOffload
	}
	b, changed := growBits(c, e, size, size-1)
	at, shift := offset>>3, 7-offset&7
	old := int64(b[at] >> shift & 1)
	if changed || old != on {
		b[at] = b[at]&^(1<<shift) | byte(on)<<shift
		c.Changed(c.Keys[0], EventString, "setbit")
	}
	c.Reply.Int(old)
	return nil
}

// growsLong says that making the string e size bytes long is a worker's work.
func growsLong(c *Ctx, e store.Entry, size int) bool {
	if !c.OnLoop {
		return false
	}
	if e.Ok() {
		size -= e.StringLen()
	}
	return c.Offload(size)
}

// GETBIT key offset
func getbitCommand(c *Ctx) error {
	offset, ok := parseBitOffset(c.Args[2], 0, stringLimit(c))
	if !ok {
		return errBitOffset
	}
	e, err := c.String(0)
	if err != nil {
		return err
	}
	var bit int64
	if e.Ok() {
		var scratch [24]byte
		if b := e.Bytes(&scratch); offset>>3 < uint64(len(b)) {
			bit = int64(b[offset>>3] >> (7 - offset&7) & 1)
		}
	}
	c.Reply.Int(bit)
	return nil
}
