package num

import (
	"bytes"
	"math/bits"
)

const (
	maxIntLen = 20 // bytes of the longest int64
	minInt    = 1 << 63
)

// ParseInt reads a decimal int64 in its canonical form, as Redis's string2ll does: no spaces, no '+', no leading zeros, no
// "-0". What it accepts AppendInt writes back to the same bytes.
func ParseInt(b []byte) (v int64, ok bool) {
	if len(b) == 0 || len(b) > maxIntLen {
		return 0, false
	}
	digits := b
	if b[0] == '-' {
		digits = b[1:]
	}
	// 19 digits are enough for an int64 and cannot overflow a uint64.
	if len(digits) == 0 || len(digits) > maxIntLen-1 {
		return 0, false
	}
	u := uint64(digits[0] - '0')
	if u-1 >= 9 {
		return 0, u == 0 && len(b) == 1
	}
	for _, c := range digits[1:] {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		u = u*10 + uint64(d)
	}
	if len(digits) != len(b) {
		return -int64(u), u <= minInt
	}
	return int64(u), u < minInt
}

// ParseCursor reads the cursor of SCAN and its kin. Redis reads it with strtoul: a sign and leading zeros are allowed, leading
// spaces are not, and nothing at all is 0.
func ParseCursor(b []byte) (v uint64, ok bool) {
	if len(b) > 0 && isSpace(b[0]) {
		return 0, false
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	v, digits, ok := strtoull(b)
	return v, ok && (digits > 0 || len(b) == 0)
}

// strtoull is C's strtoull in base 10. ok is false if anything follows the number or it is
// out of range.
func strtoull(b []byte) (v uint64, digits int, ok bool) {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	for _, c := range b {
		d := uint64(c - '0')
		hi, lo := bits.Mul64(v, 10)
		sum, carry := bits.Add64(lo, d, 0)
		if d > 9 || hi != 0 || carry != 0 {
			return 0, 0, false
		}
		v = sum
		digits++
	}
	if neg {
		v = -v
	}
	return v, digits, true
}

// Atoi reads what C's atoi reads on 64-bit Linux: spaces, a sign and digits, up to what is not a digit; 0 without digits. A number
// too large for 64 bits is the largest or smallest of these, and 32 bits are left of each.
func Atoi(b []byte) int32 {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	limit, neg := uint64(minInt-1), false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		if neg = b[0] == '-'; neg {
			limit = minInt
		}
		b = b[1:]
	}
	var v uint64
	for _, c := range b {
		d := uint64(c - '0')
		if d > 9 {
			break
		}
		if v > (limit-d)/10 {
			v = limit
			break
		}
		v = v*10 + d
	}
	if neg {
		v = -v
	}
	return int32(v)
}

// isSpace is isspace of the C locale.
func isSpace(c byte) bool { return c == ' ' || c-'\t' < 5 }

const twoDigits = "" +
	"00010203040506070809" + "10111213141516171819" +
	"20212223242526272829" + "30313233343536373839" +
	"40414243444546474849" + "50515253545556575859" +
	"60616263646566676869" + "70717273747576777879" +
	"80818283848586878889" + "90919293949596979899"

// AppendInt appends v in decimal.
func AppendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return AppendUint(append(dst, '-'), -uint64(v))
	}
	return AppendUint(dst, uint64(v))
}

// AppendUint appends v in decimal.
func AppendUint(dst []byte, v uint64) []byte {
	if v < 10 {
		return append(dst, byte('0'+v))
	}
	n := Digits(v)
	at := len(dst)
	if cap(dst)-at < n {
		dst = append(dst, twoDigits[:n]...)
	}
	dst = dst[:at+n]
	room := dst[at:]
	for v >= 100 {
		q := v / 100
		r := (v - q*100) * 2
		v = q
		room[n-1], room[n-2] = twoDigits[r+1], twoDigits[r]
		n -= 2
	}
	if v >= 10 {
		room[1], room[0] = twoDigits[v*2+1], twoDigits[v*2]
	} else {
		room[0] = byte('0' + v)
	}
	return dst
}

// Digits returns the number of decimal digits of v.
func Digits(v uint64) int {
	// 1233/4096 is just above log10(2), so that n is the answer or one too few.
	v |= 1
	n := bits.Len64(v) * 1233 >> 12
	if v >= pow10[n] {
		n++
	}
	return n
}

// pow10 holds the powers of ten that fit a uint64.
var pow10 = [20]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}
