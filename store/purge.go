package store

// Purge moves entries, values, segments and index nodes out of sparse pages, so that these become empty and go back to the system, and
// gives back the memory of empty pages. It takes short write locks and ends early when stop is closed. MEMORY PURGE calls it, and
// the cron when Fragmentation says so. Only one runs at a time.
func (s *Store) Purge(stop <-chan struct{}) {
	s.purging.Lock()
	defer s.purging.Unlock()
	for i := range s.shards {
		if stopped(stop) {
			break
		}
		s.purgeShard(i, stop)
	}
	s.pages.Trim()
}

func stopped(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

func (s *Store) purgeShard(i int, stop <-chan struct{}) {
	sh := &s.shards[i]
	s.Lock(i)
	marked := sh.arena.MarkSparse()
	s.Unlock(i)
	for db := 0; db < len(sh.tables) && marked > 0; db++ {
		h, done := uint64(0), false
		for !done && !stopped(stop) {
			s.Lock(i)
			if t := sh.table(db); t == nil {
				done = true
			} else {
				h, done = t.compactSegment(h)
			}
			s.Unlock(i)
		}
		x, more := uint64(0), true
		for more && !stopped(stop) {
			s.Lock(i)
			if t := sh.table(db); t == nil {
				more = false
			} else {
				x, more = t.due.compactStep(x)
			}
			s.Unlock(i)
		}
	}
	s.Lock(i)
	sh.moved.Add(sh.arena.Unmark())
	s.Unlock(i)
}

// compactSegment moves the entries of the segment of hash h, their values, and the segment.
func (t *table) compactSegment(h uint64) (next uint64, done bool) {
	g, next, done := t.segmentAt(h)
	g.each(func(s *uint64) {
		e := slotEntry(*s)
		if p := t.arena.Move(e.p, e.size()); p != e.p {
			e.p = p
			*s = makeSlot(p, *s>>addrBits)
		}
		if e.form() == formBody {
			b := e.body()
			*b = valueTypes[e.Type()].compact(t.arena, *b)
		}
	})
	if p := t.arena.Move(g.ptr(), g.bytes()); p != g.ptr() {
		from, n := t.span(h, int(g.depth()))
		t.setDir(from, n, makeSegment(p, g.nb(), int(g.depth())))
	}
	return next, done
}

// Fragmentation is the bytes of pages held, and the bytes of chunks in use in them: far more held than used is worth a Purge. Values that have
// mappings of their own are in neither. It takes a short read lock per shard.
func (s *Store) Fragmentation() (held, used int64) {
	for i := range s.shards {
		s.RLock(i)
		h, u := s.shards[i].arena.Fragmentation()
		s.RUnlock(i)
		held += h
		used += u
	}
	return held, used
}
