package store

// Operations on whole keys and whole databases.

// Rename gives a key another name, in the same database: value and deadline go along, the LRU field is that of a new key, and what had the
// new name is deleted. It returns false when there is no key from. It needs the write locks of both.
func (db *DB) Rename(from, to Key) bool {
	if string(from.B) == string(to.B) {
		_, _, slot := db.findLive(from)
		return slot != nil
	}
	return db.transfer(from, db, to)
}

// Move brings a key to another database, with its deadline and the LRU field of a new key. It returns false when there is no key, or the other database has one of that name.
func (db *DB) Move(k Key, toDB int) bool {
	other := *db
	other.Index = toDB
	if _, _, slot := other.findLive(k); slot != nil || toDB == db.Index {
		return false
	}
	return db.transfer(k, &other, k)
}

// transfer takes an entry out of db and puts it under another name into other, which may be db.
func (db *DB) transfer(from Key, other *DB, to Key) bool {
	t, h, slot := db.findLive(from)
	if slot == nil {
		return false
	}
	e := slotEntry(*slot)
	v, deadline := e.value(), e.Deadline()
	t.unsetDue(h, deadline)
	t.unfileFields(h, e)
	t.remove(h, slot)
	t2, h2, slot2 := other.findLive(to)
	if slot2 != nil {
		t2.drop(h2, slot2, freeReplaced)
	}
	if t2 == nil {
		sh, _ := other.shardOf(to)
		t2 = db.s.needTable(sh, other.Index)
	}
	if v.form == formBody {
		v.setBody(valueTypes[v.enc].move(t, t2, v.body()))
	}
	t2.put(h2, nil, to.B, &v, deadline, newLRU(db.s.lru.Load(), db.Clock))
	t2.fileNew(h2, to.B, v.enc)
	t.arena.Free(e.p, e.size()) // not before v.b was copied
	return true
}

// Copy makes a second key with the same value and deadline, in this or another database; what has that name there is deleted. It returns
// false when there is no key from. It needs the write locks of both.
func (db *DB) Copy(from, to Key, toDB int) bool {
	t, _, slot := db.findLive(from)
	if slot == nil {
		return false
	}
	other := *db
	other.Index = toDB
	if t2, h2, slot2 := other.findLive(to); slot2 != nil {
		if *slot2 == *slot {
			return true
		}
		t2.drop(h2, slot2, freeReplaced)
	}
	_, _, slot = db.find(from) // it may have moved
	sh, h2 := other.shardOf(to)
	t2 := db.s.needTable(sh, toDB)
	e := slotEntry(*slot)
	v := e.value()
	if v.form == formBody {
		v.setBody(valueTypes[v.enc].copy(t, t2, v.body()))
	}
	t2.put(h2, nil, to.B, &v, e.Deadline(), newLRU(db.s.lru.Load(), db.Clock))
	t2.fileNew(h2, to.B, v.enc)
	return true
}

// Len is the number of keys, lapsed ones that are still there included. It needs no lock.
func (db *DB) Len() (n int64) {
	for i := range db.s.shards {
		if t := db.s.shards[i].table(db.Index); t != nil {
			n += t.keys.Load()
		}
	}
	return n
}

// ExpiresLen is the number of keys with a deadline. It needs no lock.
func (db *DB) ExpiresLen() (n int64) {
	for i := range db.s.shards {
		if t := db.s.shards[i].table(db.Index); t != nil {
			n += t.dueKeys.Load()
		}
	}
	return n
}

// FieldExpiresLen is the number of hashes that have fields with deadlines. It needs no lock.
func (db *DB) FieldExpiresLen() (n int64) {
	for i := range db.s.shards {
		if t := db.s.shards[i].table(db.Index); t != nil {
			n += t.fieldKeys.Load()
		}
	}
	return n
}

// AvgTTL is the mean time to live of the keys with a deadline, in ms. It needs no lock.
func (db *DB) AvgTTL() int64 {
	var n int64
	var sum float64
	for i := range db.s.shards {
		if t := db.s.shards[i].table(db.Index); t != nil {
			k := t.dueKeys.Load()
			n += k
			sum += float64(t.dueSum.Load()) + float64(k)*float64(t.dueBase.Load()-db.Now)
		}
	}
	if n == 0 {
		return 0
	}
	return max(int64(sum/float64(n)), 0)
}

// lockAll takes all write locks, in ascending order, unless the caller has them.
func (s *Store) lockAll(locked bool) {
	if locked {
		return
	}
	s.awaitLong()
	for i := range s.shards {
		s.LockLong(i)
	}
}

// longTries is how often awaitLong looks for long holders.
const longTries = 16

// awaitLong waits for long holders with nothing in hand: to wait for one while others wait for what is locked already would stop them, too.
func (s *Store) awaitLong() {
	for range longTries {
		i := 0
		for i < len(s.shards) && !s.shards[i].lock.long() {
			i++
		}
		if i == len(s.shards) {
			return
		}
		s.LockLong(i)
		s.UnlockLong(i)
	}
}

func (s *Store) unlockAll(locked bool) {
	for i := len(s.shards) - 1; i >= 0 && !locked; i-- {
		s.UnlockLong(i)
	}
}

// SwapDB exchanges two databases, and calls swapped (unless it is nil) before anybody can look at them. It takes all write locks, unless
// locked says that the caller has them.
func (s *Store) SwapDB(a, b int, locked bool, swapped func()) {
	s.lockAll(locked)
	defer s.unlockAll(locked)
	for i := range s.shards {
		ts := s.shards[i].tables
		ts[a].Store(ts[b].Swap(ts[a].Load()))
	}
	if swapped != nil {
		swapped()
	}
}
