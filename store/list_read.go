package store

import "radish/store/listpack"

// Reading lists: all here works on entries of type list, under a read lock.

// ListLen is the number of elements.
func (e Entry) ListLen() int {
	if e.Encoding() == EncQuicklist {
		return int(e.body().len)
	}
	return listpack.Len(e.block())
}

// ListBytes is about how many bytes the elements take: what walking the list costs.
func (e Entry) ListBytes() int {
	if e.Encoding() == EncQuicklist {
		return int(rootOf(*e.body()).bytes)
	}
	return len(e.block())
}

// ListNodes is the number of nodes of a quicklist; 0: it is none.
func (e Entry) ListNodes() int {
	if e.Encoding() == EncQuicklist {
		return int(rootOf(*e.body()).nodes)
	}
	return 0
}

// Listpack is the value of a key of any type that is a listpack, a view; else nil.
func (e Entry) Listpack() []byte {
	if enc := e.Encoding(); enc == EncListpack || enc == EncListpackEx {
		return e.block()
	}
	return nil
}

// ListAt is where element i is, 0 <= i < ListLen: at offset off of lp, a view.
func (e Entry) ListAt(i int) (lp []byte, off int) {
	if e.Encoding() == EncQuicklist {
		b := e.body()
		n, at := rootOf(*b).seek(i, int(b.len))
		lp, i = n.lp(), at
	} else {
		lp = e.block()
	}
	return lp, listpack.At(lp, i)
}

// ListIter goes through a part of a list, a listpack at a time:
//
//	for it := e.ListIter(from, n, false); it.Next(); {
//		// N elements of LP, the first of which is at offset Off
//	}
//
// It is valid until the next write to the shard.
type ListIter struct {
	LP     []byte
	Off, N int

	node *listNode // the next one; nil: none, or LP is all
	at   int       // index of the first element in it
	rest int
	rev  bool
	lp   []byte
}

// ListIter begins at element from and goes on for n elements, rev: towards the head. They must be there.
func (e Entry) ListIter(from, n int, rev bool) ListIter {
	it := ListIter{rest: n, rev: rev, at: from}
	if n == 0 {
		return it
	}
	if e.Encoding() == EncQuicklist {
		b := e.body()
		it.node, it.at = rootOf(*b).seek(from, int(b.len))
	} else {
		it.lp = e.block()
	}
	return it
}

// Next sets LP, Off and N; false: there are no more elements.
func (it *ListIter) Next() bool {
	if it.rest == 0 {
		return false
	}
	if it.node == nil {
		it.LP, it.N, it.rest = it.lp, it.rest, 0
		it.Off = listpack.At(it.LP, it.at)
		return true
	}
	n := it.node
	it.LP = n.lp()
	if it.rev {
		if it.at < 0 {
			it.at = int(n.count) - 1
		}
		it.N = min(it.at+1, it.rest)
	} else {
		it.N = min(int(n.count)-it.at, it.rest)
	}
	it.Off = listpack.At(it.LP, it.at)
	if it.rest -= it.N; it.rest > 0 {
		if it.rev {
			it.node, it.at = nodeOf(n.prev), -1
		} else {
			it.node, it.at = nodeOf(n.next), 0
		}
	}
	return true
}

// ListRange calls fn for the elements start to stop, 0 <= start <= stop < ListLen, until it returns false. v is a view, or void after fn returns.
func (e Entry) ListRange(start, stop int, fn func(v []byte) bool) {
	var scratch [24]byte
	for it := e.ListIter(start, stop-start+1, false); it.Next(); {
		off := it.Off
		for range it.N {
			if !fn(listpack.Bytes(it.LP, off, &scratch)) {
				return
			}
			off += listpack.Size(it.LP, off)
		}
	}
}
