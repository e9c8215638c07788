package harness

import (
	"errors"
	"strings"
)

// InfoField is the value of a field in a text of lines "field:value", as INFO answers.
func InfoField(text, field string) (string, bool) {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if ok && name == field {
			return value, true
		}
	}
	return "", false
}

var errQuotes = errors.New("unbalanced quotes")

// Words splits a line as redis-cli splits what is typed: words between blanks; "..." with \n \r \t \b \a
// \xHH and \ before any other byte; '...' with \' only. A quote has to be followed by a blank or the end.
func Words(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" {
			return words, nil
		}
		word, rest, err := firstWord(line)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
		line = rest
	}
}

func firstWord(line string) (word, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\r', '\n':
			return b.String(), line[i:], nil
		case '"', '\'':
			n, err := quoted(&b, line[i:], c)
			if err != nil {
				return "", "", err
			}
			i += n
			if i < len(line) && !strings.ContainsRune(" \t\r\n", rune(line[i])) {
				return "", "", errQuotes
			}
			return b.String(), line[i:], nil
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", nil
}

// quoted writes the text of the string in quotes that starts s, and returns its length with the quotes.
func quoted(b *strings.Builder, s string, quote byte) (int, error) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return i + 1, nil
		case s[i] == '\\' && quote == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
			b.WriteByte('\'')
		case s[i] == '\\' && quote == '"' && i+1 < len(s):
			i += unescape(b, s[i+1:])
		default:
			b.WriteByte(s[i])
		}
	}
	return 0, errQuotes
}

// unescape writes what the escape means whose text after the backslash starts s, and returns the length
// of that text.
func unescape(b *strings.Builder, s string) int {
	if len(s) >= 3 && s[0] == 'x' && isHex(s[1]) && isHex(s[2]) {
		b.WriteByte(hex(s[1])<<4 | hex(s[2]))
		return 3
	}
	if i := strings.IndexByte("nrtba", s[0]); i >= 0 {
		b.WriteByte("\n\r\t\b\a"[i])
	} else {
		b.WriteByte(s[0])
	}
	return 1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
