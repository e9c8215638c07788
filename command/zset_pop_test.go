package command

import "testing"

func TestZPop(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e")
		h.ev = nil
		h.want("zpopmin z", "*2 $1 a $1 1")
		h.want("zpopmax z", "*2 $1 e $1 5")
		h.wantEvents("zpopmin z, zpopmax z")
		h.want("zpopmin z 0", "*0")
		h.wantEvents("")
		h.proto = 3
		h.want("zpopmax z 2", "*2 *2 $1 d ,4 *2 $1 c ,3")
		if h.dirty != 2 {
			t.Errorf("dirty is %d", h.dirty)
		}
		h.want("zpopmin z", "*2 $1 b ,2")
		h.want("exists z", ":0")
		h.want("zpopmin z 1", "*0")
		h.want("zpopmin z -1", "-ERR value is out of range, must be positive")
		h.want("zpopmin z 1 1", "-ERR syntax error")
	})
}

func TestZMPop(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "c")
		h.ev = nil
		h.want("zmpop 2 none z min", "*2 $1 z *1 *2 $1 a $1 1")
		h.want("zmpop 2 none z max count 5", "*2 $1 z *2 *2 $1 c $1 3 *2 $1 b $1 2")
		h.wantEvents("zpopmin z, zpopmax z")
		h.want("zmpop 2 none z max", "*-1")
		h.want("zmpop 0 z max", "-ERR numkeys should be greater than 0")
		h.want("zmpop 1 z max count 0", "-ERR count should be greater than 0")
		h.want("zmpop 1 z mid", "-ERR syntax error")
		h.want("zmpop 2 z max", "-ERR syntax error")
	})
}

func TestPopMembers(t *testing.T) {
	h := newHarness(t)
	h.addMany("z", 20000)
	h.want("zpopmax z 1", "*2 $6 m19999 $5 19999")
	if reply := h.run("zpopmin", "z", "100000"); len(reply) < 20000*10 {
		t.Errorf("%d bytes", len(reply))
	}
	h.want("exists z", ":0")
}
