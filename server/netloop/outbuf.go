package netloop

// outbuf holds replies that the peer has not taken, in pieces: it grows without copying what is there, and gives
// memory back as the peer takes it. The zero outbuf is empty and holds no memory.
type outbuf struct {
	pieces [][]byte
	pos    int          // bytes of the first piece that have been sent
	size   int          // bytes that wait
	mem    int          // capacity of the pieces
	put    func([]byte) // takes a piece that has been sent; nil: the garbage collector does
	shared bool         // others refer to some pieces too: put gets none
}

// A piece is at least minPiece bytes, and up to maxPiece while much waits.
const (
	minPiece = 4 << 10
	maxPiece = 256 << 10
)

func (o *outbuf) empty() bool { return o.size == 0 }

// add appends a copy of b.
func (o *outbuf) add(b []byte) {
	o.size += len(b)
	if n := len(o.pieces); n > 0 {
		last := o.pieces[n-1]
		fits := min(cap(last)-len(last), len(b))
		o.pieces[n-1] = append(last, b[:fits]...)
		b = b[fits:]
	}
	if len(b) == 0 {
		return
	}
	piece := append(make([]byte, 0, max(len(b), minPiece, min(maxPiece, o.size))), b...)
	o.pieces = append(o.pieces, piece)
	o.mem += cap(piece)
}

// adopt appends b itself, and what is added later may go behind it.
func (o *outbuf) adopt(b []byte) {
	if len(b) > 0 {
		o.pieces = append(o.pieces, b)
		o.size += len(b)
		o.mem += cap(b)
	}
}

// share appends b itself, which others refer to as well and nobody changes.
func (o *outbuf) share(b []byte) {
	o.adopt(b[:len(b):len(b)])
	o.shared = true
}

// head is what is to be sent next; empty: nothing.
func (o *outbuf) head() []byte {
	if len(o.pieces) == 0 {
		return nil
	}
	return o.pieces[0][o.pos:]
}

// sent says that n bytes of head have been sent.
func (o *outbuf) sent(n int) {
	o.pos += n
	o.size -= n
	if o.pos == len(o.pieces[0]) {
		o.mem -= cap(o.pieces[0])
		if o.put != nil && !o.shared {
			o.put(o.pieces[0])
		}
		o.pieces[0] = nil
		o.pieces, o.pos = o.pieces[1:], 0
	}
	if o.size == 0 {
		*o = outbuf{}
	}
}
