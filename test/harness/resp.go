package harness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Value is one reply, parsed.
type Value struct {
	Kind  byte    // the first byte on the wire: + - : $ * _ , # ! = ( % ~ > or |
	Null  bool    // $-1, *-1 or _
	Text  []byte  // of scalars: what stands between the kind (and length) and CR LF
	Elems []Value // of aggregates; key, value, key, value, ... of maps
	Attrs []Value // keys and values of an attribute (|) that came before the value
}

// IsError says whether the value is an error reply.
func (v Value) IsError() bool { return v.Kind == '-' || v.Kind == '!' }

// Int is the value of an integer reply, or of a string of digits.
func (v Value) Int() (int64, error) { return strconv.ParseInt(string(v.Text), 10, 64) }

// String shows the value on one line: scalars as they are on the wire, aggregates in brackets.
func (v Value) String() string {
	switch {
	case v.Null:
		return string(v.Kind) + "(null)"
	case isAggregate(v.Kind):
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = e.String()
		}
		return fmt.Sprintf("%c[%s]", v.Kind, strings.Join(parts, " "))
	case v.Kind == '$':
		return shorten(strconv.Quote(string(v.Text)))
	}
	return shorten(string(v.Kind) + string(v.Text))
}

func shorten(s string) string {
	const most = 4000
	if len(s) > most {
		return fmt.Sprintf("%s... (%d bytes)", s[:most], len(s))
	}
	return s
}

// AppendWire appends the value as a server would send it.
func (v Value) AppendWire(b []byte) []byte {
	if v.Attrs != nil {
		b = fmt.Appendf(b, "|%d\r\n", len(v.Attrs)/2)
		for _, e := range v.Attrs {
			b = e.AppendWire(b)
		}
	}
	b = append(b, v.Kind)
	switch {
	case v.Null && v.Kind == '_':
		b = append(b, "\r\n"...)
	case v.Null:
		b = append(b, "-1\r\n"...)
	case isAggregate(v.Kind):
		n := len(v.Elems)
		if v.Kind == '%' {
			n /= 2
		}
		b = fmt.Appendf(b, "%d\r\n", n)
		for _, e := range v.Elems {
			b = e.AppendWire(b)
		}
	case isBulk(v.Kind):
		b = fmt.Appendf(b, "%d\r\n", len(v.Text))
		b = append(append(b, v.Text...), "\r\n"...)
	default:
		b = append(append(b, v.Text...), "\r\n"...)
	}
	return b
}

func isAggregate(kind byte) bool {
	return kind == '*' || kind == '%' || kind == '~' || kind == '>'
}

func isBulk(kind byte) bool { return kind == '$' || kind == '=' || kind == '!' }

// Reader reads replies and keeps their bytes.
type Reader struct {
	r   *bufio.Reader
	raw []byte
}

// NewReader reads replies from r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 64<<10)} }

// Read reads one reply: parsed, and the bytes of it as they came, which are the caller's. An error other
// than that of the connection says that what came is not RESP.
func (r *Reader) Read() (Value, []byte, error) {
	r.raw = nil
	v, err := r.value(0)
	return v, r.raw, err
}

// Buffered is the number of bytes that have come and not been read as replies.
func (r *Reader) Buffered() int { return r.r.Buffered() }

// Rest reads all that still comes, until the end of the connection.
func (r *Reader) Rest() ([]byte, error) { return io.ReadAll(r.r) }

// maxDepth is far above what any reply nests (COMMAND: 8).
const maxDepth = 64

func (r *Reader) value(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, errors.New("reply is nested too deeply")
	}
	line, err := r.line()
	if err != nil {
		return Value{}, err
	}
	v := Value{Kind: line[0]}
	rest := line[1:]
	switch v.Kind {
	case '|':
		n, err := count(rest)
		if err != nil {
			return v, err
		}
		attrs, err := r.values(2*n, depth)
		if err != nil {
			return v, err
		}
		v, err = r.value(depth + 1)
		v.Attrs = attrs
		return v, err
	case '*', '%', '~', '>':
		if v.Kind == '*' && string(rest) == "-1" {
			v.Null = true
			return v, nil
		}
		n, err := count(rest)
		if err != nil {
			return v, err
		}
		if v.Kind == '%' {
			n *= 2
		}
		v.Elems, err = r.values(n, depth)
		return v, err
	case '$', '=', '!':
		if v.Kind == '$' && string(rest) == "-1" {
			v.Null = true
			return v, nil
		}
		n, err := count(rest)
		if err != nil {
			return v, err
		}
		v.Text, err = r.bulk(n)
		return v, err
	case '_':
		v.Null = true
		if len(rest) != 0 {
			return v, fmt.Errorf("null with text: %q", line)
		}
		return v, nil
	case '+', '-', ':', ',', '#', '(':
		v.Text = bytes.Clone(rest)
		return v, nil
	}
	return v, fmt.Errorf("not a reply: %.200q", line)
}

func (r *Reader) values(n, depth int) ([]Value, error) {
	vs := []Value{}
	for range n {
		v, err := r.value(depth + 1)
		if err != nil {
			return vs, err
		}
		vs = append(vs, v)
	}
	return vs, nil
}

// line reads a line, without its CR LF; it has at least one byte.
func (r *Reader) line() ([]byte, error) {
	line, err := r.r.ReadBytes('\n')
	r.raw = append(r.raw, line...)
	if err != nil {
		return nil, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return nil, fmt.Errorf("not a line of RESP: %.200q", line)
	}
	return line[:len(line)-2], nil
}

// bulk reads n bytes and CR LF.
func (r *Reader) bulk(n int) ([]byte, error) {
	start := len(r.raw)
	r.raw = append(r.raw, make([]byte, n+2)...)
	if _, err := io.ReadFull(r.r, r.raw[start:]); err != nil {
		return nil, err
	}
	text := r.raw[start : start+n]
	if string(r.raw[start+n:]) != "\r\n" {
		return nil, fmt.Errorf("no CR LF after a bulk string of %d bytes", n)
	}
	return bytes.Clone(text), nil
}

func count(digits []byte) (int, error) {
	n, err := strconv.ParseUint(string(digits), 10, 31)
	if err != nil {
		return 0, fmt.Errorf("bad length in reply: %q", digits)
	}
	return int(n), nil
}
