package geohash

import "math"

// sin, cos and asin, rounded to the nearest float64 as good as always: they compute with pairs of float64s, about 100 bits, of which the errors of
// series and reductions leave about 65. (See T. J. Dekker, "A floating-point technique for extending the available precision", 1971, for the pairs.)

// pair is the number hi + lo, where lo is at most half of the last bit of hi.
type pair struct{ hi, lo float64 }

// sum is a + b exactly.
func sum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

// quickSum is a + b exactly, where |a| >= |b| or a is 0.
func quickSum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

// product is a * b exactly.
func product(a, b float64) pair {
	p := float64(a * b)
	return pair{p, math.FMA(a, b, -p)}
}

func (a pair) plus(b pair) pair {
	s := sum(a.hi, b.hi)
	return quickSum(s.hi, s.lo+(a.lo+b.lo))
}

func (a pair) times(b pair) pair {
	p := product(a.hi, b.hi)
	return quickSum(p.hi, p.lo+(float64(a.hi*b.lo)+float64(a.lo*b.hi)))
}

func (a pair) neg() pair { return pair{-a.hi, -a.lo} }

// halfPi is pi/2, together with the 53 bits that follow these two numbers.
func halfPi() (p pair, rest float64) {
	return pair{0x1.921fb54442d18p+00, 0x1.1a62633145c07p-54}, -0x1.f1976b7ed8fbcp-110
}

// biggestAngle is up to where angles are reduced with enough bits. Only the bounds of absurdly big areas need more.
const biggestAngle = 8

func sin(x float64) float64 {
	if !(math.Abs(x) <= biggestAngle) {
		return math.Sin(x)
	}
	s := sinPair(x)
	return s.hi
}

func cos(x float64) float64 {
	if !(math.Abs(x) <= biggestAngle) {
		return math.Cos(x)
	}
	r, quarter := reduce(x)
	return turned(r, quarter+1).hi
}

// sinPair is the sine of x, which is at most biggestAngle.
func sinPair(x float64) pair {
	if math.Abs(x) < 0x1p-27 {
		return quickSum(x, -x*x*x/6)
	}
	r, quarter := reduce(x)
	return turned(r, quarter)
}

// reduce is x without quarters of a turn, at most an eighth of a turn.
func reduce(x float64) (r pair, quarters int) {
	p, rest := halfPi()
	k := math.RoundToEven(x / p.hi)
	if k == 0 {
		return pair{x, 0}, 0
	}
	a := product(-k, p.hi)
	s := sum(x, a.hi)
	t := sum(s.hi, -k*p.lo)
	t.lo += s.lo + a.lo + (math.FMA(-k, p.lo, k*p.lo) - k*rest)
	return quickSum(t.hi, t.lo), int(k)
}

// turned is the sine of r and that many quarters of a turn.
func turned(r pair, quarters int) pair {
	switch quarters & 3 {
	case 0:
		return sinSeries(r)
	case 1:
		return cosSeries(r)
	case 2:
		return sinSeries(r).neg()
	}
	return cosSeries(r).neg()
}

// sinSeries is Taylor's series: what is after the fifth power needs no pairs.
func sinSeries(r pair) pair {
	z := r.times(r)
	rest := horner(z.hi, -1./5040, 1./362880, -1./39916800, 1./6227020800, -1./1307674368000, 1./355687428096000, -1./121645100408832000, 1./51090942171709440000)
	t := sum(1./120, float64(z.hi*rest))
	t.lo += 0x1.1111111111111p-63 // of 1/120
	u := pair{-1. / 6, -0x1.5555555555555p-57}.plus(z.times(t))
	return r.plus(r.times(z).times(u))
}

func cosSeries(r pair) pair {
	z := r.times(r)
	rest := horner(z.hi, 1./40320, -1./3628800, 1./479001600, -1./87178291200, 1./20922789888000, -1./6402373705728000, 1./2432902008176640000, -1./1124000727777607680000)
	t := sum(-1./720, float64(z.hi*rest))
	t.lo += 0x1.f49f49f49f49fp-65 // of -1/720
	u := pair{1. / 24, 0x1.5555555555555p-59}.plus(z.times(t))
	v := pair{-0.5, 0}.plus(z.times(u))
	return pair{1, 0}.plus(z.times(v))
}

// horner is c[0] + c[1]·z + c[2]·z² + ...
func horner(z float64, c ...float64) float64 {
	v := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		v = math.FMA(v, z, c[i])
	}
	return v
}

// asin is the arcsine of x >= 0; NaN above 1.
func asin(x float64) float64 {
	switch {
	case x <= 0.7:
		return asinPair(pair{x, 0}).hi
	case x <= 1:
		// pi/2 - 2·asin(sqrt((1-x)/2)), where 1-x is exact
		w := (1 - x) / 2
		if w == 0 {
			return math.Pi / 2
		}
		s := math.Sqrt(w)
		a := asinPair(pair{s, math.FMA(-s, s, w) / (2 * s)})
		p, _ := halfPi()
		return p.plus(pair{-2 * a.hi, -2 * a.lo}).hi
	}
	return math.NaN()
}

// asinPair improves package math's result by a step of Newton's method.
func asinPair(x pair) pair {
	if x.hi < 0x1p-27 {
		return quickSum(x.hi, x.lo+float64(x.hi*x.hi*x.hi/6))
	}
	guess := math.Asin(x.hi)
	s := sinPair(guess)
	return quickSum(guess, ((x.hi-s.hi)+(x.lo-s.lo))/math.Cos(guess))
}
