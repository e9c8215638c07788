package command

import (
	"encoding/binary"

	"radish/resp"
	"radish/store"
	"radish/store/listpack"
)

// listSpecs are the rows of the list commands, but for those that wait.
func listSpecs() []Spec {
	rows := listPushSpecs()
	rows = append(rows, listPopSpecs()...)
	rows = append(rows, listReadSpecs()...)
	rows = append(rows, listEditSpecs()...)
	return append(rows, listMoveSpecs()...)
}

// listOf is Find for a list: the zero Entry if there is no key, ErrWrongType if it is of another type.
func listOf(c *Ctx, i int) (store.Entry, error) {
	e := c.Find(i)
	if e.Ok() && e.Type() != store.TypeList {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// side is argument i, which says which end of a list is meant: LEFT or RIGHT.
func side(c *Ctx, i int) (left bool, err error) {
	switch {
	case c.Is(i, "left"):
		return true, nil
	case c.Is(i, "right"):
		return false, nil
	}
	return false, ErrSyntax
}

// listRange makes indexes of a list of n elements, which count from the end if they are negative, a range: k elements from
// element from on.
func listRange(start, stop int64, n int) (from, k int) {
	if start < 0 {
		start = max(start+int64(n), 0)
	}
	if stop < 0 {
		stop += int64(n)
	}
	stop = min(stop, int64(n)-1)
	if start > stop {
		return 0, 0
	}
	return int(start), int(stop-start) + 1
}

// Work, in the unit of Ctx.Offload.
const (
	elementWork = 40 // to reply an element, besides its bytes
	nodeWork    = 20 // to pass a node on the way to an element
)

// rangeWork is the work of replying n of a list's elements.
func rangeWork(e store.Entry, n int) int {
	return n*(elementWork+e.ListBytes()/e.ListLen()) + e.ListNodes()*nodeWork
}

// replyElement replies the element at offset off of lp.
func replyElement(w *resp.Writer, lp []byte, off int) {
	if v := listpack.Get(lp, off); v.Int {
		w.BulkInt(v.N)
	} else {
		w.Bulk(v.S)
	}
}

// replyElements replies n elements of a list from element from on, rev: towards the head.
func replyElements(w *resp.Writer, e store.Entry, from, n int, rev bool) {
	w.Array(n)
	for it := e.ListIter(from, n, rev); it.Next(); {
		if !rev {
			replyForward(w, it.LP, it.Off, it.N)
			continue
		}
		for off := it.Off; it.N > 0; it.N-- {
			replyElement(w, it.LP, off)
			off = listpack.Prev(it.LP, off)
		}
	}
}

// shortMax is the longest string that replyForward copies in one go.
const shortMax = 32

// replyForward replies n elements of lp, the first at offset off. Short strings, which most elements are, are laid out here: header and
// bytes are stored in whole words, into room that is to spare.
func replyForward(w *resp.Writer, lp []byte, off, n int) {
	const room = 8 + shortMax + 8
	for n > 0 {
		buf := w.Buf
		at := len(buf)
		buf = buf[:cap(buf)]
		for n > 0 && off+1+shortMax <= len(lp) && at+room <= len(buf) {
			k := int(lp[off])
			if k < 0x80 || k > 0x80+shortMax {
				break
			}
			k -= 0x80
			to := buf[at : at+room]
			h := 4
			if k < 10 {
				binary.LittleEndian.PutUint64(to, '$'|uint64(k+'0')<<8|'\r'<<16|'\n'<<24)
			} else {
				tens := uint64(k) / 10
				binary.LittleEndian.PutUint64(to, '$'|(tens+'0')<<8|(uint64(k)-10*tens+'0')<<16|'\r'<<24|'\n'<<32)
				h = 5
			}
			*(*[shortMax]byte)(to[h:]) = [shortMax]byte(lp[off+1:])
			binary.LittleEndian.PutUint16(to[h+k:], '\r'|'\n'<<8)
			at += h + k + 2
			off += k + 2
			n--
		}
		w.Buf = buf[:at]
		if n > 0 {
			w.Grow(room)
			replyElement(w, lp, off)
			off += listpack.Size(lp, off)
			n--
		}
	}
}
