package store

import (
	"sync/atomic"
	"unsafe"

	"radish/internal/num"
	"radish/store/slab"
)

// Entry is a handle on a live key, valid under the lock of its shard until the next write to that shard. The zero Entry is no key.
// Its layout is drawn in the package comment.
type Entry struct{ p unsafe.Pointer }

// The first word: metaLRU is the LRU or LFU field, which readers write atomically; the rest changes under the write lock only.
const (
	metaLRU      = 1<<24 - 1
	metaTypeAt   = 24
	metaEncAt    = 28
	metaTypeMask = 15
)

// The second word.
const (
	infoDeadline = 1 << 31
	infoLongKey  = 1 << 30
	infoFormAt   = 28 // two bits: form
	infoKeyLenAt = 16
	infoKeyLen   = 1<<12 - 1 // mask; a longer key has its length in a word of its own
	infoValLen   = 1<<16 - 1 // mask; bytes of a value after the key
)

// form is where the value is; it is also the number of words before the key that the value takes.
type form uint8

const (
	formInline form = 0 // after the key
	formInt    form = 1 // one word: the integer
	formBody   form = 3 // three words: a body
)

// body refers to a value outside of the entry. Of a string or a compact value: address, then length and capacity in bytes. Of a big value: address of
// its root, number of elements, and the id of the value's own arena, 0 when its chunks are in the shard's.
type body struct {
	addr, len, cap uint64
}

func (b body) ptr() unsafe.Pointer { return slab.At(uintptr(b.addr)) }

// maxInline is the biggest value after a key. A bigger one lies apart, so that it can grow and be freed by itself.
const maxInline = 1024

func (e Entry) meta() uint32 { return atomic.LoadUint32((*uint32)(e.p)) }

func (e Entry) setMeta(m uint32) { atomic.StoreUint32((*uint32)(e.p), m) }

func (e Entry) info() uint32 { return *(*uint32)(unsafe.Add(e.p, 4)) }

func (e Entry) form() form { return form(e.info() >> infoFormAt & 3) }

// keyAt is the offset of the key: header, deadline, length of a long key, and words of the value come before it.
func keyAt(info uint32) int {
	return 8 + 8*int(info>>31+info>>30&1+info>>infoFormAt&3)
}

func (e Entry) keyLen(info uint32) int {
	if info&infoLongKey == 0 {
		return int(info >> infoKeyLenAt & infoKeyLen)
	}
	return int(*(*uint64)(unsafe.Add(e.p, 8+8*(info>>31))))
}

// words is where the words of the value are.
func (e Entry) words(info uint32) unsafe.Pointer {
	return unsafe.Add(e.p, 8+8*(info>>31+info>>30&1))
}

// body is the reference to the value outside of the entry (formBody).
func (e Entry) body() *body { return (*body)(e.words(e.info())) }

// inline is the value after the key (formInline).
func (e Entry) inline() []byte {
	info := e.info()
	return unsafe.Slice((*byte)(unsafe.Add(e.p, keyAt(info)+e.keyLen(info))), info&infoValLen)
}

// size is the size of the entry's chunk as it was asked for.
func (e Entry) size() int {
	info := e.info()
	return keyAt(info) + e.keyLen(info) + int(info&infoValLen)
}

func (e Entry) keyIs(key []byte) bool {
	info := e.info()
	n := e.keyLen(info)
	return n == len(key) && string(unsafe.Slice((*byte)(unsafe.Add(e.p, keyAt(info))), n)) == string(key)
}

// Ok reports whether there is a key.
func (e Entry) Ok() bool { return e.p != nil }

// Type is the type of the value.
func (e Entry) Type() Type { return Type(e.meta() >> metaTypeAt & metaTypeMask) }

// Encoding is how the value is stored.
func (e Entry) Encoding() Encoding { return Encoding(e.meta() >> metaEncAt) }

// Key is the key's bytes, a view that is valid as long as e.
func (e Entry) Key() []byte {
	info := e.info()
	n := e.keyLen(info)
	return unsafe.Slice((*byte)(unsafe.Add(e.p, keyAt(info))), n)[:n:n]
}

// Deadline is when the key lapses, in unix ms; 0 is never. A key has lapsed when now is greater.
func (e Entry) Deadline() int64 {
	if e.info()&infoDeadline == 0 {
		return 0
	}
	return *(*int64)(unsafe.Add(e.p, 8))
}

// lapsed reports whether the deadline has passed at now.
func (e Entry) lapsed(now int64) bool {
	return e.info()&infoDeadline != 0 && *(*int64)(unsafe.Add(e.p, 8)) < now
}

// MemUsage is the number of bytes that the key takes: chunks, a slot of the table, an item of the deadline index.
func (e Entry) MemUsage() int64 {
	n := slab.Size(e.size()) + slotShare
	if e.info()&infoDeadline != 0 {
		n += deadlineShare
	}
	if e.form() == formBody {
		n += valueTypes[e.Encoding()].size(*e.body())
	}
	return int64(n)
}

// Layout is the bytes of the entry's chunk, which holds the key; and of a value apart from it the bytes, and how many of these are room to
// grow.
func (e Entry) Layout() (entry, value, spare int) {
	entry = slab.Size(e.size())
	if e.form() == formBody {
		b, enc := e.body(), e.Encoding()
		value = valueTypes[enc].size(*b)
		if !enc.big() {
			spare = int(b.cap - b.len)
		}
	}
	return entry, value, spare
}

// ValueBytes is the number of bytes that the value takes, wherever it is. It looks at no element.
func (e Entry) ValueBytes() int {
	info := e.info()
	if form(info>>infoFormAt&3) == formBody {
		return valueTypes[e.Encoding()].size(*e.body())
	}
	return int(info & infoValLen)
}

// chunkWork is what freeing a chunk costs, in the unit of command.Ctx.Offload.
const chunkWork = 64

// FreeWork is what deleting the key costs besides finding it, in the unit of command.Ctx.Offload: most values are freed at once.
func (e Entry) FreeWork() int {
	switch enc := e.Encoding(); {
	case !enc.big() || e.body().cap != 0:
		return 0
	case enc == EncQuicklist:
		return 2 * e.ListNodes() * chunkWork
	}
	return int(e.body().len) * chunkWork
}

// freeChunks is how many chunks deleting the key frees at once; with lazy, what is big goes in the background. Pages count as chunks do: giving one
// back takes as long as freeing some.
func (e Entry) freeChunks(lazy bool) int {
	if e.form() != formBody {
		return 1
	}
	n := 1 + e.FreeWork()/chunkWork
	if enc := e.Encoding(); !lazy && enc.big() && e.body().cap != 0 {
		n += min(e.ValueBytes(), closeAtOnce) / closeChunk
	}
	return n
}

// closeChunk is how many bytes of an arena are given back in the time that freeing a chunk takes.
const closeChunk = 1 << 10

// Pointer is where the entry is, for DEBUG OBJECT. It is not to be read.
func (e Entry) Pointer() unsafe.Pointer { return e.p }

// Bytes that a key takes of its table and of the deadline index, on average.
const (
	slotShare     = 10
	deadlineShare = 12
)

// Int is the value of a string with encoding int; ok is false for another encoding.
func (e Entry) Int() (v int64, ok bool) {
	info := e.info()
	if form(info>>infoFormAt&3) != formInt {
		return 0, false
	}
	return *(*int64)(e.words(info)), true
}

// StringLen is the length of the string in bytes.
func (e Entry) StringLen() int {
	info := e.info()
	switch form(info >> infoFormAt & 3) {
	case formInline:
		return int(info & infoValLen)
	case formInt:
		return decimalLen(*(*int64)(e.words(info)))
	}
	return int((*body)(e.words(info)).len)
}

// Append appends the string to dst.
func (e Entry) Append(dst []byte) []byte {
	if v, ok := e.Int(); ok {
		return num.AppendInt(dst, v)
	}
	return append(dst, e.raw()...)
}

// Bytes is a view of the string, valid as long as e; an integer is formatted into scratch.
func (e Entry) Bytes(scratch *[24]byte) []byte {
	if v, ok := e.Int(); ok {
		return num.AppendInt(scratch[:0], v)
	}
	return e.raw()
}

// raw is the bytes of a string that is not an integer.
func (e Entry) raw() []byte {
	if e.form() == formInline {
		return e.inline()
	}
	b := e.body()
	return unsafe.Slice((*byte)(b.ptr()), b.len)
}

// decimalLen is the number of characters of v in decimal.
func decimalLen(v int64) int {
	if v < 0 {
		return 1 + num.Digits(-uint64(v))
	}
	return num.Digits(uint64(v))
}

// value is a value on its way into an entry.
type value struct {
	form form
	typ  Type
	enc  Encoding
	w    [3]uint64 // formInt: the integer; formBody: a body
	b    []byte    // formInline
}

func (v *value) setBody(b body) {
	v.form, v.b = formBody, nil
	v.w = [3]uint64{b.addr, b.len, b.cap}
}

// entrySize is the size of an entry.
func entrySize(keyLen int, v *value, deadline int64) int {
	n := 8 + 8*int(v.form) + keyLen + len(v.b)
	if deadline != 0 {
		n += 8
	}
	if keyLen > infoKeyLen {
		n += 8
	}
	return n
}

// writeEntry lays an entry out at p, which has entrySize bytes. lru is the LRU or LFU field.
func writeEntry(p unsafe.Pointer, key []byte, v *value, deadline int64, lru uint32) {
	info := uint32(v.form)<<infoFormAt | uint32(len(v.b))
	q := unsafe.Add(p, 8)
	if deadline != 0 {
		info |= infoDeadline
		*(*int64)(q) = deadline
		q = unsafe.Add(q, 8)
	}
	if len(key) > infoKeyLen {
		info |= infoLongKey
		*(*uint64)(q) = uint64(len(key))
		q = unsafe.Add(q, 8)
	} else {
		info |= uint32(len(key)) << infoKeyLenAt
	}
	switch v.form {
	case formInt:
		*(*uint64)(q) = v.w[0]
		q = unsafe.Add(q, 8)
	case formBody:
		*(*[3]uint64)(q) = v.w
		q = unsafe.Add(q, 24)
	}
	copy(unsafe.Slice((*byte)(q), len(key)), key)
	if len(v.b) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Add(q, len(key))), len(v.b)), v.b)
	}
	*(*uint32)(unsafe.Add(p, 4)) = info
	atomic.StoreUint32((*uint32)(p), lru|uint32(v.typ)<<metaTypeAt|uint32(v.enc)<<metaEncAt)
}
