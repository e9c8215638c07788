package store

import (
	"fmt"

	"radish/store/slab"
)

// Big values. A value with a root has all its chunks in one arena: the shard's while it is small, then one of its own, which another shard takes
// over as it is, and which is given back as a whole: deleting, renaming and installing a value of any size takes microseconds.

// bigType is what an encoding with a root brings. All chunks of a value, the root among them, are in the arena that is given.
type bigType interface {
	// free frees all chunks.
	free(a *slab.Arena, b body)
	// copyTo makes the same value in another arena, and returns its root. The version need not be the same.
	copyTo(b body, a *slab.Arena) (root uint64)
	// size is the number of bytes that the value takes. It looks at nothing but the root.
	size(b body) int
	// compact moves chunks out of sparse pages, of about 1,000 elements in a step, and changes b.addr if the root has moved. The first step
	// has at 0, the next ones what the last one returned, until more is false; meanwhile the value may have changed.
	compact(a *slab.Arena, b *body, at uint64) (next uint64, more bool)
	// check walks the value, counts its chunks, and tells what does not hold.
	check(a *slab.Arena, b body, c *slab.Census) error
}

// bigValue makes a valueType of a bigType: it knows of arenas.
type bigValue struct{ bigType }

// A value gets an arena of its own when it has more bytes than ownArenaMin, and so many elements that it takes long to free and move them one by
// one, or more bytes than ownArenaMax. For with few big elements an arena is a waste: it has pages for each size of chunks.
const (
	ownArenaMin   = 256 << 10
	ownArenaMax   = 1 << 20
	ownArenaElems = 8192
)

// needsArena reports whether a value of so many bytes and elements is to have an arena of its own.
func needsArena(bytes int, elems uint64) bool {
	return bytes > ownArenaMin && (elems > ownArenaElems || bytes > ownArenaMax)
}

// closeAtOnce is how many bytes are given back under a lock.
const closeAtOnce = 1 << 20

func (v bigValue) free(t *table, b body, q *lazyQueue, n int64) {
	if b.cap == 0 {
		v.bigType.free(t.arena, b)
		if n != 0 {
			t.s.lazy.freed.Add(n)
		}
		return
	}
	a := t.own.take(b.cap)
	if p := savedBig(a); p != nil {
		p.take(n)
		return
	}
	switch {
	case q != nil:
		q.addArena(a, n)
	case a.Bytes() > closeAtOnce:
		t.s.lazy.addArena(a, 0) // who wants it freed at once does not want the shard to wait
	default:
		a.Close(nil)
	}
}

func (v bigValue) copy(_, to *table, b body) body {
	if !needsArena(v.size(b), b.len) {
		b.addr, b.cap = v.copyTo(b, to.arena), 0
	} else {
		a := slab.NewPart(to.arena)
		b.addr, b.cap = v.copyTo(b, a), to.own.add(a)
	}
	b.setVersion(to.sh.nextVersion())
	return b
}

func (v bigValue) move(from, to *table, b body) body {
	switch {
	case from.sh == to.sh:
		return b
	case b.cap == 0:
		version := b.version()
		was := b
		b.addr = v.copyTo(b, to.arena)
		b.setVersion(version)
		v.bigType.free(from.arena, was)
	default:
		a := from.own.take(b.cap)
		a.Unmark() // a Purge that is at it does not find the value again
		a.CountIn(to.arena)
		if p := savedBig(a); p != nil {
			p.shard.Store(to.sh.index)
		}
		b.cap = to.own.add(a)
	}
	return b
}

func (v bigValue) compact(t *table, b body) body {
	for at, more := uint64(0), true; more; {
		at, more = v.bigType.compact(t.arenaOf(b), &b, at)
	}
	return b
}

func (v bigValue) check(t *table, b body, c *slab.Census) error {
	if b.cap == 0 {
		return v.bigType.check(t.arena, b, c)
	}
	a, err := t.own.check(b.cap)
	if err != nil {
		return err
	}
	var own slab.Census
	if err := v.bigType.check(a, b, &own); err != nil {
		return err
	}
	if err := a.Check(&own); err != nil {
		return fmt.Errorf("arena %d: %w", b.cap, err)
	}
	return nil
}

// promote brings a big value that has grown too big for the shard's arena to one of its own. Its root is another one then.
func (t *table) promote(enc Encoding, b *body) {
	if b.cap != 0 {
		return
	}
	if v, ok := valueTypes[enc].(bigValue); ok && needsArena(v.size(*b), b.len) {
		t.ownArena(enc, b)
	}
}

// ownArena gives a big value an arena of its own, if it has none.
func (t *table) ownArena(enc Encoding, b *body) {
	if b.cap != 0 {
		return
	}
	v := valueTypes[enc].(bigValue)
	a, was := slab.NewPart(t.arena), *b
	b.addr, b.cap = v.copyTo(was, a), t.own.add(a)
	b.setVersion(was.version())
	v.free(t, was, nil, 0)
}

// version is the version of a big value.
func (b body) version() uint64 { return *(*uint64)(b.ptr()) }

func (b body) setVersion(v uint64) { *(*uint64)(b.ptr()) = v }

// arenaOf is where the chunks of a big value are.
func (t *table) arenaOf(b body) *slab.Arena {
	if b.cap == 0 {
		return t.arena
	}
	return t.own.list[b.cap-1]
}

// ownArenas are the arenas of big values in a shard, by id, which begins at 1. The shard's lock guards them.
type ownArenas struct {
	list    []*slab.Arena // by id - 1; nil: the id is free
	free    []uint64      // ids
	checked map[uint64]bool
}

func (o *ownArenas) add(a *slab.Arena) (id uint64) {
	if n := len(o.free); n > 0 {
		id, o.free = o.free[n-1], o.free[:n-1]
		o.list[id-1] = a
		return id
	}
	o.list = append(o.list, a)
	return uint64(len(o.list))
}

// take takes an arena out.
func (o *ownArenas) take(id uint64) *slab.Arena {
	a := o.list[id-1]
	o.list[id-1] = nil
	o.free = append(o.free, id)
	return a
}

// all appends the arenas to dst.
func (o *ownArenas) all(dst []*slab.Arena) []*slab.Arena {
	for _, a := range o.list {
		if a != nil {
			dst = append(dst, a)
		}
	}
	return dst
}

// check returns the arena of an id, which must be asked for only once between two calls of checkAll.
func (o *ownArenas) check(id uint64) (*slab.Arena, error) {
	if id > uint64(len(o.list)) || o.list[id-1] == nil || o.checked[id] {
		return nil, fmt.Errorf("arena %d is not there, or another value's", id)
	}
	if o.checked == nil {
		o.checked = make(map[uint64]bool)
	}
	o.checked[id] = true
	return o.list[id-1], nil
}

// checkAll tells whether check was called for all arenas.
func (o *ownArenas) checkAll() error {
	n, there := len(o.checked), len(o.all(nil))
	o.checked = nil
	if n != there || there+len(o.free) != len(o.list) {
		return fmt.Errorf("%d own arenas for %d values, %d ids are free of %d", there, n, len(o.free), len(o.list))
	}
	return nil
}
