package command

import "testing"

func TestZRangeStore(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "c")
		h.ev = nil
		for _, run := range []func(string) string{func(s string) string { return "" }, h.runPrepared} {
			if run("zrangestore d z 0 1") == "" {
				h.want("zrangestore d z 0 1", ":2")
			}
			h.want("zrange d 0 -1 withscores", "*4 $1 a $1 1 $1 b $1 2")
			h.wantEvents("zrangestore d")
		}
		h.want("zrangestore d z 3 2 byscore rev limit 1 1", ":1")
		h.want("zrange d 0 -1", "*1 $1 b")
		h.want("zrangestore z z (1 +inf byscore", ":2")
		h.want("zrange z 0 -1", "*2 $1 b $1 c")
		h.ev = nil
		h.want("zrangestore d none 0 -1", ":0")
		h.wantEvents("del d")
		h.want("zrangestore d z 5 9", ":0")
		h.wantEvents("")
		h.want("zrangestore d z 0 1 withscores", "-ERR syntax error")
		if got := h.runPrepared("zrangestore d z 0 x"); got != "-ERR value is not an integer or out of range" {
			t.Error(got)
		}
	})
}

func TestLongZRangeStore(t *testing.T) {
	h := newHarness(t)
	h.addMany("z", 30000)
	h.want("zrangestore d z 0 -1", ":30000")
	h.want("zrange d 29999 -1", "*1 $6 m29999")
}
