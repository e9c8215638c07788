package resp

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/tidwall/redcon"

	"radish/internal/num"
)

// Writer appends replies to Buf, in the form that Proto asks for. Callers may read, cut and replace Buf between replies, but
// not shorten it below an open Mark. With a Pool, Buf is only the last piece: see TakePieces, Len, Point and Cut.
type Writer struct {
	Buf   []byte
	Proto int   // 2 or 3
	Pool  *Pool // nil: Buf grows, and holds all
	// Limit is how many bytes of replies the client may have to take at most; 0: any number. See Enough.
	Limit  int
	Broken bool // Enough was true: the last reply is not whole, and must not be sent
	pieces [][]byte
	inner  int // bytes in pieces
}

// Enough says whether the replies are longer than Limit, so that the client will be ended and get nothing of them. Who
// appends as many elements as the client asks for, however few there are, asks it after each and then stops anywhere.
func (w *Writer) Enough() bool {
	if w.Limit <= 0 || w.Len() <= w.Limit {
		return false
	}
	w.Broken = true
	return true
}

// headerRoom is more than any header takes: a type byte, a sign, 19 digits, CRLF.
const headerRoom = 24

// header appends a type byte, n and CRLF, for n >= 0, and leaves room for extra bytes more. It is the hot part of nearly every
// reply: up to 99 the whole header is one 8-byte store.
func header(buf []byte, kind byte, n, extra int) []byte {
	at := len(buf)
	if cap(buf)-at < headerRoom+extra {
		buf = slices.Grow(buf, headerRoom+extra)
	}
	room := buf[at : at+headerRoom]
	u := uint64(n)
	if u < 10 {
		binary.LittleEndian.PutUint64(room, uint64(kind)|(u+'0')<<8|'\r'<<16|'\n'<<24)
		return buf[:at+4]
	}
	if u < 100 {
		tens := u / 10
		binary.LittleEndian.PutUint64(room, uint64(kind)|(tens+'0')<<8|(u-tens*10+'0')<<16|'\r'<<24|'\n'<<32)
		return buf[:at+5]
	}
	room[0] = kind
	return append(num.AppendInt(buf[:at+1], int64(n)), '\r', '\n')
}

// Grow makes room for n bytes at the end of Buf, for a caller that appends there itself.
func (w *Writer) Grow(n int) {
	if w.Pool != nil {
		w.room(n)
	}
	w.Buf = slices.Grow(w.Buf, n)
}

// SimpleString appends a status reply. Line breaks in s become spaces.
func (w *Writer) SimpleString(s string) {
	for i := range len(s) {
		if s[i] < ' ' {
			w.Buf = redcon.AppendString(w.Buf, s)
			return
		}
	}
	w.Buf = append(append(append(w.Buf, '+'), s...), '\r', '\n')
}

// Error appends an error reply. msg starts with its code: "ERR ...". As in Redis, line breaks at its end are dropped and
// others become spaces.
func (w *Writer) Error(msg string) {
	w.Buf = redcon.AppendError(w.Buf, strings.TrimRight(msg, "\r\n"))
}

// OK appends the status OK.
func (w *Writer) OK() { w.Buf = append(w.Buf, "+OK\r\n"...) }

// Int appends an integer.
func (w *Writer) Int(n int64) {
	if w.Pool != nil {
		w.room(headerRoom)
	}
	if uint64(n) < 100 {
		w.Buf = header(w.Buf, ':', int(n), 0)
		return
	}
	buf := append(w.Buf, ':')
	buf = num.AppendInt(buf, n)
	w.Buf = append(buf, '\r', '\n')
}

// Bulk appends a bulk string.
func (w *Writer) Bulk(b []byte) {
	if w.Pool != nil {
		w.room(len(b))
	}
	buf := header(w.Buf, '$', len(b), len(b)+2)
	buf = append(buf, b...)
	w.Buf = append(buf, '\r', '\n')
}

// BulkString appends a bulk string.
func (w *Writer) BulkString(s string) {
	if w.Pool != nil {
		w.room(len(s))
	}
	buf := header(w.Buf, '$', len(s), len(s)+2)
	buf = append(buf, s...)
	w.Buf = append(buf, '\r', '\n')
}

// BulkInt appends a bulk string of n's digits.
func (w *Writer) BulkInt(n int64) {
	var digits [20]byte
	w.Bulk(num.AppendInt(digits[:0], n))
}

// Null appends the null of a missing value: a null bulk string in RESP2.
func (w *Writer) Null() {
	if w.Proto == 3 {
		w.Buf = append(w.Buf, "_\r\n"...)
		return
	}
	w.Buf = append(w.Buf, "$-1\r\n"...)
}

// NullArray appends the null of a missing array, which in RESP3 is the same as Null's.
func (w *Writer) NullArray() {
	if w.Proto == 3 {
		w.Buf = append(w.Buf, "_\r\n"...)
		return
	}
	w.Buf = append(w.Buf, "*-1\r\n"...)
}

// EmptyArray appends an array without elements.
func (w *Writer) EmptyArray() { w.Buf = append(w.Buf, "*0\r\n"...) }

// Array announces n elements, which the caller appends next.
func (w *Writer) Array(n int) { w.Buf = header(w.Buf, '*', n, 0) }

// Map announces n pairs: 2n elements, key and value in turn. RESP2 has an array of 2n instead.
func (w *Writer) Map(n int) {
	kind, n := w.mapHeader(n)
	w.Buf = header(w.Buf, kind, n, 0)
}

// Set announces n distinct elements. RESP2 has an array instead.
func (w *Writer) Set(n int) { w.Buf = header(w.Buf, w.kind('~'), n, 0) }

// Push announces a message of n elements that is not a reply. RESP2 has an array instead.
func (w *Writer) Push(n int) { w.Buf = header(w.Buf, w.kind('>'), n, 0) }

// Attribute announces n pairs about the reply that follows them. RESP2 has nothing of the kind: only for Proto 3.
func (w *Writer) Attribute(n int) { w.Buf = header(w.Buf, '|', n, 0) }

func (w *Writer) kind(resp3 byte) byte {
	if w.Proto == 3 {
		return resp3
	}
	return '*'
}

func (w *Writer) mapHeader(n int) (kind byte, count int) {
	if w.Proto == 3 {
		return '%', n
	}
	return '*', 2 * n
}

// Double appends a number as Redis's addReplyDouble does: the shortest digits, a bulk string in RESP2.
func (w *Writer) Double(f float64) {
	if w.Proto == 3 {
		if w.Pool != nil {
			w.room(headerRoom)
		}
		buf := num.AppendDouble(append(w.Buf, ','), f)
		w.Buf = append(buf, '\r', '\n')
		return
	}
	var digits [32]byte
	w.Bulk(num.AppendDouble(digits[:0], f))
}

// HumanDouble appends a number as Redis's addReplyHumanLongDouble does: 17 decimals without trailing zeros and never an
// exponent, a bulk string in RESP2.
func (w *Writer) HumanDouble(f float64) {
	x := num.LongDoubleFromFloat(f)
	if w.Proto == 3 {
		buf := num.FormatLongDouble(append(w.Buf, ','), x)
		w.Buf = append(buf, '\r', '\n')
		return
	}
	var digits [64]byte
	w.Bulk(num.FormatLongDouble(digits[:0], x))
}

// Bool appends a boolean: 1 or 0 in RESP2.
func (w *Writer) Bool(b bool) {
	s := "#f\r\n"
	switch {
	case w.Proto == 3 && b:
		s = "#t\r\n"
	case w.Proto != 3 && b:
		s = ":1\r\n"
	case w.Proto != 3:
		s = ":0\r\n"
	}
	w.Buf = append(w.Buf, s...)
}

// BigNumber appends an integer of any size, given as its digits: a bulk string in RESP2.
func (w *Writer) BigNumber(s string) {
	if w.Proto != 3 {
		w.BulkString(s)
		return
	}
	buf := append(w.Buf, '(')
	buf = append(buf, s...)
	w.Buf = append(buf, '\r', '\n')
}

// Verbatim appends text with its format, three characters such as "txt" or "mkd" (a shorter one is filled up with spaces): a
// bulk string of the text alone in RESP2.
func (w *Writer) Verbatim(ext string, b []byte) {
	if w.Proto != 3 {
		w.Bulk(b)
		return
	}
	buf := append(w.verbatimHeader(ext, len(b)), b...)
	w.Buf = append(buf, '\r', '\n')
}

// VerbatimString is Verbatim for a string.
func (w *Writer) VerbatimString(ext, s string) {
	if w.Proto != 3 {
		w.BulkString(s)
		return
	}
	buf := append(w.verbatimHeader(ext, len(s)), s...)
	w.Buf = append(buf, '\r', '\n')
}

func (w *Writer) verbatimHeader(ext string, n int) []byte {
	buf := header(w.Buf, '=', n+4, n+6)
	for i := range 3 {
		if i < len(ext) {
			buf = append(buf, ext[i])
		} else {
			buf = append(buf, ' ')
		}
	}
	return append(buf, ':')
}

// Raw appends bytes that are already in the form of the protocol.
func (w *Writer) Raw(b []byte) { w.Buf = append(w.Buf, b...) }
