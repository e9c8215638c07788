package config

import (
	"math"
	"strconv"
	"strings"
)

// ParseMemory reads a size such as 100, 1k (1000), 1kb (1024), 5gb; the unit
// in any case. Digits may be missing (0), and too large a product wraps, both
// as in Redis (util.c, memtoull).
func ParseMemory(s string) (uint64, bool) {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	var unit uint64
	switch strings.ToLower(s[digits:]) {
	case "", "b":
		unit = 1
	case "k":
		unit = 1000
	case "kb":
		unit = 1 << 10
	case "m":
		unit = 1000 * 1000
	case "mb":
		unit = 1 << 20
	case "g":
		unit = 1000 * 1000 * 1000
	case "gb":
		unit = 1 << 30
	default:
		return 0, false
	}
	if digits >= 128 {
		return 0, false
	}
	if digits == 0 {
		return 0, true
	}
	n, err := strconv.ParseUint(s[:digits], 10, 64)
	if err != nil { // only the range can be wrong
		n = math.MaxUint64
	}
	return n * unit, true
}

// formatMemory writes a size with the largest unit that divides it.
func formatMemory(n int64) string {
	switch {
	case n == 0:
	case n%(1<<30) == 0:
		return strconv.FormatInt(n>>30, 10) + "gb"
	case n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "mb"
	case n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + "kb"
	}
	return strconv.FormatInt(n, 10)
}

// parseInteger reads a canonical decimal int64: no spaces, no plus, no leading zero.
func parseInteger(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || s != strconv.FormatInt(n, 10) {
		return 0, false
	}
	return n, true
}

// scanInteger reads a number as C's strtoll does: leading spaces, a sign and
// missing digits are fine, a number out of range becomes the nearest one
// (inRange is then false). all says whether nothing followed the number.
func scanInteger(s string, base int) (n int64, all, inRange bool) {
	empty := s == "" // C points back at the start when it finds no number
	s = strings.TrimLeft(s, spaces)
	end := 0
	if end < len(s) && (s[end] == '-' || s[end] == '+') {
		end++
	}
	first := end
	for end < len(s) && s[end] >= '0' && int(s[end]-'0') < base {
		end++
	}
	if end == first {
		return 0, empty, true
	}
	n, err := strconv.ParseInt(s[:end], base, 64)
	return n, end == len(s), err == nil
}

// scanWhole is scanInteger in base 10 for callers that take a number out of
// range as the nearest one but nothing after it.
func scanWhole(s string) (int64, bool) {
	n, all, _ := scanInteger(s, 10)
	return n, all
}

// numKind says how a number is written.
type numKind uint8

const (
	plain numKind = iota
	memory
	memoryOrPercent // a percentage is kept as its negative
	octal
)

// number is the range and writing of a numeric directive.
type number struct {
	kind     numKind
	min, max int64
	unsigned bool // compared as uint64: a negative number is above max; max -1 is no limit
}

// parse reads and checks a value. The errors are Redis's.
func (d number) parse(s string) (int64, error) {
	n, err := d.scan(s)
	if err != nil {
		return 0, err
	}
	return n, d.check(n)
}

func (d number) scan(s string) (int64, error) {
	s = cString(s)
	switch d.kind {
	case memory, memoryOrPercent:
		if n, ok := ParseMemory(s); ok {
			return int64(n), nil
		}
		if d.kind == memory {
			return 0, errNotMemory
		}
		if text, ok := strings.CutSuffix(s, "%"); ok {
			if n, ok := parseInteger(text); ok && n >= 0 {
				return -n, nil
			}
		}
		return 0, errNotMemoryOrPercent
	case octal:
		if n, all, inRange := scanInteger(s, 8); all && inRange {
			return n, nil
		}
		return 0, errNotOctal
	default:
		if n, ok := parseInteger(s); ok {
			return n, nil
		}
		return 0, errNotInteger
	}
}

func (d number) check(n int64) error {
	switch {
	case d.kind == memoryOrPercent && n < 0:
		if n < d.min {
			return reasonf("percentage argument must be less or equal to %d", -d.min)
		}
	case d.unsigned && (uint64(n) > uint64(d.max) || uint64(n) < uint64(d.min)):
		if d.kind == octal {
			return reasonf("argument must be between %o and %o inclusive", uint64(d.min), uint64(d.max))
		}
		return reasonf("argument must be between %d and %d inclusive", uint64(d.min), uint64(d.max))
	case !d.unsigned && (n < d.min || n > d.max):
		return reasonf("argument must be between %d and %d inclusive", d.min, d.max)
	}
	return nil
}

// format writes n as CONFIG GET shows it: memory in plain bytes.
func (d number) format(n int64) string {
	switch {
	case d.kind == memoryOrPercent && n < 0:
		return strconv.FormatInt(-n, 10) + "%"
	case d.kind == octal:
		return strconv.FormatInt(n, 8)
	}
	return strconv.FormatInt(n, 10)
}

// formatShort writes n as CONFIG REWRITE does: memory with units.
func (d number) formatShort(n int64) string {
	if n >= 0 && (d.kind == memory || d.kind == memoryOrPercent) {
		return formatMemory(n)
	}
	return d.format(n)
}

// cString cuts s at its first zero byte, where a C program would end it.
func cString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}
