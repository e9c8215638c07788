package persist

import (
	"errors"
	"sync/atomic"

	"radish/persist/rdb"
	"radish/store"
)

// Value is a value that was decoded and that no key has yet. It is installed once, or freed.
type Value struct {
	typ store.Type
	enc store.Encoding
	b   []byte          // a string or a compact value
	d   *store.Detached // any other; nil: b is the value
}

// Install gives a key the value, whatever it had before, and a deadline in unix ms, 0: none. It needs the write lock of the key's shard.
func (v *Value) Install(db *store.DB, k store.Key, deadlineMs int64) {
	if v.d != nil {
		db.Install(k, v.d, deadlineMs)
		v.d = nil
		return
	}
	db.Delete(k)
	v.add(db, k, deadlineMs)
}

// add gives a key the value if it has none; else it returns false. A lapsed key has one.
func (v *Value) add(db *store.DB, k store.Key, deadlineMs int64) bool {
	switch {
	case v.d != nil:
		if !db.AddDetached(k, v.d, deadlineMs) {
			return false
		}
		v.d = nil
		return true
	case v.typ == store.TypeString:
		return db.AddString(k, v.b, deadlineMs)
	}
	return db.AddBlock(k, v.typ, v.enc, v.b, deadlineMs)
}

// Detached says that the value is a store.Detached, of which the store itself tells when it is installed as a new key.
func (v *Value) Detached() bool { return v.d != nil }

// Free gives the memory of a value back that was not installed.
func (v *Value) Free() {
	if v.d != nil {
		v.d.Free()
		v.d = nil
	}
}

// Errors of Restore.
var (
	// ErrPayload: the payload is of a later version, or its checksum is wrong.
	ErrPayload = errors.New("DUMP payload version or checksum are wrong")
	// ErrFormat: what the payload has is no value.
	ErrFormat = errors.New("Bad data format")
)

// RestoreOptions are those of Restore.
type RestoreOptions struct {
	Deep         bool // look for members and fields that are there twice
	SkipChecksum bool // for tests of damaged payloads
	// Sanitized is increased by the number of listpacks and intsets that were looked at so; nil: nobody wants to know.
	Sanitized *atomic.Int64
}

// Restore decodes a payload as DUMP makes it. It needs no lock. Its errors are ErrPayload, and ErrFormat joined with what is wrong.
func Restore(s *store.Store, payload []byte, o RestoreOptions) (*Value, error) {
	t, p, known, ok := rdb.SplitPayload(payload, o.SkipChecksum)
	if !ok {
		return nil, ErrPayload
	}
	if !known {
		return nil, ErrFormat
	}
	d := rdb.Decoder{Deep: o.Deep}
	b := builder{s: s, deep: o.Deep}
	err := d.Decode(t, p, 1, &b)
	if o.Sanitized != nil {
		o.Sanitized.Add(d.Sanitized)
	}
	if err != nil {
		b.free()
		return nil, errors.Join(ErrFormat, err)
	}
	return b.finish(), nil
}
