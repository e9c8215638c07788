package store

import "radish/store/slab"

// Flushing takes whole tables away under all locks, which is quick, and frees them afterwards.

// detached is the tables of one shard that a flush took away.
type detached struct {
	sh     *shard
	tables []*table
	keys   int64         // that count as freed in the background
	own    []*slab.Arena // of big values, when alone
	// alone: all that the shard's arena had was theirs, and they took it along. So it can go page by page, and without the shard's lock.
	alone bool
}

// Flush deletes all keys. With async their memory is freed in the background; else it is freed when Flush returns. It takes all write locks for a
// moment, unless db.Locked, and calls flushed (unless it is nil) before anybody can look. What a snapshot has to save yet is freed when that has
// ended.
func (db *DB) Flush(async bool, flushed func()) {
	db.s.flush(db.Index, db.Index+1, async, db.Locked, flushed)
}

// FlushAll is Flush for all databases; locked says that the caller has all write locks.
func (s *Store) FlushAll(async, locked bool, flushed func()) {
	s.flush(0, s.databases, async, locked, flushed)
}

func (s *Store) flush(from, to int, async, locked bool, flushed func()) {
	s.lockAll(locked)
	var old []detached
	for i := range s.shards {
		if d := s.shards[i].detach(from, to); len(d.tables) > 0 {
			old = append(old, d)
		}
	}
	if flushed != nil {
		flushed()
	}
	s.unlockAll(locked)
	for i := range old {
		if !async {
			old[i].keys = 0
		}
		for _, a := range old[i].own {
			s.lazy.bytes.Add(a.Bytes())
		}
		if s.snap.Load().hold(&old[i]) {
			continue
		}
		if async {
			s.lazy.add(lazyItem{tables: &old[i], n: old[i].keys})
		} else {
			old[i].free(!locked)
		}
	}
}

// detach takes the tables of some databases away. It needs the write lock.
func (sh *shard) detach(from, to int) detached {
	d := detached{sh: sh}
	for i := from; i < to; i++ {
		if t := sh.tables[i].Swap(nil); t != nil {
			d.tables = append(d.tables, t)
			d.keys += t.keys.Load()
		}
	}
	if len(d.tables) == 0 {
		return d
	}
	d.alone = sh.detached == 0
	for i := range sh.tables {
		d.alone = d.alone && sh.table(i) == nil
	}
	if !d.alone {
		sh.detached++
		return d
	}
	arena := sh.arena.Split()
	own := *sh.own
	d.own = own.all(nil) // they go on counting in the shard's arena until they are closed
	*sh.own = ownArenas{}
	for _, t := range d.tables {
		t.arena, t.due.arena, t.fieldDue.arena, t.own = arena, arena, arena, &own
	}
	sh.next.Store(noDeadline)
	sh.nextField.Store(noDeadline)
	return d
}

// free frees the tables; lock says whether to take the shard's lock for that, in short steps, where it is needed.
func (d *detached) free(lock bool) {
	if d.alone {
		d.tables[0].arena.Close(nil)
		for _, a := range d.own {
			a.Close(&d.tables[0].s.lazy.bytes)
		}
		return
	}
	var maps []body
	for _, t := range d.tables {
		for more := true; more; {
			if lock {
				d.sh.lock.lock()
			}
			more = t.freeStep(&maps)
			if lock {
				d.sh.lock.unlockBatch()
			}
			for _, b := range maps {
				t.arena.Unmap(b.ptr(), int(b.cap))
			}
			maps = maps[:0]
		}
	}
	if lock {
		d.sh.lock.lock()
		defer d.sh.lock.unlock()
	}
	d.sh.detached--
}
