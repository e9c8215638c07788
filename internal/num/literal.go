package num

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// literal is a number as strtod of the C locale reads it: a sign, then decimal or hexadecimal digits with a point and an exponent,
// or inf or infinity. (Redis refuses nan.) For decimal and hexadecimal digits its absolute value is
//
//	(hi·2^64 + lo) · base^exp        where the base is 10 or 2
//
// exactly, or, if more is set, above that and below the value for lo+1. Decimal digits fill lo only.
type literal struct {
	form   form
	neg    bool
	hex    bool
	more   bool
	hi, lo uint64
	exp    int64

	digits []byte // decimal: all digits, and the point, from the first digit that is not zero
}

// loDigits is how many decimal digits go into literal.lo: as many as always fit.
const loDigits = 19

type form uint8

const (
	finite form = iota
	infinite
	notANumber
)

// maxExp is where the reading of an exponent stops: far beyond any that matters for inputs that fit into memory.
const maxExp = 1 << 50

// scanLiteral reads b, all of which has to be one literal.
func scanLiteral(b []byte) (x literal, ok bool) {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		x.neg = b[0] == '-'
		b = b[1:]
	}
	switch {
	case len(b) == 0:
		return x, false
	case b[0]|0x20 == 'i':
		x.form = infinite
		return x, equalFold(b, "inf") || equalFold(b, "infinity")
	case len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x':
		x.hex = true
		return x, x.scanHex(b[2:])
	}
	return x, x.scanDecimal(b)
}

func (x *literal) scanDecimal(b []byte) bool {
	i, some, point := 0, false, false
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !point {
			point = true
			continue
		}
		d := uint64(c - '0')
		if d > 9 {
			break
		}
		some = true
		if point {
			x.exp--
		}
		if x.digits == nil {
			if d == 0 {
				continue
			}
			x.digits = b[i:]
		}
		if x.lo < 1e18 { // fewer than loDigits
			x.lo = x.lo*10 + d
		} else {
			x.more = x.more || d != 0
			x.exp++
		}
	}
	if x.digits != nil {
		x.digits = x.digits[:len(x.digits)-len(b)+i]
	}
	return some && x.scanExponent(b[i:], 'e')
}

func (x *literal) scanHex(b []byte) bool {
	i, some, point := 0, false, false
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !point {
			point = true
			continue
		}
		d := uint64(hexDigit(c))
		if d > 15 {
			break
		}
		some = true
		if point {
			x.exp -= 4
		}
		if x.hi < 1<<60 {
			x.hi = x.hi<<4 | x.lo>>60
			x.lo = x.lo<<4 | d
		} else {
			x.more = x.more || d != 0
			x.exp += 4
		}
	}
	return some && x.scanExponent(b[i:], 'p')
}

// scanExponent reads the exponent with which b may go on.
func (x *literal) scanExponent(b []byte, letter byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0]|0x20 != letter {
		return false
	}
	b = b[1:]
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 {
		return false
	}
	var e int64
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return false
		}
		if e < maxExp {
			e = e*10 + int64(d)
		}
	}
	if neg {
		e = -e
	}
	x.exp += e
	return true
}

// float is a kind of binary floating-point number. Its finite values are man·2^exp with man < 2^prec and minExp <= exp <= maxExp.
type float struct {
	prec           int
	minExp, maxExp int
}

// round returns the number nearest to (hi·2^64 + lo + δ)·2^exp, ties to even, where 0 < δ < 1 if sticky, else δ = 0. ok is false
// on overflow. man has prec bits unless exp is minExp. sticky is only for hi >= 2^60: δ must not reach the bits that stay.
func (f float) round(hi, lo uint64, sticky bool, exp int64) (man uint64, e int64, ok bool) {
	if hi|lo == 0 {
		return 0, int64(f.minExp), true
	}
	if hi == 0 {
		hi, lo = lo, 0
		exp -= 64
	}
	n := bits.LeadingZeros64(hi)
	hi = hi<<n | lo>>(64-n)
	lo <<= n
	exp -= int64(n)
	// The upper prec bits of the 128 stay, or fewer where the exponent gets too small.
	drop := int64(128 - f.prec)
	drop = max(drop, int64(f.minExp)-exp)
	if drop > 128 {
		return 0, int64(f.minExp), true
	}
	exp += drop
	drop -= 64 // 0..64
	man, rest := hi>>drop, hi<<(64-drop)
	if drop == 0 {
		rest = lo
	} else {
		sticky = sticky || lo != 0
	}
	if rest > 1<<63 || rest == 1<<63 && (sticky || man&1 == 1) {
		man++
		if man>>(f.prec-1)>>1 != 0 || man == 0 {
			man = 1 << (f.prec - 1)
			exp++
		}
	}
	return man, exp, exp <= int64(f.maxExp)
}

// nearest returns the number nearest to the absolute value of a finite literal. ok is false where strtod would set ERANGE and
// return infinity or zero.
func (f float) nearest(x *literal) (man uint64, exp int64, ok bool) {
	if x.hi|x.lo == 0 {
		return 0, int64(f.minExp), true
	}
	if x.hex {
		man, exp, ok = f.round(x.hi, x.lo, x.more, x.exp)
		return man, exp, ok && man != 0
	}
	// lo·10^exp with 1 <= lo < 2^64: beyond these exponents nothing has to be computed.
	if x.exp > 5000 || x.exp < -5000 {
		return 0, 0, false
	}
	if !x.more && x.exp >= 0 && x.exp <= 27 {
		hi, lo := bits.Mul64(x.lo, pow5[x.exp])
		return f.round(hi, lo, false, x.exp)
	}
	if !x.more && x.exp < 0 && x.exp >= -27 {
		hi, lo, sticky, shift := divide(x.lo, pow5[-x.exp])
		return f.round(hi, lo, sticky, x.exp-shift)
	}
	man, exp, ok = f.nearestBig(x)
	return man, exp, ok && man != 0
}

// divide returns the quotient a/b, scaled by 2^shift so that it has 126 bits or more.
func divide(a, b uint64) (hi, lo uint64, sticky bool, shift int64) {
	n, m := bits.LeadingZeros64(a), bits.LeadingZeros64(b)
	b <<= m
	// a, shifted to one bit less than b, is below b, as Div64 demands.
	rem := a << n >> 1
	lost := a << n << 63
	hi, rem = bits.Div64(rem, lost, b)
	lo, rem = bits.Div64(rem, 0, b)
	return hi, lo, rem != 0, int64(128 - 1 + n - m)
}

// nearestBig is nearest for decimal literals of many digits or big exponents.
func (f float) nearestBig(x *literal) (man uint64, exp int64, ok bool) {
	n, e := x.allDigits()
	shift := 0
	sticky := false
	if e >= 0 {
		n.Mul(n, bigPow10(e))
	} else {
		d := bigPow10(-e)
		// At least 128 bits of quotient.
		shift = max(0, 129+d.BitLen()-n.BitLen())
		n.Lsh(n, uint(shift))
		var rem big.Int
		n.QuoRem(n, d, &rem)
		sticky = rem.Sign() != 0
	}
	if drop := n.BitLen() - 128; drop > 0 {
		sticky = sticky || int(n.TrailingZeroBits()) < drop
		n.Rsh(n, uint(drop))
		shift -= drop
	}
	var buf [16]byte
	n.FillBytes(buf[:])
	hi, lo := binary.BigEndian.Uint64(buf[:8]), binary.BigEndian.Uint64(buf[8:])
	return f.round(hi, lo, sticky, int64(-shift))
}

// maxDigits is more than the significant digits of any number halfway between two long doubles. What follows them cannot
// decide more than a tie.
const maxDigits = 12_000

// allDigits returns the value of a decimal literal as n·10^e.
func (x *literal) allDigits() (n *big.Int, e int64) {
	digits := make([]byte, 0, min(len(x.digits), maxDigits)+1)
	total, more := 0, false
	for _, c := range x.digits {
		if c == '.' {
			continue
		}
		total++
		if len(digits) < maxDigits {
			digits = append(digits, c)
		} else {
			more = more || c != '0'
		}
	}
	e = x.exp - int64(max(0, total-loDigits)) + int64(total-len(digits))
	if more {
		digits = append(digits, '1')
		e--
	}
	n, _ = new(big.Int).SetString(string(digits), 10)
	return n, e
}

// bigPow10 returns 10^e.
func bigPow10(e int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(e), nil) }

// equalFold compares with lower, which is in lower case, regardless of the case of b.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// hexDigit returns the value of a hexadecimal digit, 16 or more for other bytes.
func hexDigit(c byte) byte {
	if c-'0' < 10 {
		return c - '0'
	}
	if c |= 0x20; c-'a' < 6 {
		return c - 'a' + 10
	}
	return 16
}

// pow5 holds the powers of five that fit a uint64.
var pow5 = [28]uint64{
	1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125, 6103515625, 30517578125,
	152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625, 476837158203125, 2384185791015625,
	11920928955078125, 59604644775390625, 298023223876953125, 1490116119384765625, 7450580596923828125,
}
