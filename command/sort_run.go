package command

import (
	"bytes"
	"cmp"
	"slices"

	"radish/internal/num"
	"radish/internal/partsort"
	"radish/store"
)

// strip is byte strings, one after the other in one piece of memory.
type strip struct {
	flat []byte
	ends []int
}

func (s *strip) grow(n, bytes int) {
	s.ends = slices.Grow(s.ends, n)
	s.flat = slices.Grow(s.flat, bytes)
}

func (s *strip) add(b []byte) {
	s.flat = append(s.flat, b...)
	s.ends = append(s.ends, len(s.flat))
}

func (s *strip) len() int { return len(s.ends) }

func (s *strip) at(i int) []byte {
	from := 0
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.flat[from:s.ends[i]:s.ends[i]]
}

// sorter is a SORT that runs.
type sorter struct {
	c *Ctx
	o sortOpts
	n int // elements of the key

	elems      strip // in the order of the key; only a part of them if nothing is sorted
	by         strip // what ALPHA sorts by, with BY
	items      []sortItem
	start, end int  // of the items that are asked for
	reversed   bool // the items are in the opposite order
	scratch    [24]byte
}

// sortItem is an element: its place in sorter.elems, and a number that sorts as the element does, or, of ALPHA, as its first bytes do.
type sortItem struct {
	key uint64
	i   uint32
}

// What SORT costs in the unit of Ctx.Offload.
const (
	sortWork       = 400  // an element that is a number
	sortAlphaWork  = 1200 // an element that is compared as a string
	sortLookupWork = 1200 // a key of BY or GET
)

func (s *sorter) work(e store.Entry) int {
	w := 0
	switch {
	case s.o.alpha:
		w = sortAlphaWork
	case !s.o.nosort:
		w = sortWork
	}
	if s.o.by != nil && !s.o.nosort {
		w += sortLookupWork
	}
	out := int64(s.n)
	if s.o.count >= 0 {
		out = min(out, s.o.count)
	}
	passed := 0 // a set has no places: it is walked to where LIMIT begins
	if w == 0 && e.Ok() && e.Type() == store.TypeSet {
		passed = int(min(max(s.o.offset, 0), int64(s.n))) * keyWork
	} else if w == 0 && e.Ok() && e.Type() == store.TypeList {
		passed = e.ListNodes() * nodeWork
	}
	work := s.n*w + passed + int(out)*(len(s.o.get)*sortLookupWork+keyWork)
	if e.Ok() && w == 0 {
		work = max(work, partWork(e, int(out), s.n, 0))
	} else if e.Ok() {
		work = max(work, e.ValueBytes())
	}
	return work
}

// limit turns LIMIT into start and end, as Redis does.
func (s *sorter) limit() {
	n := int64(s.n)
	start, count := min(max(s.o.offset, 0), n), min(max(s.o.count, -1), n)
	end := n
	if count >= 0 {
		end = min(start+count, n)
	}
	s.start, s.end = int(start), int(end)
}

// run reads the elements of e and sorts them.
func (s *sorter) run(e store.Entry) error {
	if s.n == 0 {
		return nil
	}
	if s.o.nosort && e.Type() == store.TypeSet && s.o.store != nil {
		s.o.nosort, s.o.alpha, s.o.by = false, true, nil // so that the list is the same everywhere
	}
	s.limit()
	if s.o.nosort {
		s.readPart(e)
		return nil
	}
	s.readAll(e)
	switch {
	case !s.o.alpha:
		return s.sortNumbers()
	case s.o.by != nil:
		s.sortByStrings()
	default:
		s.sortStrings()
	}
	return nil
}

// readPart reads the elements from start to end in the order of the key.
func (s *sorter) readPart(e store.Entry) {
	add := func(m []byte) bool { s.elems.add(m); return true }
	s.elems.grow(s.end-s.start, 0)
	switch {
	case s.start == s.end:
	case e.Type() == store.TypeList && s.o.desc:
		// ListRange goes forward only
		e.ListRange(s.n-s.end, s.n-1-s.start, add)
		s.reversed = true
	case e.Type() == store.TypeList:
		e.ListRange(s.start, s.end-1, add)
	case e.Type() == store.TypeZSet:
		e.ZRange(s.start, s.end-1, s.o.desc, func(m []byte, _ float64) bool { return add(m) })
	default:
		at := 0
		e.SetEach(func(m []byte) bool {
			if at >= s.start {
				s.elems.add(m)
			}
			at++
			return at < s.end
		})
	}
	s.items = make([]sortItem, s.elems.len())
	for i := range s.items {
		s.items[i].i = uint32(i)
	}
	s.start, s.end = 0, len(s.items)
}

func (s *sorter) readAll(e store.Entry) {
	s.elems.grow(s.n, 8*s.n)
	add := func(m []byte) bool { s.elems.add(m); return true }
	switch e.Type() {
	case store.TypeList:
		e.ListRange(0, s.n-1, add)
	case store.TypeSet:
		e.SetEach(add)
	default:
		e.ZEach(func(m []byte, _ float64) bool { return add(m) })
	}
	s.items = make([]sortItem, s.elems.len())
	for i := range s.items {
		s.items[i].i = uint32(i)
	}
}

// sortNumbers sorts by numbers; elements with the same number are sorted as strings. The order is that of ASC; DESC is the opposite.
func (s *sorter) sortNumbers() error {
	ok := true
	score := func(i int, b []byte) {
		f, good := num.ParseStrtod(b)
		ok = ok && good
		s.items[i].key = orderedBits(f)
	}
	if s.o.by != nil {
		zero := orderedBits(0)
		s.lookup([]sortPattern{*s.o.by}, 0, len(s.items), func(i, _ int, val []byte, found bool) {
			if s.items[i].key = zero; found {
				score(i, val)
			}
		})
	} else {
		for i := range s.items {
			score(i, s.elems.at(i))
		}
	}
	if !ok {
		return errSortScore
	}
	sortByKey(s.items)
	s.reversed = s.o.desc
	for from := 0; from < len(s.items); {
		to := from + 1
		for to < len(s.items) && s.items[to].key == s.items[from].key {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(s.items[from:to], func(a, b sortItem) int {
				return bytes.Compare(s.elems.at(int(a.i)), s.elems.at(int(b.i)))
			})
		}
		from = to
	}
	return nil
}

// sortStrings sorts by the elements as strings.
func (s *sorter) sortStrings() {
	s.prefixes(&s.elems)
	slices.SortFunc(s.items, s.compareBy(&s.elems, true))
}

// sortByStrings sorts by strings that BY names. Elements for which there is none come first.
func (s *sorter) sortByStrings() {
	s.by.grow(len(s.items), 8*len(s.items))
	missing := make([]bool, len(s.items))
	s.lookup([]sortPattern{*s.o.by}, 0, len(s.items), func(i, _ int, val []byte, found bool) {
		missing[i] = !found
		s.by.add(val)
	})
	s.prefixes(&s.by)
	compare := func(stable bool) func(a, b sortItem) int {
		byString := s.compareBy(&s.by, stable)
		sign := s.sign()
		return func(a, b sortItem) int {
			if ma, mb := missing[a.i], missing[b.i]; ma || mb {
				switch {
				case ma && !mb:
					return -sign
				case mb && !ma:
					return sign
				case stable:
					return cmp.Compare(a.i, b.i)
				}
				return 0
			}
			return byString(a, b)
		}
	}
	if s.start != 0 || s.end != len(s.items) {
		partsort.Func(s.items, s.start, s.end, compare(false))
	} else {
		slices.SortFunc(s.items, compare(true))
	}
}

func (s *sorter) sign() int {
	if s.o.desc {
		return -1
	}
	return 1
}

// prefixes makes the keys of the items of the first bytes of strings, one for each element.
func (s *sorter) prefixes(from *strip) {
	for i := range s.items {
		s.items[i].key = stringPrefix(s.collated(from.at(i)))
	}
}

// collated is the part of b that is compared: with STORE all of it, else up to a zero byte, as C's strcoll does.
func (s *sorter) collated(b []byte) []byte {
	if s.o.store == nil {
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return b[:i]
		}
	}
	return b
}

// compareBy compares items by strings, whose prefixes they have; stable: equal ones by their places.
func (s *sorter) compareBy(from *strip, stable bool) func(a, b sortItem) int {
	sign := s.sign()
	return func(a, b sortItem) int {
		if a.key != b.key {
			if a.key < b.key {
				return -sign
			}
			return sign
		}
		r := bytes.Compare(s.collated(from.at(int(a.i))), s.collated(from.at(int(b.i))))
		if r == 0 && stable {
			return cmp.Compare(a.i, b.i)
		}
		return sign * r
	}
}

// elem is the element at a place of the sorted order, as a place in elems.
func (s *sorter) elem(at int) int {
	if s.reversed {
		at = len(s.items) - 1 - at
	}
	return int(s.items[at].i)
}

// lookupBatch is how many keys are looked up together.
const lookupBatch = 32

// lookup calls fn with what the patterns name for the elements at from to to in the sorted order: for each element in turn each pattern. fn gets
// the place, the index of the pattern and the value.
func (s *sorter) lookup(patterns []sortPattern, from, to int, fn func(at, pattern int, val []byte, found bool)) {
	var names strip
	keys := make([]store.Key, 0, lookupBatch)
	step := max(1, lookupBatch/max(1, len(patterns)))
	for ; from < to; from += step {
		last := min(to, from+step)
		names.flat, names.ends, keys = names.flat[:0], names.ends[:0], keys[:0]
		for at := from; at < last; at++ {
			for p := range patterns {
				names.addName(&patterns[p], s.elems.at(s.elem(at)))
			}
		}
		for i := range names.len() {
			keys = append(keys, s.c.DB.Key(names.at(i)))
		}
		s.c.DB.Prefetch(keys)
		for at := from; at < last; at++ {
			for p := range patterns {
				val, found := s.value(&patterns[p], keys[0], s.elem(at))
				keys = keys[1:]
				fn(at, p, val, found)
			}
		}
		keys = keys[:0]
	}
}

// addName adds the name of the key that the pattern makes of an element, or nothing.
func (s *strip) addName(p *sortPattern, elem []byte) {
	if p.readsKeys() {
		s.flat = append(s.flat, p.before...)
		s.flat = append(s.flat, elem...)
		s.flat = append(s.flat, p.after...)
	}
	s.ends = append(s.ends, len(s.flat))
}

// value is what a pattern names for an element: k is the key. It is a view, valid until the next call.
func (s *sorter) value(p *sortPattern, k store.Key, elem int) (val []byte, found bool) {
	switch p.kind {
	case patternNothing:
		return nil, false
	case patternElement:
		return s.elems.at(elem), true
	}
	e := s.c.FindKey(k)
	if !e.Ok() {
		return nil, false
	}
	if p.kind == patternField {
		if e.Type() != store.TypeHash {
			return nil, false
		}
		return e.HashGet(p.field, s.c.DB.Now)
	}
	if e.Type() != store.TypeString {
		return nil, false
	}
	return e.Bytes(&s.scratch), true
}

// reply replies the elements that are asked for, or what GET makes of them.
func (s *sorter) reply() {
	w := s.c.Reply
	if len(s.o.get) == 0 {
		w.Array(s.end - s.start)
		for at := s.start; at < s.end; at++ {
			w.Bulk(s.elems.at(s.elem(at)))
		}
		return
	}
	w.Array((s.end - s.start) * len(s.o.get))
	s.lookup(s.o.get, s.start, s.end, func(_, _ int, val []byte, found bool) {
		if found {
			w.Bulk(val)
		} else {
			w.Null()
		}
	})
}

// list is what STORE stores: what is not there is an empty string.
func (s *sorter) list() *sortedList {
	l := &sortedList{n: (s.end - s.start) * max(1, len(s.o.get))}
	if l.n == 0 {
		return l
	}
	l.d = s.c.DB.Store().DetachedList(func(add func(v []byte)) {
		if len(s.o.get) > 0 {
			s.lookup(s.o.get, s.start, s.end, func(_, _ int, val []byte, _ bool) { add(val) })
			return
		}
		for at := s.start; at < s.end; at++ {
			add(s.elems.at(s.elem(at)))
		}
	})
	return l
}
