package store

import (
	"unsafe"

	"radish/internal/prefetch"
)

// Looking one key up in a big dict misses the cache twice, one after the other: for its bucket and for its elem. Of many keys all misses of a kind
// are under way at once.

// findBatch is how many keys findMany takes: more misses than that do not get under way at once, and a batch stays on the stack.
const findBatch = 16

// lookups is a batch of keys to look up. The zero value is ready. All dicts of a store have the same hashes, so that one batch serves several.
type lookups struct {
	n     int
	keys  [findBatch][]byte
	hash  [findBatch]uint64
	elems [findBatch]elem // what findMany found; the zero elem: nothing
}

// add adds a key, of which a view is kept, and reports whether the batch is full.
func (l *lookups) add(h uint64, key []byte) (full bool) {
	l.hash[l.n], l.keys[l.n] = h, key
	l.n++
	return l.n == findBatch
}

// keep keeps the keys that were found, or those that were not, and forgets the others and elems.
func (l *lookups) keep(found bool) {
	n := 0
	for i, e := range l.elems[:l.n] {
		if e.ok() == found {
			l.hash[n], l.keys[n] = l.hash[i], l.keys[i]
			n++
		}
	}
	l.n = n
}

// findMany looks the keys of a batch up.
func (d dict) findMany(l *lookups) {
	var at [findBatch]struct {
		bk  *bucket
		tag uint64
	}
	n := l.n
	for i, h := range l.hash[:n] {
		g := d.root.segment(h)
		tag := g.tag(h)
		bk := g.bucket(g.home(tag))
		at[i].bk, at[i].tag = bk, tag
		prefetch.Line(unsafe.Pointer(bk))
	}
	for _, a := range at[:n] {
		for _, s := range a.bk {
			if s>>addrBits == a.tag && s != 0 {
				prefetch.Line(slotElem(s).p)
				break
			}
		}
	}
	for i, h := range l.hash[:n] {
		if s := at[i].bk.findElem(at[i].tag, l.keys[i]); s != nil {
			l.elems[i] = slotElem(*s)
			continue
		}
		_, l.elems[i] = d.find(h, l.keys[i])
	}
}
