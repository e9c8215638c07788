package store

import (
	"unsafe"

	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// Sets. A small set of integers is an intset, another small one a listpack, with the members as entries; the rest are dicts of elems without
// value and number. Which it is follows Redis 7.2 (its src/t_set.c) exactly, as OBJECT ENCODING tells it: the limits
// count when a member comes in, and a set never becomes compact again when members go.

// SetWriter changes the set at one key. It is valid until something else changes the shard of the key, and needs the write lock.
type SetWriter struct{ w writer }

// OpenSet finds a set in order to change it, or the place where Add will make one. ok is false if the key has another type. It
// counts as an access, unless db.NoTouch.
func (db *DB) OpenSet(k Key) (s SetWriter, ok bool) {
	s.w = db.open(k)
	return s, !s.w.ok() || s.w.entry().Type() == TypeSet
}

// Ok reports whether there is such a key. It is gone when the last member is.
func (s *SetWriter) Ok() bool { return s.w.ok() }

// Len is the number of members, 0 if there is no key.
func (s *SetWriter) Len() int {
	if !s.w.ok() {
		return 0
	}
	return s.w.entry().SetLen()
}

// SetAdd adds a member to the set at a key, which it creates if need be, and says whether it is new. The key must not have another type.
func (db *DB) SetAdd(k Key, m []byte) bool {
	s, _ := db.OpenSet(k)
	return s.Add(m)
}

// SetRemove removes a member from the set at a key, and the key with the last one; it says whether the member was there. The key must not have
// another type.
func (db *DB) SetRemove(k Key, m []byte) bool {
	s, _ := db.OpenSet(k)
	return s.Remove(m)
}

// setStep is how a member gets into a compact set.
type setStep uint8

const (
	setHas        setStep = iota // it is in it
	setInsert                    // into the intset
	setAppend                    // to the listpack
	setToListpack                // the intset becomes a listpack
	setToDict                    // the set becomes a dict
)

// setSafeBytes is how long a listpack may become, as in Redis.
const setSafeBytes = 1 << 30

// stepFor says how member m gets into the compact set b; for setInsert the integer and where it belongs.
func (lim *Limits) stepFor(enc Encoding, b, m []byte) (step setStep, v int64, at int) {
	if enc == EncListpack {
		switch {
		case listpack.Find(b, listpack.First(b), m, 1) >= 0:
			return setHas, 0, 0
		case listpack.Len(b) < lim.SetMaxListpackEntries && len(m) <= lim.SetMaxListpackValue && len(b)+len(m) <= setSafeBytes:
			return setAppend, 0, 0
		}
		return setToDict, 0, 0
	}
	n := intset.Len(b)
	if v, ok := num.ParseInt(m); ok {
		at, has := intset.Search(b, v)
		switch {
		case has:
			return setHas, v, at
		case n+1 > min(lim.SetMaxIntsetEntries, intset.MaxLen):
			return setToDict, v, at
		}
		return setInsert, v, at
	}
	long, size := 0, 0
	if n > 0 {
		lo, hi := intset.At(b, 0), intset.At(b, n-1)
		long = max(decimalLen(lo), decimalLen(hi))
		var room [24]byte
		size = n * max(len(listpack.AppendInt(room[:0], lo)), len(listpack.AppendInt(room[:0], hi)))
	}
	if n < lim.SetMaxListpackEntries && max(len(m), long) <= lim.SetMaxListpackValue && size+len(m) <= setSafeBytes {
		return setToListpack, 0, 0
	}
	return setToDict, 0, 0
}

// fits reports whether a set with encoding enc, which n members are about to come into, may stay as it is. Redis asks that before it looks which
// of them are new.
func (lim *Limits) fits(enc Encoding, n int) bool {
	return enc == EncHashtable || enc == EncListpack && n <= lim.SetMaxListpackEntries || enc == EncIntset && n <= lim.SetMaxIntsetEntries
}

// firstSet is the encoding of a new set that begins with member m, of n that are about to come; v is the integer of an intset.
func (lim *Limits) firstSet(m []byte, n int) (enc Encoding, v int64) {
	if v, ok := num.ParseInt(m); ok && n <= lim.SetMaxIntsetEntries {
		return EncIntset, v
	}
	if n <= lim.SetMaxListpackEntries && len(m) <= lim.SetMaxListpackValue {
		return EncListpack, 0
	}
	return EncHashtable, 0
}

// Add adds a member and says whether it is new. m is not a view of the store. Unlike AddAll it leaves a set that has the member as it is, as
// Redis's SMOVE does.
func (s *SetWriter) Add(m []byte) bool {
	one := [1][]byte{m}
	if !s.w.ok() {
		return s.AddAll(one[:]) == 1
	}
	return s.addRest(s.w.db.s.limits(), one[:]) == 1
}

// AddAll adds members, of which there is at least one, and says how many are new. They are not views of the store. Even when none is new a set whose
// encoding the thresholds do not allow any more gets another one.
func (s *SetWriter) AddAll(members [][]byte) (added int) {
	w := &s.w
	lim := w.db.s.limits()
	rest := members
	if !w.ok() {
		s.create(members[0], len(members), lim)
		rest, added = members[1:], 1
	} else if !lim.fits(w.entry().Encoding(), len(members)) {
		s.toDict(len(members))
	}
	return added + s.addRest(lim, rest)
}

// addRest adds members to a set that is there, and says how many are new.
func (s *SetWriter) addRest(lim *Limits, members [][]byte) (added int) {
	for i, m := range members {
		if s.w.entry().Encoding() == EncHashtable {
			return added + s.addToDict(members[i:])
		}
		if s.addCompact(lim, m) {
			added++
		}
	}
	return added
}

// create makes the key with member m, the first of n that are about to come.
func (s *SetWriter) create(m []byte, n int, lim *Limits) {
	var room [128]byte
	w := &s.w
	switch enc, v := lim.firstSet(m, n); enc {
	case EncIntset:
		b, _ := intset.Add(append(room[:0], emptyIntset...), v)
		w.create(TypeSet, enc, b)
	case EncListpack:
		b := listpack.AppendEntry(listpack.Empty(room[:0])[:listpack.EmptySize-1], m)
		b = append(b, listpackEnd)
		listpack.SetHeader(b, 1)
		w.create(TypeSet, enc, b)
	default:
		d := newDict(w.need().arena, w.db.s, n)
		d.insert(d.hash(m), d.newMember(m))
		w.createBig(TypeSet, enc, body{addr: d.root.addr(), len: 1})
		s.keep(d)
	}
}

// emptyIntset is intset.New().
const emptyIntset = "\x02\x00\x00\x00\x00\x00\x00\x00"

// addCompact adds a member to a compact set.
func (s *SetWriter) addCompact(lim *Limits, m []byte) bool {
	w := &s.w
	e := w.entry()
	b := e.block()
	step, v, at := lim.stepFor(e.Encoding(), b, m)
	switch step {
	case setHas:
		return false
	case setInsert:
		intset.Insert(w.resize(intset.SizeWith(b, v)), at, v)
	case setAppend:
		var room [128]byte
		n := listpack.Len(b)
		b = w.splice(len(b)-1, 0, listpack.AppendEntry(room[:0], m))
		listpack.SetHeader(b, n+1)
	case setToListpack:
		w.setBlock(EncListpack, listpackOf(b, m))
	default:
		s.toDict(e.SetLen() + 1)
		d := w.dict()
		d.insert(d.hash(m), d.newMember(m))
		s.keep(d)
	}
	return true
}

// listpackOf is a listpack of the members of an intset and one more.
func listpackOf(is, m []byte) []byte {
	n := intset.Len(is)
	lp := listpack.Empty(make([]byte, 0, listpack.EmptySize+10*n+len(m)+10))
	lp = lp[:len(lp)-1]
	for i := range n {
		lp = listpack.AppendInt(lp, intset.At(is, i))
	}
	lp = append(listpack.AppendEntry(lp, m), listpackEnd)
	listpack.SetHeader(lp, n+1)
	return lp
}

// toDict makes a compact set a dict, with room for n members.
func (s *SetWriter) toDict(n int) {
	w := &s.w
	d := newDict(w.t.arena, w.db.s, max(n, s.Len()))
	w.entry().SetEach(func(m []byte) bool {
		d.insert(d.hash(m), d.newMember(m))
		return true
	})
	w.setBig(EncHashtable, body{addr: d.root.addr()})
	s.keep(d)
}

// newMember makes an elem for a member.
func (d dict) newMember(m []byte) elem { return writeElem(d.a, m, nil, false, 0, false) }

// addMember adds a member and says whether it is new.
func (d dict) addMember(m []byte) bool {
	h := d.hash(m)
	if slot, _ := d.find(h, m); slot != nil {
		return false
	}
	d.insert(h, d.newMember(m))
	return true
}

// removeMember removes a member and says whether it was there.
func (d dict) removeMember(m []byte) bool {
	h := d.hash(m)
	slot, e := d.find(h, m)
	if slot == nil {
		return false
	}
	d.remove(h, slot)
	d.freeElem(e)
	return true
}

// addToDict adds members to a set that is a dict, and says how many are new.
func (s *SetWriter) addToDict(members [][]byte) (added int) {
	d := s.w.dict()
	for _, m := range members {
		if d.addMember(m) {
			added++
		}
	}
	if added > 0 {
		s.keep(d)
	}
	return added
}

// keep takes over that the dict has changed.
func (s *SetWriter) keep(d dict) {
	s.w.body().len = uint64(d.len())
	s.w.bump(unsafe.Pointer(d.root))
}

// Remove removes a member, and the key with the last one, and says whether the member was there.
func (s *SetWriter) Remove(m []byte) bool {
	one := [1][]byte{m}
	return s.RemoveAll(one[:]) == 1
}

// RemoveAll removes members, and the key with the last one, and says how many were there.
func (s *SetWriter) RemoveAll(members [][]byte) (removed int) {
	w := &s.w
	if !w.ok() {
		return 0
	}
	if w.entry().Encoding() == EncHashtable {
		return s.removeFromDict(members)
	}
	for _, m := range members {
		if !s.removeCompact(m) {
			continue
		}
		if removed++; !w.ok() {
			break
		}
	}
	return removed
}

func (s *SetWriter) removeFromDict(members [][]byte) (removed int) {
	d := s.w.dict()
	for _, m := range members {
		if !d.removeMember(m) {
			continue
		}
		if removed++; d.len() == 0 {
			s.w.drop()
			return removed
		}
	}
	if removed > 0 {
		s.keep(d)
	}
	return removed
}

func (s *SetWriter) removeCompact(m []byte) bool {
	e := s.w.entry()
	b := e.block()
	if e.Encoding() == EncListpack {
		off := listpack.Find(b, listpack.First(b), m, 1)
		if off < 0 {
			return false
		}
		s.cutListpack(b, off)
		return true
	}
	v, ok := num.ParseInt(m)
	if !ok {
		return false
	}
	at, has := intset.Search(b, v)
	if !has {
		return false
	}
	s.cutIntset(b, at)
	return true
}

// cutListpack takes out the member at an offset of the listpack b, and the key with the last one.
func (s *SetWriter) cutListpack(b []byte, off int) {
	n := listpack.Len(b)
	if n == 1 {
		s.w.drop()
		return
	}
	b = s.w.splice(off, listpack.Size(b, off), nil)
	listpack.SetHeader(b, n-1)
}

// cutIntset takes out member i of the intset b, and the key with the last one.
func (s *SetWriter) cutIntset(b []byte, i int) {
	if intset.Len(b) == 1 {
		s.w.drop()
		return
	}
	s.w.resize(len(intset.Remove(b, i)))
}
