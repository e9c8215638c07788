package command

import (
	"testing"
)

// push runs RPUSH for values up to 2,000 of which go into one request.
func (h *harness) rpush(key string, vals []string) {
	h.t.Helper()
	for len(vals) > 0 {
		n := min(len(vals), 2000)
		if got := h.run(append([]string{"RPUSH", key}, vals[:n]...)...); got[0] != ':' {
			h.t.Fatalf("RPUSH: %q", got)
		}
		vals = vals[n:]
	}
}

func TestListRange(t *testing.T) {
	for _, c := range []struct {
		start, stop int64
		n, from, k  int
	}{
		{0, -1, 5, 0, 5}, {-3, -2, 5, 2, 2}, {-100, 100, 5, 0, 5}, {5, 9, 5, 0, 0}, {4, 9, 5, 4, 1}, {3, 2, 5, 0, 0}, {0, -6, 5, 0, 0},
		{-1 << 63, 1<<63 - 1, 5, 0, 5}, {1<<63 - 1, -1 << 63, 5, 0, 0}, {0, -1, 0, 0, 0}, {0, 0, 0, 0, 0},
	} {
		if from, k := listRange(c.start, c.stop, c.n); from != c.from && k > 0 || k != c.k {
			t.Errorf("%d to %d of %d: %d, %d", c.start, c.stop, c.n, from, k)
		}
	}
}
