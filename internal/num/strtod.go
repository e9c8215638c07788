package num

import (
	"bytes"
	"math"
)

// ParseStrtod reads all of b with C's strtod as SORT does: up to a zero byte, after any white space, nothing at all is 0. What is too big, too
// small for a normal float64, or no number is refused.
func ParseStrtod(b []byte) (f float64, ok bool) {
	if f, ok = ParseDouble(b); !ok {
		if i := bytes.IndexByte(b, 0); i >= 0 {
			b = b[:i]
		}
		if len(b) == 0 {
			return 0, true
		}
		for len(b) > 0 && isSpace(b[0]) {
			b = b[1:]
		}
		if f, ok = ParseDouble(b); !ok {
			return 0, false
		}
	}
	const smallestNormal = 0x1p-1022
	return f, f == 0 || math.Abs(f) >= smallestNormal
}
