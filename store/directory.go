package store

import (
	"math/rand/v2"
	"unsafe"

	"radish/store/slab"
)

// directory is the extendible hashing that tables and dicts share: how segments are found, grow, split, merge and shrink. See the
// package comment. Slots refer to entries (of a table) or to elems (of a dict).
//
// What always holds: the length of dir is 2^(64-shift); it is 1, or some segment's depth is 64-shift.
type directory struct {
	dir      []segment // indexed by the first bits of the hash
	shift    uint      // 64 - number of these bits
	saving   *saving   // by the snapshot that runs and that the directory is a part of; nil: there is none
	arena    *slab.Arena
	s        *Store
	root     *dictRoot // of a dict, whose directory lies in its arena; nil for a table, whose directory lies in the Go heap
	numSegs  int
	deepest  int // of these, of the greatest depth that the directory can tell
	numSlots int
	numBytes int // of segments and directory
}

// start makes a directory of segments for n keys that are to come.
func (d *directory) start(n int) {
	d.shift = 64
	for n > startFill<<d.depth() {
		d.shift--
	}
	d.dir = d.newWords(1 << d.depth())
	nb := bucketsFor(n >> d.depth())
	for i := range d.dir {
		d.dir[i] = d.newSegment(nb, d.depth())
	}
}

// startFill is how many entries of those to come go into one segment.
const startFill = 600

// depth is the number of hash bits that index the directory.
func (d *directory) depth() int { return 64 - int(d.shift) }

func (d *directory) newSegment(nb, depth int) segment {
	n := segFixed + nb*bucketBytes
	p := d.arena.Alloc(n)
	clear(unsafe.Slice((*byte)(p), n))
	g := makeSegment(p, nb, depth)
	*g.head() = segHead{nb: uint32(nb), depth: uint32(depth)}
	d.count(g, 1)
	if d.saving != nil {
		d.saving.mark(g)
	}
	return g
}

func (d *directory) freeSegment(g segment) {
	d.count(g, -1)
	d.arena.Free(g.ptr(), g.bytes())
}

func (d *directory) count(g segment, by int) {
	d.numSegs += by
	d.numSlots += by * (g.nb()*bucketSlots + stashSlots)
	d.numBytes += by * slab.Size(g.bytes())
	if int(g.depth()) == d.depth() {
		d.deepest += by
	}
}

// newWords returns n directory words.
func (d *directory) newWords(n int) []segment {
	if d.root != nil {
		d.numBytes += dictWordsSize(n)
		return d.root.newWords(d.arena, n)
	}
	d.numBytes += 8 * n
	d.arena.AddUsed(8 * n)
	return make([]segment, n)
}

func (d *directory) freeWords(w []segment) {
	if d.root != nil {
		d.numBytes -= dictWordsSize(len(w))
		d.root.freeWords(d.arena, w)
		return
	}
	d.numBytes -= 8 * len(w)
	d.arena.AddUsed(-8 * len(w))
}

// span is the range of the directory that refers to the segment of hash h.
func (d *directory) span(h uint64, depth int) (from, n int) {
	n = 1 << (d.depth() - depth)
	return int(h>>d.shift) &^ (n - 1), n
}

func (d *directory) setDir(from, n int, g segment) {
	for i := from; i < from+n; i++ {
		d.dir[i] = g
	}
}

// hashOf is the hash of the key that a slot refers to.
func (d *directory) hashOf(slot uint64) uint64 {
	if d.root != nil {
		return d.root.hash(slotElem(slot).key())
	}
	return d.s.hash(slotEntry(slot).Key()) << d.s.shardBits
}

// insertFull adds what p refers to, whose segment had no room.
func (d *directory) insertFull(h uint64, p unsafe.Pointer) {
	for {
		g := d.dir[h>>d.shift]
		if g.add(makeSlot(p, g.tag(h))) {
			return
		}
		d.enlarge(h, g)
	}
}

// enlarge makes room in a full segment: more buckets, or two segments.
func (d *directory) enlarge(h uint64, g segment) {
	nb := g.nb()
	if nb < maxBuckets && d.rebuild(h, g, fitBuckets(min(max(nb+1, nb*5/4), maxBuckets)), maxBuckets) {
		return
	}
	d.split(h, g)
}

// rebuild replaces a segment by one with nb buckets, or more if they do not take all entries, but no more than most.
func (d *directory) rebuild(h uint64, g segment, nb, most int) bool {
	d.saveSegment(g)
	depth := int(g.depth())
	from, n := d.span(h, depth)
	for ; nb <= most; nb = fitBuckets(nb + 1) {
		to := d.newSegment(nb, depth)
		if to.addAll(g) {
			d.setDir(from, n, to)
			d.freeSegment(g)
			return true
		}
		d.freeSegment(to)
	}
	return false
}

// split replaces a segment by two, whose prefixes are one bit longer.
func (d *directory) split(h uint64, g segment) {
	d.saveSegment(g)
	var buf [maxBuckets*bucketSlots + stashSlots]uint64
	slots := buf[:0]
	g.each(func(s *uint64) { slots = append(slots, *s) })
	d.divide(g.start(h), int(g.depth()), slots)
	d.freeSegment(g)
}

// divide makes two segments of slots whose hashes share the first bits of start, depth bits, and whose tags are of that depth.
func (d *directory) divide(start uint64, depth int, slots []uint64) {
	if depth == d.depth() {
		d.double()
	}
	retag := depth&tagWindow == tagWindow
	low, high := 0, len(slots)
	for low < high {
		slot := slots[low]
		bit := slot >> (63 - uint(depth)&tagWindow) & 1
		if retag {
			slot = slot&addrMask | d.hashOf(slot)<<(depth+1)>>addrBits<<addrBits
		}
		if bit == 0 {
			slots[low] = slot
			low++
		} else {
			high--
			slots[low], slots[high] = slots[high], slot
		}
	}
	d.place(start, depth+1, slots[:low])
	d.place(start|1<<(63-depth), depth+1, slots[low:])
}

// place makes a segment of slots, or more than one: who adds in the order of hashes adds what lies close together, and no segment of that depth
// may take it.
func (d *directory) place(start uint64, depth int, slots []uint64) {
	g, ok := d.segmentOf(slots, depth)
	if !ok {
		d.divide(start, depth, slots)
		return
	}
	from, n := d.span(start, depth)
	d.setDir(from, n, g)
}

// segmentOf makes a segment of slots that have its tags. ok is false when no number of buckets takes them: their hashes lie close together.
func (d *directory) segmentOf(slots []uint64, depth int) (g segment, ok bool) {
	for nb := bucketsFor(len(slots)); nb <= maxBuckets; nb = fitBuckets(nb + 1) {
		g = d.newSegment(nb, depth)
		ok = true
		for _, s := range slots {
			if ok = g.add(s); !ok {
				break
			}
		}
		if ok {
			return g, true
		}
		d.freeSegment(g)
	}
	return 0, false
}

// double makes the directory tell one more bit.
func (d *directory) double() {
	old := d.dir
	dir := d.newWords(2 * len(old))
	for i, g := range old {
		dir[2*i], dir[2*i+1] = g, g
	}
	d.dir = dir
	d.freeWords(old)
	d.shift--
	d.deepest = 0
}

// removed gives memory back when the segment of hash h, of which an entry was removed, has become sparse.
func (d *directory) removed(h uint64) {
	g := d.dir[h>>d.shift]
	hd := g.head()
	n := int(hd.count)
	if tried := int(hd.tried); tried > 0 && n > tried*7/8 && n > 0 {
		return
	}
	depth := int(g.depth())
	if depth > 0 {
		sib := d.dir[(h^1<<(64-depth))>>d.shift]
		if m := int(sib.head().count); int(sib.depth()) == depth && n+m <= mergedLimit && d.merge(h, g, sib) {
			return
		}
	}
	if nb := bucketsFor(n); nb >= g.nb() || !d.rebuild(h, g, nb, g.nb()-1) {
		hd.tried = uint32(n)
	}
}

// merge replaces two siblings by one segment. It returns false if they do not fit into one: who removes in the order of hashes leaves entries
// that lie close together.
func (d *directory) merge(h uint64, g, sib segment) bool {
	d.saveSegment(g)
	d.saveSegment(sib)
	depth := int(g.depth())
	slots := make([]uint64, 0, mergedLimit)
	retag := depth&tagWindow == 0
	for _, half := range []segment{g, sib} {
		half.each(func(s *uint64) {
			slot := *s
			if retag {
				slot = slot&addrMask | d.hashOf(slot)<<((depth-1)&^tagWindow)>>addrBits<<addrBits
			}
			slots = append(slots, slot)
		})
	}
	to, ok := d.segmentOf(slots, depth-1)
	if !ok {
		return false
	}
	from, size := d.span(h, depth-1)
	d.setDir(from, size, to)
	d.freeSegment(g)
	d.freeSegment(sib)
	for len(d.dir) > 1 && d.deepest == 0 {
		d.halve()
	}
	return true
}

// halve makes the directory tell one bit less, which no segment needs.
func (d *directory) halve() {
	old := d.dir
	dir := d.newWords(len(old) / 2)
	d.shift++
	d.deepest = 0
	for i := range dir {
		dir[i] = old[2*i]
		if int(dir[i].depth()) == d.depth() {
			d.deepest++
		}
	}
	d.dir = dir
	d.freeWords(old)
}

// sparse reports whether a segment should get smaller.
func (g segment) sparse() bool {
	nb := g.nb()
	return int(g.head().count)*8 < nb*bucketSlots*3 && (nb > minBuckets || g.depth() > 0)
}

// segmentAt returns the segment of hash h, and the first hash of the next one; last is true when there is none.
func segmentAt(dir []segment, shift uint, h uint64) (g segment, next uint64, last bool) {
	g = dir[h>>shift]
	if g.depth() == 0 {
		return g, 0, true
	}
	next = (h>>(64-g.depth()) + 1) << (64 - g.depth())
	return g, next, next == 0
}

// start is the first hash of the segment g, to which h belongs.
func (g segment) start(h uint64) uint64 {
	if g.depth() == 0 {
		return 0
	}
	return h >> (64 - g.depth()) << (64 - g.depth())
}

// randomTries is how often randomSlot tries to find a slot in use in a fair way: a fifth and more succeed, unless nearly everything is empty.
const randomTries = 1000

// randomSlot returns a slot chosen at random, each with the same probability; nil only if all are empty.
func randomSlot(dir []segment, shift uint) *uint64 {
	most := maxBuckets*bucketSlots + stashSlots
	if len(dir) == 1 {
		most = dir[0].nb()*bucketSlots + stashSlots
	}
	for range randomTries {
		x := rand.Uint64()
		i := int(x >> 32 & uint64(len(dir)-1))
		g := dir[i]
		if i&(1<<(64-shift-g.depth())-1) != 0 {
			continue // only one of the words that refer to a segment counts, so that none is chosen more often
		}
		n := int(x & (1<<32 - 1) * uint64(most) >> 32)
		if n >= g.nb()*bucketSlots+stashSlots {
			continue
		}
		if s := g.slot(n); *s != 0 {
			return s
		}
	}
	// Nearly everything is empty: the next one, from a random place on.
	first := rand.IntN(len(dir))
	for i := range dir {
		g := dir[(first+i)&(len(dir)-1)]
		if g.head().count == 0 {
			continue
		}
		n := g.nb()*bucketSlots + stashSlots
		at := rand.IntN(n)
		for j := range n {
			if s := g.slot((at + j) % n); *s != 0 {
				return s
			}
		}
	}
	return nil
}
