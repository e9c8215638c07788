package store

import "radish/store/slab"

// DictStats are numbers about the hash table of a value.
type DictStats struct {
	Elems, Segments int
	Slots           int // of all segments
	Bytes           int // of the whole table, elements included
	ElemBytes       int
}

// DictStats looks at the hash table of a value; ok is false when it has none. It walks the segments, but not the elements.
func (e Entry) DictStats() (st DictStats, ok bool) {
	switch e.Encoding() {
	case EncHashtable, EncHashtableEx, EncSkiplist: // these begin with a dictRoot
	default:
		return st, false
	}
	d := e.dict()
	words := len(d.root.words())
	st = DictStats{Elems: d.len(), Segments: int(d.root.numSegs), Bytes: d.bytes()}
	table := slab.Size(dictRootSize) + dictWordsSize(words)
	for h, last := uint64(0), false; !last; {
		var g segment
		g, h, last = d.root.segmentAt(h)
		st.Slots += g.nb()*bucketSlots + stashSlots
		table += slab.Size(g.bytes())
	}
	st.ElemBytes = st.Bytes - table
	return st, true
}
