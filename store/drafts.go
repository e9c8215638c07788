package store

import (
	"slices"

	"radish/store/listpack"
	"radish/store/slab"
)

// Drafts of values that come from outside, part by part, and may be of any size: each becomes a Detached in the end, unless Free gives it back. See also SetDraft
// and ZSetDraft. What they are given is not kept.

// StringDraft is a long string in the making. A short one would not become an integer.
type StringDraft struct {
	d *Detached // an arena with one block
}

// NewStringDraft makes an empty draft.
func (s *Store) NewStringDraft() *StringDraft { return &StringDraft{s.newDetached(TypeString, EncRaw)} }

// Append adds bytes at the end. Room grows by half, and by remapping: no byte is copied again and again.
func (d *StringDraft) Append(p []byte) {
	b, a := &d.d.body, d.d.arena
	n := int(b.len) + len(p)
	switch {
	case b.cap == 0:
		b.addr, b.cap = uint64(uintptr(a.Alloc(max(n, slab.MaxChunk+1)))), uint64(slab.Size(max(n, slab.MaxChunk+1)))
	case n > int(b.cap):
		size := n + n/2
		b.addr, b.cap = uint64(uintptr(a.Realloc(b.ptr(), int(b.cap), size, int(b.len)))), uint64(slab.Size(size))
	}
	was := b.len
	b.len = uint64(n)
	copy(b.bytes()[was:], p)
}

// Detached is the string, which must have been given bytes.
func (d *StringDraft) Detached() *Detached {
	b, a := &d.d.body, d.d.arena
	if b.len <= slab.MaxChunk {
		val := slices.Clone(b.bytes())
		d.d.setBlock(stringValue(val, false).enc, val)
		return d.d
	}
	b.addr, b.cap = uint64(uintptr(a.Realloc(b.ptr(), int(b.cap), int(b.len), int(b.len)))), uint64(slab.Size(int(b.len)))
	return d.d
}

// Free gives the draft back.
func (d *StringDraft) Free() { d.d.Free() }

// ListDraft is a list in the making: of elements, or of nodes of a quicklist.
type ListDraft struct {
	s   *Store
	lim *listLimits // of the nodes
	end *listLimits // those by which the list becomes a listpack in the end
	lp  []byte      // the first node, as long as it is the only one
	n   int         // elements of lp
	d   *Detached
	q   quicklist
}

// NewListDraft makes an empty draft.
func (s *Store) NewListDraft() *ListDraft {
	lim := s.listLim.Load()
	return &ListDraft{s: s, lim: lim, end: lim, lp: listpack.New()}
}

// Push adds an element at the end.
func (d *ListDraft) Push(v []byte) {
	if d.d == nil && d.n > 0 && (len(v) >= d.lim.large || d.plain() || d.lim.over(len(d.lp)+len(v)+sizeEstimate, d.n+1)) {
		d.toQuick()
	}
	if d.d != nil {
		d.q.push(false, v)
		return
	}
	d.n++
	d.lp = append(listpack.AppendEntry(d.lp[:len(d.lp)-1], v), listpackEnd)
	listpack.SetHeader(d.lp, d.n)
}

// PushNode adds the elements of a listpack at the end, as a node of their own. A second node makes the list a quicklist, as in Redis.
func (d *ListDraft) PushNode(lp []byte) {
	if d.d == nil && d.n == 0 {
		d.n = listpack.Len(lp)
		d.lp = append(d.lp[:0], lp...)
		return
	}
	if d.d == nil {
		d.toQuick()
	}
	d.q.appendListpack(lp)
}

// plain reports whether lp is one element that must have a node for itself.
func (d *ListDraft) plain() bool {
	return d.n == 1 && len(d.lp) > d.lim.large && listpack.Get(d.lp, listpack.HeaderSize).Len() >= d.lim.large
}

func (d *ListDraft) toQuick() {
	d.d = d.s.newDetached(TypeList, EncQuicklist)
	d.d.body = newListRoot(d.d.arena, d.lim.fill)
	d.q = quicklist{root: rootOf(d.d.body), body: &d.d.body, a: d.d.arena, lim: d.lim}
	d.q.appendListpack(d.lp)
	d.lp = nil
}

// Detached is the list, which must have elements. As in Redis one node becomes a listpack if that is not too big.
func (d *ListDraft) Detached() *Detached {
	if d.d == nil && (d.plain() || !d.end.packs(len(d.lp), d.n, 1)) {
		d.toQuick()
	}
	if d.d == nil {
		return d.s.newDetachedBlock(TypeList, EncListpack, d.lp)
	}
	return d.d
}

// Free gives the draft back.
func (d *ListDraft) Free() {
	if d.d != nil {
		d.d.Free()
	}
}

// HashDraft is a hash in the making that is not compact.
type HashDraft struct{ d *Detached }

// NewHashDraft makes an empty draft for about hint fields, which may have deadlines if the encoding is to tell so.
func (s *Store) NewHashDraft(deadlines bool, hint int) *HashDraft {
	enc := EncHashtable
	if deadlines {
		enc = EncHashtableEx
	}
	return &HashDraft{s.newDetachedDict(TypeHash, enc, hint)}
}

// Add adds a field with a deadline in unix ms, 0: none. It returns false when the field is there already.
func (d *HashDraft) Add(f, v []byte, ms int64) bool {
	dict := d.d.dict()
	h := dict.hash(f)
	if slot, _ := dict.find(h, f); slot != nil {
		return false
	}
	dict.insert(h, writeElem(dict.a, f, v, true, uint64(ms), ms != 0))
	if ms != 0 {
		dict.setDue(h, ms)
	}
	return true
}

// Detached is the hash, which must have fields.
func (d *HashDraft) Detached() *Detached {
	d.d.body.len = uint64(d.d.dict().len())
	return d.d
}

// Free gives the draft back.
func (d *HashDraft) Free() { d.d.Free() }
