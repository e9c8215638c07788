package store

import (
	"math"
	"unsafe"

	"radish/internal/prefetch"
	"radish/store/listpack"
	"radish/store/slab"
)

// Sorted sets. A small one is a listpack of member and score in turn, in order (EncListpack). A big one (EncSkiplist, as Redis calls it) is a
// dict whose elems have the bits of the score as their number, and a rankTree of the same elems, whose root is the extra part of the dict's root;
// all chunks are in the same arena.
//
// The order is by score, then by member byte by byte. No score is NaN. In a listpack -0 becomes 0, as in Redis.

// ScoreRange is a range of scores. Ex: the bound itself is not in it. Bounds may be infinite.
type ScoreRange struct {
	Min, Max     float64
	MinEx, MaxEx bool
}

// AboveMin says whether a score is not below the range.
func (r *ScoreRange) AboveMin(score float64) bool {
	return score > r.Min || score == r.Min && !r.MinEx
}

// BelowMax says whether a score is not above the range.
func (r *ScoreRange) BelowMax(score float64) bool {
	return score < r.Max || score == r.Max && !r.MaxEx
}

func (r *ScoreRange) empty() bool {
	return r.Min > r.Max || r.Min == r.Max && (r.MinEx || r.MaxEx)
}

// start and end are the places before and behind the elements of the range.
func (r *ScoreRange) start() treeBound {
	if r.MinEx {
		return treeBound{score: r.Min, kind: behindScore}
	}
	return treeBound{score: r.Min, kind: beforeScore}
}

func (r *ScoreRange) end() treeBound {
	if r.MaxEx {
		return treeBound{score: r.Max, kind: beforeScore}
	}
	return treeBound{score: r.Max, kind: behindScore}
}

// LexBound is a bound of a LexRange: a member, which is itself in the range unless Ex; with Inf -1 or 1 what is before or behind all members.
type LexBound struct {
	Member []byte
	Ex     bool
	Inf    int
}

// LexRange is a range of members of a sorted set whose scores are all equal. Of another set it finds anything.
type LexRange struct{ Min, Max LexBound }

// AboveMin says whether a member is not below the range.
func (r *LexRange) AboveMin(m []byte) bool {
	if r.Min.Inf != 0 {
		return r.Min.Inf < 0
	}
	return string(m) > string(r.Min.Member) || !r.Min.Ex && string(m) == string(r.Min.Member)
}

// BelowMax says whether a member is not above the range.
func (r *LexRange) BelowMax(m []byte) bool {
	if r.Max.Inf != 0 {
		return r.Max.Inf > 0
	}
	return string(m) < string(r.Max.Member) || !r.Max.Ex && string(m) == string(r.Max.Member)
}

func (r *LexRange) empty() bool {
	a, b := &r.Min, &r.Max
	if a.Inf != 0 || b.Inf != 0 {
		return a.Inf >= b.Inf
	}
	return string(a.Member) > string(b.Member) || (a.Ex || b.Ex) && string(a.Member) == string(b.Member)
}

// start and end are the places before and behind the elements of the range.
func (r *LexRange) start() treeBound { return r.Min.place(r.Min.Ex) }

func (r *LexRange) end() treeBound { return r.Max.place(!r.Max.Ex) }

func (b *LexBound) place(behind bool) treeBound {
	switch {
	case b.Inf < 0:
		return treeBound{score: math.Inf(-1), kind: beforeScore}
	case b.Inf > 0:
		return treeBound{score: math.Inf(1), kind: behindScore}
	case behind:
		return treeBound{member: b.Member, kind: behindLex}
	}
	return treeBound{member: b.Member, kind: beforeLex}
}

// bigZSet is a sorted set of encoding EncSkiplist. A handle for reading needs no arena.
type bigZSet struct {
	d dict
	t rankTree
}

func bigZSetAt(root uint64, a *slab.Arena) bigZSet { return bigZSetOf(dictAt(root, a)) }

func bigZSetOf(d dict) bigZSet {
	return bigZSet{d, rankTree{(*treeRoot)(unsafe.Pointer(&d.root.extra)), d.a}}
}

func (e Entry) bigZSet() bigZSet { return bigZSetAt(e.body().addr, nil) }

// size is the number of bytes that the set takes.
func (z bigZSet) size() int { return z.d.bytes() + int(z.t.t.bytes) }

// insert adds a member that is not in the set; h is its hash.
func (z bigZSet) insert(h uint64, m []byte, score float64) {
	e := writeElem(z.d.a, m, nil, false, math.Float64bits(score), true)
	z.d.insert(h, e)
	z.t.insert(e.addr())
}

// remove takes the elem of a slot out, whose key has hash h and is at place i of the path.
func (z bigZSet) remove(h uint64, slot *uint64, path *treePath, i int) {
	e := slotElem(*slot)
	z.t.deleteAt(path, i)
	z.d.remove(h, slot)
	z.d.freeElem(e)
}

// ZLen is the number of elements of a sorted set; 0 for the zero Entry.
func (e Entry) ZLen() int {
	switch {
	case !e.Ok():
		return 0
	case e.Encoding() == EncListpack:
		return listpack.Len(e.block()) / 2
	}
	return e.bigZSet().d.len()
}

// ZScore is the score of a member.
func (e Entry) ZScore(m []byte) (score float64, ok bool) {
	if !e.Ok() {
		return 0, false
	}
	if e.Encoding() == EncListpack {
		lp := e.block()
		off := pairFind(lp, m)
		if off < 0 {
			return 0, false
		}
		return pairScore(lp, off), true
	}
	d := e.bigZSet().d
	_, el := d.find(d.hash(m), m)
	if !el.ok() {
		return 0, false
	}
	return itemScore(el.addr()), true
}

// ZRank is the number of elements before a member, from the end if rev, and its score.
func (e Entry) ZRank(m []byte, rev bool) (rank int, score float64, ok bool) {
	n := 0
	if e.Encoding() == EncListpack {
		lp := e.block()
		off := pairFind(lp, m)
		if off < 0 {
			return 0, 0, false
		}
		for at := listpack.First(lp); at != off; at = listpack.Skip(lp, at, 2) {
			rank++
		}
		score, n = pairScore(lp, off), listpack.Len(lp)/2
	} else {
		z := e.bigZSet()
		_, el := z.d.find(z.d.hash(m), m)
		if !el.ok() {
			return 0, 0, false
		}
		score, n = itemScore(el.addr()), z.d.len()
		rank = z.t.rankOf(score, m)
	}
	if rev {
		rank = n - 1 - rank
	}
	return rank, score, true
}

// ZScoreSpan is the rank of the first element in a range, and how many there are.
func (e Entry) ZScoreSpan(r *ScoreRange) (first, n int) {
	if r.empty() || !e.Ok() {
		return 0, 0
	}
	if e.Encoding() != EncListpack {
		t := e.bigZSet().t
		first = t.rank(r.start())
		return first, max(t.rank(r.end())-first, 0)
	}
	for it := e.ZAt(0, false); it.Ok(); it.Next() {
		if s := it.Score(); !r.AboveMin(s) {
			first++
		} else if !r.BelowMax(s) {
			break
		} else {
			n++
		}
	}
	return first, n
}

// ZLexSpan is the rank of the first element in a range, and how many there are.
func (e Entry) ZLexSpan(r *LexRange) (first, n int) {
	if r.empty() || !e.Ok() {
		return 0, 0
	}
	if e.Encoding() != EncListpack {
		t := e.bigZSet().t
		first = t.rank(r.start())
		return first, max(t.rank(r.end())-first, 0)
	}
	for it := e.ZAt(0, false); it.Ok(); it.Next() {
		if m := it.Member(); !r.AboveMin(m) && n == 0 {
			first++
		} else if !r.BelowMax(m) {
			break
		} else {
			n++
		}
	}
	return first, n
}

// ZIter goes through a sorted set in its order, or against it. It is valid until the next write to the shard.
type ZIter struct {
	lp      []byte // of a listpack; then off is where the member is
	off     int
	pos     treePos
	rev     bool
	scratch [24]byte
}

// ZAt begins at the element of a rank, with rev counted from the end and going to the beginning.
func (e Entry) ZAt(rank int, rev bool) ZIter {
	it := ZIter{rev: rev, off: -1}
	if !e.Ok() {
		return it
	}
	if e.Encoding() != EncListpack {
		t := e.bigZSet().t
		switch {
		case rank == 0 && rev:
			it.pos = t.max()
		case rank == 0:
			it.pos = t.min()
		case rev:
			it.pos = t.at(e.bigZSet().d.len() - 1 - rank)
		default:
			it.pos = t.at(rank)
		}
		it.ahead(8)
		return it
	}
	it.lp = e.block()
	if rev {
		it.off = listpack.At(it.lp, -2-2*rank)
	} else {
		it.off = listpack.At(it.lp, 2*rank)
	}
	return it
}

// ZFromScore begins at the first element in a range, with rev at the last one, after skipping so many. It does not end where the range ends.
func (e Entry) ZFromScore(r *ScoreRange, rev bool, skip int) ZIter {
	if !e.Ok() || r.empty() {
		return ZIter{off: -1}
	}
	if e.Encoding() != EncListpack {
		return e.bigZSet().t.iterate(r.start(), r.end(), rev, skip)
	}
	it := e.ZAt(0, rev)
	for it.Ok() {
		if s := it.Score(); rev && r.BelowMax(s) || !rev && r.AboveMin(s) {
			break
		}
		it.Next()
	}
	it.skip(skip)
	return it
}

// ZFromLex is ZFromScore for a range of members.
func (e Entry) ZFromLex(r *LexRange, rev bool, skip int) ZIter {
	if !e.Ok() || r.empty() {
		return ZIter{off: -1}
	}
	if e.Encoding() != EncListpack {
		return e.bigZSet().t.iterate(r.start(), r.end(), rev, skip)
	}
	it := e.ZAt(0, rev)
	for it.Ok() {
		if m := it.Member(); rev && r.BelowMax(m) || !rev && r.AboveMin(m) {
			break
		}
		it.Next()
	}
	it.skip(skip)
	return it
}

func (it *ZIter) skip(n int) {
	for ; n > 0 && it.Ok(); n-- {
		it.Next()
	}
}

// iterate begins between two places.
func (t rankTree) iterate(start, end treeBound, rev bool, skip int) ZIter {
	it := ZIter{rev: rev, off: -1}
	switch {
	case skip == 0 && rev:
		it.pos = t.last(end)
	case skip == 0:
		it.pos = t.after(start)
	case rev:
		it.pos = t.at(t.rank(end) - 1 - skip)
	default:
		if rank := t.rank(start); rank+skip > rank {
			it.pos = t.at(rank + skip)
		}
	}
	it.ahead(8)
	return it
}

// ahead asks for the elements that Next will come to soon.
func (it *ZIter) ahead(n int) {
	if l := it.pos.leaf; l != nil {
		at := l.items[it.pos.i:min(it.pos.i+n, int(l.n))]
		if it.rev {
			at = l.items[max(it.pos.i+1-n, 0) : it.pos.i+1]
		}
		for _, x := range at {
			prefetch.Line(slab.At(uintptr(x)))
		}
	}
}

// Ok says whether the iterator is at an element.
func (it *ZIter) Ok() bool { return it.off >= 0 || it.pos.leaf != nil }

// Next goes to the next element.
func (it *ZIter) Next() {
	if it.lp == nil {
		it.nextItem()
		return
	}
	if !it.rev {
		it.off = listpack.Next(it.lp, listpack.Next(it.lp, it.off))
	} else if it.off = listpack.Prev(it.lp, it.off); it.off >= 0 {
		it.off = listpack.Prev(it.lp, it.off)
	}
}

func (it *ZIter) nextItem() {
	if it.rev {
		it.pos = it.pos.prev()
		if i := it.pos.i - 7; it.pos.leaf != nil && i >= 0 {
			prefetch.Line(slab.At(uintptr(it.pos.leaf.items[i])))
		}
		return
	}
	it.pos = it.pos.next()
	if i := it.pos.i + 7; it.pos.leaf != nil && i < int(it.pos.leaf.n) {
		prefetch.Line(slab.At(uintptr(it.pos.leaf.items[i])))
	}
}

// Member is the member, a view that is valid until Next.
func (it *ZIter) Member() []byte {
	if it.lp == nil {
		return itemMember(it.pos.item())
	}
	return listpack.Bytes(it.lp, it.off, &it.scratch)
}

// Score is the score.
func (it *ZIter) Score() float64 {
	if it.lp == nil {
		return itemScore(it.pos.item())
	}
	return pairScore(it.lp, it.off)
}
