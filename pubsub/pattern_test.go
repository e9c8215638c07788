package pubsub

import (
	"strings"
	"testing"

	"radish/internal/glob"
)

// FuzzPattern compares a pattern in its group with the matcher alone.
func FuzzPattern(f *testing.F) {
	for _, s := range [][2]string{{"news.*", "news.1"}, {"*.x", "a.x"}, {"a?c", "abc"}, {"[a-c]x", "bx"}, {`a\*`, "a*"}, {"", ""}, {"*", ""}, {"a*a", "a"}, {"ab[", "ab"}, {"x*", "x"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, channel string) {
		g, prefix := newGlob([]byte(pattern))
		got := strings.HasPrefix(channel, prefix) && g.matches([]byte(channel))
		if want := glob.Match([]byte(pattern), []byte(channel), false); got != want {
			t.Fatalf("pattern %q, channel %q: %v, want %v", pattern, channel, got, want)
		}
	})
}

func TestPatternsThatBeginDifferentlyAreNotLookedAt(t *testing.T) {
	h, _ := newHub(1)
	s := h.NewSubscriber(0, &inbox{})
	for _, p := range []string{"a.*", "a.x*", "b.*", "*z"} {
		s.Subscribe(Pattern, []byte(p))
	}
	seen := 0
	h.patterns.groups.Prefixes([]byte("a.y"), func(g *globGroup) { seen += len(g.list) })
	if seen != 2 { // a.* and *z
		t.Fatalf("%d patterns were looked at", seen)
	}
}
