package rdb

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
)

func TestLengths(t *testing.T) {
	for _, c := range []struct {
		n    uint64
		want string
	}{
		{0, "\x00"}, {63, "\x3f"}, {64, "\x40\x40"}, {16383, "\x7f\xff"}, {16384, "\x80\x00\x00\x40\x00"}, {1<<32 - 1, "\x80\xff\xff\xff\xff"},
		{1 << 32, "\x81\x00\x00\x00\x01\x00\x00\x00\x00"},
	} {
		got := AppendLen(nil, c.n)
		if string(got) != c.want || lenSize(c.n) != len(got) {
			t.Errorf("%d: %q", c.n, got)
		}
		in := input{b: got}
		if n, err := in.count(); n != c.n || err != nil {
			t.Errorf("%d: read as %d, %v", c.n, n, err)
		}
	}
}

func TestStrings(t *testing.T) {
	e := Encoder{Compress: true}
	for _, c := range []struct{ s, want string }{
		{"", "\x00"}, {"a", "\x01a"}, {"0", "\xc0\x00"}, {"-128", "\xc0\x80"}, {"128", "\xc1\x80\x00"}, {"-32769", "\xc2\xff\x7f\xff\xff"},
		{"2147483647", "\xc2\xff\xff\xff\x7f"}, {"2147483648", "\x0a2147483648"}, {"-2147483648", "\xc2\x00\x00\x00\x80"}, {"01", "\x0201"},
		{strings.Repeat("a", 20), "\x14" + strings.Repeat("a", 20)}, {strings.Repeat("a", 21), "\xc3\x05\x15\x00a\xe0\x0b\x00"},
	} {
		if got := e.String([]byte("x"), []byte(c.s)); string(got) != "x"+c.want {
			t.Errorf("%q is %q", c.s, got)
		}
	}
	for _, v := range []int64{0, -1, 127, 128, -129, 32767, 32768, 1<<31 - 1, 1 << 31, -1 << 31, -1<<31 - 1, 1<<63 - 1, -1 << 63} {
		in := input{b: AppendInt(nil, v)}
		var buf []byte
		if s, err := in.str(&buf); err != nil || string(s) != strconv.FormatInt(v, 10) || in.pos != len(in.b) {
			t.Errorf("%d is %q, %v", v, s, err)
		}
	}
	for _, s := range texts() {
		got := e.String([]byte("x"), s)
		in := input{b: got, pos: 1}
		var buf []byte
		if back, err := in.str(&buf); err != nil || !bytes.Equal(back, s) || in.pos != len(got) {
			t.Errorf("%d bytes: %v", len(s), err)
		}
		if len(got) > len(s)+1+lenSize(uint64(len(s))) {
			t.Errorf("%d bytes became %d", len(s), len(got))
		}
	}
}

// What is encoded piece by piece is what the decoder reads.
func TestPieces(t *testing.T) {
	e := Encoder{Compress: true}
	zset := e.Scored(e.Scored(AppendLen(nil, 2), []byte("a"), 1.5), []byte("b"), -2)
	fields := e.FieldDeadline(e.FieldDeadline(e.FieldDeadline(AppendLen(AppendEarliest(nil, 5000), 3), []byte("a"), []byte("b"), 0, 5000), []byte("c"), []byte("d"), 5000, 5000),
		[]byte("e"), []byte("f"), 6000, 5000)
	list := e.Node([]byte("\x02\x01\x05plain"), []byte(lp("a", "b")))
	for _, c := range []struct {
		t    Type
		p    []byte
		want string
	}{
		{TypeZSet2, zset, "zset:a=1.5 b=-2"}, {TypeHashFields, fields, "hash:a=b c=d@5000 e=f@6000"}, {TypeQuicklist2, list, "list:plain a b"},
		{TypeHash, e.Field(AppendLen(nil, 1), []byte("f"), []byte("v")), "hash:f=v"},
	} {
		var d Decoder
		var m memSink
		if err := d.Decode(c.t, c.p, 0, &m); err != nil || m.text() != c.want {
			t.Errorf("%v: %v %s, want %s", c.t, err, m.text(), c.want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	e := &Encoder{Compress: true}
	key, val := []byte("key:000000000001"), []byte(strings.Repeat("some text ", 10))
	dst := make([]byte, 0, 1000)
	if n := testing.AllocsPerRun(100, func() {
		b := e.Key(dst, KeyInfo{DeadlineMs: 5, IdleS: 7, Freq: -1}, TypeHash, key)
		b = e.Field(AppendLen(b, 1), key, val)
		_ = e.Scored(b, val, 1.5)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// failingWriter fails after so many bytes.
type failingWriter struct{ left int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, io.ErrClosedPipe
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriterError(t *testing.T) {
	piece := make([]byte, 50000)
	for left := 0; left < 200000; left += 9999 {
		w := NewWriter(&failingWriter{left}, WriterOptions{Version: Version, Checksum: true})
		w.Select(0, 1, 1)
		for range 4 {
			w.Write(piece)
		}
		if err := w.Close(); !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("%d bytes: %v", left, err)
		}
		if _, err := w.Write(piece); err == nil {
			t.Fatal("writing goes on after an error")
		}
	}
}
