package store

import (
	"fmt"

	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// Reading of sets. The entry must be one with type set.

// SetLen is the number of members.
func (e Entry) SetLen() int {
	switch e.Encoding() {
	case EncIntset:
		return intset.Len(e.block())
	case EncListpack:
		return listpack.Len(e.block())
	}
	return int(e.body().len)
}

// SetHas says whether m is a member.
func (e Entry) SetHas(m []byte) bool {
	switch e.Encoding() {
	case EncIntset:
		v, ok := num.ParseInt(m)
		return ok && intset.Has(e.block(), v)
	case EncListpack:
		b := e.block()
		return listpack.Find(b, listpack.First(b), m, 1) >= 0
	}
	d := e.dict()
	slot, _ := d.find(d.hash(m), m)
	return slot != nil
}

// SetEach calls fn for every member until it returns false. m is valid until fn returns.
func (e Entry) SetEach(fn func(m []byte) bool) {
	if e.Encoding() == EncHashtable {
		e.dict().each(func(el elem) bool { return fn(el.key()) })
		return
	}
	eachCompact(e.Encoding(), e.block(), fn)
}

// eachCompact calls fn for every member of a compact set until it returns false.
func eachCompact(enc Encoding, b []byte, fn func(m []byte) bool) bool {
	var scratch [24]byte
	if enc == EncIntset {
		for i := range intset.Len(b) {
			if !fn(num.AppendInt(scratch[:0], intset.At(b, i))) {
				return false
			}
		}
		return true
	}
	for off := listpack.First(b); off >= 0; off = listpack.Next(b, off) {
		if !fn(listpack.Bytes(b, off, &scratch)) {
			return false
		}
	}
	return true
}

// SetReplySize is about how many bytes the members take in a reply. It looks at no member.
func (e Entry) SetReplySize() int {
	const around = len("$10\r\n\r\n")
	n := e.SetLen()
	switch e.Encoding() {
	case EncIntset:
		return n * (around + 6)
	case EncListpack:
		return n*around + len(e.block())
	}
	const slotAndRounding = 12
	return n*around + max(e.dict().bytes()-n*slotAndRounding, 0)
}

// SetScan calls fn for the members from a cursor on, at least count if there are so many, and returns the cursor where to go on:
// 0 at the end. It starts at 0. Of a compact set it returns all at once. A member that is there from the start of an iteration to its end is
// returned exactly once, unless the set stops being compact meanwhile.
func (e Entry) SetScan(cursor uint64, count int, fn func(m []byte)) (next uint64) {
	if e.Encoding() == EncHashtable {
		return e.dict().scan(cursor, count, func(el elem) { fn(el.key()) })
	}
	eachCompact(e.Encoding(), e.block(), func(m []byte) bool {
		fn(m)
		return true
	})
	return 0
}

// digestSet adds the members to a key's digest, in any order.
func digestSet(d *[20]byte, e Entry) {
	e.SetEach(func(m []byte) bool {
		xorDigest(d, m)
		return true
	})
}

// checkSet tells what does not hold in a set.
func checkSet(_ *table, e Entry) error {
	switch e.Encoding() {
	case EncIntset:
		return intset.Validate(e.block(), true)
	case EncListpack:
		return checkMembers(e.block())
	}
	d := e.dict()
	if d.len() != e.SetLen() || d.len() == 0 {
		return fmt.Errorf("a set of %d members with a dict of %d", e.SetLen(), d.len())
	}
	var err error
	d.each(func(el elem) bool {
		if el.hasNum() || len(el.value()) > 0 || el.size() != elemSize(len(el.key()), 0, false, false) {
			err = fmt.Errorf("member %q has more than a key", el.key())
		}
		return err == nil
	})
	return err
}

func checkMembers(lp []byte) error {
	if err := listpack.Validate(lp, true); err != nil {
		return err
	}
	if listpack.Len(lp) == 0 {
		return fmt.Errorf("an empty set")
	}
	seen := map[string]bool{}
	var err error
	eachCompact(EncListpack, lp, func(m []byte) bool {
		if seen[string(m)] {
			err = fmt.Errorf("member %q is there twice", m)
		}
		seen[string(m)] = true
		return err == nil
	})
	return err
}
