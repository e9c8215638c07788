package command

import "testing"

func TestZRemRange(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e", "6", "f")
		h.ev = nil
		h.want("zremrangebyrank z 1 2", ":2")
		if h.dirty != 2 {
			t.Errorf("dirty is %d", h.dirty)
		}
		h.want("zremrangebyscore z (1 4", ":1")
		h.want("zremrangebyscore z 8 9", ":0")
		h.wantEvents("zremrangebyrank z, zremrangebyscore z")
		h.want("zrange z 0 -1", "*3 $1 a $1 e $1 f")
		h.want("zremrangebyrank z -1 -1", ":1")
		h.want("zremrangebyrank z 5 9", ":0")
		h.want("zremrangebyrank z 0 -1", ":2")
		h.want("exists z", ":0")
		h.run("zadd", "l", "0", "a", "0", "b", "0", "c")
		h.ev = nil
		h.want("zremrangebylex l [a (c", ":2")
		h.want("zremrangebylex l - +", ":1")
		h.wantEvents("zremrangebylex l, zremrangebylex l")
		h.want("zremrangebyscore l x 1", "-ERR min or max is not a float")
		h.want("zremrangebylex l x +", "-ERR min or max not valid string range item")
		h.want("zremrangebyrank l x 1", "-ERR value is not an integer or out of range")
	})
}
