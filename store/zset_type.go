package store

import (
	"fmt"
	"math"

	"radish/internal/num"
	"radish/store/listpack"
	"radish/store/slab"
)

// zsetType is what the keyspace does with big sorted sets.
type zsetType struct{}

func (zsetType) free(a *slab.Arena, b body) { bigZSetAt(b.addr, a).free() }

// free frees all chunks.
func (z bigZSet) free() {
	z.t.free()
	z.d.free()
}

func (zsetType) copyTo(b body, a *slab.Arena) (root uint64) {
	return bigZSetAt(b.addr, nil).copyTo(a).d.root.addr()
}

// copyTo makes the same set in an arena, but for the version.
func (z bigZSet) copyTo(a *slab.Arena) bigZSet {
	c := bigZSetOf(z.d.copyTo(a, nil))
	items := make([]uint64, 0, z.d.len())
	for p := z.t.min(); p.ok(); p = p.next() {
		m := itemMember(p.item())
		_, e := c.d.find(c.d.hash(m), m)
		items = append(items, e.addr())
	}
	c.t.build(items)
	return c
}

func (zsetType) size(b body) int { return bigZSetAt(b.addr, nil).size() }

// compact goes through the dict first, at is a hash then, which is even; then through the tree, at is a rank * 2 + 1.
func (zsetType) compact(a *slab.Arena, b *body, at uint64) (next uint64, more bool) {
	z := bigZSetAt(b.addr, a)
	if at == 0 {
		z = bigZSetOf(z.d.compactRoot())
		b.addr = z.d.root.addr()
	}
	if at&1 != 0 {
		rank, more := z.t.compactStep(int(at >> 1))
		return uint64(rank)<<1 | 1, more
	}
	next, last := z.compactSegment(at)
	if last {
		return 1, true
	}
	return next, true
}

// compactSegment moves the elems in the dict's segment of hash h out of sparse pages, and the segment. It returns from where to go on.
func (z bigZSet) compactSegment(h uint64) (next uint64, last bool) {
	g, _, _ := z.d.root.segmentAt(h)
	g.each(func(s *uint64) {
		e := slotElem(*s)
		*s = makeSlot(slab.At(uintptr(z.t.moveItem(e.addr(), e.size()))), *s>>addrBits)
	})
	return z.d.compactSegment(h, nil)
}

func (zsetType) check(a *slab.Arena, b body, c *slab.Census) error {
	return bigZSetAt(b.addr, a).check(int(b.len), c)
}

func (z bigZSet) check(n int, c *slab.Census) error {
	items, err := z.t.check(c)
	if err != nil {
		return err
	}
	if len(items) != n || z.d.len() != n {
		return fmt.Errorf("sorted set of %d: %d in the dict, %d in the tree", n, z.d.len(), len(items))
	}
	if err := z.d.check(c, nil); err != nil {
		return err
	}
	for _, x := range items {
		m := itemMember(x)
		if _, e := z.d.find(z.d.hash(m), m); e.addr() != x {
			return fmt.Errorf("sorted set: %q is in the tree at %#x, in the dict at %#x", m, x, e.addr())
		}
		if math.IsNaN(itemScore(x)) {
			return fmt.Errorf("sorted set: %q has no number", m)
		}
	}
	return nil
}

// checkZSet tells what does not hold in a sorted set, besides what check of a big one tells.
func checkZSet(_ *table, e Entry) error {
	n := 0
	if e.Encoding() == EncListpack {
		if err := listpack.Validate(e.block(), true); err != nil {
			return err
		}
		if listpack.Len(e.block())%2 != 0 {
			return fmt.Errorf("a member without a score")
		}
		var last []byte
		score := 0.0
		it := e.ZAt(0, false)
		for ; it.Ok(); it.Next() {
			s, m := it.Score(), it.Member()
			if n > 0 && (s < score || s == score && string(m) <= string(last)) {
				return fmt.Errorf("%q of %v is behind %q of %v", m, s, last, score)
			}
			score, last = s, append(last[:0], m...)
			n++
		}
	} else {
		n = e.ZLen()
	}
	if n == 0 {
		return fmt.Errorf("an empty sorted set")
	}
	return nil
}

// digestZSet adds the digest of each element, in no order: of its member, and of its score as the shortest digits that tell it.
func digestZSet(d *[20]byte, e Entry) {
	e.ZEach(func(m []byte, score float64) bool {
		var one [20]byte
		var digits [32]byte
		mixDigest(&one, m)
		mixDigest(&one, num.AppendGrisu(digits[:0], score))
		xorDigest(d, one[:])
		return true
	})
}
