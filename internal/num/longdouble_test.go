package num

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	maxLongDouble = "1.18973149535723176502e4932"
	twice1e300    = "200000000000000000001799464815911838774104788854658149587652016464253129319236187151169830416750099438070074501722854967180718" +
		"5112369345967826192521041497292574654271283687306588168510215212033579453305864740061102765895241989080589545563779241212358535223254194" +
		"821301134374772211380178849830208012288"
)

// TestSums holds what Redis makes of SET key x, INCRBYFLOAT key y.
func TestSums(t *testing.T) {
	tests := []struct{ x, y, want string }{
		{"0", "0", "0"}, {"-0", "0", "0"}, {"-0", "-0", "0"}, {"1", "-1", "0"},
		{"3.0", "1.1", "4.1"}, {"10.5", "0.1", "10.6"}, {"5.0e3", "200", "5200"}, {"0.1", "0.2", "0.3"}, {"1.1", "2.2", "3.3"}, {"3", "-1.7", "1.3"},
		{"+7", "1", "8"}, {".5", "5.", "5.5"}, {"1.5", "-1.25e-3", "1.49875"}, {"0xffff", "0x.8", "65535.5"},
		// The 17th decimal is rounded, a tie to even.
		{"0.00000000000000001", "0", "0.00000000000000001"},
		{"0.000000000000000005", "0", "0"},
		{"0.0000000000000000050000001", "0", "0.00000000000000001"},
		{"0.000000000000000015", "0", "0.00000000000000002"},
		{"0x1p-18", "0", "0.00000381469726562"},
		{"0x3p-18", "0", "0.00001144409179688"},
		{"0.99999999999999999", "0", "0.99999999999999999"},
		{"0.999999999999999999", "0", "1"},
		{"9.999999999999999999", "0", "10"},
		{"1.00000000000000005", "0", "1.00000000000000005"},
		{"1234567.12345678901234567", "0", "1234567.12345678901237989"},
		{"1e17", "0.3", "100000000000000000.296875"},
		{"-123456789012345678", "0.125", "-123456789012345677.875"},
		// What rounds to nothing has no sign.
		{"-0.000000000000000001", "0", "0"}, {"-1e-30", "0", "0"}, {"1e-4940", "0", "0"}, {"0x1p-70", "0", "0"},
		// 64 bits of precision.
		{"9223372036854775807", "1", "9223372036854775808"},
		{"9223372036854775807", "0.5", "9223372036854775807.5"},
		{"18446744073709551615", "0", "18446744073709551615"},
		{"18446744073709551615", "1", "18446744073709551616"},
		{"18446744073709551616", "1", "18446744073709551616"},
		{"18446744073709551616", "3", "18446744073709551620"},
		{"36893488147419103232", "1.9", "36893488147419103232"},
		{"0x1p-63", "1", "1"}, {"0x1p-64", "-1", "-1"}, {"0x1p-65", "-1", "-1"}, {"0x1.8p-64", "-1", "-1"},
		// Beyond 64 bits there are no decimals.
		{"1e20", "0.1", "100000000000000000000"},
		{"1e30", "1", "1000000000000000000024696061952"},
		{"1e40", "-1e40", "0"},
		{"1e40", "-1e20", "9999999999999999999783686092270256259072"},
		{"123456789012345678901234567890", "1", "123456789012345678899921813504"},
		{"179769313486231570000", "1e-10", "179769313486231570000"},
		{"1e300", "1e300", twice1e300},
		{"-1e300", "-1e300", "-" + twice1e300},
		{maxLongDouble, "-" + maxLongDouble, "0"},
		{maxLongDouble, "1e4931", "inf"}, {"-" + maxLongDouble, "-1e4931", "-inf"},
		{"inf", "1", "inf"}, {"1", "-inf", "-inf"}, {"inf", "inf", "inf"}, {"inf", "-inf", "nan"},
	}
	for _, tt := range tests {
		x, ok := ParseLongDouble([]byte(tt.x))
		y, ok2 := ParseLongDouble([]byte(tt.y))
		if !ok || !ok2 {
			t.Errorf("%s, %s: %v, %v", tt.x, tt.y, ok, ok2)
			continue
		}
		if got := string(FormatLongDouble(nil, x.Add(y))); got != tt.want {
			t.Errorf("%s + %s = %s, want %s", tt.x, tt.y, got, tt.want)
		}
		if got := string(FormatLongDouble(nil, y.Add(x))); got != tt.want {
			t.Errorf("%s + %s = %s, want %s", tt.y, tt.x, got, tt.want)
		}
		if finite := !strings.Contains("inf-inf nan", tt.want); x.Add(y).IsFinite() != finite {
			t.Errorf("%s + %s: IsFinite is not %v", tt.x, tt.y, finite)
		}
	}
}

func TestParseLongDouble(t *testing.T) {
	top := uint64(1 << 63)
	tests := []struct {
		in   string
		want LongDouble
	}{
		{"0", LongDouble{exp: -16445}},
		{"0e-5000", LongDouble{exp: -16445}},
		{"1", LongDouble{man: top, exp: -63}},
		{"-2", LongDouble{man: top, exp: -62, neg: true}},
		{maxLongDouble, LongDouble{man: math.MaxUint64, exp: 16320}},
		{"0x1p16383", LongDouble{man: top, exp: 16320}},
		{"3.6451995318824746025e-4951", LongDouble{man: 1, exp: -16445}},
		{"1.9e-4951", LongDouble{man: 1, exp: -16445}},
		{"1.8225997659412373013e-4951", LongDouble{man: 1, exp: -16445}},
		{"0x1p-16445", LongDouble{man: 1, exp: -16445}},
		{"0x1.8p-16446", LongDouble{man: 1, exp: -16445}},
		{"1e400", LongDouble{man: 0xda763fc8cb9ff9e6, exp: 0x452f - 16446}},
		{"1e-400", LongDouble{man: 0x95fe7e07c91efafa, exp: 0x3ace - 16446}},
		{"-Infinity", LongDouble{form: infinite, neg: true}},
		{"1" + strings.Repeat("0", 4931), LongDouble{}},
		{"0." + strings.Repeat("0", 5000) + "1e5000", LongDouble{}},
	}
	for _, tt := range tests {
		x, ok := ParseLongDouble([]byte(tt.in))
		if !ok || x != tt.want && tt.want != (LongDouble{}) {
			t.Errorf("%.60s: %+v, %v; want %+v", tt.in, x, ok, tt.want)
		}
	}
	bad := []string{"", " 1", "1 ", "nan", "abc", "1.18973149535723176508575932662800702e4932", "1.18973149535723176509e4932", "-1.2e4932",
		"1.8225997659412373012e-4951", "1e-5000", "1e5000", "0x1p16384", "0x1p-16446", "1e99999999999999999999", "1e-99999999999999999999",
		strings.Repeat("0", 5*1024)}
	for _, s := range bad {
		if x, ok := ParseLongDouble([]byte(s)); ok {
			t.Errorf("%.60q: %+v", s, x)
		}
	}
	if x, ok := ParseLongDouble([]byte(strings.Repeat("0", 5*1024-1))); !ok || x.man != 0 {
		t.Errorf("%+v, %v", x, ok)
	}
}

func TestLongDoubleFrom(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 7, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		if got, want := string(FormatLongDouble(nil, LongDoubleFromInt(v))), string(AppendInt(nil, v)); got != want {
			t.Errorf("%d: %s", v, got)
		}
	}
	tests := []struct {
		f    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {0.5, "0.5"}, {-0.1, "-0.10000000000000001"}, {math.Pi, "3.14159265358979312"}, {5e-324, "0"},
		{1e15, "1000000000000000"}, {1e22, "10000000000000000000000"}, {1e23, "99999999999999991611392"}, {math.Inf(1), "inf"}, {math.Inf(-1), "-inf"}, {math.NaN(), "nan"},
		{13.361389338970184, "13.36138933897018433"}, {38.115556395496299, "38.11555639549629859"},
	}
	for _, tt := range tests {
		if got := string(FormatLongDouble(nil, LongDoubleFromFloat(tt.f))); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.f, got, tt.want)
		}
	}
}

// exact returns the value of a finite x.
func (x LongDouble) exact() *big.Float {
	f := new(big.Float).SetPrec(64).SetUint64(x.man)
	f.SetMantExp(f, int(x.exp))
	if x.neg {
		f.Neg(f)
	}
	return f
}

// randomLongDouble returns finite numbers of all sizes, often near each other's.
func randomLongDouble(rnd *rand.Rand) LongDouble {
	x := LongDouble{man: rnd.Uint64() | 1<<63, exp: int32(rnd.IntN(300) - 150), neg: rnd.IntN(2) == 0}
	switch rnd.IntN(8) {
	case 0:
		x.exp = int32(extended.minExp + rnd.IntN(3))
	case 1:
		x.man = rnd.Uint64() >> (1 + rnd.IntN(63))
		x.exp = int32(extended.minExp)
	case 2:
		x.exp = int32(extended.maxExp - rnd.IntN(3))
	case 3:
		x.man = 1 << 63
	case 4:
		x.man = math.MaxUint64 << rnd.IntN(64)
	}
	return x
}

// TestAddIsExact compares with sums of math/big.
func TestAddIsExact(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 3_000 {
		x, y := randomLongDouble(rnd), randomLongDouble(rnd)
		if rnd.IntN(2) == 0 {
			y.exp = min(max(x.exp+int32(rnd.IntN(140)-70), int32(extended.minExp)), int32(extended.maxExp))
			y.man |= 1 << 63
		}
		sum := x.Add(y)
		want := new(big.Float).SetPrec(64).Add(x.exact(), y.exact())
		if sum.form == infinite {
			if want.MantExp(nil) <= 16384 || want.Signbit() != sum.neg {
				t.Fatalf("seed %d: %+v + %+v overflows", seed, x, y)
			}
			continue
		}
		if sum.exact().Cmp(want) != 0 {
			t.Fatalf("seed %d: %+v + %+v = %+v, want %v", seed, x, y, sum, want)
		}
		if sum.man != 0 && sum.man>>63 == 0 && sum.exp != int32(extended.minExp) {
			t.Fatalf("seed %d: %+v + %+v = %+v is not normal", seed, x, y, sum)
		}
	}
}

// TestFormatIsExact compares with what math/big prints.
func TestFormatIsExact(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 150 {
		x := randomLongDouble(rnd)
		want := x.exact().Text('f', 17)
		want = strings.TrimRight(strings.TrimRight(want, "0"), ".")
		if want == "-0" || want == "" || want == "-" {
			want = "0"
		}
		if got := string(FormatLongDouble(nil, x)); got != want {
			t.Fatalf("seed %d: %+v: %s, want %s", seed, x, got, want)
		}
	}
}

func FuzzLongDouble(f *testing.F) {
	for _, s := range []string{"0", "3.1", "-1e-17", "1e4932", "1.9e-4951", "0x1.8p-16446", "inf", "18446744073709551616.5"} {
		f.Add([]byte(s), []byte("0.1"))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, ok := ParseLongDouble(a)
		if !ok {
			return
		}
		s := FormatLongDouble(nil, x)
		back, ok := ParseLongDouble(s)
		if !ok {
			t.Fatalf("%q gives %s, which is refused", a, s)
		}
		if again := FormatLongDouble(nil, back); string(again) != string(s) {
			t.Fatalf("%q gives %s, then %s", a, s, again)
		}
		y, ok := ParseLongDouble(b)
		if !ok {
			return
		}
		if x.Add(y) != y.Add(x) {
			t.Fatalf("%q + %q: %+v, %+v", a, b, x.Add(y), y.Add(x))
		}
		if x.IsFinite() && y.IsFinite() {
			sum, want := x.Add(y), new(big.Float).SetPrec(64).Add(x.exact(), y.exact())
			if sum.IsFinite() && sum.exact().Cmp(want) != 0 {
				t.Fatalf("%q + %q = %+v, want %v", a, b, sum, want)
			}
		}
	})
}

func BenchmarkIncrByFloat(b *testing.B) {
	buf := make([]byte, 0, 64)
	for _, s := range []string{"3.5", "1234.5678", "0.1234567890123456789", "1e30"} {
		in, step := []byte(s), []byte("0.1")
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x, _ := ParseLongDouble(in)
				y, _ := ParseLongDouble(step)
				FormatLongDouble(buf, x.Add(y))
			}
		})
	}
}
