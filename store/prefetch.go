package store

import (
	"unsafe"

	"radish/internal/prefetch"
)

// A lookup in a big table misses the cache twice, one after the other: for the bucket and for the entry. Whoever has
// several lookups to do asks for all buckets first, then for all entries, and has the misses under way at once.

// PrefetchBucket asks for the bucket of a key. It needs no lock: it takes the shard's for a moment, if that is free at once.
func (db *DB) PrefetchBucket(k Key) {
	sh, h := db.shardOf(k)
	if !sh.lock.tryRLockNow() {
		return
	}
	if t := sh.table(db.Index); t != nil {
		t.prefetchBucket(h)
	}
	sh.lock.runlock()
}

// PrefetchEntry asks for the entry of a key whose bucket has arrived. It needs no lock, like PrefetchBucket.
func (db *DB) PrefetchEntry(k Key) {
	sh, h := db.shardOf(k)
	if !sh.lock.tryRLockNow() {
		return
	}
	if t := sh.table(db.Index); t != nil {
		t.prefetchEntry(h)
	}
	sh.lock.runlock()
}

// Prefetch asks for all that lookups of keys will need. It needs the locks of their shards.
func (db *DB) Prefetch(keys []Key) {
	for i := range keys {
		sh, h := db.shardOf(keys[i])
		if t := sh.table(db.Index); t != nil {
			t.prefetchBucket(h)
		}
	}
	for i := range keys {
		sh, h := db.shardOf(keys[i])
		if t := sh.table(db.Index); t != nil {
			t.prefetchEntry(h)
		}
	}
}

func (t *table) prefetchBucket(h uint64) {
	g := t.dir[h>>t.shift]
	prefetch.Line(unsafe.Pointer(g.bucket(g.home(g.tag(h)))))
}

func (t *table) prefetchEntry(h uint64) {
	g := t.dir[h>>t.shift]
	tag := g.tag(h)
	bk := g.bucket(g.home(tag))
	for i := range bk {
		if s := bk[i]; s>>addrBits == tag && s != 0 {
			p := slotEntry(s).p
			prefetch.Line(p)
			prefetch.Line(unsafe.Add(p, 56)) // most entries are shorter than a line, and begin anywhere in one
			return
		}
	}
}
