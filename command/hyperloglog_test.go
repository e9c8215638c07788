package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestPfadd(t *testing.T) {
	h := newHarness(t)
	h.want("PFADD h", ":1")
	h.wantEvents("pfadd h")
	h.want("PFADD h", ":0")
	h.wantEvents("")
	h.want("OBJECT ENCODING h", "$3 raw")
	h.want("PFADD h a b c", ":1")
	h.wantEvents("pfadd h")
	if h.dirty != 3 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("PFADD h a b c", ":0")
	h.want("PFCOUNT h", ":3")
	h.wantEvents(" h") // the estimate is in the string now
	h.want("PFCOUNT h", ":3")
	h.wantEvents("")
	h.want("EXPIRE h 100", ":1")
	h.want("PFADD h d", ":1")
	h.want("TTL h", ":100")
	h.want("SET s x", "+OK")
	h.want("PFADD s a", "-WRONGTYPE Key is not a valid HyperLogLog string value.")
	h.want("PFCOUNT h s", "-WRONGTYPE Key is not a valid HyperLogLog string value.")
}

func TestPfaddBecomesDense(t *testing.T) {
	h := newHarness(t)
	for i := range 2500 {
		h.run("PFADD", "h", fmt.Sprint(i))
	}
	h.want("PFDEBUG ENCODING h", "+dense")
	h.want("STRLEN h", ":12304")
	h.want("PFCOUNT h", ":2517")
	h.want("PFADD h x y z", ":1")
	h.want("PFADD h x y z", ":0")
}

func TestPfmerge(t *testing.T) {
	h := newHarness(t)
	h.run("PFADD", "a", "1", "2", "3")
	h.run("PFADD", "b", "3", "4")
	h.ev = nil
	h.want("PFCOUNT a b missing", ":4")
	h.wantEvents("")
	h.want("PFMERGE c a b missing", "+OK")
	h.wantEvents("pfadd c")
	h.want("PFCOUNT c", ":4")
	h.want("PFDEBUG ENCODING c", "+sparse")
	h.want("PFDEBUG TODENSE a", ":1")
	h.want("PFMERGE c a", "+OK")
	h.want("PFDEBUG ENCODING c", "+dense")
	h.want("PFCOUNT c", ":4")
}

func TestPfErrorsChangeNothing(t *testing.T) {
	h := newHarness(t)
	bad := "HYLL\x01" + strings.Repeat("\x00", 10) + "\x80\x7f\xfe"
	h.run("SET", "h", bad)
	h.ev = nil
	for _, line := range []string{"PFCOUNT h", "PFCOUNT h h", "PFMERGE h", "PFMERGE x h", "PFDEBUG GETREG h", "PFDEBUG TODENSE h"} {
		h.want(line, "-INVALIDOBJ Corrupted HLL object detected")
	}
	h.wantEvents("")
	h.want("EXISTS x", ":0")
	h.want("GET h", short("$18\r\n"+bad+"\r\n"))
	h.want("PFDEBUG ENCODING nothing", "-ERR The specified key does not exist")
	h.want("PFDEBUG x h", "-ERR Unknown PFDEBUG subcommand 'x'")
}

func TestPfaddAndPfcountAllocateNothing(t *testing.T) {
	h := newHarness(t)
	h.run("PFADD", "sparse", "1", "2", "3")
	h.run("PFADD", "dense", "1", "2", "3")
	h.run("PFDEBUG", "TODENSE", "dense")
	h.run("PFCOUNT", "sparse")
	for _, line := range []string{"PFADD sparse 1 2 3", "PFADD dense 1 2 3", "PFCOUNT sparse", "PFCOUNT sparse dense"} {
		run := h.prepare(line)
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}
