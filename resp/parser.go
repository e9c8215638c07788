package resp

import (
	"bytes"
	"encoding/binary"
	"math"

	"radish/internal/num"
)

const (
	// DefaultMaxBulk is the default of proto-max-bulk-len: 512 MB.
	DefaultMaxBulk = 512 << 20

	maxLine      = 64 << 10 // longest line: an inline request, or a line with a count or a length
	maxCount     = math.MaxInt32
	unauthCount  = 10    // most arguments of a request before authentication
	unauthBulk   = 16384 // longest argument before authentication
	minArg       = 6     // bytes of the shortest argument: "$0\r\n\r\n"
	keptArgs     = 16    // Reset keeps an argument slice up to this capacity
	keptScratch  = 256   // Reset keeps a scratch buffer up to this capacity
	minArgsAlloc = 8     // capacity of the first argument slice
)

// Parser reads requests out of the bytes of one connection. The zero value is ready.
//
// The state of an unfinished request is kept as offsets from its first byte, and nothing is kept per argument: a request that
// arrives in pieces is first scanned piece by piece, each byte once, and when it is whole its arguments are taken in a second
// pass. So the time is linear however small the pieces are, and no memory follows a count that was only claimed.
type Parser struct {
	MaxBulk         int64 // longest argument in bytes (proto-max-bulk-len); 0 is DefaultMaxBulk
	Unauthenticated bool  // holds the client to the limits for clients that have yet to authenticate

	args    [][]byte
	scratch []byte // inline arguments that are not one piece of the line

	// The unfinished request; zero when there is none. Offsets count from the request's first byte.
	need int // least length of buf that can bring Next any further; 0: no unfinished request
	pos  int // start of the line or argument that is to be completed
	seen int // bytes of the line at pos that are known to hold no line end
	left int // arguments still to come; 0: the count line is not complete
	bulk int // 1 + length of the argument at pos; 0: its length line is still to come
}

// Next looks for one request at the start of buf, which begins at the first byte that has not been consumed. At a later call
// for an unfinished request buf holds the same bytes and more; it may lie elsewhere.
//
// For a complete request Next returns its arguments and n, the number of bytes consumed. The arguments are views of buf, or of
// memory that the parser owns; they and the slice that holds them are valid until the next call. A blank line and a multibulk
// count of 0 or less give n > 0 and no arguments. An unfinished request gives n == 0, no arguments and no error. err is a
// ProtocolError, after which the connection can only be closed.
func (p *Parser) Next(buf []byte) (args [][]byte, n int, err error) {
	if p.need != 0 {
		return p.resume(buf)
	}
	if len(buf) == 0 {
		return nil, 0, nil
	}
	if buf[0] != '*' {
		return p.inline(buf)
	}
	return p.multibulk(buf)
}

// Need returns the least number of bytes, counted from the request's first byte, that Next needs to get any further with the
// unfinished request, or 0 if there is none. While a long argument is awaited that is the exact end of the argument with its
// line end, so that a buffer can be sized once; otherwise it is one byte more than Next has seen. It never rests on a length
// above MaxBulk or on the claimed number of arguments.
func (p *Parser) Need() int { return p.need }

// Parsed returns how many bytes of the unfinished request Next is done with: it waits for the rest of what begins behind them.
func (p *Parser) Parsed() int { return p.pos }

// Reset forgets an unfinished request and all views of past buffers, and releases the memory of unusually big requests.
func (p *Parser) Reset() {
	p.forget()
	if cap(p.args) > keptArgs {
		p.args = nil
	} else {
		clear(p.args[:cap(p.args)])
	}
	if cap(p.scratch) > keptScratch {
		p.scratch = nil
	}
}

// ArgsMem returns the bytes that the parser itself holds: the argument slice and the scratch buffer, without what the views
// refer to.
func (p *Parser) ArgsMem() int { return cap(p.args)*24 + cap(p.scratch) }

func (p *Parser) forget() { p.need, p.pos, p.seen, p.left, p.bulk = 0, 0, 0, 0, 0 }

func (p *Parser) maxBulk() uint64 {
	if p.MaxBulk == 0 {
		return DefaultMaxBulk
	}
	return uint64(p.MaxBulk)
}

// resume goes on with an unfinished request.
func (p *Parser) resume(buf []byte) ([][]byte, int, error) {
	if len(buf) < p.need {
		return nil, 0, nil
	}
	if buf[0] != '*' {
		return p.inline(buf)
	}
	if p.left == 0 {
		return p.multibulk(buf)
	}
	return p.scan(buf)
}

// multibulk reads a multibulk request from its start.
func (p *Parser) multibulk(buf []byte) ([][]byte, int, error) {
	var count, i int
	if len(buf) >= 4 && buf[2] == '\r' && buf[1]-'1' < 9 {
		count, i = int(buf[1]-'0'), 4
	} else {
		var err error
		count, i, err = p.countLine(buf)
		if err != nil || i == 0 {
			return nil, 0, err
		}
		if count <= 0 {
			p.forget()
			return nil, i, nil
		}
	}
	p.seen = 0
	if count > (len(buf)-i)/minArg {
		// Certainly unfinished. Nothing is allocated for it.
		p.unfinished(i, count)
		return p.scan(buf)
	}
	if count > cap(p.args) {
		p.args = make([][]byte, max(count, minArgsAlloc))
	}
	args := p.args[:count]
	maxBulk := p.maxBulk()
	for k := range args {
		if len(buf)-i < minArg {
			p.unfinished(i, count-k)
			return p.scan(buf)
		}
		// The bytes '$', digit, '\r' or '$', digit, digit, '\r', from the lowest byte of h upwards. As in Redis any byte
		// may stand in the place of a '\n'.
		var n int
		h := binary.LittleEndian.Uint32(buf[i:])
		if d := h>>8&0xff - '0'; h&0xff00ff == '$'|'\r'<<16 && d <= 9 {
			n = int(d)
			i += 4
		} else if e := h>>16&0xff - '0'; h&0xff0000ff == '$'|'\r'<<24 && d-1 < 9 && e <= 9 {
			n = int(d*10 + e)
			i += 5
		} else {
			length, next, err := p.bulkLine(buf, i)
			if err != nil || next == 0 {
				if err == nil {
					p.left = count - k
				}
				return nil, 0, err
			}
			n, i = length, next
		}
		if uint64(n) > maxBulk {
			return nil, 0, p.fail(errBulkLength)
		}
		if n > len(buf)-i-2 {
			p.unfinished(i, count-k)
			p.awaitBulk(n)
			return nil, 0, nil
		}
		args[k] = buf[i : i+n : i+n]
		i += n + 2
	}
	p.forget()
	return args, i, nil
}

// scan goes through an unfinished multibulk request without taking its arguments, and takes them if it is now complete.
func (p *Parser) scan(buf []byte) ([][]byte, int, error) {
	for {
		if p.bulk == 0 {
			n, next, err := p.bulkLine(buf, p.pos)
			if err != nil || next == 0 {
				return nil, 0, err
			}
			p.pos, p.seen, p.bulk = next, 0, n+1
		}
		n := p.bulk - 1
		if n > len(buf)-p.pos-2 {
			p.awaitBulk(n)
			return nil, 0, nil
		}
		p.pos += n + 2
		p.bulk = 0
		p.left--
		if p.left == 0 {
			p.forget()
			return p.multibulk(buf)
		}
	}
}

// unfinished notes that left arguments are still to come, the first of them at pos.
func (p *Parser) unfinished(pos, left int) {
	p.pos, p.seen, p.left, p.bulk = pos, 0, left, 0
}

// awaitBulk notes that the argument of n bytes at p.pos is not yet there.
func (p *Parser) awaitBulk(n int) {
	p.bulk = n + 1
	p.need = p.pos + 2
	if p.need += n; p.need < 0 {
		p.need = math.MaxInt
	}
}

// countLine reads the line "*<count>\r\n" at the start of buf. next is the offset behind it, 0 if the line is not complete.
func (p *Parser) countLine(buf []byte) (count, next int, err error) {
	end := p.line(buf, 0, '\r')
	if end < 0 || end+2 > len(buf) {
		if end < 0 && len(buf) > maxLine {
			return 0, 0, p.fail(errCountString)
		}
		return 0, 0, nil
	}
	v, ok := num.ParseInt(buf[1:end])
	switch {
	case !ok || v > maxCount:
		return 0, 0, p.fail(errCount)
	case v > unauthCount && p.Unauthenticated:
		return 0, 0, p.fail(errUnauthCount)
	case v < 0:
		v = 0
	}
	return int(v), end + 2, nil
}

// bulkLine reads the line "$<length>\r\n" at offset i. next is the offset behind it, 0 if the line is not complete; the
// parser's state then says so.
func (p *Parser) bulkLine(buf []byte, i int) (n, next int, err error) {
	if n, next = quickBulkLine(buf, i); next == 0 {
		p.pos, p.bulk = i, 0
		end := p.line(buf, i, '\r')
		if end < 0 || end+2 > len(buf) {
			if end < 0 && len(buf)-i > maxLine {
				return 0, 0, p.fail(errBulkString)
			}
			return 0, 0, nil
		}
		if buf[i] != '$' {
			return 0, 0, p.fail(errNoDollar(buf[i]))
		}
		v, ok := num.ParseInt(buf[i+1 : end])
		if !ok || v < 0 || int64(int(v)) != v {
			return 0, 0, p.fail(errBulkLength)
		}
		n, next = int(v), end+2
	}
	if uint64(n) > p.maxBulk() {
		return 0, 0, p.fail(errBulkLength)
	}
	if n > unauthBulk && p.Unauthenticated {
		return 0, 0, p.fail(errUnauthBulk)
	}
	return n, next, nil
}

// quickBulkLine reads a complete line "$<length>\r\n" of at most nine digits at offset i. next is 0 for anything else.
func quickBulkLine(buf []byte, i int) (n, next int) {
	if i >= len(buf) || buf[i] != '$' {
		return 0, 0
	}
	line := buf[i+1:]
	for k, c := range line {
		d := c - '0'
		if d > 9 {
			if c == '\r' && k > 0 && k+1 < len(line) && (k == 1 || line[0] != '0') {
				return n, i + k + 3
			}
			return 0, 0
		}
		if k == 9 {
			return 0, 0
		}
		n = n*10 + int(d)
	}
	return 0, 0
}

// line returns the offset of the first end byte of the line that starts at offset from, or -1. Like Redis, which looks for it
// with strchr, it finds none behind a NUL. Nor does it look further than maxLine, so that what is accepted does not depend on
// the pieces in which a request arrives. Where it found nothing it will not look again.
func (p *Parser) line(buf []byte, from int, end byte) int {
	start := from + p.seen
	rest := buf[start:min(len(buf), from+maxLine+1)]
	p.need = len(buf) + 1
	if len(rest) > 0 && rest[0] == 0 {
		return -1
	}
	i := bytes.IndexByte(rest, end)
	if i < 0 {
		i = len(rest)
	}
	nul := bytes.IndexByte(rest[:i], 0)
	if nul >= 0 {
		i = nul
	}
	p.seen += i
	if nul >= 0 || i == len(rest) {
		return -1
	}
	return start + i
}

// fail forgets the request and returns its error.
func (p *Parser) fail(err ProtocolError) error {
	p.forget()
	return err
}
