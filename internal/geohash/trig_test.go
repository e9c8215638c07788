package geohash

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

const prec = 300

func bigOf(f float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(f) }

// bigSin and bigCos are Taylor's series.
func bigSin(x *big.Float) *big.Float { return bigSeries(x, bigOf(0).Set(x), 1) }
func bigCos(x *big.Float) *big.Float { return bigSeries(x, bigOf(1), 0) }

func bigSeries(x, term *big.Float, n int64) *big.Float {
	s := bigOf(0).Set(term)
	z := bigOf(0).Mul(x, x)
	for range 60 {
		term = bigOf(0).Mul(term, z)
		term.Quo(term, bigOf(float64((n+1)*(n+2))))
		term.Neg(term)
		n += 2
		s.Add(s, term)
	}
	return s
}

// nearest says how often f(x) is not the float64 nearest to want(x), for random x of up to limit.
func wrong(limit float64, f func(float64) float64, want func(*big.Float) *big.Float) int {
	r := rand.New(rand.NewPCG(1, 1))
	n := 0
	for i := range 3000 {
		x := (2*r.Float64() - 1) * limit
		if i%3 == 0 {
			x = math.Ldexp(x, -r.IntN(40))
		}
		if w, _ := want(bigOf(x)).Float64(); f(x) != w {
			n++
		}
	}
	return n
}

func TestSinAndCosAreNearest(t *testing.T) {
	for _, limit := range []float64{0.1, math.Pi / 4, math.Pi / 2, math.Pi, 7.9} {
		if n := wrong(limit, sin, bigSin); n > 0 {
			t.Errorf("sin up to %v: %d wrong", limit, n)
		}
		if n := wrong(limit, cos, bigCos); n > 0 {
			t.Errorf("cos up to %v: %d wrong", limit, n)
		}
	}
	for _, x := range []float64{0, math.Pi, math.Pi / 2, -math.Pi, 2 * math.Pi, 5e-324, 1e-300} {
		if w, _ := bigSin(bigOf(x)).Float64(); sin(x) != w {
			t.Errorf("sin(%v) = %v, want %v", x, sin(x), w)
		}
		if w, _ := bigCos(bigOf(x)).Float64(); cos(x) != w {
			t.Errorf("cos(%v) = %v, want %v", x, cos(x), w)
		}
	}
}

func TestAsinIsNearest(t *testing.T) {
	// asin(x) is the nearest if x lies between the sines of the points half way to its neighbours
	r := rand.New(rand.NewPCG(2, 2))
	bad := 0
	for i := range 5000 {
		x := r.Float64()
		switch i % 4 {
		case 0:
			x = math.Ldexp(x, -r.IntN(40))
		case 1:
			x = 1 - math.Ldexp(x, -r.IntN(50))
		}
		a := asin(x)
		half := func(b float64) *big.Float {
			s := bigOf(a)
			s.Add(s, bigOf(b))
			return bigSin(s.Quo(s, bigOf(2)))
		}
		if half(math.Nextafter(a, -1)).Cmp(bigOf(x)) > 0 || a < math.Pi/2 && half(math.Nextafter(a, 2)).Cmp(bigOf(x)) < 0 {
			bad++
		}
	}
	if bad > 0 {
		t.Errorf("%d wrong", bad)
	}
	if asin(0) != 0 || asin(1) != math.Pi/2 || !math.IsNaN(asin(1.0000000000000002)) {
		t.Error(asin(0), asin(1), asin(1.0000000000000002))
	}
}

func BenchmarkDistance(b *testing.B) {
	s := 0.0
	for i := range b.N {
		s += Distance(13.361389, 38.115556, float64(i%180), float64(i%80))
	}
	_ = s
}
