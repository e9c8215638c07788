package command

import "testing"

func TestBlockingPopsOfLists(t *testing.T) {
	h := newHarness(t)
	fill := func() {
		h.run("DEL", "a", "b", "d")
		h.want("RPUSH b 1 2 3 4 5", ":5")
		h.ev = nil
	}
	for _, c := range []struct {
		line, reply, events string
		dirty               int64
	}{
		{"BLPOP a b 0", "*2 $1 b $1 1", "lpop b", 1},
		{"BRPOP b a 0", "*2 $1 b $1 5", "rpop b", 1},
		{"BLMPOP 0 2 a b LEFT", "*2 $1 b *1 $1 1", "lpop b", 1},
		{"BLMPOP 0 2 a b right COUNT 2", "*2 $1 b *2 $1 5 $1 4", "rpop b", 2},
		{"BLMPOP 0 1 b left count 10", "*2 $1 b *5 $1 1 $1 2 $1 3 $1 4 $1 5", "lpop b", 5},
		{"BLMOVE b d left right 0", "$1 1", "rpush d, lpop b", 1},
		{"BRPOPLPUSH b d 0", "$1 5", "lpush d, rpop b", 1},
		{"BLMOVE b b right left 0", "$1 5", "lpush b, rpop b", 1},
	} {
		fill()
		h.want(c.line, c.reply)
		h.wantEvents(c.events)
		if h.dirty != c.dirty {
			t.Errorf("%s: dirty %d, want %d", c.line, h.dirty, c.dirty)
		}
	}
	h.want("EXISTS b", ":1")
}

func TestBlockingListCommandsErrors(t *testing.T) {
	h := newHarness(t)
	h.want("SET s x", "+OK")
	h.want("RPUSH l a", ":1")
	for _, line := range []string{"BLPOP s l 0", "BLPOP no s l 0", "BLMPOP 0 2 s l LEFT", "BLMOVE s l LEFT LEFT 0", "BLMOVE l s LEFT LEFT 0", "BRPOPLPUSH s l 0", "BZPOPMIN l 0", "BZMPOP 0 1 l MIN"} {
		h.want(line, "-"+string(ErrWrongType))
	}
	h.want("BLMOVE l l UP LEFT x", "-ERR syntax error")
	h.want("BLMOVE l l LEFT UP x", "-ERR syntax error")
	h.want("BLMOVE l l LEFT LEFT x", "-"+string(errTimeoutFloat))
	h.want("BRPOPLPUSH l l -1", "-"+string(errTimeoutNegative))
	h.want("BLMPOP x 0 l LEFT", "-ERR numkeys should be greater than 0")
	h.want("BLMPOP x 1 l UP", "-ERR syntax error")
	h.want("BLMPOP x 1 l LEFT COUNT 0", "-ERR count should be greater than 0")
	h.want("BLMPOP x 1 l LEFT COUNT", "-ERR syntax error")
	h.want("BLMPOP x 1 l LEFT COUNT 1 COUNT 1", "-ERR syntax error")
	h.want("BLMPOP x 2 l LEFT", "-ERR syntax error")
	h.want("BLMPOP x 1 l LEFT", "-"+string(errTimeoutFloat))
	h.want("LLEN l", ":1")
}
