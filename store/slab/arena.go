package slab

import (
	"sync/atomic"
	"unsafe"
)

// Arena allocates for one shard, or for one big value in it. Its methods need the shard's write lock, except where they say otherwise.
type Arena struct {
	Note   any    // what the arena's owner keeps with it; nil at first
	count  *Usage // where it counts: usage, or that of another arena (see NewPart)
	usage  Usage
	pages  *Pages
	maps   map[uintptr]int // mappings and their sizes
	moved  int64           // by Move, since the last Unmark
	marked bool            // there may be sparse pages
	// Of the arena itself, without its parts, as in Usage:
	mapped, other, touched int64
	class                  [numClasses]class
}

// Usage is what arenas that count together have. It is read without locks.
type Usage struct {
	used    atomic.Int64 // bytes of chunks and mappings in use, and what AddUsed counted
	mapped  atomic.Int64 // of these, bytes of mappings
	other   atomic.Int64 // of these, what AddUsed counted
	touched atomic.Int64 // bytes of the chunks of pages that were used once: in use, or free again
}

// class is the state of one chunk class.
type class struct {
	cur   uintptr // page to allocate from, 0: none yet; it is in no list but all
	room  uintptr // first page of those that have room
	all   uintptr // first page of all
	count uint64  // chunks in use | pages << pagesAt
}

// pagesAt is where the number of pages begins in class.count: that makes a class as small as can be, as big values have their own ones.
const pagesAt = 40

func (c *class) chunks() int { return int(c.count & (1<<pagesAt - 1)) }
func (c *class) npages() int { return int(c.count >> pagesAt) }

const (
	pageListed = 1 << iota // is in the list of pages with room
	pageSparse             // Compact wants it empty: nothing is allocated from it
)

const pageHeader = 64

// keepClasses are the classes of small chunks, whose current page stays when it is empty, so that a key that comes and goes is cheap.
// Segments, which are bigger, leave a class for ever when a table grows.
const keepClasses = linear

// page is the head of a page, see the package comment.
type page struct {
	next, prev   uintptr
	anext, aprev uintptr
	free         uint32
	bump         uint32
	used         uint32
	total        uint32
	class        uint16
	flags        uint16
}

// At is the pointer to an address that was a pointer to a chunk before. Whether there is one must be asked of the address:
// the compiler takes the pointer for not nil.
//
//go:nocheckptr
func At(addr uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(nil), addr) }

func pageAt(addr uintptr) *page { return (*page)(At(addr)) }

// NewArena makes an arena that takes its pages from ps.
func NewArena(ps *Pages) *Arena {
	a := &Arena{pages: ps}
	a.count = &a.usage
	return a
}

// NewPart makes an arena that counts as a part of whole: Used, Mapped and so on of whole include what it has. It takes 4 KB.
func NewPart(whole *Arena) *Arena { return &Arena{pages: whole.pages, count: &whole.usage} }

// CountIn makes a, which is from NewPart, a part of another arena of the same Pages. It needs the locks of both shards.
func (a *Arena) CountIn(whole *Arena) {
	if a.count == &whole.usage {
		return
	}
	own := a.sums()
	a.count.add(&own, -1)
	a.count = &whole.usage
	a.count.add(&own, 1)
}

// sums is what the arena itself has, without its parts.
type sums struct{ used, mapped, other, touched int64 }

func (a *Arena) sums() sums {
	s := sums{a.mapped + a.other, a.mapped, a.other, a.touched}
	for ci := range a.class {
		s.used += int64(a.class[ci].chunks()) * int64(classSize(ci))
	}
	return s
}

func (u *Usage) add(s *sums, sign int64) {
	u.used.Add(sign * s.used)
	u.mapped.Add(sign * s.mapped)
	u.other.Add(sign * s.other)
	u.touched.Add(sign * s.touched)
}

// Bytes is the number of bytes in use in the arena itself, without its parts.
func (a *Arena) Bytes() int64 { return a.sums().used }

// Pages is where the arena takes its pages from.
func (a *Arena) Pages() *Pages { return a.pages }

// Used is the number of bytes in use in the arena and its parts: chunks, mappings, and what AddUsed counted. It needs no lock.
func (a *Arena) Used() int64 { return a.usage.used.Load() }

// AddUsed counts n bytes as used that do not lie in the arena.
func (a *Arena) AddUsed(n int) {
	a.other += int64(n)
	a.count.used.Add(int64(n))
	a.count.other.Add(int64(n))
}

// Alloc returns n bytes, aligned to 8, or to 64 when n is a multiple of 64 or above 512 (but not Eighth). Contents are undefined, but zero in a
// mapping (n > MaxChunk). It panics with ErrNoMemory.
func (a *Arena) Alloc(n int) unsafe.Pointer {
	if n > MaxChunk {
		n = roundUp(n)
		p := a.pages.mapping(n)
		a.keepMapping(p, n)
		return p
	}
	if n < 1 {
		n = 1
	}
	ci := classOf(n)
	c := &a.class[ci]
	pg := pageAt(c.cur)
	if c.cur == 0 || pg.used == pg.total {
		pg = a.nextPage(ci)
	}
	size := classSize(ci)
	var p unsafe.Pointer
	if pg.free != 0 {
		p = unsafe.Add(unsafe.Pointer(pg), pg.free)
		pg.free = *(*uint32)(p)
	} else {
		p = unsafe.Add(unsafe.Pointer(pg), pg.bump)
		pg.bump += uint32(size)
		a.touch(size)
	}
	pg.used++
	c.count++
	a.count.used.Add(int64(size))
	return p
}

func (a *Arena) touch(n int) {
	a.touched += int64(n)
	a.count.touched.Add(int64(n))
}

func (a *Arena) keepMapping(p unsafe.Pointer, n int) {
	if a.maps == nil {
		a.maps = make(map[uintptr]int)
	}
	a.maps[uintptr(p)] = n
	a.mapped += int64(n)
	a.count.used.Add(int64(n))
	a.count.mapped.Add(int64(n))
}

func (a *Arena) dropMapping(p unsafe.Pointer, n int) {
	delete(a.maps, uintptr(p))
	a.mapped -= int64(n)
	a.count.used.Add(int64(-n))
	a.count.mapped.Add(int64(-n))
}

// nextPage makes a page with room current.
func (a *Arena) nextPage(ci int) *page {
	c := &a.class[ci]
	if c.room != 0 {
		pg := pageAt(c.room)
		c.unlist(pg)
		c.cur = uintptr(unsafe.Pointer(pg))
		return pg
	}
	size := classPage(ci)
	p := a.pages.get(size, a.count != &a.usage) // a part may use little of a page, and there are many parts
	pg := (*page)(p)
	*pg = page{bump: pageHeader, total: uint32((size - pageHeader) / classSize(ci)), class: uint16(ci), anext: c.all}
	if c.all != 0 {
		pageAt(c.all).aprev = uintptr(p)
	}
	c.all = uintptr(p)
	c.count += 1 << pagesAt
	c.cur = uintptr(p)
	return pg
}

// list puts a page into the list of those with room, at the front.
func (c *class) list(pg *page) {
	addr := uintptr(unsafe.Pointer(pg))
	pg.flags |= pageListed
	pg.prev, pg.next = 0, c.room
	if c.room != 0 {
		pageAt(c.room).prev = addr
	}
	c.room = addr
}

func (c *class) unlist(pg *page) {
	if pg.flags&pageListed == 0 {
		return
	}
	pg.flags &^= pageListed
	if pg.prev != 0 {
		pageAt(pg.prev).next = pg.next
	} else {
		c.room = pg.next
	}
	if pg.next != 0 {
		pageAt(pg.next).prev = pg.prev
	}
}

// pageOf finds the page of a chunk.
func pageOf(p unsafe.Pointer, ci int) *page {
	return (*page)(unsafe.Add(p, -int(uintptr(p)&uintptr(classPage(ci)-1))))
}

// Free takes back what Alloc(n) or Realloc(…, n, …) returned.
func (a *Arena) Free(p unsafe.Pointer, n int) {
	if n > MaxChunk {
		a.Disown(p, n)
		a.Unmap(p, n)
		return
	}
	if n < 1 {
		n = 1
	}
	ci := classOf(n)
	c := &a.class[ci]
	pg := pageOf(p, ci)
	*(*uint32)(p) = pg.free
	pg.free = uint32(uintptr(p) & uintptr(classPage(ci)-1))
	pg.used--
	c.count--
	a.count.used.Add(int64(-classSize(ci)))
	if uintptr(unsafe.Pointer(pg)) == c.cur {
		if pg.used > 0 || ci < keepClasses {
			return
		}
		c.cur = 0
	}
	switch {
	case pg.used == 0:
		a.release(pg)
	case pg.flags&(pageListed|pageSparse) == 0:
		c.list(pg)
	}
}

// release gives an empty page back.
func (a *Arena) release(pg *page) {
	c := &a.class[pg.class]
	c.unlist(pg)
	if pg.aprev != 0 {
		pageAt(pg.aprev).anext = pg.anext
	} else {
		c.all = pg.anext
	}
	if pg.anext != 0 {
		pageAt(pg.anext).aprev = pg.aprev
	}
	c.count -= 1 << pagesAt
	a.touch(pageHeader - int(pg.bump))
	a.pages.put(unsafe.Pointer(pg), classPage(int(pg.class)))
}

// Disown counts a mapping that Alloc(n), n > MaxChunk, returned as not used any more. Unmap must follow.
func (a *Arena) Disown(p unsafe.Pointer, n int) { a.dropMapping(p, roundUp(n)) }

// Unmap gives a disowned mapping back. It needs no lock, and may take a while: the system works on every page.
func (a *Arena) Unmap(p unsafe.Pointer, n int) { a.pages.unmap(p, roundUp(n)) }

// Realloc moves the first keep bytes of p, which has n bytes, to a place of m bytes. A mapping that stays one keeps all its bytes,
// and what it grows by is zero; other new bytes are undefined. p is not valid any more.
func (a *Arena) Realloc(p unsafe.Pointer, n, m, keep int) unsafe.Pointer {
	if SameSize(n, m) {
		return p
	}
	if n > MaxChunk && m > MaxChunk {
		n, m = roundUp(n), roundUp(m)
		if n == m {
			return p
		}
		a.dropMapping(p, n)
		q := a.pages.resize(p, n, m)
		a.keepMapping(q, m)
		return q
	}
	q := a.Alloc(m)
	copy(unsafe.Slice((*byte)(q), keep), unsafe.Slice((*byte)(p), keep))
	a.Free(p, n)
	return q
}

// Give hands p, which Alloc(n) returned, to another arena, when it is a mapping; else it returns false. It needs the locks of both.
func (a *Arena) Give(to *Arena, p unsafe.Pointer, n int) bool {
	if n <= MaxChunk || a.pages != to.pages {
		return false
	}
	n = roundUp(n)
	a.dropMapping(p, n)
	to.keepMapping(p, n)
	return true
}

// Split makes an arena of all that a has, but not of its parts; a is empty then.
func (a *Arena) Split() *Arena {
	own := a.sums()
	o := &Arena{pages: a.pages, maps: a.maps, mapped: a.mapped, other: a.other, touched: a.touched, class: a.class}
	o.count = &o.usage
	a.forget()
	a.count.add(&own, -1)
	o.count.add(&own, 1)
	return o
}

// Close gives everything back, whatever lies in it, page by page, without a lock: the arena may not be used any more, and counts less with each
// step. pending, unless it is nil, is lowered by the same bytes.
func (a *Arena) Close(pending *atomic.Int64) {
	freed := func(used int64) {
		a.count.used.Add(-used)
		if pending != nil {
			pending.Add(-used)
		}
	}
	for addr, n := range a.maps {
		a.pages.unmap(At(addr), n)
		a.count.mapped.Add(int64(-n))
		freed(int64(n))
	}
	for ci := range a.class {
		size := classPage(ci)
		for addr := a.class[ci].all; addr != 0; {
			pg := pageAt(addr)
			addr = pg.anext
			used := int64(pg.used) * int64(classSize(ci))
			a.count.touched.Add(pageHeader - int64(pg.bump))
			a.pages.put(unsafe.Pointer(pg), size)
			freed(used)
		}
	}
	a.count.other.Add(-a.other)
	freed(a.other)
	a.forget()
}

func (a *Arena) forget() {
	a.maps, a.mapped, a.other, a.touched = nil, 0, 0, 0
	a.class = [numClasses]class{}
}
