package command

import "testing"

func TestZAdd(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.want("zadd z 1 a 2 b", ":2")
		if h.dirty != 2 {
			t.Errorf("dirty is %d", h.dirty)
		}
		h.wantEvents("zadd z")
		h.want("zadd z 1 a", ":0")
		h.want("zadd z xx 5 nobody", ":0")
		h.want("zadd none xx incr 5 a", "$-1")
		h.wantEvents("")
		h.want("zadd z ch 3 a 3 c", ":2")
		h.want("zadd z incr 0.5 a", "$3 3.5")
		h.want("zincrby z -3 a", "$3 0.5")
		h.wantEvents("zadd z, zincr z, zincr z")
		h.want("zadd z nx incr 1 a", "$-1")
		h.want("zrange z 0 -1 withscores", "*6 $1 a $3 0.5 $1 b $1 2 $1 c $1 3")
		h.proto = 3
		h.want("zincrby z 1 a", ",1.5")
		h.want("zadd z gt incr -1 a", "_")
		h.proto = 2
		h.want("zadd z inf a", ":0")
		h.ev = nil
		h.want("zincrby z -inf a", "-ERR resulting score is not a number (NaN)")
		h.wantEvents("")
	})
}

func TestZAddRefuses(t *testing.T) {
	h := newHarness(t)
	h.want("zadd z 1", "-ERR wrong number of arguments for 'zadd' command")
	h.want("zadd z nx 1", "-ERR syntax error")
	h.want("zadd z nx xx 1 a", "-ERR XX and NX options at the same time are not compatible")
	h.want("zadd z lt nx 1 a", "-ERR GT, LT, and/or NX options at the same time are not compatible")
	h.want("zadd z incr 1 a 2 b", "-ERR INCR option supports a single increment-element pair")
	h.want("zadd z 1 a nan b", "-ERR value is not a valid float")
	h.want("exists z", ":0")
	h.wantEvents("")
}

// Many pairs go to a worker, and the set becomes big at once.
func TestZAddMany(t *testing.T) {
	h := newHarness(t)
	h.addMany("z", 20000)
	h.want("zcard z", ":20000")
	h.want("object encoding z", "$8 skiplist")
	h.want("zrange z 19999 -1", "*1 $6 m19999")
}

func TestZRem(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "z", "1", "a", "2", "b", "3", "3")
		h.ev = nil
		h.want("zrem z nobody", ":0")
		h.wantEvents("")
		h.want("zrem z a nobody 3 a", ":2")
		if h.dirty != 2 {
			t.Errorf("dirty is %d", h.dirty)
		}
		h.want("zrem z b a", ":1")
		h.wantEvents("zrem z, zrem z")
		h.want("exists z", ":0")
		h.want("zrem z b", ":0")
	})
}
