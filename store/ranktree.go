package store

import (
	"math"
	"unsafe"

	"radish/internal/prefetch"
	"radish/store/slab"
)

// rankTree is the order of a sorted set: a B+ tree of the addresses of its elements, in the arena of the set, ordered by score, and by
// member (byte by byte) where scores are equal. Inner nodes count what is below each child, so the rank of an element and the element of a
// rank take one way down.
//
// A leaf holds addresses alone: score and member are read where they are, in the element. Inner nodes repeat the score of the first
// element below each child, so that most ways down look at elements only in the leaf.
//
// What always holds, besides the order:
//
//   - All leaves are at the same level, and linked in their order. No node is empty; a tree without elements has no root.
//   - counts, firsts and scores of child i are the number of elements below it, the address of the first of them, and its score.
//   - An element in the tree does not change its score or member, but through setScore.
//
// Two distinct NaNs are no order: no score is NaN.
type rankTree struct {
	t *treeRoot
	a *slab.Arena
}

// treeRoot is what a tree keeps; it has the size of dictRoot.extra, where it lies.
type treeRoot struct {
	root  uintptr // 0: empty
	nodes uint64
	bytes uint64 // of chunks of nodes
	_     uint64
}

const (
	treeLeafMax   = 61 // elements of a leaf: 512 bytes
	treeKidsMax   = 31 // children of an inner node: 1,000 bytes
	treeMaxLevels = 24
)

// treeNode is the head of a node.
type treeNode struct {
	n     uint32 // elements of a leaf, children of an inner node
	level uint32 // 0: leaf
}

type treeLeaf struct {
	treeNode
	prev, next uintptr // leaves; 0: none
	items      [treeLeafMax]uint64
}

type treeInner struct {
	treeNode
	scores [treeKidsMax]float64
	kids   [treeKidsMax]uintptr
	firsts [treeKidsMax]uint64
	counts [treeKidsMax]uint64
}

func treeNodeAt(addr uintptr) *treeNode { return (*treeNode)(slab.At(addr)) }
func treeLeafAt(addr uintptr) *treeLeaf { return (*treeLeaf)(slab.At(addr)) }

func (n *treeNode) leaf() *treeLeaf   { return (*treeLeaf)(unsafe.Pointer(n)) }
func (n *treeNode) inner() *treeInner { return (*treeInner)(unsafe.Pointer(n)) }
func (n *treeNode) addr() uintptr     { return uintptr(unsafe.Pointer(n)) }

func (n *treeNode) size() int {
	if n.level == 0 {
		return int(unsafe.Sizeof(treeLeaf{}))
	}
	return int(unsafe.Sizeof(treeInner{}))
}

// first is the address of the first element below n.
func (n *treeNode) first() uint64 {
	if n.level == 0 {
		return n.leaf().items[0]
	}
	return n.inner().firsts[0]
}

// count is the number of elements below n.
func (n *treeNode) count() uint64 {
	if n.level == 0 {
		return uint64(n.n)
	}
	sum := uint64(0)
	for _, c := range n.inner().counts[:n.n] {
		sum += c
	}
	return sum
}

// An element is an elem with a number, its score, and without a value; so what is wanted of it is found in fewer steps than for any elem.

// itemScore is the score of the element at an address.
func itemScore(x uint64) float64 { return math.Float64frombits(*(*uint64)(itemBody(x))) }

func setItemScore(x uint64, score float64) { *(*uint64)(itemBody(x)) = math.Float64bits(score) }

// itemBody is where the number begins, behind the length.
func itemBody(x uint64) unsafe.Pointer {
	p := slab.At(uintptr(x))
	for *(*byte)(p) >= 0x80 {
		p = unsafe.Add(p, 1)
	}
	return unsafe.Add(p, 1)
}

// itemMember is the member of the element at an address.
func itemMember(x uint64) []byte {
	e := elemAt(x)
	if b := *(*byte)(e.p); b < 0x80 {
		return unsafe.Slice((*byte)(unsafe.Add(e.p, 9)), b>>2)
	}
	return e.key()
}

// treeBound is a place between elements: behind all those for which before is true.
type treeBound struct {
	score  float64
	member []byte
	kind   boundKind
}

type boundKind uint8

const (
	behindElem  boundKind = iota // behind the elements up to (score, member)
	beforeElem                   // behind the elements less than that
	beforeScore                  // behind the elements with less than score
	behindScore                  // behind the elements with at most score
	beforeLex                    // behind the members less than member; scores are all equal
	behindLex                    // behind the members up to member; scores are all equal
)

// before says whether an element, whose score is known, is before b.
func (b *treeBound) before(score float64, x uint64) bool {
	switch b.kind {
	case beforeScore:
		return score < b.score
	case behindScore:
		return score <= b.score
	case beforeLex:
		return string(itemMember(x)) < string(b.member)
	case behindLex:
		return string(itemMember(x)) <= string(b.member)
	}
	if score != b.score {
		return score < b.score
	}
	if b.kind == behindElem {
		return string(itemMember(x)) <= string(b.member)
	}
	return string(itemMember(x)) < string(b.member)
}

// child is the last child whose first element is before b, or the first child.
func (in *treeInner) child(b *treeBound) int {
	lo, hi := 0, int(in.n)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if b.before(in.scores[mid], in.firsts[mid]) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// search is the number of elements of a leaf that are before b. Each look at an element is likely a cache miss, so it asks for all that
// the next three looks may need at once.
func (l *treeLeaf) search(b *treeBound) int {
	lo, hi := 0, int(l.n)
	for hi-lo > 7 {
		step := (hi - lo) / 8
		for at := lo + step; at <= lo+7*step; at += step {
			prefetch.Line(slab.At(uintptr(l.items[at])))
		}
		from, to := 0, 7
		for from < to {
			mid := (from + to) / 2
			if x := l.items[lo+(mid+1)*step]; b.before(itemScore(x), x) {
				from = mid + 1
			} else {
				to = mid
			}
		}
		if from < 7 {
			hi = lo + (from+1)*step
		}
		if from > 0 {
			lo += from*step + 1
		}
	}
	for _, x := range l.items[lo:hi] {
		prefetch.Line(slab.At(uintptr(x)))
	}
	for lo < hi {
		mid := (lo + hi) / 2
		if x := l.items[mid]; b.before(itemScore(x), x) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// treePath is a way down to a leaf: at level l > 0 it passes child at[l] of node[l].
type treePath struct {
	leaf *treeLeaf
	top  int // level of the root
	at   [treeMaxLevels]int
	node [treeMaxLevels]*treeInner
}

// seek finds the place b: path leads to a leaf, where i elements are before it. The tree is not empty.
func (t rankTree) seek(b *treeBound, path *treePath) (i int) {
	n := treeNodeAt(t.t.root)
	path.top = int(n.level)
	for n.level > 0 {
		in := n.inner()
		k := in.child(b)
		path.node[in.level], path.at[in.level] = in, k
		n = treeNodeAt(in.kids[k])
	}
	path.leaf = n.leaf()
	return path.leaf.search(b)
}

// rank is the number of elements before the leaf.
func (path *treePath) rank() int {
	sum := uint64(0)
	for l := 1; l <= path.top; l++ {
		for _, c := range path.node[l].counts[:path.at[l]] {
			sum += c
		}
	}
	return int(sum)
}

// add counts d more elements below each node of the path.
func (path *treePath) add(d int) {
	for l := 1; l <= path.top; l++ {
		path.node[l].counts[path.at[l]] += uint64(d)
	}
}

// setFirst says that the first element below the child at level l of the path is another one.
func (path *treePath) setFirst(l int, x uint64, score float64) {
	for ; l <= path.top; l++ {
		in, k := path.node[l], path.at[l]
		in.firsts[k], in.scores[k] = x, score
		if k > 0 {
			return
		}
	}
}

// treePos is the place of an element; the zero treePos is none. It is valid until the tree changes.
type treePos struct {
	leaf *treeLeaf
	i    int
}

func (p treePos) ok() bool { return p.leaf != nil }

// item is the address of the element.
func (p treePos) item() uint64 { return p.leaf.items[p.i] }

// next is the place behind p, none at the end.
func (p treePos) next() treePos {
	if p.i+1 < int(p.leaf.n) {
		return treePos{p.leaf, p.i + 1}
	}
	if p.leaf.next == 0 {
		return treePos{}
	}
	return treePos{treeLeafAt(p.leaf.next), 0}
}

// prev is the place before p, none at the beginning.
func (p treePos) prev() treePos {
	if p.i > 0 {
		return treePos{p.leaf, p.i - 1}
	}
	if p.leaf.prev == 0 {
		return treePos{}
	}
	l := treeLeafAt(p.leaf.prev)
	return treePos{l, int(l.n) - 1}
}

// len is the number of elements.
func (t rankTree) len() int {
	if t.t.root == 0 {
		return 0
	}
	return int(treeNodeAt(t.t.root).count())
}

// rank is the number of elements before b.
func (t rankTree) rank(b treeBound) int {
	if t.t.root == 0 {
		return 0
	}
	var path treePath
	i := t.seek(&b, &path)
	return path.rank() + i
}

// rankOf is the rank of an element that is in the tree, from 0.
func (t rankTree) rankOf(score float64, member []byte) int {
	return t.rank(treeBound{score: score, member: member}) - 1
}

// after is the first element that is not before b.
func (t rankTree) after(b treeBound) treePos {
	if t.t.root == 0 {
		return treePos{}
	}
	var path treePath
	i := t.seek(&b, &path)
	if i < int(path.leaf.n) {
		return treePos{path.leaf, i}
	}
	return treePos{path.leaf, i - 1}.next()
}

// last is the last element before b.
func (t rankTree) last(b treeBound) treePos {
	if t.t.root == 0 {
		return treePos{}
	}
	var path treePath
	i := t.seek(&b, &path)
	return treePos{path.leaf, i}.prev()
}

// at is the element of a rank, none when there are not so many.
func (t rankTree) at(rank int) treePos {
	if t.t.root == 0 || rank < 0 {
		return treePos{}
	}
	n, left := treeNodeAt(t.t.root), uint64(rank)
	for n.level > 0 {
		in := n.inner()
		k := 0
		for k < int(in.n) && left >= in.counts[k] {
			left -= in.counts[k]
			k++
		}
		if k == int(in.n) {
			return treePos{}
		}
		n = treeNodeAt(in.kids[k])
	}
	if left >= uint64(n.n) {
		return treePos{}
	}
	return treePos{n.leaf(), int(left)}
}

// min is the first element.
func (t rankTree) min() treePos {
	if t.t.root == 0 {
		return treePos{}
	}
	n := treeNodeAt(t.t.root)
	for n.level > 0 {
		n = treeNodeAt(n.inner().kids[0])
	}
	return treePos{n.leaf(), 0}
}

// max is the last element.
func (t rankTree) max() treePos {
	if t.t.root == 0 {
		return treePos{}
	}
	n := treeNodeAt(t.t.root)
	for n.level > 0 {
		n = treeNodeAt(n.inner().kids[n.n-1])
	}
	return treePos{n.leaf(), int(n.n) - 1}
}

// seekRank leads the path to the leaf of the element of a rank, which there is, and returns its place there.
func (t rankTree) seekRank(rank int, path *treePath) (i int) {
	n, left := treeNodeAt(t.t.root), uint64(rank)
	path.top = int(n.level)
	for n.level > 0 {
		in := n.inner()
		k := 0
		for left >= in.counts[k] {
			left -= in.counts[k]
			k++
		}
		path.node[in.level], path.at[in.level] = in, k
		n = treeNodeAt(in.kids[k])
	}
	path.leaf = n.leaf()
	return int(left)
}
