package command

import "testing"

func TestIncr(t *testing.T) {
	const (
		overflow = "-ERR increment or decrement would overflow"
		max      = "9223372036854775807"
		min      = "-9223372036854775808"
	)
	h := newHarness(t)
	h.want("INCR n", ":1")
	h.want("INCRBY n 41", ":42")
	h.want("DECR n", ":41")
	h.want("DECRBY n 50", ":-9")
	h.want("DECRBY n -9", ":0")
	h.wantEvents("incrby n, incrby n, incrby n, incrby n, incrby n")
	h.want("SETEX n 10 1", "+OK")
	h.want("INCR n", ":2")
	h.wantDeadline("n", 10_000)

	h.want("SET n "+max, "+OK")
	h.want("INCR n", overflow)
	h.want("INCRBY n 0", ":"+max)
	h.want("INCRBY n "+min, ":-1")
	h.want("DECRBY n "+max, ":"+min)
	h.want("DECR n", overflow)
	h.want("DECRBY n "+min, "-ERR decrement would overflow")
	h.want("INCRBY n "+min, overflow)
	h.want("INCRBY n 9223372036854775808", notInt)
	h.want("INCRBY n 1x", notInt)
	h.want("DECRBY n 007", notInt)

	h.want("SET n 1", "+OK")
	h.want("APPEND n 2", ":2")
	if e := h.encoding("n"); e != "raw" {
		t.Errorf("encoding %s", e)
	}
	h.want("INCR n", ":13")
	if e := h.encoding("n"); e != "int" {
		t.Errorf("encoding %s", e)
	}
	for _, v := range []string{"abc", " 11", "11 ", "1.5", "", "+5", "-0", "0x10", "9223372036854775808"} {
		h.run("SET", "n", v)
		h.want("INCR n", notInt)
	}
}

func TestIncrbyfloat(t *testing.T) {
	const notFloat = "-ERR value is not a valid float"
	h := newHarness(t)
	h.want("INCRBYFLOAT n 10.5", "$4 10.5")
	h.want("INCRBYFLOAT n 0.1", "$4 10.6")
	h.want("INCRBYFLOAT n -5", "$3 5.6")
	h.want("INCRBYFLOAT n 5.0e3", "$22 5005.60000000000000009")
	h.want("GET n", "$22 5005.60000000000000009")
	h.wantEvents("incrbyfloat n, incrbyfloat n, incrbyfloat n, incrbyfloat n")
	h.want("SETEX n 10 3", "+OK")
	h.want("INCRBYFLOAT n 1", "$1 4")
	if e := h.encoding("n"); e != "embstr" {
		t.Errorf("encoding %s", e)
	}
	h.wantDeadline("n", 10_000)
	h.want("SET n 17179869184", "+OK")
	h.want("INCRBYFLOAT n 1.5", "$13 17179869185.5")
	h.want("INCRBYFLOAT n nan", notFloat)
	h.want("INCRBYFLOAT n 1x", notFloat)
	h.want("INCRBYFLOAT n inf", "-ERR increment would produce NaN or Infinity")
	h.run("SET", "n", "1 ")
	h.want("INCRBYFLOAT n 1", notFloat)
	h.want("SET n 1e4932", "+OK")
	h.want("INCRBYFLOAT n 1e4932", "-ERR increment would produce NaN or Infinity")
	h.want("SET n -0.0", "+OK")
	h.want("INCRBYFLOAT n -0.0", "$1 0")
}
