package store

import (
	"math/rand/v2"
	"sync/atomic"
	"unsafe"

	"radish/store/slab"
)

// table is the keys of one database in one shard: extendible hashing, see the package comment. Its methods need the shard's
// lock, except reading the atomics. Hashes are without the shard's bits: the next bit is the highest.
type table struct {
	dir     []segment                 // indexed by the first bits of the hash; its length is a power of two
	peek    atomic.Pointer[[]segment] // dir, for prefetching, which takes no lock
	shift   uint                      // 64 - number of these bits
	s       *Store
	sh      *shard
	arena   *slab.Arena
	due     deadlines
	depths  [64]int32 // number of segments of each depth
	_       [64]byte
	keys    atomic.Int64
	segs    atomic.Int64
	slots   atomic.Int64
	bytes   atomic.Int64 // of segments and directory
	dueSum  atomic.Int64 // sum of deadlines - dueBase
	dueKeys atomic.Int64
	dueMem  atomic.Int64
	dueBase atomic.Int64 // the first deadline that the table saw: keeps dueSum small
}

func newTable(s *Store, sh *shard) *table {
	t := &table{s: s, sh: sh, arena: sh.arena, shift: 64}
	t.due.arena = sh.arena
	t.newDir([]segment{t.newSegment(fitBuckets(minBuckets), 0)})
	t.addBytes(8)
	return t
}

func (t *table) newDir(dir []segment) {
	t.dir = dir
	t.peek.Store(&dir)
}

// addBytes counts bytes of the directory, which lies in the Go heap.
func (t *table) addBytes(n int) {
	t.arena.AddUsed(n)
	t.bytes.Add(int64(n))
}

func (t *table) newSegment(nb, depth int) segment {
	n := segFixed + nb*bucketBytes
	p := t.arena.Alloc(n)
	clear(unsafe.Slice((*byte)(p), n))
	g := makeSegment(p, nb, depth)
	*g.head() = segHead{nb: uint32(nb), depth: uint32(depth)}
	t.segs.Add(1)
	t.slots.Add(int64(nb*bucketSlots + stashSlots))
	t.bytes.Add(int64(slab.Size(n)))
	t.depths[depth]++
	return g
}

func (t *table) freeSegment(g segment) {
	nb, n := g.nb(), g.bytes()
	t.segs.Add(-1)
	t.slots.Add(int64(-(nb*bucketSlots + stashSlots)))
	t.bytes.Add(int64(-slab.Size(n)))
	t.depths[g.depth()]--
	t.arena.Free(g.ptr(), n)
}

func (t *table) find(h uint64, key []byte) *uint64 {
	return t.dir[h>>t.shift].find(h, key)
}

// globalDepth is the number of hash bits that index the directory.
func (t *table) globalDepth() int { return 64 - int(t.shift) }

// span is the range of the directory that refers to the segment of hash h.
func (t *table) span(h uint64, depth int) (from, n int) {
	n = 1 << (t.globalDepth() - depth)
	return int(h>>t.shift) &^ (n - 1), n
}

func (t *table) setDir(from, n int, g segment) {
	for i := from; i < from+n; i++ {
		t.dir[i] = g
	}
}

// insert adds an entry whose key is not in the table.
func (t *table) insert(h uint64, p unsafe.Pointer) {
	for {
		g := t.dir[h>>t.shift]
		if g.add(makeSlot(p, g.tag(h))) {
			break
		}
		t.enlarge(h, g)
	}
	t.keys.Add(1)
}

// remove takes out the slot s of an entry with hash h, and gives memory back when the segment has become sparse.
func (t *table) remove(h uint64, s *uint64) {
	g := t.dir[h>>t.shift]
	g.remove(s)
	t.keys.Add(-1)
	nb := g.nb()
	if n := int(g.head().count); n*8 < nb*bucketSlots*3 && (nb > minBuckets || g.depth() > 0) {
		t.shrink(h, g, n)
	}
}

// enlarge makes room in a full segment: more buckets, or two segments.
func (t *table) enlarge(h uint64, g segment) {
	nb := g.nb()
	if nb < maxBuckets {
		t.rebuild(h, g, fitBuckets(min(max(nb+1, nb*5/4), maxBuckets)))
		return
	}
	t.split(h, g)
}

// rebuild replaces a segment by one with nb buckets, or more if they do not take all entries.
func (t *table) rebuild(h uint64, g segment, nb int) {
	depth := int(g.depth())
	from, n := t.span(h, depth)
	for ; ; nb = fitBuckets(nb + 1) {
		to := t.newSegment(nb, depth)
		if to.addAll(g) {
			t.setDir(from, n, to)
			t.freeSegment(g)
			return
		}
		t.freeSegment(to)
	}
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

// split replaces a segment by two, whose prefixes are one bit longer.
func (t *table) split(h uint64, g segment) {
	depth := int(g.depth())
	if depth == t.globalDepth() {
		t.doubleDir()
	}
	from, n := t.span(h, depth)
	retag := depth&tagWindow == tagWindow
	var half [2][]uint64
	var buf [2][maxBuckets*bucketSlots + stashSlots]uint64
	half[0], half[1] = buf[0][:0], buf[1][:0]
	g.each(func(s *uint64) {
		slot := *s
		bit := slot >> (63 - uint(depth)&tagWindow) & 1
		if retag {
			e := slotEntry(slot)
			slot = makeSlot(e.p, t.hash(e.Key())<<(depth+1)>>addrBits)
		}
		half[bit] = append(half[bit], slot)
	})
	for i := range half {
		t.setDir(from+i*n/2, n/2, t.segmentOf(half[i], depth+1))
	}
	t.freeSegment(g)
}

// segmentOf makes a segment of slots that have its tags.
func (t *table) segmentOf(slots []uint64, depth int) segment {
	nb := bucketsFor(len(slots))
	for {
		g := t.newSegment(nb, depth)
		ok := true
		for _, s := range slots {
			if ok = g.add(s); !ok {
				break
			}
		}
		if ok {
			return g
		}
		t.freeSegment(g)
		nb = fitBuckets(nb + 1)
	}
}

// hash is the hash of a key without the shard's bits.
func (t *table) hash(key []byte) uint64 { return t.s.hash(key) << t.s.shardBits }

func (t *table) doubleDir() {
	dir := make([]segment, 2*len(t.dir))
	for i, g := range t.dir {
		dir[2*i], dir[2*i+1] = g, g
	}
	t.addBytes(8 * len(t.dir))
	t.newDir(dir)
	t.shift--
}

// shrink merges a sparse segment with n entries and its sibling, or gives it fewer buckets.
func (t *table) shrink(h uint64, g segment, n int) {
	depth := int(g.depth())
	if depth > 0 {
		sib := t.dir[(h^1<<(64-depth))>>t.shift]
		if m := int(sib.head().count); int(sib.depth()) == depth && n+m <= mergedLimit {
			t.merge(h, g, sib)
			return
		}
	}
	if nb := bucketsFor(n); nb < g.nb() {
		t.rebuild(h, g, nb)
	}
}

// merge replaces two siblings by one segment.
func (t *table) merge(h uint64, g, sib segment) {
	depth := int(g.depth())
	slots := make([]uint64, 0, mergedLimit)
	retag := depth&tagWindow == 0
	for _, half := range []segment{g, sib} {
		half.each(func(s *uint64) {
			slot := *s
			if retag {
				e := slotEntry(slot)
				slot = makeSlot(e.p, t.hash(e.Key())<<((depth-1)&^tagWindow)>>addrBits)
			}
			slots = append(slots, slot)
		})
	}
	to := t.segmentOf(slots, depth-1)
	from, size := t.span(h, depth-1)
	t.setDir(from, size, to)
	t.freeSegment(g)
	t.freeSegment(sib)
	for len(t.dir) > 1 && t.depths[t.globalDepth()] == 0 {
		t.halveDir()
	}
}

func (t *table) halveDir() {
	dir := make([]segment, len(t.dir)/2)
	for i := range dir {
		dir[i] = t.dir[2*i]
	}
	t.addBytes(-8 * len(dir))
	t.newDir(dir)
	t.shift++
}

// segmentAt returns the segment of hash h, and the first hash of the next one; last is true when there is none.
func (t *table) segmentAt(h uint64) (g segment, next uint64, last bool) {
	g = t.dir[h>>t.shift]
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

// random returns the slot of an entry chosen at random, about evenly; nil only if there is none.
func (t *table) random() *uint64 {
	h := rand.Uint64()
	var g segment
	for range 64 {
		g = t.dir[h>>t.shift]
		n := g.nb()*bucketSlots + stashSlots
		if s := g.slot(rand.IntN(n)); *s != 0 {
			return s
		}
		h = rand.Uint64()
	}
	// Nearly everything is empty: the next one, from a random place on.
	first := rand.IntN(len(t.dir))
	for i := range t.dir {
		g = t.dir[(first+i)&(len(t.dir)-1)]
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

// freeStep frees the entries of one segment of a table that nobody uses any more, and that segment. It returns false when none is left.
func (t *table) freeStep() (more bool) {
	if len(t.dir) == 0 {
		return t.due.freeStep()
	}
	g := t.dir[len(t.dir)-1]
	from, _ := t.span(uint64(len(t.dir)-1)<<t.shift, int(g.depth()))
	n := 0
	g.each(func(s *uint64) {
		t.freeEntry(slotEntry(*s), nil)
		n++
	})
	t.freeSegment(g)
	t.addBytes(-8 * (len(t.dir) - from))
	t.dir = t.dir[:from]
	t.keys.Add(int64(-n))
	return true
}
