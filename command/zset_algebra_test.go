package command

import (
	"fmt"
	"testing"
)

func TestZAlgebra(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "a", "1", "x", "2", "y", "inf", "i")
		h.run("zadd", "b", "10", "y", "20", "z", "-inf", "i")
		h.run("sadd", "s", "x", "q")
		h.want("zunion 2 a b withscores", "*8 $1 i $1 0 $1 x $1 1 $1 y $2 12 $1 z $2 20")
		h.want("zunion 2 a b weights 2 -1 aggregate min withscores", "*8 $1 z $3 -20 $1 y $3 -10 $1 x $1 2 $1 i $3 inf")
		h.want("zinter 2 a b", "*2 $1 i $1 y")
		h.want("zinter 2 a b aggregate max withscores", "*4 $1 y $2 10 $1 i $3 inf")
		h.want("zinter 2 a s withscores", "*2 $1 x $1 2")
		h.want("zdiff 2 a b withscores", "*2 $1 x $1 1")
		h.want("zdiff 2 s a", "*1 $1 q")
		h.want("zdiff 2 a a", "*0")
		h.want("zdiff 2 none a", "*0")
		h.want("zintercard 2 a b", ":2")
		h.want("zintercard 2 a b limit 1", ":1")
		h.want("zintercard 2 a none", ":0")
		h.proto = 3
		h.want("zdiff 2 a b withscores", "*1 *2 $1 x ,1")
		h.proto = 2
		h.want("zunion 0 a", "-ERR at least 1 input key is needed for 'zunion' command")
		h.want("zunion 2 a", "-ERR syntax error")
		h.want("zunion 1 a weights x", "-ERR weight value is not a float")
		h.want("zdiff 1 a weights 1", "-ERR syntax error")
		h.want("zintercard 1 a limit -1", "-ERR LIMIT can't be negative")
	})
}

func TestZAlgebraStore(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.run("zadd", "a", "1", "x", "2", "y")
		h.run("zadd", "b", "10", "y", "20", "z")
		h.ev = nil
		for _, c := range []struct{ line, reply, members, event string }{
			{"zunionstore d 2 a b", ":3", "*3 $1 x $1 y $1 z", "zunionstore d"},
			{"zinterstore d 2 a b", ":1", "*1 $1 y", "zinterstore d"},
			{"zdiffstore d 2 a b", ":1", "*1 $1 x", "zdiffstore d"},
			{"zunionstore a 2 a b", ":3", "*3 $1 x $1 y $1 z", "zunionstore a"},
			{"zdiffstore d 2 b a", ":0", "*0", "del d"},
		} {
			for range 2 {
				h.want(c.line, c.reply)
				h.want(fmt.Sprintf("zrange %c 0 -1", c.event[len(c.event)-1]), c.members)
				h.wantEvents(c.event)
				if c.reply == ":0" {
					h.want("zunionstore d 1 a", ":3")
					h.ev = nil
				}
				if got := h.runPrepared(c.line); got != c.reply {
					t.Errorf("%s, prepared: %s", c.line, got)
				}
				h.wantEvents(c.event)
				if c.reply == ":0" {
					break
				}
			}
		}
		if got := h.runPrepared("zunionstore d 1 a weights x"); got != "-ERR weight value is not a float" {
			t.Error(got)
		}
		h.wantEvents("")
	})
}

// Many elements: on a worker, into an arena of their own.
func TestLongZAlgebra(t *testing.T) {
	h := newHarness(t)
	h.addMany("a", 30000)
	h.run("zrangestore", "b", "a", "10000", "-1")
	h.want("zunionstore d 2 a b", ":30000")
	h.want("zscore d m29999", "$5 59998")
	h.want("zinterstore d 2 a b", ":20000")
	h.want("zdiffstore d 2 a b", ":10000")
	h.want("zintercard 2 a b", ":20000")
	h.want("zrange d 9999 -1 withscores", "*2 $5 m9999 $4 9999")
	if got := h.runPrepared("zunionstore d 2 a b weights -1 1"); got != ":30000" {
		t.Error(got)
	}
	h.want("zrange d 0 0 withscores", "*2 $5 m9999 $5 -9999")
}
