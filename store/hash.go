package store

import (
	"unsafe"

	"radish/store/listpack"
)

// Hashes. While a hash has few and short fields (Limits) it is a listpack of fields, each followed by its value; else a dict whose elements
// have values. Fields may have deadlines: the listpack then has triples, field, value and deadline in unix ms, in the order
// of deadlines, those without one (0) at the end (EncListpackEx, Redis 7.4's format); elements have their deadline as number, and the dict
// an index of these (EncHashtableEx, see hash_due.go). A hash that had deadlines stays in such an encoding when it has none any more.
//
// A field whose deadline has passed is not seen by readers; it counts in HashLen until it is deleted, which happens at its time.

// FieldState says what became of looking for a field.
type FieldState uint8

// States of a field.
const (
	FieldMissing FieldState = iota
	FieldLapsed             // it is still there, but its deadline has passed
	FieldLive
)

// hashStep is the number of entries that a field takes in a listpack.
func hashStep(enc Encoding) int {
	if enc == EncListpackEx {
		return 3
	}
	return 2
}

// HashLen is the number of fields, those that have lapsed and are still there included.
func (e Entry) HashLen() int {
	enc := e.Encoding()
	if enc.big() {
		return int(e.body().len)
	}
	return listpack.Len(e.block()) / hashStep(enc)
}

// HashField looks a field up. If it is live v becomes its value, a view; else v is nobody's.
func (e Entry) HashField(f []byte, now int64, v *listpack.Value) FieldState {
	ms, ok := e.hashFind(f, v)
	switch {
	case !ok:
		return FieldMissing
	case ms != 0 && ms < now:
		return FieldLapsed
	}
	return FieldLive
}

// hashFind finds the deadline (0: none) of a field, lapsed or not, and sets v to its value.
func (e Entry) hashFind(f []byte, v *listpack.Value) (ms int64, ok bool) {
	enc := e.Encoding()
	if enc.big() {
		d := e.dict()
		_, el := d.find(d.hash(f), f)
		if !el.ok() {
			return 0, false
		}
		*v = listpack.Value{S: el.value()}
		return int64(el.num()), true
	}
	lp := e.block()
	off := listpack.Find(lp, listpack.HeaderSize, f, hashStep(enc))
	if off < 0 {
		return 0, false
	}
	off += listpack.Size(lp, off)
	*v = listpack.Get(lp, off)
	if enc == EncListpackEx {
		ms = listpack.Get(lp, off+listpack.Size(lp, off)).N
	}
	return ms, true
}

// HashGet is the value of a field, a view or a string of its own.
func (e Entry) HashGet(f []byte, now int64) (v []byte, ok bool) {
	var val listpack.Value
	if e.HashField(f, now, &val) != FieldLive {
		return nil, false
	}
	if val.Int {
		return val.Append(nil), true
	}
	return val.S, true
}

// FieldDeadline is the deadline of a field in unix ms, 0: none.
func (e Entry) FieldDeadline(f []byte, now int64) (ms int64, st FieldState) {
	var v listpack.Value
	ms, ok := e.hashFind(f, &v)
	switch {
	case !ok:
		return 0, FieldMissing
	case ms != 0 && ms < now:
		return 0, FieldLapsed
	}
	return ms, FieldLive
}

// HashWalk calls fn for each field, until it returns false. Field and value are views.
func (e Entry) HashWalk(now int64, fn func(f, v listpack.Value) bool) {
	e.hashWalk(func(f, v listpack.Value, ms int64) bool {
		return ms != 0 && ms < now || fn(f, v)
	})
}

// hashWalk is HashWalk with deadlines, and with lapsed fields.
func (e Entry) hashWalk(fn func(f, v listpack.Value, ms int64) bool) {
	enc := e.Encoding()
	if enc.big() {
		e.dict().each(func(el elem) bool {
			return fn(listpack.Value{S: el.key()}, listpack.Value{S: el.value()}, int64(el.num()))
		})
		return
	}
	lp := e.block()
	for off := listpack.HeaderSize; off < len(lp)-1; {
		f := listpack.Get(lp, off)
		off += listpack.Size(lp, off)
		v := listpack.Get(lp, off)
		off += listpack.Size(lp, off)
		ms := int64(0)
		if enc == EncListpackEx {
			ms = listpack.Get(lp, off).N
			off += listpack.Size(lp, off)
		}
		if !fn(f, v, ms) {
			return
		}
	}
}

// HashEach is HashWalk with fields and values as strings, valid until fn returns.
func (e Entry) HashEach(now int64, fn func(f, v []byte) bool) {
	var fields, values [24]byte
	e.HashWalk(now, func(f, v listpack.Value) bool {
		return fn(textOf(f, &fields), textOf(v, &values))
	})
}

// HashScan calls fn for the fields from a cursor on (0: the start), count or some more, and returns the cursor where to go on, 0 at the end. A
// field that is there from the start of an iteration to its end is returned, and just once unless the hash changes its encoding.
func (e Entry) HashScan(cursor uint64, count int, now int64, fn func(f, v listpack.Value)) (next uint64) {
	if !e.Encoding().big() {
		e.HashWalk(now, func(f, v listpack.Value) bool {
			fn(f, v)
			return true
		})
		return 0
	}
	return e.dict().scan(cursor, count, func(el elem) {
		if ms := int64(el.num()); ms == 0 || ms >= now {
			fn(listpack.Value{S: el.key()}, listpack.Value{S: el.value()})
		}
	})
}

// HashRandom is a field chosen by chance, each with the same probability. No field may have lapsed (HashLapsed).
func (e Entry) HashRandom(r uint64) (f, v listpack.Value) {
	enc := e.Encoding()
	if enc.big() {
		el := e.dict().random()
		return listpack.Value{S: el.key()}, listpack.Value{S: el.value()}
	}
	lp, step := e.block(), hashStep(enc)
	n := uint64(listpack.Len(lp) / step)
	off := listpack.At(lp, int(r%n)*step)
	return listpack.Get(lp, off), listpack.Get(lp, off+listpack.Size(lp, off))
}

// FieldPlace tells fields of a dict apart: f is a view from HashRandom.
func (e Entry) FieldPlace(f listpack.Value) *byte { return unsafe.SliceData(f.S) }

// HashWork is what walking the hash costs, in the unit of command.Ctx.Offload: about a quarter of a nanosecond.
func (e Entry) HashWork() int {
	if e.Encoding().big() {
		return max(int(e.body().len)*elemWork, e.ValueBytes())
	}
	return len(e.block())
}

// elemWork is what touching one element of a dict costs, in that unit.
const elemWork = 256

// HashSet gives a field a value, and takes its deadline from it. It creates the key if need be, which must be a hash or missing, and reports
// whether the field is new.
func (db *DB) HashSet(k Key, f, v []byte) bool {
	h := db.OpenHash(k)
	return h.Set(f, v)
}

// HashDelete deletes a field of a hash, and the key when that was the last one. It reports whether there was such a field.
func (db *DB) HashDelete(k Key, f []byte) bool {
	h := db.OpenHash(k)
	return h.Delete(f)
}

func digestHash(d *[20]byte, e Entry) {
	var fields, values [24]byte
	e.hashWalk(func(f, v listpack.Value, ms int64) bool {
		var one [20]byte
		mixDigest(&one, textOf(f, &fields))
		mixDigest(&one, textOf(v, &values))
		if ms != 0 {
			xorDigest(&one, []byte("!!hexpire!!"))
		}
		xorDigest(d, one[:])
		return true
	})
}

// textOf is a value as a string, in scratch if it is an integer.
func textOf(v listpack.Value, scratch *[24]byte) []byte {
	if v.Int {
		return v.Append(scratch[:0])
	}
	return v.S
}
