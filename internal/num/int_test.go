package num

import (
	"math"
	"strconv"
	"testing"
)

func TestParseInt(t *testing.T) {
	good := []string{"0", "1", "-1", "9", "10", "-10", "99", "100", "9223372036854775807", "-9223372036854775808", "9223372036854775799"}
	for _, s := range good {
		want, _ := strconv.ParseInt(s, 10, 64)
		if v, ok := ParseInt([]byte(s)); !ok || v != want {
			t.Errorf("%q: %d, %v", s, v, ok)
		}
	}
	bad := []string{"", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "0x1", "a", "1a", "--1", "/", ":", "1\x00",
		"9223372036854775808", "-9223372036854775809", "9999999999999999999", "18446744073709551616", "10000000000000000000",
		"-99999999999999999999", "999999999999999999999999999"}
	for _, s := range bad {
		if v, ok := ParseInt([]byte(s)); ok {
			t.Errorf("%q: %d", s, v)
		}
	}
}

// TestAtoi has what C's atoi answers under glibc on 64 bits.
func TestAtoi(t *testing.T) {
	for s, want := range map[string]int32{
		"": 0, "x": 0, "-": 0, "+": 0, "+-2": 0, "- 2": 0, "2": 2, "+2": 2, "-2": -2, "02": 2, " \t\n\v\f\r2": 2, "2x": 2, "1e5": 1, "2\x003": 2,
		"2147483647": math.MaxInt32, "2147483648": math.MinInt32, "4294967295": -1, "4294967296": 0, "4294967298": 2, "-4294967294": 2,
		"9223372036854775806": -2, "9223372036854775807": -1, "9223372036854775808": -1, "18446744073709551618": -1,
		"99999999999999999999999": -1, "-9223372036854775807": 1, "-9223372036854775808": 0, "-9223372036854775809": 0,
		"-18446744073709551618": 0,
	} {
		if got := Atoi([]byte(s)); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestParseCursor(t *testing.T) {
	tests := []struct {
		in   string
		want uint64
		ok   bool
	}{
		{"0", 0, true},
		{"9223372036854775808", 1 << 63, true},
		{"18446744073709551615", math.MaxUint64, true},
		{"18446744073709551616", 0, false},
		{"99999999999999999999999", 0, false},
		{"007", 7, true},
		{"+7", 7, true},
		{" 7", 0, false},
		{"\t\r\n 7", 0, false},
		{"7 ", 0, false},
		{"7\x00x", 7, true},
		{"-7", math.MaxUint64 - 6, true},
		{"-7\x00", math.MaxUint64 - 6, true},
		{"-07", math.MaxUint64 - 6, true},
		{"-18446744073709551615", 1, true},
		{"-18446744073709551616", 0, false},
		{"", 0, true},
		{"\x00", 0, true},
		{" ", 0, false},
		{"-", 0, false},
		{"+", 0, false},
		{"+-1", 0, false},
		{"0x10", 0, false},
	}
	for _, tt := range tests {
		if v, ok := ParseCursor([]byte(tt.in)); ok != tt.ok || ok && v != tt.want {
			t.Errorf("ParseCursor(%q) = %d, %v", tt.in, v, ok)
		}
	}
}

func TestAppendInt(t *testing.T) {
	vs := []uint64{0, math.MaxUint64, 1 << 63}
	for p := uint64(1); ; p *= 10 {
		vs = append(vs, p-1, p, p+1, 2*p-1, -p)
		if p == 1e19 {
			break
		}
	}
	for _, v := range vs {
		want := strconv.FormatUint(v, 10)
		for room := range 24 {
			dst := append(make([]byte, 0, 1+room), 'x')
			if got := string(AppendUint(dst, v)); got != "x"+want {
				t.Errorf("AppendUint(%d) = %s", v, got)
			}
			if got := string(AppendInt(dst, int64(v))); got != "x"+strconv.FormatInt(int64(v), 10) {
				t.Errorf("AppendInt(%d) = %s", int64(v), got)
			}
		}
		if Digits(v) != len(want) {
			t.Errorf("Digits(%d) = %d", v, Digits(v))
		}
	}
}

func FuzzInt(f *testing.F) {
	for _, s := range []string{"0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "007", " 5", "5\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, ok := ParseInt(b)
		want, err := strconv.ParseInt(string(b), 10, 64)
		canonical := err == nil && strconv.FormatInt(want, 10) == string(b)
		if ok != canonical || ok && v != want {
			t.Fatalf("ParseInt(%q) = %d, %v", b, v, ok)
		}
		if ok && string(AppendInt(nil, v)) != string(b) {
			t.Fatalf("AppendInt(%d) = %s", v, AppendInt(nil, v))
		}
		u, uok := ParseCursor(b)
		if ok && (!uok || u != uint64(v)) {
			t.Fatalf("ParseCursor(%q) = %d, %v", b, u, uok)
		}
		if want, err := strconv.ParseUint(string(b), 10, 64); err == nil && (!uok || u != want) {
			t.Fatalf("ParseCursor(%q) = %d, %v", b, u, uok)
		}
	})
}

func BenchmarkParseInt(b *testing.B) {
	for _, s := range []string{"7", "123456", "-9223372036854775808"} {
		in := []byte(s)
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				ParseInt(in)
			}
		})
	}
}

func BenchmarkAppendInt(b *testing.B) {
	buf := make([]byte, 0, 32)
	for _, v := range []int64{7, 123456, math.MinInt64} {
		b.Run(strconv.FormatInt(v, 10), func(b *testing.B) {
			for b.Loop() {
				AppendInt(buf, v)
			}
		})
	}
}
