package glob

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, s   string
		want, nocase bool // nocase: the result when case does not matter
	}{
		{"", "", true, true}, {"", "a", false, false}, {"a", "", false, false}, {"a", "a", true, true}, {"a", "b", false, false},
		{"a", "A", false, true}, {"ab", "a", false, false}, {"a", "ab", false, false}, {"\xe4", "\xc4", false, false},
		// Nothing matches the empty string.
		{"*", "", false, false}, {"**", "", false, false}, {"[^a]", "", false, false},
		{"*", "a", true, true}, {"**", "abc", true, true}, {"a*", "a", true, true}, {"a**", "a", true, true}, {"*a", "a", true, true},
		{"a*b", "ab", true, true}, {"a*b", "axxb", true, true}, {"a*b", "axxbx", false, false}, {"a*b*", "axxbx", true, true},
		{"*9999999*", "key:000009999999", true, true}, {"*ab*abc*", "ababab_abc", true, true}, {"*abc", "ababc", true, true}, {"*ABC", "ababc", false, true},
		{"*a*b", "aab", true, true}, {"*a?b", "aab", true, true}, {"*a?b", "aacb", true, true}, {"*a?b", "ab", false, false}, {"h*llo*", "heeeello", true, true}, {"*\\*", "a*", true, true}, {"*\\*", "ab", false, false},
		{"?", "a", true, true}, {"?", "", false, false}, {"??", "a", false, false}, {"h?llo", "hello", true, true}, {"?*", "a", true, true}, {"*?", "a", true, true},
		{"[ae]", "a", true, true}, {"[ae]", "b", false, false}, {"h[ae]llo", "hallo", true, true}, {"[AE]", "a", false, true}, {"[^ae]", "b", true, true}, {"[^ae]", "a", false, false},
		{"[a-c]", "b", true, true}, {"[c-a]", "b", true, true}, {"[a-c]", "d", false, false}, {"[A-C]", "b", false, true}, {"[^a-c]", "b", false, false},
		{"[a-]", "a", true, true}, {"[a-", "a", true, true}, {"[a-", "-", true, true}, {"[a-]", "_", true, true}, {"[]", "]", false, false}, {"[]a]", "a]", false, false},
		// Brackets that are not closed.
		{"[", "[", false, false}, {"[", "a", false, false}, {"[a", "a", true, true}, {"[a", "b", false, false}, {"[^", "x", true, true}, {"[^a", "b", true, true}, {"[ab", "[ab", false, false},
		{"x[", "x[", false, false}, {"*[", "a", false, false}, {"*[^", "a", true, true},
		// Escapes.
		{"\\a", "a", true, true}, {"\\*", "*", true, true}, {"\\*", "a", false, false}, {"\\", "\\", true, true}, {"a\\", "a\\", true, true}, {"\\\\", "\\", true, true},
		{"[\\]]", "]", true, true}, {"[\\^]", "^", true, true}, {"[\\", "\\", true, true}, {"[\\a", "a", true, true}, {"[\\A]", "a", false, false}, {"[\\a-z]", "m", false, false},
		{"[\\a-z]", "-", true, true}, {"[a-\\]]", "b]", false, false}, {"[^\\^]", "a", true, true}, {"\\A", "a", false, true},
		// Ranges are in the order of signed bytes, and folding puts them in another one.
		{"[\x80-\x10]", "\xff", true, false}, {"[\x10-\x80]", "\x05", true, false}, {"[\x10-\x80]", "\x20", false, false}, {"[a-\xff]", "\x10", true, true},
		{"[Z-a]", "b", false, false}, {"[Z-a]", "_", true, false},
	}
	for _, tt := range tests {
		if got := Match([]byte(tt.pattern), []byte(tt.s), false); got != tt.want {
			t.Errorf("Match(%q, %q) = %v", tt.pattern, tt.s, got)
		}
		if got := Match([]byte(tt.pattern), []byte(tt.s), true); got != tt.nocase {
			t.Errorf("Match(%q, %q), nocase = %v", tt.pattern, tt.s, got)
		}
	}
}

func TestTooManyStars(t *testing.T) {
	for _, tt := range []struct {
		stars int
		end   string
		want  bool
	}{
		{999, "", true}, {1000, "", true}, {1001, "", false}, {1000, "*", true}, {1000, "*b", false},
	} {
		pattern := strings.Repeat("**a", tt.stars) + tt.end
		s := strings.Repeat("a", 2000) + strings.TrimLeft(tt.end, "*")
		if got := Match([]byte(pattern), []byte(s), false); got != tt.want {
			t.Errorf("%d stars and %q: %v", tt.stars, tt.end, got)
		}
	}
}

// TestNoExponentialTime would run for ages if stars were tried in all combinations.
func TestNoExponentialTime(t *testing.T) {
	s := []byte(strings.Repeat("a", 20_000))
	for _, pattern := range []string{
		strings.Repeat("a*", 500) + "b", strings.Repeat("*a", 900) + "?b", strings.Repeat("*[a-z]", 500) + "b", strings.Repeat("?*", 500) + "b",
	} {
		start := time.Now()
		if Match([]byte(pattern), s, true) {
			t.Errorf("%.20s... matches", pattern)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%.20s... took %v", pattern, took)
		}
	}
}

// reference matches by trying everything: the pattern is cut into atoms, and reach[i] says whether the atoms so far match the
// first i bytes of s.
func reference(pattern, s []byte, nocase bool) bool {
	if len(s) == 0 {
		return len(pattern) == 0
	}
	reach := make([]bool, len(s)+1)
	reach[0] = true
	for p := 0; p < len(pattern); {
		next := make([]bool, len(s)+1)
		size := 1
		if pattern[p] == '*' {
			reached := false
			for i, r := range reach {
				reached = reached || r
				next[i] = reached
			}
		} else {
			for i, c := range s {
				var ok bool
				ok, size = atom(pattern[p:], c, nocase)
				next[i+1] = reach[i] && ok
			}
		}
		reach = next
		p += size
	}
	return reach[len(s)]
}

// atom matches c with the first atom of pattern, which is not a star, and returns the atom's size.
func atom(pattern []byte, c byte, nocase bool) (ok bool, size int) {
	fold := func(b byte) byte {
		if nocase && b >= 'A' && b <= 'Z' {
			return b + 'a' - 'A'
		}
		return b
	}
	switch {
	case pattern[0] == '?':
		return true, 1
	case pattern[0] == '\\' && len(pattern) > 1:
		return fold(pattern[1]) == fold(c), 2
	case pattern[0] != '[':
		return fold(pattern[0]) == fold(c), 1
	}
	rest := pattern[1:]
	not := len(rest) > 0 && rest[0] == '^'
	if not {
		rest = rest[1:]
	}
	for len(rest) > 0 && rest[0] != ']' {
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			ok = ok || rest[1] == c
			rest = rest[2:]
		case len(rest) > 2 && rest[1] == '-':
			lo, hi := int8(rest[0]), int8(rest[2])
			lo, hi = min(lo, hi), max(lo, hi)
			order := func(b byte) int { return int(int8(b)) }
			if nocase {
				order = func(b byte) int {
					if b == 0xff {
						return -1
					}
					return int(fold(b))
				}
			}
			ok = ok || order(byte(lo)) <= order(c) && order(c) <= order(byte(hi))
			rest = rest[3:]
		default:
			ok = ok || fold(rest[0]) == fold(c)
			rest = rest[1:]
		}
	}
	if len(rest) > 0 {
		rest = rest[1:]
	}
	return ok != not, len(pattern) - len(rest)
}

func TestAgainstReference(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for _, alphabet := range []string{"ab*", "ab*?[]^-\\", "aAbBzZ*[]-^\\", "a\x80\xff[]-*", "ab[-]"} {
		random := func(n int) []byte {
			b := make([]byte, rnd.IntN(n))
			for i := range b {
				b[i] = alphabet[rnd.IntN(len(alphabet))]
			}
			return b
		}
		for range 30_000 {
			pattern, s, nocase := random(12), random(10), rnd.IntN(2) == 0
			if got, want := Match(pattern, s, nocase), reference(pattern, s, nocase); got != want {
				t.Fatalf("seed %d: Match(%q, %q, %v) = %v", seed, pattern, s, nocase, got)
			}
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"*", "h[^a-c]*llo?", "[a-", "[^", "\\", "a**b\\*[\\]]", "[\x80-a]"} {
		f.Add([]byte(s), []byte("hello*]"), true)
	}
	f.Fuzz(func(t *testing.T, pattern, s []byte, nocase bool) {
		if len(pattern) > 900 || len(s) > 2000 {
			return
		}
		start := time.Now()
		got := Match(pattern, s, nocase)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("Match(%q, %q) took %v", pattern, s, took)
		}
		if want := reference(pattern, s, nocase); got != want {
			t.Fatalf("Match(%q, %q, %v) = %v", pattern, s, nocase, got)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	s := []byte("key:000000123456")
	for _, pattern := range []string{"*", "key:*", "*9999999*", "key:00000012345[0-9]", "*:*:*"} {
		p := []byte(pattern)
		b.Run(pattern, func(b *testing.B) {
			for b.Loop() {
				Match(p, s, false)
			}
		})
	}
}

func TestNeeds(t *testing.T) {
	for _, c := range [][2]string{
		{"", ""}, {"abc", "abc"}, {"*", ""}, {"a*bcd?e", "bcd"}, {"[abc]de", "de"}, {"x[a-]yz]w", "x"}, {`a\*bc`, "bc"}, {`ab\`, "ab"}, {"ab[cdef", "ab"},
		{"[^]]abc", "]abc"}, {"*[ab]12?", "12"},
	} {
		if got := string(Needs([]byte(c[0]))); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

// FuzzNeeds: what matches has what Needs says.
func FuzzNeeds(f *testing.F) {
	f.Add("a[b-]c]*d", "abcd")
	f.Add(`\\x?[^]]`, `\xab`)
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if n := Needs([]byte(pattern)); Match([]byte(pattern), []byte(s), false) && !bytes.Contains([]byte(s), n) {
			t.Fatalf("%q matches %q without %q", s, pattern, n)
		}
	})
}
