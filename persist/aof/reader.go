package aof

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"radish/internal/num"
	"radish/persist/fsys"
	"radish/resp"
)

const (
	readBytes     = 512 << 10 // size of the buffer; it grows for a command that is longer
	maxAnnotation = 1024      // longest line that starts with #, with its end
)

// FormatError is a place where a file is no append only file, or the end of a file in the middle of an effect.
type FormatError struct {
	File   string
	Offset int64 // of the command that is wrong, or not whole; the file is good before it
	// Truncated says that the file ends where more had to come, and is good otherwise.
	Truncated bool
	// Multi says that the command is the MULTI of a transaction without EXEC.
	Multi  bool
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s at offset %d: %s", e.File, e.Offset, e.Reason)
}

// reader takes the commands of one file.
type reader struct {
	f      fsys.File
	name   string
	size   int64 // of the file
	buf    []byte
	unread []byte // part of buf that holds what was read and not yet taken
	off    int64  // in the file, of unread
	eof    bool
	parser resp.Parser

	// run gets a command outside of transactions, or of one whose EXEC has been read.
	run func(args [][]byte) error
	// progress is told how many bytes more have been read.
	progress func(n int64) error

	valid int64 // the file is good up to here: whole commands, and no open transaction
	multi bool  // between MULTI and EXEC
	queue []byte
	word  []byte // first argument of the command that run has refused
}

// errMore says that what is to be read lies beyond the bytes at hand.
var errMore = errors.New("more is needed")

// newReader reads f from the offset at which it stands.
func newReader(f fsys.File, name string, off int64) (*reader, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	r := &reader{f: f, name: name, size: size, off: off, valid: off}
	// Nothing is allocated for a claim, so the only limit of a length is that it can be counted.
	r.parser.MaxBulk = 1 << 62
	r.buf = make([]byte, min(readBytes, max(size-off, 0)+1))
	return r, nil
}

// all runs every command of the file. Errors are *FormatError, those of run and progress, and those of the file system.
func (r *reader) all() error {
	for {
		err := r.one()
		switch {
		case err == nil:
			continue
		case err == io.EOF && r.multi:
			return &FormatError{r.name, r.valid, true, true, "end of file in a transaction"}
		case err == io.EOF:
			return nil
		case err != errMore:
			return err
		}
		if err := r.more(); err != nil {
			return err
		}
	}
}

// one takes what comes next: a command or an annotation. io.EOF: nothing does.
func (r *reader) one() error {
	b := r.unread
	if len(b) == 0 {
		if r.eof {
			return io.EOF
		}
		return errMore
	}
	if b[0] == '#' {
		return r.annotation(b)
	}
	if b[0] != '*' {
		return r.bad("a command starts with *, not with %q", b[:1])
	}
	args, n, err := r.parser.Next(b)
	switch {
	case err != nil:
		return r.bad("%v", err)
	case n == 0:
		return r.unfinished(b)
	case len(args) == 0:
		return r.bad("a command without arguments")
	}
	if err := r.command(args, b[:n]); err != nil {
		return err
	}
	r.take(n)
	if !r.multi {
		r.valid = r.off
	}
	return nil
}

func (r *reader) take(n int) {
	r.unread = r.unread[n:]
	r.off += int64(n)
}

// annotation skips a line.
func (r *reader) annotation(b []byte) error {
	end := bytes.IndexByte(b[:min(len(b), maxAnnotation)], '\n')
	switch {
	case end >= 0:
		r.take(end + 1)
	case len(b) >= maxAnnotation:
		return r.bad("an annotation is too long")
	case r.eof:
		r.take(len(b))
	default:
		return errMore
	}
	return nil
}

// unfinished says what to do with the beginning of a command: wait for more, or give up.
func (r *reader) unfinished(b []byte) error {
	if !r.eof && r.parser.Need() <= int(r.size-r.off) {
		return errMore
	}
	// A number never ends in a zero byte: such a line is no beginning of one that would go on.
	if line := lastLine(b); bytes.IndexByte(line, 0) >= 0 {
		return r.bad("%q is no count and no length", line[:min(len(line), 32)])
	}
	offset := r.off
	if r.multi {
		offset = r.valid
	}
	return &FormatError{r.name, offset, true, r.multi, "end of file in a command"}
}

// lastLine returns the line that the beginning of a command ends with, if it ends in a line and not in an argument.
func lastLine(b []byte) []byte {
	end := bytes.IndexByte(b, '\r')
	for end >= 0 && len(b) >= end+2 {
		if b = b[end+2:]; len(b) == 0 {
			return nil
		}
		if end = bytes.IndexByte(b, '\r'); end < 1 {
			break
		}
		n, ok := num.ParseInt(b[1:end])
		if b[0] != '$' || !ok || n < 0 || n > int64(len(b)-end-4) {
			return nil
		}
		b = b[end+2+int(n):]
		end = 0
	}
	return b
}

func (r *reader) bad(format string, args ...any) error {
	return &FormatError{r.name, r.off, false, false, fmt.Sprintf(format, args...)}
}

// command runs a command or keeps it for its EXEC. raw are its bytes.
func (r *reader) command(args [][]byte, raw []byte) error {
	word := ""
	if len(args) == 1 && len(args[0]) <= len("MULTI") {
		var upper [5]byte
		word = string(upper[:copy(upper[:], bytes.ToUpper(args[0]))])
	}
	switch {
	case !r.multi && word == "MULTI":
		r.multi, r.queue = true, r.queue[:0]
	case !r.multi && word == "EXEC":
		// Redis's error reply for it reaches nobody.
	case !r.multi:
		return r.call(args)
	case word == "MULTI":
		// As for EXEC.
	case word == "EXEC":
		r.multi = false
		return r.exec()
	default:
		r.queue = append(r.queue, raw...)
	}
	return nil
}

func (r *reader) call(args [][]byte) error {
	err := r.run(args)
	if err != nil {
		r.word = bytes.Clone(args[0])
	}
	return err
}

// exec runs the commands of a transaction.
func (r *reader) exec() error {
	var p resp.Parser
	p.MaxBulk = r.parser.MaxBulk
	for q := r.queue; len(q) > 0; {
		args, n, err := p.Next(q)
		if err != nil || n == 0 {
			return r.bad("a transaction changed while it was read: %v", err)
		}
		if err := r.call(args); err != nil {
			return err
		}
		q = q[n:]
	}
	if cap(r.queue) > readBytes {
		r.queue = nil
	}
	return nil
}

// more reads on. What is unread moves to the front of the buffer, which is made bigger if it is full.
func (r *reader) more() error {
	if len(r.unread) == len(r.buf) || r.parser.Need() > len(r.buf) {
		// A length was checked against the size of the file before, and is not trusted for more than doubling.
		size := min(max(2*len(r.buf), r.parser.Need()+readBytes), 4*len(r.buf)+readBytes)
		bigger := make([]byte, size)
		copy(bigger, r.unread)
		r.buf = bigger
	} else {
		copy(r.buf, r.unread)
	}
	have := len(r.unread)
	n, err := r.f.Read(r.buf[have:])
	r.unread = r.buf[:have+n]
	switch {
	case err == io.EOF:
		r.eof = true
	case err != nil:
		return err
	}
	if n > 0 && r.progress != nil {
		return r.progress(int64(n))
	}
	return nil
}
