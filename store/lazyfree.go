package store

import (
	"sync"
	"sync/atomic"

	"radish/store/slab"
)

// lazyQueue is what waits for being freed in the background: mappings, which need no lock and do not count as used any more, arenas of big values,
// which need no lock and count less and less, and what flushes detached.
type lazyQueue struct {
	mu    sync.Mutex
	idle  sync.Cond
	maps  lazyLine // do not wait for the others: nothing else keeps those who write again and again from taking all memory meanwhile
	other lazyLine

	counted atomic.Uint32 // bit 1<<r: what goes for the reason r counts, see CountLazy
	pending atomic.Int64  // objects
	freed   atomic.Int64
	bytes   atomic.Int64 // that arenas count as used still
}

// lazyLine is items that are freed one after the other. A goroutine runs while there are some.
type lazyLine struct {
	items   []lazyItem
	running bool
}

// lazyItem is detached tables, a mapping of an arena, or, without body, an arena.
type lazyItem struct {
	tables *detached
	arena  *slab.Arena
	body   body
	n      int64 // objects
}

// freeReason is why a value is freed. What is big goes in the background for each of them but freeNow; what INFO counts follows Redis, where the
// lazyfree directives decide.
type freeReason uint8

const (
	freeNow      freeReason = iota // who deletes it wants the memory back before the reply
	freeChanged                    // a change took all its elements, or it changed its form
	freeReplaced                   // another value, or none, comes in its place
	freeExpired
	freeEvicted
	freeUnlinked
)

// CountLazy says which values count as objects that are freed in the background, if they are worth it: those that are replaced, expired or
// evicted. What Unlink deletes always does.
func (s *Store) CountLazy(replaced, expired, evicted bool) {
	bits := uint32(1 << freeUnlinked)
	if replaced {
		bits |= 1 << freeReplaced
	}
	if expired {
		bits |= 1 << freeExpired
	}
	if evicted {
		bits |= 1 << freeEvicted
	}
	s.lazy.counted.Store(bits)
}

// lazyEffort is how many elements, or nodes of a list, a value has that Redis frees before it goes on. A value of one block never counts.
const lazyEffort = 64

// objects is what a value counts that is freed for a reason: 1 if Redis frees it in the background, which we do only with the biggest.
func (q *lazyQueue) objects(e Entry, why freeReason) int64 {
	if !e.Encoding().big() || q.counted.Load()>>why&1 == 0 {
		return 0
	}
	effort := int(e.body().len)
	if e.Encoding() == EncQuicklist {
		effort = e.ListNodes()
	}
	if effort <= lazyEffort {
		return 0
	}
	return 1
}

// addMapping frees a value that is one mapping in the background.
func (q *lazyQueue) addMapping(a *slab.Arena, b body) {
	a.Disown(b.ptr(), int(b.cap))
	q.add(lazyItem{arena: a, body: b})
}

// addArena gives all back that an arena has, which nobody uses any more. It counts as n objects.
func (q *lazyQueue) addArena(a *slab.Arena, n int64) {
	q.bytes.Add(a.Bytes())
	q.add(lazyItem{arena: a, n: n})
}

func (q *lazyQueue) add(it lazyItem) {
	q.pending.Add(it.n)
	q.mu.Lock()
	defer q.mu.Unlock()
	line := &q.other
	if it.body.addr != 0 {
		line = &q.maps
	}
	line.items = append(line.items, it)
	if !line.running {
		line.running = true
		go q.run(line)
	}
}

func (q *lazyQueue) run(line *lazyLine) {
	for {
		q.mu.Lock()
		items := line.items
		line.items = nil
		if len(items) == 0 {
			line.running = false
			q.idle.Broadcast()
			q.mu.Unlock()
			return
		}
		q.mu.Unlock()
		for i := range items {
			it := &items[i]
			switch {
			case it.tables != nil:
				it.tables.free(true)
			case it.body.addr == 0:
				it.arena.Close(&q.bytes)
			default:
				it.arena.Unmap(it.body.ptr(), int(it.body.cap))
			}
			q.pending.Add(-it.n)
			q.freed.Add(it.n)
		}
	}
}

// wait returns when nothing is left to free.
func (q *lazyQueue) wait() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.maps.running || q.other.running {
		q.idle.Wait()
	}
}

// LazyMemory is the number of bytes that UsedMemory counts, but that wait for being freed in the background: who makes room need not
// wait for them. It needs no lock.
func (s *Store) LazyMemory() int64 { return s.lazy.bytes.Load() }

// WaitLazyFree returns when all that was given to the background has been freed.
func (s *Store) WaitLazyFree() { s.lazy.wait() }
