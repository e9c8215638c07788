package store

import (
	"math"
	"unsafe"

	"radish/store/listpack"
)

// ZWriter changes a sorted set; it is valid until something else changes the shard. After the last change comes Close.
type ZWriter struct {
	w       writer
	changed bool
}

// OpenZSet begins changing a sorted set, which may not be there yet. A key of another type must not be opened.
func (db *DB) OpenZSet(k Key) ZWriter { return ZWriter{w: db.open(k)} }

// OverwriteZSet begins a sorted set in the place of what the key has, which leaves its LRU field: see Overwrite. had says that there was something.
func (db *DB) OverwriteZSet(k Key) (z ZWriter, had bool) {
	z.w = db.overwrite(k)
	return z, z.w.replaces
}

// Entry is the set; the zero Entry if there is none.
func (z *ZWriter) Entry() Entry { return z.w.entry() }

// Close ends changing. deleted says that the set has become empty, so that there is no such key any more.
func (z *ZWriter) Close() (deleted bool) {
	if !z.w.ok() {
		return z.changed
	}
	if z.Entry().ZLen() == 0 {
		z.w.drop()
		return true
	}
	if z.changed && !z.compact() {
		b := z.big()
		z.w.body().len = uint64(b.d.len())
		z.w.bump(unsafe.Pointer(b.d.root))
	}
	return false
}

func (z *ZWriter) compact() bool { return z.w.entry().Encoding() == EncListpack }

func (z *ZWriter) big() bigZSet { return bigZSetAt(z.w.body().addr, z.w.arena()) }

// Expect says that about n elements will be added, to a set that is there or not; the first of them, or the longest, has a member of the
// given length.
func (z *ZWriter) Expect(n, memberLen int) {
	lim := z.w.db.s.limits()
	switch {
	case !z.w.ok() && lim.pairsFit(n, memberLen):
		z.w.create(TypeZSet, EncListpack, listpack.New())
	case !z.w.ok():
		t := z.w.need()
		d := newDict(t.arena, t.s, n)
		z.w.createBig(TypeZSet, EncSkiplist, body{addr: d.root.addr()})
	case z.compact() && n > lim.ZSetMaxListpackEntries:
		z.grow(n)
	}
}

// grow makes a compact set big, with room for n elements more.
func (z *ZWriter) grow(n int) {
	lp := z.w.entry().block()
	count := listpack.Len(lp) / 2
	b := bigZSetOf(newDict(z.w.t.arena, z.w.t.s, count+n))
	items := make([]uint64, 0, count)
	for it := z.w.entry().ZAt(0, false); it.Ok(); it.Next() {
		m := it.Member()
		e := writeElem(b.d.a, m, nil, false, math.Float64bits(it.Score()), true)
		b.d.insert(b.d.hash(m), e)
		items = append(items, e.addr())
	}
	b.t.build(items)
	z.w.setBig(EncSkiplist, body{addr: b.d.root.addr(), len: uint64(count)})
	z.changed = true
}

// ZAddOpts are conditions of Add.
type ZAddOpts uint8

// The options of ZADD.
const (
	ZAddNX   ZAddOpts = 1 << iota // only a new member
	ZAddXX                        // only a member that is there
	ZAddGT                        // only a greater score, or a new member
	ZAddLT                        // only a smaller score, or a new member
	ZAddIncr                      // the score is added to the one that is there
)

// ZAddResult is what Add did.
type ZAddResult uint8

// Results of Add.
const (
	ZNop       ZAddResult = iota // an option forbade it
	ZSame                        // the score was that already
	ZAdded                       // a new member
	ZUpdated                     // another score
	ZNotNumber                   // the sum of two scores is not a number; nothing was changed
)

// Add adds a member or changes its score, and returns the score that it has then. score is not NaN; m is not a view of the store.
func (z *ZWriter) Add(m []byte, score float64, o ZAddOpts) (ZAddResult, float64) {
	if !z.w.ok() {
		if o&ZAddXX != 0 {
			return ZNop, 0
		}
		z.Expect(1, len(m))
	}
	if z.compact() {
		return z.addPair(m, score, o)
	}
	return z.addElem(m, score, o)
}

// rescore is the score that a member gets which has old.
func (o ZAddOpts) rescore(old, score float64) (ZAddResult, float64) {
	if o&ZAddNX != 0 {
		return ZNop, old
	}
	if o&ZAddIncr != 0 {
		if score += old; math.IsNaN(score) {
			return ZNotNumber, old
		}
	}
	switch {
	case o&ZAddLT != 0 && score >= old, o&ZAddGT != 0 && score <= old:
		return ZNop, old
	case score == old:
		return ZSame, score
	}
	return ZUpdated, score
}

func (z *ZWriter) addPair(m []byte, score float64, o ZAddOpts) (ZAddResult, float64) {
	lp := z.w.entry().block()
	if off := pairFind(lp, m); off >= 0 {
		res, to := o.rescore(pairScore(lp, off), score)
		if res == ZUpdated {
			n := listpack.Len(lp)
			z.w.splice(off, listpack.Skip(lp, off, 2)-off, nil)
			z.insertPair(m, to, n)
		}
		return res, to
	}
	if o&ZAddXX != 0 {
		return ZNop, 0
	}
	n := listpack.Len(lp)
	if !z.w.db.s.limits().pairsFit(n/2+1, len(m)) || len(lp)+len(m) > maxPairs {
		z.grow(1)
		return z.addElem(m, score, o)
	}
	z.insertPair(m, score, n+2)
	return ZAdded, score
}

// insertPair adds a pair, after which the listpack has n entries.
func (z *ZWriter) insertPair(m []byte, score float64, n int) {
	var buf [128]byte
	lp := z.w.splice(pairPlace(z.w.entry().block(), m, score), 0, appendPair(buf[:0], m, score))
	listpack.SetHeader(lp, n)
	z.changed = true
}

func (z *ZWriter) addElem(m []byte, score float64, o ZAddOpts) (ZAddResult, float64) {
	b := z.big()
	h := b.d.hash(m)
	if _, e := b.d.find(h, m); e.ok() {
		old := itemScore(e.addr())
		res, to := o.rescore(old, score)
		if res == ZUpdated {
			b.d.save(h)
			b.t.setScore(old, m, to)
			z.changed = true
		}
		return res, to
	}
	if o&ZAddXX != 0 {
		return ZNop, 0
	}
	b.insert(h, m, score)
	z.changed = true
	return ZAdded, score
}

// Remove removes a member.
func (z *ZWriter) Remove(m []byte) bool {
	if !z.w.ok() {
		return false
	}
	if z.compact() {
		lp := z.w.entry().block()
		off := pairFind(lp, m)
		if off < 0 {
			return false
		}
		z.removePairs(off, 1)
		return true
	}
	b := z.big()
	h := b.d.hash(m)
	slot, e := b.d.find(h, m)
	if slot == nil {
		return false
	}
	bound := treeBound{score: itemScore(e.addr()), member: m}
	var path treePath
	i := b.t.seek(&bound, &path) - 1
	b.remove(h, slot, &path, i)
	z.changed = true
	return true
}

// removePairs removes n pairs from the one at off on.
func (z *ZWriter) removePairs(off, n int) {
	lp := z.w.entry().block()
	left := listpack.Len(lp) - 2*n
	lp = z.w.splice(off, listpack.Skip(lp, off, 2*n)-off, nil)
	listpack.SetHeader(lp, left)
	z.changed = true
}

// RemoveRanks removes n elements from the one of rank first on; there are so many.
func (z *ZWriter) RemoveRanks(first, n int) {
	switch {
	case n == 0:
	case n == z.Entry().ZLen():
		z.w.drop()
		z.changed = true
	case z.compact():
		z.removePairs(listpack.At(z.w.entry().block(), 2*first), n)
	default:
		b := z.big()
		for range n {
			var path treePath
			i := b.t.seekRank(first, &path)
			m := itemMember(path.leaf.items[i])
			h := b.d.hash(m)
			slot, _ := b.d.find(h, m)
			b.remove(h, slot, &path, i)
		}
		z.changed = true
	}
}

// ZSetAdd adds a member or changes its score, and makes the set if there is none. added says that the member is new.
func (db *DB) ZSetAdd(k Key, m []byte, score float64) (added bool) {
	z := db.OpenZSet(k)
	res, _ := z.Add(m, score, 0)
	z.Close()
	return res == ZAdded
}

// ZSetRemove removes a member. The key goes with the last one.
func (db *DB) ZSetRemove(k Key, m []byte) bool {
	z := db.OpenZSet(k)
	ok := z.Remove(m)
	z.Close()
	return ok
}

// ZSetPop removes the first element, with max the last one, and appends its member to buf. The key goes with the last element.
func (db *DB) ZSetPop(k Key, max bool, buf []byte) (m []byte, score float64, ok bool) {
	z := db.OpenZSet(k)
	it := z.Entry().ZAt(0, max)
	if !it.Ok() {
		return buf, 0, false
	}
	m, score = append(buf, it.Member()...), it.Score()
	first := 0
	if max {
		first = z.Entry().ZLen() - 1
	}
	z.RemoveRanks(first, 1)
	z.Close()
	return m, score, true
}
