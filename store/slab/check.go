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
	if own := a.sums(); own.mapped != want.mappings || own.other != want.other {
		return fmt.Errorf("slab: %d bytes of mappings and %d of others, the owner knows %d and %d", own.mapped, own.other, want.mappings, want.other)
	}
	touched := int64(0)
	for ci := range a.class {
		c := &a.class[ci]
		for addr := c.all; addr != 0; addr = pageAt(addr).anext {
			touched += int64(pageAt(addr).bump - pageHeader)
		}
		if c.chunks() != want.chunks[ci] {
			return fmt.Errorf("slab: class of %d bytes: %d chunks in use, the owner knows %d", classSize(ci), c.chunks(), want.chunks[ci])
		}
		if err := a.checkClass(ci); err != nil {
			return fmt.Errorf("slab: class of %d bytes: %w", classSize(ci), err)
		}
	}
	if touched != a.touched {
		return fmt.Errorf("slab: %d bytes of chunks were used once, counted %d", a.touched, touched)
	}
	return nil
}

// CheckUsage compares what the arena counts with what it and its parts have.
func (a *Arena) CheckUsage(parts []*Arena) error {
	sum := a.sums()
	for _, p := range parts {
		own := p.sums()
		if p.count != &a.usage {
			return fmt.Errorf("slab: a part of %d bytes counts elsewhere", own.used)
		}
		sum.used += own.used
		sum.mapped += own.mapped
		sum.other += own.other
		sum.touched += own.touched
	}
	u := &a.usage
	if got := (sums{u.used.Load(), u.mapped.Load(), u.other.Load(), u.touched.Load()}); got != sum {
		return fmt.Errorf("slab: the arena counts %+v, but it and its %d parts have %+v", got, len(parts), sum)
	}
	return nil
}

// Check tells what does not hold in what pages, blocks and mappings are cut from.
func (ps *Pages) Check() error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if err := ps.spans.check(); err != nil {
		return err
	}
	pools := int64(ps.page.len()*pageSize + ps.block.len()*blockSize)
	held := ps.spans.used - int64(ps.regions)*blockSize - pools
	for _, n := range ps.own {
		held += int64(n)
	}
	if got := ps.held.Load(); got != held {
		return fmt.Errorf("slab: %d bytes are handed out, counted %d", held, got)
	}
	return nil
}

func (pp *pagePool) len() int { return len(pp.warm) + len(pp.cold) }

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
		cur, sparse := c.cur == addr, pg.flags&pageSparse != 0
		if listed[addr] != (pg.flags&pageListed != 0) || listed[addr] != (!cur && !sparse && pg.used < pg.total) {
			return fmt.Errorf("page %#x: listed %v, flags %#x, current %v, %d of %d used", addr, listed[addr], pg.flags, cur, pg.used, pg.total)
		}
		if pg.used == 0 && !cur && !sparse {
			return fmt.Errorf("page %#x is empty", addr)
		}
		chunks += int(pg.used)
		pages++
	}
	if chunks != c.chunks() || pages != c.npages() {
		return fmt.Errorf("%d chunks in %d pages, counted %d in %d", c.chunks(), c.npages(), chunks, pages)
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
