package persist

import (
	"cmp"
	"slices"

	"radish/internal/num"
	"radish/persist/rdb"
	"radish/store"
	"radish/store/intset"
	"radish/store/listpack"
)

// builder makes a Value of what a decoder hands over, with the encodings that Redis gives values when it loads them: what is compact stays so up to the number
// of elements that the configuration allows, and becomes big beyond it; other sets and hashes become compact if they may. It is ready for the
// next value after finish or free. At most one of the drafts is there.
type builder struct {
	s    *store.Store
	deep bool

	v     Value
	buf   []byte // of v.b: kept
	str   *store.StringDraft
	list  *store.ListDraft
	nodes bool
	set   *store.SetDraft
	zset  *store.ZSetDraft
	hash  *store.HashDraft
	small *smallHash
	spare *smallHash
}

const (
	// bigString is how long a string is that lies outside of the Go heap at once.
	bigString = 256 << 10
	// maxHint is how many elements room is made for because the input says that there are so many.
	maxHint = 1 << 20
)

func hintOf(n uint64) int { return int(min(n, maxHint)) }

// finish is the value. What lies in it is valid until the builder is used again.
func (b *builder) finish() *Value {
	v := &b.v
	switch {
	case b.str != nil:
		v.d = b.str.Detached()
	case b.list != nil:
		v.d = b.list.Detached()
	case b.set != nil:
		v.d = b.set.Detached()
	case b.zset != nil:
		b.zset.Order()
		v.d = b.zset.Detached()
	case b.hash != nil:
		v.d = b.hash.Detached()
	case b.small != nil:
		v.typ, v.enc = store.TypeHash, store.EncListpack
		if b.small.deadlines {
			v.enc = store.EncListpackEx
		}
		b.buf = b.small.append(b.buf[:0])
		v.b = b.buf
		b.spare = b.small
	}
	b.str, b.list, b.set, b.zset, b.hash, b.small = nil, nil, nil, nil, nil, nil
	return v
}

// free gives back what has been made so far.
func (b *builder) free() {
	switch {
	case b.str != nil:
		b.str.Free()
	case b.list != nil:
		b.list.Free()
	case b.set != nil:
		b.set.Free()
	case b.zset != nil:
		b.zset.Free()
	case b.hash != nil:
		b.hash.Free()
	}
	b.str, b.list, b.set, b.zset, b.hash, b.small = nil, nil, nil, nil, nil, nil
	b.v.Free()
}

// keep makes a copy of p the value.
func (b *builder) keep(typ store.Type, enc store.Encoding, p []byte) error {
	if cap(b.buf) > bigString {
		b.buf = nil
	}
	b.buf = append(b.buf[:0], p...)
	b.v = Value{typ: typ, enc: enc, b: b.buf}
	return nil
}

// String is rdb.Sink's.
func (b *builder) String(s []byte) error {
	if len(s) < bigString {
		return b.keep(store.TypeString, store.EncRaw, s)
	}
	b.v = Value{}
	b.str = b.s.NewStringDraft()
	b.str.Append(s)
	return nil
}

// Begin is rdb.Sink's.
func (b *builder) Begin(shape rdb.Shape, n uint64) error {
	b.v = Value{}
	lim := b.s.Limits()
	switch shape {
	case rdb.ShapeString:
		b.str = b.s.NewStringDraft()
	case rdb.ShapeList, rdb.ShapeNodes:
		b.list, b.nodes = b.s.NewListDraft(), shape == rdb.ShapeNodes
	case rdb.ShapeSet:
		enc := store.EncIntset
		if n > uint64(min(lim.SetMaxIntsetEntries, intset.MaxLen)) {
			enc = store.EncHashtable
		}
		b.set = b.s.NewSetDraft(enc, hintOf(n))
	case rdb.ShapeZSet:
		b.zset = b.s.NewZSetDraft(hintOf(n))
	case rdb.ShapeHash, rdb.ShapeHashDeadline:
		deadlines := shape == rdb.ShapeHashDeadline
		if n > uint64(lim.HashMaxListpackEntries) {
			b.hash = b.s.NewHashDraft(deadlines, hintOf(n))
		} else {
			b.small = b.spare
			if b.small == nil {
				b.small = new(smallHash)
			}
			b.small.begin(deadlines, int(n), b.deep)
		}
	}
	return nil
}

const (
	setTwice  rdb.Problem = "Duplicate set members detected"
	zsetTwice rdb.Problem = "Duplicate zset fields detected"
	hashTwice rdb.Problem = "Duplicate hash fields detected"
)

// Element is rdb.Sink's.
func (b *builder) Element(s []byte) error {
	switch {
	case b.str != nil:
		b.str.Append(s)
	case b.list != nil && b.nodes:
		lp := listpack.AppendEntry(listpack.Empty(b.buf[:0])[:listpack.HeaderSize], s)
		b.buf = append(lp, listpackEnd)
		listpack.SetHeader(b.buf, 1)
		b.list.PushNode(b.buf)
	case b.list != nil:
		b.list.Push(s)
	case !b.set.Add(s):
		return setTwice
	}
	return nil
}

const listpackEnd = 0xff

// Scored is rdb.Sink's.
func (b *builder) Scored(m []byte, score float64) error {
	if !b.zset.AddNew(m, score) {
		return zsetTwice
	}
	return nil
}

// Field is rdb.Sink's.
func (b *builder) Field(f, v []byte, deadlineMs int64) error {
	if b.small != nil {
		most := b.s.Limits().HashMaxListpackValue
		if len(f) <= most && len(v) <= most {
			return b.small.add(f, v, deadlineMs)
		}
		if err := b.enlarge(); err != nil {
			return err
		}
	}
	if !b.hash.Add(f, v, deadlineMs) {
		return hashTwice
	}
	return nil
}

// enlarge makes a small hash a big one.
func (b *builder) enlarge() error {
	small := b.small
	b.small, b.spare = nil, small
	b.hash = b.s.NewHashDraft(small.deadlines, small.n)
	return small.each(func(f, v []byte, ms int64) error {
		if !b.hash.Add(f, v, ms) {
			return hashTwice
		}
		return nil
	})
}

// Block is rdb.Sink's.
func (b *builder) Block(kind rdb.BlockKind, p []byte) error {
	lim := b.s.Limits()
	switch kind {
	case rdb.BlockNode:
		b.list.PushNode(p)
		return nil
	case rdb.BlockIntset:
		if n := intset.Len(p); n > lim.SetMaxIntsetEntries {
			return b.bigIntset(p, n)
		}
		return b.keep(store.TypeSet, store.EncIntset, p)
	case rdb.BlockSet:
		if n := listpack.Len(p); n > lim.SetMaxListpackEntries {
			return b.bigSet(p, n)
		}
		return b.keep(store.TypeSet, store.EncListpack, p)
	case rdb.BlockZSet:
		if n := listpack.Len(p) / 2; n > lim.ZSetMaxListpackEntries {
			return b.bigZSet(p, n)
		}
		return b.keep(store.TypeZSet, store.EncListpack, p)
	case rdb.BlockHash:
		if n := listpack.Len(p) / 2; n > lim.HashMaxListpackEntries {
			return b.bigHash(p, n, false)
		}
		return b.keep(store.TypeHash, store.EncListpack, p)
	}
	if n := listpack.Len(p) / 3; n > lim.HashMaxListpackEntries {
		return b.bigHash(p, n, true)
	}
	return b.keep(store.TypeHash, store.EncListpackEx, p)
}

func (b *builder) bigIntset(p []byte, n int) error {
	b.v = Value{}
	b.set = b.s.NewSetDraft(store.EncHashtable, n)
	var digits [24]byte
	for i := range n {
		if !b.set.Add(num.AppendInt(digits[:0], intset.At(p, i))) {
			return setTwice
		}
	}
	return nil
}

func (b *builder) bigSet(p []byte, n int) error {
	b.v = Value{}
	b.set = b.s.NewSetDraft(store.EncHashtable, n)
	var scratch [24]byte
	for off := listpack.First(p); off >= 0; off = listpack.Next(p, off) {
		if !b.set.Add(listpack.Bytes(p, off, &scratch)) {
			return setTwice
		}
	}
	return nil
}

func (b *builder) bigZSet(p []byte, n int) error {
	b.v = Value{}
	b.zset = b.s.NewZSetDraft(n)
	var scratch [24]byte
	for off := listpack.First(p); off >= 0; {
		m := listpack.Bytes(p, off, &scratch)
		off = listpack.Next(p, off)
		score := listpack.Get(p, off)
		f := float64(score.N)
		if !score.Int {
			f, _ = num.ParseDouble(score.S)
		}
		if !b.zset.AddNew(m, f) {
			return zsetTwice
		}
		off = listpack.Next(p, off)
	}
	return nil
}

func (b *builder) bigHash(p []byte, n int, deadlines bool) error {
	b.v = Value{}
	b.hash = b.s.NewHashDraft(deadlines, n)
	return eachField(p, deadlines, func(f, v []byte, ms int64) error {
		if !b.hash.Add(f, v, ms) {
			return hashTwice
		}
		return nil
	})
}

// eachField calls fn for the fields of a listpack.
func eachField(p []byte, deadlines bool, fn func(f, v []byte, ms int64) error) error {
	var fields, values [24]byte
	for off := listpack.HeaderSize; off < len(p)-1; {
		f := listpack.Bytes(p, off, &fields)
		off += listpack.Size(p, off)
		v := listpack.Bytes(p, off, &values)
		off += listpack.Size(p, off)
		ms := int64(0)
		if deadlines {
			ms = listpack.Get(p, off).N
			off += listpack.Size(p, off)
		}
		if err := fn(f, v, ms); err != nil {
			return err
		}
	}
	return nil
}

// smallHash is a hash that is to be compact: fields in the order in which they came, as entries of a listpack without header and end.
type smallHash struct {
	deadlines bool
	n         int
	lp        []byte // with a header, without end
	at        []fieldAt
	seen      map[string]struct{} // nil: lp is searched, or nobody cares
	search    bool
}

// fieldAt is where a field is in lp, and its deadline.
type fieldAt struct {
	from, to int
	ms       int64
}

// searchMax is up to how many fields a listpack is searched for each.
const searchMax = 32

func (h *smallHash) begin(deadlines bool, n int, deep bool) {
	*h = smallHash{deadlines: deadlines, lp: listpack.Empty(h.lp[:0])[:listpack.HeaderSize], at: h.at[:0], search: n <= searchMax}
	if !h.search && deep {
		h.seen = make(map[string]struct{}, n)
	}
}

func (h *smallHash) add(f, v []byte, ms int64) error {
	if h.seen != nil {
		if _, twice := h.seen[string(f)]; twice {
			return hashTwice
		}
		h.seen[string(f)] = struct{}{}
	}
	step, from := 2, len(h.lp)
	if h.deadlines {
		step = 3
	}
	if h.search && h.n > 0 {
		h.lp = append(h.lp, listpackEnd)
		twice := listpack.Find(h.lp, listpack.HeaderSize, f, step) >= 0
		if h.lp = h.lp[:from]; twice {
			return hashTwice
		}
	}
	h.lp = listpack.AppendEntry(listpack.AppendEntry(h.lp, f), v)
	if h.deadlines {
		h.lp = listpack.AppendInt(h.lp, ms)
		h.at = append(h.at, fieldAt{from, len(h.lp), ms})
	}
	h.n++
	return nil
}

// append appends the listpack, with deadlines in their order, those without one last.
func (h *smallHash) append(dst []byte) []byte {
	if !h.deadlines {
		dst = append(append(dst, h.lp...), listpackEnd)
		listpack.SetHeader(dst, 2*h.n)
		return dst
	}
	slices.SortStableFunc(h.at, func(a, b fieldAt) int {
		return cmp.Compare(uint64(a.ms-1), uint64(b.ms-1)) // none, 0, becomes the greatest
	})
	dst = append(dst, h.lp[:listpack.HeaderSize]...)
	for _, f := range h.at {
		dst = append(dst, h.lp[f.from:f.to]...)
	}
	dst = append(dst, listpackEnd)
	listpack.SetHeader(dst, 3*h.n)
	return dst
}

func (h *smallHash) each(fn func(f, v []byte, ms int64) error) error {
	if h.n == 0 {
		return nil
	}
	return eachField(append(h.lp, listpackEnd), h.deadlines, fn)
}
