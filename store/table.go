package store

import (
	"sync/atomic"
	"unsafe"

	"radish/store/slab"
)

// table is the keys of one database in one shard: a directory of entries. Its methods need the shard's
// lock, except reading the atomics. Hashes are without the shard's bits: the next bit is the highest.
type table struct {
	directory
	peek atomic.Pointer[[]segment] // dir, for prefetching, which takes no lock
	sh   *shard
	own  *ownArenas // the shard's
	due  deadlines
	// fieldDue is the index of hashes whose fields have deadlines, see hash_due.go.
	fieldDue deadlines
	_        [64]byte
	keys     atomic.Int64
	segs     atomic.Int64 // this and the next two are the directory's
	slots    atomic.Int64
	bytes    atomic.Int64
	dueSum   atomic.Int64 // sum of deadlines - dueBase
	dueKeys  atomic.Int64
	dueMem   atomic.Int64 // of both indexes
	dueBase  atomic.Int64 // the first deadline that the table saw: keeps dueSum small
	// fieldKeys is the number of hashes that fieldDue has.
	fieldKeys atomic.Int64
}

func newTable(s *Store, sh *shard) *table {
	t := &table{sh: sh, own: sh.own, directory: directory{s: s, arena: sh.arena}}
	t.due.arena, t.fieldDue.arena = sh.arena, sh.arena
	t.start(0)
	t.publish()
	return t
}

// publish tells those without a lock of a new directory, and of what it counts.
func (t *table) publish() {
	if p := t.peek.Load(); p == nil || len(*p) != len(t.dir) {
		dir := t.dir
		t.peek.Store(&dir)
	}
	t.segs.Store(int64(t.numSegs))
	t.slots.Store(int64(t.numSlots))
	t.bytes.Store(int64(t.numBytes))
}

func (t *table) find(h uint64, key []byte) *uint64 {
	return t.dir[h>>t.shift].find(h, key)
}

// insert adds an entry whose key is not in the table.
func (t *table) insert(h uint64, p unsafe.Pointer) {
	t.save(h)
	if g := t.dir[h>>t.shift]; !g.add(makeSlot(p, g.tag(h))) {
		t.insertFull(h, p)
		t.publish()
	}
	t.keys.Add(1)
}

// remove takes out the slot s of an entry with hash h, and gives memory back when the segment has become sparse.
func (t *table) remove(h uint64, s *uint64) {
	g := t.dir[h>>t.shift]
	g.remove(s)
	t.keys.Add(-1)
	if g.sparse() {
		t.removed(h)
		t.publish()
	}
}

// segmentAt returns the segment of hash h, and the first hash of the next one; last is true when there is none.
func (t *table) segmentAt(h uint64) (g segment, next uint64, last bool) {
	return segmentAt(t.dir, t.shift, h)
}

// random returns the slot of an entry chosen at random; nil only if there is none.
func (t *table) random() *uint64 { return randomSlot(t.dir, t.shift) }

// freeStep frees entries of a table that nobody uses any more, up to a segment of them and freeBatch chunks, and the segment when it is empty. It
// returns false when nothing is left. Mappings are appended to maps: they are disowned, and to be unmapped without a lock.
func (t *table) freeStep(maps *[]body) (more bool) {
	if len(t.dir) == 0 {
		return t.due.freeStep() || t.fieldDue.freeStep()
	}
	g := t.dir[len(t.dir)-1]
	if !t.freeEntries(g, maps) {
		return true
	}
	from, _ := t.span(uint64(len(t.dir)-1)<<t.shift, int(g.depth()))
	t.freeSegment(g)
	t.arena.AddUsed(-8 * (len(t.dir) - from))
	t.dir = t.dir[:from]
	return true
}

// freeBatch is how many chunks are freed under one lock, unless one value alone has more: less than a millisecond's work.
const freeBatch = 4096

// freeEntries is freeStep for one segment. It returns false when entries are left.
func (t *table) freeEntries(g segment, maps *[]body) (done bool) {
	hd, work := g.head(), 0
	free := func(s *uint64) bool {
		e := slotEntry(*s)
		n := e.freeChunks(false)
		if work > 0 && work+n > freeBatch {
			return false
		}
		work += n
		*s = 0
		hd.count--
		t.keys.Add(-1)
		t.freeDetached(e, maps)
		return true
	}
	for ; hd.stash > 0; hd.stash-- {
		if !free(&g.stash()[hd.stash-1]) {
			return false
		}
	}
	for b := g.nb() - 1; b >= 0; b-- {
		bk := g.bucket(b)
		for i := bk.fill() - 1; i >= 0; i-- { // from the last on: those in use are the first
			if !free(&bk[i]) {
				return false
			}
		}
	}
	return true
}

// freeDetached frees an entry, and its value, or appends that to maps.
func (t *table) freeDetached(e Entry, maps *[]body) {
	if e.form() == formBody && !e.Encoding().big() {
		if b := *e.body(); b.cap > slab.MaxChunk && t.s.savedHuge(&b) == nil {
			t.arena.Disown(b.ptr(), int(b.cap))
			*maps = append(*maps, b)
			t.arena.Free(e.p, e.size())
			return
		}
	}
	t.freeEntry(e, freeNow)
}

// hash is the hash of a key without the shard's bits.
func (t *table) hash(key []byte) uint64 { return t.s.hash(key) << t.s.shardBits }
