package store

// Adding keys that are not there, as loading a file does: each function looks the key up once, and returns false when there is one of that name, lapsed or
// not. They need the write lock. A deadline is in unix ms, 0: none; it may have passed.

// AddString adds a string, encoded as SetString does it.
func (db *DB) AddString(k Key, val []byte, deadlineMs int64) bool {
	t, h, ok := db.vacant(k)
	if !ok {
		return false
	}
	v := stringValue(val, true)
	if v.form == formInline && len(v.b) > maxInline {
		v.setBody(newBlock(t.arena, v.b))
	}
	t.put(h, nil, k.B, &v, deadlineMs, newLRU(db.s.lru.Load(), db.Clock))
	return true
}

// AddBlock adds a compact value, that has elements: a valid listpack or intset, as the encoding says.
func (db *DB) AddBlock(k Key, typ Type, enc Encoding, block []byte, deadlineMs int64) bool {
	t, h, ok := db.vacant(k)
	if !ok {
		return false
	}
	v := value{typ: typ, enc: enc}
	t.setBlock(&v, block)
	t.put(h, nil, k.B, &v, deadlineMs, newLRU(db.s.lru.Load(), db.Clock))
	t.fileNew(h, k.B, enc)
	return true
}

// AddDetached adds a detached value, with which nothing may be done any more if it returns true.
func (db *DB) AddDetached(k Key, d *Detached, deadlineMs int64) bool {
	if _, _, ok := db.vacant(k); !ok {
		return false
	}
	db.Install(k, d, deadlineMs)
	return true
}

// vacant finds the table for a key that is not there.
func (db *DB) vacant(k Key) (t *table, h uint64, ok bool) {
	sh, h := db.shardOf(k)
	if t = sh.table(db.Index); t == nil {
		return db.s.needTable(sh, db.Index), h, true
	}
	return t, h, t.find(h, k.B) == nil
}

// Limits are up to where values stay compact. They are not to be changed.
func (s *Store) Limits() *Limits { return s.limits() }
