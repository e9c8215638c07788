package store

// DB is one database as seen by one command. It is a small value without memory of its own.
//
// Methods with a Key need the lock of the key's shard: Lookup and Peek a read lock, the others a write lock. A key whose deadline
// has passed is not seen by any of them; writers that meet one replace or delete it and call Hooks.Expired.
// Arguments must not be views of the store's own memory (Entry.Bytes, GrowString) unless it says otherwise.
type DB struct {
	s       *Store
	Index   int
	Now     int64 // unix ms, frozen for the command: what has a deadline before it has lapsed
	Clock   int64 // Now, but while a log is loaded: then nothing lapses, as the log says what has gone
	NoTouch bool  // do not update LRU or LFU
	Locked  bool  // the caller holds the write locks of all shards
	NoWait  bool  // Scan, Walk and RandomKey give up, and set Blocked, where they would wait for a long holder
	Blocked bool  // see NoWait: what was returned is not to be used
	Lapsed  bool  // Lookup or Peek met a lapsed key, which they cannot delete: see ExpireKey; or LapsedField was called
	// LapsedFields are the lapsed fields of hashes that a reader met, see LapsedField.
	LapsedFields [][]byte
	// Spare is told which parts of a big value, given to a setter, have been copied and are not looked at any more; nil:
	// nobody wants to know.
	Spare func(copied []byte)
}

// Reset makes db what Store.DB(index, nowMs) returns, and costs less: a loop uses one DB for all its commands.
func (db *DB) Reset(index int, nowMs int64) {
	db.Index, db.Now, db.Clock = index, nowMs, nowMs
	db.NoTouch, db.Locked, db.NoWait, db.Blocked, db.Lapsed = false, false, false, false, false
	if db.Spare != nil {
		db.Spare = nil
	}
	if db.LapsedFields != nil {
		db.LapsedFields = nil
	}
}

// Store is the store that db belongs to.
func (db *DB) Store() *Store { return db.s }

// Key hashes b.
func (db *DB) Key(b []byte) Key { return db.s.Key(b) }

// shard and hash of a key, without the shard's bits.
func (db *DB) shardOf(k Key) (*shard, uint64) {
	s := db.s
	return &s.shards[k.H>>s.shardShift], k.H << s.shardBits
}

// Lookup returns the live entry of a key, or the zero Entry. It counts as an access, unless db.NoTouch.
func (db *DB) Lookup(k Key) Entry {
	e := db.Peek(k)
	if e.p != nil && !db.NoTouch {
		e.touch(db.s.lru.Load(), db.Clock)
	}
	return e
}

// Peek is Lookup without counting as an access.
func (db *DB) Peek(k Key) Entry {
	sh, h := db.shardOf(k)
	t := sh.table(db.Index)
	if t == nil {
		return Entry{}
	}
	s := t.find(h, k.B)
	if s == nil {
		return Entry{}
	}
	e := slotEntry(*s)
	if e.lapsed(db.Now) {
		db.Lapsed = true
		return Entry{}
	}
	return e
}

// find is the slot of a key, lapsed or not.
func (db *DB) find(k Key) (t *table, h uint64, slot *uint64) {
	sh, h := db.shardOf(k)
	t = sh.table(db.Index)
	if t == nil {
		return nil, h, nil
	}
	return t, h, t.find(h, k.B)
}

// findLive is the slot of a key that may be about to change, nil when it has lapsed: then it was deleted.
func (db *DB) findLive(k Key) (t *table, h uint64, slot *uint64) {
	t, h, slot = db.find(k)
	if t != nil && t.saving != nil {
		t.saving.keys.keep(h, slot)
	}
	if slot != nil && slotEntry(*slot).lapsed(db.Now) {
		db.expire(t, h, slot)
		return t, h, nil
	}
	return t, h, slot
}

// expire deletes a lapsed key and tells so.
func (db *DB) expire(t *table, h uint64, slot *uint64) {
	t.tellExpired(db.Index, slotEntry(*slot))
	t.drop(h, slot, freeExpired)
}

// tellExpired counts a lapsed key that is about to be deleted or replaced, and calls the hook.
func (t *table) tellExpired(db int, e Entry) {
	t.sh.expired.Add(1)
	if t.s.hooks.Expired != nil {
		t.s.hooks.Expired(db, e.Key())
	}
}

// TellCreated says whether Hooks.Created is to be called.
func (s *Store) TellCreated(on bool) { s.tellNew.Store(on) }

func (db *DB) tellCreated(k Key) {
	if db.s.tellNew.Load() && db.s.hooks.Created != nil {
		db.s.hooks.Created(db.Index, k.B)
	}
}

// ExpireKey deletes a key if it has lapsed, and calls Hooks.Expired. Lookup and Peek only set db.Lapsed, as they have just a read lock.
func (db *DB) ExpireKey(k Key) bool {
	t, h, slot := db.find(k)
	if slot == nil || !slotEntry(*slot).lapsed(db.Now) {
		return false
	}
	db.expire(t, h, slot)
	return true
}

// Delete deletes a key in whose place a command that could have made it puts nothing; a big value is freed in the background. It returns false
// when there is none.
func (db *DB) Delete(k Key) bool { return db.deleteFor(k, freeReplaced) }

// Unlink is Delete for who asked for deleting in the background.
func (db *DB) Unlink(k Key) bool { return db.deleteFor(k, freeUnlinked) }

// DeleteSync is Delete that frees the value before it returns.
func (db *DB) DeleteSync(k Key) bool { return db.deleteFor(k, freeNow) }

func (db *DB) deleteFor(k Key, why freeReason) bool {
	t, h, slot := db.findLive(k)
	if slot == nil {
		return false
	}
	t.drop(h, slot, why)
	return true
}

// drop takes an entry out of table and index and frees it; a big value is freed in the background, unless that is freeNow.
func (t *table) drop(h uint64, slot *uint64, why freeReason) {
	if t.saving != nil {
		t.saving.keys.keep(h, slot)
	}
	e := slotEntry(*slot)
	t.unsetDue(h, e.Deadline())
	t.unfileFields(h, e)
	t.remove(h, slot)
	t.freeEntry(e, why)
}

// freeEntry frees an entry that is in no table, and its value.
func (t *table) freeEntry(e Entry, why freeReason) {
	if e.form() == formBody {
		q, n := &t.s.lazy, int64(0)
		if why == freeNow {
			q = nil
		} else {
			n = q.objects(e, why)
		}
		valueTypes[e.Encoding()].free(t, *e.body(), q, n)
	}
	t.arena.Free(e.p, e.size())
}

// SetDeadline sets when a key lapses, in unix ms, 0: never. It returns false when there is no key.
func (db *DB) SetDeadline(k Key, ms int64) bool {
	t, h, slot := db.findLive(k)
	if slot == nil {
		return false
	}
	e := slotEntry(*slot)
	old := e.Deadline()
	if old == ms {
		return true
	}
	if old != 0 && ms != 0 {
		e.setDeadline(ms)
	} else {
		v := e.value()
		t.rewrite(slot, k.B, &v, ms, e.meta()&metaLRU)
	}
	t.unsetDue(h, old)
	t.setDue(h, ms)
	return true
}
