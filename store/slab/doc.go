// Package slab allocates memory outside the Go heap, in the manner of memcached's slabs: pages of equal chunks,
// a free list per page, and mappings of their own for what is big. Nothing in it may hold a pointer into the Go heap.
//
// # Sizes
//
// A request of n bytes gets a chunk of the smallest class that holds it: steps of 8 bytes up to 256, then eight
// classes per doubling up to MaxChunk (256 KB), so that at most an eighth is unused. What is bigger, a mapping, is rounded up to the system's
// page size and starts zeroed. It is cut from regions that are shared (see spans), for the system bounds the number of mappings of a process, and is
// copied when it grows, but not what is zero. From 1 MB on there is a mapping of the system for each, unless these are many: it grows without
// copying (mremap). Free takes the size that was asked for: chunks have no header. Eighth, one size of about 8 KB, has a class for itself.
//
//	class size       lives in                  at most
//	8 … 16 KB        small page, 64 KB         8,184 chunks
//	16 KB … 256 KB   block, 1 MB               56 chunks
//	> 256 KB         region, 64 MB and more
//	≥ 1 MB           its own mapping, of the first 4,096; from 4 MB on, 8,192
//
// # Page
//
// Pages are aligned to their size, so a chunk's page is found by masking its address.
//
//	offset  0   next, prev   uintptr   the class's list of pages that have room (unless it is the current page)
//	offset 16   anext, aprev uintptr   the class's list of all its pages
//	offset 32   free         uint32    offset of the first freed chunk, whose first 4 bytes are the next one's; 0: none
//	offset 36   bump         uint32    offset of the first chunk that was never used: memory from here is untouched
//	offset 40   used         uint32    chunks in use
//	offset 44   total        uint32    chunks that fit
//	offset 48   class        uint16
//	offset 50   flags        uint16    pageListed, pageSparse
//	offset 64   chunks
//
// What always holds: chunks before bump are in use or in the free list; a page is in the list of pages with room
// if it is not current, not sparse, and has room; a page without chunks in use is current, in a class of small chunks, or gone back.
//
// # Who may call what
//
// An Arena belongs to one shard and is guarded by its lock. Used, Mapped, Fragmentation and Unmap are safe without it.
//
// A big value has an arena of its own (NewPart), which counts as a part of its shard's. Another shard takes it over as it is, and when nobody uses
// the value any more, Close gives its pages and mappings back without looking at what lies in them.
//
// Pages is shared by all arenas and locks itself.
//
// When the system has no memory left, allocating calls Pages.NoMemory and panics with ErrNoMemory, as redis-server aborts then.
package slab
