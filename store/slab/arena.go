package slab

import (
	"sync/atomic"
	"unsafe"
)

// Arena allocates for one shard. Its methods need the shard's write lock, except where they say otherwise.
type Arena struct {
	used  atomic.Int64 // bytes of chunks and mappings in use, and what AddUsed counted
	big   atomic.Int64 // of these, bytes of mappings
	pages *Pages
	class [numClasses]class
	moved int64
}

// class is the state of one chunk class.
type class struct {
	cur    unsafe.Pointer // page to allocate from, nil: none yet; it is in no list but all
	room   uintptr        // first page of those that have room
	all    uintptr        // first page of all
	chunks int            // chunks in use
	npages int
}

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

// At is the pointer to an address that was a pointer to a chunk before.
//
//go:nocheckptr
func At(addr uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(nil), addr) }

func pageAt(addr uintptr) *page { return (*page)(At(addr)) }

// NewArena makes an arena that takes its pages from ps.
func NewArena(ps *Pages) *Arena { return &Arena{pages: ps} }

// Used is the number of bytes in use: chunks, mappings, and what AddUsed counted. It needs no lock.
func (a *Arena) Used() int64 { return a.used.Load() }

// AddUsed counts n bytes as used that do not lie in the arena. It needs no lock.
func (a *Arena) AddUsed(n int) { a.used.Add(int64(n)) }

// Alloc returns n bytes, aligned to 8, or to 64 when n is a multiple of 64 or above 512. Contents are undefined, but zero in a
// mapping (n > MaxChunk). It panics with ErrNoMemory.
func (a *Arena) Alloc(n int) unsafe.Pointer {
	if n > MaxChunk {
		n = roundUp(n)
		p := a.pages.mapping(n)
		a.used.Add(int64(n))
		a.big.Add(int64(n))
		return p
	}
	if n < 1 {
		n = 1
	}
	ci := classOf(n)
	c := &a.class[ci]
	pg := (*page)(c.cur)
	if pg == nil || pg.used == pg.total {
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
	}
	pg.used++
	c.chunks++
	a.used.Add(int64(size))
	return p
}

// nextPage makes a page with room current.
func (a *Arena) nextPage(ci int) *page {
	c := &a.class[ci]
	if c.room != 0 {
		pg := pageAt(c.room)
		c.unlist(pg)
		c.cur = unsafe.Pointer(pg)
		return pg
	}
	size := classPage(ci)
	p := a.pages.get(size)
	pg := (*page)(p)
	*pg = page{bump: pageHeader, total: uint32((size - pageHeader) / classSize(ci)), class: uint16(ci), anext: c.all}
	if c.all != 0 {
		pageAt(c.all).aprev = uintptr(p)
	}
	c.all = uintptr(p)
	c.npages++
	c.cur = p
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
		a.Disown(n)
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
	c.chunks--
	a.used.Add(int64(-classSize(ci)))
	if unsafe.Pointer(pg) == c.cur {
		if pg.used > 0 || ci < keepClasses {
			return
		}
		c.cur = nil
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
	c.npages--
	a.pages.put(unsafe.Pointer(pg), classPage(int(pg.class)))
}

// Disown counts a mapping of Alloc(n), n > MaxChunk, as not used any more. Unmap must follow. It needs no lock.
func (a *Arena) Disown(n int) {
	n = roundUp(n)
	a.used.Add(int64(-n))
	a.big.Add(int64(-n))
}

// Unmap gives a disowned mapping back. It needs no lock, and may take a while: the system works on every page.
func (a *Arena) Unmap(p unsafe.Pointer, n int) { a.pages.unmap(p, roundUp(n)) }

// Realloc moves the first keep bytes of p, which has n bytes, to a place of m bytes. A mapping that stays one is resized without
// copying, and what it grows by is zero; other new bytes are undefined. p is not valid any more.
func (a *Arena) Realloc(p unsafe.Pointer, n, m, keep int) unsafe.Pointer {
	if SameSize(n, m) {
		return p
	}
	if n > MaxChunk && m > MaxChunk {
		n, m = roundUp(n), roundUp(m)
		if n == m {
			return p
		}
		q := a.pages.resize(p, n, m)
		a.used.Add(int64(m - n))
		a.big.Add(int64(m - n))
		return q
	}
	q := a.Alloc(m)
	copy(unsafe.Slice((*byte)(q), keep), unsafe.Slice((*byte)(p), keep))
	a.Free(p, n)
	return q
}

// Give hands what Alloc(n) returned to another arena, when it is a mapping; else it returns false. It needs the locks of both.
func (a *Arena) Give(to *Arena, n int) bool {
	if n <= MaxChunk || a.pages != to.pages {
		return false
	}
	n = roundUp(n)
	a.used.Add(int64(-n))
	a.big.Add(int64(-n))
	to.used.Add(int64(n))
	to.big.Add(int64(n))
	return true
}

// Split makes an arena of all that a has; a is empty then.
func (a *Arena) Split() *Arena {
	o := &Arena{pages: a.pages, class: a.class}
	a.class = [numClasses]class{}
	used, big := a.used.Load(), a.big.Load()
	o.used.Store(used)
	o.big.Store(big)
	a.used.Add(-used)
	a.big.Add(-big)
	return o
}

// Close gives all pages back, whatever lies in them. There must be no mappings left, and the arena may not be used any more.
func (a *Arena) Close() {
	for ci := range a.class {
		for addr := a.class[ci].all; addr != 0; {
			pg := pageAt(addr)
			addr = pg.anext
			a.pages.put(unsafe.Pointer(pg), classPage(ci))
		}
	}
	a.class = [numClasses]class{}
	a.used.Store(0)
}
