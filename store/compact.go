package store

import (
	"fmt"
	"unsafe"

	"radish/store/slab"
)

// Compact values are one block of bytes, in the formats that Redis has for them: listpack and intset. Strings that are not integers are blocks too.
// A block lies behind the key, or in a chunk or mapping of its own, whose cap is all that it really has.

// Limits are up to where values stay compact. The fields are the directives of the configuration and mean what these say.
type Limits struct {
	HashMaxListpackEntries, HashMaxListpackValue int
	// ListMaxListpackSize, of a list's nodes: a positive number is elements, -1 to -5 are 4 to 64 KB.
	ListMaxListpackSize                          int
	ListCompressDepth                            int
	SetMaxIntsetEntries                          int
	SetMaxListpackEntries, SetMaxListpackValue   int
	ZSetMaxListpackEntries, ZSetMaxListpackValue int
}

// defaultLimits are those of Redis's configuration.
func defaultLimits() *Limits {
	return &Limits{
		HashMaxListpackEntries: 512, HashMaxListpackValue: 64,
		ListMaxListpackSize: -2,
		SetMaxIntsetEntries: 512, SetMaxListpackEntries: 128, SetMaxListpackValue: 64,
		ZSetMaxListpackEntries: 128, ZSetMaxListpackValue: 64,
	}
}

// SetLimits says up to where values stay compact, from the next change of each on. It needs no lock.
func (s *Store) SetLimits(l Limits) {
	s.lim.Store(&l)
	s.setListLimits()
}

func (s *Store) limits() *Limits { return s.lim.Load() }

// block is the bytes of a compact value, or of a string that is not an integer: a view.
func (e Entry) block() []byte {
	if e.form() == formInline {
		return e.inline()
	}
	return e.body().bytes()
}

// bytes is the block that b refers to.
func (b body) bytes() []byte { return unsafe.Slice((*byte)(b.ptr()), b.len) }

// newBlock makes a block apart from an entry.
func newBlock(a *slab.Arena, val []byte) body {
	p := a.Alloc(len(val))
	b := body{addr: uint64(uintptr(p)), len: uint64(len(val)), cap: uint64(slab.Size(len(val)))}
	copy(b.bytes(), val)
	return b
}

// blockType is what the keyspace does with blocks that lie apart.
type blockType struct{}

func (blockType) free(t *table, b body, q *lazyQueue, _ int64) {
	if p := t.s.savedHuge(&b); p != nil {
		p.take(t.arena, b)
		return
	}
	if q != nil && b.cap > slab.MaxChunk {
		q.addMapping(t.arena, b)
	} else {
		t.arena.Free(b.ptr(), int(b.cap))
	}
}

func (blockType) copy(_, to *table, b body) body { return newBlock(to.arena, b.bytes()) }

func (blockType) move(from, to *table, b body) body {
	if from.arena == to.arena {
		return b
	}
	if from.arena.Give(to.arena, b.ptr(), int(b.cap)) {
		if p := from.s.savedHuge(&b); p != nil {
			p.shard.Store(to.sh.index)
		}
		return b
	}
	c := newBlock(to.arena, b.bytes())
	from.arena.Free(b.ptr(), int(b.cap))
	return c
}

func (blockType) size(b body) int { return int(b.cap) }

func (blockType) compact(t *table, b body) body {
	b.addr = uint64(uintptr(t.arena.Move(b.ptr(), int(b.cap))))
	return b
}

func (blockType) check(_ *table, b body, c *slab.Census) error {
	c.Add(int(b.cap))
	if b.len > b.cap {
		return fmt.Errorf("%d bytes in %d", b.len, b.cap)
	}
	return nil
}

// listpackEnd is the last byte of a listpack.
const listpackEnd = 0xFF
