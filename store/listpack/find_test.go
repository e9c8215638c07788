package listpack

import (
	"bytes"
	"fmt"
	"testing"
)

func TestFind(t *testing.T) {
	long, longer := string(bytes.Repeat([]byte("l"), 100)), string(bytes.Repeat([]byte("m"), 5000))
	vals := []string{"a", "1", "b", "a", long, "-5", longer, "70000", "", "a"}
	lp := build(vals...)
	for i, v := range vals {
		for step := 1; step <= 3; step++ {
			for from := range vals {
				want := -1
				for j := from; j < len(vals) && want < 0; j += step {
					if vals[j] == v {
						want = At(lp, j)
					}
				}
				if got := Find(lp, At(lp, from), []byte(v), step); got != want {
					t.Fatalf("value %d from %d by %d is at %d, want %d", i, from, step, got, want)
				}
			}
		}
	}
	for _, s := range []string{"c", "2", "01", "-6", "70001", long + "l", longer[1:], "99999999999"} {
		if got := Find(lp, First(lp), []byte(s), 1); got != -1 {
			t.Errorf("%q is at %d", s, got)
		}
	}
	if Find(New(), First(New()), []byte("a"), 1) != -1 {
		t.Error("found in nothing")
	}
	// Numbers that others stored as strings, or too wide, are found as in Redis.
	odd := seal([]byte("\x8212\x03\xf4\x0c\x00\x00\x00\x00\x00\x00\x00\x09"), 2)
	if err := Validate(odd, true); err != nil {
		t.Fatal(err)
	}
	if Find(odd, 6, []byte("12"), 1) != 6 || Find(odd, 10, []byte("12"), 1) != 10 {
		t.Error("odd encodings are not found")
	}
	odd = seal([]byte("\xe0\x02ab\x04\xf0\x02\x00\x00\x00cd\x07"), 2)
	if err := Validate(odd, true); err != nil {
		t.Fatal(err)
	}
	if Find(odd, 6, []byte("ab"), 1) != 6 || Find(odd, 6, []byte("cd"), 1) != 11 {
		t.Error("odd encodings of strings are not found")
	}
}

func BenchmarkFind(b *testing.B) {
	var vals []string
	for i := range 128 {
		vals = append(vals, fmt.Sprintf("member:%d", i))
	}
	lp := build(vals...)
	b.Run("string", func(b *testing.B) {
		for b.Loop() {
			Find(lp, HeaderSize, []byte("member:127"), 1)
		}
	})
	b.Run("step2", func(b *testing.B) {
		for b.Loop() {
			Find(lp, HeaderSize, []byte("member:126"), 2)
		}
	})
}

// TestIntSizes: the table is about integers of two bytes and more, and says what longSize says.
func TestIntSizes(t *testing.T) {
	for b := range 256 {
		entry := make([]byte, 16)
		entry[0] = byte(b)
		want := 0
		if b >= enc13Int && b < enc12Str || b >= enc16Int && b <= enc64Int {
			want = longSize(entry, 0)
		}
		if got := int(intSizes[b]); got != want {
			t.Errorf("an entry that begins with %#x takes %d bytes, not %d", b, want, got)
		}
	}
}
