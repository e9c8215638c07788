package resp

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// request encodes args as a multibulk request.
func request(args ...string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(args))
	for _, a := range args {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b
}

// outcome is what a run of requests came to: the arguments of each, an error if it ended in one, and the bytes that were left.
type outcome struct {
	requests [][]string
	err      error
	rest     int
}

func (o outcome) String() string {
	return fmt.Sprintf("%q err=%v rest=%d", o.requests, o.err, o.rest)
}

func (o outcome) equal(x outcome) bool {
	return errors.Is(o.err, x.err) && o.rest == x.rest &&
		slices.EqualFunc(o.requests, x.requests, func(a, b []string) bool { return slices.Equal(a, b) })
}

// feed gives data to a parser in the pieces that end at the given offsets, moving the buffer each time (if it is not long), and checks what has to
// hold after every call.
func feed(t *testing.T, p *Parser, data []byte, ends []int) outcome {
	t.Helper()
	var o outcome
	start, lastNeed := 0, 0
	for _, end := range append(slices.Clone(ends), len(data)) {
		buf := data[start:end]
		if len(data) < 1<<14 {
			buf = bytes.Clone(buf)
		}
		for {
			args, n, err := p.Next(buf)
			if n < 0 || n > len(buf) {
				t.Fatalf("consumed %d of %d bytes", n, len(buf))
			}
			if err != nil {
				if n != 0 || args != nil {
					t.Fatalf("error %v with n = %d, args = %q", err, n, args)
				}
				o.err = err
				o.rest = len(data) - start
				return o
			}
			if n == 0 {
				if args != nil {
					t.Fatalf("unfinished with args %q", args)
				}
				need := p.Need()
				if len(buf) > 0 && need <= len(buf) {
					t.Fatalf("needs %d of %d bytes and does not go on", need, len(buf))
				}
				if need < lastNeed {
					t.Fatalf("needs %d after %d", need, lastNeed)
				}
				lastNeed = need
				break
			}
			if len(buf) < lastNeed {
				t.Fatalf("complete with %d bytes, asked for %d", len(buf), lastNeed)
			}
			if p.Need() != 0 {
				t.Fatalf("needs %d after a complete request", p.Need())
			}
			lastNeed = 0
			var strs []string
			for _, a := range args {
				strs = append(strs, string(a))
			}
			o.requests = append(o.requests, strs)
			buf = buf[n:]
			start += n
		}
	}
	o.rest = len(data) - start
	return o
}

// everySplit feeds data whole, byte by byte, and in two pieces cut at every place (or at some, if data is long).
func everySplit(t *testing.T, newParser func() *Parser, data []byte) outcome {
	t.Helper()
	whole := feed(t, newParser(), data, nil)
	step := 1 + len(data)/200
	for i := 1; i < len(data); i += step {
		if o := feed(t, newParser(), data, []int{i}); !o.equal(whole) {
			t.Fatalf("cut at %d of %.200q: %.500v, whole: %.500v", i, data, o, whole)
		}
	}
	var ends []int
	for i := 1; i < len(data); i++ {
		ends = append(ends, i)
	}
	if o := feed(t, newParser(), data, ends); !o.equal(whole) {
		t.Fatalf("byte by byte of %.200q: %.500v, whole: %.500v", data, o, whole)
	}
	return whole
}

func TestRequests(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		in   string
		want [][]string
		rest int
	}{
		{"", nil, 0},
		{"*1\r\n$4\r\nPING\r\n", [][]string{{"PING"}}, 0},
		{"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", [][]string{{"GET", "key"}}, 0},
		{"*3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\nhello\r\nworld\r\n", [][]string{{"SET", "", "hello\r\nworld"}}, 0},
		{string(request("ECHO", long)), [][]string{{"ECHO", long}}, 0},
		{string(request(strings.Split(strings.Repeat("a", 33), "")...)), [][]string{strings.Split(strings.Repeat("a", 33), "")}, 0},
		{"*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n*1", [][]string{{"PING"}, {"QUIT"}}, 2},
		// Counts of nothing.
		{"*0\r\n*-1\r\n*-77\r\nPING\r\n", [][]string{nil, nil, nil, {"PING"}}, 0},
		{"\r\n\n  \t\r\nPING\n", [][]string{nil, nil, nil, {"PING"}}, 0},
		// What follows a '\r' is not looked at, nor is what follows an argument.
		{"*1\rX$4\rYPINGab", [][]string{{"PING"}}, 0},
		{"*1\rX$10\rY0123456789ab", [][]string{{"0123456789"}}, 0},
		{"*1\rX$100\rY" + strings.Repeat("z", 100) + "ab", [][]string{{strings.Repeat("z", 100)}}, 0},
		// Lines that are not ended yet.
		{"*", nil, 1},
		{"*1", nil, 2},
		{"*1\r", nil, 3},
		{"*x", nil, 2},
		{"*1\r\n", nil, 4},
		{"*1\r\nx", nil, 5},
		{"*1\r\n$x", nil, 6},
		{"*1\r\n$3\r", nil, 7},
		{"*1\r\n$3\r\nabc\r", nil, 12},
		{"*1\r\n$536870912\r\nabc\r\n", nil, 21},
		{"*2147483647\r\n$1\r\na\r\n", nil, 20},
		// Like C's strchr, the search for a line's end does not go past a NUL.
		{"*\x00\r\n", nil, 4},
		{"*1\r\n$\x00\r\n", nil, 8},
		{"PING\x00\r\nPING\r\n", nil, 13},
		{"\x00\r\n", nil, 3},
	}
	for _, tt := range tests {
		o := everySplit(t, func() *Parser { return new(Parser) }, []byte(tt.in))
		if want := (outcome{tt.want, nil, tt.rest}); !o.equal(want) {
			t.Errorf("%.200q: got %.500v, want %.500v", tt.in, o, want)
		}
	}
}

func TestLimits(t *testing.T) {
	ok := []struct {
		p  Parser
		in []byte
	}{
		{Parser{Unauthenticated: true}, request("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")},
		{Parser{Unauthenticated: true}, request(strings.Repeat("x", 16384))},
		{Parser{Unauthenticated: true}, []byte(strings.Repeat("x ", 30) + "\n")},
		{Parser{MaxBulk: 5}, request("12345")},
		{Parser{}, []byte(strings.Repeat("x", 1<<16) + "\n")},
		{Parser{MaxBulk: 1 << 40}, request("12345")},
	}
	for _, tt := range ok {
		p := tt.p
		if _, n, err := p.Next(tt.in); err != nil || n != len(tt.in) {
			t.Errorf("%.40q: %d, %v", tt.in, n, err)
		}
	}
	for _, n := range []int{6, 15, 150} {
		p := Parser{MaxBulk: 5}
		if _, _, err := p.Next(request(strings.Repeat("x", n))); err != errBulkLength {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	// A length that is allowed and cannot be held must not overflow.
	p := Parser{MaxBulk: 1<<63 - 1}
	if _, n, err := p.Next([]byte("*1\r\n$9223372036854775807\r\nab\r\n")); n != 0 || err != nil || p.Need() != 1<<63-1 {
		t.Errorf("n %d, err %v, need %d", n, err, p.Need())
	}
}

func TestNeedOfBulk(t *testing.T) {
	var p Parser
	head := "*2\r\n$4\r\nECHO\r\n$536870912\r\n"
	if _, n, err := p.Next([]byte(head)); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if want := len(head) + 512<<20 + 2; p.Need() != want {
		t.Fatalf("needs %d, want %d", p.Need(), want)
	}
	if p.ArgsMem() > 1024 {
		t.Fatalf("holds %d bytes", p.ArgsMem())
	}
	p.Reset()
	if _, n, err := p.Next(request("PING")); n == 0 || err != nil {
		t.Fatal(n, err)
	}
}

func TestNoMemoryForClaims(t *testing.T) {
	var p Parser
	buf := []byte("*1048576\r\n")
	for i := range 1000 {
		buf = append(buf, "$1\r\na\r\n"...)
		if _, n, err := p.Next(buf); n != 0 || err != nil {
			t.Fatal(i, n, err)
		}
	}
	if p.ArgsMem() != 0 {
		t.Fatalf("holds %d bytes for arguments that have not arrived", p.ArgsMem())
	}
}

func TestResetReleases(t *testing.T) {
	var p Parser
	if args, _, err := p.Next(request(make([]string, 1000)...)); len(args) != 1000 || err != nil {
		t.Fatal(len(args), err)
	}
	if p.ArgsMem() < 1000*24 {
		t.Fatalf("reports %d bytes", p.ArgsMem())
	}
	p.Reset()
	if p.ArgsMem() != 0 {
		t.Fatalf("keeps %d bytes", p.ArgsMem())
	}
	p.Next(request("GET", "key"))
	p.Reset()
	for _, a := range p.args[:cap(p.args)] {
		if a != nil {
			t.Fatalf("still refers to %q", a)
		}
	}
}

func TestAppendToArgument(t *testing.T) {
	for _, in := range []string{string(request("SET", "key", "value")), "SET key value\r\n", "SET 'key' 'value'\r\n"} {
		var p Parser
		args, _, _ := p.Next([]byte(in))
		for _, a := range args {
			_ = append(a, "XXXXXXXX"...)
		}
		if got := string(bytes.Join(args, []byte(" "))); got != "SET key value" {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestMillionArguments has to be linear: with a quadratic parser it would run for minutes.
func TestMillionArguments(t *testing.T) {
	const count = 1 << 20
	data := fmt.Appendf(nil, "*%d\r\n", count)
	for i := range count {
		arg := strconv.Itoa(i)
		data = fmt.Appendf(data, "$%d\r\n%s\r\n", len(arg), arg)
	}
	var p Parser
	for end := 0; end < len(data); end += 97 {
		if _, n, err := p.Next(data[:end]); n != 0 || err != nil {
			t.Fatal(n, err)
		}
	}
	args, n, err := p.Next(data)
	if err != nil || n != len(data) || len(args) != count || string(args[count-1]) != "1048575" {
		t.Fatal(len(args), n, err)
	}
}

func TestRandomSplits(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for round := range 300 {
		var data []byte
		var want [][]string
		for range 1 + rnd.IntN(20) {
			args := make([]string, 1+rnd.IntN(5))
			for i := range args {
				b := make([]byte, rnd.IntN(1<<rnd.IntN(12)))
				for k := range b {
					b[k] = byte(rnd.Uint32())
				}
				args[i] = string(b)
			}
			data = append(data, request(args...)...)
			want = append(want, args)
		}
		var ends []int
		for at := rnd.IntN(100); at < len(data); at += rnd.IntN(1 + rnd.IntN(1000)) {
			ends = append(ends, at)
		}
		if o := feed(t, new(Parser), data, ends); !o.equal(outcome{want, nil, 0}) {
			t.Fatalf("seed %d round %d: %v", seed, round, o)
		}
	}
}

func TestParserDoesNotAllocate(t *testing.T) {
	var p Parser
	in := request("MSET", "a", "1", "b", "2", "c", "3")
	if n := testing.AllocsPerRun(100, func() {
		p.Next(in[:20])
		p.Next(in)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParser(f *testing.F) {
	for _, s := range []string{
		"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\nPING\r\n", "*1\r\n$-2\r\nPING\r\n", "*9223372036854775807\r\n", "*2147483647\r\n$1\r\n",
		`SET "a\x41" 'b' "c` + "\n", "*0\r\n\r\n*-1\r\n", "*1\r\n$536870912\r\nabc", "*11\r\n", "\x16\x03\x01\x02\x00\x01",
		"*1\r\n$10\r\n0123456789\r\n*12\r\n", "PING\x00\r\n",
	} {
		f.Add([]byte(s), uint64(1), false)
		f.Add([]byte(s), uint64(2), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, unauth bool) {
		newParser := func() *Parser { return &Parser{Unauthenticated: unauth, MaxBulk: int64(seed % 3 * 50)} }
		whole := feed(t, newParser(), data, nil)
		rnd := rand.New(rand.NewPCG(seed, 0))
		var ends, all []int
		for i := 1; i < len(data); i++ {
			all = append(all, i)
			if rnd.IntN(4) == 0 {
				ends = append(ends, i)
			}
		}
		if o := feed(t, newParser(), data, ends); !o.equal(whole) {
			t.Fatalf("pieces: %v, whole: %v", o, whole)
		}
		if len(data) < 4096 {
			if o := feed(t, newParser(), data, all); !o.equal(whole) {
				t.Fatalf("byte by byte: %v, whole: %v", o, whole)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	key := "key:000000000042"
	for _, bb := range []struct {
		name string
		in   []byte
	}{
		{"PING", request("PING")},
		{"GET key", request("GET", "key")},
		{"GET 16", request("GET", key)},
		{"SET 16 3", request("SET", key, "xxx")},
		{"SET 16 32", request("SET", key, strings.Repeat("v", 32))},
		{"SET 16 1000", request("SET", key, strings.Repeat("v", 1000))},
		{"MSET 10", request(append([]string{"MSET"}, slices.Repeat([]string{key, "xxx"}, 10)...)...)},
		{"inline PING", []byte("PING\r\n")},
		{"inline SET", []byte("SET key value\r\n")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			// A pipeline in a buffer, as a connection sees it.
			const depth = 16
			buf := bytes.Repeat(bb.in, depth)
			var p Parser
			b.ReportAllocs()
			for i := 0; i < b.N; {
				rest := buf
				for range depth {
					_, n, err := p.Next(rest)
					if n == 0 || err != nil {
						b.Fatal(n, err)
					}
					rest = rest[n:]
					i++
				}
			}
		})
	}
}
