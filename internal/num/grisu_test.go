package num

import (
	"math"
	"math/big"
	"testing"
)

// TestGrisuBits holds numbers for which Grisu2 finds more digits than needed, or not the nearest ones.
func TestGrisuBits(t *testing.T) {
	tests := []struct {
		bits uint64
		want string
	}{
		{0x4e29d3fc1a287297, "3.4816163452111288e+68"},  // 3.481616345211129e+68
		{0x307a41e5e51c573c, "3.6282152733170464e-75"},  // 3.6282152733170465e-75
		{0x11c0345c7738ab28, "3.5022715750574766e-223"}, // 3.502271575057477e-223
		{0x66e13f1ec87e8e3f, "3.7520609694889834e+187"}, // 3.7520609694889835e+187
		{0x0a635fbe664fb7a6, "1.2600651685239421e-258"}, // 1.260065168523942e-258
		{0x5afa22ad7f9b7ecb, "1.8116249385371745e+130"}, // 1.8116249385371746e+130
	}
	for _, tt := range tests {
		if got := string(AppendDouble(nil, math.Float64frombits(tt.bits))); got != tt.want {
			t.Errorf("%#x: %s, want %s", tt.bits, got, tt.want)
		}
	}
}

// TestGrisuPowers computes the table anew.
func TestGrisuPowers(t *testing.T) {
	for i, p := range grisuPowers {
		k := int64(firstPower + i*powerStep)
		want := new(big.Rat).SetInt(bigPow10(max(k, -k)))
		if k < 0 {
			want.Inv(want)
		}
		// |man·2^exp - 10^k| is at most 2^(exp-1), half of the last bit.
		got := new(big.Rat).SetInt(new(big.Int).SetUint64(p.man))
		ulp := big.NewRat(1, 1)
		if p.exp < 0 {
			ulp.SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), uint(-p.exp)))
		} else {
			ulp.SetInt(new(big.Int).Lsh(big.NewInt(1), uint(p.exp)))
		}
		got.Mul(got, ulp)
		diff := got.Sub(got, want)
		if diff.Abs(diff).Cmp(ulp.Mul(ulp, big.NewRat(1, 2))) > 0 || p.man>>63 != 1 {
			t.Errorf("10^%d", k)
		}
	}
}

// TestGrisuEdges goes over all binary exponents, with the mantissas at their ends: nothing may leave the tables, and what is
// printed has to be read back.
func TestGrisuEdges(t *testing.T) {
	for e := uint64(0); e < 2047; e++ {
		for _, man := range []uint64{0, 1, 2, 1 << 51, 1<<52 - 2, 1<<52 - 1} {
			f := math.Float64frombits(e<<52 | man)
			s := AppendDouble(nil, f)
			if back, ok := ParseDouble(s); !ok || back != f {
				t.Fatalf("%x: %s is read as %v", math.Float64bits(f), s, back)
			}
		}
	}
}
