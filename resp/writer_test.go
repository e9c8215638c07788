package resp

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// written returns what f writes in the given protocol.
func written(proto int, f func(w *Writer)) string {
	w := Writer{Proto: proto}
	f(&w)
	return string(w.Buf)
}

func TestReplies(t *testing.T) {
	tests := []struct {
		name         string
		write        func(w *Writer)
		resp2, resp3 string // resp3 "": the same
	}{
		{"OK", (*Writer).OK, "+OK\r\n", ""},
		{"simple", func(w *Writer) { w.SimpleString("PONG") }, "+PONG\r\n", ""},
		{"simple with breaks", func(w *Writer) { w.SimpleString("a\r\nb") }, "+a  b\r\n", ""},
		{"error", func(w *Writer) { w.Error("ERR syntax error") }, "-ERR syntax error\r\n", ""},
		{"error with breaks", func(w *Writer) { w.Error("ERR a\r\nb\nc\r\n") }, "-ERR a  b c\r\n", ""},
		{"empty bulk", func(w *Writer) { w.Bulk(nil) }, "$0\r\n\r\n", ""},
		{"bulk", func(w *Writer) { w.Bulk([]byte("a\r\nb")) }, "$4\r\na\r\nb\r\n", ""},
		{"bulk string", func(w *Writer) { w.BulkString("hello, world") }, "$12\r\nhello, world\r\n", ""},
		{"bulk int", func(w *Writer) { w.BulkInt(-1234) }, "$5\r\n-1234\r\n", ""},
		{"least bulk int", func(w *Writer) { w.BulkInt(math.MinInt64) }, "$20\r\n-9223372036854775808\r\n", ""},
		{"null", (*Writer).Null, "$-1\r\n", "_\r\n"},
		{"null array", (*Writer).NullArray, "*-1\r\n", "_\r\n"},
		{"empty array", (*Writer).EmptyArray, "*0\r\n", ""},
		{"array", func(w *Writer) { w.Array(3) }, "*3\r\n", ""},
		{"map", func(w *Writer) { w.Map(7) }, "*14\r\n", "%7\r\n"},
		{"set", func(w *Writer) { w.Set(100) }, "*100\r\n", "~100\r\n"},
		{"push", func(w *Writer) { w.Push(3) }, "*3\r\n", ">3\r\n"},
		{"bools", func(w *Writer) { w.Bool(true); w.Bool(false) }, ":1\r\n:0\r\n", "#t\r\n#f\r\n"},
		{"big number", func(w *Writer) { w.BigNumber("1234567999999999999999999999999999999") },
			"$37\r\n1234567999999999999999999999999999999\r\n", "(1234567999999999999999999999999999999\r\n"},
		{"verbatim", func(w *Writer) { w.Verbatim("txt", []byte("This is a verbatim\nstring")) },
			"$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"},
		{"short format", func(w *Writer) { w.VerbatimString("md", "x") }, "$1\r\nx\r\n", "=5\r\nmd :x\r\n"},
		{"long format", func(w *Writer) { w.VerbatimString("html", "x") }, "$1\r\nx\r\n", "=5\r\nhtm:x\r\n"},
		{"raw", func(w *Writer) { w.Raw([]byte(":1\r\n")) }, ":1\r\n", ""},
		{"double", func(w *Writer) { w.Double(3.141) }, "$5\r\n3.141\r\n", ",3.141\r\n"},
		{"whole double", func(w *Writer) { w.Double(-10) }, "$3\r\n-10\r\n", ",-10\r\n"},
		{"long double", func(w *Writer) { w.Double(-2.2250738585072014e-308) },
			"$24\r\n-2.2250738585072014e-308\r\n", ",-2.2250738585072014e-308\r\n"},
		{"infinities", func(w *Writer) { w.Double(math.Inf(1)); w.Double(math.Inf(-1)) },
			"$3\r\ninf\r\n$4\r\n-inf\r\n", ",inf\r\n,-inf\r\n"},
		{"not a number", func(w *Writer) { w.Double(math.NaN()) }, "$3\r\nnan\r\n", ",nan\r\n"},
		{"human double", func(w *Writer) { w.HumanDouble(13.361389338970184) },
			"$20\r\n13.36138933897018433\r\n", ",13.36138933897018433\r\n"},
		{"big human double", func(w *Writer) { w.HumanDouble(1e70) },
			"$71\r\n10000000000000000725314363815292351261583744096465219555182101554790400\r\n",
			",10000000000000000725314363815292351261583744096465219555182101554790400\r\n"},
	}
	for _, tt := range tests {
		if got := written(2, tt.write); got != tt.resp2 {
			t.Errorf("%s, RESP2: %q, want %q", tt.name, got, tt.resp2)
		}
		if tt.resp3 == "" {
			tt.resp3 = tt.resp2
		}
		if got := written(3, tt.write); got != tt.resp3 {
			t.Errorf("%s, RESP3: %q, want %q", tt.name, got, tt.resp3)
		}
	}
	if got := written(3, func(w *Writer) { w.Attribute(1) }); got != "|1\r\n" {
		t.Errorf("attribute: %q", got)
	}
}

// TestHeaders goes over all lengths of numbers, with every amount of room behind the buffer.
func TestHeaders(t *testing.T) {
	ns := []int64{0, 1, -1, 9, 10, 99, 100, 101, 999, 1000, -1000, math.MaxInt64, math.MinInt64}
	for n := int64(1); n < math.MaxInt64/10; n *= 10 {
		ns = append(ns, n-1, n, n+1, -n)
	}
	for _, n := range ns {
		for room := range 40 {
			w := Writer{Buf: append(make([]byte, 0, 3+room), "abc"...)}
			w.Int(n)
			if n >= 0 {
				w.Array(int(n))
			}
			want := fmt.Sprintf("abc:%d\r\n", n)
			if n >= 0 {
				want += fmt.Sprintf("*%d\r\n", n)
			}
			if string(w.Buf) != want {
				t.Fatalf("room %d: %q, want %q", room, w.Buf, want)
			}
		}
	}
	for n := range 1200 {
		s := strings.Repeat("x", n)
		want := fmt.Sprintf("$%d\r\n%s\r\n", n, s)
		for _, room := range []int{0, n, n + 4, n + 8, n + 26, n + 100} {
			w := Writer{Buf: make([]byte, 0, room)}
			w.Bulk([]byte(s))
			w.BulkString(s)
			if string(w.Buf) != want+want {
				t.Fatalf("%d bytes: %.20q", n, w.Buf)
			}
		}
	}
}

func TestRepliesDoNotAllocate(t *testing.T) {
	w := Writer{Buf: make([]byte, 0, 4096), Proto: 2}
	value := make([]byte, 100)
	n := testing.AllocsPerRun(100, func() {
		w.Buf = w.Buf[:0]
		w.OK()
		w.Int(123456)
		w.BulkInt(-5)
		w.Bulk(value)
		w.Null()
		w.Double(3.25)
		w.HumanDouble(3.25)
		w.SimpleString("PONG")
		w.Error("ERR syntax error")
		m := w.DeferArray()
		w.Bulk(value)
		w.SetArrayLen(m, 12345)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkReply(b *testing.B) {
	v3, v32, v1000 := []byte("xxx"), make([]byte, 32), make([]byte, 1000)
	for _, bb := range []struct {
		name  string
		write func(w *Writer)
	}{
		{"OK", func(w *Writer) { w.OK() }},
		{"Null", func(w *Writer) { w.Null() }},
		{"Int 1", func(w *Writer) { w.Int(1) }},
		{"Int 123456", func(w *Writer) { w.Int(123456) }},
		{"Bulk 3", func(w *Writer) { w.Bulk(v3) }},
		{"Bulk 32", func(w *Writer) { w.Bulk(v32) }},
		{"Bulk 1000", func(w *Writer) { w.Bulk(v1000) }},
		{"Array 3", func(w *Writer) { w.Array(3) }},
		{"Array of 3", func(w *Writer) { w.Array(3); w.Bulk(v3); w.Null(); w.Int(1) }},
		{"deferred Array of 3", func(w *Writer) { m := w.DeferArray(); w.Bulk(v3); w.Null(); w.Int(1); w.SetArrayLen(m, 3) }},
		{"Double", func(w *Writer) { w.Double(3.25) }},
		{"HumanDouble", func(w *Writer) { w.HumanDouble(3.25) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			w := Writer{Buf: make([]byte, 0, 16<<10), Proto: 2}
			b.ReportAllocs()
			for b.Loop() {
				if len(w.Buf) > 8<<10 {
					w.Buf = w.Buf[:0]
				}
				bb.write(&w)
			}
		})
	}
}

func TestGrow(t *testing.T) {
	for _, w := range []*Writer{{Proto: 2}, {Proto: 2, Pool: &Pool{}}} {
		n := 0
		for i := range 2000 {
			w.Grow(i)
			if cap(w.Buf)-len(w.Buf) < i {
				t.Fatalf("no room for %d bytes", i)
			}
			w.Buf = append(w.Buf, make([]byte, i)...)
			n += i
		}
		if w.Len() != n {
			t.Errorf("%d bytes, want %d", w.Len(), n)
		}
	}
}
