package store

import (
	"unsafe"

	"radish/internal/prefetch"
)

// saving is what a snapshot that runs keeps about one directory: that of a table, or of a big dict.
//
// Entries (or elems) whose home is the same bucket are saved together, wherever in the segment they lie, before one of them changes or another
// comes to them; the head of the segment has a bit for each bucket of which that is done. So a write saves a handful of entries, once, and no
// set of keys is kept. Before a segment is split, merged or gets another size, all of it is saved; the segments that come of it, and whatever they
// will hold, have all bits set.
type saving struct {
	epoch uint32
	keys  *savedTable // whose directory it is: one of these two
	elems *bigSaved
}

// done reports whether the entries of bucket b of a segment are saved.
func (v *saving) done(g segment, b int) bool {
	hd := g.head()
	return hd.epoch == v.epoch && hd.saved[b>>6]>>(b&63)&1 != 0
}

// mark says that nothing of a segment is to be saved any more.
func (v *saving) mark(g segment) {
	hd := g.head()
	hd.epoch, hd.saved = v.epoch, [2]uint64{^uint64(0), ^uint64(0)}
}

// home saves the entries whose home is bucket b, unless they are saved; the walk says that it is the snapshot's own.
func (v *saving) home(g segment, b int, walk bool) {
	if v.done(g, b) {
		return
	}
	hd := g.head()
	if hd.epoch != v.epoch {
		hd.epoch, hd.saved = v.epoch, [2]uint64{}
	}
	hd.saved[b>>6] |= 1 << (b & 63)
	var buf [4 * bucketSlots]*uint64
	slots := g.slots(buf[:0], b)
	if v.keys != nil {
		v.keys.saveSlots(slots, walk)
	} else {
		v.elems.saveSlots(slots)
	}
}

// at saves what has the same home as hash h, for who is about to change it.
func (v *saving) at(g segment, h uint64) {
	if b := g.home(g.tag(h)); !v.done(g, b) {
		v.home(g, b, false)
	}
}

// whole saves all of a segment.
func (v *saving) whole(g segment) {
	for b := range g.nb() {
		v.home(g, b, false)
	}
}

// walk saves the entries of a segment whose homes are behind those of hash h, until enough says that it is enough. It returns from which hash to go on; done:
// it came to the end of the segment, and next is where the next one begins.
func (v *saving) walk(g segment, h uint64, enough func() bool) (next uint64, done bool) {
	nb := g.nb()
	for b := g.home(g.tag(h)); b < nb; b++ {
		for _, s := range g.bucket(b + 1) { // that of nb is the stash
			prefetch.Line(unsafe.Pointer(slotEntry(s).p))
		}
		v.home(g, b, true)
		if b+1 < nb && enough() {
			return g.start(h) + g.bound(b+1), false
		}
	}
	return 0, true
}

// save has a snapshot that runs keep the keys that have the same home as hash h, to which a key is about to come.
func (t *table) save(h uint64) {
	if t.saving != nil {
		t.saving.at(t.dir[h>>t.shift], h)
	}
}

// saveSegment has a snapshot that runs keep all of a segment, which is about to be replaced.
func (d *directory) saveSegment(g segment) {
	if d.saving != nil {
		d.saving.whole(g)
	}
}

// save has a snapshot that runs keep the elems that have the same home as hash h, before one of them changes, or goes, or another one comes.
func (d dict) save(h uint64) {
	if p := savedBig(d.a); p != nil {
		p.saving.at(d.root.segment(h), h)
	}
}
