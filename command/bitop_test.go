package command

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestBitop(t *testing.T) {
	h := newHarness(t)
	h.want("MSET a abc b 12 k 1", "+OK")
	h.ev = nil
	h.want("BITOP AND d a b", ":3")
	h.want("GET d", "$3 !\"\x00")
	if e := h.encoding("d"); e != "raw" {
		t.Errorf("encoding %s", e)
	}
	h.want("BITOP or d a b none", ":3")
	h.want("GET d", "$3 qrc")
	h.want("SETEX d 10 x", "+OK")
	h.want("BITOP XOR d a a", ":3")
	h.want("GET d", "$3 \x00\x00\x00")
	h.wantDeadline("d", 0)
	h.want("BITOP NOT d k", ":1")
	h.want("GET d", "$1 \xce")
	h.wantEvents("set d, set d, set d, set d, set d")
	h.want("SETEX k 10 1", "+OK")
	h.want("BITOP OR k b k a", ":3") // the destination is a source
	h.want("GET k", "$3 qrc")
	h.wantDeadline("k", 0)
	h.ev = nil
	h.want("BITOP AND d none", ":0")
	h.want("BITOP AND d none none2", ":0")
	h.wantEvents("del d")

	h.want("BITOP NOT d a b", "-ERR BITOP NOT must be called with a single source key.")
	h.want("BITOP NAND d a b", syntaxErr)
}

func TestBitopAgainstBytes(t *testing.T) {
	h := newHarness(t)
	h.env.Observed.Store(false)
	rnd := rand.New(rand.NewPCG(5, 6))
	ops := map[string]func(x, y byte) byte{
		"AND": func(x, y byte) byte { return x & y },
		"OR":  func(x, y byte) byte { return x | y },
		"XOR": func(x, y byte) byte { return x ^ y },
	}
	vals := map[string][]byte{}
	for range 300 {
		args := []string{"BITOP", "NOT", fmt.Sprint("k", rnd.IntN(5))}
		n := 1
		if rnd.IntN(5) > 0 {
			args[1] = []string{"AND", "OR", "XOR"}[rnd.IntN(3)]
			n += rnd.IntN(4)
		}
		var want []byte
		for range n {
			key := fmt.Sprint("k", rnd.IntN(5))
			args = append(args, key)
			if rnd.IntN(2) == 0 {
				v := make([]byte, rnd.IntN([]int{10, 100, 5000, 20_000}[rnd.IntN(4)]))
				for j := range v {
					v[j] = byte(rnd.Uint32())
				}
				vals[key] = v
				h.run("SET", key, string(v))
			}
		}
		for i, key := range args[3:] {
			v := vals[key]
			grown := make([]byte, max(len(want), len(v)))
			for j := range grown {
				var x, y byte
				if j < len(want) {
					x = want[j]
				}
				if j < len(v) {
					y = v[j]
				}
				switch {
				case args[1] == "NOT":
					grown[j] = ^y
				case i == 0:
					grown[j] = y
				default:
					grown[j] = ops[args[1]](x, y)
				}
			}
			want = grown
		}
		if got := h.run(args...); got != fmt.Sprintf(":%d\r\n", len(want)) {
			t.Fatalf("%v: %q, want %d", args, got, len(want))
		}
		if want == nil {
			delete(vals, args[2])
		} else {
			vals[args[2]] = want
			if got := h.run("GET", args[2]); len(want) > 0 && got != fmt.Sprintf("$%d\r\n%s\r\n", len(want), want) {
				t.Fatalf("%v: wrong outcome", args)
			}
		}
	}
}
