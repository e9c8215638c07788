package rdb

import (
	"errors"
	"io"
	"strconv"
)

// Record is one key of a file, as a Scanner finds it: the value is not looked at yet.
type Record struct {
	DB         int
	Type       Type
	DeadlineMs int64 // unix ms, 0: none
	IdleS      int64 // seconds since the last access; -1: not told
	Freq       int   // LFU counter; -1: not told
	Offset     int64 // of raw
	raw        []byte
}

// Batch is what a Scanner has found at a time. It is decoded with Record.Key and Decoder.Decode by any goroutine; Release gives its memory
// back to the scanner.
type Batch struct {
	Records []Record
	// Big says that there is one record, with a value so big that it still is in the stream: Scanner.Key and Scanner.Decode read it.
	Big bool
	buf []byte
	s   *Scanner
}

// Release says that nobody looks at the batch any more. It may be called by any goroutine.
func (b *Batch) Release() {
	if b.s != nil && b.buf != nil {
		select {
		case b.s.spare <- b.buf:
		default:
		}
	}
	*b = Batch{Records: b.Records[:0]}
}

// Key is the key of a record; a view, or, if it is encoded, in *buf, which may grow. value is where its value begins, at an offset of the file.
func (r *Record) Key(buf *[]byte) (key, value []byte, offset int64, err error) {
	in := input{b: r.raw, base: r.Offset}
	key, err = in.str(buf)
	return key, r.raw[in.pos:], in.offset(), err
}

const (
	batchBytes = 256 << 10 // read at a time
	// maxCut is how long a record is that is cut out of the stream; what is longer is decoded from there.
	maxCut   = 1 << 20
	spareMax = 8
	// maxTries is how often a reader may return nothing.
	maxTries = 100
)

// Scanner reads a file: its first stage, which finds keys. The second, decoding values, may be done on other goroutines.
type Scanner struct {
	// Aux is called for each aux field, nil: for none. Its arguments are valid until it returns.
	Aux func(name, value []byte)
	// Resize is called with the numbers of keys, and of keys with deadlines, that a database has, as far as the file tells it; may be nil.
	Resize func(db int, keys, expires uint64)
	// Selected is called for each database that keys follow of. An error ends the scan. May be nil.
	Selected func(db uint64) error

	in      input
	r       io.Reader
	rerr    error // of r, io.EOF included
	version int
	db      int
	mark    int  // bytes from here on are kept: a record; -1: nothing
	filling bool // the batch has records: another buffer is for the next one
	shared  bool // a batch refers to in.b
	sums    bool // check the checksum
	sumAt   int  // bytes before are in sum
	sum     uint64
	big     bool // key and value of a big record have not been read
	bigType Type
	done    error
	spare   chan []byte
	buf     [2][]byte // for aux fields
	doing   Doing
	typ     Type  // of the last key
	keyAt   int64 // where the last key is in the file
	stored  uint64
}

// Doing is what a Scanner was about to read, in the words of redis-check-rdb.
type Doing string

// What there is to read.
const (
	DoingStart     Doing = "start"
	DoingType      Doing = "read-type"
	DoingExpire    Doing = "read-expire"
	DoingKey       Doing = "read-key"
	DoingValue     Doing = "read-object-value"
	DoingChecksum  Doing = "check-sum"
	DoingLen       Doing = "read-len"
	DoingAux       Doing = "read-aux"
	DoingModuleAux Doing = "read-module-aux"
	DoingFunctions Doing = "read-functions"
)

// Doing tells where Next has met an error. With DoingKey and DoingValue it was about a key of type t; key is its name, as far as it could be read.
func (s *Scanner) Doing() (what Doing, t Type, key string) {
	if at := s.keyAt - s.in.base; s.doing == DoingValue && at >= 0 && at < int64(len(s.in.b)) {
		in := input{b: s.in.b, pos: int(at)}
		b, _ := in.str(new([]byte))
		key = string(b)
	}
	return s.doing, s.typ, key
}

// Reasons of fill to give up: the record is longer than maxCut; or goes on in another buffer than those before.
var (
	errBig    = errors.New("rdb: a big value")
	errFilled = errors.New("rdb: the batch is filled")
)

// NewScanner begins to read a file, whose header it reads at once. checksum says whether the checksum of the file is checked.
func NewScanner(r io.Reader, checksum bool) (*Scanner, error) {
	s := &Scanner{r: r, mark: -1, doing: DoingStart, sums: checksum, spare: make(chan []byte, spareMax)}
	s.in.more = s.fill
	h, err := s.in.bytes(9)
	if err != nil {
		return nil, err
	}
	if string(h[:5]) != "REDIS" {
		return nil, &Error{Offset: 9, Text: "Wrong signature trying to load DB from file", Kind: ErrCorrupt}
	}
	s.version = atoi(h[5:])
	if s.version < 1 || s.version > MaxVersion {
		return nil, &Error{Offset: 9, Text: "Can't handle RDB format version " + strconv.Itoa(s.version), Kind: ErrUnsupported}
	}
	return s, nil
}

// atoi is the number that b begins with, as C's atoi reads it, of few digits.
func atoi(b []byte) (n int) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// Version is the version of the file.
func (s *Scanner) Version() int { return s.version }

// Stored is the checksum that the file has, 0: none, and whether its version has one. It makes sense after io.EOF.
func (s *Scanner) Stored() (sum uint64, has bool) { return s.stored, s.version >= sumVersion }

// Offset is how many bytes of the file have been looked at.
func (s *Scanner) Offset() int64 { return s.in.offset() }

// Rest is what follows the file in the stream. It makes sense after io.EOF.
func (s *Scanner) Rest() io.Reader {
	if s.rerr == io.EOF {
		return &restReader{b: s.in.b[s.in.pos:], r: eofReader{}}
	}
	return &restReader{b: s.in.b[s.in.pos:], r: s.r}
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// restReader reads b, and then r.
type restReader struct {
	b []byte
	r io.Reader
}

func (r *restReader) Read(p []byte) (n int, err error) {
	if len(r.b) == 0 {
		return r.r.Read(p)
	}
	n = copy(p, r.b)
	r.b = r.b[n:]
	return n, nil
}

// fill makes n bytes available at in.pos.
func (s *Scanner) fill(n uint64) error {
	in := &s.in
	keep := in.pos
	switch {
	case s.filling:
		return errFilled
	case s.mark >= 0:
		if keep = s.mark; n > maxCut || in.pos-keep+int(n) > maxCut {
			return errBig
		}
	}
	s.sumTo(keep)
	old := in.b[keep:]
	in.base += int64(keep)
	in.pos -= keep
	s.sumAt -= keep
	if s.mark >= 0 {
		s.mark = 0
	}
	if s.shared || cap(in.b) < batchBytes || cap(in.b) > 4*batchBytes {
		in.b = append(s.newBuf(len(old)), old...)
		s.shared = false
	} else {
		in.b = in.b[:copy(in.b[:cap(in.b)], old)]
	}
	return s.read(n)
}

// newBuf is an empty buffer with room for n bytes and what is read at a time.
func (s *Scanner) newBuf(n int) []byte {
	select {
	case b := <-s.spare:
		if cap(b) >= n+batchBytes/2 && cap(b) <= 4*batchBytes {
			return b[:0]
		}
	default:
	}
	return make([]byte, 0, n+batchBytes)
}

// read reads until n bytes are available at in.pos. The buffer grows with what comes, not with what is asked for.
func (s *Scanner) read(n uint64) error {
	in := &s.in
	for tries := 0; uint64(len(in.b)-in.pos) < n; tries++ {
		if s.rerr != nil {
			if s.rerr == io.EOF {
				return in.truncated()
			}
			return &Error{Offset: in.base + int64(len(in.b)), Text: s.rerr.Error(), Kind: s.rerr}
		}
		if len(in.b) == cap(in.b) {
			in.b = append(make([]byte, 0, 2*cap(in.b)), in.b...)
		}
		var k int
		k, s.rerr = s.r.Read(in.b[len(in.b):cap(in.b)])
		in.b = in.b[:len(in.b)+k]
		if k > 0 {
			tries = 0
		} else if tries == maxTries && s.rerr == nil {
			s.rerr = io.ErrNoProgress
		}
	}
	return nil
}

// sumTo adds the bytes before at to the checksum.
func (s *Scanner) sumTo(at int) {
	if at > s.sumAt {
		if s.sums {
			s.sum = Checksum(s.sum, s.in.b[s.sumAt:at])
		}
		s.sumAt = at
	}
}

// Next puts the next keys into b. An error comes after the keys before it. It returns io.EOF when there are none, and everything is right; then it may be asked for Rest.
func (s *Scanner) Next(b *Batch) error {
	*b = Batch{Records: b.Records[:0], s: s}
	if s.big {
		return s.in.corrupt("the last value was not read")
	}
	for s.done == nil {
		s.filling = len(b.Records) > 0
		var r Record
		switch err := s.record(&r); {
		case err == nil:
			b.Records = append(b.Records, r)
			continue
		case err == errFilled || err == errBig && s.filling:
		case err == errBig:
			if err := s.openBig(b); err != nil || b.Big {
				return err
			}
			continue
		default:
			s.done = err
			continue
		}
		break
	}
	s.filling = false
	if len(b.Records) == 0 {
		return s.done
	}
	b.buf, s.shared = s.in.b, true
	return nil
}

// record reads a record, and what may stand before it; io.EOF: there are no more. With errFilled or errBig the next thing to read is the record again.
func (s *Scanner) record(r *Record) error {
	in := &s.in
	for {
		s.mark = in.pos
		key, err := s.head(r)
		if err == nil && key {
			r.Offset = in.offset()
			from := in.pos - s.mark
			if err = s.skipRecord(r.Type); err == nil {
				r.raw = in.b[s.mark+from : in.pos : in.pos]
			}
		}
		if isAgain(err) {
			in.pos = s.mark
			return err
		}
		s.mark = -1
		if err != nil || key {
			return err
		}
	}
}

// openBig makes the record that comes next, which is longer than maxCut, the one of b.
func (s *Scanner) openBig(b *Batch) error {
	s.mark = -1
	var r Record
	key, err := s.head(&r)
	if err != nil || !key { // it may be an aux field
		s.done = err
		return err
	}
	if text := r.Type.unsupported(); text != "" {
		s.done = s.skipRecord(r.Type)
		return s.done
	}
	r.Offset = s.in.offset()
	b.Records = append(b.Records, r)
	b.Big, s.big, s.bigType = true, true, r.Type
	return nil
}

// Key reads the key of a big record; it is valid until Next. Decode follows.
func (s *Scanner) Key() ([]byte, error) {
	key, err := s.in.kept(&s.buf[0])
	if err != nil {
		s.done = err
	}
	return key, err
}

// Decode reads the value of a big record, after its key.
func (s *Scanner) Decode(d *Decoder, sink Sink) error {
	s.big = false
	err := d.decode(s.bigType, &s.in, sink)
	if err != nil && !errors.Is(err, ErrEmptyValue) {
		s.done = err
	}
	return err
}
