package slab

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrNoMemory is what allocating panics with when the system has no memory left.
var ErrNoMemory = errors.New("slab: out of memory")

const (
	regionSize = 4 << 20 // pages are cut from spans of this size
	dropStep   = 8 << 20 // a big mapping goes back in steps of this size

	// What has so many bytes gets a mapping of its own, which the system grows without copying, as long as there are not too many of these:
	// they are a small part of those that a process may have. A string of 1 MB that grows gets but an eighth more each time: copying it would take
	// several times as long as all else that APPEND does. Half of them are for what has bigMapping and more, where copying would take longest.
	ownMapping     = 1 << 20
	bigMapping     = 4 << 20
	maxOwnMappings = 8192

	warmPages  = 32 // so many empty pages keep their memory, for those who need one soon
	warmBlocks = 2
)

// Pages takes memory from the system and hands out pages, blocks and mappings. It is shared by arenas.
type Pages struct {
	// NoMemory, unless it is nil, is called when the system has no n bytes left, before the panic. It runs with locks held.
	NoMemory func(n int)

	mu      sync.Mutex
	mem     mem
	spans   spans
	own     map[unsafe.Pointer]int // mappings that are no spans, and their sizes
	regions int                    // spans that pages are cut from, each regionSize+blockSize bytes, so that aligned blocks fit
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
func NewPages() *Pages { return &Pages{spans: newSpans()} }

// Held is the number of bytes handed out as pages, blocks and mappings; some of them may not be resident.
func (ps *Pages) Held() int64 { return ps.held.Load() }

// Close gives everything back. No arena of ps may be used any more.
func (ps *Pages) Close() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.spans.close(&ps.mem)
	for p, n := range ps.own {
		ps.mem.free(p, n)
	}
	ps.own, ps.regions, ps.page, ps.block = nil, 0, pagePool{}, pagePool{}
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
	r := ps.span(regionSize + blockSize)
	ps.regions++
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

// Trim gives the memory of all empty pages back to the system, and addresses that nobody needs.
func (ps *Pages) Trim() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.page.trim(&ps.mem, pageSize)
	ps.block.trim(&ps.mem, blockSize)
	ps.spans.trim(&ps.mem)
}

func (pp *pagePool) trim(m *mem, size int) {
	for _, p := range pp.warm {
		m.drop(p, size)
	}
	pp.cold = append(pp.cold, pp.warm...)
	pp.warm = nil
}

// mapping returns n bytes that are zero, n a multiple of the system's page size: a span, or a mapping of their own.
func (ps *Pages) mapping(n int) unsafe.Pointer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.ownMapping(n)
	if p == nil {
		p = ps.span(n)
	}
	ps.held.Add(int64(n))
	return p
}

// ownMapping makes a mapping for n bytes, when they are to have one; else it returns nil.
func (ps *Pages) ownMapping(n int) unsafe.Pointer {
	if !ps.wantsOwn(n) {
		return nil
	}
	p, err := ps.mem.alloc(n)
	if err != nil { // there may be memory, but no more mappings to be had
		return nil
	}
	if ps.own == nil {
		ps.own = make(map[unsafe.Pointer]int)
	}
	ps.own[p] = n
	return p
}

func (ps *Pages) wantsOwn(n int) bool {
	most := maxOwnMappings
	if n < bigMapping {
		most /= 2
	}
	return n >= ownMapping && len(ps.own) < most
}

func (ps *Pages) span(n int) unsafe.Pointer {
	p, err := ps.spans.alloc(&ps.mem, n)
	if err != nil {
		if ps.NoMemory != nil {
			ps.NoMemory(n)
		}
		panic(ErrNoMemory)
	}
	return p
}

// Map returns n zeroed bytes that belong to no arena, until Unmap.
func (ps *Pages) Map(n int) unsafe.Pointer { return ps.mapping(roundUp(n)) }

// Unmap gives back what Map(n) returned.
func (ps *Pages) Unmap(p unsafe.Pointer, n int) { ps.unmap(p, roundUp(n)) }

// resize grows or shrinks what mapping returned. It may move. New bytes are zero.
func (ps *Pages) resize(p unsafe.Pointer, old, n int) unsafe.Pointer {
	if q := ps.resizeInPlace(p, old, n); q != nil {
		return q
	}
	q := ps.mapping(n)
	copySparse(unsafe.Slice((*byte)(q), n), unsafe.Slice((*byte)(p), min(old, n)))
	ps.unmap(p, old)
	return q
}

// resizeInPlace resizes without copying. It returns nil when it cannot.
func (ps *Pages) resizeInPlace(p unsafe.Pointer, old, n int) unsafe.Pointer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.own[p] != 0 {
		q, err := ps.mem.grow(p, old, n)
		if err != nil {
			return nil
		}
		delete(ps.own, p)
		ps.own[q] = n
		ps.held.Add(int64(n - old))
		return q
	}
	switch {
	case n < old:
		ps.mem.zero(unsafe.Add(p, n), old-n)
		ps.spans.free(&ps.mem, unsafe.Add(p, n), old-n)
	case ps.wantsOwn(n) || !ps.spans.extend(p, old, n):
		return nil
	}
	ps.held.Add(int64(n - old))
	return p
}

// copySparse copies src to dst, which is zero, but not the parts that are zero: these may take no memory, and go on so.
func copySparse(dst, src []byte) {
	const part = 4 << 10
	var zero [part]byte
	for len(src) > 0 {
		n := min(part, len(src))
		if !bytes.Equal(src[:n], zero[:n]) {
			copy(dst, src[:n])
		}
		dst, src = dst[n:], src[n:]
	}
}

// unmap takes back what mapping returned. The memory goes back in steps, without the lock: the system works about 1 ms for each.
func (ps *Pages) unmap(p unsafe.Pointer, n int) {
	for off := 0; off < n; off += dropStep {
		ps.mem.zero(unsafe.Add(p, off), min(dropStep, n-off))
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.held.Add(int64(-n))
	switch {
	case ps.own[p] == 0:
		ps.spans.free(&ps.mem, p, n)
	case ps.mem.free(p, n):
		delete(ps.own, p)
	default:
		delete(ps.own, p)
		ps.spans.adopt(p, n)
	}
}
