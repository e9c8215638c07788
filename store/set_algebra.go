package store

import (
	"cmp"
	"slices"

	"radish/internal/prefetch"
)

// Intersections, unions and differences. Sets are given as entries, of which the zero Entry is a set without members. Big sets are walked in the
// order of hashes, which is the same in all of them: so what has to be looked up in another set lies where the last look-up was.

// SetInter calls fn for every member that all sets have, until fn returns false.
func (s *Store) SetInter(sets []Entry, fn func(m []byte) bool) {
	sets, ok := interOrder(sets)
	if !ok {
		return
	}
	base, others := sets[0], sets[1:]
	if len(others) == 0 {
		base.SetEach(fn)
		return
	}
	if base.Encoding() == EncHashtable {
		if i := slices.IndexFunc(others, func(e Entry) bool { return e.Encoding() == EncHashtable }); i >= 0 {
			first := others[i].dict()
			others = slices.Delete(slices.Clone(others), i, i+1)
			base.dict().join(first, func(m []byte, in bool) bool { return !in || !inAll(others, m) || fn(m) })
			return
		}
	}
	base.SetEach(func(m []byte) bool { return !inAll(others, m) || fn(m) })
}

// interOrder is the sets in the order in which Redis looks at them, the smallest first, each once. ok is false when one has no members.
func interOrder(sets []Entry) (ordered []Entry, ok bool) {
	if slices.Contains(sets, Entry{}) {
		return nil, false
	}
	ordered = slices.Clone(sets)
	slices.SortStableFunc(ordered, func(a, b Entry) int { return cmp.Compare(a.SetLen(), b.SetLen()) })
	for i := 1; i < len(ordered); {
		if slices.Contains(ordered[:i], ordered[i]) {
			ordered = slices.Delete(ordered, i, i+1)
		} else {
			i++
		}
	}
	return ordered, true
}

func inAll(sets []Entry, m []byte) bool {
	for _, e := range sets {
		if !e.SetHas(m) {
			return false
		}
	}
	return true
}

func inAny(sets []Entry, m []byte) bool {
	for _, e := range sets {
		if e.SetHas(m) {
			return true
		}
	}
	return false
}

// SetInterCount counts the members that all sets have, up to limit; 0: all.
func (s *Store) SetInterCount(sets []Entry, limit int) (n int) {
	s.SetInter(sets, func([]byte) bool {
		n++
		return n != limit
	})
	return n
}

// SetUnion calls fn for every member that any of the sets has, until fn returns false.
func (s *Store) SetUnion(sets []Entry, fn func(m []byte) bool) {
	d := s.DraftUnion(sets)
	d.Each(fn)
	d.Free()
}

// SetDiff calls fn for every member of the first set that none of the others has, until fn returns false.
func (s *Store) SetDiff(sets []Entry, fn func(m []byte) bool) {
	base, others, walk := diffOrder(sets)
	if !base.Ok() {
		return
	}
	if walk {
		diff(base, others, fn)
		return
	}
	u := s.newDraft(EncIntset)
	for _, e := range others {
		u.addSet(e)
	}
	base.SetEach(func(m []byte) bool { return u.has(m) || fn(m) })
	u.Free()
}

// diff calls fn for every member of base that none of the others has, until fn returns false.
func diff(base Entry, others []Entry, fn func(m []byte) bool) {
	if len(others) > 0 && base.Encoding() == EncHashtable && others[0].Encoding() == EncHashtable {
		rest := others[1:]
		base.dict().join(others[0].dict(), func(m []byte, in bool) bool { return in || inAny(rest, m) || fn(m) })
		return
	}
	base.SetEach(func(m []byte) bool { return inAny(others, m) || fn(m) })
}

// diffOrder is the first set, the zero Entry if nothing can be left of it, and the others that have members, the biggest first. walk is the choice
// between the two algorithms that Redis has, by the same formula: to look up the members of the first set in all others, or to take the
// members of the others out of a copy.
func diffOrder(sets []Entry) (base Entry, others []Entry, walk bool) {
	base = sets[0]
	if !base.Ok() || slices.Contains(sets[1:], base) {
		return Entry{}, nil, true
	}
	n := base.SetLen()
	one, two := n, n
	for _, e := range sets[1:] {
		if e.Ok() {
			one += n
			two += e.SetLen()
			others = append(others, e)
		}
	}
	slices.SortStableFunc(others, func(a, b Entry) int { return cmp.Compare(b.SetLen(), a.SetLen()) })
	return base, others, one/2 <= two
}

// joined is how many elems join looks up at a time: so many cache misses are under way at once.
const joined = 32

// joiner is a join on its way: elems of one dict that wait for their look-up in another one.
type joiner struct {
	other dict
	fn    func(m []byte, in bool) bool
	n     int
	elems [joined]elem
	match [joined]elem // in the other dict, with the same tag; none: its key is not in it
	hash  [joined]bool // match is not known
}

// join calls fn for every member of d, and tells whether it is in other too, until fn returns false.
//
// A slot has 19 bits of the hash beside those that its place tells. Segment for segment as many are known of an elem of d as
// a look-up in other needs, unless d is much smaller: then no key has to be hashed, and where no tag is equal no
// elem of other is looked at.
func (d dict) join(other dict, fn func(m []byte, in bool) bool) {
	j := joiner{other: other, fn: fn}
	for h, last := uint64(0), false; !last; {
		var g segment
		at := h
		g, h, last = d.root.segmentAt(h)
		if !j.segment(g, at) {
			return
		}
	}
	j.flush()
}

// segment looks up the elems of a segment whose hashes begin at start.
func (j *joiner) segment(g segment, start uint64) bool {
	shift := g.depth() &^ tagWindow
	prefix := start &^ (^uint64(0) >> shift)
	n := g.nb() * bucketSlots
	end := n + int(g.head().stash)
	for i := 0; i < end; i++ {
		s := *g.slot(i)
		if s == 0 {
			if i < n { // the rest of the bucket is empty too
				i |= bucketSlots - 1
			}
			continue
		}
		e := slotElem(s)
		j.elems[j.n] = e
		prefetch.Line(e.p)
		h := prefix | s>>addrBits<<addrBits>>shift
		to := j.other.root.segment(h)
		if j.hash[j.n] = to.depth()&^tagWindow > shift; !j.hash[j.n] {
			if m := to.candidate(h); m.ok() {
				prefetch.Line(m.p)
				j.match[j.n] = m
			} else {
				j.match[j.n] = elem{}
			}
		}
		if j.n++; j.n == joined && !j.flush() {
			return false
		}
	}
	return true
}

// flush tells of all that wait.
func (j *joiner) flush() bool {
	j.findHashed()
	for i, e := range j.elems[:j.n] {
		m := e.key()
		in := false
		if c := j.match[i]; !c.ok() || c.keyIs(m) {
			in = c.ok()
		} else { // it has the same tag
			slot, _ := j.other.find(j.other.hash(m), m)
			in = slot != nil
		}
		if !j.fn(m, in) {
			j.n = 0
			return false
		}
	}
	j.n = 0
	return true
}

// findHashed looks up those of which a place does not tell enough of the hash.
func (j *joiner) findHashed() {
	var l lookups
	var of [findBatch]int
	for i, hashed := range j.hash[:j.n] {
		full := false
		if hashed {
			m := j.elems[i].key()
			of[l.n] = i
			full = l.add(j.other.hash(m), m)
		}
		if full || i == j.n-1 && l.n > 0 {
			j.other.findMany(&l)
			for k, e := range l.elems[:l.n] {
				j.match[of[k]] = e
			}
			l.n = 0
		}
	}
}

// candidate is the first elem of the segment that has the tag of hash h.
func (g segment) candidate(h uint64) elem {
	tag := g.tag(h)
	b := g.home(tag)
	bk := g.bucket(b)
	for _, s := range bk {
		if s>>addrBits == tag && s != 0 {
			return slotElem(s)
		}
	}
	if bk[bucketSlots-1] == 0 {
		return elem{}
	}
	if b+1 < g.nb() {
		bk = g.bucket(b + 1)
		for _, s := range bk {
			if s>>addrBits == tag && s != 0 {
				return slotElem(s)
			}
		}
		if bk[bucketSlots-1] == 0 {
			return elem{}
		}
	}
	for _, s := range g.stash()[:g.head().stash] {
		if s>>addrBits == tag {
			return slotElem(s)
		}
	}
	return elem{}
}
