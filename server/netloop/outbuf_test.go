package netloop

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// check walks the pieces.
func (o *outbuf) check(t *testing.T) {
	t.Helper()
	size, mem := -o.pos, 0
	for _, p := range o.pieces {
		if len(p) == 0 {
			t.Fatal("an empty piece")
		}
		size += len(p)
		mem += cap(p)
	}
	if len(o.pieces) > 0 && o.pos >= len(o.pieces[0]) || size != o.size || o.size > 0 && mem != o.mem || o.size == 0 && o.pieces != nil {
		t.Fatalf("pos %d, size %d (counted %d), mem %d (counted %d), %d pieces", o.pos, o.size, size, o.mem, mem, len(o.pieces))
	}
}

func TestOutbufKeepsOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var o outbuf
	var model []byte
	for i := range 20000 {
		b := bytes.Repeat([]byte{byte(i)}, r.IntN(300))
		switch r.IntN(6) {
		case 5:
			b = bytes.Repeat([]byte{byte(i)}, 1+r.IntN(20000))
			o.share(b)
			model = append(model, b...)
		case 0:
			b = bytes.Repeat([]byte{byte(i)}, r.IntN(20000))
			o.adopt(b)
			model = append(model, b...)
		case 1, 2:
			o.add(b)
			model = append(model, b...)
		default:
			head := o.head()
			n := 0
			if len(head) > 0 {
				n = 1 + r.IntN(len(head))
				if !bytes.Equal(head[:n], model[:n]) {
					t.Fatal("other bytes than were added")
				}
				o.sent(n)
				model = model[n:]
			}
		}
		o.check(t)
		if o.size != len(model) || o.empty() != (len(model) == 0) {
			t.Fatalf("%d bytes wait, want %d", o.size, len(model))
		}
	}
}

func TestSharedPiecesAreNotPut(t *testing.T) {
	var o outbuf
	o.put = func([]byte) { t.Fatal("a piece was put that others may refer to") }
	o.adopt([]byte("own"))
	o.share([]byte("shared"))
	o.sent(3)
	o.sent(6)
	if o.shared || !o.empty() {
		t.Fatal("not as new when empty")
	}
}
