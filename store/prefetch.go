package store

import (
	"math/bits"
	"slices"
	"sync/atomic"
	"unsafe"

	"radish/internal/prefetch"
)

// A lookup in a big table misses the cache twice, one after the other: for the bucket and for the entry. Whoever has
// several lookups to do asks for all buckets first, then for all entries, and has the misses under way at once.
//
// It is done before the locks are taken, so that they are held for a shorter time. What is read without a lock may be
// out of date, and then the wrong memory is asked for, which harms nothing: directories are Go slices, and the pages
// of segments and entries stay mapped for as long as the store lives (slab.Pages). Race builds leave it out.

// Place is where PrefetchBucket saw the bucket of a key. The zero Place is nowhere.
type Place struct {
	bk  *bucket
	tag uint64
}

// PrefetchBucket asks for the bucket of a key. It needs no lock.
func (db *DB) PrefetchBucket(k Key) Place {
	g, h, ok := db.peekSegment(k)
	if !ok {
		return Place{}
	}
	tag := g.tag(h)
	p := Place{g.bucket(g.home(tag)), tag}
	prefetch.Line(unsafe.Pointer(p.bk))
	return p
}

// PrefetchEntry asks for the entry of the key, whose bucket should have arrived; whole: for more of its value, through which the command will go. It needs
// no lock.
func (p Place) PrefetchEntry(whole bool) {
	if p.bk == nil {
		return
	}
	for i := range p.bk {
		if s := atomic.LoadUint64(&p.bk[i]); s>>addrBits == p.tag && s != 0 {
			if e := slotEntry(s).p; whole {
				prefetch.Lines(e)
			} else {
				prefetch.Line(e)
				prefetch.Line(unsafe.Add(e, 56)) // most entries are shorter than a line, and begin anywhere in one
			}
			return
		}
	}
}

// membersAhead is how many members PrefetchMembers looks at.
const membersAhead = 32

// PrefetchMembers asks for the elements of a big set, hash or sorted set that members name. It takes the read lock for
// that, if it can have it at once; the key's entry should have arrived.
func (db *DB) PrefetchMembers(k Key, members [][]byte) {
	sh, _ := db.shardOf(k)
	if raceBuild || !sh.lock.tryRLockNow() {
		return
	}
	defer sh.lock.runlock()
	if e := db.Peek(k); e.p != nil {
		switch e.Encoding() {
		case EncHashtable, EncHashtableEx, EncSkiplist:
			e.dict().prefetch(members)
		}
	}
}

// prefetch asks for the elems of some keys.
func (d dict) prefetch(keys [][]byte) {
	var at [membersAhead]struct {
		bk  *bucket
		tag uint64
	}
	n := min(len(keys), membersAhead)
	for i, key := range keys[:n] {
		h := d.hash(key)
		g := d.root.segment(h)
		at[i].tag = g.tag(h)
		at[i].bk = g.bucket(g.home(at[i].tag))
		prefetch.Line(unsafe.Pointer(at[i].bk))
	}
	for i := range at[:n] {
		for _, s := range at[i].bk {
			if s>>addrBits == at[i].tag && s != 0 {
				prefetch.Line(slotElem(s).p)
				break
			}
		}
	}
}

// PrefetchMax is how many keys are asked for at a time: what is asked for should still be in the cache when it is needed.
const PrefetchMax = 32

// Prefetch asks for all that lookups of keys will need. It needs no lock.
func (db *DB) Prefetch(keys []Key) {
	var places [PrefetchMax]Place
	for some := range slices.Chunk(keys, PrefetchMax) {
		for i := range some {
			places[i] = db.PrefetchBucket(some[i])
		}
		for _, p := range places[:len(some)] {
			p.PrefetchEntry(false)
		}
	}
}

// peekSegment is the segment of a key as far as can be told without the lock.
func (db *DB) peekSegment(k Key) (g segment, h uint64, ok bool) {
	sh, h := db.shardOf(k)
	t := sh.table(db.Index)
	if raceBuild || t == nil {
		return 0, 0, false
	}
	dir := *t.peek.Load()
	shift := 64 - bits.TrailingZeros(uint(len(dir)))
	g = segment(atomic.LoadUint64((*uint64)(&dir[h>>shift])))
	return g, h, g.nb() > 0
}
