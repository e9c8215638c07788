package resp

import "sync"

// pieceSize is the size of the pieces of a long reply.
const pieceSize = 256 << 10

// firstPiece is up to what size a reply grows like any slice: most stay below.
const firstPiece = 32 << 10

// Pool lends memory to long replies. A reply of many megabytes that grows by append would be copied again and again, leave
// twice its size to the garbage collector, and so stop the world more often. The zero Pool is ready; any number of goroutines may use it.
type Pool struct{ pool sync.Pool }

func (p *Pool) get() []byte {
	if b, ok := p.pool.Get().(*[pieceSize]byte); ok {
		return b[:0]
	}
	return make([]byte, 0, pieceSize)
}

// Put takes a piece back that nobody looks at any more. What did not come from a pool is left to the garbage collector.
func (p *Pool) Put(b []byte) {
	if cap(b) == pieceSize {
		p.pool.Put((*[pieceSize]byte)(b[:pieceSize]))
	}
}

// room makes room for n bytes and a header in Buf, by beginning another piece if Buf has become large. It is called for each
// part of a reply whose Writer has a Pool.
func (w *Writer) room(n int) {
	if cap(w.Buf)-len(w.Buf) >= n+headerRoom+2 || len(w.Buf) < firstPiece {
		return
	}
	w.inner += len(w.Buf)
	w.pieces = append(w.pieces, w.Buf)
	if w.Buf = nil; n+headerRoom+2 <= pieceSize {
		w.Buf = w.Pool.get()
	}
}

// TakePieces returns what was appended, in order, as pieces that the caller owns, and empties w.
func (w *Writer) TakePieces() [][]byte {
	pieces := w.pieces
	if len(w.Buf) > 0 {
		pieces = append(pieces, w.Buf)
	}
	w.pieces, w.Buf, w.inner = nil, nil, 0
	return pieces
}

// Len is the number of bytes that were appended since the Writer was empty.
func (w *Writer) Len() int { return w.inner + len(w.Buf) }

// Point is a place between replies; see Cut.
type Point struct{ pieces, at int }

// Point is the end of what was appended so far.
func (w *Writer) Point() Point { return Point{len(w.pieces), len(w.Buf)} }

// Cut drops what was appended behind p; Marks behind it are void.
func (w *Writer) Cut(p Point) {
	if len(w.pieces) > p.pieces {
		for _, b := range w.pieces[p.pieces:] {
			w.inner -= len(b)
		}
		w.Buf = w.pieces[p.pieces]
		clear(w.pieces[p.pieces:])
		w.pieces = w.pieces[:p.pieces]
	}
	w.Buf = w.Buf[:p.at]
}
