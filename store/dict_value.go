package store

import "radish/store/slab"

// dictType is what the keyspace does with values that are a dict and nothing else.
type dictType struct{}

func (dictType) free(a *slab.Arena, b body) { dictAt(b.addr, a).free() }

func (dictType) copyTo(b body, a *slab.Arena) (root uint64) {
	return dictAt(b.addr, nil).copyTo(a, nil).root.addr()
}

func (dictType) size(b body) int { return dictAt(b.addr, nil).bytes() }

func (dictType) compact(a *slab.Arena, b *body, at uint64) (next uint64, more bool) {
	d := dictAt(b.addr, a)
	if at == 0 {
		d = d.compactRoot()
		b.addr = d.root.addr()
	}
	next, last := d.compactSegment(at, nil)
	return next, !last
}

func (dictType) check(a *slab.Arena, b body, c *slab.Census) error {
	return dictAt(b.addr, a).check(c, nil)
}
