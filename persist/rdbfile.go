package persist

import (
	"io"
	"math"

	"radish/persist/rdb"
	"radish/store"
)

// RDBOptions are how a snapshot is written as an RDB file.
type RDBOptions struct {
	Compress bool // rdbcompression
	Checksum bool // rdbchecksum
	// Access says whether keys tell how often, or how long ago, they were used: under the policy of maxmemory that there is.
	Access AccessInfo
	NowMs  int64 // to tell that
	Aux    []rdb.Aux
	// KeyDelay is called with each key (rdb-key-save-delay), and may be nil.
	KeyDelay func()
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
		sn: sn, o: &o, version: version, db: -1, begun: make([]bool, sn.Store().Databases()),
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
	sn      *store.Snapshot
	o       *RDBOptions
	version int
	enc     rdb.Encoder
	file    *rdb.Writer
	db      int
	begun   []bool // databases that the file has had
	buf     []byte

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
	if s.o.KeyDelay != nil {
		s.o.KeyDelay()
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
	t := TypeOf(e, s.version)
	if err := s.begin(db, e, t); err != nil {
		return err
	}
	s.buf = AppendValue(&s.enc, s.buf, e, t)
	return s.flush()
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

// Node writes a node of a list.
func (s *rdbSink) Node(lp []byte) error {
	s.buf = s.enc.Node(s.buf, lp)
	return s.flush()
}

// Bytes writes a part of a string.
func (s *rdbSink) Bytes(b []byte) error {
	_, err := s.file.Write(b)
	return err
}

// End ends a value that came in parts.
func (s *rdbSink) End() error { return s.flush() }
