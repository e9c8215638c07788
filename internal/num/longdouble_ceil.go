package num

import (
	"math"
	"math/bits"
)

// MulCeil returns x·n, rounded to a long double as C's multiplication does, and then up to an integer. ok is false
// when that is more than the greatest int64; what is below the least one comes out as that.
func (x LongDouble) MulCeil(n uint32) (v int64, ok bool) {
	switch {
	case x.form == notANumber || x.form == infinite && !x.neg:
		return 0, false
	case x.form == infinite:
		return math.MinInt64, true
	case x.man == 0 || n == 0:
		return 0, true
	}
	hi, lo := bits.Mul64(x.man, uint64(n))
	man, exp, ok := extended.round(hi, lo, false, int64(x.exp))
	switch {
	case !ok || exp > -1:
		if x.neg {
			return math.MinInt64, true
		}
		return 0, false
	case exp <= -64:
		if x.neg {
			return 0, true
		}
		return 1, true
	}
	whole := int64(man >> -exp) // < 2^63
	if x.neg {
		return -whole, true
	}
	if man<<(64+exp) != 0 {
		if whole == math.MaxInt64 {
			return 0, false
		}
		whole++
	}
	return whole, true
}
