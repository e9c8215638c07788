package store

import (
	"unsafe"

	"radish/store/listpack"
)

// Deadlines of fields. A table has an index of the hashes that have such fields (table.fieldDue), by the earliest deadline of
// each, its items as those of keys; a dict with deadlines has an index of its own, whose items stand for fields: deadline and hash
// prefix of the field. What always holds between two changes: a hash is in the table's index under Entry.fieldDue.

// fieldDue is the earliest deadline of the fields of a key, as far as an index can tell it; 0: there is none.
func (e Entry) fieldDue() int64 {
	switch e.Encoding() {
	case EncListpackEx:
		lp := e.block()
		return clampDue(tripleAt(lp, listpack.HeaderSize).ms)
	case EncHashtableEx:
		t := e.dict().deadlines()
		x, _ := t.min()
		return int64(x >> dueHashBits)
	}
	return 0
}

// HashLapsed reports whether some field has lapsed.
func (e Entry) HashLapsed(now int64) bool {
	ms := e.fieldDue()
	return ms != 0 && ms < now
}

// triple is a field of a listpack with deadlines: offsets, and the deadline.
type triple struct {
	value, end int
	ms         int64
}

func tripleAt(lp []byte, off int) (t triple) {
	t.value = off + listpack.Size(lp, off)
	at := t.value + listpack.Size(lp, t.value)
	t.ms = listpack.Get(lp, at).N
	t.end = at + listpack.Size(lp, at)
	return t
}

// fileNew puts a key of hash h, which came from elsewhere, into the index of hashes with deadlines of fields, if it has such.
func (t *table) fileNew(h uint64, key []byte, enc Encoding) {
	if enc == EncListpackEx || enc == EncHashtableEx {
		t.setFieldDue(h, slotEntry(*t.find(h, key)).fieldDue())
	}
}

// unfileFields takes an entry out of that index.
func (t *table) unfileFields(h uint64, e Entry) { t.unsetFieldDue(h, e.fieldDue()) }

func (t *table) setFieldDue(h uint64, ms int64) {
	if ms == 0 {
		return
	}
	before := t.fieldDue.bytes
	t.fieldDue.insert(dueItem(ms, h))
	t.fieldKeys.Add(1)
	t.dueMem.Add(int64(t.fieldDue.bytes - before))
	t.comesDue(&t.sh.nextField, ms)
}

func (t *table) unsetFieldDue(h uint64, ms int64) {
	if ms == 0 {
		return
	}
	before := t.fieldDue.bytes
	t.fieldDue.remove(dueItem(ms, h))
	t.fieldKeys.Add(-1)
	t.dueMem.Add(int64(t.fieldDue.bytes - before))
}

// refile puts right under which deadline the hash is in the index, after a change.
func (h *HashWriter) refile() {
	if ms := h.w.entry().fieldDue(); ms != h.due {
		h.w.t.unsetFieldDue(h.w.h, h.due)
		h.w.t.setFieldDue(h.w.h, ms)
		h.due = ms
	}
}

// deadlines is the index of a dict's fields with deadlines. After a change comes keepDeadlines.
func (d dict) deadlines() deadlines {
	x := &d.root.extra
	return deadlines{arena: d.a, root: uintptr(x[0]), count: int(x[1]), nodes: int(x[2]), bytes: int(x[3])}
}

func (d dict) keepDeadlines(t *deadlines) {
	d.root.extra = [4]uint64{uint64(t.root), uint64(t.count), uint64(t.nodes), uint64(t.bytes)}
}

func (d dict) setDue(hash uint64, ms int64) {
	t := d.deadlines()
	t.insert(dueItem(ms, hash))
	d.keepDeadlines(&t)
}

func (d dict) unsetDue(hash uint64, ms int64) {
	t := d.deadlines()
	t.remove(dueItem(ms, hash))
	d.keepDeadlines(&t)
}

func (d dict) pointer() unsafe.Pointer { return unsafe.Pointer(d.root) }

// SetDeadline gives a field a deadline in unix ms, 0: none. The field is there and has not lapsed.
func (h *HashWriter) SetDeadline(f []byte, ms int64) {
	w := &h.w
	e := w.entry()
	switch e.Encoding() {
	case EncListpack:
		if ms == 0 {
			return
		}
		h.addDeadlines()
		h.listpackDeadline(f, ms)
	case EncListpackEx:
		h.listpackDeadline(f, ms)
	default:
		h.dictDeadline(f, ms)
	}
}

// addDeadlines makes a listpack one that has deadlines.
func (h *HashWriter) addDeadlines() {
	w := &h.w
	lp := w.entry().block()
	n := listpack.Len(lp) / 2
	var buf [maxInline]byte
	ex := listpack.Empty(buf[:0])[:listpack.HeaderSize]
	for off := listpack.HeaderSize; off < len(lp)-1; {
		next := listpack.Skip(lp, off, 2)
		ex = listpack.AppendInt(append(ex, lp[off:next]...), 0)
		off = next
	}
	ex = append(ex, listpackEnd)
	listpack.SetHeader(ex, 3*n)
	w.setBlock(EncListpackEx, ex)
}

// listpackDeadline moves a field of a listpack to where its new deadline belongs.
func (h *HashWriter) listpackDeadline(f []byte, ms int64) {
	w := &h.w
	lp := w.entry().block()
	off := listpack.Find(lp, listpack.HeaderSize, f, 3)
	t := tripleAt(lp, off)
	if t.ms == ms {
		return
	}
	n := listpack.Len(lp)
	var buf [listpackBuf]byte
	at := t.value + listpack.Size(lp, t.value)
	moved := listpack.AppendInt(append(buf[:0], lp[off:at]...), ms)
	lp = w.splice(off, t.end-off, nil)
	to := listpack.HeaderSize
	for to < len(lp)-1 {
		next := tripleAt(lp, to)
		if ms != 0 && (next.ms == 0 || next.ms > ms) {
			break
		}
		to = next.end
	}
	lp = w.splice(to, 0, moved)
	listpack.SetHeader(lp, n)
	h.refile()
}

func (h *HashWriter) dictDeadline(f []byte, ms int64) {
	w := &h.w
	d := w.dict()
	hash := d.hash(f)
	slot, e := d.find(hash, f)
	old := int64(e.num())
	if old == ms {
		return
	}
	d.save(hash)
	if w.entry().Encoding() == EncHashtable {
		w.setEncoding(EncHashtableEx)
	}
	if old != 0 {
		d.unsetDue(hash, old)
	}
	if ms != 0 {
		d.setDue(hash, ms)
	}
	if old != 0 && ms != 0 {
		e.setNum(uint64(ms))
	} else {
		d.replace(slot, writeElem(d.a, f, e.value(), true, uint64(ms), ms != 0))
		d.freeElem(e)
	}
	h.changed(d)
}

// setEncoding changes the encoding where the value need not change.
func (w *writer) setEncoding(enc Encoding) {
	e := w.entry()
	e.setMeta(e.meta()&(1<<metaEncAt-1) | uint32(enc)<<metaEncAt)
}

// Deadline is the deadline of a field in unix ms, 0: none. ok is false when there is no such field.
func (h *HashWriter) Deadline(f []byte) (ms int64, ok bool) {
	if !h.w.ok() {
		return 0, false
	}
	ms, st := h.w.entry().FieldDeadline(f, h.w.db.Now)
	if st == FieldLapsed {
		h.expireOne(f)
	}
	return ms, st == FieldLive
}

// expireOne deletes a lapsed field, and tells so.
func (h *HashWriter) expireOne(f []byte) {
	h.w.t.tellFieldsExpired(h.w.db.Index, h.w.entry(), 1, func(fn func([]byte)) { fn(f) })
	h.Delete(f)
}

// tellFieldsExpired counts n lapsed fields that are about to be deleted, and calls the hook.
func (t *table) tellFieldsExpired(db int, e Entry, n int, fields func(func(f []byte))) {
	if t.s.hooks.FieldsExpired != nil {
		t.s.hooks.FieldsExpired(db, e.Key(), n, n == e.HashLen(), fields)
	}
}

// LapsedField notes that a reader met a lapsed field, nil: some. See DropLapsedFields.
func (db *DB) LapsedField(f []byte) {
	db.Lapsed = true
	db.LapsedFields = append(db.LapsedFields, f)
}

// dropBatch is how many fields are deleted at once for a reader that met some.
const dropBatch = 1000

// DropLapsedFields deletes the fields of a hash that readers of db met and that have lapsed, and calls Hooks.FieldsExpired once.
func (db *DB) DropLapsedFields(k Key) {
	h := db.OpenHash(k)
	if len(db.LapsedFields) == 0 || !h.Ok() || h.WrongType() || !h.Entry().HashLapsed(db.Now) {
		return
	}
	lapsed := db.LapsedFields[:0]
	seen := make(map[string]bool)
	for _, f := range db.LapsedFields {
		if f == nil {
			h.expireUpTo(min(h.Len(), dropBatch)) // the expirer deletes what is left
			return
		}
		if _, st := h.Entry().FieldDeadline(f, db.Now); st == FieldLapsed && !seen[string(f)] {
			lapsed = append(lapsed, f)
			seen[string(f)] = true
		}
	}
	if len(lapsed) == 0 {
		return
	}
	h.w.t.tellFieldsExpired(db.Index, h.Entry(), len(lapsed), func(fn func([]byte)) {
		for _, f := range lapsed {
			fn(f)
		}
	})
	for _, f := range lapsed {
		h.Delete(f)
	}
}

// expireUpTo deletes up to limit lapsed fields, earliest first (of a listpack all of them), tells so, and returns how many.
func (h *HashWriter) expireUpTo(limit int) (n int) {
	w := &h.w
	now := w.db.Now
	e := w.entry()
	if e.Encoding() == EncListpackEx {
		lp := e.block()
		off := listpack.HeaderSize
		for off < len(lp)-1 {
			t := tripleAt(lp, off)
			if t.ms == 0 || t.ms >= now {
				break
			}
			off = t.end
			n++
		}
		left := listpack.Len(lp) - 3*n
		w.t.tellFieldsExpired(w.db.Index, e, n, func(fn func([]byte)) {
			var scratch [24]byte
			for at := listpack.HeaderSize; at < off; at = tripleAt(lp, at).end {
				fn(listpack.Bytes(lp, at, &scratch))
			}
		})
		if left == 0 {
			h.drop()
			return n
		}
		lp = w.splice(listpack.HeaderSize, off-listpack.HeaderSize, nil)
		listpack.SetHeader(lp, left)
		h.refile()
		return n
	}
	d := w.dict()
	due := d.deadlines()
	lapsed := 0
	due.each(func(x uint64) bool {
		if x>>dueHashBits >= uint64(now) || lapsed == limit {
			return false
		}
		lapsed++
		return true
	})
	w.t.tellFieldsExpired(w.db.Index, e, lapsed, func(fn func([]byte)) {
		left, last := lapsed, uint64(0)
		due.each(func(x uint64) bool {
			if x != last {
				d.eachDue(x, func(_ uint64, _ *uint64, el elem) bool {
					fn(el.key())
					return true
				})
			}
			last = x
			left--
			return left > 0
		})
	})
	if lapsed == d.len() {
		h.drop()
		return lapsed
	}
	for ; n < lapsed; n++ {
		t := d.deadlines()
		x, _ := t.min()
		hash, slot, el := d.findDue(x)
		h.removeElem(d, hash, slot, el)
	}
	h.changed(d)
	return n
}

// findDue finds a field that an item of the dict's index stands for.
func (d dict) findDue(x uint64) (hash uint64, slot *uint64, e elem) {
	d.eachDue(x, func(h uint64, s *uint64, el elem) bool {
		hash, slot, e = h, s, el
		return false
	})
	return hash, slot, e
}

// eachDue calls fn for all fields that an item may stand for: those of several items that are alike.
func (d dict) eachDue(x uint64, fn func(hash uint64, slot *uint64, e elem) bool) {
	ms, prefix := int64(x>>dueHashBits), x<<(64-dueHashBits)
	d.withPrefix(prefix, dueHashBits, func(s *uint64) bool {
		el := slotElem(*s)
		if num := el.num(); num == 0 || clampDue(int64(num)) != ms {
			return true
		}
		h := d.hash(el.key())
		if h>>(64-dueHashBits) != x&(1<<dueHashBits-1) {
			return true
		}
		return fn(h, s, el)
	})
}

// withPrefix calls fn for the slots of the buckets where the elems must be whose hashes begin with the first bits of prefix, until it returns false.
func (d dict) withPrefix(prefix uint64, bits uint, fn func(s *uint64) bool) {
	end := prefix | (1<<(64-bits) - 1)
	var buf [4 * bucketSlots]*uint64
	for h, last := prefix, false; !last; {
		var g segment
		at := h
		g, h, last = d.root.segmentAt(at)
		lo, hi := 0, g.nb()-1
		if g.start(at) <= prefix {
			lo = g.home(g.tag(prefix))
		}
		if last || end < h {
			hi, last = g.home(g.tag(end)), true
		}
		for b := lo; b <= hi; b++ {
			for _, s := range g.slots(buf[:0], b) {
				if !fn(s) {
					return
				}
			}
		}
	}
}

// expireFields deletes up to limit lapsed fields of the hash that an item of the table's index stands for.
func (t *table) expireFields(db int, x uint64, nowMs int64, limit int) (n int) {
	slot, hash := t.findDue(x, Entry.fieldDue)
	if slot == nil { // cannot be: each item stands for a hash
		t.unsetFieldDue(x<<(64-dueHashBits), int64(x>>dueHashBits))
		return 0
	}
	if t.saving != nil {
		t.saving.keys.keep(hash, slot)
	}
	var buf [128]byte
	e := slotEntry(*slot)
	at := t.s.DB(db, nowMs)
	h := HashWriter{due: e.fieldDue(), w: writer{db: &at, t: t, h: hash, slot: slot, key: Key{B: append(buf[:0], e.Key()...)}}}
	return h.expireUpTo(limit)
}
