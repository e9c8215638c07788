package store

import (
	"unsafe"

	"radish/store/slab"
)

// valueType is what the keyspace needs to know about values that lie outside of their entries: what an encoding brings. Nothing else in
// deleting, renaming, copying or compacting depends on types or encodings. A value's chunks are in the arena of its table's shard, or in an arena of
// its own, which table.arenaOf finds.
type valueType interface {
	// free frees the value. When q is not nil, it hands what would take long to it. The value counts as n objects that are freed lazily.
	free(t *table, b body, q *lazyQueue, n int64)
	// copy makes a second value in another table, or the same.
	copy(from, to *table, b body) body
	// move brings the value to another table, or the same; b is not valid any more.
	move(from, to *table, b body) body
	// size is the number of bytes that the value takes.
	size(b body) int
	// compact moves the value's chunks out of sparse pages.
	compact(t *table, b body) body
	// check walks the value, counts its chunks, and tells what does not hold.
	check(t *table, b body, c *slab.Census) error
}

// valueTypes never changes.
var valueTypes = [numEncodings]valueType{
	EncEmbstr:     blockType{},
	EncRaw:        blockType{},
	EncListpack:   blockType{},
	EncListpackEx: blockType{},
	EncIntset:     blockType{},
	EncQuicklist:  bigValue{quicklistType{}},
	EncSkiplist:   bigValue{zsetType{}},

	EncHashtable:   bigValue{dictType{}},
	EncHashtableEx: bigValue{hashExType{}},
}

// typeOps is what the keyspace needs to know about a type, whatever the encoding.
type typeOps struct {
	// digest adds the value to a key's digest, as Redis's DEBUG DIGEST does (see Digest).
	digest func(d *[20]byte, e Entry)
	// check tells what does not hold in a value, wherever it lies. nil: nothing can be wrong.
	check func(t *table, e Entry) error
}

// types never changes.
var types = [numTypes]typeOps{
	TypeString: {digest: digestString},
	TypeList:   {digest: digestList, check: checkList},
	TypeSet:    {digest: digestSet, check: checkSet},
	TypeZSet:   {digest: digestZSet, check: checkZSet},
	TypeHash:   {digest: digestHash, check: checkHash},
}

// value takes an entry's value out; inline bytes are a view of e.
func (e Entry) value() value {
	info, meta := e.info(), e.meta()
	v := value{form: form(info >> infoFormAt & 3), typ: Type(meta >> metaTypeAt & metaTypeMask), enc: Encoding(meta >> metaEncAt)}
	switch v.form {
	case formInline:
		v.b = e.inline()
	case formInt:
		v.w[0] = *(*uint64)(e.words(info))
	case formBody:
		v.w = *(*[3]uint64)(e.words(info))
	}
	return v
}

func (v *value) body() body {
	return body{addr: v.w[0], len: v.w[1], cap: v.w[2]}
}

func (e Entry) setDeadline(ms int64) { *(*int64)(unsafe.Add(e.p, 8)) = ms }

// rewrite makes a new entry for a slot from parts of the old one, or of others, and frees the old one's chunk, but not its value.
func (t *table) rewrite(slot *uint64, key []byte, v *value, deadline int64, lru uint32) {
	old := slotEntry(*slot)
	n := entrySize(len(key), v, deadline)
	p := t.arena.Alloc(n)
	writeEntry(p, key, v, deadline, lru)
	*slot = makeSlot(p, *slot>>addrBits)
	t.arena.Free(old.p, old.size())
}

// forWrite finds a key that is about to get a new value: its slot (nil: none), the deadline that it will have (with keep: the old one), and
// its LRU field. A lapsed key counts as missing, though it may have a slot.
func (db *DB) forWrite(k Key, deadline int64, keep bool) (t *table, h uint64, slot *uint64, due int64, lru uint32) {
	sh, h := db.shardOf(k)
	if t = sh.table(db.Index); t == nil {
		t = db.s.needTable(sh, db.Index)
	}
	slot = t.find(h, k.B)
	if t.saving != nil {
		t.saving.keys.keep(h, slot)
	}
	if slot == nil {
		db.tellCreated(k)
		return t, h, nil, deadline, newLRU(db.s.lru.Load(), db.Clock)
	}
	e := slotEntry(*slot)
	if e.info()&infoDeadline != 0 {
		if e.lapsed(db.Now) {
			t.tellExpired(db.Index, e)
			db.tellCreated(k)
			return t, h, slot, deadline, newLRU(db.s.lru.Load(), db.Clock)
		}
		if keep {
			deadline = e.Deadline()
		}
	}
	if db.NoTouch {
		return t, h, slot, deadline, e.meta() & metaLRU
	}
	return t, h, slot, deadline, accessed(e.meta()&metaLRU, db.s.lru.Load(), db.Clock)
}

// put writes value, deadline and LRU field of a key, which has the slot, or none yet. The old value is gone already (see dropValue). v.b
// is not a view of the old entry.
func (t *table) put(h uint64, slot *uint64, key []byte, v *value, deadline int64, lru uint32) {
	if slot == nil {
		p := t.arena.Alloc(entrySize(len(key), v, deadline))
		writeEntry(p, key, v, deadline, lru)
		t.insert(h, p)
		t.setDue(h, deadline)
		return
	}
	e := slotEntry(*slot)
	old := e.Deadline()
	if slab.SameSize(e.size(), entrySize(len(key), v, deadline)) {
		writeEntry(e.p, key, v, deadline, lru)
	} else {
		t.rewrite(slot, key, v, deadline, lru)
	}
	if old != deadline {
		t.unsetDue(h, old)
		t.setDue(h, deadline)
	}
}

// dropValue frees the value of an entry of hash h that is about to get another one; what is big goes in the background. Deadlines of fields go too.
func (t *table) dropValue(h uint64, e Entry) {
	t.unfileFields(h, e)
	t.freeValue(e, freeReplaced)
}

// freeValue frees the value of an entry that is about to get another one; what is big goes in the background.
func (t *table) freeValue(e Entry, why freeReason) {
	if e.form() == formBody {
		q := &t.s.lazy
		valueTypes[e.Encoding()].free(t, *e.body(), q, q.objects(e, why))
	}
}
