package intset

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// random is an integer of any width.
func random(r *rand.Rand) int64 {
	switch r.IntN(8) {
	case 0:
		return []int64{0, -1, 1, math.MinInt64, math.MaxInt64, math.MinInt32, math.MaxInt32, math.MinInt32 - 1, math.MaxInt32 + 1,
			math.MinInt16, math.MaxInt16, math.MinInt16 - 1, math.MaxInt16 + 1}[r.IntN(13)]
	case 1:
		return int64(r.Uint64())
	case 2:
		return int64(int32(r.Uint32()))
	}
	return int64(r.IntN(300)) - 150
}

// check compares all that can be read with a sorted slice.
func check(t *testing.T, is []byte, want []int64, width int) {
	t.Helper()
	if len(want) > 0 {
		if err := Validate(is, true); err != nil {
			t.Fatal(err)
		}
	}
	if Len(is) != len(want) || Width(is) != width || len(is) != 8+len(want)*width {
		t.Fatalf("%d elements of width %d in %d bytes, want %d of %d", Len(is), Width(is), len(is), len(want), width)
	}
	for i, v := range want {
		if At(is, i) != v || !Has(is, v) {
			t.Fatalf("element %d is %d (found: %v), want %d", i, At(is, i), Has(is, v), v)
		}
	}
}

func TestAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		is, width := New(), 2
		var want []int64
		for range 1 + r.IntN(300) {
			v := random(r)
			if round%4 == 0 {
				v = int64(r.IntN(100)) // one width, removals that hit
			}
			i, found := slices.BinarySearch(want, v)
			if at, has := Search(is, v); at != i || has != found {
				t.Fatalf("Search(%d) = %d, %v, want %d, %v", v, at, has, i, found)
			}
			if found && r.IntN(2) == 0 {
				is = Remove(is, i)
				want = slices.Delete(want, i, i+1)
			} else {
				var added bool
				if is, added = Add(is, v); added == found {
					t.Fatalf("Add(%d): added %v", v, added)
				}
				if !found {
					want = slices.Insert(want, i, v)
					width = max(width, widthOf(v))
				}
			}
			check(t, is, want, width)
		}
	}
}

// TestBytes holds bytes as redis-server 7.2 dumps them.
func TestBytes(t *testing.T) {
	is := New()
	for _, c := range []struct {
		add  int64
		want string
	}{
		{5, "\x02\x00\x00\x00\x01\x00\x00\x00\x05\x00"},
		{-1, "\x02\x00\x00\x00\x02\x00\x00\x00\xff\xff\x05\x00"},
		{65536, "\x04\x00\x00\x00\x03\x00\x00\x00\xff\xff\xff\xff\x05\x00\x00\x00\x00\x00\x01\x00"},
		{-1 << 40, "\x08\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff" +
			"\xff\xff\xff\xff\xff\xff\xff\xff\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00"},
	} {
		is, _ = Add(is, c.add)
		if string(is) != c.want {
			t.Errorf("with %d: % x, want % x", c.add, is, c.want)
		}
	}
	if is = Remove(is, 0); Width(is) != 8 || At(is, 0) != -1 || len(is) != 8+24 {
		t.Errorf("after a removal: % x", is)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		is   string
		deep bool
		want error
	}{
		{"", false, ErrSize},
		{"\x02\x00\x00\x00\x01\x00\x00", false, ErrSize},
		{"\x02\x00\x00\x00\x00\x00\x00\x00", false, ErrEmpty},
		{"\x03\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00", false, ErrWidth},
		{"\x02\x01\x00\x00\x01\x00\x00\x00\x05\x00", false, ErrWidth},
		{"\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00", false, ErrSize},
		{"\x02\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00", false, ErrSize},
		{"\x08\x00\x00\x00\x00\x00\x00\x20", false, ErrSize},
		{"\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\x05\x00", false, nil},
		{"\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\x05\x00", true, ErrOrder},
		{"\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\xff\xff", true, ErrOrder},
		{"\x02\x00\x00\x00\x02\x00\x00\x00\xff\xff\x05\x00", true, nil},
	} {
		if err := Validate([]byte(c.is), c.deep); err != c.want {
			t.Errorf("% x, deep %v: %v, want %v", c.is, c.deep, err, c.want)
		}
	}
}

// FuzzIntset lets nothing that Validate passes go wrong later.
func FuzzIntset(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x02\x00\x00\x00\xff\xff\x05\x00"), int64(70000))
	f.Add([]byte("\x04\x00\x00\x00\x01\x00\x00\x00\xff\xff\x05\x00"), int64(1))
	f.Add([]byte("\x08\x00\x00\x00\x01\x00\x00\x00\xff\xff\x05\x00\x00\x00\x00\x00"), int64(-1))
	f.Fuzz(func(t *testing.T, is []byte, v int64) {
		if Validate(is, false) != nil {
			return
		}
		deep := Validate(is, true) == nil
		n := Len(is)
		for i := range n {
			if e := At(is, i); deep && !Has(is, e) {
				t.Fatalf("element %d is not found", e)
			}
		}
		had := Has(is, v)
		with, added := Add(bytes.Clone(is), v)
		if !deep {
			return
		}
		if added == had || Validate(with, true) != nil || !Has(with, v) {
			t.Fatalf("with %d: % x", v, with)
		}
		i, _ := Search(with, v)
		if with = Remove(with, i); Has(with, v) || Len(with) > n {
			t.Fatalf("without %d: % x", v, with)
		}
	})
}

func BenchmarkSearch512(b *testing.B) {
	is := New()
	for i := range 512 {
		is, _ = Add(is, int64(i)*7)
	}
	for i := 0; b.Loop(); i++ {
		Search(is, int64(i*31)%3584)
	}
}
