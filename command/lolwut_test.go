package command

import (
	"strings"
	"testing"
)

func TestLolwut(t *testing.T) {
	h := newHarness(t)
	for _, line := range []string{"lolwut", "LOLWUT version 5", "lolwut version 6 1 1", "lolwut version 0 -5 9999", "lolwut x", "lolwut version"} {
		got := h.run(splitLine(line)...)
		if !strings.HasPrefix(got, "$") || !strings.HasSuffix(got, "\nRedis ver. 7.4.0\n\r\n") {
			t.Errorf("%s: %q", line, got)
		}
	}
	for _, line := range []string{"lolwut version x", "lolwut version 5 x", "lolwut version 5 1 x"} {
		h.want(line, "-ERR value is not an integer or out of range")
	}
	h.proto = 3
	if got := h.run("lolwut"); !strings.HasPrefix(got, "=") || !strings.Contains(got, "\r\ntxt:") {
		t.Errorf("%q", got)
	}
}

func TestDrawBed(t *testing.T) {
	for width := 1; width < 70; width += 3 {
		for height := 1; height < 12; height++ {
			lines := strings.Split(drawBed(width, height, func(n int) int { return n - 1 }), "\n")
			if len(lines) != height+5 {
				t.Errorf("%dx%d: %d lines", width, height, len(lines))
			}
			for _, l := range lines {
				if len(l) > width {
					t.Errorf("%dx%d: line of %d", width, height, len(l))
				}
			}
		}
	}
}
