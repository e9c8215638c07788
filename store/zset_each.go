package store

// ZEach calls fn for each element in order, until it returns false.
func (e Entry) ZEach(fn func(m []byte, score float64) bool) {
	it := e.ZAt(0, false) // not the loop's: that would be another one, and allocated, for each element
	for ; it.Ok(); it.Next() {
		if !fn(it.Member(), it.Score()) {
			return
		}
	}
}

// ZRange calls fn for the elements of rank start to stop, both included, with rev counted from the end; until it returns false.
func (e Entry) ZRange(start, stop int, rev bool, fn func(m []byte, score float64) bool) {
	it := e.ZAt(start, rev)
	for ; it.Ok() && start <= stop; start++ {
		if !fn(it.Member(), it.Score()) {
			return
		}
		it.Next()
	}
}

// ZRangeByScore calls fn for the elements in a range, until it returns false.
func (e Entry) ZRangeByScore(r ScoreRange, rev bool, fn func(m []byte, score float64) bool) {
	it := e.ZFromScore(&r, rev, 0)
	for ; it.Ok(); it.Next() {
		s := it.Score()
		if rev && !r.AboveMin(s) || !rev && !r.BelowMax(s) || !fn(it.Member(), s) {
			return
		}
	}
}

// ZEachAny calls fn for each element in any order, the one that is fastest, until it returns false. Two big sets have the same order of the
// elements that they share.
func (e Entry) ZEachAny(fn func(m []byte, score float64) bool) {
	if e.Ok() && e.Encoding() != EncListpack {
		e.bigZSet().d.each(func(el elem) bool { return fn(itemMember(el.addr()), itemScore(el.addr())) })
		return
	}
	e.ZEach(fn)
}

// ZScan calls fn for the elements from a cursor on, count or some more, and returns the cursor where to go on: 0 at the end. It starts at
// 0. An element that is there from the start of an iteration to its end is returned exactly once, as long as the set does not become big meanwhile;
// then it may be returned again. A small set is returned at once, whatever the cursor, as by Redis.
func (e Entry) ZScan(cursor uint64, count int, fn func(m []byte, score float64)) (next uint64) {
	if e.Encoding() == EncListpack {
		e.ZEach(func(m []byte, score float64) bool { fn(m, score); return true })
		return 0
	}
	return e.bigZSet().d.scan(cursor, count, func(el elem) { fn(itemMember(el.addr()), itemScore(el.addr())) })
}
