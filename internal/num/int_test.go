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

func TestParseUint(t *testing.T) {
	tests := []struct {
		in           string
		want, cursor uint64
		ok, cursorOk bool
	}{
		{"0", 0, 0, true, true},
		{"9223372036854775808", 1 << 63, 1 << 63, true, true},
		{"18446744073709551615", math.MaxUint64, math.MaxUint64, true, true},
		{"18446744073709551616", 0, 0, false, false},
		{"99999999999999999999999", 0, 0, false, false},
		{"007", 7, 7, true, true},
		{"+7", 7, 7, true, true},
		{" 7", 7, 0, true, false},
		{"\t\r\n 7", 7, 0, true, false},
		{"7 ", 0, 0, false, false},
		{"7\x00x", 7, 7, true, true},
		{"-7", 0, math.MaxUint64 - 6, false, true},
		{"-7\x00", 0, math.MaxUint64 - 6, false, true},
		{"-07", math.MaxUint64 - 6, math.MaxUint64 - 6, true, true},
		{"-18446744073709551615", 1, 1, true, true},
		{"-18446744073709551616", 0, 0, false, false},
		{"", 0, 0, false, true},
		{"\x00", 0, 0, false, true},
		{" ", 0, 0, false, false},
		{"-", 0, 0, false, false},
		{"+", 0, 0, false, false},
		{"+-1", 0, 0, false, false},
		{"0x10", 0, 0, false, false},
	}
	for _, tt := range tests {
		if v, ok := ParseUint([]byte(tt.in)); ok != tt.ok || ok && v != tt.want {
			t.Errorf("ParseUint(%q) = %d, %v", tt.in, v, ok)
		}
		if v, ok := ParseCursor([]byte(tt.in)); ok != tt.cursorOk || ok && v != tt.cursor {
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
		u, uok := ParseUint(b)
		if ok && (uok != (v >= 0) || uok && u != uint64(v)) {
			t.Fatalf("ParseUint(%q) = %d, %v", b, u, uok)
		}
		if want, err := strconv.ParseUint(string(b), 10, 64); err == nil && (!uok || u != want) {
			t.Fatalf("ParseUint(%q) = %d, %v", b, u, uok)
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
