package command

import "testing"

func TestZSetReads(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2.5", "b", "2.5", "c", "inf", "d")
		h.want("zcard z", ":4")
		h.want("zcard none", ":0")
		h.want("zscore z b", "$3 2.5")
		h.want("zscore z nobody", "$-1")
		h.want("zscore none b", "$-1")
		h.want("zmscore z d nobody a", "*3 $3 inf $-1 $1 1")
		h.want("zmscore none d a", "*2 $-1 $-1")
		h.want("zrank z c", ":2")
		h.want("zrevrank z a", ":3")
		h.want("zrank z nobody", "$-1")
		h.want("zrank none a withscore", "*-1")
		h.want("zrank z c withscore", "*2 :2 $3 2.5")
		h.want("zrank z c withscores", "-ERR syntax error")
		h.want("zrank z c withscore x", "-ERR wrong number of arguments for 'zrank' command")
		h.want("zcount z (1 2.5", ":2")
		h.want("zcount z 3 1", ":0")
		h.want("zcount z 1 x", "-ERR min or max is not a float")
		h.proto = 3
		h.want("zscore z d", ",inf")
		h.want("zrevrank z c withscore", "*2 :1 ,2.5")
		h.want("zrank z nobody withscore", "_")
	})
}

func TestZLexCount(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "0", "a", "0", "b", "0", "c")
		h.want("zlexcount z - +", ":3")
		h.want("zlexcount z (a [b", ":1")
		h.want("zlexcount z + -", ":0")
		h.want("zlexcount none - +", ":0")
		h.want("zlexcount z a +", "-ERR min or max not valid string range item")
	})
}
