package command

import "testing"

func TestBlockingPopsOfSortedSets(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		line, reply2, reply3 string
		dirty                int64
	}{
		{"BZPOPMIN none z 0", "*3 $1 z $1 a $3 1.5", "*3 $1 z $1 a ,1.5", 1},
		{"BZPOPMAX z none 0", "*3 $1 z $1 c $1 3", "*3 $1 z $1 c ,3", 1},
		{"BZMPOP 0 1 z MIN", "*2 $1 z *1 *2 $1 a $3 1.5", "*2 $1 z *1 *2 $1 a ,1.5", 1},
		{"BZMPOP 0 2 none z max COUNT 2", "*2 $1 z *2 *2 $1 c $1 3 *2 $1 b $1 2", "*2 $1 z *2 *2 $1 c ,3 *2 $1 b ,2", 2},
	} {
		for proto, reply := range map[int]string{2: c.reply2, 3: c.reply3} {
			h.proto = proto
			h.run("DEL", "z")
			h.run("ZADD", "z", "1.5", "a", "2", "b", "3", "c")
			h.want(c.line, reply)
			if h.dirty != c.dirty {
				t.Errorf("%s: dirty %d, want %d", c.line, h.dirty, c.dirty)
			}
		}
	}
	h.proto = 2
	h.ev = nil
	h.run("BZMPOP", "0", "1", "z", "MIN", "COUNT", "9")
	h.wantEvents("zpopmin z")
	h.want("EXISTS z", ":0")
	h.want("BZMPOP x 1 z UP", "-ERR syntax error")
	h.want("BZMPOP x 1 z MIN", "-"+string(errTimeoutFloat))
}
