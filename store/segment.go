package store

import (
	"unsafe"

	"radish/store/slab"
)

// A segment is a chunk of the slab: a head, buckets of eight slots, and a stash. See the package comment for what
// slots and directory words look like and for where an entry may lie.

const (
	addrBits  = 45 // of an entry's address / 8
	addrMask  = 1<<addrBits - 1
	tagBits   = 64 - addrBits
	tagMask   = 1<<tagBits - 1
	tagWindow = 3 // tags start at a depth that is a multiple of tagWindow+1

	bucketSlots = 8
	bucketBytes = bucketSlots * 8
	stashSlots  = 16
	segFixed    = 64 + stashSlots*8 // bytes of a segment besides buckets

	pushDepth = 3 // how far adding an entry may push others on

	minBuckets  = 4
	maxBuckets  = 125            // 8,192 bytes
	mergedLimit = maxBuckets * 4 // two segments with so few entries together become one
	fullPercent = 70             // load of a new segment
)

// segHead is the head of a segment.
type segHead struct {
	count uint32 // entries
	stash uint32 // of these, in the stash
	nb    uint32 // buckets
	depth uint32 // bits of the hash, below the shard's, that all entries share
	tried uint32 // entries when it could get no smaller (see directory.removed); 0: it was not tried
	// epoch is the snapshot that saved is of: a bit for each bucket whose entries, wherever they are, have been saved (see saving).
	epoch uint32
	saved [2]uint64
	_     [6]uint32
}

type bucket [bucketSlots]uint64

// segment is a directory word: address / 64 in the lowest 42 bits, then 12 bits for the number of buckets, 6 for the depth.
type segment uint64

func makeSegment(p unsafe.Pointer, nb, depth int) segment {
	return segment(uint64(uintptr(p))>>6 | uint64(nb)<<42 | uint64(depth)<<54)
}

func (g segment) ptr() unsafe.Pointer { return slab.At(uintptr(g&(1<<42-1)) << 6) }
func (g segment) head() *segHead      { return (*segHead)(g.ptr()) }
func (g segment) nb() int             { return int(g >> 42 & (1<<12 - 1)) }
func (g segment) depth() uint         { return uint(g >> 54) }
func (g segment) bytes() int          { return segFixed + g.nb()*bucketBytes }

// bucket is bucket b; b = nb is the stash's first half.
func (g segment) bucket(b int) *bucket {
	return (*bucket)(unsafe.Add(g.ptr(), 64+b*bucketBytes))
}

func (g segment) stash() *[stashSlots]uint64 {
	return (*[stashSlots]uint64)(unsafe.Add(g.ptr(), 64+g.nb()*bucketBytes))
}

// slot is slot i of all, the stash's last.
func (g segment) slot(i int) *uint64 { return (*uint64)(unsafe.Add(g.ptr(), 64+8*i)) }

// tag is the part of hash h (without the shard's bits) that slots of the segment keep.
func (g segment) tag(h uint64) uint64 {
	return h << (g.depth() &^ tagWindow) >> addrBits
}

// home is the bucket in which an entry with that tag belongs. It grows with the hash.
func (g segment) home(tag uint64) int {
	return int((tag << (g.depth() & tagWindow) & tagMask) * uint64(g.nb()) >> tagBits)
}

// bound is the smallest hash, below the segment's prefix, whose home is bucket b or a later one.
func (g segment) bound(b int) uint64 {
	rel := (uint64(b)<<tagBits + uint64(g.nb()) - 1) / uint64(g.nb())
	low := uint64(1)<<(g.depth()&tagWindow) - 1
	rel = (rel + low) &^ low
	return rel << (addrBits - g.depth())
}

func makeSlot(p unsafe.Pointer, tag uint64) uint64 { return uint64(uintptr(p))>>3 | tag<<addrBits }

func slotEntry(s uint64) Entry { return Entry{slab.At(uintptr(s&addrMask) << 3)} }

// find returns the slot of key, nil if it isn't there.
func (g segment) find(h uint64, key []byte) *uint64 {
	tag := g.tag(h)
	b := g.home(tag)
	bk := g.bucket(b)
	if s := bk.find(tag, key); s != nil {
		return s
	}
	if bk[bucketSlots-1] == 0 {
		return nil
	}
	if b+1 < g.nb() {
		bk = g.bucket(b + 1)
		if s := bk.find(tag, key); s != nil {
			return s
		}
		if bk[bucketSlots-1] == 0 {
			return nil
		}
	}
	return g.findStash(tag, key)
}

func (bk *bucket) find(tag uint64, key []byte) *uint64 {
	for i := range bk {
		s := bk[i]
		if s>>addrBits == tag && s != 0 && slotEntry(s).keyIs(key) {
			return &bk[i]
		}
	}
	return nil
}

func (g segment) findStash(tag uint64, key []byte) *uint64 {
	st := g.stash()
	for i := range st[:g.head().stash] {
		if s := st[i]; s>>addrBits == tag && slotEntry(s).keyIs(key) {
			return &st[i]
		}
	}
	return nil
}

// fill is the number of slots in use; they are the first ones.
func (bk *bucket) fill() int {
	n := 0
	for n < bucketSlots && bk[n] != 0 {
		n++
	}
	return n
}

// add puts a slot where it belongs: home, next bucket, where it may take the place of one that can move on, stash. It returns false when there
// is no room.
func (g segment) add(s uint64) bool {
	b := g.home(s >> addrBits)
	hd := g.head()
	bk := g.bucket(b)
	if bk[bucketSlots-1] == 0 {
		bk[bk.fill()] = s
		hd.count++
		return true
	}
	if b+1 < g.nb() {
		if bk = g.bucket(b + 1); bk[bucketSlots-1] == 0 {
			bk[bk.fill()] = s
			hd.count++
			return true
		}
		if g.pushOn(b+1, s, pushDepth) {
			hd.count++
			return true
		}
	}
	if hd.stash == stashSlots {
		return false
	}
	g.stash()[hd.stash] = s
	hd.stash++
	hd.count++
	return true
}

// addAll adds all slots of from, which has the same tags.
func (g segment) addAll(from segment) bool {
	for b := range from.nb() {
		bk := from.bucket(b)
		for i := 0; i < bucketSlots && bk[i] != 0; i++ {
			if !g.add(bk[i]) {
				return false
			}
		}
	}
	st := from.stash()
	for _, s := range st[:from.head().stash] {
		if !g.add(s) {
			return false
		}
	}
	return true
}

// pushOn puts a slot into the full bucket b, in the place of an entry that is at home there, which moves to the next bucket; if that is full too, the
// same is done there, up to depth times.
func (g segment) pushOn(b int, s uint64, depth int) bool {
	if b+1 >= g.nb() {
		return false
	}
	bk := g.bucket(b)
	i := 0
	for i < bucketSlots && g.home(bk[i]>>addrBits) != b {
		i++
	}
	if i == bucketSlots {
		return false
	}
	if next := g.bucket(b + 1); next[bucketSlots-1] == 0 {
		next[next.fill()] = bk[i]
	} else if depth == 0 || !g.pushOn(b+1, bk[i], depth-1) {
		return false
	}
	bk[i] = s
	return true
}

// remove takes a slot out and fills the hole, so that what add promises holds again.
func (g segment) remove(s *uint64) {
	hd := g.head()
	hd.count--
	off := int(uintptr(unsafe.Pointer(s))-uintptr(g.ptr())) - 64
	b := off / bucketBytes
	if b >= g.nb() {
		hd.stash--
		st := g.stash()
		*s = st[hd.stash]
		st[hd.stash] = 0
		return
	}
	bk := g.bucket(b)
	last := bk.fill() - 1
	wasFull := last == bucketSlots-1
	*s = bk[last]
	bk[last] = 0
	if wasFull {
		g.refill(b)
	}
}

// refill puts into bucket b, which has one free slot and was full, an entry that should be there rather than where it is, and goes on with
// the hole that leaves.
func (g segment) refill(b int) {
	for ; b+1 < g.nb(); b++ {
		next := g.bucket(b + 1)
		i := 0
		for i < bucketSlots && (next[i] == 0 || g.home(next[i]>>addrBits) != b) {
			i++
		}
		if i == bucketSlots {
			break
		}
		g.bucket(b)[bucketSlots-1] = next[i]
		last := next.fill() - 1
		next[i] = next[last]
		next[last] = 0
		if last != bucketSlots-1 {
			return
		}
	}
	hd := g.head()
	st := g.stash()
	for i := range st[:hd.stash] {
		if h := g.home(st[i] >> addrBits); h == b || h == b-1 {
			g.bucket(b)[bucketSlots-1] = st[i]
			hd.stash--
			st[i] = st[hd.stash]
			st[hd.stash] = 0
			return
		}
	}
}

// each calls fn for every slot in use, in no order. fn may change the slot, but not remove it.
func (g segment) each(fn func(s *uint64)) {
	for b := range g.nb() {
		bk := g.bucket(b)
		for i := 0; i < bucketSlots && bk[i] != 0; i++ {
			fn(&bk[i])
		}
	}
	st := g.stash()
	for i := range st[:g.head().stash] {
		fn(&st[i])
	}
}

// slots appends the slots in use whose home is bucket b.
func (g segment) slots(dst []*uint64, b int) []*uint64 {
	bk := g.bucket(b)
	for i := 0; i < bucketSlots && bk[i] != 0; i++ {
		if g.home(bk[i]>>addrBits) == b {
			dst = append(dst, &bk[i])
		}
	}
	if bk[bucketSlots-1] == 0 {
		return dst
	}
	if b+1 < g.nb() {
		next := g.bucket(b + 1)
		for i := 0; i < bucketSlots && next[i] != 0; i++ {
			if g.home(next[i]>>addrBits) == b {
				dst = append(dst, &next[i])
			}
		}
		if next[bucketSlots-1] == 0 {
			return dst
		}
	}
	st := g.stash()
	for i := range st[:g.head().stash] {
		if g.home(st[i]>>addrBits) == b {
			dst = append(dst, &st[i])
		}
	}
	return dst
}

// bucketsFor is how many buckets a new segment for n entries has: all that fit into the chunk that is needed anyway.
func bucketsFor(n int) int {
	nb := (n*100/fullPercent + bucketSlots - 1) / bucketSlots
	return fitBuckets(nb)
}

func fitBuckets(nb int) int {
	nb = max(nb, minBuckets)
	return (slab.Size(segFixed+nb*bucketBytes) - segFixed) / bucketBytes
}
