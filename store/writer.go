package store

import (
	"hash/maphash"
	"unsafe"

	"radish/store/slab"
)

// writer changes the value of one key: a compact one byte by byte, a big one through its root. It is valid until something else changes the same
// shard. Whatever it does leaves the deadline of the key and its LRU field as they are. It needs the write lock.
//
// A compact value is an entry's inline bytes or a block apart, see Entry.block; which of both follows from its length, and no user of a writer
// needs to know. Views of the block are void after resize, splice and all set functions.
type writer struct {
	db   *DB
	t    *table  // nil: there is no table yet
	h    uint64  // the key's hash without the shard's bits
	slot *uint64 // nil: there is no such key
	key  Key
	// replaces: the key that insert makes was there a moment ago, and gets the LRU field lru.
	replaces bool
	lru      uint32
}

// open finds a key in order to change its value. A lapsed one is deleted. It counts as an access, unless db.NoTouch.
func (db *DB) open(k Key) (w writer) {
	w.open(db, k)
	return w
}

// open is DB.open for a writer that is part of something bigger.
func (w *writer) open(db *DB, k Key) {
	w.db, w.key = db, k
	w.t, w.h, w.slot = db.findLive(k)
	if w.slot != nil && !db.NoTouch {
		slotEntry(*w.slot).touch(db.s.lru.Load(), db.Clock)
	}
}

// overwrite deletes a key that gets another value at once: insert gives it the LRU field of the old one, which counts as accessed, unless db.NoTouch.
func (db *DB) overwrite(k Key) (w writer) {
	w.open(db, k)
	if w.ok() {
		w.replaces, w.lru = true, w.entry().LRU()
		w.dropFor(freeReplaced)
	}
	return w
}

// ok reports whether there is such a key.
func (w *writer) ok() bool { return w.slot != nil }

// entry is the key; the zero Entry if there is none.
func (w *writer) entry() Entry {
	if w.slot == nil {
		return Entry{}
	}
	return slotEntry(*w.slot)
}

// create makes the key, which is not there, with a compact value and no deadline. block is not a view of the store.
func (w *writer) create(typ Type, enc Encoding, block []byte) {
	v := value{typ: typ, enc: enc}
	w.need()
	w.t.setBlock(&v, block)
	w.insert(&v)
}

// createBig makes the key, which is not there, with a big value and no deadline.
func (w *writer) createBig(typ Type, enc Encoding, b body) {
	v := value{typ: typ, enc: enc}
	v.setBody(b)
	w.need()
	w.insert(&v)
}

func (w *writer) insert(v *value) {
	if !w.replaces {
		w.db.tellCreated(w.key)
		w.lru = newLRU(w.db.s.lru.Load(), w.db.Clock)
	}
	w.t.put(w.h, nil, w.key.B, v, 0, w.lru)
	w.slot = w.t.find(w.h, w.key.B)
}

// need is the table of the key, made if need be.
func (w *writer) need() *table {
	if w.t == nil {
		sh, _ := w.db.shardOf(w.key)
		w.t = w.db.s.needTable(sh, w.db.Index)
	}
	return w.t
}

// setBlock makes v a compact value, inline or apart.
func (t *table) setBlock(v *value, block []byte) {
	if len(block) <= maxInline {
		v.form, v.b = formInline, block
	} else {
		v.setBody(newBlock(t.arena, block))
	}
}

// keepApart is the smallest block that stays apart once it is there: so a value whose size is about maxInline does not go to and fro.
const keepApart = maxInline * 3 / 4

// resize makes the block n bytes long, n > 0, and returns it. As many of the bytes as fit stay, new ones are undefined.
func (w *writer) resize(n int) []byte {
	e := w.entry()
	if e.form() == formBody {
		b := e.body()
		if n >= keepApart {
			a := w.t.arena
			p := a.Realloc(b.ptr(), int(b.cap), n, min(n, int(b.len)))
			*b = body{addr: uint64(uintptr(p)), len: uint64(n), cap: uint64(slab.Size(n))}
			return b.bytes()
		}
		v := e.value()
		v.form, v.b = formInline, b.bytes()[:min(n, int(b.len))]
		was := *b
		w.rewrite(&v, n)
		w.t.arena.Free(was.ptr(), int(was.cap))
		return w.entry().inline()
	}
	old := e.inline()
	if n > maxInline {
		v := e.value()
		p := w.t.arena.Alloc(n)
		b := body{addr: uint64(uintptr(p)), len: uint64(n), cap: uint64(slab.Size(n))}
		copy(b.bytes(), old)
		v.setBody(b)
		w.rewrite(&v, 0)
		return b.bytes()
	}
	if size := e.size(); slab.SameSize(size, size-len(old)+n) {
		e.setInlineLen(n)
		return e.inline()
	}
	return w.moveInline(e, n)
}

// setInlineLen changes the length of the inline value, for which there is room.
func (e Entry) setInlineLen(n int) {
	info := (*uint32)(unsafe.Add(e.p, 4))
	*info = *info&^infoValLen | uint32(n)
}

// moveInline brings an entry to a chunk for n inline bytes.
func (w *writer) moveInline(e Entry, n int) []byte {
	old := e.size()
	size := old - int(e.info()&infoValLen) + n
	p := w.t.arena.Alloc(size)
	keep := min(size, old)
	copy(unsafe.Slice((*byte)(p), keep), unsafe.Slice((*byte)(e.p), keep))
	*w.slot = makeSlot(p, *w.slot>>addrBits)
	w.t.arena.Free(e.p, old)
	e.p = p
	e.setInlineLen(n)
	return e.inline()
}

// rewrite gives the key another entry with value v; an inline one becomes n bytes long, of which v.b is the first.
func (w *writer) rewrite(v *value, n int) {
	e := w.entry()
	deadline := e.Deadline()
	size := entrySize(len(w.key.B), v, deadline)
	if v.form == formInline {
		size += n - len(v.b)
	}
	p := w.t.arena.Alloc(size)
	writeEntry(p, w.key.B, v, deadline, e.meta()&metaLRU)
	if v.form == formInline {
		Entry{p}.setInlineLen(n)
	}
	*w.slot = makeSlot(p, *w.slot>>addrBits)
	w.t.arena.Free(e.p, e.size())
}

// splice replaces del bytes of the block at off by add, which is not a view of the store, and returns the block.
func (w *writer) splice(off, del int, add []byte) []byte {
	b := w.entry().block()
	switch n := len(b) + len(add) - del; {
	case len(add) > del:
		old := len(b)
		b = w.resize(n)
		copy(b[off+len(add):], b[off+del:old])
	case len(add) < del:
		copy(b[off+len(add):], b[off+del:])
		b = w.resize(n)
	}
	copy(b[off:], add)
	return b
}

// setBlock gives the key another compact value. block is not a view of the store.
func (w *writer) setBlock(enc Encoding, block []byte) {
	v := value{typ: w.entry().Type(), enc: enc}
	w.t.freeValue(w.entry(), freeChanged)
	w.t.setBlock(&v, block)
	w.put(&v)
}

// setBig gives the key a big value in the place of a compact one, which is freed.
func (w *writer) setBig(enc Encoding, b body) {
	v := value{typ: w.entry().Type(), enc: enc}
	w.t.freeValue(w.entry(), freeChanged)
	v.setBody(b)
	w.put(&v)
}

func (w *writer) put(v *value) {
	e := w.entry()
	w.t.put(w.h, w.slot, w.key.B, v, e.Deadline(), e.meta()&metaLRU)
}

// body is the reference to a big value, to be changed in place.
func (w *writer) body() *body { return w.entry().body() }

// arena is where the chunks of a big value are.
func (w *writer) arena() *slab.Arena { return w.t.arenaOf(*w.body()) }

// bump gives a big value a new version, after a change. root is its root. A value that has become too big for the shard's arena moves to
// one of its own then, once: handles on it are void.
func (w *writer) bump(root unsafe.Pointer) {
	*(*uint64)(root) = w.t.sh.nextVersion()
	w.t.promote(w.entry().Encoding(), w.body())
}

// nextVersion is a number that no big value of the store had as its version.
func (sh *shard) nextVersion() uint64 {
	sh.version++
	return sh.version
}

// drop deletes the key, whose value became empty. A big value is freed in the background.
func (w *writer) drop() { w.dropFor(freeChanged) }

func (w *writer) dropFor(why freeReason) {
	w.t.drop(w.h, w.slot, why)
	w.slot = nil
}

// versionShift is where the number of its shard begins in a version.
const versionShift = 48

// versionSeed never changes.
var versionSeed = maphash.MakeSeed()

// Version is a number that is another one after each change of the value, as good as certainly: a big value counts, another is hashed.
func (e Entry) Version() uint64 {
	switch enc := e.Encoding(); {
	case enc.big():
		return *(*uint64)(e.body().ptr())
	case enc == EncInt:
		v, _ := e.Int()
		return uint64(v)
	}
	return maphash.Bytes(versionSeed, e.block())
}

// Version is the version of a key's value, with type and encoding mixed in; 0: there is no such key. It needs the key's read lock.
func (db *DB) Version(k Key) uint64 {
	t, _, slot := db.find(k)
	if t == nil || slot == nil || slotEntry(*slot).lapsed(db.Now) {
		return 0
	}
	e := slotEntry(*slot)
	const odd = 0x9e3779b97f4a7c15 // makes neighbours differ in all bits
	return (e.Version()^uint64(e.meta()>>metaTypeAt)<<56)*odd | 1
}
