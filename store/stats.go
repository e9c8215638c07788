package store

import (
	"maps"
	"slices"

	"radish/store/slab"
)

// Stats are numbers about the store, read without locks: each is exact, but they need not be of the same moment.
type Stats struct {
	Used        int64 // bytes in use: chunks of entries, values, segments and deadline indexes, and directories
	Entries     int64 // of these, bytes of entries and values
	Tables      int64 // of these, bytes of segments and directories
	Deadlines   int64 // of these, bytes of the deadline indexes
	PageBytes   int64 // bytes of all pages and mappings held: address space, most of it resident
	Segments    int64
	Keys        int64
	Volatile    int64 // keys with a deadline
	LazyPending int64 // objects that wait for being freed in the background
	LazyFreed   int64 // objects freed in the background, since start or ResetStats
	Expired     int64 // keys deleted because they lapsed, since start or ResetStats
	Evicted     int64 // keys evicted, since start or ResetStats
	Moved       int64 // chunks moved by Purge, since start or ResetStats
	DB          []DBStats
}

// DBStats are the numbers of one database.
type DBStats struct {
	Keys, Volatile int64
	Segments       int64
	Slots          int64 // slots of all segments
	TableBytes     int64 // bytes of segments and directories
	DeadlineBytes  int64 // bytes of the indexes of deadlines
}

// Stats reads the numbers. It needs no lock.
func (s *Store) Stats() Stats {
	st := Stats{
		PageBytes:   s.pages.Held(),
		LazyPending: s.lazy.pending.Load(),
		LazyFreed:   s.lazy.freed.Load(),
		DB:          make([]DBStats, s.databases),
	}
	st.Used = s.loose.Used()
	for i := range s.shards {
		sh := &s.shards[i]
		st.Used += sh.arena.Used()
		st.Expired += sh.expired.Load()
		st.Evicted += sh.evicted.Load()
		st.Moved += sh.moved.Load()
		for j := range st.DB {
			if t := sh.table(j); t != nil {
				st.DB[j].add(t)
			}
		}
	}
	for i := range st.DB {
		d := &st.DB[i]
		st.Keys += d.Keys
		st.Volatile += d.Volatile
		st.Segments += d.Segments
		st.Tables += d.TableBytes
		st.Deadlines += d.DeadlineBytes
	}
	st.Entries = st.Used - st.Tables - st.Deadlines
	return st
}

func (d *DBStats) add(t *table) {
	d.Keys += t.keys.Load()
	d.Volatile += t.dueKeys.Load()
	d.Segments += t.segs.Load()
	d.Slots += t.slots.Load()
	d.TableBytes += t.bytes.Load()
	d.DeadlineBytes += t.dueMem.Load()
}

// ResetStats sets the counters of events to zero (CONFIG RESETSTAT).
func (s *Store) ResetStats() {
	s.lazy.freed.Store(0)
	for i := range s.shards {
		sh := &s.shards[i]
		sh.expired.Store(0)
		sh.evicted.Store(0)
		sh.moved.Store(0)
	}
}

// UsedMemory is Stats().Used. It needs no lock and costs a few ns per shard.
func (s *Store) UsedMemory() (n int64) {
	n = s.loose.Used()
	for i := range s.shards {
		n += s.shards[i].arena.Used()
	}
	return n
}

// ChunkClass says how the chunks of one size are used.
type ChunkClass struct {
	Size      int   // bytes of a chunk
	PageBytes int   // bytes of a page
	Pages     int64 // pages held
	Chunks    int64 // chunks that fit into them
	Used      int64 // of these, in use
}

// Chunks are the sizes of chunks that have pages, from small to big, and the bytes of values that have mappings of their own. It takes
// a short read lock per shard, unless locked says that the caller has all write locks.
func (s *Store) Chunks(locked bool) (classes []ChunkClass, mapped int64) {
	bySize := make(map[int]ChunkClass)
	for i := range s.shards {
		sh := &s.shards[i]
		if !locked {
			s.RLock(i)
		}
		for _, a := range sh.own.all([]*slab.Arena{sh.arena}) {
			a.Classes(func(u slab.ClassUse) {
				c := bySize[u.Size]
				c.Size, c.PageBytes = u.Size, u.Page
				c.Pages += int64(u.Pages)
				c.Chunks += int64(u.Chunks)
				c.Used += int64(u.Used)
				bySize[u.Size] = c
			})
		}
		if !locked {
			s.RUnlock(i)
		}
		mapped += sh.arena.Mapped()
	}
	for _, size := range slices.Sorted(maps.Keys(bySize)) {
		classes = append(classes, bySize[size])
	}
	return classes, mapped
}
