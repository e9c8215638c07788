package store

import (
	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// SetDraft is a set in the making that no key has yet: the result of an operation on sets. It takes the encodings that a key
// would have taken. A compact one lies in the Go heap, a dict in memory that no shard owns: see Detached. Nobody else uses it meanwhile;
// making it needs a read lock of the sets that are its sources, and nothing else.
type SetDraft struct {
	s     *Store
	lim   *Limits
	enc   Encoding
	block []byte // unless enc is EncHashtable
	d     *Detached
	hint  int // how many members there will be in a dict
}

// newDraft makes a draft that begins as an intset, a listpack or a dict.
func (s *Store) newDraft(enc Encoding) *SetDraft {
	d := &SetDraft{s: s, lim: s.limits(), enc: enc}
	switch enc {
	case EncIntset:
		d.block = intset.New()
	case EncListpack:
		d.block = listpack.New()
	default:
		d.d = s.newDetachedDict(TypeSet, EncHashtable, 0)
	}
	return d
}

// NewSetDraft makes an empty set of about hint members, which begins as an intset, a listpack or a dict.
func (s *Store) NewSetDraft(enc Encoding, hint int) *SetDraft {
	if enc == EncHashtable {
		return &SetDraft{s: s, lim: s.limits(), enc: enc, hint: hint, d: s.newDetachedDict(TypeSet, enc, hint)}
	}
	d := s.newDraft(enc)
	d.hint = hint
	return d
}

// Detached is the set, which must have members. Nothing may be done with the draft any more.
func (d *SetDraft) Detached() *Detached {
	if d.enc == EncHashtable {
		return d.d
	}
	return d.s.newDetachedBlock(TypeSet, d.enc, d.block)
}

// Len is the number of members.
func (d *SetDraft) Len() int {
	switch d.enc {
	case EncIntset:
		return intset.Len(d.block)
	case EncListpack:
		return listpack.Len(d.block)
	}
	return d.d.dict().len()
}

// Add adds a member and says whether it is new.
func (d *SetDraft) Add(m []byte) bool {
	if d.enc == EncHashtable {
		return d.d.dict().addMember(m)
	}
	step, v, at := d.lim.stepFor(d.enc, d.block, m)
	switch step {
	case setHas:
		return false
	case setInsert:
		n := len(d.block)
		d.block = append(d.block, make([]byte, intset.SizeWith(d.block, v)-n)...)
		intset.Insert(d.block, at, v)
	case setAppend:
		n := listpack.Len(d.block)
		d.block = append(listpack.AppendEntry(d.block[:len(d.block)-1], m), listpackEnd)
		listpack.SetHeader(d.block, n+1)
	case setToListpack:
		d.enc, d.block = EncListpack, listpackOf(d.block, m)
	default:
		d.toDict()
		d.d.dict().addMember(m)
	}
	return true
}

func (d *SetDraft) toDict() {
	to := d.s.newDetachedDict(TypeSet, EncHashtable, max(d.hint, d.Len()+1))
	eachCompact(d.enc, d.block, func(m []byte) bool { return to.dict().addMember(m) })
	d.enc, d.block, d.d = EncHashtable, nil, to
}

// addSet adds the members of a set.
func (d *SetDraft) addSet(e Entry) {
	d.hint = max(d.hint, e.SetLen())
	if d.enc != EncHashtable || e.Encoding() != EncHashtable {
		e.SetEach(func(m []byte) bool {
			d.Add(m)
			return true
		})
		return
	}
	to := d.d.dict()
	e.dict().each(func(el elem) bool {
		to.addMember(el.key())
		return true
	})
}

func (d *SetDraft) has(m []byte) bool {
	switch d.enc {
	case EncIntset:
		v, ok := num.ParseInt(m)
		return ok && intset.Has(d.block, v)
	case EncListpack:
		return listpack.Find(d.block, listpack.First(d.block), m, 1) >= 0
	}
	t := d.d.dict()
	slot, _ := t.find(t.hash(m), m)
	return slot != nil
}

// remove removes a member, if it is there.
func (d *SetDraft) remove(m []byte) {
	switch d.enc {
	case EncIntset:
		if v, ok := num.ParseInt(m); ok {
			if at, has := intset.Search(d.block, v); has {
				d.block = intset.Remove(d.block, at)
			}
		}
	case EncListpack:
		if off := listpack.Find(d.block, listpack.First(d.block), m, 1); off >= 0 {
			n := listpack.Len(d.block)
			d.block = append(d.block[:off], d.block[off+listpack.Size(d.block, off):]...)
			listpack.SetHeader(d.block, n-1)
		}
	default:
		d.d.dict().removeMember(m)
	}
}

// Each calls fn for every member until it returns false.
func (d *SetDraft) Each(fn func(m []byte) bool) {
	if d.enc == EncHashtable {
		d.d.dict().each(func(el elem) bool { return fn(el.key()) })
		return
	}
	eachCompact(d.enc, d.block, fn)
}

// Free gives the memory back of a draft that is not installed. Nothing may be done with it any more.
func (d *SetDraft) Free() {
	if d.d != nil {
		d.d.Free()
	}
}

// replace gives an open set the members of the draft. Nothing may be done with the draft any more.
func (d *SetDraft) replace(w *writer) {
	if d.enc == EncHashtable {
		w.setBig(EncHashtable, w.t.adopt(d.d))
	} else {
		w.setBlock(d.enc, d.block)
	}
}

// InstallSet is Overwrite for the set of a draft, which has members. Nothing may be done with the draft any more.
func (db *DB) InstallSet(k Key, d *SetDraft) {
	if d.enc == EncHashtable {
		db.Overwrite(k, d.d)
		return
	}
	w := db.overwrite(k)
	w.create(TypeSet, d.enc, d.block)
}

// DraftInter makes a set of the members that all sets have. As in Redis it begins as an intset if the smallest set is one, else as a
// listpack, and becomes an intset in the end if it has integers only and not too many.
func (s *Store) DraftInter(sets []Entry) *SetDraft {
	sets, ok := interOrder(sets)
	if !ok {
		return s.newDraft(EncIntset)
	}
	d := s.newDraft(EncListpack)
	if sets[0].Encoding() == EncIntset {
		d = s.newDraft(EncIntset)
	}
	ints := true
	s.SetInter(sets, func(m []byte) bool {
		if ints {
			_, ints = num.ParseInt(m)
		}
		d.Add(m)
		return true
	})
	if ints && d.enc != EncIntset && d.Len() <= min(d.lim.SetMaxIntsetEntries, intset.MaxLen) {
		d.toIntset()
	}
	return d
}

// toIntset makes a draft of integers an intset.
func (d *SetDraft) toIntset() {
	is := intset.New()
	d.Each(func(m []byte) bool {
		v, _ := num.ParseInt(m)
		is, _ = intset.Add(is, v)
		return true
	})
	d.Free()
	d.enc, d.block, d.d = EncIntset, is, nil
}

// DraftUnion makes a set of the members that any of the sets has.
func (s *Store) DraftUnion(sets []Entry) *SetDraft {
	d := s.newDraft(EncIntset)
	for _, e := range sets {
		if e.Ok() {
			d.addSet(e)
		}
	}
	return d
}

// DraftDiff makes a set of the members of the first set that none of the others has. With the second algorithm (see diffOrder) Redis
// begins with all members of the first set, and the result keeps the encoding that these need.
func (s *Store) DraftDiff(sets []Entry) *SetDraft {
	d := s.newDraft(EncIntset)
	base, others, walk := diffOrder(sets)
	if !base.Ok() {
		return d
	}
	if !walk {
		d.addSet(base)
		for _, e := range others {
			e.SetEach(func(m []byte) bool {
				d.remove(m)
				return d.Len() > 0
			})
		}
		return d
	}
	diff(base, others, func(m []byte) bool {
		d.Add(m)
		return true
	})
	return d
}
