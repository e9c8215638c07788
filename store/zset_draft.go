package store

import (
	"cmp"
	"math"
	"slices"

	"radish/store/listpack"
)

// ZSetDraft is a sorted set in the making that no key has yet: the result of an operation. It lies in memory that no shard owns, and nobody else uses
// it meanwhile; making it needs a read lock of its sources, and nothing else. First come the members, then Order, once, then whatever reads
// them.
//
// Order sorts all at once and builds the tree from below, which costs a fraction of keeping the order all the time. Members that come in
// the order of the hash, as ZEachAny gives them, are found and added where the processor has just been.
type ZSetDraft struct {
	d       *Detached
	b       bigZSet
	longest int      // length of a member
	came    []uint64 // the elems in the order in which AddNew added them
}

// NewZSetDraft makes an empty draft, for about hint members.
func (s *Store) NewZSetDraft(hint int) *ZSetDraft {
	d := s.newDetachedDict(TypeZSet, EncSkiplist, hint)
	return &ZSetDraft{d: d, b: bigZSetOf(d.dict())}
}

// Add adds a member that is not there. m is not kept.
func (d *ZSetDraft) Add(m []byte, score float64) {
	d.add(d.b.d.hash(m), m, score)
}

func (d *ZSetDraft) add(h uint64, m []byte, score float64) {
	d.longest = max(d.longest, len(m))
	d.b.d.insert(h, writeElem(d.b.d.a, m, nil, false, math.Float64bits(score), true))
}

// AddNew adds a member, and returns false when it is there already. If all come this way, and in order or in reverse, Order has nothing to sort.
func (d *ZSetDraft) AddNew(m []byte, score float64) bool {
	h := d.b.d.hash(m)
	if slot, _ := d.b.d.find(h, m); slot != nil {
		return false
	}
	e := writeElem(d.b.d.a, m, nil, false, math.Float64bits(score), true)
	d.b.d.insert(h, e)
	d.longest = max(d.longest, len(m))
	d.came = append(d.came, e.addr())
	return true
}

// Merge adds a member, or gives it the score that combine makes of the one that it has and the new one.
func (d *ZSetDraft) Merge(m []byte, score float64, combine func(old, score float64) float64) {
	h := d.b.d.hash(m)
	if _, e := d.b.d.find(h, m); e.ok() {
		setItemScore(e.addr(), combine(itemScore(e.addr()), score))
		return
	}
	d.add(h, m, score)
}

// Remove removes a member, if it is there.
func (d *ZSetDraft) Remove(m []byte) {
	h := d.b.d.hash(m)
	if slot, e := d.b.d.find(h, m); slot != nil {
		d.b.d.remove(h, slot)
		d.b.d.freeElem(e)
	}
}

// Len is the number of members.
func (d *ZSetDraft) Len() int { return d.b.d.len() }

// Order brings the members in order.
func (d *ZSetDraft) Order() {
	if len(d.came) == d.Len() && d.cameInOrder() {
		d.b.t.build(d.came)
		d.came = nil
		return
	}
	d.came = nil
	type item struct {
		score float64
		x     uint64
	}
	items := make([]item, 0, d.Len())
	sorted := true
	d.longest = 0
	d.b.d.each(func(e elem) bool {
		it := item{itemScore(e.addr()), e.addr()}
		sorted = sorted && (len(items) == 0 || items[len(items)-1].score < it.score)
		items = append(items, it)
		d.longest = max(d.longest, len(itemMember(it.x)))
		return true
	})
	if !sorted {
		slices.SortFunc(items, func(a, b item) int {
			switch {
			case a.score < b.score:
				return -1
			case a.score > b.score:
				return 1
			}
			return cmp.Compare(string(itemMember(a.x)), string(itemMember(b.x)))
		})
	}
	xs := make([]uint64, len(items))
	for i, it := range items {
		xs[i] = it.x
	}
	d.b.t.build(xs)
}

// cameInOrder reports whether came is in order, and reverses it first if it is in descending order.
func (d *ZSetDraft) cameInOrder() bool {
	n := len(d.came)
	if n > 1 && compareItems(d.came[0], d.came[n-1]) > 0 {
		slices.Reverse(d.came)
	}
	for i := 1; i < n; i++ {
		if compareItems(d.came[i-1], d.came[i]) >= 0 {
			return false
		}
	}
	return true
}

// compareItems compares two elems of a sorted set.
func compareItems(a, b uint64) int {
	switch x, y := itemScore(a), itemScore(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return cmp.Compare(string(itemMember(a)), string(itemMember(b)))
}

// Iter begins at the first member in order.
func (d *ZSetDraft) Iter() ZIter {
	it := ZIter{off: -1, pos: d.b.t.min()}
	it.ahead(8)
	return it
}

// Free gives the memory back of a draft that is not installed. Nothing may be done with it any more.
func (d *ZSetDraft) Free() {
	if a := d.d.arena; a.Bytes() <= closeAtOnce {
		a.Close(nil)
		d.d.arena = nil
	}
	d.d.Free()
}

// block is the draft as a listpack.
func (d *ZSetDraft) block() []byte {
	lp := listpack.New()
	lp = lp[:len(lp)-1]
	for it := d.Iter(); it.Ok(); it.Next() {
		lp = appendPair(lp, it.Member(), it.Score())
	}
	lp = append(lp, listpackEnd)
	listpack.SetHeader(lp, 2*d.Len())
	return lp
}

// InstallZSet is Overwrite for the sorted set of a draft, which has members and is in order. Nothing may be done with the draft any more.
func (db *DB) InstallZSet(k Key, d *ZSetDraft) { db.Overwrite(k, d.Detached()) }

// Detached is the sorted set, which must have members and be in order. Nothing may be done with the draft any more.
func (d *ZSetDraft) Detached() *Detached {
	s := d.d.s
	if s.limits().pairsFit(d.Len(), d.longest) {
		lp := d.block()
		d.Free()
		return s.newDetachedBlock(TypeZSet, EncListpack, lp)
	}
	d.d.body.len = uint64(d.Len())
	return d.d
}
