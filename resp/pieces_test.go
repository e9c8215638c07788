package resp

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// joined is all that was appended to w.
func joined(w *Writer) []byte {
	return bytes.Join(append(w.pieces[:len(w.pieces):len(w.pieces)], w.Buf), nil)
}

// TestPiecesAreTheSameBytes writes the same replies, with marks and cuts, to a Writer with a Pool and to one without.
func TestPiecesAreTheSameBytes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var pool Pool
	for round := range 50 {
		proto := 2 + round%2
		one, two := &Writer{Proto: proto}, &Writer{Proto: proto, Pool: &pool}
		both := func(fn func(w *Writer)) { fn(one); fn(two) }
		var marks [][2]Mark
		var counts []int
		for range rnd.IntN(400) {
			text := strings.Repeat("x", rnd.IntN(3))
			switch n := rnd.IntN(14); n {
			case 0:
				text = strings.Repeat("y", rnd.IntN(2*pieceSize))
			case 1:
				marks = append(marks, [2]Mark{one.DeferArray(), two.DeferArray()})
				counts = append(counts, 0)
				continue
			case 2:
				if i := len(marks) - 1; i >= 0 {
					one.SetArrayLen(marks[i][0], counts[i])
					two.SetArrayLen(marks[i][1], counts[i])
					marks, counts = marks[:i], counts[:i]
				}
				continue
			case 3:
				p, q := one.Point(), two.Point()
				both(func(w *Writer) {
					w.BulkString(strings.Repeat("z", 40000))
					w.SetArrayLen(w.DeferArray(), 30)
					w.Int(123456)
				})
				one.Cut(p)
				two.Cut(q)
			case 4:
				a, b := one.DeferRaw(), two.DeferRaw()
				both(func(w *Writer) { w.Double(1.5) })
				one.SetRaw(a, []byte("+raw\r\n"))
				two.SetRaw(b, []byte("+raw\r\n"))
			}
			both(func(w *Writer) { w.BulkString(text); w.Bulk([]byte(text)); w.Int(int64(len(text))) })
			for i := range counts {
				counts[i]++
			}
		}
		for i := len(marks) - 1; i >= 0; i-- {
			one.SetMapLen(marks[i][0], counts[i])
			two.SetMapLen(marks[i][1], counts[i])
		}
		if one.Len() != two.Len() || !bytes.Equal(one.Buf, joined(two)) {
			t.Fatalf("round %d: %d and %d bytes differ", round, one.Len(), two.Len())
		}
		pieces := two.TakePieces()
		if !bytes.Equal(bytes.Join(pieces, nil), one.Buf) || two.Len() != 0 {
			t.Fatalf("round %d: TakePieces lost something", round)
		}
		for _, p := range pieces {
			pool.Put(p)
		}
	}
}

// TestPiecesDoNotGrow is what a Pool is for: a long reply lies in pieces of one size, each written once.
func TestPiecesDoNotGrow(t *testing.T) {
	var pool Pool
	w := Writer{Proto: 2, Pool: &pool}
	for range 100_000 {
		w.BulkString("0123456789012345678901234567890123456789")
	}
	n := w.Len()
	pieces := w.TakePieces()
	if got, most := len(pieces), n/(pieceSize-100)+2; got > most {
		t.Errorf("%d bytes are in %d pieces, not %d", n, got, most)
	}
	for _, p := range pieces[1:] {
		if cap(p) != pieceSize {
			t.Errorf("a piece of %d bytes", cap(p))
		}
	}
}

// TestEnough: Enough counts all pieces, whatever was cut and put in between.
func TestEnough(t *testing.T) {
	for _, pool := range []*Pool{nil, new(Pool)} {
		w := &Writer{Proto: 2, Pool: pool}
		w.BulkString(strings.Repeat("x", 3*pieceSize))
		if w.Enough() || w.Broken {
			t.Fatal("enough without a limit")
		}
		w.Limit = 5 * pieceSize
		p := w.Point()
		for range 10 {
			m := w.DeferRaw()
			w.BulkString(strings.Repeat("y", pieceSize))
			w.SetRaw(m, []byte("+raw\r\n"))
		}
		w.Cut(p)
		if got := len(joined(w)); w.Len() != got || w.Enough() || w.Broken {
			t.Fatalf("Len %d of %d, broken: %v", w.Len(), got, w.Broken)
		}
		w.BulkString(strings.Repeat("z", 2*pieceSize))
		if !w.Enough() || !w.Broken {
			t.Fatal("not enough")
		}
	}
}
