package rdb

import (
	"encoding/binary"
	"io"
)

// Aux is an aux field of a file: something about how it was written. Readers pass over names that they do not know.
type Aux struct{ Name, Value string }

// WriterOptions are the parameters of NewWriter.
type WriterOptions struct {
	// Version of the file: VersionFields if a hash has fields with deadlines, else Version.
	Version int
	// Checksum says that the file gets a checksum (rdbchecksum); else it has 0 in its place, which says that there is none.
	Checksum bool
	// Aux are the aux fields, in order. Redis writes redis-ver, redis-bits (64), ctime (unix seconds), used-mem and aof-base (1 in the base of an
	// AOF, else 0), and repl-stream-db, repl-id and repl-offset before the last if it knows them.
	Aux []Aux
}

// Writer writes a file: header, aux fields, then for each database that has keys Select and records, which Encoder makes; then Close. It has a buffer,
// and does not close what it writes to. After an error every call returns it.
type Writer struct {
	w     io.Writer
	buf   []byte
	sum   uint64
	sums  bool
	wrote int64 // bytes, without those in buf
	err   error
}

const writerBuf = 64 << 10

// NewWriter begins a file.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	f := &Writer{w: w, sums: o.Checksum, buf: make([]byte, 0, writerBuf)}
	f.buf = append(f.buf, "REDIS00"...)
	f.buf = append(f.buf, '0'+byte(o.Version/10%10), '0'+byte(o.Version%10))
	var e Encoder
	for _, a := range o.Aux {
		f.buf = e.String(e.String(append(f.buf, opAux), []byte(a.Name)), []byte(a.Value))
	}
	return f
}

// Select says to which database the records that follow belong, how many there will be, and how many of them with deadlines. The numbers only
// help readers to make room.
func (f *Writer) Select(db int, keys, expires uint64) error {
	var room [40]byte
	b := AppendLen(append(room[:0], opSelectDB), uint64(db))
	_, err := f.Write(AppendLen(AppendLen(append(b, opResizeDB), keys), expires))
	return err
}

// Write writes records, or parts of them.
func (f *Writer) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	if len(f.buf)+len(p) > writerBuf {
		if err := f.flush(f.buf); err != nil {
			return 0, err
		}
		f.buf = f.buf[:0]
		if len(p) > writerBuf/2 {
			return len(p), f.flush(p)
		}
	}
	f.buf = append(f.buf, p...)
	return len(p), nil
}

// flush writes p as it is.
func (f *Writer) flush(p []byte) error {
	if f.sums {
		f.sum = Checksum(f.sum, p)
	}
	n, err := f.w.Write(p)
	f.wrote += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	f.err = err
	return err
}

// Size is the number of bytes of the file so far.
func (f *Writer) Size() int64 { return f.wrote + int64(len(f.buf)) }

// Close writes the end of the file.
func (f *Writer) Close() error {
	if _, err := f.Write([]byte{opEOF}); err != nil {
		return err
	}
	if err := f.flush(f.buf); err != nil {
		return err
	}
	f.buf = f.buf[:0]
	sum := f.sum
	f.sums = false
	return f.flush(binary.LittleEndian.AppendUint64(nil, sum))
}
