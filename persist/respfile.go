package persist

import (
	"io"
	"math"

	"radish/internal/num"
	"radish/persist/aof"
	"radish/store"
	"radish/store/intset"
	"radish/store/listpack"
)

// RESPOptions are how a snapshot is written as commands.
type RESPOptions struct {
	// UnixS, unless it is 0, is told in an annotation at the beginning (aof-timestamp-enabled): the time of the snapshot.
	UnixS int64
	// KeyDelay is called with each key (rdb-key-save-delay), and may be nil.
	KeyDelay func()
}

// WriteRESP writes a snapshot as commands in the form of the protocol, which make it when they are run one after another, to w, and ends the snapshot. This
// is the base of an append only file under aof-use-rdb-preamble no. pause is as in Snapshot.Run, and may be nil.
//
// The commands are those of Redis 7.2's rewriteAppendOnlyFileRio: SELECT, SET, and for each respItems elements RPUSH, SADD, ZADD or HMSET; then PEXPIREAT of a
// key that has a deadline. As in Redis 7.4, a hash that has fields with deadlines is an HMSET for each field, and an HPEXPIREAT behind it for each with a
// deadline; an older Redis does not load these. A file without keys and annotation is empty.
func WriteRESP(w io.Writer, sn *store.Snapshot, o RESPOptions, pause func(busy bool) error) error {
	s := &respSink{o: &o, db: -1, out: commandWriter{w: w, buf: make([]byte, 0, commandBuf)}}
	if o.UnixS != 0 {
		s.out.buf = aof.AppendTimestamp(s.out.buf, o.UnixS)
	}
	if err := sn.Run(s, pause); err != nil {
		return err
	}
	s.out.flush()
	return s.out.err
}

// respItems is how many elements a command has at most, as Redis's AOF_REWRITE_ITEMS_PER_CMD.
const respItems = 64

// respSink makes commands of keys.
type respSink struct {
	o       *RESPOptions
	out     commandWriter
	db      int
	scratch [24]byte
	zset    store.ZIter // it holds bytes that go to out, which would make it escape

	// Of the value that is being written:
	key      []byte // a copy
	deadline int64
	typ      store.Type
	name     string // of the command that makes it
	args     int    // that an element takes
	rest     int    // elements that have not come
	room     int    // elements that are still to go into the last command
	timed    bool   // a hash that has fields with deadlines
}

// begin selects the database of a key of n elements.
func (s *respSink) begin(db int, e store.Entry, n int, timed bool) {
	if db != s.db {
		s.db = db
		s.out.array(2)
		s.out.text("SELECT")
		s.out.int(int64(db))
	}
	if s.o.KeyDelay != nil {
		s.o.KeyDelay()
	}
	s.key = append(s.key[:0], e.Key()...)
	s.deadline, s.typ, s.timed = e.Deadline(), e.Type(), timed
	s.rest, s.room, s.args = n, 0, 1
	switch s.typ {
	case store.TypeList:
		s.name = "RPUSH"
	case store.TypeSet:
		s.name = "SADD"
	case store.TypeZSet:
		s.name, s.args = "ZADD", 2
	case store.TypeHash:
		s.name, s.args = "HMSET", 2
	default:
		s.command("SET", 3)
	}
}

// command begins a command for the key with n words in all.
func (s *respSink) command(name string, n int) {
	s.out.array(n)
	s.out.text(name)
	s.out.bulk(s.key)
}

// item makes room for the next element in a command.
func (s *respSink) item() {
	if s.room == 0 {
		s.room = min(s.rest, respItems)
		s.command(s.name, 2+s.room*s.args)
	}
	s.room--
	s.rest--
}

func (s *respSink) element(b []byte) {
	s.item()
	s.out.bulk(b)
}

func (s *respSink) scored(member []byte, score float64) {
	s.item()
	s.out.double(score)
	s.out.bulk(member)
}

// field writes a field with a deadline in unix ms, 0: none.
func (s *respSink) field(f, v listpack.Value, ms int64) {
	if s.timed {
		s.command("HMSET", 4)
	} else {
		s.item()
	}
	s.out.value(f)
	s.out.value(v)
	if ms == 0 || !s.timed {
		return
	}
	s.command("HPEXPIREAT", 6)
	s.out.int(ms)
	s.out.text("FIELDS")
	s.out.int(1)
	s.out.value(f)
}

// end writes what follows a value.
func (s *respSink) end() error {
	if s.deadline != 0 {
		s.command("PEXPIREAT", 3)
		s.out.int(s.deadline)
	}
	return s.out.err
}

// Key writes a string or a compact value.
func (s *respSink) Key(db int, e store.Entry) error {
	switch e.Type() {
	case store.TypeList:
		s.begin(db, e, e.ListLen(), false)
		s.elements(e.Block())
	case store.TypeSet:
		s.begin(db, e, e.SetLen(), false)
		if b := e.Block(); e.Encoding() == store.EncIntset {
			for i := range intset.Len(b) {
				s.element(num.AppendInt(s.scratch[:0], intset.At(b, i)))
			}
		} else {
			s.elements(b)
		}
	case store.TypeZSet:
		s.begin(db, e, e.ZLen(), false)
		for s.zset = e.ZAt(0, false); s.zset.Ok(); s.zset.Next() {
			s.scored(s.zset.Member(), s.zset.Score())
		}
	case store.TypeHash:
		s.begin(db, e, e.HashLen(), e.FirstFieldDeadline() != 0)
		e.HashWalkAll(func(f, v listpack.Value, ms int64) bool {
			s.field(f, v, ms)
			return true
		})
	default:
		s.begin(db, e, 1, false)
		s.out.bulk(e.Bytes(&s.scratch))
	}
	return s.end()
}

// elements writes those of a listpack.
func (s *respSink) elements(lp []byte) {
	for off := listpack.First(lp); off >= 0; off = listpack.Next(lp, off) {
		s.element(listpack.Bytes(lp, off, &s.scratch))
	}
}

// Begin writes the beginning of a value that comes in parts.
func (s *respSink) Begin(v store.BigValue) error {
	s.begin(v.DB, v.Entry, v.Elems, v.SoonestMs != 0)
	if s.typ == store.TypeString {
		s.out.length(v.Elems)
	}
	return s.out.err
}

// Elem writes a member or field.
func (s *respSink) Elem(key, value []byte, n uint64) error {
	switch s.typ {
	case store.TypeSet:
		s.element(key)
	case store.TypeZSet:
		s.scored(key, math.Float64frombits(n))
	default:
		s.field(listpack.Value{S: key}, listpack.Value{S: value}, int64(n))
	}
	return s.out.err
}

// Node writes the elements of a node of a list.
func (s *respSink) Node(lp []byte) error {
	s.elements(lp)
	return s.out.err
}

// Bytes writes a part of a string.
func (s *respSink) Bytes(b []byte) error {
	s.out.put(b)
	return s.out.err
}

// End ends a value that came in parts.
func (s *respSink) End() error {
	if s.typ == store.TypeString {
		s.out.crlf()
	}
	return s.end()
}

// commandWriter writes commands in the form of the protocol, through a buffer that does not grow. After an error, which is err then, it does nothing.
type commandWriter struct {
	w      io.Writer
	buf    []byte
	err    error
	digits [32]byte // of a number; a local variable would escape to w
}

const (
	commandBuf  = 64 << 10
	lengthBytes = 32 // more than a length takes, or a number with its length
)

// reserve makes room for n bytes, which are less than commandBuf.
func (c *commandWriter) reserve(n int) {
	if len(c.buf)+n > cap(c.buf) {
		c.flush()
	}
}

func (c *commandWriter) flush() {
	c.write(c.buf)
	c.buf = c.buf[:0]
}

// write writes past the buffer.
func (c *commandWriter) write(b []byte) {
	if c.err != nil || len(b) == 0 {
		return
	}
	n, err := c.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	c.err = err
}

func (c *commandWriter) put(b []byte) {
	if len(b) > commandBuf/2 {
		c.flush()
		c.write(b)
		return
	}
	c.reserve(len(b))
	c.buf = append(c.buf, b...)
}

func (c *commandWriter) crlf() {
	c.reserve(2)
	c.buf = append(c.buf, "\r\n"...)
}

// array begins a command of n words.
func (c *commandWriter) array(n int) { c.line('*', n) }

// length begins a word of n bytes. They follow, and crlf.
func (c *commandWriter) length(n int) { c.line('$', n) }

func (c *commandWriter) line(kind byte, n int) {
	c.reserve(lengthBytes)
	c.buf = append(num.AppendInt(append(c.buf, kind), int64(n)), "\r\n"...)
}

func (c *commandWriter) bulk(b []byte) {
	c.length(len(b))
	c.put(b)
	c.crlf()
}

// text is bulk for a short word.
func (c *commandWriter) text(s string) {
	c.length(len(s))
	c.reserve(len(s))
	c.buf = append(c.buf, s...)
	c.crlf()
}

func (c *commandWriter) int(n int64) {
	c.bulk(num.AppendInt(c.digits[:0], n))
}

// double writes a number so that it can be read back exactly, as Redis's rioWriteBulkDouble does.
func (c *commandWriter) double(f float64) {
	c.bulk(num.AppendGrisu(c.digits[:0], f))
}

func (c *commandWriter) value(v listpack.Value) {
	if v.Int {
		c.int(v.N)
	} else {
		c.bulk(v.S)
	}
}
