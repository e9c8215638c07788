// Package glob matches keys, channels and names against patterns, exactly as Redis 7.2's stringmatchlen does on x86-64.
//
//   - any bytes, also none
//     ?       one byte
//     [abc]   one of the bytes; [^abc] none of them; [a-z] one of a range, whose ends may be in either order
//     \x      the byte x itself, also within brackets
//     other   the byte itself
//
// Brackets that are not closed end with the pattern. Nothing but the empty pattern matches the empty string, not even "*".
package glob

import "bytes"

// maxStars is how many stars a pattern may have before its last byte, counting stars in a row as one; beyond that Redis takes
// a pattern for abuse and nothing matches.
const maxStars = 1000

// Match reports whether the whole of s matches pattern, regardless of the case of ASCII letters if nocase is set. It takes no
// more than len(pattern)·len(s) steps and does not allocate.
func Match(pattern, s []byte, nocase bool) bool {
	p, i := 0, 0
	// Where to go on when something does not match: behind the last star, one byte further in s. Stars before the last one need
	// not be tried again, as a longer match for them leaves less of s for what follows.
	star, from, stars := -1, 0, 0
	for p < len(pattern) && i < len(s) {
		c := pattern[p]
		if c == '*' {
			for p+1 < len(pattern) && pattern[p+1] == '*' {
				p++
			}
			p++
			if p == len(pattern) {
				return true
			}
			if stars++; stars > maxStars {
				return false
			}
			if from = candidate(pattern[p], s, i, nocase); from < 0 {
				return false
			}
			star, i = p, from
			continue
		}
		ok := true
		switch c {
		case '?':
			p++
		case '[':
			ok, p = class(pattern, p+1, s[i], nocase)
		default:
			if c == '\\' && p+1 < len(pattern) {
				p++
				c = pattern[p]
			}
			ok = c == s[i] || nocase && lower(c) == lower(s[i])
			p++
		}
		i++
		if ok && i == len(s) {
			for p < len(pattern) && pattern[p] == '*' {
				p++
			}
			ok = p == len(pattern)
		} else if ok && p == len(pattern) {
			ok = false
		}
		if !ok {
			if star < 0 {
				return false
			}
			if from = candidate(pattern[star], s, from+1, nocase); from < 0 {
				return false
			}
			p, i = star, from
		}
	}
	return p == len(pattern) && i == len(s)
}

// Needs returns the longest part of pattern that every string which matches it contains, as it is: a test that is quicker than Match.
// The case of letters counts.
func Needs(pattern []byte) (longest []byte) {
	from := 0
	run := func(to int) {
		if to-from > len(longest) {
			longest = pattern[from:to]
		}
	}
	for p := 0; p < len(pattern); {
		next := p + 1
		switch pattern[p] {
		case '[':
			_, next = class(pattern, p+1, 0, false)
		case '*', '?':
		case '\\':
			next = min(p+2, len(pattern))
		default:
			p++
			continue
		}
		run(p)
		from, p = next, next
	}
	run(len(pattern))
	return longest
}

// candidate returns the first offset of s, not below from, at which a rest of a pattern that starts with c can match, or -1.
func candidate(c byte, s []byte, from int, nocase bool) int {
	if from >= len(s) {
		return -1
	}
	if nocase || c == '?' || c == '[' || c == '\\' {
		return from
	}
	i := bytes.IndexByte(s[from:], c)
	if i < 0 {
		return -1
	}
	return from + i
}

// class reports whether c is in the brackets whose inside starts at offset p, and returns the offset behind them.
func class(pattern []byte, p int, c byte, nocase bool) (ok bool, next int) {
	not := p < len(pattern) && pattern[p] == '^'
	if not {
		p++
	}
	in := false
	for p < len(pattern) && pattern[p] != ']' {
		left := len(pattern) - p
		switch {
		case pattern[p] == '\\' && left >= 2:
			// An escaped byte keeps its case.
			in = in || pattern[p+1] == c
			p += 2
		case left >= 3 && pattern[p+1] == '-':
			in = in || inRange(pattern[p], pattern[p+2], c, nocase)
			p += 3
		default:
			in = in || pattern[p] == c || nocase && lower(pattern[p]) == lower(c)
			p++
		}
	}
	return in != not, min(p+1, len(pattern))
}

// inRange reports whether c lies between a and b, in the order of C's signed char: from 0x80 over 0xff and 0 to 0x7f. The ends
// are put in order before their case is folded, so that a range such as [Z-a] may then hold nothing. Folding also brings the bytes
// from 0x80 behind the others, but for 0xff, which glibc takes for EOF.
func inRange(a, b, c byte, nocase bool) bool {
	if int8(a) > int8(b) {
		a, b = b, a
	}
	if nocase {
		return foldedOrder(a) <= foldedOrder(c) && foldedOrder(c) <= foldedOrder(b)
	}
	return int8(a) <= int8(c) && int8(c) <= int8(b)
}

// foldedOrder is tolower of c as a signed char.
func foldedOrder(c byte) int {
	if c == 0xff {
		return -1
	}
	return int(lower(c))
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c |= 0x20
	}
	return c
}
