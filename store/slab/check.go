package slab

import (
	"fmt"
	"unsafe"
)

// Census is what is in use: chunks by class, and mappings.
type Census struct {
	chunks   [numClasses]int
	mappings int64
	other    int64
}

// Add counts one request of n bytes.
func (s *Census) Add(n int) {
	if n > MaxChunk {
		s.mappings += int64(Size(n))
		return
	}
	s.chunks[classOf(max(n, 1))]++
}

// AddOther counts n bytes that AddUsed was told.
func (s *Census) AddOther(n int) { s.other += int64(n) }

// Check walks every page, and compares what is in use with what the owner says it uses.
func (a *Arena) Check(want *Census) error {
	total := a.big.Load() + want.other
	if a.big.Load() != want.mappings {
		return fmt.Errorf("slab: %d bytes of mappings, the owner knows %d", a.big.Load(), want.mappings)
	}
	for ci := range a.class {
		c := &a.class[ci]
		if c.chunks != want.chunks[ci] {
			return fmt.Errorf("slab: class of %d bytes: %d chunks in use, the owner knows %d", classSize(ci), c.chunks, want.chunks[ci])
		}
		if err := a.checkClass(ci); err != nil {
			return fmt.Errorf("slab: class of %d bytes: %w", classSize(ci), err)
		}
		total += int64(c.chunks * classSize(ci))
	}
	if total != a.used.Load() {
		return fmt.Errorf("slab: used is %d, but chunks, mappings and the rest are %d", a.used.Load(), total)
	}
	return nil
}

func (a *Arena) checkClass(ci int) error {
	c := &a.class[ci]
	listed := make(map[uintptr]bool)
	prev := uintptr(0)
	for addr := c.room; addr != 0; addr = pageAt(addr).next {
		if listed[addr] || pageAt(addr).prev != prev {
			return fmt.Errorf("the list of pages with room is broken at %#x", addr)
		}
		listed[addr] = true
		prev = addr
	}
	chunks, pages := 0, 0
	prev = 0
	for addr := c.all; addr != 0; addr = pageAt(addr).anext {
		pg := pageAt(addr)
		if pg.aprev != prev {
			return fmt.Errorf("the list of all pages is broken at %#x", addr)
		}
		prev = addr
		if err := checkPage(pg, ci); err != nil {
			return fmt.Errorf("page %#x: %w", addr, err)
		}
		cur, sparse := c.cur == unsafe.Pointer(pg), pg.flags&pageSparse != 0
		if listed[addr] != (pg.flags&pageListed != 0) || listed[addr] != (!cur && !sparse && pg.used < pg.total) {
			return fmt.Errorf("page %#x: listed %v, flags %#x, current %v, %d of %d used", addr, listed[addr], pg.flags, cur, pg.used, pg.total)
		}
		if pg.used == 0 && !cur && !sparse {
			return fmt.Errorf("page %#x is empty", addr)
		}
		chunks += int(pg.used)
		pages++
	}
	if chunks != c.chunks || pages != c.npages {
		return fmt.Errorf("%d chunks in %d pages, counted %d in %d", c.chunks, c.npages, chunks, pages)
	}
	return nil
}

func checkPage(pg *page, ci int) error {
	size := classSize(ci)
	if int(pg.class) != ci || int(pg.total) != (classPage(ci)-pageHeader)/size {
		return fmt.Errorf("class %d, total %d", pg.class, pg.total)
	}
	free := make(map[uint32]bool)
	for off := pg.free; off != 0; off = *(*uint32)(unsafe.Add(unsafe.Pointer(pg), off)) {
		if free[off] || off >= pg.bump || int(off-pageHeader)%size != 0 {
			return fmt.Errorf("free list is broken at %d", off)
		}
		free[off] = true
	}
	if n := int(pg.bump-pageHeader) / size; n-len(free) != int(pg.used) || n > int(pg.total) {
		return fmt.Errorf("%d chunks were used, %d are free, %d in use", n, len(free), pg.used)
	}
	return nil
}
