package command

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLCS(t *testing.T) {
	h := newHarness(t)
	h.want("MSET a ohmytext b mynewtext", "+OK")
	h.want("LCS a b", "$6 mytext")
	h.want("LCS a b len", ":6")
	const matches = "$7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6"
	h.want("LCS a b IDX", "*4 "+matches)
	h.want("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN", "*4 $7 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 $3 len :6")
	h.want("LCS a b IDX MINMATCHLEN -4 MINMATCHLEN 5", "*4 $7 matches *0 $3 len :6")
	h.want("LCS a b WITHMATCHLEN", "$6 mytext")
	h.want("LCS a none", "$0 ")
	h.want("LCS none a LEN", ":0")
	h.want("LCS x y IDX", "*4 $7 matches *0 $3 len :0")
	h.want("SET n 12345", "+OK")
	h.want("LCS n n", "$5 12345")
	h.proto = 3
	h.want("LCS a b IDX", "%2 "+matches)

	h.want("LCS a b LEN IDX", "-ERR If you want both the length and indexes, please just use IDX.")
	h.want("LCS a b MINMATCHLEN", syntaxErr)
	h.want("LCS a b MINMATCHLEN x", notInt)
	h.want("LCS a b foo", syntaxErr)
	h.env.MaxBulkLen.Store(9*10*4 - 1)
	h.want("LCS a b", "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
	h.env.MaxBulkLen.Store(9 * 10 * 4)
	h.want("LCS a b LEN", ":6")
}

// lcsByTable is the textbook's way, with the choices of Redis.
func lcsByTable(a, b []byte) (seq []byte, ranges []lcsRange) {
	l := make([][]int, len(a)+1)
	for i := range l {
		l[i] = make([]int, len(b)+1)
		for j := range l[i] {
			switch {
			case i == 0 || j == 0:
			case a[i-1] == b[j-1]:
				l[i][j] = l[i-1][j-1] + 1
			default:
				l[i][j] = max(l[i-1][j], l[i][j-1])
			}
		}
	}
	open := false
	for i, j := len(a), len(b); i > 0 && j > 0; {
		switch {
		case a[i-1] == b[j-1]:
			i, j = i-1, j-1
			seq = append(seq, a[i])
			if open {
				r := &ranges[len(ranges)-1]
				*r = lcsRange{i, j, r.n + 1}
			} else {
				ranges = append(ranges, lcsRange{i, j, 1})
				open = true
			}
		case l[i-1][j] > l[i][j-1]:
			i, open = i-1, false
		default:
			j, open = j-1, false
		}
	}
	slices.Reverse(seq)
	return seq, ranges
}

func TestLCSTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(letters int) []byte {
		b := make([]byte, rnd.IntN(200))
		for i := range b {
			b[i] = 'a' + byte(rnd.IntN(letters))
		}
		return b
	}
	for range 500 {
		letters := 1 + rnd.IntN(6)
		a, b := text(letters), text(letters)
		seq, ranges := lcsByTable(a, b)
		table := newLCSTable(a, b, true)
		if got := table.sequence(); !bytes.Equal(got, seq) {
			t.Fatalf("%q %q: got %q, want %q", a, b, got, seq)
		}
		if got := table.ranges(); !slices.Equal(got, ranges) {
			t.Fatalf("%q %q: got %v, want %v", a, b, got, ranges)
		}
		if got := newLCSTable(a, b, false).length; got != len(seq) {
			t.Fatalf("%q %q: length %d, want %d", a, b, got, len(seq))
		}
	}
}
