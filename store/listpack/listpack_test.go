package listpack

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

// build makes a block of strings.
func build(vals ...string) []byte {
	var entries []byte
	for _, v := range vals {
		entries = AppendEntry(entries, []byte(v))
	}
	return seal(entries, len(vals))
}

// seal makes a block of encoded entries.
func seal(entries []byte, n int) []byte {
	lp := New()
	lp = append(append(lp[:HeaderSize:HeaderSize], entries...), end)
	SetHeader(lp, n)
	return lp
}

// check compares a block with a model, in all ways of walking.
func check(t *testing.T, lp []byte, want []string) {
	t.Helper()
	if err := Validate(lp, true); err != nil {
		t.Fatal(err)
	}
	if n := Len(lp); n != len(want) {
		t.Fatalf("%d entries, want %d", n, len(want))
	}
	var scratch [24]byte
	off := First(lp)
	for i, w := range want {
		if off < 0 {
			t.Fatalf("no entry %d", i)
		}
		checkEntry(t, lp, off, w)
		if got := Bytes(lp, off, &scratch); string(got) != w {
			t.Fatalf("entry %d is %q, want %q", i, got, w)
		}
		if at := At(lp, i); at != off {
			t.Fatalf("entry %d is at %d, At says %d", i, off, at)
		}
		if at := At(lp, i-len(want)); at != off {
			t.Fatalf("entry %d is at %d, At from the end says %d", i, off, at)
		}
		if at := Skip(lp, HeaderSize, i); at != off {
			t.Fatalf("entry %d is at %d, Skip says %d", i, off, at)
		}
		off = Next(lp, off)
	}
	if off != -1 {
		t.Fatalf("an entry behind the last, at %d", off)
	}
	off = Last(lp)
	for i := len(want) - 1; i >= 0; i-- {
		if got := Bytes(lp, off, &scratch); string(got) != want[i] {
			t.Fatalf("backwards, entry %d is %q, want %q", i, got, want[i])
		}
		off = Prev(lp, off)
	}
	if off != -1 || At(lp, len(want)) != -1 || At(lp, -len(want)-1) != -1 {
		t.Fatal("there are entries outside")
	}
}

func checkEntry(t *testing.T, lp []byte, off int, want string) {
	t.Helper()
	v := Get(lp, off)
	if got := string(v.Append(nil)); got != want || v.Len() != len(want) || !v.Equal([]byte(want)) || v.Equal([]byte(want+"x")) {
		t.Fatalf("entry at %d is %q of %d bytes, want %q", off, got, v.Len(), want)
	}
	if n := EntrySize([]byte(want)); n != Size(lp, off) {
		t.Fatalf("entry %q has %d bytes, EntrySize says %d", want, Size(lp, off), n)
	}
}

func TestUncounted(t *testing.T) {
	var vals []string
	for i := range 65540 {
		vals = append(vals, strconv.Itoa(i))
	}
	for _, n := range []int{65534, 65535, 65536, 65540} {
		lp := build(vals[:n]...)
		if Len(lp) != n || At(lp, n-1) != Last(lp) || At(lp, -n) != HeaderSize || At(lp, n) != -1 {
			t.Fatalf("%d entries", n)
		}
		if err := Validate(lp, true); err != nil {
			t.Fatal(err)
		}
	}
}

// randomValue is a value of any encoding.
func randomValue(r *rand.Rand) string {
	switch r.IntN(5) {
	case 0:
		return strconv.Itoa(r.IntN(200) - 20)
	case 1:
		return strconv.FormatInt(int64(r.Uint64())>>r.IntN(64), 10)
	case 2:
		return string(bytes.Repeat([]byte{'x'}, r.IntN(300)))
	case 3:
		return string(bytes.Repeat([]byte{'y'}, []int{63, 64, 125, 126, 4095, 4096, 16377, 16378}[r.IntN(8)]))
	}
	return fmt.Sprintf("v%d", r.IntN(50))
}

// Random edits, compared with a plain slice.
func TestModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		lp, model := New(), []string(nil)
		for range 150 {
			from := r.IntN(len(model) + 1)
			del := min(r.IntN(3), len(model)-from)
			var add []string
			for range r.IntN(4) {
				add = append(add, randomValue(r))
			}
			var enc []byte
			for _, v := range add {
				enc = AppendEntry(enc, []byte(v))
			}
			a := Skip(lp, HeaderSize, from)
			b := Skip(lp, a, del)
			lp = append(append(append([]byte(nil), lp[:a]...), enc...), lp[b:]...)
			model = append(append(append([]string(nil), model[:from]...), add...), model[from+del:]...)
			SetHeader(lp, len(model))
			check(t, lp, model)
			if len(model) > 0 {
				v := model[r.IntN(len(model))]
				first := -1
				for i := range model {
					if model[i] == v {
						first = At(lp, i)
						break
					}
				}
				if got := Find(lp, HeaderSize, []byte(v), 1); got != first {
					t.Fatalf("%q is found at %d, want %d", v, got, first)
				}
			}
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	var vals []string
	for i := range 128 {
		vals = append(vals, fmt.Sprintf("member:%d", i))
	}
	lp := build(vals...)
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			for off := First(lp); off >= 0; off = Next(lp, off) {
			}
		}
	})
	b.Run("prev", func(b *testing.B) {
		for b.Loop() {
			for off := Last(lp); off >= 0; off = Prev(lp, off) {
			}
		}
	})
}
