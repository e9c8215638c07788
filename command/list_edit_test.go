package command

import (
	"fmt"
	"strings"
	"testing"
)

// Elements of any size, and their moves.
func TestBigElements(t *testing.T) {
	h := newHarness(t)
	defer h.store.WaitLazyFree()
	for _, size := range []int{8170, 8200, 70_000, 300_000, 5 << 20} {
		v := strings.Repeat("x", size)
		bulk := fmt.Sprintf("$%d\r\n%s\r\n", size, v)
		for _, args := range [][]string{
			{"RPUSH", "k", "a", v, "b"}, {"LINSERT", "k", "AFTER", v, "c"}, {"LSET", "k", "0", v}, {"LSET", "k", "1", "small"},
			{"LPUSH", "k", v, v}, {"LREM", "k", "1", v},
		} {
			if got := h.run(args...); got[0] == '-' {
				t.Errorf("%.20q: %q", args, got)
			}
		}
		if got := h.run("LRANGE", "k", "0", "1"); got != "*2\r\n"+bulk+bulk {
			t.Errorf("%d bytes", len(got))
		}
		for _, args := range [][]string{{"LMOVE", "k", "to", "LEFT", "LEFT"}, {"LMOVE", "to", "to", "LEFT", "RIGHT"}, {"LINDEX", "to", "-1"}, {"RPOP", "to"}, {"LPOP", "k"}} {
			if got := h.run(args...); got != bulk {
				t.Errorf("%.20q: %d bytes", args, len(got))
			}
		}
		h.want("LRANGE k 0 -1", "*3 $5 small $1 c $1 b")
		h.want("DEL k to", ":1")
	}
}
