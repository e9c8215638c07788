package store

import (
	"math"
	"unsafe"

	"radish/store/listpack"
	"radish/store/slab"
)

// A quicklist is a list that is too big for one listpack: doubly linked nodes of listpacks. An element that is too big for a node together with
// others has one for itself. No node is empty.

// listRoot is the root chunk. The number of elements is the body's len.
type listRoot struct {
	version    uint64
	head, tail uint64 // nodes; 0: none
	nodes      uint64
	bytes      uint64 // of nodes and their chunks
	fill       int64  // list-max-listpack-size when the quicklist was made: as in Redis its nodes keep to that
}

const listRootSize = 48

// listLimits is what list-max-listpack-size means, and DEBUG QUICKLIST-PACKED-THRESHOLD.
type listLimits struct {
	fill  int64 // list-max-listpack-size
	bytes int   // of a listpack
	count int   // elements of it
	chunk int   // up to which a node's chunk grows in big steps: about bytes
	large int   // an element of so many bytes has a node for itself in any case
	// counted says that the directive limits elements, not bytes.
	counted bool
}

const (
	defaultLarge = 1 << 30 // Redis's threshold
	defaultFill  = -2      // list-max-listpack-size unless it is set

	// maxNode is the biggest chunk of a node of several elements: where a listpack begins in it is told in 16 bits.
	maxNode = 1 << 16
	// sizeEstimate is what Redis reckons an entry takes beyond the element's bytes when it looks for room in a node.
	sizeEstimate = 8
)

// listLimitsOf works them out. large is 0 for the default.
func listLimitsOf(size int, large int64) listLimits {
	l := listLimits{fill: int64(size), bytes: 8192, count: math.MaxUint16 - 1, chunk: slab.Eighth, large: defaultLarge}
	if large > 0 {
		l.large = int(large)
	}
	switch {
	case size == -2:
	case size >= 0:
		l.count, l.counted = min(max(size, 1), l.count), true
	case size == -1:
		l.bytes, l.chunk = 4096, 4096
	case size == -3:
		l.bytes, l.chunk = 16384, 16384
	case size == -4:
		l.bytes, l.chunk = 32768, 32768
	default:
		l.bytes, l.chunk = maxNode, maxNode
	}
	return l
}

// setListLimits makes new limits valid for lists.
func (s *Store) setListLimits() {
	lim := listLimitsOf(s.limits().ListMaxListpackSize, s.largeElem.Load())
	s.listLim.Store(&lim)
}

// SetLargeElement says from which length on an element of a quicklist has a node for itself (DEBUG QUICKLIST-PACKED-THRESHOLD); 0: the
// default. It needs no lock.
func (s *Store) SetLargeElement(n int64) {
	s.largeElem.Store(n)
	s.setListLimits()
}

// over reports whether a listpack of so many bytes and elements is too big for a list.
func (l *listLimits) over(bytes, count int) bool { return bytes > l.bytes || count > l.count }

// packs reports whether a quicklist of one node, of so many bytes and elements, may become a listpack: if it is in a part of the limits.
func (l *listLimits) packs(bytes, count, part int) bool {
	return (l.counted || bytes <= l.bytes/part) && count <= l.count/part
}

// quicklist is a handle on a big list, valid until something else changes the shard.
type quicklist struct {
	root *listRoot
	body *body
	a    *slab.Arena
	lim  *listLimits
}

// newListRoot makes an empty quicklist whose nodes keep to list-max-listpack-size fill.
func newListRoot(a *slab.Arena, fill int64) body {
	p := a.Alloc(listRootSize)
	*(*listRoot)(p) = listRoot{fill: fill}
	return body{addr: uint64(uintptr(p))}
}

func rootOf(b body) *listRoot { return (*listRoot)(b.ptr()) }

// newNode makes a node with a chunk of size bytes, and an empty listpack at its beginning, or at its end. It is not linked.
func (q *quicklist) newNode(size int, roomLeft bool) *listNode {
	n := (*listNode)(q.a.Alloc(listNodeSize))
	size = q.chunkFor(size)
	*n = listNode{block: uint64(uintptr(q.a.Alloc(size))), size: uint32(size)}
	if p := savedBig(q.a); p != nil {
		p.mark(n)
	}
	if roomLeft {
		n.start = uint16(size - listpack.EmptySize)
	}
	listpack.Empty(n.at(int(n.start), listpack.EmptySize)[:0])
	return n
}

// chunkFor is the size of the chunk for a listpack of size bytes.
func (q *quicklist) chunkFor(size int) int {
	if size > slab.Eighth*15/16 && size < slab.Eighth {
		size = slab.Eighth
	}
	return slab.Size(size)
}

// link puts a node between two others; 0: there is none.
func (q *quicklist) link(n *listNode, prev, next uint64) {
	n.prev, n.next = prev, next
	q.relink(n)
	q.root.nodes++
	q.root.bytes += listNodeSize + uint64(n.size)
}

// relink makes what refers to a node refer to where it is.
func (q *quicklist) relink(n *listNode) {
	if n.prev != 0 {
		nodeOf(n.prev).next = n.addr()
	} else {
		q.root.head = n.addr()
	}
	if n.next != 0 {
		nodeOf(n.next).prev = n.addr()
	} else {
		q.root.tail = n.addr()
	}
}

// save has a snapshot that runs keep a node whose elements are about to change.
func (q *quicklist) save(n *listNode) {
	if p := savedBig(q.a); p != nil {
		p.saveNode(n)
	}
}

// unlink takes a node out and frees it.
func (q *quicklist) unlink(n *listNode) {
	if p := savedBig(q.a); p != nil {
		p.unlink(n)
	}
	if n.prev != 0 {
		nodeOf(n.prev).next = n.next
	} else {
		q.root.head = n.next
	}
	if n.next != 0 {
		nodeOf(n.next).prev = n.prev
	} else {
		q.root.tail = n.prev
	}
	q.root.nodes--
	q.root.bytes -= listNodeSize + uint64(n.size)
	q.a.Free(n.chunk(), int(n.size))
	q.a.Free(unsafe.Pointer(n), listNodeSize)
}

// end is the first node, or the last; nil if there is none.
func (q *quicklist) end(left bool) *listNode {
	addr := q.root.tail
	if left {
		addr = q.root.head
	}
	if addr == 0 {
		return nil
	}
	return nodeOf(addr)
}

// takes reports whether an element may come into a node. As Redis's, nodes are full by an estimate of what the element takes: as many elements
// are in them, on which OBJECT ENCODING depends later.
func (q *quicklist) takes(n *listNode, s []byte) bool {
	return len(s) < q.lim.large && !q.lim.over(n.len()+len(s)+sizeEstimate, int(n.count)+1) && !q.plain(n)
}

// smallNode is a new node's chunk, as a part of the biggest one. With manyNodes others it begins with a chunk as big as that of the node
// beside it: to grow in steps costs more time than it saves memory then.
const (
	smallNode = 4
	manyNodes = 8
)

// push adds an element at one end.
func (q *quicklist) push(left bool, s []byte) {
	size := listpack.EntrySize(s)
	n := q.end(left)
	if n != nil && q.takes(n, s) {
		q.makeRoom(n, left, size)
	} else {
		chunk := max(size+listpack.EmptySize, q.lim.chunk/smallNode)
		if q.root.nodes >= manyNodes {
			chunk = max(chunk, min(int(n.size), q.lim.chunk))
		}
		n = q.newNode(chunk, left && chunk <= maxNode)
		if left {
			q.link(n, 0, q.root.head)
		} else {
			q.link(n, q.root.tail, 0)
		}
		if chunk > maxNode {
			left = false // the node is empty
		}
	}
	q.save(n)
	if left {
		n.pushFront(s, size)
	} else {
		n.pushBack(s, size)
	}
	q.body.len++
}

// makeRoom makes room for an entry at one end of a node.
func (q *quicklist) makeRoom(n *listNode, left bool, size int) {
	front, back := n.room()
	full := int(n.size) >= q.lim.chunk
	switch {
	case left && front >= size, !left && back >= size:
	case front+back >= size && (full || front+back >= int(n.size)/8): // else not for a few bytes each time
		n.slide(left)
	default:
		q.resize(n, max(n.len()+size, min(2*int(n.size), q.lim.chunk)), left)
	}
}

// resize gives a node a chunk of size bytes, which is enough for the listpack. All room is at one end then.
func (q *quicklist) resize(n *listNode, size int, roomLeft bool) {
	lp := n.lp()
	size = q.chunkFor(size)
	p := q.a.Alloc(size)
	old, oldSize := n.chunk(), int(n.size)
	q.root.bytes += uint64(size) - uint64(oldSize)
	n.setChunk(p)
	n.size, n.start = uint32(size), 0
	if roomLeft && int(n.size) <= maxNode {
		n.start = uint16(int(n.size) - len(lp))
	}
	copy(n.at(int(n.start), len(lp)), lp)
	q.a.Free(old, oldSize)
}

// pop takes the first or last element away; there is one.
func (q *quicklist) pop(left bool) {
	n := q.end(left)
	q.save(n)
	switch {
	case n.count == 1:
		q.unlink(n)
	case left:
		n.popFront()
	default:
		n.popBack()
	}
	q.body.len--
}

// seek finds the node of element i, 0 <= i < number of elements, and the element's index in it.
func (r *listRoot) seek(i, count int) (n *listNode, at int) {
	if i < count/2 {
		n = nodeOf(r.head)
		for i >= int(n.count) {
			i -= int(n.count)
			n = nodeOf(n.next)
		}
		return n, i
	}
	n = nodeOf(r.tail)
	for i = count - 1 - i; i >= int(n.count); {
		i -= int(n.count)
		n = nodeOf(n.prev)
	}
	return n, int(n.count) - 1 - i
}

// appendListpack adds the elements of a listpack, which is not a view of the list, at the end. As in Redis they are one node even if that is
// more than the limits allow, but not one bigger than maxNode.
func (q *quicklist) appendListpack(lp []byte) {
	for off := listpack.First(lp); off >= 0 && off < len(lp)-1; {
		first, count := off, 0
		for off < len(lp)-1 && count < math.MaxUint16 {
			size := listpack.Size(lp, off)
			if count > 0 && listpack.EmptySize+off+size-first > maxNode {
				break
			}
			off += size
			count++
		}
		n := q.newNode(listpack.EmptySize+off-first, false)
		q.link(n, q.root.tail, 0)
		n.splice(listpack.HeaderSize, 0, lp[first:off], count)
		q.body.len += uint64(count)
	}
}
