package persist

import (
	"io"
	"math"

	"radish/persist/rdb"
	"radish/store"
	"radish/store/listpack"
)

// RDBOptions are how a snapshot is written as an RDB file.
type RDBOptions struct {
	Compress bool // rdbcompression
	Checksum bool // rdbchecksum
	// Access says whether keys tell how often, or how long ago, they were used: under the policy of maxmemory that there is.
	Access AccessInfo
	NowMs  int64 // to tell that
	Aux    []rdb.Aux
}

// AccessInfo is what an RDB file tells of accesses to keys.
type AccessInfo uint8

// Kinds of it.
const (
	NoAccess   AccessInfo = iota
	IdleTime              // seconds since the last access
	AccessFreq            // the LFU counter
)

// WriteRDB writes a snapshot as an RDB file, of the lowest version that can hold it, to w, and ends the snapshot. pause is as in Snapshot.Run, and may be nil.
// A string of more than a megabyte is never compressed: that would take all of it at once.
func WriteRDB(w io.Writer, sn *store.Snapshot, o RDBOptions, pause func(busy bool) error) error {
	version := rdb.Version
	for db := range sn.Store().Databases() {
		if sn.Count(db).FieldKeys > 0 {
			version = rdb.VersionFields
		}
	}
	s := &rdbSink{
		sn: sn, o: &o, db: -1, begun: make([]bool, sn.Store().Databases()),
		enc:  rdb.Encoder{Compress: o.Compress},
		file: rdb.NewWriter(w, rdb.WriterOptions{Version: version, Checksum: o.Checksum, Aux: o.Aux}),
	}
	if err := sn.Run(s, pause); err != nil {
		return err
	}
	return s.file.Close()
}

// rdbSink makes records of keys.
type rdbSink struct {
	sn    *store.Snapshot
	o     *RDBOptions
	enc   rdb.Encoder
	file  *rdb.Writer
	db    int
	begun []bool // databases that the file has had
	buf   []byte

	typ     rdb.Type // of the value that comes in parts
	soonest int64
}

// flush writes buf and keeps its room, unless it is big.
func (s *rdbSink) flush() error {
	_, err := s.file.Write(s.buf)
	if s.buf = s.buf[:0]; cap(s.buf) > 1<<20 {
		s.buf = nil
	}
	return err
}

// begin appends all of a key but its value.
func (s *rdbSink) begin(db int, e store.Entry, t rdb.Type) error {
	if db != s.db {
		n := store.SnapshotCount{}
		if !s.begun[db] { // it may come again: writers save keys of all databases
			n = s.sn.Count(db)
		}
		s.db, s.begun[db] = db, true
		if err := s.file.Select(db, uint64(n.Keys), uint64(n.Volatile)); err != nil {
			return err
		}
	}
	info := rdb.KeyInfo{DeadlineMs: e.Deadline(), IdleS: -1, Freq: -1}
	switch s.o.Access {
	case IdleTime:
		info.IdleS = e.IdleMs(s.o.NowMs) / 1000
	case AccessFreq:
		at := s.sn.Store().DB(db, s.o.NowMs)
		info.Freq = int(e.Freq(&at))
	}
	s.buf = s.enc.Key(s.buf, info, t, e.Key())
	return nil
}

// Key writes a string or a compact value.
func (s *rdbSink) Key(db int, e store.Entry) error {
	t := s.typeOf(e)
	if err := s.begin(db, e, t); err != nil {
		return err
	}
	switch t {
	case rdb.TypeString:
		if v, ok := e.Int(); ok {
			s.buf = rdb.AppendInt(s.buf, v)
		} else {
			s.buf = s.enc.String(s.buf, e.Block())
		}
	case rdb.TypeQuicklist2:
		s.buf = s.enc.Node(rdb.AppendLen(s.buf, 1), e.Block())
	case rdb.TypeSet: // version 10 has no compact form for it
		s.buf = rdb.AppendLen(s.buf, uint64(e.SetLen()))
		e.SetEach(func(m []byte) bool {
			s.buf = s.enc.String(s.buf, m)
			return true
		})
	case rdb.TypeHash: // with deadlines of fields, once
		s.buf = rdb.AppendLen(s.buf, uint64(e.HashLen()))
		e.HashEach(math.MinInt64, func(f, v []byte) bool {
			s.buf = s.enc.Field(s.buf, f, v)
			return true
		})
	case rdb.TypeHashListpackEx:
		s.buf = rdb.AppendEarliest(s.buf, soonestOf(e))
		fallthrough
	default:
		s.buf = s.enc.String(s.buf, e.Block())
	}
	return s.flush()
}

// soonestOf is the earliest deadline of a listpack of fields with deadlines: the first one's.
func soonestOf(e store.Entry) int64 {
	lp := e.Block()
	return listpack.Get(lp, listpack.At(lp, 2)).N
}

// typeOf is how a string or a compact value is written.
func (s *rdbSink) typeOf(e store.Entry) rdb.Type {
	switch enc := e.Encoding(); {
	case e.Type() == store.TypeString:
		return rdb.TypeString
	case e.Type() == store.TypeList:
		return rdb.TypeQuicklist2
	case enc == store.EncIntset:
		return rdb.TypeSetIntset
	case e.Type() == store.TypeSet:
		return rdb.TypeSet
	case e.Type() == store.TypeZSet:
		return rdb.TypeZSetListpack
	case enc == store.EncListpack:
		return rdb.TypeHashListpack
	case soonestOf(e) == 0:
		return rdb.TypeHash
	}
	return rdb.TypeHashListpackEx
}

// Begin writes the beginning of a value that comes in parts.
func (s *rdbSink) Begin(v store.BigValue) error {
	n := v.Elems
	switch v.Entry.Type() {
	case store.TypeString:
		s.typ = rdb.TypeString
	case store.TypeList:
		s.typ, n = rdb.TypeQuicklist2, v.Nodes
	case store.TypeSet:
		s.typ = rdb.TypeSet
	case store.TypeZSet:
		s.typ = rdb.TypeZSet2
	default:
		s.typ = rdb.TypeHash
		if v.SoonestMs != 0 {
			s.typ = rdb.TypeHashFields
		}
	}
	if err := s.begin(v.DB, v.Entry, s.typ); err != nil {
		return err
	}
	if s.soonest = v.SoonestMs; s.typ == rdb.TypeHashFields {
		s.buf = rdb.AppendEarliest(s.buf, s.soonest)
	}
	s.buf = rdb.AppendLen(s.buf, uint64(n))
	return s.flush()
}

// partBytes is how much is written at once of a value that comes in parts.
const partBytes = 16 << 10

// Elem writes a member or field.
func (s *rdbSink) Elem(key, value []byte, num uint64) error {
	switch s.typ {
	case rdb.TypeSet:
		s.buf = s.enc.String(s.buf, key)
	case rdb.TypeZSet2:
		s.buf = s.enc.Scored(s.buf, key, math.Float64frombits(num))
	case rdb.TypeHash:
		s.buf = s.enc.Field(s.buf, key, value)
	default:
		s.buf = s.enc.FieldDeadline(s.buf, key, value, int64(num), s.soonest)
	}
	if len(s.buf) >= partBytes {
		return s.flush()
	}
	return nil
}

// plainElement is from which length on the single element of a node is written as a string, as Redis does.
const plainElement = 1 << 30

// Node writes a node of a list.
func (s *rdbSink) Node(lp []byte) error {
	if v := listpack.Get(lp, listpack.First(lp)); !v.Int && len(v.S) >= plainElement {
		s.buf = s.enc.PlainNode(s.buf, v.S)
	} else {
		s.buf = s.enc.Node(s.buf, lp)
	}
	return s.flush()
}

// Bytes writes a part of a string.
func (s *rdbSink) Bytes(b []byte) error {
	_, err := s.file.Write(b)
	return err
}

// End ends a value that came in parts.
func (s *rdbSink) End() error { return s.flush() }
