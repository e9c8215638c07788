package num

import (
	"math"
	"strconv"
	"unsafe"
)

// double is the float64.
var double = float{prec: 53, minExp: -1074, maxExp: 971}

// ParseDouble reads a number as Redis's string2d does, with strtod: decimal or hexadecimal, a '+' is allowed, surrounding spaces
// are not. inf and infinity are numbers in any case of letters, nan is not. Numbers too big or too small for a float64 are
// refused, those that come out subnormal are not.
func ParseDouble(b []byte) (f float64, ok bool) {
	x, ok := scanLiteral(b)
	if !ok {
		return 0, false
	}
	switch {
	case x.form == infinite:
		f = math.Inf(1)
	case !x.hex && !x.more && x.lo < 1<<53 && -22 <= x.exp && x.exp <= 22:
		// Both are exact, so that one operation rounds as it should.
		f = float64(x.lo)
		if x.exp < 0 {
			f /= float64Pow10[-x.exp]
		} else {
			f *= float64Pow10[x.exp]
		}
	case !x.hex && -5000 < x.exp && x.exp < 5000 && len(b) < 5000:
		// strconv takes all literals of this size, and reads exponents of this size in full.
		f, _ = strconv.ParseFloat(unsafe.String(&b[0], len(b)), 64)
		if math.IsInf(f, 0) || f == 0 && x.lo != 0 {
			return 0, false
		}
		return f, true
	default:
		man, exp, ok := double.nearest(&x)
		if !ok {
			return 0, false
		}
		f = math.Ldexp(float64(man), int(exp))
	}
	if x.neg {
		f = -f
	}
	return f, true
}

// AppendDouble appends f as Redis's d2string prints it: integers without an exponent as far as they are exact, other numbers by
// Grisu2, "inf", "-inf", "nan", "-0".
func AppendDouble(dst []byte, f float64) []byte {
	// 2^62 is the float64 nearest to the bound LLONG_MAX/2.
	if -(1<<62) <= f && f <= 1<<62 && f != 0 {
		if i := int64(f); float64(i) == f {
			return AppendInt(dst, i)
		}
	}
	return AppendGrisu(dst, f)
}

// AppendGrisu is AppendDouble that prints integers like other numbers, large ones with an exponent, as fpconv_dtoa does.
func AppendGrisu(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "nan"...)
	case f > math.MaxFloat64:
		return append(dst, "inf"...)
	case f < -math.MaxFloat64:
		return append(dst, "-inf"...)
	case f == 0:
		if math.Signbit(f) {
			dst = append(dst, '-')
		}
		return append(dst, '0')
	}
	return appendGrisu(dst, f)
}

// float64Pow10 holds the powers of ten that are float64s.
var float64Pow10 = [23]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}
