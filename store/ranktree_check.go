package store

import (
	"fmt"

	"radish/store/slab"
)

// check walks the tree and tells the first thing that does not hold. It returns the elements in their order, and counts the nodes.
func (t rankTree) check(c *slab.Census) (items []uint64, err error) {
	w := treeWalk{c: c}
	if t.t.root != 0 {
		n := treeNodeAt(t.t.root)
		if n.level > 0 && n.n < 2 {
			return nil, fmt.Errorf("root of level %d has %d", n.level, n.n)
		}
		if err := w.walk(n); err != nil {
			return nil, err
		}
		if w.last != nil && w.last.next != 0 {
			return nil, fmt.Errorf("a leaf is linked behind the last one")
		}
	}
	if w.nodes != t.t.nodes || w.bytes != t.t.bytes {
		return nil, fmt.Errorf("tree: %d nodes, %d bytes, counted %d, %d", t.t.nodes, t.t.bytes, w.nodes, w.bytes)
	}
	return w.items, nil
}

// treeWalk is what check adds up.
type treeWalk struct {
	c            *slab.Census
	nodes, bytes uint64
	last         *treeLeaf
	items        []uint64
}

func (w *treeWalk) walk(n *treeNode) error {
	w.nodes++
	w.bytes += uint64(slab.Size(n.size()))
	w.c.Add(n.size())
	if n.n == 0 || n.level == 0 && n.n > treeLeafMax || n.level > 0 && n.n > treeKidsMax {
		return fmt.Errorf("tree node of level %d has %d", n.level, n.n)
	}
	if n.level == 0 {
		return w.walkLeaf(n.leaf())
	}
	in := n.inner()
	for k := range in.n {
		kid := treeNodeAt(in.kids[k])
		if kid.level != n.level-1 {
			return fmt.Errorf("level %d below %d", kid.level, n.level)
		}
		was := len(w.items)
		if err := w.walk(kid); err != nil {
			return err
		}
		if got := len(w.items) - was; uint64(got) != in.counts[k] {
			return fmt.Errorf("child %d of level %d has %d elements, counted %d", k, kid.level, got, in.counts[k])
		}
		if x := w.items[was]; x != in.firsts[k] || itemScore(x) != in.scores[k] {
			return fmt.Errorf("child %d of level %d begins with %#x of %v, noted is %#x of %v", k, kid.level, x, itemScore(x), in.firsts[k], in.scores[k])
		}
	}
	return nil
}

func (w *treeWalk) walkLeaf(l *treeLeaf) error {
	prev := uintptr(0)
	if w.last != nil {
		prev = w.last.addr()
	}
	if l.prev != prev || w.last != nil && w.last.next != l.addr() {
		return fmt.Errorf("leaf %#x: linked behind %#x, is behind %#x", l.addr(), l.prev, prev)
	}
	w.last = l
	for _, x := range l.items[:l.n] {
		if n := len(w.items); n > 0 {
			b := treeBound{score: itemScore(x), member: itemMember(x), kind: beforeElem}
			if y := w.items[n-1]; !b.before(itemScore(y), y) {
				return fmt.Errorf("%v %q is behind %v %q", b.score, b.member, itemScore(y), itemMember(y))
			}
		}
		w.items = append(w.items, x)
	}
	return nil
}
