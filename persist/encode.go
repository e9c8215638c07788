package persist

import (
	"radish/persist/rdb"
	"radish/store"
	"radish/store/listpack"
)

// TypeOf is how the value of a key is stored in a file of a version (rdb.Version or rdb.VersionFields); a payload has rdb.VersionFields. Deadlines of fields
// are left out of version 10, which has none.
func TypeOf(e store.Entry, version int) rdb.Type {
	enc := e.Encoding()
	switch e.Type() {
	case store.TypeList:
		return rdb.TypeQuicklist2
	case store.TypeSet:
		if enc == store.EncIntset {
			return rdb.TypeSetIntset
		}
		return rdb.TypeSet // Redis 7.0 knows no listpacks of sets
	case store.TypeZSet:
		if enc == store.EncListpack {
			return rdb.TypeZSetListpack
		}
		return rdb.TypeZSet2
	case store.TypeHash:
		deadlines := version >= rdb.VersionFields && e.FirstFieldDeadline() != 0
		switch {
		case enc == store.EncListpack, enc == store.EncListpackEx && !deadlines:
			return rdb.TypeHashListpack
		case enc == store.EncListpackEx:
			return rdb.TypeHashListpackEx
		case deadlines:
			return rdb.TypeHashFields
		}
		return rdb.TypeHash
	}
	return rdb.TypeString
}

// AppendValue appends the value of a key, as type t, which TypeOf has told. It needs a read lock of the key's shard.
func AppendValue(enc *rdb.Encoder, dst []byte, e store.Entry, t rdb.Type) []byte {
	switch t {
	case rdb.TypeQuicklist2:
		return appendList(enc, dst, e)
	case rdb.TypeSetIntset, rdb.TypeZSetListpack:
		return enc.String(dst, e.Block())
	case rdb.TypeSet:
		return appendSet(enc, dst, e)
	case rdb.TypeZSet2:
		// From the greatest on, as Redis does: reading it back, Redis finds the place of each at once.
		dst = rdb.AppendLen(dst, uint64(e.ZLen()))
		it := e.ZAt(0, true)
		for ; it.Ok(); it.Next() {
			dst = enc.Scored(dst, it.Member(), it.Score())
		}
		return dst
	case rdb.TypeHashListpack, rdb.TypeHashListpackEx:
		return appendCompactHash(enc, dst, e, t)
	case rdb.TypeHash, rdb.TypeHashFields:
		return appendHash(enc, dst, e, t)
	}
	if v, ok := e.Int(); ok {
		return rdb.AppendInt(dst, v)
	}
	return enc.String(dst, e.Bytes(nil))
}

func appendSet(enc *rdb.Encoder, dst []byte, e store.Entry) []byte {
	dst = rdb.AppendLen(dst, uint64(e.SetLen()))
	if e.Encoding() == store.EncListpack {
		var scratch [24]byte
		lp := e.Block()
		for off := listpack.First(lp); off >= 0; off = listpack.Next(lp, off) {
			dst = enc.String(dst, listpack.Bytes(lp, off, &scratch))
		}
		return dst
	}
	e.SetEach(func(m []byte) bool {
		dst = enc.String(dst, m)
		return true
	})
	return dst
}

func appendList(enc *rdb.Encoder, dst []byte, e store.Entry) []byte {
	dst = rdb.AppendLen(dst, uint64(max(e.ListNodes(), 1)))
	for it := e.ListIter(0, e.ListLen(), false); it.Next(); {
		dst = enc.Node(dst, it.LP)
	}
	return dst
}

func appendCompactHash(enc *rdb.Encoder, dst []byte, e store.Entry, t rdb.Type) []byte {
	switch {
	case t == rdb.TypeHashListpackEx:
		dst = rdb.AppendEarliest(dst, e.FirstFieldDeadline())
	case e.Encoding() == store.EncListpackEx:
		return enc.String(dst, withoutDeadlines(e.Block()))
	}
	return enc.String(dst, e.Block())
}

// withoutDeadlines makes a listpack of fields and values of one with deadlines.
func withoutDeadlines(lp []byte) []byte {
	out := listpack.Empty(make([]byte, 0, len(lp)))[:listpack.HeaderSize]
	n := 0
	for off := listpack.HeaderSize; off < len(lp)-1; n += 2 {
		at := listpack.Skip(lp, off, 2)
		out = append(out, lp[off:at]...)
		off = at + listpack.Size(lp, at)
	}
	out = append(out, lp[len(lp)-1])
	listpack.SetHeader(out, n)
	return out
}

func appendHash(enc *rdb.Encoder, dst []byte, e store.Entry, t rdb.Type) []byte {
	earliest := e.FirstFieldDeadline()
	if t == rdb.TypeHashFields {
		dst = rdb.AppendEarliest(dst, earliest)
	}
	dst = rdb.AppendLen(dst, uint64(e.HashLen()))
	e.HashWalkAll(func(f, v listpack.Value, ms int64) bool { // of a dict: no integers
		if t == rdb.TypeHashFields {
			dst = enc.FieldDeadline(dst, f.S, v.S, ms, earliest)
		} else {
			dst = enc.Field(dst, f.S, v.S)
		}
		return true
	})
	return dst
}

// RecordOptions say what a file has besides keys, deadlines and values.
type RecordOptions struct {
	Version int  // of the file
	Idle    bool // the time since the last access: under an LRU policy
	Freq    bool // the LFU counter: under an LFU policy
}

// AppendRecord appends the record of a key. It needs a read lock of the key's shard.
func AppendRecord(enc *rdb.Encoder, dst []byte, db *store.DB, e store.Entry, o RecordOptions) []byte {
	info := rdb.KeyInfo{DeadlineMs: e.Deadline(), IdleS: -1, Freq: -1}
	if o.Idle {
		info.IdleS = e.IdleMs(db.Now) / 1000
	}
	if o.Freq {
		info.Freq = int(e.Freq(db))
	}
	t := TypeOf(e, o.Version)
	return AppendValue(enc, enc.Key(dst, info, t, e.Key()), e, t)
}

// AppendPayload appends what DUMP replies. Redis 7.0 and later restore it; fields with deadlines need Redis 7.4. It needs a read lock of the key's
// shard.
func AppendPayload(enc *rdb.Encoder, dst []byte, e store.Entry) []byte {
	start := len(dst)
	t := TypeOf(e, rdb.VersionFields)
	dst = AppendValue(enc, append(dst, byte(t)), e, t)
	version := rdb.Version
	if t == rdb.TypeHashListpackEx || t == rdb.TypeHashFields {
		version = rdb.VersionFields
	}
	return rdb.AppendFooter(dst, start, version)
}
