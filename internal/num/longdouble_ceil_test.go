package num

import (
	"math"
	"testing"
)

func TestMulCeil(t *testing.T) {
	const none = math.MaxInt64
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "1": 1000, "0.001": 1, "0.0010": 1, "0.0011": 2, "0.1": 100, "0.01": 10, "2.5": 2500, "1e-30": 1, "1e-4000": 1,
		"-0.0004": 0, "-0.001": 0, "-0.0015": -1, "-1": -1000, "-1e300": math.MinInt64, "-inf": math.MinInt64, "inf": none, "1e300": none,
		"9223372036854775": 9223372036854775000, "9223372036854775.807": none, "9223372036854776": none, "0x10": 16000,
		"0.3333333333333333333": 334, "1e4932": none, "9223372036854775.8": 9223372036854775800,
	} {
		x, ok := ParseLongDouble([]byte(text))
		if !ok {
			t.Errorf("%s is not read", text)
			continue
		}
		got, ok := x.MulCeil(1000)
		if !ok {
			got = none
		}
		if got != want {
			t.Errorf("%s s are %d ms, want %d", text, got, want)
		}
	}
	if v, ok := LongDoubleFromFloat(math.NaN()).MulCeil(1000); ok || v != 0 {
		t.Errorf("NaN gives %d, %v", v, ok)
	}
}
