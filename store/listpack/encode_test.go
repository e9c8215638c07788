package listpack

import (
	"bytes"
	"math"
	"strconv"
	"testing"
)

func TestEncoding(t *testing.T) {
	for _, c := range []struct {
		val, want string
	}{
		{"0", "\x00\x01"}, {"127", "\x7f\x01"}, {"128", "\xc0\x80\x02"}, {"-1", "\xdf\xff\x02"}, {"4095", "\xcf\xff\x02"},
		{"-4096", "\xd0\x00\x02"}, {"4096", "\xf1\x00\x10\x03"}, {"-32768", "\xf1\x00\x80\x03"}, {"32768", "\xf2\x00\x80\x00\x04"},
		{"-8388608", "\xf2\x00\x00\x80\x04"}, {"8388608", "\xf3\x00\x00\x80\x00\x05"}, {"-2147483648", "\xf3\x00\x00\x00\x80\x05"},
		{"2147483648", "\xf4\x00\x00\x00\x80\x00\x00\x00\x00\x09"}, {"-9223372036854775808", "\xf4\x00\x00\x00\x00\x00\x00\x00\x80\x09"},
		{"", "\x80\x01"}, {"a", "\x81a\x02"}, {"01", "\x8201\x03"}, {"-0", "\x82-0\x03"}, {"9223372036854775808", "\x939223372036854775808\x14"},
	} {
		got := AppendEntry(nil, []byte(c.val))
		if string(got) != c.want {
			t.Errorf("%q is %q, want %q", c.val, got, c.want)
		}
		check(t, seal(got, 1), []string{c.val})
	}
}

// Lengths at which the number of bytes of the length behind the entry changes, as Redis has it.
func TestBackLen(t *testing.T) {
	for _, c := range []struct{ n, want int }{
		{63, 65}, {64, 64 + 2 + 1}, {125, 125 + 2 + 1}, {126, 126 + 2 + 2}, {4095, 4095 + 2 + 2}, {4096, 4096 + 5 + 2},
		{16377, 16377 + 5 + 2}, {16378, 16378 + 5 + 3}, {2097145, 2097145 + 5 + 3}, {2097146, 2097146 + 5 + 4},
	} {
		s := bytes.Repeat([]byte("x"), c.n)
		lp := build("1", string(s), "b")
		if got := Size(lp, At(lp, 1)); got != c.want {
			t.Errorf("an entry of %d takes %d, want %d", c.n, got, c.want)
		}
		check(t, lp, []string{"1", string(s), "b"})
	}
	if backLen(1<<28-2) != 4 || backLen(1<<28-1) != 5 {
		t.Error("lengths of 256 MB")
	}
}

func TestInts(t *testing.T) {
	var vals []string
	for shift := range 64 {
		for d := int64(-2); d <= 2; d++ {
			for _, v := range []int64{1<<shift + d, -1<<shift + d} {
				vals = append(vals, strconv.FormatInt(v, 10))
			}
		}
	}
	vals = append(vals, strconv.Itoa(math.MaxInt64), strconv.Itoa(math.MinInt64))
	check(t, build(vals...), vals)
}
