package store

import (
	"slices"

	"radish/store/listpack"
)

// HashWriter changes one hash. It is valid until something else changes the same shard, and needs the write lock. The key may be missing:
// setting a field creates it, deleting the last one deletes it.
//
// A lapsed field that it meets is deleted first, as at its time (Hooks.FieldsExpired), but for Delete, which cares for no deadlines.
type HashWriter struct {
	w   writer
	due int64 // the deadline under which the hash is in the table's index, see hash_due.go
}

// OpenHash finds a key in order to change it. A lapsed one is deleted. It counts as an access, unless db.NoTouch.
func (db *DB) OpenHash(k Key) (h HashWriter) {
	h.w = db.open(k)
	if h.w.ok() {
		h.due = h.w.entry().fieldDue()
	}
	return h
}

// Entry is the key as it is now; the zero Entry if there is none.
func (h *HashWriter) Entry() Entry { return h.w.entry() }

// WrongType reports whether the key is there and no hash. Then nothing else may be called.
func (h *HashWriter) WrongType() bool { return h.w.ok() && h.w.entry().Type() != TypeHash }

// Expect tells that fields and values, in turns, will be set. If the hash will not stay compact, it becomes a dict at once, as in Redis.
func (h *HashWriter) Expect(args [][]byte) {
	if h.w.ok() && h.w.entry().Encoding().big() {
		return
	}
	lim := h.w.db.s.limits()
	sum := 0
	for _, a := range args {
		if len(a) > lim.HashMaxListpackValue {
			h.toDict(0)
			return
		}
		sum += len(a)
	}
	size := 0
	if h.w.ok() {
		size = len(h.w.entry().block())
	}
	if fields := len(args) / 2; fields > lim.HashMaxListpackEntries {
		h.toDict(fields)
	} else if size+sum > maxListpack {
		h.toDict(0)
	}
}

// SetAll is Set for fields and values, in turns, and returns how many fields are new.
func (h *HashWriter) SetAll(pairs [][]byte) (created int) {
	h.Expect(pairs)
	if !h.w.ok() && len(pairs) > 2 {
		return h.createAll(pairs)
	}
	for i := 0; i < len(pairs); i += 2 {
		if h.Set(pairs[i], pairs[i+1]) {
			created++
		}
	}
	return created
}

// createAll makes a compact hash of several fields, which Expect found short enough, at once: field by field it would pass through chunks of many sizes.
func (h *HashWriter) createAll(pairs [][]byte) (fields int) {
	var buf [maxInline]byte
	lp := listpack.Empty(buf[:0])
	for i := 0; i < len(pairs); i += 2 {
		f, v := pairs[i], pairs[i+1]
		if off := listpack.Find(lp, listpack.HeaderSize, f, 2); off >= 0 {
			off += listpack.Size(lp, off)
			lp = slices.Replace(lp, off, off+listpack.Size(lp, off), listpack.AppendEntry(nil, v)...)
			continue
		}
		lp = append(listpack.AppendEntry(listpack.AppendEntry(lp[:len(lp)-1], f), v), listpackEnd)
		fields++
	}
	listpack.SetHeader(lp, 2*fields)
	h.w.create(TypeHash, EncListpack, lp)
	return fields
}

// maxListpack is the most bytes that a listpack is let grow to, as in Redis.
const maxListpack = 1 << 30

// Set gives a field a value, and takes its deadline from it. It reports whether the field is new.
func (h *HashWriter) Set(f, v []byte) (created bool) { return h.set(f, v, false) }

// SetKeepTTL is Set that leaves the deadline as it is.
func (h *HashWriter) SetKeepTTL(f, v []byte) (created bool) { return h.set(f, v, true) }

func (h *HashWriter) set(f, v []byte, keep bool) (created bool) {
	w := &h.w
	if !w.ok() {
		h.create(f, v)
		return true
	}
	if enc := w.entry().Encoding(); !enc.big() {
		if h.fits(f, v) {
			if enc == EncListpack {
				created, ok := w.listpackSet(f, v)
				if ok {
					return created
				}
			} else if created, ok := h.listpackExSet(f, v, keep); ok {
				return created
			}
		}
		h.toDict(0)
	}
	return h.dictSet(f, v, keep)
}

// fits reports whether a field and its value are short enough for a compact hash.
func (h *HashWriter) fits(f, v []byte) bool {
	most := h.w.db.s.limits().HashMaxListpackValue
	return len(f) <= most && len(v) <= most
}

// create makes a hash with one field.
func (h *HashWriter) create(f, v []byte) {
	w := &h.w
	if !h.fits(f, v) || w.db.s.limits().HashMaxListpackEntries < 1 {
		h.toDict(0)
		h.dictSet(f, v, false)
		return
	}
	var buf [listpackBuf]byte
	lp := listpack.AppendEntry(listpack.AppendEntry(listpack.Empty(buf[:0])[:listpack.HeaderSize], f), v)
	lp = append(lp, listpackEnd)
	listpack.SetHeader(lp, 2)
	w.create(TypeHash, EncListpack, lp)
}

// listpackBuf is room for the entries of a field and a value of usual size.
const listpackBuf = 192

// listpackSet sets a field of a listpack. ok is false when that has no room for one more, or has too many since the limits changed.
func (w *writer) listpackSet(f, v []byte) (created, ok bool) {
	lp := w.entry().block()
	var buf [listpackBuf]byte
	n := listpack.Len(lp)
	room := w.db.s.limits().HashMaxListpackEntries - n/2
	if off := listpack.Find(lp, listpack.HeaderSize, f, 2); off >= 0 && room >= 0 {
		off += listpack.Size(lp, off)
		w.setListpackEntry(lp, off, n, listpack.AppendEntry(buf[:0], v))
		return false, true
	}
	if room <= 0 {
		return false, false
	}
	lp = w.splice(len(lp)-1, 0, listpack.AppendEntry(listpack.AppendEntry(buf[:0], f), v))
	listpack.SetHeader(lp, n+2)
	return true, true
}

// setListpackEntry replaces the entry at off in a listpack of n entries.
func (w *writer) setListpackEntry(lp []byte, off, n int, add []byte) {
	old := listpack.Size(lp, off)
	lp = w.splice(off, old, add)
	if len(add) != old {
		listpack.SetHeader(lp, n)
	}
}

// listpackExSet is listpackSet for a listpack with deadlines.
func (h *HashWriter) listpackExSet(f, v []byte, keep bool) (created, ok bool) {
	w := &h.w
	lp := w.entry().block()
	var buf [listpackBuf]byte
	n := listpack.Len(lp)
	off := listpack.Find(lp, listpack.HeaderSize, f, 3)
	switch room := h.w.db.s.limits().HashMaxListpackEntries - n/3; {
	case room < 0 || room == 0 && off < 0:
		return false, false
	case off >= 0:
		t := tripleAt(lp, off)
		if t.ms != 0 && t.ms < w.db.Now {
			h.expireOne(f)
			return h.set(f, v, false), true
		}
		if keep || t.ms == 0 {
			w.setListpackEntry(lp, t.value, n, listpack.AppendEntry(buf[:0], v))
			return false, true
		}
		lp = w.splice(off, t.end-off, nil)
		n -= 3
	}
	add := listpack.AppendInt(listpack.AppendEntry(listpack.AppendEntry(buf[:0], f), v), 0)
	lp = w.splice(len(lp)-1, 0, add)
	listpack.SetHeader(lp, n+3)
	h.refile()
	return off < 0, true
}

// dictSet sets a field of a dict.
func (h *HashWriter) dictSet(f, v []byte, keep bool) (created bool) {
	d := h.w.dict()
	hash := d.hash(f)
	slot, e := d.find(hash, f)
	if e.ok() {
		ms := int64(e.num())
		if ms != 0 && ms < h.w.db.Now {
			h.expireOne(f)
			return h.set(f, v, false)
		}
		d.save(hash)
		if !keep && e.hasNum() || len(v) != len(e.value()) {
			d.setField(hash, slot, e, f, v, ms, keep)
		} else {
			copy(e.value(), v)
		}
	} else {
		d.insert(hash, writeElem(d.a, f, v, true, 0, false))
	}
	h.changed(d)
	return !e.ok()
}

// setField gives a field of a dict, which has a slot, another value. With keep its deadline ms stays.
func (d dict) setField(hash uint64, slot *uint64, e elem, f, v []byte, ms int64, keep bool) {
	if ms != 0 && !keep {
		d.unsetDue(hash, ms)
		ms = 0
	}
	d.replace(slot, writeElem(d.a, f, v, true, uint64(ms), ms != 0))
	d.freeElem(e)
}

// changed keeps the books after a change of a dict.
func (h *HashWriter) changed(d dict) {
	h.w.body().len = uint64(d.len())
	h.refile()
	h.w.bump(d.pointer())
}

// Get is the value of a field, a view.
func (h *HashWriter) Get(f []byte) (v listpack.Value, ok bool) {
	if !h.w.ok() {
		return v, false
	}
	switch h.w.entry().HashField(f, h.w.db.Now, &v) {
	case FieldLive:
		return v, true
	case FieldLapsed:
		h.expireOne(f)
	}
	return listpack.Value{}, false
}

// Delete deletes a field, lapsed or not, and reports whether there was one. The key goes with its last field.
func (h *HashWriter) Delete(f []byte) bool {
	w := &h.w
	if !w.ok() {
		return false
	}
	e := w.entry()
	if e.Encoding().big() {
		d := w.dict()
		hash := d.hash(f)
		slot, el := d.find(hash, f)
		if !el.ok() {
			return false
		}
		if d.len() == 1 {
			h.drop()
			return true
		}
		h.removeElem(d, hash, slot, el)
		h.changed(d)
		return true
	}
	lp, step := e.block(), hashStep(e.Encoding())
	off := listpack.Find(lp, listpack.HeaderSize, f, step)
	if off < 0 {
		return false
	}
	n := listpack.Len(lp)
	if n == step {
		h.drop()
		return true
	}
	lp = w.splice(off, listpack.Skip(lp, off, step)-off, nil)
	listpack.SetHeader(lp, n-step)
	h.refile()
	return true
}

// drop deletes the key with its last field.
func (h *HashWriter) drop() {
	h.w.drop()
	h.due = 0
}

// removeElem takes a field out of a dict and frees it.
func (h *HashWriter) removeElem(d dict, hash uint64, slot *uint64, e elem) {
	if ms := int64(e.num()); ms != 0 {
		d.unsetDue(hash, ms)
	}
	d.remove(hash, slot)
	d.freeElem(e)
}

// Len is the number of fields, lapsed ones included.
func (h *HashWriter) Len() int {
	if !h.w.ok() {
		return 0
	}
	return h.w.entry().HashLen()
}

// Ok reports whether the key is there.
func (h *HashWriter) Ok() bool { return h.w.ok() }

// toDict makes the hash a dict with room for so many fields that are to come. A missing key becomes an empty one: a field must follow.
func (h *HashWriter) toDict(more int) {
	w := &h.w
	a := w.need().arena
	if !w.ok() {
		d := newDict(a, w.db.s, more)
		w.createBig(TypeHash, EncHashtable, body{addr: d.root.addr()})
		w.bump(d.pointer())
		return
	}
	e := w.entry()
	enc := EncHashtable
	if e.Encoding() == EncListpackEx {
		enc = EncHashtableEx
	}
	d := newDict(a, w.db.s, e.HashLen()+more)
	var fields, values [24]byte
	e.hashWalk(func(f, v listpack.Value, ms int64) bool {
		key := textOf(f, &fields)
		hash := d.hash(key)
		d.insert(hash, writeElem(a, key, textOf(v, &values), true, uint64(ms), ms != 0))
		if ms != 0 {
			d.setDue(hash, ms)
		}
		return true
	})
	w.setBig(enc, body{addr: d.root.addr(), len: uint64(d.len())})
	w.bump(d.pointer())
}
