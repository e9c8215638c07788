package command

import (
	"bytes"
	"encoding/binary"

	"radish/store"
)

const errBitopNot Error = "ERR BITOP NOT must be called with a single source key."

type bitOp uint8

const (
	bitAnd bitOp = iota
	bitOr
	bitXor
	bitNot
)

// parseBitOp reads the operation of a BITOP and checks how many sources it has.
func parseBitOp(c *Ctx) (bitOp, error) {
	switch {
	case c.Is(1, "and"):
		return bitAnd, nil
	case c.Is(1, "or"):
		return bitOr, nil
	case c.Is(1, "xor"):
		return bitXor, nil
	case c.Is(1, "not"):
		if len(c.Args) != 4 {
			return 0, errBitopNot
		}
		return bitNot, nil
	}
	return 0, ErrSyntax
}

// BITOP AND | OR | XOR | NOT destkey key [key ...]
func bitopCommand(c *Ctx) error {
	op, err := parseBitOp(c)
	if err != nil {
		return err
	}
	dest, keys := c.Keys[0], c.Keys[1:]
	if c.OnLoop && c.Offload(bitopWork(c, keys)) {
		return ErrOffload
	}
	size := 0
	for i := range keys {
		e, err := c.String(1 + i)
		if err != nil {
			return err
		}
		if e.Ok() {
			size = max(size, e.StringLen())
		}
	}
	if size > 0 {
		bitopStore(c, op, dest, keys, size)
		c.Changed(dest, EventString, "set")
	} else if c.DB.Delete(dest) {
		c.Changed(dest, EventGeneric, "del")
	}
	c.Reply.Int(int64(size))
	return nil
}

// bitopWork is how many bytes the sources have.
func bitopWork(c *Ctx, keys []store.Key) int {
	work := len(keys) * keyWork
	for _, k := range keys {
		if e := c.DB.Peek(k); e.Ok() && e.Type() == store.TypeString {
			work += e.StringLen()
		}
	}
	return work
}

// bitopStore puts the outcome, size bytes of raw encoding, into dest. It is computed in place, a block after
// the other, so a source may be dest too: its block is read before it is written, and zero bytes that dest
// is lengthened by are what a shorter source counts as.
func bitopStore(c *Ctx, op bitOp, dest store.Key, keys []store.Key, size int) {
	inPlace := false
	for _, k := range keys {
		inPlace = inPlace || bytes.Equal(k.B, dest.B)
	}
	if inPlace {
		c.DB.SetDeadline(dest, 0)
	} else {
		c.DB.SetString(dest, nil, 0)
		c.DB.NoTouch = true // that was the access
	}
	out := c.DB.GrowString(dest, size)
	srcs := make([][]byte, len(keys))
	scratch := make([][24]byte, len(keys))
	for i, k := range keys {
		if e := c.DB.Peek(k); e.Ok() {
			srcs[i] = e.Bytes(&scratch[i])
		}
	}
	var block [4096]byte
	for off := 0; off < size; off += len(block) {
		acc := block[:min(len(block), size-off)]
		clear(acc[copyFrom(acc, srcs[0], off):])
		for _, s := range srcs[1:] {
			combine(op, acc, s[min(off, len(s)):min(off+len(acc), len(s))])
		}
		if op == bitNot {
			invert(acc)
		}
		copy(out[off:], acc)
	}
}

// copyFrom copies what s has at off and behind, and says how many bytes that are.
func copyFrom(dst, s []byte, off int) int { return copy(dst, s[min(off, len(s)):]) }

// combine makes acc the AND, OR or XOR of acc and s, which is not longer; zero bytes follow it.
func combine(op bitOp, acc, s []byte) {
	n := len(s)
	i := 0
	word := binary.NativeEndian
	switch op {
	case bitAnd:
		for ; i+8 <= n; i += 8 {
			word.PutUint64(acc[i:], word.Uint64(acc[i:])&word.Uint64(s[i:]))
		}
		for ; i < n; i++ {
			acc[i] &= s[i]
		}
		clear(acc[n:])
	case bitOr:
		for ; i+8 <= n; i += 8 {
			word.PutUint64(acc[i:], word.Uint64(acc[i:])|word.Uint64(s[i:]))
		}
		for ; i < n; i++ {
			acc[i] |= s[i]
		}
	case bitXor:
		for ; i+8 <= n; i += 8 {
			word.PutUint64(acc[i:], word.Uint64(acc[i:])^word.Uint64(s[i:]))
		}
		for ; i < n; i++ {
			acc[i] ^= s[i]
		}
	}
}

func invert(b []byte) {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		binary.NativeEndian.PutUint64(b[i:], ^binary.NativeEndian.Uint64(b[i:]))
	}
	for ; i < len(b); i++ {
		b[i] = ^b[i]
	}
}
