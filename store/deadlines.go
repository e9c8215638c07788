package store

import (
	"unsafe"

	"radish/store/slab"
)

// deadlines is the index of the deadlines of one table: a B+ tree of 8-byte items in the shard's slab. Outside of the Go heap it costs
// what it takes, and no more: a tree on the heap would cost twice that between two runs of the collector.
//
// An item is the deadline in ms, in the upper 42 bits (later deadlines count as maxDue), and the first 22 bits of the
// key's hash below the shard's bits. It leads to the few buckets where the entry must be, so entries may move without
// touching the index. Equal items stand for so many keys.
//
// Shape: all leaves are at the same level; an inner node with n children has n-1 keys; what is in child i is
// >= key i-1 and <= key i.
type deadlines struct {
	arena *slab.Arena
	root  uintptr // 0: empty
	count int
	nodes int
	bytes int
}

const (
	dueHashBits = 22
	maxDue      = 1<<(64-dueHashBits) - 1 // the last deadline that is told apart from later ones: the year 2109

	leafItems = 63
	innerKids = 64
	leafBytes = 512
	innerSize = 1024
)

// dueItem is the item of a key with hash h and a deadline.
func dueItem(ms int64, h uint64) uint64 {
	return uint64(clampDue(ms))<<dueHashBits | h>>(64-dueHashBits)
}

func clampDue(ms int64) int64 { return min(max(ms, 0), maxDue) }

// dueNode is the head of a node.
type dueNode struct {
	n     uint32 // items of a leaf, children of an inner node
	level uint32 // 0: leaf
}

type dueLeaf struct {
	dueNode
	items [leafItems]uint64
}

type dueInner struct {
	dueNode
	keys [innerKids - 1]uint64
	kids [innerKids]uintptr
}

func nodeAt(addr uintptr) *dueNode { return (*dueNode)(slab.At(addr)) }

func (n *dueNode) leaf() *dueLeaf   { return (*dueLeaf)(unsafe.Pointer(n)) }
func (n *dueNode) inner() *dueInner { return (*dueInner)(unsafe.Pointer(n)) }
func (n *dueNode) addr() uintptr    { return uintptr(unsafe.Pointer(n)) }

func (n *dueNode) bytes() int {
	if n.level == 0 {
		return leafBytes
	}
	return innerSize
}

func (n *dueNode) limit() int {
	if n.level == 0 {
		return leafItems
	}
	return innerKids
}

func (d *deadlines) newNode(level uint32) *dueNode {
	n := leafBytes
	if level > 0 {
		n = innerSize
	}
	node := (*dueNode)(d.arena.Alloc(n))
	*node = dueNode{level: level}
	d.nodes++
	d.bytes += slab.Size(n)
	return node
}

func (d *deadlines) freeNode(n *dueNode) {
	d.nodes--
	d.bytes -= slab.Size(n.bytes())
	d.arena.Free(unsafe.Pointer(n), n.bytes())
}

// lowerBound is the number of items of s that are < x.
func lowerBound(s []uint64, x uint64) int {
	lo, hi := 0, len(s)
	for lo < hi {
		if mid := (lo + hi) / 2; s[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// insert adds an item.
func (d *deadlines) insert(x uint64) {
	d.count++
	if d.root == 0 {
		d.root = d.newNode(0).addr()
	}
	sep, right := d.insertIn(nodeAt(d.root), x, true)
	if right == nil {
		return
	}
	old := nodeAt(d.root)
	root := d.newNode(old.level + 1)
	in := root.inner()
	in.n = 2
	in.keys[0], in.kids[0], in.kids[1] = sep, old.addr(), right.addr()
	d.root = root.addr()
}

// insertIn adds x below n; last says that n is at the right edge. When n had to be split, it returns the new right part
// and the key between both.
func (d *deadlines) insertIn(n *dueNode, x uint64, last bool) (sep uint64, right *dueNode) {
	if n.level == 0 {
		return d.insertLeaf(n.leaf(), x, last)
	}
	in := n.inner()
	i := lowerBound(in.keys[:in.n-1], x)
	sep, kid := d.insertIn(nodeAt(in.kids[i]), x, last && i == int(in.n)-1)
	if kid == nil {
		return 0, nil
	}
	if in.n == innerKids {
		up, r := d.splitInner(in, last)
		if i < int(in.n) {
			in.add(i, sep, kid)
		} else {
			r.inner().add(i-int(in.n), sep, kid)
		}
		return up, r
	}
	in.add(i, sep, kid)
	return 0, nil
}

// add puts kid behind child i, with the key sep between them.
func (in *dueInner) add(i int, sep uint64, kid *dueNode) {
	n := int(in.n)
	copy(in.keys[i+1:n], in.keys[i:n-1])
	copy(in.kids[i+2:n+1], in.kids[i+1:n])
	in.keys[i] = sep
	in.kids[i+1] = kid.addr()
	in.n++
}

// drop takes child i out, with the key before it, or the first key.
func (in *dueInner) drop(i int) {
	n := int(in.n)
	if k := max(i-1, 0); n > 1 {
		copy(in.keys[k:n-2], in.keys[k+1:n-1])
	}
	copy(in.kids[i:n-1], in.kids[i+1:n])
	in.n--
}

// splitAt is where a full node is cut: in the middle, or near its end when it is at the right edge, where most new deadlines go.
func splitAt(n int, last bool) int {
	if last {
		return n * 7 / 8
	}
	return n / 2
}

func (d *deadlines) insertLeaf(l *dueLeaf, x uint64, last bool) (sep uint64, right *dueNode) {
	if l.n < leafItems {
		l.put(x)
		return 0, nil
	}
	r := d.newNode(0).leaf()
	cut := splitAt(leafItems, last)
	r.n = uint32(copy(r.items[:], l.items[cut:]))
	l.n = uint32(cut)
	if x < r.items[0] {
		l.put(x)
	} else {
		r.put(x)
	}
	return r.items[0], &r.dueNode
}

func (l *dueLeaf) put(x uint64) {
	i := lowerBound(l.items[:l.n], x)
	copy(l.items[i+1:l.n+1], l.items[i:l.n])
	l.items[i] = x
	l.n++
}

func (d *deadlines) splitInner(in *dueInner, last bool) (up uint64, right *dueNode) {
	r := d.newNode(in.level).inner()
	cut := splitAt(innerKids, last)
	r.n = uint32(copy(r.kids[:], in.kids[cut:]))
	copy(r.keys[:], in.keys[cut:])
	in.n = uint32(cut)
	return in.keys[cut-1], &r.dueNode
}

// remove takes out one item that equals x.
func (d *deadlines) remove(x uint64) bool {
	if d.root == 0 || !d.removeIn(nodeAt(d.root), x) {
		return false
	}
	d.count--
	for d.root != 0 {
		n := nodeAt(d.root)
		switch {
		case n.n == 0:
			d.root = 0
		case n.level > 0 && n.n == 1:
			d.root = n.inner().kids[0]
		default:
			return true
		}
		d.freeNode(n)
	}
	return true
}

func (d *deadlines) removeIn(n *dueNode, x uint64) bool {
	if n.level == 0 {
		l := n.leaf()
		i := lowerBound(l.items[:l.n], x)
		if i == int(l.n) || l.items[i] != x {
			return false
		}
		copy(l.items[i:l.n-1], l.items[i+1:l.n])
		l.n--
		return true
	}
	in := n.inner()
	for i := lowerBound(in.keys[:in.n-1], x); ; i++ {
		if d.removeIn(nodeAt(in.kids[i]), x) {
			d.mend(in, i)
			return true
		}
		if i == int(in.n)-1 || in.keys[i] != x {
			return false
		}
	}
}

// mend frees child i when it is empty, or merges it with a neighbour when both are sparse.
func (d *deadlines) mend(in *dueInner, i int) {
	kid := nodeAt(in.kids[i])
	if kid.n == 0 {
		in.drop(i)
		d.freeNode(kid)
		return
	}
	limit := kid.limit()
	if int(kid.n) >= limit/3 || in.n < 2 {
		return
	}
	if i == int(in.n)-1 {
		i--
	}
	l, r := nodeAt(in.kids[i]), nodeAt(in.kids[i+1])
	if int(l.n+r.n) > limit*3/4 {
		return
	}
	if l.level == 0 {
		copy(l.leaf().items[l.n:], r.leaf().items[:r.n])
	} else {
		li, ri := l.inner(), r.inner()
		li.keys[l.n-1] = in.keys[i]
		copy(li.keys[l.n:], ri.keys[:r.n-1])
		copy(li.kids[l.n:], ri.kids[:r.n])
	}
	l.n += r.n
	in.drop(i + 1)
	d.freeNode(r)
}

// min is the smallest item.
func (d *deadlines) min() (x uint64, ok bool) {
	if d.root == 0 {
		return 0, false
	}
	n := nodeAt(d.root)
	for n.level > 0 {
		n = nodeAt(n.inner().kids[0])
	}
	return n.leaf().items[0], true
}

// each calls fn for each item, from small to big, until it returns false.
func (d *deadlines) each(fn func(x uint64) bool) {
	if d.root != 0 {
		nodeAt(d.root).each(fn)
	}
}

func (n *dueNode) each(fn func(x uint64) bool) bool {
	if n.level == 0 {
		for _, x := range n.leaf().items[:n.n] {
			if !fn(x) {
				return false
			}
		}
		return true
	}
	for _, k := range n.inner().kids[:n.n] {
		if !nodeAt(k).each(fn) {
			return false
		}
	}
	return true
}

// random is an item chosen by chance, about evenly; r must be random.
func (d *deadlines) random(r uint64) (x uint64, ok bool) {
	if d.root == 0 {
		return 0, false
	}
	n := nodeAt(d.root)
	for n.level > 0 {
		n, r = nodeAt(n.inner().kids[r%uint64(n.n)]), r/uint64(n.n)
	}
	return n.leaf().items[r%uint64(n.n)], true
}

// freeStep frees some nodes of an index that nobody uses any more; it returns false when none is left.
func (d *deadlines) freeStep() (more bool) {
	if d.root == 0 {
		return false
	}
	n := nodeAt(d.root)
	var up *dueInner
	for n.level > 1 {
		up = n.inner()
		n = nodeAt(up.kids[up.n-1])
	}
	if n.level == 1 {
		for _, k := range n.inner().kids[:n.n] {
			d.freeNode(nodeAt(k))
		}
	}
	d.freeNode(n)
	switch {
	case up == nil:
		d.root = 0
	case up.n > 1:
		up.n--
	default:
		d.freeChain()
	}
	return d.root != 0
}

// freeChain frees the inner nodes at the right edge that have lost all children.
func (d *deadlines) freeChain() {
	// The last node of the chain has one child, which is gone; so has each node above it that has only that child.
	var path []*dueNode
	for n := nodeAt(d.root); ; n = nodeAt(n.inner().kids[n.n-1]) {
		path = append(path, n)
		if n.level == 2 {
			break
		}
	}
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].n--; path[i].n > 0 {
			return
		}
		d.freeNode(path[i])
	}
	d.root = 0
}

// compactStep moves nodes out of sparse pages: those around the item from. It returns from where to go on.
func (d *deadlines) compactStep(from uint64) (next uint64, more bool) {
	if d.root == 0 {
		return 0, false
	}
	d.root = d.moveNode(d.root)
	n := nodeAt(d.root)
	for n.level > 1 {
		in := n.inner()
		i := lowerBound(in.keys[:in.n-1], from)
		if i < int(in.n)-1 && in.keys[i] != ^uint64(0) {
			next, more = in.keys[i]+1, true
		}
		in.kids[i] = d.moveNode(in.kids[i])
		n = nodeAt(in.kids[i])
	}
	if n.level == 1 {
		in := n.inner()
		for i, k := range in.kids[:in.n] {
			in.kids[i] = d.moveNode(k)
		}
	}
	return next, more
}

func (d *deadlines) moveNode(addr uintptr) uintptr {
	n := nodeAt(addr)
	return uintptr(d.arena.Move(unsafe.Pointer(n), n.bytes()))
}
