package store

import (
	"encoding/binary"
	"unsafe"

	"radish/store/slab"
)

// elem is an element of a dict: a member of a set or sorted set, or a field of a hash. The zero elem is none. It is one chunk:
//
//	varint   length of the key << 2 | 2 if there is a value | 1 if there is a number
//	varint   length of the value, if there is one
//	uint64   number, if there is one, little endian: bits of a score, or a deadline in ms
//	key
//	value
//
// A varint has 7 bits a byte, the lowest first; all bytes but the last have bit 7 set.
type elem struct{ p unsafe.Pointer }

const (
	elemNum   = 1
	elemValue = 2
)

func slotElem(s uint64) elem { return elem{slab.At(uintptr(s&addrMask) << 3)} }

// elemAt is the elem at an address that was kept as a number, and is not 0.
func elemAt(addr uint64) elem { return elem{slab.At(uintptr(addr))} }

func (e elem) addr() uint64 { return uint64(uintptr(e.p)) }

func (e elem) ok() bool { return e.p != nil }

// elemHead is what the head of an elem says.
type elemHead struct {
	num, hasValue bool
	at            int // offset of the key, behind the number
	key, value    int // lengths
}

func (e elem) head() (hd elemHead) {
	x, n := e.varint(0)
	hd.num, hd.hasValue, hd.key = x&elemNum != 0, x&elemValue != 0, x>>2
	if hd.hasValue {
		hd.value, n = e.varint(n)
	}
	if hd.num {
		n += 8
	}
	hd.at = n
	return hd
}

// varint reads the varint at offset at, and returns the offset behind it.
func (e elem) varint(at int) (x, next int) {
	b := *(*byte)(unsafe.Add(e.p, at))
	x, at = int(b&0x7f), at+1
	for shift := 7; b >= 0x80; shift += 7 {
		b = *(*byte)(unsafe.Add(e.p, at))
		x |= int(b&0x7f) << shift
		at++
	}
	return x, at
}

// key is a view of the key.
func (e elem) key() []byte {
	if b := *(*byte)(e.p); b&(elemValue|0x80) == 0 {
		n := int(b >> 2)
		return unsafe.Slice((*byte)(unsafe.Add(e.p, 1+int(b&elemNum)<<3)), n)[:n:n]
	}
	hd := e.head()
	return unsafe.Slice((*byte)(unsafe.Add(e.p, hd.at)), hd.key)[:hd.key:hd.key]
}

// value is a view of the value, empty when there is none.
func (e elem) value() []byte {
	hd := e.head()
	return unsafe.Slice((*byte)(unsafe.Add(e.p, hd.at+hd.key)), hd.value)[:hd.value:hd.value]
}

// keyIs reports whether the elem has that key.
func (e elem) keyIs(key []byte) bool {
	b := *(*byte)(e.p)
	if b&(elemValue|0x80) != 0 {
		return string(e.key()) == string(key)
	}
	at := 1 + int(b&elemNum)<<3
	return int(b>>2) == len(key) && string(unsafe.Slice((*byte)(unsafe.Add(e.p, at)), len(key))) == string(key)
}

func (e elem) hasNum() bool { return *(*byte)(e.p)&elemNum != 0 }

// num is the number, 0 when there is none.
func (e elem) num() uint64 {
	hd := e.head()
	if !hd.num {
		return 0
	}
	return binary.LittleEndian.Uint64(unsafe.Slice((*byte)(unsafe.Add(e.p, hd.at-8)), 8))
}

// setNum changes the number; there must be one.
func (e elem) setNum(x uint64) {
	hd := e.head()
	binary.LittleEndian.PutUint64(unsafe.Slice((*byte)(unsafe.Add(e.p, hd.at-8)), 8), x)
}

// size is the size of the elem's chunk as it was asked for.
func (e elem) size() int {
	if b := *(*byte)(e.p); b&(elemValue|0x80) == 0 {
		return 1 + int(b&elemNum)<<3 + int(b>>2)
	}
	hd := e.head()
	return hd.at + hd.key + hd.value
}

// mem is the number of bytes that the elem takes.
func (e elem) mem() int { return slab.Size(e.size()) }

func varintLen(x int) int {
	n := 1
	for ; x >= 0x80; x >>= 7 {
		n++
	}
	return n
}

// elemSize is the size of an elem. A value that is not there has length 0.
func elemSize(keyLen, valueLen int, hasValue, hasNum bool) int {
	n := varintLen(keyLen<<2) + keyLen
	if hasValue {
		n += varintLen(valueLen) + valueLen
	}
	if hasNum {
		n += 8
	}
	return n
}

// writeElem makes an elem. value counts only with hasValue, num only with hasNum.
func writeElem(a *slab.Arena, key, value []byte, hasValue bool, num uint64, hasNum bool) elem {
	p := a.Alloc(elemSize(len(key), len(value), hasValue, hasNum))
	x := len(key) << 2
	if hasNum {
		x |= elemNum
	}
	if hasValue {
		x |= elemValue
	}
	q := putVarint(p, x)
	if hasValue {
		q = putVarint(q, len(value))
	}
	if hasNum {
		binary.LittleEndian.PutUint64(unsafe.Slice((*byte)(q), 8), num)
		q = unsafe.Add(q, 8)
	}
	copy(unsafe.Slice((*byte)(q), len(key)), key)
	if hasValue && len(value) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Add(q, len(key))), len(value)), value)
	}
	return elem{p}
}

func putVarint(p unsafe.Pointer, x int) unsafe.Pointer {
	for ; x >= 0x80; x >>= 7 {
		*(*byte)(p) = byte(x) | 0x80
		p = unsafe.Add(p, 1)
	}
	*(*byte)(p) = byte(x)
	return unsafe.Add(p, 1)
}

// copyTo makes the same elem in an arena.
func (e elem) copyTo(a *slab.Arena) elem {
	n := e.size()
	p := a.Alloc(n)
	copy(unsafe.Slice((*byte)(p), n), unsafe.Slice((*byte)(e.p), n))
	return elem{p}
}
