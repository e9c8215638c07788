package num

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestParseDouble(t *testing.T) {
	const tiny = math.SmallestNonzeroFloat64
	zeros := strings.Repeat("0", 6000)
	tests := []struct {
		in   string
		want float64
	}{
		{"0", 0}, {"1", 1}, {"+1", 1}, {"-1.5", -1.5}, {".5", .5}, {"5.", 5}, {"007", 7}, {"1e5", 1e5}, {"1E+05", 1e5}, {"1e-5", 1e-5},
		{"3.141592653589793", math.Pi}, {"123456789012345678901234567890", 123456789012345678901234567890}, {"1e22", 1e22}, {"1e23", 1e23},
		{"9007199254740993", 9007199254740992}, {"9007199254740993.0000000000000000000000001", 9007199254740994},
		{"1e308", 1e308}, {"1.7976931348623157e308", math.MaxFloat64}, {"1.797693134862315807e308", math.MaxFloat64},
		{"5e-324", tiny}, {"2.5e-324", tiny}, {"2.4703282292062328e-324", tiny},
		{"0e-400", 0}, {"0e999999999999", 0}, {"0.000e-99999999999999999999999", 0},
		{"0." + zeros + "1e6001", 1}, {"1" + zeros + "e-6000", 1}, {"-1" + zeros + "e-6001", -0.1},
		{"9007199254740993" + zeros + "1e-6001", 9007199254740994}, {"9007199254740993" + zeros + zeros + "0e-12001", 9007199254740992},
		{"9007199254740993" + zeros + zeros + "1e-12001", 9007199254740994},
		{"inf", math.Inf(1)}, {"-Inf", math.Inf(-1)}, {"+INFINITY", math.Inf(1)},
		{"0x10", 16}, {"0X1.8p1", 3}, {"-0x.8", -.5}, {"0x1.p-1", .5}, {"0x1e5", 0x1e5}, {"0x0p5", 0},
		{"0x1p-1074", tiny}, {"0x1.8p-1075", tiny}, {"0x1p1023", 0x1p1023}, {"0x1.fffffffffffff8p0", 2}, {"0x1.fffffffffffff7fp0", 0x1.fffffffffffffp0},
		{"0x1.00000000000008p0", 1}, {"0x1.000000000000080000000000000000000000001p0", 0x1.0000000000001p0},
		{"0x1." + zeros + "p0", 1}, {"0x0." + zeros + "1p24004", 1},
	}
	for _, tt := range tests {
		if f, ok := ParseDouble([]byte(tt.in)); !ok || f != tt.want {
			t.Errorf("%.60q: %v, %v; want %v", tt.in, f, ok, tt.want)
		}
	}
	for _, s := range []string{"-0", "-0.0", "-0e5", "-0x0"} {
		if f, ok := ParseDouble([]byte(s)); !ok || f != 0 || !math.Signbit(f) {
			t.Errorf("%q: %v, %v", s, f, ok)
		}
	}
	bad := []string{"", " ", " 1", "1 ", "\t1", "1\n", ".", "-", "+", "--1", "e5", ".e5", "1e", "1e+", "1e-", "1e5.", "1.2.3", "1_000", "0x", "0x.", "0xp1",
		"0x1p", "0x1p+", "0x1_0p0", "0x1g", "1x", "1p5", "nan", "-NaN", "nan(1)", "in", "infi", "infinit", "infinity1", "inf\x00", "1\x00", "\x00", "1,5", "½",
		"1.7976931348623159e308", "1e309", "-1e309", "2.4703282292062327e-324", "-2e-324", "1e-400", "1e99999999999999999999", "1e-99999999999999999999",
		"0x1p1024", "0x1p-1075", "0x1p99999999999999999999", "0x1p-99999999999999999999", "1" + zeros, "0." + zeros + "1"}
	for _, s := range bad {
		if f, ok := ParseDouble([]byte(s)); ok {
			t.Errorf("%.60q: %v", s, f)
		}
	}
}

func TestAppendDouble(t *testing.T) {
	tests := []struct {
		f    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "-0"}, {1, "1"}, {-1, "-1"}, {100, "100"}, {0.1, "0.1"}, {0.5, "0.5"}, {-0.5, "-0.5"},
		{1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"}, {math.Pi, "3.141592653589793"},
		{1e17, "100000000000000000"}, {1e18, "1000000000000000000"},
		// Integers up to 2^62 are printed as such.
		{1 << 62, "4611686018427387904"}, {-1 << 62, "-4611686018427387904"}, {1 << 63, "9223372036854776000"}, {-1 << 63, "-9223372036854776000"},
		{1e19, "1e+19"}, {1.5e19, "1.5e+19"}, {12345678901234567890, "12345678901234567000"}, {123456789012345678901234, "123456789012345690000000"},
		{1e20, "1e+20"}, {1.2345e21, "1234499999999999900000"}, {1e22, "1e+22"}, {1e23, "99999999999999990000000"},
		{1e-4, "0.0001"}, {1.5e-4, "0.00015"}, {1e-6, "0.000001"}, {1e-7, "1e-7"}, {1.5e-6, "1.5e-6"}, {1.2345678e-5, "1.2345678e-5"},
		{0.000123456789012, "1.23456789012e-4"}, {0.0095, "0.0095"}, {1e100, "1e+100"}, {1e-100, "1e-100"}, {1.234e99, "1.234e+99"}, {1.25e-10, "1.25e-10"},
		{5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"}, {2.225073858507201e-308, "2.225073858507201e-308"},
		{math.MaxFloat64, "1.7976931348623157e+308"}, {-math.MaxFloat64, "-1.7976931348623157e+308"},
		{math.Inf(1), "inf"}, {math.Inf(-1), "-inf"}, {math.NaN(), "nan"},
	}
	for _, tt := range tests {
		if got := string(AppendDouble(nil, tt.f)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.f, got, tt.want)
		}
	}
}

func FuzzDouble(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.5", "1e23", "5e-324", "2.5e-324", "1.7976931348623159e308", "0x1.8p-1075", "inf", "nan", "1_0", "0x1_0p0", "1e400"} {
		f.Add([]byte(s), uint64(0x4385_13fe_3b29_2eba))
	}
	f.Fuzz(func(t *testing.T, b []byte, fbits uint64) {
		got, ok := ParseDouble(b)
		s := string(b)
		want, err := strconv.ParseFloat(s, 64)
		if ok && (math.IsNaN(got) || got == 0 && want != 0) {
			t.Fatalf("%q: %v", s, got)
		}
		switch {
		case err == nil && !math.IsNaN(want) && !strings.Contains(s, "_"):
			// Where Go comes to 0, the number may also be too small.
			if !ok && want != 0 || ok && math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%q: %v, %v, want %v", s, got, ok, want)
			}
		case ok && !strings.ContainsAny(s, "xX"):
			// Only of hexadecimal numbers Go takes fewer: they need an exponent there.
			t.Fatalf("%q: %v, Go says %v", s, got, err)
		}
		// What is printed is read back as the same number.
		x := math.Float64frombits(fbits)
		printed := AppendDouble(nil, x)
		back, ok := ParseDouble(printed)
		if ok == math.IsNaN(x) || ok && math.Float64bits(back) != fbits {
			t.Fatalf("%x: %s is read as %v", fbits, printed, back)
		}
		if len(printed) > 26 {
			t.Fatalf("%v: %s", x, printed)
		}
	})
}

func BenchmarkParseDouble(b *testing.B) {
	for _, s := range []string{"1", "3.25", "3.141592653589793", "1e-300", "0x1.8p3"} {
		in := []byte(s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseDouble(in)
			}
		})
	}
}

func BenchmarkAppendDouble(b *testing.B) {
	buf := make([]byte, 0, 64)
	for _, f := range []float64{1, 3.25, math.Pi, 1e-300} {
		b.Run(strconv.FormatFloat(f, 'g', -1, 64), func(b *testing.B) {
			for b.Loop() {
				AppendDouble(buf, f)
			}
		})
	}
}

func TestAppendGrisu(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "-0", 1: "1", -12: "-12", 10000: "10000", 1e10: "1e+10", 1.5: "1.5", math.Inf(-1): "-inf", math.NaN(): "nan",
	} {
		if got := string(AppendGrisu(nil, f)); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
}
