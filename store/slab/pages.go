package slab

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrNoMemory is what allocating panics with when the system has no memory left.
var ErrNoMemory = errors.New("slab: out of memory")

const (
	regionSize = 4 << 20 // pages are cut from mappings of this size
	dropStep   = 8 << 20 // a big mapping goes back in steps of this size
	warmPages  = 32      // so many empty pages keep their memory, for those who need one soon
	warmBlocks = 2
)

// Pages takes memory from the system and hands out pages, blocks and mappings. It is shared by arenas.
type Pages struct {
	mu      sync.Mutex
	mem     mem
	regions []unsafe.Pointer // each regionSize+blockSize bytes, so that aligned blocks can be cut from it
	page    pagePool
	block   pagePool

	held atomic.Int64 // bytes of pages, blocks and mappings that are handed out
}

// pagePool holds the free pages of one size.
type pagePool struct {
	warm []unsafe.Pointer // memory may be resident
	cold []unsafe.Pointer // memory is not resident
}

// NewPages makes a source of pages.
func NewPages() *Pages { return &Pages{} }

// Held is the number of bytes handed out as pages, blocks and mappings; some of them may not be resident.
func (ps *Pages) Held() int64 { return ps.held.Load() }

// Close gives everything back. No arena of ps may be used any more.
func (ps *Pages) Close() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, r := range ps.regions {
		ps.mem.free(r, regionSize+blockSize)
	}
	ps.regions, ps.page, ps.block = nil, pagePool{}, pagePool{}
}

// roundUp is n rounded up to a multiple of the system's page size.
func roundUp(n int) int {
	size := os.Getpagesize()
	return (n + size - 1) &^ (size - 1)
}

// get returns a page of pageSize or blockSize bytes, aligned to its size, contents undefined. With cold, its memory is not resident: for who may use
// little of it.
func (ps *Pages) get(size int, cold bool) unsafe.Pointer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.held.Add(int64(size))
	if size == blockSize {
		return ps.getBlock(cold)
	}
	if p := ps.page.take(&ps.mem, size, cold); p != nil {
		return p
	}
	b := ps.getBlock(true)
	for off := blockSize - pageSize; off > 0; off -= pageSize {
		ps.page.cold = append(ps.page.cold, unsafe.Add(b, off))
	}
	return b
}

func (ps *Pages) getBlock(cold bool) unsafe.Pointer {
	if p := ps.block.take(&ps.mem, blockSize, cold); p != nil {
		return p
	}
	r, err := ps.mem.alloc(regionSize + blockSize)
	if err != nil {
		panic(ErrNoMemory)
	}
	ps.regions = append(ps.regions, r)
	b := unsafe.Add(r, (blockSize-uintptr(r)%blockSize)%blockSize)
	for off := regionSize - blockSize; off > 0; off -= blockSize {
		ps.block.cold = append(ps.block.cold, unsafe.Add(b, off))
	}
	return b
}

func (pp *pagePool) take(m *mem, size int, cold bool) unsafe.Pointer {
	list := &pp.warm
	if len(*list) == 0 || cold && len(pp.cold) > 0 {
		list = &pp.cold
	}
	n := len(*list)
	if n == 0 {
		return nil
	}
	p := (*list)[n-1]
	*list = (*list)[:n-1]
	if cold && list == &pp.warm {
		m.drop(p, size)
	}
	return p
}

// put takes a page back.
func (ps *Pages) put(p unsafe.Pointer, size int) {
	pool, keep := &ps.page, warmPages
	if size == blockSize {
		pool, keep = &ps.block, warmBlocks
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.held.Add(int64(-size))
	if len(pool.warm) < keep {
		pool.warm = append(pool.warm, p)
		return
	}
	ps.mem.drop(p, size)
	pool.cold = append(pool.cold, p)
}

// Trim gives the memory of all empty pages back to the system.
func (ps *Pages) Trim() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.page.trim(&ps.mem, pageSize)
	ps.block.trim(&ps.mem, blockSize)
}

func (pp *pagePool) trim(m *mem, size int) {
	for _, p := range pp.warm {
		m.drop(p, size)
	}
	pp.cold = append(pp.cold, pp.warm...)
	pp.warm = nil
}

// mapping returns a zeroed mapping of n bytes, a multiple of the system's page size.
func (ps *Pages) mapping(n int) unsafe.Pointer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p, err := ps.mem.alloc(n)
	if err != nil {
		panic(ErrNoMemory)
	}
	ps.held.Add(int64(n))
	return p
}

// Map returns n zeroed bytes that belong to no arena, until Unmap.
func (ps *Pages) Map(n int) unsafe.Pointer { return ps.mapping(roundUp(n)) }

// Unmap gives back what Map(n) returned.
func (ps *Pages) Unmap(p unsafe.Pointer, n int) { ps.unmap(p, roundUp(n)) }

// resize grows or shrinks a mapping, which may move. New bytes are zero.
func (ps *Pages) resize(p unsafe.Pointer, old, n int) unsafe.Pointer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.held.Add(int64(n - old))
	q, err := ps.mem.grow(p, old, n)
	if err == nil {
		return q
	}
	if q, err = ps.mem.alloc(n); err != nil { // there may be memory, but no more mappings to be had
		panic(ErrNoMemory)
	}
	copy(unsafe.Slice((*byte)(q), n), unsafe.Slice((*byte)(p), min(old, n)))
	ps.mem.free(p, old)
	return q
}

// unmap frees a mapping, in steps: the system works about 1 ms for each.
func (ps *Pages) unmap(p unsafe.Pointer, n int) {
	for off := 0; n-off > dropStep; off += dropStep {
		ps.mem.drop(unsafe.Add(p, off), dropStep)
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.mem.free(p, n)
	ps.held.Add(int64(-n))
}
