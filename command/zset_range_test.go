package command

import (
	"strings"
	"testing"

	"radish/resp"
)

func TestZRange(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "c", "4", "d")
		h.want("zrange z 1 2", "*2 $1 b $1 c")
		h.want("zrange z -100 0 withscores", "*2 $1 a $1 1")
		h.want("zrevrange z 0 1", "*2 $1 d $1 c")
		h.want("zrange z 4 9", "*0")
		h.want("zrange none 0 -1", "*0")
		h.want("zrangebyscore z (1 3", "*2 $1 b $1 c")
		h.want("zrevrangebyscore z +inf 2 limit 1 1 withscores", "*2 $1 c $1 3")
		h.want("zrange z 4 2 byscore rev limit 0 -1", "*3 $1 d $1 c $1 b")
		h.want("zrangebyscore z 1 4 limit -1 2", "*0")
		h.want("zrangebyscore z 1 4 limit 4 2", "*0")
		h.proto = 3
		h.want("zrange z 0 0 withscores", "*1 *2 $1 a ,1")
		h.proto = 2
		h.want("zrange z 0 1 limit 0 1", "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
		h.want("zrange z - + bylex withscores", "-ERR syntax error, WITHSCORES not supported in combination with BYLEX")
		h.want("zrevrange z 0 1 rev", "-ERR syntax error")
		h.want("zrange z 0 1 rev rev", "-ERR syntax error")
		h.want("zrange z (0 1", "-ERR value is not an integer or out of range")
	})
}

func TestZRangeByLex(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "0", "a", "0", "b", "0", "c", "0", "d")
		h.want("zrangebylex z [b (d", "*2 $1 b $1 c")
		h.want("zrevrangebylex z + (b limit 1 5", "*1 $1 c")
		h.want("zrange z + - bylex rev limit 0 1", "*1 $1 d")
		h.want("zrangebylex z b +", "-ERR min or max not valid string range item")
	})
}

// A range that turns out long goes to a worker; its key was found once.
func TestLongZRange(t *testing.T) {
	h := newHarness(t)
	h.addMany("z", 30000)
	for _, line := range []string{"zrange z 0 -1", "zrangebyscore z -inf inf", "zrange z 0 -1 rev withscores", "zrangebylex z - +"} {
		reply := h.run(strings.Fields(line)...)
		want := "*30000\r\n"
		if strings.Contains(line, "withscores") {
			want = "*60000\r\n"
		}
		if !strings.HasPrefix(reply, want) {
			t.Errorf("%s: %.20q", line, reply)
		}
	}
}

// A range takes no memory of its own, however many elements it has.
func TestZRangeAllocates(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.addMany("z", 100)
		for _, line := range []string{"zrange z 0 -1 withscores", "zrangebyscore z -inf inf", "zrevrangebylex z + -", "zscore z m5", "zrank z m50"} {
			var args [][]byte
			for _, f := range strings.Fields(line) {
				args = append(args, []byte(f))
			}
			s := h.table.Resolve(args)
			w := &resp.Writer{Buf: make([]byte, 0, 10000)}
			c := &Ctx{Args: args, Spec: s, Reply: w, Env: h.env, DB: h.store.DB(0, h.now), Keys: h.keys(s, args), OnLoop: true}
			if n := testing.AllocsPerRun(100, func() {
				w.Buf = w.Buf[:0]
				if err := s.Handler(c); err != nil {
					t.Fatal(err)
				}
			}); n > 0 {
				t.Errorf("%s: %v allocations", line, n)
			}
		}
	})
}
