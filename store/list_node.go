package store

import (
	"encoding/binary"
	"unsafe"

	"radish/store/listpack"
	"radish/store/slab"
)

// listNode is the head of a node of a quicklist. Heads are small and lie close together, so that looking for an element by its index is quick. The
// elements are a listpack in a chunk of its own, anywhere in it: what is free before it and behind it serves to push, and to pop, at both ends without
// moving elements.
type listNode struct {
	next, prev uint64 // addresses of heads; 0: none
	block      uint64 // address of the chunk | mark of a snapshot << listMarkAt, see bigSaved.saveNode
	size       uint32 // of the chunk, as it really is
	start      uint16 // where the listpack begins in it
	count      uint16 // elements
}

const listNodeSize = 32

func nodeOf(addr uint64) *listNode { return (*listNode)(slab.At(uintptr(addr))) }

func (n *listNode) addr() uint64 { return uint64(uintptr(unsafe.Pointer(n))) }

// listMarkAt is where the mark begins in listNode.block: addresses have fewer bits.
const listMarkAt = 48

func (n *listNode) chunk() unsafe.Pointer { return slab.At(uintptr(n.block & (1<<listMarkAt - 1))) }

// setChunk changes where the chunk is, and leaves the mark as it is.
func (n *listNode) setChunk(p unsafe.Pointer) {
	n.block = n.block>>listMarkAt<<listMarkAt | uint64(uintptr(p))
}

// at is size bytes of the chunk, from off on.
func (n *listNode) at(off, size int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(n.chunk(), off)), size)
}

// len is the size of the listpack.
func (n *listNode) len() int {
	return int(binary.LittleEndian.Uint32(n.at(int(n.start), 4)))
}

// lp is the listpack.
func (n *listNode) lp() []byte { return n.at(int(n.start), n.len()) }

// room is what is free before and behind the listpack.
func (n *listNode) room() (front, back int) {
	front = int(n.start)
	return front, int(n.size) - front - n.len()
}

// pushBack adds s, whose entry has size bytes, for which there is room.
func (n *listNode) pushBack(s []byte, size int) {
	total := n.len()
	lp := n.at(int(n.start), total+size)
	listpack.AppendEntry(lp[:total-1:total-1+size], s)
	lp[total+size-1] = 0xFF
	n.count++
	listpack.SetHeader(lp, int(n.count))
}

// pushFront is pushBack at the other end.
func (n *listNode) pushFront(s []byte, size int) {
	total := n.len() + size
	n.start -= uint16(size)
	lp := n.at(int(n.start), total)
	listpack.AppendEntry(lp[:listpack.HeaderSize:listpack.HeaderSize+size], s)
	n.count++
	listpack.SetHeader(lp, int(n.count))
}

// popFront takes the first of several elements away.
func (n *listNode) popFront() {
	lp := n.lp()
	size := listpack.Size(lp, listpack.HeaderSize)
	n.start += uint16(size)
	n.count--
	listpack.SetHeader(lp[size:], int(n.count))
}

// popBack takes the last of several elements away.
func (n *listNode) popBack() {
	lp := n.lp()
	lp = lp[:listpack.Last(lp)+1]
	lp[len(lp)-1] = 0xFF
	n.count--
	listpack.SetHeader(lp, int(n.count))
}

// slide moves the listpack to one end of the chunk: all room is at the left then, or all at the right.
func (n *listNode) slide(roomLeft bool) {
	lp := n.lp()
	to := 0
	if roomLeft {
		to = int(n.size) - len(lp)
	}
	copy(n.at(to, len(lp)), lp)
	n.start = uint16(to)
}

// splice replaces del bytes of entries at off by add, which makes delta elements more; there is room for them in the chunk. add is not a view of it.
func (n *listNode) splice(off, del int, add []byte, delta int) {
	lp := n.lp()
	grow := len(add) - del
	front, back := n.room()
	if grow > front && grow > back {
		n.slide(false)
		lp = n.lp()
		back += front
	}
	n.count = uint16(int(n.count) + delta)
	if grow != 0 && grow <= front && (off < len(lp)/2 || grow > back) && int(n.size) <= maxNode {
		// What is before moves.
		n.start = uint16(int(n.start) - grow)
		to := n.at(int(n.start), len(lp)+grow)
		copy(to[:off], lp[:off])
		copy(to[off:], add)
		listpack.SetHeader(to, int(n.count))
		return
	}
	to := n.at(int(n.start), len(lp)+grow)
	if grow < 0 {
		copy(to[off+len(add):], lp[off+del:])
	} else if grow > 0 {
		copy(to[off+len(add):], to[off+del:len(lp)])
	}
	copy(to[off:], add)
	listpack.SetHeader(to, int(n.count))
}

// removeEqual takes entries that equal s out of a listpack of count entries, at most limit of them, the first or the last ones. It returns what is
// left and how many went.
func removeEqual(lp []byte, count int, s []byte, limit int, last bool) (rest []byte, removed int) {
	at := listpack.Find(lp, listpack.HeaderSize, s, 1)
	if at < 0 {
		return lp, 0
	}
	keep := 0 // so many equal ones stay
	if last && limit < count {
		for off := at; off >= 0; off = listpack.Find(lp, off+listpack.Size(lp, off), s, 1) {
			keep++
		}
		keep = max(keep-limit, 0)
	}
	to, from := at, at // entries up to to are done; those from from on come next
	for at >= 0 && removed < limit {
		next := at + listpack.Size(lp, at)
		to += copy(lp[to:], lp[from:at])
		from = at
		if keep > 0 {
			keep--
		} else {
			from = next
			removed++
		}
		at = listpack.Find(lp, next, s, 1)
	}
	to += copy(lp[to:], lp[from:])
	listpack.SetHeader(lp[:to], count-removed)
	return lp[:to], removed
}
