package store

import (
	"fmt"
	"unsafe"

	"radish/store/listpack"
	"radish/store/slab"
)

// quicklistType is what the keyspace does with quicklists.
type quicklistType struct{}

func (quicklistType) free(a *slab.Arena, b body) {
	for addr := rootOf(b).head; addr != 0; {
		n := nodeOf(addr)
		addr = n.next
		a.Free(n.chunk(), int(n.size))
		a.Free(unsafe.Pointer(n), listNodeSize)
	}
	a.Free(b.ptr(), listRootSize)
}

func (quicklistType) copyTo(b body, a *slab.Arena) (root uint64) {
	c := newListRoot(a, rootOf(b).fill)
	q := quicklist{root: rootOf(c), body: &c, a: a}
	for addr := rootOf(b).head; addr != 0; addr = nodeOf(addr).next {
		o := nodeOf(addr)
		lp := o.lp()
		n := q.newNode(len(lp), false)
		n.count = o.count
		copy(n.at(0, len(lp)), lp)
		q.link(n, q.root.tail, 0)
	}
	return c.addr
}

func (quicklistType) size(b body) int { return slab.Size(listRootSize) + int(rootOf(b).bytes) }

// compactSteps is the number of steps of compact that a long list takes, each from one element, whose index is at, on.
const compactSteps = 256

func (quicklistType) compact(a *slab.Arena, b *body, at uint64) (next uint64, more bool) {
	if at == 0 {
		b.addr = uint64(uintptr(a.Move(b.ptr(), listRootSize)))
	}
	if at >= b.len {
		return 0, false
	}
	q := quicklist{root: rootOf(*b)}
	n, _ := q.root.seek(int(at), int(b.len))
	for range max(4, q.root.nodes/compactSteps) {
		n = (*listNode)(a.Move(unsafe.Pointer(n), listNodeSize))
		q.relink(n)
		n.setChunk(a.Move(n.chunk(), int(n.size)))
		at += uint64(n.count)
		if n.next == 0 {
			return 0, false
		}
		n = nodeOf(n.next)
	}
	return at, true
}

func (quicklistType) check(a *slab.Arena, b body, c *slab.Census) error {
	r := rootOf(b)
	c.Add(listRootSize)
	var nodes, bytes, count, prev uint64
	for addr := r.head; addr != 0; addr = nodeOf(addr).next {
		n := nodeOf(addr)
		c.Add(listNodeSize)
		c.Add(int(n.size))
		nodes++
		bytes += uint64(listNodeSize) + uint64(n.size)
		count += uint64(n.count)
		if n.prev != prev || n.count == 0 || int(n.size) != slab.Size(int(n.size)) {
			return fmt.Errorf("node %d: %+v", nodes, *n)
		}
		if _, back := n.room(); back < 0 || n.len() < listpack.EmptySize {
			return fmt.Errorf("node %d: %d bytes at %d in %d", nodes, n.len(), n.start, n.size)
		}
		if err := listpack.Validate(n.lp(), true); err != nil {
			return fmt.Errorf("node %d: %w", nodes, err)
		}
		if k := listpack.Len(n.lp()); k != int(n.count) {
			return fmt.Errorf("node %d: %d elements, counted %d", nodes, n.count, k)
		}
		prev = addr
	}
	if r.tail != prev || r.nodes != nodes || r.bytes != bytes || b.len != count || count == 0 {
		return fmt.Errorf("%d nodes, %d bytes, %d elements: counted %d, %d, %d", r.nodes, r.bytes, b.len, nodes, bytes, count)
	}
	return nil
}
