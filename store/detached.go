package store

import "radish/store/slab"

// Detached is a value that no key has yet: the result of a long computation, made without any lock, that Install puts in its place at once. A
// big one has an arena that belongs to no shard; a compact one lies in the Go heap. Only who made it uses it, and ends it by Install or Free.
type Detached struct {
	s     *Store
	typ   Type
	enc   Encoding
	arena *slab.Arena // nil: the value is compact, and lies in block
	body  body        // in arena: a big value, or a block that has a mapping
	block []byte
}

// newDetached begins a big value. Its owner makes it in d.arena, and sets addr and len of d.body.
func (s *Store) newDetached(typ Type, enc Encoding) *Detached {
	return &Detached{s: s, typ: typ, enc: enc, arena: slab.NewPart(s.loose)}
}

// newDetachedDict begins a big value that is a dict, see Detached.dict, for about hint elems.
func (s *Store) newDetachedDict(typ Type, enc Encoding, hint int) *Detached {
	d := s.newDetached(typ, enc)
	d.body.addr = newDict(d.arena, s, hint).root.addr()
	return d
}

// newDetachedBlock makes a compact value. It keeps block.
func (s *Store) newDetachedBlock(typ Type, enc Encoding, block []byte) *Detached {
	return &Detached{s: s, typ: typ, enc: enc, block: block}
}

// DetachedCopy makes a copy of a value other than an integer. It needs a read lock of the key's shard.
func (s *Store) DetachedCopy(e Entry) *Detached {
	typ, enc := e.Type(), e.Encoding()
	if enc.big() {
		v := valueTypes[enc].(bigValue)
		d := s.newDetached(typ, enc)
		d.body = *e.body()
		d.body.addr, d.body.cap = v.copyTo(*e.body(), d.arena), 0
		return d
	}
	if b := e.block(); len(b) > slab.MaxChunk {
		d := s.newDetached(typ, enc)
		d.body = newBlock(d.arena, b)
		return d
	}
	return s.newDetachedBlock(typ, enc, append([]byte(nil), e.block()...))
}

// dict is the dict of a value that has one.
func (d *Detached) dict() dict { return dictAt(d.body.addr, d.arena) }

// setBlock makes the value compact after all. It keeps block.
func (d *Detached) setBlock(enc Encoding, block []byte) {
	d.Free()
	d.enc, d.block = enc, block
}

// Free gives the memory of a value back that is not installed.
func (d *Detached) Free() {
	if d.arena != nil {
		d.s.lazy.addArena(d.arena, 0)
		d.arena = nil
	}
	d.block = nil
}

// Overwrite gives a key a detached value and no deadline. What it had before leaves its LRU field, which counts as accessed, unless
// db.NoTouch. It takes microseconds, but for what is smaller than an own arena is worth. Nothing may be done with d any more.
func (db *DB) Overwrite(k Key, d *Detached) {
	w := db.overwrite(k)
	w.install(d)
}

// install makes the key, which is not there, with a detached value.
func (w *writer) install(d *Detached) {
	if d.arena == nil {
		w.create(d.typ, d.enc, d.block)
	} else {
		w.createBig(d.typ, d.enc, w.need().adopt(d))
	}
	w.t.fileNew(w.h, w.key.B, d.enc)
}

// Install is Overwrite that makes the key anew, with a deadline in unix ms, 0: none.
func (db *DB) Install(k Key, d *Detached, deadline int64) {
	w := db.overwrite(k)
	w.lru = newLRU(db.s.lru.Load(), db.Clock)
	w.install(d)
	if deadline != 0 {
		db.SetDeadline(k, deadline)
	}
}

// copyElems is how many elements are copied to the shard's arena rather than to keep an arena for them.
const copyElems = 2000

// adopt makes a detached value that is not in the Go heap a value of a table.
func (t *table) adopt(d *Detached) body {
	b, a := d.body, d.arena
	d.arena = nil
	if !d.enc.big() {
		a.Give(t.arena, b.ptr(), int(b.cap))
		return b
	}
	if d.enc == EncHashtable {
		b.len = dictAt(b.addr, a).root.count
	}
	v := valueTypes[d.enc].(bigValue)
	if b.len <= copyElems && v.size(b) <= ownArenaMin {
		b.addr, b.cap = v.copyTo(b, t.arena), 0
		a.Close(nil)
	} else {
		a.CountIn(t.arena)
		b.cap = t.own.add(a)
	}
	b.setVersion(t.sh.nextVersion())
	return b
}
