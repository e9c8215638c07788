package aof

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"radish/persist/fsys/fsystest"
	"radish/resp"
)

// read reads a file of commands. list are those that were run, as text; the error is that of the reader.
func read(text []byte) (list []string, valid int64, err error) {
	mem := fsystest.NewMem()
	mem.WriteFile("f", text)
	f, err := mem.OpenFile("f", os.O_RDONLY, 0)
	if err != nil {
		return nil, 0, err
	}
	r, err := newReader(f, "f", 0)
	if err != nil {
		return nil, 0, err
	}
	r.run = func(args [][]byte) error {
		list = append(list, string(bytes.Join(args, []byte(" "))))
		return nil
	}
	err = r.all()
	return list, r.valid, err
}

func command(words ...string) string {
	args := make([][]byte, len(words))
	for i, w := range words {
		args[i] = []byte(w)
	}
	return string(resp.AppendRequest(nil, args...))
}

func TestReader(t *testing.T) {
	multi := command("MULTI") + command("a", "1") + command("multi") + command("b") + command("EXEC")
	for _, c := range []struct {
		text string
		want string // commands, then what is wrong
	}{
		{"", ""},
		{command("a") + "#TS:1\r\n" + command("b", "x y"), "a|b x y"},
		{"#", ""},
		{"#TS:12\r\n#", ""},
		{multi, "a 1|b"},
		{multi + command("EXEC") + command("c"), "a 1|b|c"},
		{command("x") + command("MULTI") + command("a"), "x|at offset 11 truncated multi"},
		{command("x") + command("MULTI") + "*2\r\n", "x|at offset 11 truncated multi"},
		{command("x") + "*2\r\n$1\r\na\r\n$5\r\nhel", "x|at offset 11 truncated"},
		{command("x") + "*", "x|at offset 11 truncated"},
		{command("x") + "*\x00", "x|at offset 11"},
		{command("x") + "*1\r\n$\x00", "x|at offset 11"},
		{command("x") + "*1\r\n$2\r\n\x00", "x|at offset 11 truncated"},
		{command("x") + "*1\r\n$1\r\n\x00\r", "x|at offset 11 truncated"},
		{command("x") + "*1\r\n$100000000000\r\n\x00", "x|at offset 11 truncated"},
		{command("x") + "*2000000000\r\n$1\r\nx\r\n", "x|at offset 11 truncated"},
		{command("x") + "*99999999999\r\n$1\r\nx\r\n", "x|at offset 11"},
		{command("x") + "*0\r\n", "x|at offset 11"},
		{command("x") + "*-1\r\n", "x|at offset 11"},
		{command("x") + "set a b\r\n", "x|at offset 11"},
		{command("x") + "\x00\x00", "x|at offset 11"},
		{command("x") + "*1\r\n:1\r\n", "x|at offset 11"},
		{command("x") + "*1\r\n$-1\r\n", "x|at offset 11"},
		{"#" + strings.Repeat("x", 2000) + "\n", "at offset 0"},
	} {
		list, _, err := read([]byte(c.text))
		var e *FormatError
		if errors.As(err, &e) {
			s := fmt.Sprintf("at offset %d", e.Offset)
			if e.Truncated {
				s += " truncated"
			}
			if e.Multi {
				s += " multi"
			}
			list = append(list, s)
		} else if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(list, "|"); got != c.want {
			t.Errorf("%.60q: %s (%v), want %s", c.text, got, err, c.want)
		}
	}
}

// Long commands, and those that lie across the end of the buffer.
func TestReaderBuffer(t *testing.T) {
	var text []byte
	var want []string
	for i := range 60 {
		words := []string{"SET", fmt.Sprint(i), strings.Repeat("v", i*i*i*10)}
		text = append(text, command(words...)...)
		want = append(want, strings.Join(words, " "))
	}
	list, valid, err := read(text)
	if err != nil || !slices.Equal(list, want) || valid != int64(len(text)) {
		t.Fatal(err, len(list), valid)
	}
}

// sample is a file of many commands, with transactions and annotations, and the offsets at which it is good.
func sample(size int) (text []byte, good []int) {
	good = []int{0}
	for i := 0; len(text) < size; i++ {
		switch {
		case i%17 == 0:
			text = AppendTimestamp(text, int64(1700000000+i))
		case i%11 == 0:
			text = append(text, command("MULTI")+command("SET", "a", fmt.Sprint(i))+command("INCR", "b")+command("EXEC")...)
		default:
			text = append(text, command("SET", fmt.Sprintf("key:%d", i), strings.Repeat("x", i%50))...)
		}
		good = append(good, len(text))
	}
	return text, good
}

// The file is cut at every byte of its last 64 KB: all whole effects are loaded, and the file is cut behind the last of them.
func TestCutAnywhere(t *testing.T) {
	text, good := sample(80 << 10)
	for cut := len(text) - 64<<10; cut <= len(text); cut++ {
		i, exact := slices.BinarySearch(good, cut)
		if !exact {
			i--
		}
		// Nearly always only the last effects are read: all of them every time would take minutes.
		from := 0
		if cut%509 != 0 {
			from = good[max(i-3, 0)]
		}
		list, _, err := read(text[from:cut])
		var e *FormatError
		comment := text[min(good[i], len(text)-1)] == '#'
		switch {
		case exact || comment:
			if err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
		case !errors.As(err, &e) || !e.Truncated || !endsAt(text, from+int(e.Offset), good[i]):
			t.Fatalf("cut at %d: %v, good up to %d", cut, err, good[i])
		}
		want, _, err := read(text[from:good[i]])
		if err != nil || !slices.Equal(list, want) {
			t.Fatalf("cut at %d: %q, want %q; %v", cut, list, want, err)
		}
	}
}

// endsAt says whether at is good, or good but for annotations.
func endsAt(text []byte, at, good int) bool {
	for at < good && text[at] == '#' {
		at += bytes.IndexByte(text[at:], '\n') + 1
	}
	return at == good
}

// A bit is flipped: what is before it is loaded, and what is wrong is refused with its place, if it can be seen.
func TestFlipAnywhere(t *testing.T) {
	text, good := sample(80 << 10)
	full, _, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 1000 {
		at := rnd.IntN(len(text))
		bad := bytes.Clone(text)
		bad[at] ^= 1 << rnd.IntN(8)
		list, _, err := read(bad)
		i, exact := slices.BinarySearch(good, at)
		if !exact {
			i--
		}
		var e *FormatError
		if err != nil {
			refused++
			if !errors.As(err, &e) || int(e.Offset) < good[i] && !(e.Multi && endsAt(text, int(e.Offset), good[i])) {
				t.Fatalf("byte %d: %v, good up to %d", at, err, good[i])
			}
		}
		before, _, err := read(text[:good[i]])
		if err != nil || len(list) < len(before) || !slices.Equal(list[:len(before)], full[:len(before)]) {
			t.Fatalf("byte %d: what is before it is not what it was", at)
		}
	}
	if refused < 100 {
		t.Errorf("only %d refused", refused)
	}
}

func FuzzReader(f *testing.F) {
	text, _ := sample(400)
	f.Add(text)
	f.Add([]byte("*1\r\n$5\r\nMULTI\r\n*1\r\n$1\r\na\r\n*1\r\n$4\r\nexec\r\n#TS:1\r\n*1\r\n$9999\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, valid, err := read(text)
		var e *FormatError
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		if valid > int64(len(text)) {
			t.Fatal(valid)
		}
		if e != nil && e.Truncated {
			// Cut there it is good, and the same.
			again, _, err := read(text[:e.Offset])
			if err != nil || !slices.Equal(list, again) {
				t.Fatalf("cut at %d: %v", e.Offset, err)
			}
		}
	})
}
