package store

import "radish/store/slab"

// Purge moves entries, values, segments and index nodes out of sparse pages, so that these become empty and go back to the system, and
// gives back the memory of empty pages. It takes short write locks and ends early when stop is closed. MEMORY PURGE calls it, and
// the cron when Fragmentation says so. Only one runs at a time, and none beside a snapshot, which keeps addresses of values.
func (s *Store) Purge(stop <-chan struct{}) {
	s.purging.Lock()
	defer s.purging.Unlock()
	for i := range s.shards {
		if stopped(stop) || s.snap.Load() != nil {
			break
		}
		s.purgeShard(i, stop)
	}
	s.pages.Trim()
}

func keyDeadlines(t *table) *deadlines   { return &t.due }
func fieldDeadlines(t *table) *deadlines { return &t.fieldDue }

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
	marked := sh.arena.MarkSparse() > 0
	worth := marked || sh.own.wasteful()
	s.Unlock(i)
	for db := 0; db < len(sh.tables) && worth; db++ {
		h, done := uint64(0), false
		for !done && !stopped(stop) {
			var big []string
			s.Lock(i)
			if t := sh.table(db); t == nil || s.snap.Load() != nil {
				done = true
			} else {
				h, done = t.compactStep(h, &big)
			}
			s.Unlock(i)
			for _, key := range big {
				s.purgeBig(i, db, []byte(key), stop)
			}
		}
		for _, index := range []func(*table) *deadlines{keyDeadlines, fieldDeadlines} {
			x, more := uint64(0), marked
			for more && !stopped(stop) {
				s.Lock(i)
				if t := sh.table(db); t == nil {
					more = false
				} else {
					x, more = index(t).compactStep(x)
				}
				s.Unlock(i)
			}
		}
	}
	s.Lock(i)
	sh.moved.Add(sh.arena.Unmark())
	s.Unlock(i)
}

// Work that is done under one lock: entries and elements of big values; and how many elements a big value has at most, of which all are
// done at once.
const (
	purgeStep  = 1000
	purgeWhole = 250
)

// compactStep moves entries and their values, from hash h on, up to the end of a segment, and then the segment. It appends the keys whose
// values are too big for that.
func (t *table) compactStep(h uint64, big *[]string) (next uint64, done bool) {
	g, next, done := t.segmentAt(h)
	start := g.start(h)
	var buf [4 * bucketSlots]*uint64
	for b, nb, work := g.home(g.tag(h)), g.nb(), 0; b < nb; b++ {
		for _, s := range g.slots(buf[:0], b) {
			work += t.compactEntry(s, big)
		}
		if work >= purgeStep && b+1 < nb {
			return start + g.bound(b+1), false
		}
	}
	if p := t.arena.Move(g.ptr(), g.bytes()); p != g.ptr() {
		from, n := t.span(h, int(g.depth()))
		t.setDir(from, n, makeSegment(p, g.nb(), int(g.depth())))
	}
	return next, done
}

// compactEntry moves one entry and its value. It returns how much work that was.
func (t *table) compactEntry(s *uint64, big *[]string) int {
	e := slotEntry(*s)
	if p := t.arena.Move(e.p, e.size()); p != e.p {
		e.p = p
		*s = makeSlot(p, *s>>addrBits)
	}
	if e.form() != formBody {
		return 1
	}
	b, v := e.body(), valueTypes[e.Encoding()]
	n := 1
	if _, ok := v.(bigValue); ok {
		if b.len > purgeWhole || b.cap != 0 {
			*big = append(*big, string(e.Key()))
			return 1
		}
		n += int(b.len)
	}
	*b = v.compact(t, *b)
	return n
}

// purgeBig compacts a big value step by step, when it has an arena of its own, after it has marked the sparse pages there.
func (s *Store) purgeBig(i, db int, key []byte, stop <-chan struct{}) {
	sh := &s.shards[i]
	var own *slab.Arena
	var id uint64
	for at, first, more := uint64(0), true, true; more && !stopped(stop); first = false {
		s.Lock(i)
		b, v, a := sh.bigValue(db, key)
		switch {
		case a == nil || s.snap.Load() != nil || !first && id != b.cap || own != nil && own != a:
			more = false // it is gone, or another one
		case first && b.cap != 0:
			if more = a.Wasteful(); more {
				own, id = a, b.cap
				a.MarkSparse()
			}
		}
		if more {
			at, more = v.bigType.compact(a, b, at)
		}
		s.Unlock(i)
	}
	if own == nil {
		return
	}
	s.Lock(i)
	if id <= uint64(len(sh.own.list)) && sh.own.list[id-1] == own { // else it is freed, or another shard has it, see bigValue.move
		sh.moved.Add(own.Unmark())
	}
	s.Unlock(i)
}

// bigValue finds a big value and its arena; a is nil if there is none.
func (sh *shard) bigValue(db int, key []byte) (b *body, v bigValue, a *slab.Arena) {
	t := sh.table(db)
	if t == nil {
		return nil, v, nil
	}
	slot := t.find(t.hash(key), key)
	if slot == nil {
		return nil, v, nil
	}
	e := slotEntry(*slot)
	v, ok := valueTypes[e.Encoding()].(bigValue)
	if !ok {
		return nil, v, nil
	}
	return e.body(), v, t.arenaOf(*e.body())
}

// wasteful reports whether it is worth the while to compact one of the arenas.
func (o *ownArenas) wasteful() bool {
	for _, a := range o.list {
		if a != nil && a.Wasteful() {
			return true
		}
	}
	return false
}

// Fragmentation is the bytes of all chunks that were used once, and of those in use: far more held than used is worth a Purge. Values that have
// mappings of their own are in neither. It needs no lock.
func (s *Store) Fragmentation() (held, used int64) {
	held, used = s.loose.Fragmentation()
	for i := range s.shards {
		h, u := s.shards[i].arena.Fragmentation()
		held += h
		used += u
	}
	return held, used
}
