package num

import (
	"math"
	"testing"
)

func TestParseStrtod(t *testing.T) {
	for in, want := range map[string]float64{
		"": 0, "1": 1, "-2.5": -2.5, " 3": 3, "\t\n\v\f\r 4": 4, "1\x00abc": 1, "\x00": 0, "0x10": 16, "inf": math.Inf(1), "-infinity": math.Inf(-1),
		"1e300": 1e300, "2.2250738585072014e-308": 0x1p-1022, "+5": 5, "0": 0, "-0": 0, "0e-999": 0,
	} {
		if f, ok := ParseStrtod([]byte(in)); !ok || f != want {
			t.Errorf("%q: %v, %v, want %v", in, f, ok, want)
		}
	}
	for _, in := range []string{" ", "1 ", "a", "1a", "nan", "1e309", "1e-310", "1e-999", " \x00", "0x", "--1"} {
		if f, ok := ParseStrtod([]byte(in)); ok {
			t.Errorf("%q: %v", in, f)
		}
	}
}
