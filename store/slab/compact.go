package slab

import "unsafe"

// Compacting: MarkSparse chooses pages to be emptied; the owner of the chunks then walks all of them and calls Move for each; a
// page that became empty goes back by itself; Unmark ends it. Other calls may come between, the shard's lock is not held
// all the time.

// MarkSparse marks the emptiest pages of each class, so many as the free chunks of the others can take up the chunks of.
// It returns how many pages it marked.
func (a *Arena) MarkSparse() int {
	marked := 0
	a.marked = true
	for ci := range a.class {
		c := &a.class[ci]
		if pg := pageAt(c.cur); c.cur != 0 && pg.used == 0 {
			c.cur = 0
			a.release(pg)
		}
		if c.npages() > 1 {
			marked += a.markClass(ci)
		}
	}
	return marked
}

// markClass counts the pages by how full they are, in 16ths, finds up to where the emptiest fit into the rest, and marks those.
func (a *Arena) markClass(ci int) int {
	const steps = 16
	c := &a.class[ci]
	var used, room, pages [steps]int
	free := 0
	for addr := c.all; addr != 0; addr = pageAt(addr).anext {
		pg := pageAt(addr)
		if pg.flags&pageSparse != 0 || pg.used == pg.total {
			continue
		}
		s := int(pg.used) * steps / int(pg.total)
		used[s] += int(pg.used)
		room[s] += int(pg.total - pg.used)
		pages[s]++
		free += int(pg.total - pg.used)
	}
	limit, move := 0, 0 // pages of steps below limit are marked
	for s := 0; s < steps-1; s++ {
		move += used[s]
		free -= room[s]
		if move > free {
			break
		}
		limit = s + 1
	}
	marked := 0
	if limit < steps-1 && pages[limit] > 1 {
		marked += a.markPart(c, ci, limit, steps)
	}
	for addr := c.all; addr != 0 && limit > 0; {
		pg := pageAt(addr)
		addr = pg.anext
		if pg.flags&pageSparse == 0 && pg.used < pg.total && int(pg.used)*steps/int(pg.total) < limit {
			a.markPage(c, pg)
			marked++
		}
	}
	return marked
}

// markPart marks pages of the step that fits only in part: each second page, at most.
func (a *Arena) markPart(c *class, ci, step, steps int) int {
	free, marked := 0, 0
	for addr := c.all; addr != 0; addr = pageAt(addr).anext {
		if pg := pageAt(addr); pg.flags&pageSparse == 0 && int(pg.used)*steps/int(pg.total) >= step {
			free += int(pg.total - pg.used)
		}
	}
	for addr := c.all; addr != 0; {
		pg := pageAt(addr)
		addr = pg.anext
		if pg.flags&pageSparse != 0 || int(pg.used)*steps/int(pg.total) != step || pg.used == pg.total {
			continue
		}
		free -= int(pg.total)
		if free < 0 {
			break
		}
		a.markPage(c, pg)
		marked++
	}
	return marked
}

func (a *Arena) markPage(c *class, pg *page) {
	c.unlist(pg)
	pg.flags |= pageSparse
	if c.cur == uintptr(unsafe.Pointer(pg)) {
		c.cur = 0
	}
}

// Sparse reports whether the chunk p of n bytes lies in a marked page, so that Move would move it.
func (a *Arena) Sparse(p unsafe.Pointer, n int) bool {
	if n > MaxChunk {
		return false
	}
	return pageOf(p, classOf(max(n, 1))).flags&pageSparse != 0
}

// Move copies the chunk p of n bytes to a fuller page, when it lies in a marked one, and returns where it is now.
func (a *Arena) Move(p unsafe.Pointer, n int) unsafe.Pointer {
	if !a.Sparse(p, n) {
		return p
	}
	q := a.Alloc(n)
	copy(unsafe.Slice((*byte)(q), n), unsafe.Slice((*byte)(p), n))
	a.Free(p, n)
	a.moved++
	return q
}

// Unmark ends compacting: pages that did not become empty are used again. It returns the number of chunks moved since the last Unmark.
func (a *Arena) Unmark() int64 {
	if !a.marked {
		return 0
	}
	a.marked = false
	for ci := range a.class {
		c := &a.class[ci]
		for addr := c.all; addr != 0; {
			pg := pageAt(addr)
			addr = pg.anext
			if pg.flags&pageSparse == 0 {
				continue
			}
			pg.flags &^= pageSparse
			switch {
			case pg.used == 0:
				a.release(pg)
			case pg.used < pg.total:
				c.list(pg)
			}
		}
	}
	n := a.moved
	a.moved = 0
	return n
}

// Fragmentation returns the bytes of chunks that were used once, in the arena and its parts, and how many of these are in use. What was never used
// is not resident, and does not count. It needs no lock.
func (a *Arena) Fragmentation() (held, used int64) {
	u := &a.usage
	return u.touched.Load(), u.used.Load() - u.mapped.Load() - u.other.Load()
}

// Wasteful reports whether compacting is worth the while: an eighth of the arena's own chunks that were used once is free, and more than some pages.
func (a *Arena) Wasteful() bool {
	own := a.sums()
	free := own.touched - (own.used - own.mapped - own.other)
	return free > own.touched/8 && free > 2*pageSize
}
