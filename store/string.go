package store

import (
	"math"

	"radish/internal/num"
	"radish/store/slab"
)

// Strings. An integer is one word in the entry; up to maxInline bytes lie behind the key; the rest is a chunk or mapping of its own,
// whose cap is all that it really has.

const embstrMax = 44 // longer strings are raw

// SetString gives a key a string, whatever it was before. Encoding as Redis does it: int for a canonical int64, embstr up to 44 bytes,
// else raw. deadlineMs is in unix ms, 0: none. It counts as an access, unless db.NoTouch.
func (db *DB) SetString(k Key, val []byte, deadlineMs int64) {
	db.setBytes(k, val, deadlineMs, false, true)
}

// SetStringKeepTTL is SetString that leaves the deadline as it is.
func (db *DB) SetStringKeepTTL(k Key, val []byte) {
	db.setBytes(k, val, 0, true, true)
}

// SetStringNoInt is SetStringKeepTTL that never uses encoding int (as INCRBYFLOAT).
func (db *DB) SetStringNoInt(k Key, val []byte) {
	db.setBytes(k, val, 0, true, false)
}

func (db *DB) setBytes(k Key, val []byte, deadline int64, keep, ints bool) {
	v := stringValue(val, ints)
	t, h, slot, deadline, lru := db.forWrite(k, deadline, keep)
	if slot != nil {
		if e := slotEntry(*slot); (e.form() == formBody || e.Encoding() == EncListpackEx) && !e.reuseBody(&v) {
			t.dropValue(h, e)
		}
	}
	if v.form == formInline && len(v.b) > maxInline {
		v.setBody(newStringOf(t.arena, v.b, db.Spare))
	}
	t.put(h, slot, k.B, &v, deadline, lru)
}

// stringValue is a string on its way into an entry, an integer as such if ints says so. One that is longer than maxInline has to be put apart.
func stringValue(val []byte, ints bool) value {
	v := value{b: val, enc: EncRaw}
	if len(val) <= embstrMax {
		v.enc = EncEmbstr
		if n, ok := num.ParseInt(val); ok && ints {
			v = value{form: formInt, enc: EncInt}
			v.w[0] = uint64(n)
		}
	}
	return v
}

// reuseBody writes a new string over an old one that takes a chunk of the same size, and makes v refer to it.
func (e Entry) reuseBody(v *value) bool {
	if v.form != formInline || len(v.b) <= maxInline || e.Type() != TypeString {
		return false
	}
	b := *e.body()
	if !slab.SameSize(len(v.b), int(b.cap)) {
		return false
	}
	b.len = uint64(len(v.b))
	copy(b.bytes(), v.b)
	v.setBody(b)
	return true
}

// spareStep is how much of a big value is copied before its source is given back.
const spareStep = 4 << 20

// newStringOf is newBlock that tells spare of what it has copied.
func newStringOf(a *slab.Arena, val []byte, spare func([]byte)) body {
	if spare == nil || len(val) < 2*spareStep {
		return newBlock(a, val)
	}
	p := a.Alloc(len(val))
	b := body{addr: uint64(uintptr(p)), len: uint64(len(val)), cap: uint64(slab.Size(len(val)))}
	for to := b.bytes(); len(val) > 0; {
		n := copy(to, val[:min(len(val), spareStep)])
		spare(val[:n])
		to, val = to[n:], val[n:]
	}
	return b
}

// SetInt gives a key an integer and keeps its deadline. It counts as an access, unless db.NoTouch.
func (db *DB) SetInt(k Key, n int64) {
	t, h, slot, deadline, lru := db.forWrite(k, 0, true)
	if slot != nil {
		e := slotEntry(*slot)
		if info := e.info(); form(info>>infoFormAt&3) == formInt && e.Deadline() == deadline {
			*(*int64)(e.words(info)) = n
			e.setMeta(lru | uint32(TypeString)<<metaTypeAt | uint32(EncInt)<<metaEncAt)
			return
		}
		t.dropValue(h, e)
	}
	v := value{form: formInt, enc: EncInt}
	v.w[0] = uint64(n)
	t.put(h, slot, k.B, &v, deadline, lru)
}

// GrowString makes a key's value a raw string of at least newLen bytes (newLen <= 512 MB), appending zeros, and returns all its
// bytes to be written to. It creates the key if it is missing, and keeps the deadline. The value must be a string. Growing again and again
// costs little: there is room to spare. It counts as an access, unless db.NoTouch.
func (db *DB) GrowString(k Key, newLen int) []byte { return db.GrowStringIn(k, newLen, 0, math.MaxInt) }

// GrowStringIn is GrowString for who writes to nothing but the bytes from one offset to another: a snapshot need not keep the rest.
func (db *DB) GrowStringIn(k Key, newLen, from, to int) []byte {
	t, h, slot, deadline, lru := db.forWrite(k, 0, true)
	if slot == nil || slotEntry(*slot).Type() != TypeString || slotEntry(*slot).lapsed(db.Now) {
		return db.createRaw(t, h, slot, k, newLen, lru)
	}
	e := slotEntry(*slot)
	e.setMeta(lru | uint32(TypeString)<<metaTypeAt | uint32(EncRaw)<<metaEncAt)
	switch e.form() {
	case formBody:
		b := e.body()
		if p := t.s.savedHuge(b); p != nil {
			p.save(from, to)
			p.forget()
			growBody(t.arena, b, newLen)
			p.moved(b)
		} else {
			growBody(t.arena, b, newLen)
		}
		return b.bytes()
	case formInline:
		return t.growInline(slot, k.B, e.inline(), newLen, deadline, lru)
	}
	var digits [24]byte
	return t.growInline(slot, k.B, e.Append(digits[:0]), newLen, deadline, lru)
}

// createRaw makes a raw string of zeros, in the place of what has the slot.
func (db *DB) createRaw(t *table, h uint64, slot *uint64, k Key, n int, lru uint32) []byte {
	var zeros [maxInline]byte
	v := value{enc: EncRaw}
	if slot != nil {
		t.dropValue(h, slotEntry(*slot))
	}
	if n <= maxInline {
		v.b = zeros[:n]
	} else {
		b := body{len: uint64(n), cap: uint64(slab.Size(n))}
		b.addr = uint64(uintptr(t.arena.Alloc(n)))
		if n <= slab.MaxChunk {
			clear(b.bytes())
		}
		v.setBody(b)
	}
	t.put(h, slot, k.B, &v, 0, lru)
	e := slotEntry(*t.find(h, k.B))
	return e.raw()
}

// growInline grows a string that is old, which lies in its entry or in no store's memory, and is raw already.
func (t *table) growInline(slot *uint64, key, old []byte, newLen int, deadline int64, lru uint32) []byte {
	n := max(newLen, len(old))
	v := value{enc: EncRaw}
	e := slotEntry(*slot)
	if n > maxInline {
		b := body{len: uint64(len(old))}
		size := roomFor(n, len(old))
		b.cap = uint64(slab.Size(size))
		b.addr = uint64(uintptr(t.arena.Alloc(size)))
		copy(b.bytes(), old)
		growBody(t.arena, &b, n)
		v.setBody(b)
		t.rewrite(slot, key, &v, deadline, lru)
		return slotEntry(*slot).raw()
	}
	var buf [maxInline]byte
	copy(buf[:], old)
	v.b = buf[:n]
	if size := entrySize(len(key), &v, deadline); slab.SameSize(size, e.size()) {
		writeEntry(e.p, key, &v, deadline, lru)
	} else {
		t.rewrite(slot, key, &v, deadline, lru)
	}
	return slotEntry(*slot).raw()
}

// growBody makes a string at least n bytes long.
func growBody(a *slab.Arena, b *body, n int) {
	old, oldCap := int(b.len), int(b.cap)
	if n <= old {
		return
	}
	zeroFrom := oldCap // from here new memory is zero
	if n > oldCap {
		size := roomFor(n, old)
		p := a.Realloc(b.ptr(), oldCap, size, old)
		b.addr, b.cap = uint64(uintptr(p)), uint64(slab.Size(size))
		switch {
		case size <= slab.MaxChunk:
			zeroFrom = n
		case oldCap <= slab.MaxChunk:
			zeroFrom = old
		}
	}
	b.len = uint64(n)
	if to := min(zeroFrom, n); to > old {
		clear(b.bytes()[old:to])
	}
}

// roomFor is how much a string of n bytes, which had old, gets: half as much again while that is cheap, later an eighth, and just n
// when it was empty.
func roomFor(n, old int) int {
	switch {
	case old == 0:
		return n
	case n <= 1<<20:
		return n + n/2
	}
	return n + n/8
}

func digestString(d *[20]byte, e Entry) {
	var scratch [24]byte
	mixDigest(d, e.Bytes(&scratch))
}
