package store

// SetStringRaw gives a key that holds a string, or is missing, a string with encoding raw whatever its length, and keeps the deadline: for strings that
// Redis changes in place (HyperLogLog). val stays out of the Go heap. It counts as an access, unless db.NoTouch.
func (db *DB) SetStringRaw(k Key, val []byte) {
	v := value{b: val, enc: EncRaw}
	t, h, slot, deadline, lru := db.forWrite(k, 0, true)
	if slot != nil {
		if e := slotEntry(*slot); (e.form() == formBody || e.Encoding() == EncListpackEx) && !e.reuseBody(&v) {
			t.dropValue(h, e)
		}
	}
	if v.form == formInline && len(v.b) > maxInline {
		v.setBody(newBlock(t.arena, v.b))
	}
	t.put(h, slot, k.B, &v, deadline, lru)
}
