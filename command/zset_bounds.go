package command

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"radish/internal/num"
	"radish/store"
)

const (
	errScoreRange Error = "ERR min or max is not a float"
	errLexRange   Error = "ERR min or max not valid string range item"
)

// parseScoreRange reads the bounds of a range of scores; "(" before one leaves it out of the range.
func parseScoreRange(lo, hi []byte) (r store.ScoreRange, err error) {
	var ok [2]bool
	r.Min, r.MinEx, ok[0] = parseScoreBound(lo)
	r.Max, r.MaxEx, ok[1] = parseScoreBound(hi)
	if !ok[0] || !ok[1] {
		return r, errScoreRange
	}
	return r, nil
}

func parseScoreBound(b []byte) (f float64, ex, ok bool) {
	if len(b) > 0 && b[0] == '(' {
		b, ex = b[1:], true
	}
	f, ok = parseStrtod(b)
	return f, ex, ok
}

// parseStrtod reads a number as strtod does, to the end of b or to a zero byte: blanks may stand before it, nothing at all is 0, and what is too big
// or too small for a float64 is infinite or 0. nan is refused.
func parseStrtod(b []byte) (f float64, ok bool) {
	if f, ok = num.ParseDouble(b); ok {
		return f, true
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if len(b) == 0 {
		return 0, true
	}
	b = bytes.TrimLeft(b, " \t\n\v\f\r")
	if f, ok = num.ParseDouble(b); ok {
		return f, true
	}
	s := string(b)
	if strings.Trim(s, "0123456789+-.eEpPxXabcdfABCDF") != "" {
		return 0, false
	}
	if !strings.ContainsAny(s, "pP") && strings.ContainsAny(s, "xX") {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, !math.IsNaN(f)
}

// parseLexRange reads the bounds of a range of names: "[m" and "(m" with or without m, "-" and "+" before and behind all.
func parseLexRange(lo, hi []byte) (r store.LexRange, err error) {
	var ok [2]bool
	r.Min, ok[0] = parseLexBound(lo)
	r.Max, ok[1] = parseLexBound(hi)
	if !ok[0] || !ok[1] {
		return r, errLexRange
	}
	return r, nil
}

func parseLexBound(b []byte) (l store.LexBound, ok bool) {
	if len(b) == 0 {
		return l, false
	}
	switch b[0] {
	case '+', '-':
		l.Inf = 1
		if b[0] == '-' {
			l.Inf = -1
		}
		return l, len(b) == 1 || b[1] == 0
	case '(':
		return store.LexBound{Member: b[1:], Ex: true}, true
	case '[':
		return store.LexBound{Member: b[1:]}, true
	}
	return l, false
}
