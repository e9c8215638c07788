package store

import (
	"fmt"
	"hash/maphash"
	"unsafe"

	"radish/internal/prefetch"
	"radish/store/slab"
)

// dict is a hash table of elems, one for each key: sets, hashes and the members of sorted sets. It is a handle on a root chunk; all
// its memory lies in one arena. The segments and their directory are those of a table (see directory), so that no
// step takes long, however many elems there are.
//
// Reading needs a read lock, and no arena: find, len, random, each, scan. What is returned is valid until the next write.
type dict struct {
	root *dictRoot
	a    *slab.Arena
}

// dictRoot is the chunk that a big set, hash or sorted set begins with.
type dictRoot struct {
	version uint64 // of the value: see writer.bump
	count   uint64
	mem     uint64       // bytes of all chunks: root, directory, segments, elems
	seed    maphash.Seed // the store's
	dir     uint64       // address of the first word of the directory
	one     segment      // the directory, when it has only one word
	shift   uint32       // these three as in directory
	numSegs uint32
	deepest uint32
	_       uint32
	extra   [4]uint64 // for the type on top
}

const dictRootSize = int(unsafe.Sizeof(dictRoot{}))

// newDict makes an empty dict for about hint elems.
func newDict(a *slab.Arena, s *Store, hint int) dict {
	r := (*dictRoot)(a.Alloc(dictRootSize))
	*r = dictRoot{seed: s.seed, mem: uint64(slab.Size(dictRootSize))}
	d := directory{root: r, arena: a}
	d.start(hint)
	r.keep(&d)
	return dict{r, a}
}

// dictAt is the dict whose root is at an address. A handle for reading needs no arena.
func dictAt(root uint64, a *slab.Arena) dict {
	return dict{(*dictRoot)(slab.At(uintptr(root))), a}
}

// dict is the dict of an entry whose value is one, for reading.
func (e Entry) dict() dict { return dictAt(e.body().addr, nil) }

// dict is the dict of a key whose value is one.
func (w *writer) dict() dict { return dictAt(w.body().addr, w.arena()) }

// directory is the dict's directory, for changing it. Then comes keep.
func (d dict) directory() directory {
	r := d.root
	dir := directory{root: r, arena: d.a, dir: r.words(), shift: uint(r.shift), numSegs: int(r.numSegs), deepest: int(r.deepest)}
	if v := savedBig(d.a); v != nil {
		dir.saving = &v.saving
	}
	return dir
}

// keep takes over what has changed in the directory.
func (r *dictRoot) keep(d *directory) {
	r.dir = uint64(uintptr(unsafe.Pointer(&d.dir[0])))
	r.shift, r.numSegs, r.deepest = uint32(d.shift), uint32(d.numSegs), uint32(d.deepest)
	r.mem += uint64(d.numBytes)
}

func (r *dictRoot) words() []segment {
	return unsafe.Slice((*segment)(slab.At(uintptr(r.dir))), 1<<(64-r.shift))
}

// newWords returns memory for n directory words.
func (r *dictRoot) newWords(a *slab.Arena, n int) []segment {
	if n == 1 {
		return unsafe.Slice(&r.one, 1)
	}
	return unsafe.Slice((*segment)(a.Alloc(8*n)), n)
}

func (r *dictRoot) freeWords(a *slab.Arena, w []segment) {
	if len(w) > 1 {
		a.Free(unsafe.Pointer(&w[0]), 8*len(w))
	}
}

// dictWordsSize is the number of bytes that n directory words take.
func dictWordsSize(n int) int {
	if n == 1 {
		return 0
	}
	return slab.Size(8 * n)
}

func (r *dictRoot) addr() uint64 { return uint64(uintptr(unsafe.Pointer(r))) }

func (r *dictRoot) hash(key []byte) uint64 { return maphash.Bytes(r.seed, key) }

// segment is the segment of hash h.
func (r *dictRoot) segment(h uint64) segment {
	return *(*segment)(slab.At(uintptr(r.dir + h>>r.shift<<3)))
}

// hash is the hash of a key: the store's, with all its bits.
func (d dict) hash(key []byte) uint64 { return d.root.hash(key) }

// len is the number of elems.
func (d dict) len() int { return int(d.root.count) }

// bytes is the number of bytes that the dict takes.
func (d dict) bytes() int { return int(d.root.mem) }

// find returns the elem with a key whose hash is h, and its slot; nil if there is none.
func (d dict) find(h uint64, key []byte) (slot *uint64, e elem) {
	g := d.root.segment(h)
	tag := g.tag(h)
	b := g.home(tag)
	bk := g.bucket(b)
	if slot = bk.findElem(tag, key); slot != nil {
		return slot, slotElem(*slot)
	}
	if bk[bucketSlots-1] == 0 {
		return nil, elem{}
	}
	if b+1 < g.nb() {
		bk = g.bucket(b + 1)
		if slot = bk.findElem(tag, key); slot != nil {
			return slot, slotElem(*slot)
		}
		if bk[bucketSlots-1] == 0 {
			return nil, elem{}
		}
	}
	st := g.stash()
	for i := range st[:g.head().stash] {
		if s := st[i]; s>>addrBits == tag && slotElem(s).keyIs(key) {
			return &st[i], slotElem(s)
		}
	}
	return nil, elem{}
}

func (bk *bucket) findElem(tag uint64, key []byte) *uint64 {
	for i := range bk {
		s := bk[i]
		if s>>addrBits == tag && s != 0 && slotElem(s).keyIs(key) {
			return &bk[i]
		}
	}
	return nil
}

// insert adds an elem whose key has hash h and is not in the dict.
func (d dict) insert(h uint64, e elem) {
	d.save(h)
	r := d.root
	if g := r.segment(h); !g.add(makeSlot(e.p, g.tag(h))) {
		dir := d.directory()
		dir.insertFull(h, e.p)
		r.keep(&dir)
	}
	r.count++
	r.mem += uint64(e.mem())
}

// replace puts another elem with the same key into a slot, after save. The old one is not freed, and must not be before.
func (d dict) replace(slot *uint64, e elem) {
	d.root.mem += uint64(e.mem() - slotElem(*slot).mem())
	*slot = makeSlot(e.p, *slot>>addrBits)
}

// remove takes the elem of a slot, whose key has hash h, out. It is not freed, and must not be before.
func (d dict) remove(h uint64, slot *uint64) {
	d.save(h)
	r := d.root
	r.count--
	r.mem -= uint64(slotElem(*slot).mem())
	g := r.segment(h)
	g.remove(slot)
	if g.sparse() {
		dir := d.directory()
		dir.removed(h)
		r.keep(&dir)
	}
}

// freeElem frees an elem that is not in the dict (any more).
func (d dict) freeElem(e elem) { d.a.Free(e.p, e.size()) }

// random returns an elem, each with the same probability; none only if the dict is empty.
func (d dict) random() elem {
	s := randomSlot(d.root.words(), uint(d.root.shift))
	if s == nil {
		return elem{}
	}
	return slotElem(*s)
}

// each calls fn for every elem, segment after segment in the order of hashes, until it returns false.
func (d dict) each(fn func(e elem) bool) {
	for h, last := uint64(0), false; !last; {
		var g segment
		g, h, last = d.root.segmentAt(h)
		if !g.eachElem(fn) {
			return
		}
	}
}

func (r *dictRoot) segmentAt(h uint64) (g segment, next uint64, last bool) {
	return segmentAt(r.words(), uint(r.shift), h)
}

// eachElem calls fn for the elems of a segment, until it returns false.
func (g segment) eachElem(fn func(e elem) bool) bool {
	n := g.nb() * bucketSlots
	st := n + int(g.head().stash)
	for i := 0; i < n; i += bucketSlots {
		if i+bucketSlots < n {
			for _, s := range g.bucket(i/bucketSlots + 1) {
				prefetch.Line(slotElem(s).p)
			}
		}
		for _, s := range g.bucket(i / bucketSlots) {
			if s == 0 {
				break
			}
			if !fn(slotElem(s)) {
				return false
			}
		}
	}
	for i := n; i < st; i++ {
		if !fn(slotElem(*g.slot(i))) {
			return false
		}
	}
	return true
}

// scan calls fn for the elems from a cursor on, count or some more, and returns the cursor where to go on: 0 at the end. It starts at
// 0. An elem that is there from the start of an iteration to its end is returned exactly once, whatever else happens to the dict.
func (d dict) scan(cursor uint64, count int, fn func(e elem)) (next uint64) {
	count = min(max(count, 1), 1<<40)
	limit := emptyLimit + emptyPerKey*count
	if cursor > ^uint64(0)>>cursorShift {
		return 0
	}
	h := cursor << cursorShift
	var buf [4 * bucketSlots]*uint64
	for n, looked := 0, 0; ; {
		g, next, last := d.root.segmentAt(h)
		start := g.start(h)
		for b, nb := g.home(g.tag(h)), g.nb(); b < nb; b++ {
			looked++
			// The position may be in the midst of this bucket: its size was another when it was taken.
			midst := start+g.bound(b) < h
			for _, s := range g.slots(buf[:0], b) {
				e := slotElem(*s)
				if midst && d.hash(e.key()) < h {
					continue
				}
				fn(e)
				n++
			}
			if (n >= count || looked >= limit) && b+1 < nb {
				return (start + g.bound(b+1)) >> cursorShift
			}
		}
		if last {
			return 0
		}
		h = next
		if n >= count || looked >= limit {
			return h >> cursorShift
		}
	}
}

// free frees all chunks of the dict.
func (d dict) free() {
	r := d.root
	dir := d.directory()
	for h, last := uint64(0), false; !last; {
		var g segment
		g, h, last = r.segmentAt(h)
		g.each(func(s *uint64) { d.freeElem(slotElem(*s)) })
		dir.freeSegment(g)
	}
	r.freeWords(d.a, dir.dir)
	d.a.Free(unsafe.Pointer(r), dictRootSize)
}

// copyTo makes the same dict in an arena, but for version and extra, which are zero. moved is told where each elem lies now, unless it is nil.
func (d dict) copyTo(a *slab.Arena, moved func(from, to elem)) dict {
	old := d.root
	r := (*dictRoot)(a.Alloc(dictRootSize))
	*r = dictRoot{count: old.count, mem: old.mem, seed: old.seed, shift: old.shift, numSegs: old.numSegs, deepest: old.deepest}
	words := r.newWords(a, len(old.words()))
	r.dir = uint64(uintptr(unsafe.Pointer(&words[0])))
	dir := directory{root: r, arena: a, dir: words, shift: uint(r.shift)}
	for h, last := uint64(0), false; !last; {
		var g segment
		at := h
		g, h, last = old.segmentAt(h)
		to := dir.newSegment(g.nb(), int(g.depth()))
		copy(unsafe.Slice((*byte)(to.ptr()), g.bytes()), unsafe.Slice((*byte)(g.ptr()), g.bytes()))
		to.each(func(s *uint64) {
			from := slotElem(*s)
			e := from.copyTo(a)
			*s = makeSlot(e.p, *s>>addrBits)
			if moved != nil {
				moved(from, e)
			}
		})
		from, n := dir.span(at, int(g.depth()))
		dir.setDir(from, n, to)
	}
	return dict{r, a}
}

// compactRoot moves root and directory out of sparse pages, and returns the dict's new handle.
func (d dict) compactRoot() dict {
	r := (*dictRoot)(d.a.Move(unsafe.Pointer(d.root), dictRootSize))
	d.root = r
	if r.shift == 64 {
		r.dir = uint64(uintptr(unsafe.Pointer(&r.one)))
	} else {
		r.dir = uint64(uintptr(d.a.Move(slab.At(uintptr(r.dir)), 8<<(64-r.shift))))
	}
	return d
}

// compactSegment moves the segment of hash h and its elems out of sparse pages, and returns the first hash of the next one. moved is told of each
// elem that has moved, unless it is nil.
func (d dict) compactSegment(h uint64, moved func(from, to elem)) (next uint64, last bool) {
	g, next, last := d.root.segmentAt(h)
	g.each(func(s *uint64) {
		from := slotElem(*s)
		p := d.a.Move(from.p, from.size())
		if p == from.p {
			return
		}
		*s = makeSlot(p, *s>>addrBits)
		if moved != nil {
			moved(from, elem{p})
		}
	})
	if p := d.a.Move(g.ptr(), g.bytes()); p != g.ptr() {
		dir := d.directory()
		from, n := dir.span(h, int(g.depth()))
		dir.setDir(from, n, makeSegment(p, g.nb(), int(g.depth())))
	}
	return next, last
}

// check tells the first thing that does not hold, and counts the dict's chunks. fn, if there is one, is called for each elem.
func (d dict) check(c *slab.Census, fn func(e elem) error) error {
	r := d.root
	c.Add(dictRootSize)
	words := r.words()
	if len(words) > 1 {
		c.Add(8 * len(words))
	} else if unsafe.Pointer(&words[0]) != unsafe.Pointer(&r.one) {
		return fmt.Errorf("dict: the directory of one word is not in the root")
	}
	dir := d.directory()
	for h, last := uint64(0), false; !last; { // a root does not keep these two
		var g segment
		g, h, last = r.segmentAt(h)
		dir.numSlots += g.nb()*bucketSlots + stashSlots
		dir.numBytes += slab.Size(g.bytes())
	}
	dir.numBytes += dictWordsSize(len(words))
	mem, count := slab.Size(dictRootSize)+dir.numBytes, 0
	seen := make(map[string]bool)
	err := dir.check(dictWordsSize(len(words)), c, func(g segment, s, start uint64) error {
		e := slotElem(s)
		key := e.key()
		h := d.hash(key)
		if g.start(h) != start || g.tag(h) != s>>addrBits {
			return fmt.Errorf("elem %q is at the wrong place", key)
		}
		if seen[string(key)] {
			return fmt.Errorf("elem %q is there twice", key)
		}
		seen[string(key)] = true
		count++
		mem += e.mem()
		c.Add(e.size())
		if fn == nil {
			return nil
		}
		return fn(e)
	})
	if err != nil {
		return fmt.Errorf("dict: %w", err)
	}
	if d.len() != count || d.bytes() != mem {
		return fmt.Errorf("dict: %d elems, %d bytes, counted %d, %d", d.len(), d.bytes(), count, mem)
	}
	return nil
}
