package command

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestBitcount(t *testing.T) {
	h := newHarness(t)
	h.want("SET k foobar", "+OK")
	for line, reply := range map[string]string{
		"BITCOUNT k":                ":26",
		"BITCOUNT k 0 0":            ":4",
		"BITCOUNT k 1 1 BYTE":       ":6",
		"BITCOUNT k 5 30 bit":       ":17",
		"BITCOUNT k 5 -1 BIT":       ":24",
		"BITCOUNT k -3 -5 foo":      ":0", // before the unit is looked at
		"BITCOUNT k 3 1":            ":0",
		"BITCOUNT k 0 0 foo":        syntaxErr,
		"BITCOUNT k 0":              syntaxErr,
		"BITCOUNT k 0 1 BIT 1":      syntaxErr,
		"BITCOUNT k a 1":            notInt,
		"BITCOUNT k 0 b":            notInt,
		"BITCOUNT none":             ":0",
		"BITCOUNT none a":           ":0",
		"BITCOUNT none 0 0 foo bar": ":0",
	} {
		h.want(line, reply)
	}
	h.run("SET", "k", "")
	h.want("BITCOUNT k", ":0")
	h.want("BITCOUNT k 0 -1 BIT", ":0")
}

func TestBitpos(t *testing.T) {
	h := newHarness(t)
	h.run("SET", "k", "\xff\xf0\x00")
	h.run("SET", "ones", "\xff\xff\xff")
	h.run("SET", "empty", "")
	for line, reply := range map[string]string{
		"BITPOS k 0":               ":12",
		"BITPOS k 1":               ":0",
		"BITPOS k 1 2":             ":-1",
		"BITPOS k 0 1":             ":12",
		"BITPOS k 0 0 0":           ":-1",
		"BITPOS k 0 -1":            ":16",
		"BITPOS k 1 3 15 BIT":      ":3",
		"BITPOS k 0 3 11 bit":      ":-1",
		"BITPOS k 0 3 12 bit":      ":12",
		"BITPOS k 1 12 -1 bit":     ":-1",
		"BITPOS k 1 2 1":           ":-1",
		"BITPOS ones 0":            ":24",
		"BITPOS ones 0 1":          ":24",
		"BITPOS ones 0 0 -1":       ":-1",
		"BITPOS ones 0 3":          ":-1",
		"BITPOS empty 0":           ":-1",
		"BITPOS empty 1 0 -1":      ":-1",
		"BITPOS none 0 5 6":        ":0",
		"BITPOS none 1":            ":-1",
		"BITPOS none 1 a b c d":    ":-1",
		"BITPOS k 2":               "-ERR The bit argument must be 1 or 0.",
		"BITPOS k x":               notInt,
		"BITPOS k 0 x":             notInt,
		"BITPOS k 0 0 x":           notInt,
		"BITPOS k 0 0 x foo":       syntaxErr, // the unit comes first
		"BITPOS k 0 x 0 foo":       notInt,
		"BITPOS k 0 0 0 BIT extra": syntaxErr,
	} {
		h.want(line, reply)
	}
}

func TestCountAndFindBits(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		b := make([]byte, 1+rnd.IntN(80))
		fill := byte(rnd.IntN(2)) * 0xff
		for i := range b {
			b[i] = fill
		}
		for range rnd.IntN(3) {
			b[rnd.IntN(len(b))] = byte(rnd.Uint32())
		}
		from := rnd.Int64N(int64(len(b)) * 8)
		to := from + rnd.Int64N(int64(len(b))*8-from)
		count, first := int64(0), [2]int64{-1, -1}
		for i := to; i >= from; i-- {
			bit := b[i/8] >> (7 - i%8) & 1
			count += int64(bit)
			first[bit] = i
		}
		desc := fmt.Sprintf("%x from %d to %d", b, from, to)
		if got := countBits(b, from, to); got != count {
			t.Fatalf("%s: %d bits, want %d", desc, got, count)
		}
		for bit := range 2 {
			if got := findBit(b, bit == 1, from, to); got != first[bit] {
				t.Fatalf("%s: first %d at %d, want %d", desc, bit, got, first[bit])
			}
		}
	}
}
