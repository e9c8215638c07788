package store

import (
	"math"

	"radish/store/listpack"
)

// Changes within a quicklist.

// splice replaces del bytes of entries at off by add, in the same node, with whatever chunk it takes then. delta is how many elements there are
// more. All fits in.
func (q *quicklist) splice(n *listNode, off, del int, add []byte, delta int) {
	size := n.len() + len(add) - del
	if size > int(n.size) {
		q.resize(n, q.roomy(size), false)
	}
	n.splice(off, del, add, delta)
	q.body.len += uint64(delta)
	q.fit(n)
}

// roomy is a chunk for a listpack of size bytes that may grow.
func (q *quicklist) roomy(size int) int { return max(size, min(size+size/4, q.lim.chunk)) }

// fit gives a node that has become much smaller a smaller chunk, and one that may have several elements now a chunk whose offsets
// have 16 bits.
func (q *quicklist) fit(n *listNode) {
	if size := n.len(); size < int(n.size)/2 || int(n.size) > math.MaxUint16 && size <= q.lim.chunk {
		q.resize(n, q.roomy(size), false)
	}
}

// entryOf is the entry for s.
func entryOf(s []byte) []byte {
	return listpack.AppendEntry(make([]byte, 0, listpack.EntrySize(s)), s)
}

// insert puts an element before the one at offset off of a node; off may be the end of its listpack.
func (q *quicklist) insert(n *listNode, off int, s []byte) {
	switch {
	case len(s) < q.lim.large && q.fits(n, listpack.EntrySize(s), 0, 1):
		q.splice(n, off, 0, entryOf(s), 1)
	case off == n.len()-1:
		q.insertBetween(n.addr(), n.next, s)
	case off == listpack.HeaderSize:
		q.insertBetween(n.prev, n.addr(), s)
	default:
		q.split(n, off)
		q.insertBetween(n.addr(), n.next, s)
		q.mergeAround(n)
	}
}

// insertBetween puts an element at the end of one node or at the beginning of the next, or into a new node between them. 0: there is no such
// node.
func (q *quicklist) insertBetween(prev, next uint64, s []byte) {
	size := listpack.EntrySize(s)
	if len(s) < q.lim.large {
		if prev != 0 && q.fits(nodeOf(prev), size, 0, 1) {
			q.splice(nodeOf(prev), nodeOf(prev).len()-1, 0, entryOf(s), 1)
			return
		}
		if next != 0 && q.fits(nodeOf(next), size, 0, 1) {
			q.splice(nodeOf(next), listpack.HeaderSize, 0, entryOf(s), 1)
			return
		}
	}
	n := q.newNode(listpack.EmptySize+size, false)
	q.link(n, prev, next)
	n.pushBack(s, size)
	q.body.len++
}

// split brings the entries of a node from offset off on, which is neither its beginning nor its end, to a new node behind it.
func (q *quicklist) split(n *listNode, off int) {
	lp := n.lp()
	tail := lp[off : len(lp)-1]
	count := 0
	for at := off; at < len(lp)-1; at += listpack.Size(lp, at) {
		count++
	}
	o := q.newNode(listpack.EmptySize+len(tail), false)
	q.link(o, n.addr(), n.next)
	o.splice(listpack.HeaderSize, 0, tail, count)
	n.splice(off, len(tail), nil, -count)
	q.fit(n)
}

// mergeAround merges the nodes about n, and n, with their neighbours if two fit into one.
func (q *quicklist) mergeAround(n *listNode) {
	for range 2 {
		if n.prev == 0 {
			break
		}
		n = nodeOf(n.prev)
	}
	for range 5 {
		if n.next == 0 {
			return
		}
		if !q.merge(n) {
			n = nodeOf(n.next)
		}
	}
}

// merge appends the next node's elements to those of n, if they fit in.
func (q *quicklist) merge(n *listNode) bool {
	o := nodeOf(n.next)
	lp := o.lp()
	entries := lp[listpack.HeaderSize : len(lp)-1]
	if !q.fits(n, len(entries), 0, int(o.count)) || q.alone(n) || q.alone(o) {
		return false
	}
	count := int(o.count)
	q.splice(n, n.len()-1, 0, entries, count)
	q.body.len -= uint64(count)
	q.unlink(o)
	return true
}

// alone reports whether a node holds an element that must have one for itself.
func (q *quicklist) alone(n *listNode) bool {
	return n.count == 1 && (n.len() > q.lim.chunk || n.len() > q.lim.large && listpack.Get(n.lp(), listpack.HeaderSize).Len() >= q.lim.large)
}

// set replaces the element at offset off of a node.
func (q *quicklist) set(n *listNode, off int, s []byte) {
	size, old := listpack.EntrySize(s), listpack.Size(n.lp(), off)
	switch {
	case q.fits(n, size, old, 0) && (len(s) < q.lim.large || n.count == 1):
		q.splice(n, off, old, entryOf(s), 0)
		if n.count == 1 {
			q.mergeAround(n)
		}
	case n.count == 1:
		prev, next := n.prev, n.next
		q.unlink(n)
		q.body.len--
		q.insertBetween(prev, next, s)
	default:
		q.splice(n, off, old, nil, -1)
		q.insert(n, off, s)
	}
}

// remove takes count elements away, from element i on.
func (q *quicklist) remove(i, count int) {
	if count == 0 {
		return
	}
	n, at := q.root.seek(i, int(q.body.len))
	var before *listNode
	if n.prev != 0 {
		before = nodeOf(n.prev)
	}
	if at > 0 {
		before = n
	}
	for count > 0 {
		next := n.next
		k := min(count, int(n.count)-at)
		count -= k
		if k == int(n.count) {
			q.unlink(n)
			q.body.len -= uint64(k)
		} else {
			lp := n.lp()
			from := listpack.At(lp, at)
			to := listpack.Skip(lp, from, k)
			q.splice(n, from, to-from, nil, -k)
		}
		at = 0
		if next == 0 {
			break
		}
		n = nodeOf(next)
	}
	if before != nil {
		q.mergeAround(before)
	}
}

// removeEqual takes the elements that equal s away, at most limit of them, from the first or from the last on, and returns how many there were.
func (q *quicklist) removeEqual(s []byte, limit int, fromTail bool) int {
	removed := 0
	n := q.end(!fromTail)
	for n != nil && removed < limit {
		next := n.next
		if fromTail {
			next = n.prev
		}
		_, k := removeEqual(n.lp(), int(n.count), s, limit-removed, fromTail)
		removed += k
		q.body.len -= uint64(k)
		n.count -= uint16(k)
		switch {
		case n.count == 0:
			q.unlink(n)
		case k > 0:
			q.fit(n)
			// The neighbour that comes next may become smaller too.
			if fromTail && n.next != 0 {
				q.merge(n)
			} else if !fromTail && n.prev != 0 {
				q.merge(nodeOf(n.prev))
			}
		}
		n = nil
		if next != 0 {
			n = nodeOf(next)
		}
	}
	return removed
}
