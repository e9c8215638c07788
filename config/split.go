package config

import (
	"fmt"
	"strings"
)

// splitArgs cuts a configuration line into words as Redis does (sds.c,
// sdssplitargs): words stand apart by white space; "..." may hold spaces and
// the escapes \n \r \t \b \a \xHH and \ before any other character; '...' may
// hold \'. A closing quote must end the word. ok is false when quotes do not
// balance. A zero byte ends the line.
func splitArgs(line string) (words []string, ok bool) {
	if end := strings.IndexByte(line, 0); end >= 0 {
		line = line[:end]
	}
	for {
		line = strings.TrimLeft(line, spaces)
		if line == "" {
			return words, true
		}
		word, rest, ok := splitWord(line)
		if !ok {
			return nil, false
		}
		words = append(words, word)
		line = rest
	}
}

// spaces are the bytes of C's isspace.
const spaces = " \t\n\v\f\r"

// splitWord takes the first word off a line that does not start with a space.
func splitWord(line string) (word, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\n', '\r', '\t': // not \v and \f, which only part words before they begin
			return b.String(), line[i+1:], true
		case '"', '\'':
			n := quoted(&b, line[i+1:], c)
			if n < 0 {
				return "", "", false
			}
			rest = line[i+1+n:]
			if rest != "" && strings.IndexByte(spaces, rest[0]) < 0 {
				return "", "", false
			}
			return b.String(), rest, true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", true
}

// quoted appends what stands before the closing quote and returns the length
// of the text including that quote, or -1 when there is none.
func quoted(b *strings.Builder, s string, quote byte) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote:
			return i + 1
		case c == '\\' && i+1 < len(s) && quote == '\'' && s[i+1] == '\'':
			i++
			b.WriteByte('\'')
		case c == '\\' && i+1 < len(s) && quote == '"':
			n := escape(b, s[i+1:])
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return -1
}

// escape appends the character that s, the text after a backslash, begins
// with, and returns how many bytes of s that took.
func escape(b *strings.Builder, s string) int {
	if s[0] == 'x' && len(s) >= 3 {
		hi, lo := hexDigit(s[1]), hexDigit(s[2])
		if hi >= 0 && lo >= 0 {
			b.WriteByte(byte(hi<<4 | lo))
			return 3
		}
	}
	switch c := s[0]; c {
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'b':
		b.WriteByte('\b')
	case 'a':
		b.WriteByte('\a')
	default:
		b.WriteByte(c)
	}
	return 1
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// quote writes s in double quotes so that splitArgs gives it back.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\', '"':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\a':
			b.WriteString(`\a`)
		case '\b':
			b.WriteString(`\b`)
		default:
			if c >= ' ' && c <= '~' {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
