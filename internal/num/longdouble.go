package num

import (
	"math"
	"math/big"
	"math/bits"
)

// extended is the x87 80-bit extended precision number, C's long double on x86-64.
var extended = float{prec: 64, minExp: -16445, maxExp: 16320}

// LongDouble is a number of the x87 80-bit extended precision format. The zero value is 0.
type LongDouble struct {
	man  uint64 // the value is man·2^exp; the top bit is set unless exp is extended.minExp or the value is 0
	exp  int32
	neg  bool
	form form
}

// maxLongDoubleLen is the first length that string2ld refuses: its buffer is 5 KB.
const maxLongDoubleLen = 5 * 1024

// ParseLongDouble reads a number as Redis's string2ld does, with strtold. It accepts what ParseDouble does, in the range and
// precision of a long double, if it is shorter than 5 KB.
func ParseLongDouble(b []byte) (x LongDouble, ok bool) {
	if len(b) >= maxLongDoubleLen {
		return x, false
	}
	l, ok := scanLiteral(b)
	if !ok {
		return x, false
	}
	x.neg, x.form = l.neg, l.form
	if l.form == finite {
		man, exp, ok := extended.nearest(&l)
		if !ok {
			return LongDouble{}, false
		}
		x.man, x.exp = man, int32(exp)
	}
	return x, true
}

// LongDoubleFromInt returns v, exactly.
func LongDoubleFromInt(v int64) LongDouble {
	if v == 0 {
		return LongDouble{}
	}
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	n := bits.LeadingZeros64(u)
	return LongDouble{man: u << n, exp: int32(-n), neg: v < 0}
}

// LongDoubleFromFloat returns f, exactly.
func LongDoubleFromFloat(f float64) LongDouble {
	x := LongDouble{neg: math.Signbit(f)}
	switch {
	case f != f:
		x.form = notANumber
	case math.IsInf(f, 0):
		x.form = infinite
	case f != 0:
		frac, exp := math.Frexp(math.Abs(f))
		x.man, x.exp = uint64(frac*(1<<53))<<11, int32(exp-64)
	}
	return x
}

// IsFinite reports whether x is neither infinite nor a NaN.
func (x LongDouble) IsFinite() bool { return x.form == finite }

// Add returns x + y, rounded to nearest, ties to even.
func (x LongDouble) Add(y LongDouble) LongDouble {
	switch {
	case x.form == finite && y.form == finite:
		return x.addFinite(y)
	case x.form == finite:
		return y
	case y.form == infinite && (x.form == notANumber || x.neg != y.neg), y.form == notANumber:
		return LongDouble{form: notANumber}
	}
	return x
}

func (x LongDouble) addFinite(y LongDouble) LongDouble {
	if x.man == 0 || y.man == 0 {
		switch {
		case y.man != 0:
			return y
		case x.man == 0:
			x.neg = x.neg && y.neg
		}
		return x
	}
	if x.exp < y.exp || x.exp == y.exp && x.man < y.man {
		x, y = y, x
	}
	// x, the greater one, fills the 64 bits below the top one of 128; y is aligned with it. Its bits that fall off the end
	// are far below the rounding position, where all that counts is that there are some.
	xhi, xlo := x.man>>1, x.man<<63
	shift := uint(x.exp-y.exp) + 1
	var yhi, ylo uint64
	var sticky bool
	switch {
	case shift < 64:
		yhi, ylo = y.man>>shift, y.man<<(64-shift)
	case shift < 128:
		ylo = y.man >> (shift - 64)
		sticky = y.man<<(128-shift) != 0
	default:
		sticky = true
	}
	var hi, lo uint64
	if x.neg == y.neg {
		var carry uint64
		lo, carry = bits.Add64(xlo, ylo, 0)
		hi, _ = bits.Add64(xhi, yhi, carry)
	} else {
		var borrow uint64
		lo, borrow = bits.Sub64(xlo, ylo, 0)
		hi, _ = bits.Sub64(xhi, yhi, borrow)
		if sticky {
			// The difference lies between this less one and this.
			lo, borrow = bits.Sub64(lo, 1, 0)
			hi -= borrow
		}
	}
	if hi|lo == 0 && !sticky {
		return LongDouble{}
	}
	man, exp, ok := extended.round(hi, lo, sticky, int64(x.exp)-63)
	if !ok {
		return LongDouble{neg: x.neg, form: infinite}
	}
	return LongDouble{man: man, exp: int32(exp), neg: x.neg}
}

const (
	decimals = 17   // decimals that are computed
	scale    = 1e17 // 10^decimals
)

// FormatLongDouble appends x as Redis's ld2string does in its human-friendly mode: like printf's %.17Lf, without trailing zeros,
// and "0" for anything that comes out as -0. An infinity is "inf" or "-inf".
func FormatLongDouble(dst []byte, x LongDouble) []byte {
	switch {
	case x.form == notANumber:
		return append(dst, "nan"...)
	case x.form == infinite && x.neg:
		return append(dst, "-inf"...)
	case x.form == infinite:
		return append(dst, "inf"...)
	}
	if x.exp > 0 {
		if x.neg {
			dst = append(dst, '-')
		}
		n := new(big.Int).SetUint64(x.man)
		return n.Lsh(n, uint(x.exp)).Append(dst, 10)
	}
	whole, frac := x.split()
	if x.neg && whole|frac != 0 {
		dst = append(dst, '-')
	}
	dst = AppendUint(dst, whole)
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for n := Digits(frac); n < decimals; n++ {
		dst = append(dst, '0')
	}
	for frac%10 == 0 {
		frac /= 10
	}
	return AppendUint(dst, frac)
}

// split returns the whole part of a number below 2^64, and the rest in units of 10^-17, rounded to nearest, ties to even.
func (x LongDouble) split() (whole, frac uint64) {
	s := uint(-x.exp)
	if s < 64 {
		whole = x.man >> s
		x.man <<= 64 - s // the rest, in units of 2^-64
		s = 64
	}
	// The rest is man·10^17 / 2^s; the product has at most 121 bits.
	hi, lo := bits.Mul64(x.man, scale)
	if s >= 128 {
		return whole, 0
	}
	s -= 64
	frac = hi >> s
	rest := hi << (64 - s)
	sticky := lo != 0
	if s == 0 {
		rest, sticky = lo, false
	}
	if rest > 1<<63 || rest == 1<<63 && (sticky || frac&1 == 1) {
		frac++
	}
	if frac == scale {
		whole++
		frac = 0
	}
	return whole, frac
}
