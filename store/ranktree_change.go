package store

import (
	"unsafe"

	"radish/store/slab"
)

// Changing a rankTree. A full node first gives elements to a neighbour below the same parent, and is cut in two only when those are
// full as well: nodes are more than 3/4 full when elements come in any order, and full when they come in theirs.

func (t rankTree) newNode(level uint32) *treeNode {
	size := int(unsafe.Sizeof(treeInner{}))
	if level == 0 {
		size = int(unsafe.Sizeof(treeLeaf{}))
	}
	n := (*treeNode)(t.a.Alloc(size))
	n.n, n.level = 0, level
	t.t.nodes++
	t.t.bytes += uint64(slab.Size(size))
	return n
}

func (t rankTree) freeNode(n *treeNode) {
	t.t.nodes--
	t.t.bytes -= uint64(slab.Size(n.size()))
	t.a.Free(unsafe.Pointer(n), n.size())
}

// newLeaf makes a leaf that stands behind prev (nil: it is the only one).
func (t rankTree) newLeaf(prev *treeLeaf) *treeLeaf {
	l := t.newNode(0).leaf()
	l.prev, l.next = 0, 0
	if prev != nil {
		l.prev, l.next = prev.addr(), prev.next
		prev.next = l.addr()
		if l.next != 0 {
			treeLeafAt(l.next).prev = l.addr()
		}
	}
	return l
}

// freeLeaf unlinks and frees a leaf.
func (t rankTree) freeLeaf(l *treeLeaf) {
	if l.prev != 0 {
		treeLeafAt(l.prev).next = l.next
	}
	if l.next != 0 {
		treeLeafAt(l.next).prev = l.prev
	}
	t.freeNode(&l.treeNode)
}

// insert adds the element at address x. Its score and member are not in the tree.
func (t rankTree) insert(x uint64) {
	score := itemScore(x)
	if t.t.root == 0 {
		l := t.newLeaf(nil)
		l.items[0], l.n = x, 1
		t.t.root = l.addr()
		return
	}
	b := treeBound{score: score, member: itemMember(x)}
	var path treePath
	t.insertAt(&path, t.seek(&b, &path), x, score)
}

// insertAt adds the element at address x as element i of the leaf of the path.
func (t rankTree) insertAt(path *treePath, i int, x uint64, score float64) {
	if path.leaf.n == treeLeafMax {
		i = t.makeRoom(path, i)
	}
	l := path.leaf
	copy(l.items[i+1:l.n+1], l.items[i:l.n])
	l.items[i] = x
	l.n++
	path.add(1)
	if i == 0 {
		path.setFirst(1, x, score)
	}
}

// makeRoom makes room in the full leaf of the path, where an element will come to place i. The path is changed to lead to the
// leaf where it has its place then, and that is returned.
func (t rankTree) makeRoom(path *treePath, i int) int {
	l := path.leaf
	if path.top > 0 {
		in, k := path.node[1], path.at[1]
		if k+1 < int(in.n) {
			if r := treeLeafAt(in.kids[k+1]); r.n <= treeLeafMax-4 {
				return t.shiftRight(path, r, i)
			}
		}
		if k > 0 {
			if left := treeLeafAt(in.kids[k-1]); left.n <= treeLeafMax-4 {
				return t.shiftLeft(path, left, i)
			}
		}
	}
	t.room(path, 1)
	cut := treeLeafMax / 2
	switch {
	case l.next == 0 && i == treeLeafMax: // they come in order
		cut = treeLeafMax
	case l.prev == 0 && i == 0: // in descending order
		cut = 1
	}
	r := t.newLeaf(l)
	kid := treeKid{addr: r.addr()}
	r.n = uint32(copy(r.items[:], l.items[cut:]))
	l.n = uint32(cut)
	if r.n > 0 { // else the element that is to come will be the first
		kid.first, kid.score, kid.count = r.items[0], itemScore(r.items[0]), uint64(r.n)
	}
	in, k := path.node[1], path.at[1]
	in.counts[k] = uint64(cut)
	in.put(k+1, kid)
	if i <= cut && r.n > 0 {
		return i
	}
	path.leaf, path.at[1] = r, k+1
	return i - cut
}

// shiftRight evens out the full leaf of the path and the next one, r.
func (t rankTree) shiftRight(path *treePath, r *treeLeaf, i int) int {
	l, in, k := path.leaf, path.node[1], path.at[1]
	m := int(l.n-r.n) / 2
	keep := int(l.n) - m
	copy(r.items[m:], r.items[:r.n])
	copy(r.items[:], l.items[keep:l.n])
	l.n, r.n = uint32(keep), r.n+uint32(m)
	in.counts[k] -= uint64(m)
	in.counts[k+1] += uint64(m)
	in.firsts[k+1], in.scores[k+1] = r.items[0], itemScore(r.items[0])
	if i <= keep {
		return i
	}
	path.leaf, path.at[1] = r, k+1
	return i - keep
}

// shiftLeft evens out the full leaf of the path and the one before, left.
func (t rankTree) shiftLeft(path *treePath, left *treeLeaf, i int) int {
	l, in, k := path.leaf, path.node[1], path.at[1]
	m := int(l.n-left.n) / 2
	was := int(left.n)
	copy(left.items[was:], l.items[:m])
	copy(l.items[:], l.items[m:l.n])
	l.n, left.n = l.n-uint32(m), left.n+uint32(m)
	in.counts[k] -= uint64(m)
	in.counts[k-1] += uint64(m)
	in.firsts[k], in.scores[k] = l.items[0], itemScore(l.items[0])
	if i > m {
		return i - m
	}
	path.leaf, path.at[1] = left, k-1
	return was + i
}

// treeKid is what an inner node keeps of a child.
type treeKid struct {
	addr         uintptr
	first, count uint64
	score        float64
}

// put puts a child at place k; those from there on move by one.
func (in *treeInner) put(k int, kid treeKid) {
	n := int(in.n)
	copy(in.kids[k+1:n+1], in.kids[k:n])
	copy(in.firsts[k+1:n+1], in.firsts[k:n])
	copy(in.counts[k+1:n+1], in.counts[k:n])
	copy(in.scores[k+1:n+1], in.scores[k:n])
	in.kids[k], in.firsts[k], in.counts[k], in.scores[k] = kid.addr, kid.first, kid.count, kid.score
	in.n++
}

// drop takes child k out.
func (in *treeInner) drop(k int) {
	n := int(in.n)
	copy(in.kids[k:], in.kids[k+1:n])
	copy(in.firsts[k:], in.firsts[k+1:n])
	copy(in.counts[k:], in.counts[k+1:n])
	copy(in.scores[k:], in.scores[k+1:n])
	in.n--
}

// take puts m children of from, from child k on, behind those of in. They stay in from, too.
func (in *treeInner) take(from *treeInner, k, m int) {
	n := int(in.n)
	copy(in.kids[n:], from.kids[k:k+m])
	copy(in.firsts[n:], from.firsts[k:k+m])
	copy(in.counts[n:], from.counts[k:k+m])
	copy(in.scores[n:], from.scores[k:k+m])
	in.n += uint32(m)
}

// room makes room for one more child in the node of the path at level l, which may be the level above the root. The path leads to the same
// leaf as before.
func (t rankTree) room(path *treePath, l int) {
	if l > path.top {
		old := treeNodeAt(t.t.root)
		in := t.newNode(uint32(l)).inner()
		first := old.first()
		in.put(0, treeKid{old.addr(), first, old.count(), itemScore(first)})
		path.top, path.node[l], path.at[l] = l, in, 0
		t.t.root = in.addr()
		return
	}
	in, k := path.node[l], path.at[l]
	if in.n < treeKidsMax {
		return
	}
	t.room(path, l+1)
	cut := treeKidsMax / 2
	if path.leaf.next == 0 {
		cut = treeKidsMax - 1
	}
	r := t.newNode(in.level).inner()
	r.take(in, cut, treeKidsMax-cut)
	in.n = uint32(cut)
	up, j := path.node[l+1], path.at[l+1]
	up.counts[j] = in.count()
	up.put(j+1, treeKid{r.addr(), r.firsts[0], r.count(), r.scores[0]})
	if k >= cut {
		path.node[l], path.at[l], path.at[l+1] = r, k-cut, j+1
	}
}

// delete takes the element with this score and member out; it is in the tree. It returns its address.
func (t rankTree) delete(score float64, member []byte) uint64 {
	b := treeBound{score: score, member: member}
	var path treePath
	i := t.seek(&b, &path) - 1
	x := path.leaf.items[i]
	t.deleteAt(&path, i)
	return x
}

// deleteAt takes element i of the leaf of the path out.
func (t rankTree) deleteAt(path *treePath, i int) {
	l := path.leaf
	copy(l.items[i:], l.items[i+1:l.n])
	l.n--
	path.add(-1)
	if i == 0 && l.n > 0 {
		path.setFirst(1, l.items[0], itemScore(l.items[0]))
	}
	if l.n < treeLeafMax/3 {
		t.mend(path)
	}
}

// mend frees the leaf of the path if it has become empty, or merges it with a neighbour if both are sparse; and so upwards.
func (t rankTree) mend(path *treePath) {
	if path.top == 0 {
		if path.leaf.n == 0 {
			t.freeLeaf(path.leaf)
			t.t.root = 0
		}
		return
	}
	in, k := path.node[1], path.at[1]
	if path.leaf.n > 0 {
		k = in.sparsePair(k, treeLeafMax*3/4)
		if k < 0 {
			return
		}
		l, r := treeLeafAt(in.kids[k]), treeLeafAt(in.kids[k+1])
		l.n += uint32(copy(l.items[l.n:], r.items[:r.n]))
		in.counts[k] += uint64(r.n)
		t.freeLeaf(r)
		k++
	} else {
		t.freeLeaf(path.leaf)
	}
	t.dropKid(path, 1, k)
}

// sparsePair is the first of two neighbouring children, of which k is one, that have at most limit together; -1: there are none.
func (in *treeInner) sparsePair(k, limit int) int {
	for _, j := range [2]int{k, k - 1} {
		if j < 0 || j+1 >= int(in.n) {
			continue
		}
		if int(treeNodeAt(in.kids[j]).n+treeNodeAt(in.kids[j+1]).n) <= limit {
			return j
		}
	}
	return -1
}

// dropKid takes child k, which is freed already and has no elements of its own any more, out of the node of the path at level l. The path is not
// valid any more.
func (t rankTree) dropKid(path *treePath, l, k int) {
	in := path.node[l]
	in.drop(k)
	if in.n > 0 && k == 0 {
		path.setFirst(l+1, in.firsts[0], in.scores[0])
	}
	switch {
	case l == path.top:
		for n := &in.treeNode; n.level > 0 && n.n == 1; n = treeNodeAt(t.t.root) {
			t.t.root = n.inner().kids[0]
			t.freeNode(n)
		}
	case in.n == 0:
		t.freeNode(&in.treeNode)
		t.dropKid(path, l+1, path.at[l+1])
	case in.n < treeKidsMax/3:
		up := path.node[l+1]
		j := up.sparsePair(path.at[l+1], treeKidsMax*3/4)
		if j < 0 {
			return
		}
		a, b := treeNodeAt(up.kids[j]).inner(), treeNodeAt(up.kids[j+1]).inner()
		a.take(b, 0, int(b.n))
		up.counts[j] += up.counts[j+1]
		t.freeNode(&b.treeNode)
		t.dropKid(path, l+1, j+1)
	}
}

// setScore gives the element with score and member, which is in the tree, another score. It stays where it is if its neighbours allow it.
func (t rankTree) setScore(score float64, member []byte, to float64) {
	b := treeBound{score: score, member: member}
	var path treePath
	i := t.seek(&b, &path) - 1
	p := treePos{path.leaf, i}
	x := p.item()
	b.score, b.kind = to, beforeElem
	if !p.between(&b) {
		t.deleteAt(&path, i)
		setItemScore(x, to)
		t.insert(x)
		return
	}
	setItemScore(x, to)
	if i == 0 {
		path.setFirst(1, x, to)
	}
}

// between says whether the place b is between the neighbours of p.
func (p treePos) between(b *treeBound) bool {
	if q := p.prev(); q.ok() && !b.before(itemScore(q.item()), q.item()) {
		return false
	}
	q := p.next()
	return !q.ok() || !b.before(itemScore(q.item()), q.item())
}

// moveItem moves the element at address x, of size bytes, out of a sparse page, and returns where it is now.
func (t rankTree) moveItem(x uint64, size int) uint64 {
	p := slab.At(uintptr(x))
	if !t.a.Sparse(p, size) {
		return x
	}
	b := treeBound{score: itemScore(x), member: itemMember(x)}
	var path treePath
	i := t.seek(&b, &path) - 1 // before it moves: what is left of it tells nothing
	x = uint64(uintptr(t.a.Move(p, size)))
	path.leaf.items[i] = x
	if i == 0 {
		path.setFirst(1, x, itemScore(x))
	}
	return x
}

// build fills an empty tree with elements, given in their order. Its nodes are nearly full.
func (t rankTree) build(items []uint64) {
	if len(items) == 0 {
		return
	}
	const fill = treeLeafMax * 15 / 16
	kids := make([]treeKid, 0, len(items)/fill+1)
	var l *treeLeaf
	for len(items) > 0 {
		l = t.newLeaf(l)
		l.n = uint32(copy(l.items[:fill], items))
		kids = append(kids, treeKid{l.addr(), items[0], uint64(l.n), itemScore(items[0])})
		items = items[l.n:]
	}
	for level := uint32(1); len(kids) > 1; level++ {
		up := kids[:0]
		for at := 0; at < len(kids); {
			in := t.newNode(level).inner()
			for at < len(kids) && in.n < treeKidsMax*15/16 {
				in.put(int(in.n), kids[at])
				at++
			}
			up = append(up, treeKid{in.addr(), in.firsts[0], in.count(), in.scores[0]})
		}
		kids = up
	}
	t.t.root = kids[0].addr
}

// free frees all nodes, but not the elements.
func (t rankTree) free() {
	if t.t.root != 0 {
		t.freeBelow(treeNodeAt(t.t.root))
		t.t.root = 0
	}
}

func (t rankTree) freeBelow(n *treeNode) {
	if n.level > 0 {
		in := n.inner()
		for _, k := range in.kids[:in.n] {
			t.freeBelow(treeNodeAt(k))
		}
	}
	t.freeNode(n)
}

// compactStep moves nodes out of sparse pages: those around the element of a rank. It returns from which rank to go on.
func (t rankTree) compactStep(rank int) (next int, more bool) {
	if t.t.root == 0 {
		return 0, false
	}
	addr, left := &t.t.root, uint64(max(rank, 0))
	for {
		n := t.moveNode(addr)
		if n.level == 0 {
			return 0, false
		}
		in := n.inner()
		if in.level == 1 {
			for k := range in.kids[:in.n] {
				t.moveNode(&in.kids[k])
			}
			next = rank - int(left) + int(in.count())
			return next, next < t.len()
		}
		k := 0
		for k < int(in.n)-1 && left >= in.counts[k] {
			left -= in.counts[k]
			k++
		}
		addr = &in.kids[k]
	}
}

// moveNode moves the node that a word of another node, or of the root, refers to.
func (t rankTree) moveNode(addr *uintptr) *treeNode {
	n := treeNodeAt(*addr)
	p := t.a.Move(unsafe.Pointer(n), n.size())
	n = (*treeNode)(p)
	if to := uintptr(p); to != *addr {
		*addr = to
		if n.level == 0 {
			l := n.leaf()
			if l.prev != 0 {
				treeLeafAt(l.prev).next = to
			}
			if l.next != 0 {
				treeLeafAt(l.next).prev = to
			}
		}
	}
	return n
}
