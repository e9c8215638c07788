package resp

import "slices"

// Mark is the place in a Writer's Buf of a header whose count is not known yet; if negative, -1 - i is a piece i of its own. Marks
// may be nested. They are settled in the reverse order, as settling one may move what follows it. An error that takes the
// place of the whole reply may cut Buf before a Mark, which is then void.
type Mark int

// deferredRoom is what is set aside for a header: that of one with a single digit, so that small replies are never moved, and
// long ones once, by a few bytes.
const deferredRoom = 4

// DeferArray sets aside room for the header of an array.
func (w *Writer) DeferArray() Mark { return w.deferBytes("*0\r\n") }

// DeferRaw sets aside the place for what SetRaw will bring.
func (w *Writer) DeferRaw() Mark { return w.deferBytes("") }

// SetRaw puts bytes, which are already in the form of the protocol, at a place of DeferRaw.
func (w *Writer) SetRaw(m Mark, b []byte) { w.replace(m, 0, b) }

func (w *Writer) deferBytes(s string) Mark {
	if w.Pool == nil {
		m := Mark(len(w.Buf))
		w.Buf = append(w.Buf, s...)
		return m
	}
	w.inner += len(w.Buf) + len(s)
	w.pieces = append(w.pieces, w.Buf, []byte(s))
	w.Buf = nil
	return Mark(-len(w.pieces))
}

// replace puts b into the place of the n bytes at m.
func (w *Writer) replace(m Mark, n int, b []byte) {
	if m < 0 {
		w.inner += len(b) - len(w.pieces[-1-m])
		w.pieces[-1-m] = append([]byte(nil), b...)
		return
	}
	w.Buf = slices.Replace(w.Buf, int(m), int(m)+n, b...)
}

// DeferMap sets aside room for the header of a map.
func (w *Writer) DeferMap() Mark { return w.DeferArray() }

// DeferSet sets aside room for the header of a set.
func (w *Writer) DeferSet() Mark { return w.DeferArray() }

// SetArrayLen announces at m an array of the n elements that have been appended since.
func (w *Writer) SetArrayLen(m Mark, n int) { w.settle(m, '*', n) }

// SetMapLen announces at m a map of the n pairs that have been appended since.
func (w *Writer) SetMapLen(m Mark, n int) {
	kind, n := w.mapHeader(n)
	w.settle(m, kind, n)
}

// SetSetLen announces at m a set of the n elements that have been appended since.
func (w *Writer) SetSetLen(m Mark, n int) { w.settle(m, w.kind('~'), n) }

func (w *Writer) settle(m Mark, kind byte, n int) {
	if m >= 0 && uint(n) < 10 {
		w.Buf[m], w.Buf[m+1] = kind, byte('0'+n)
		return
	}
	var room [headerRoom]byte
	w.replace(m, deferredRoom, header(room[:0], kind, n, 0))
}
