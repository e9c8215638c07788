package store

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"radish/store/slab"
)

// What a snapshot has saved lies in buffers outside of the Go heap until its sink has taken it. They are used again and again.

// savedSize is the size of a buffer, unless something bigger has to go in; idleBuffers of them at most are kept.
const (
	savedSize   = 64 << 10
	idleBuffers = 64
)

// savedBuffer holds keys (see savedTable.record), or elems of a big value one behind another.
type savedBuffer struct {
	p       unsafe.Pointer
	n, size int
	next    *savedBuffer // see ahead.spent
}

// savedPool is the buffers of a snapshot.
type savedPool struct {
	pages *slab.Pages
	held  atomic.Int64 // bytes of buffers that are in use
	mu    sync.Mutex
	idle  []*savedBuffer
	full  []*savedBuffer // with keys that writers saved
}

// get returns an empty buffer for n bytes at least.
func (q *savedPool) get(n int) *savedBuffer {
	size := max(n, savedSize)
	q.held.Add(int64(size))
	if size == savedSize {
		q.mu.Lock()
		defer q.mu.Unlock()
		if k := len(q.idle); k > 0 {
			b := q.idle[k-1]
			q.idle = q.idle[:k-1]
			return b
		}
	}
	return &savedBuffer{p: q.pages.Map(size), size: size}
}

// put takes a buffer back.
func (q *savedPool) put(b *savedBuffer) {
	q.held.Add(int64(-b.size))
	b.n = 0
	if b.size == savedSize {
		q.mu.Lock()
		keep := len(q.idle) < idleBuffers
		if keep {
			q.idle = append(q.idle, b)
		}
		q.mu.Unlock()
		if keep {
			return
		}
	}
	q.pages.Unmap(b.p, b.size)
}

// takeFull takes the buffers that writers filled.
func (q *savedPool) takeFull() []*savedBuffer {
	q.mu.Lock()
	defer q.mu.Unlock()
	full := q.full
	q.full = nil
	return full
}

// close gives all memory back.
func (q *savedPool) close() {
	for _, b := range q.takeFull() {
		q.put(b)
	}
	for _, b := range q.idle {
		q.pages.Unmap(b.p, b.size)
	}
	q.idle = nil
}

// recorder fills buffers. The lock that guards what it saves guards it.
type recorder struct {
	pool   *savedPool
	shared bool // full buffers go to pool.full
	cur    *savedBuffer
	full   []*savedBuffer
	bytes  int // so many were added since the last take
	keys   int
}

// reserve returns room for n bytes. Then comes add.
func (r *recorder) reserve(n int) unsafe.Pointer {
	if r.cur == nil || r.cur.size-r.cur.n < n {
		r.shelve()
		r.cur = r.pool.get(n)
	}
	return unsafe.Add(r.cur.p, r.cur.n)
}

// add says that n bytes of the room were used.
func (r *recorder) add(n int) {
	r.cur.n += n
	r.bytes += n
}

func (r *recorder) shelve() {
	switch {
	case r.cur == nil:
		return
	case r.cur.n == 0:
		r.pool.put(r.cur)
	case r.shared:
		r.pool.mu.Lock()
		r.pool.full = append(r.pool.full, r.cur)
		r.pool.mu.Unlock()
	default:
		r.full = append(r.full, r.cur)
	}
	r.cur = nil
}

// take appends the buffers, full or not, to dst and leaves the recorder empty.
func (r *recorder) take(dst []*savedBuffer) []*savedBuffer {
	if r.cur != nil && r.cur.n > 0 {
		r.full = append(r.full, r.cur)
		r.cur = nil
	}
	dst = append(dst, r.full...)
	r.full, r.bytes, r.keys = r.full[:0], 0, 0
	return dst
}

// discard gives all back.
func (r *recorder) discard() {
	for _, b := range r.take(nil) {
		r.pool.put(b)
	}
	if r.cur != nil {
		r.pool.put(r.cur)
		r.cur = nil
	}
}

func roundWord(n int) int { return (n + 7) &^ 7 }

// copyEntry copies the chunk of an entry to p, which has room for it. Readers may write the LRU field meanwhile.
func copyEntry(p unsafe.Pointer, e Entry) {
	n := e.size()
	*(*uint32)(p) = e.meta()
	copy(unsafe.Slice((*byte)(unsafe.Add(p, 4)), n-4), unsafe.Slice((*byte)(unsafe.Add(e.p, 4)), n-4))
}

// heapEntry is a copy of an entry's chunk in the Go heap.
func heapEntry(e Entry) Entry {
	p := unsafe.Pointer(unsafe.SliceData(make([]uint64, roundWord(e.size())/8)))
	copyEntry(p, e)
	return Entry{p}
}
