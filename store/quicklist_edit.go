package store

import "radish/store/listpack"

// Changes within a quicklist. Nodes are split and merged where Redis does it, as it depends on their number when a list becomes a listpack again.

// splice replaces del bytes of entries at off by add, in the same node, with whatever chunk it takes then. delta is how many elements there are
// more. All fits in.
func (q *quicklist) splice(n *listNode, off, del int, add []byte, delta int) {
	q.save(n)
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
	if size := n.len(); size < int(n.size)/2 || int(n.size) > maxNode && size <= maxNode {
		q.resize(n, q.roomy(size), false)
	}
}

// entryOf is the entry for s.
func entryOf(s []byte) []byte {
	return listpack.AppendEntry(make([]byte, 0, listpack.EntrySize(s)), s)
}

// insert puts an element before the one at offset off of a node, or behind it (after): then off is where that one ends. As in Redis an element
// for which a node has no room goes to the next node, or the previous one, if it comes at the end; else the node is split, and the
// new element goes with the part that does not have its neighbour, whether there is room or not.
func (q *quicklist) insert(n *listNode, off int, after bool, s []byte) {
	last := n.len() - 1
	switch {
	case q.takes(n, s):
		q.splice(n, off, 0, entryOf(s), 1)
		return
	case after && off == last:
		q.insertBetween(n.addr(), n.next, s, n.next)
		return
	case !after && off == listpack.HeaderSize:
		q.insertBetween(n.prev, n.addr(), s, n.prev)
		return
	}
	o := q.split(n, off)
	stays, into, at := n, o, listpack.HeaderSize
	if !after {
		stays, into, at = o, n, n.len()-1
	}
	if len(s) >= q.lim.large {
		q.insertNode(n.addr(), o.addr(), s)
		return
	}
	if entry := entryOf(s); into.len()+len(entry) <= maxNode {
		q.splice(into, at, 0, entry, 1)
	} else {
		q.insertNode(n.addr(), o.addr(), s)
	}
	q.mergeAround(stays)
}

// insertBetween puts an element between two neighbours, 0: there is no such node. It goes into one of the two, into, if that takes it, else
// into a node of its own.
func (q *quicklist) insertBetween(prev, next uint64, s []byte, into uint64) {
	if into == 0 || !q.takes(nodeOf(into), s) {
		q.insertNode(prev, next, s)
		return
	}
	n := nodeOf(into)
	off := listpack.HeaderSize
	if into == prev {
		off = n.len() - 1
	}
	q.splice(n, off, 0, entryOf(s), 1)
}

// insertNode puts an element between two neighbours, 0: there is no such node, in a node of its own, which is returned.
func (q *quicklist) insertNode(prev, next uint64, s []byte) *listNode {
	size := listpack.EntrySize(s)
	n := q.newNode(listpack.EmptySize+size, false)
	q.link(n, prev, next)
	n.pushBack(s, size)
	q.body.len++
	return n
}

// split brings the entries of a node from offset off on, which is neither its beginning nor its end, to a new node behind it,
// which is returned.
func (q *quicklist) split(n *listNode, off int) *listNode {
	q.save(n)
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
	return o
}

// mergeAround merges nodes about n as far as two fit into one, in Redis's order: the two before it, the two behind it, n with what is before
// it, and that with what is behind.
func (q *quicklist) mergeAround(n *listNode) {
	if n.prev != 0 {
		if before := nodeOf(n.prev); before.prev != 0 {
			q.merge(nodeOf(before.prev))
		}
	}
	if n.next != 0 {
		q.merge(nodeOf(n.next))
	}
	if n.prev != 0 {
		if before := nodeOf(n.prev); q.merge(before) {
			n = before
		}
	}
	q.merge(n)
}

// merge appends the next node's elements, if there is one, to those of n, if they fit in.
func (q *quicklist) merge(n *listNode) bool {
	if n.next == 0 {
		return false
	}
	o := nodeOf(n.next)
	lp := o.lp()
	entries := lp[listpack.HeaderSize : len(lp)-1]
	if q.lim.over(n.len()+len(entries), int(n.count)+int(o.count)) || q.plain(n) || q.plain(o) {
		return false
	}
	count := int(o.count)
	q.splice(n, n.len()-1, 0, entries, count)
	q.body.len -= uint64(count)
	q.unlink(o)
	return true
}

// plain reports whether a node holds an element that must have one for itself.
func (q *quicklist) plain(n *listNode) bool {
	return n.count == 1 && n.len() > q.lim.large && listpack.Get(n.lp(), listpack.HeaderSize).Len() >= q.lim.large
}

// set replaces the element at offset off of a node. As in Redis it does not matter how big the node becomes, up to maxNode. An element that must
// have a node for itself, or no longer must, makes new ones.
func (q *quicklist) set(n *listNode, off int, s []byte) {
	size, old := listpack.EntrySize(s), listpack.Size(n.lp(), off)
	large, plain := len(s) >= q.lim.large, q.plain(n)
	switch {
	case plain && !large:
		q.insertBetween(n.addr(), n.next, s, n.next)
		q.unlink(n)
		q.body.len--
	case plain, !large && n.count == 1, !large && n.len()+size-old <= maxNode:
		q.splice(n, off, old, entryOf(s), 0)
	case n.count == 1:
		q.insertNode(n.addr(), n.next, s)
		q.unlink(n)
		q.body.len--
	default:
		q.setApart(n, off, old, s)
	}
}

// setApart replaces the element at offset off of a node of several, where its entry has size bytes, by one in a node of its own.
func (q *quicklist) setApart(n *listNode, off, size int, s []byte) {
	if end := off + size; end < n.len()-1 {
		q.split(n, end)
	}
	o := q.insertNode(n.addr(), n.next, s)
	if n.count == 1 {
		q.unlink(n)
		q.body.len--
		return
	}
	q.splice(n, off, size, nil, -1)
	q.mergeAround(o)
}

// remove takes count elements away, from element i on.
func (q *quicklist) remove(i, count int) {
	if count == 0 {
		return
	}
	n, at := q.root.seek(i, int(q.body.len))
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
		if savedBig(q.a) != nil && listpack.Find(n.lp(), listpack.HeaderSize, s, 1) >= 0 {
			q.save(n)
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
		}
		n = nil
		if next != 0 {
			n = nodeOf(next)
		}
	}
	return removed
}
