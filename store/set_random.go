package store

import (
	"math/rand/v2"

	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// Members at random. Each has the same chance, each time.

// SetRandom is one member. It is valid as long as e; an integer is formatted into scratch.
func (e Entry) SetRandom(scratch *[24]byte) []byte {
	switch e.Encoding() {
	case EncIntset:
		b := e.block()
		return num.AppendInt(scratch[:0], intset.At(b, rand.IntN(intset.Len(b))))
	case EncListpack:
		b := e.block()
		return listpack.Bytes(b, listpack.At(b, rand.IntN(listpack.Len(b))), scratch)
	}
	return e.dict().random().key()
}

// offsetsFrom is from how many random members of a listpack on it is walked once, to know where each entry is.
const offsetsFrom = 8

// SetRandoms calls fn for n members, any of which may come again, until it returns false.
func (e Entry) SetRandoms(n int, fn func(m []byte) bool) {
	var scratch [24]byte
	if e.Encoding() != EncListpack || n < offsetsFrom {
		for ; n > 0 && fn(e.SetRandom(&scratch)); n-- {
		}
		return
	}
	b := e.block()
	offsets := make([]int32, 0, listpack.Len(b))
	for off := listpack.First(b); off >= 0; off = listpack.Next(b, off) {
		offsets = append(offsets, int32(off))
	}
	for ; n > 0 && fn(listpack.Bytes(b, int(offsets[rand.IntN(len(offsets))]), &scratch)); n-- {
	}
}

// sampleWalks is how many times the sample has to be contained in the set at most for the set to be walked.
const sampleWalks = 3

// SetSample calls fn for n different members, n <= SetLen, in no random order.
func (e Entry) SetSample(n int, fn func(m []byte)) {
	size := e.SetLen()
	if n*sampleWalks > size || e.Encoding() == EncListpack {
		pick := sampler{size, n}
		e.SetEach(func(m []byte) bool {
			if pick.next() {
				fn(m)
			}
			return pick.want > 0
		})
		return
	}
	seen := make(map[uint64]struct{}, n)
	isNew := func(x uint64) bool {
		had := len(seen)
		seen[x] = struct{}{}
		return len(seen) > had
	}
	var scratch [24]byte
	if e.Encoding() == EncIntset {
		b := e.block()
		for len(seen) < n {
			if i := rand.IntN(size); isNew(uint64(i)) {
				fn(num.AppendInt(scratch[:0], intset.At(b, i)))
			}
		}
		return
	}
	d := e.dict()
	for len(seen) < n {
		if el := d.random(); isNew(el.addr()) {
			fn(el.key())
		}
	}
}

// sampler chooses want of left things that come one after another.
type sampler struct{ left, want int }

func (p *sampler) next() bool {
	chosen := p.want > 0 && rand.IntN(p.left) < p.want
	p.left--
	if chosen {
		p.want--
	}
	return chosen
}

// Pop takes one member out, and the key with the last one, and appends it to buf. There must be a key.
func (s *SetWriter) Pop(buf []byte) []byte {
	e := s.w.entry()
	var scratch [24]byte
	switch e.Encoding() {
	case EncIntset:
		b := e.block()
		i := rand.IntN(intset.Len(b))
		buf = num.AppendInt(buf, intset.At(b, i))
		s.cutIntset(b, i)
	case EncListpack:
		b := e.block()
		off := listpack.At(b, rand.IntN(listpack.Len(b)))
		buf = append(buf, listpack.Bytes(b, off, &scratch)...)
		s.cutListpack(b, off)
	default:
		d := s.w.dict()
		buf = d.popMember(buf)
		if d.len() == 0 {
			s.w.drop()
		} else {
			s.keep(d)
		}
	}
	return buf
}

// popMember takes one elem out, frees it, and appends its key to buf.
func (d dict) popMember(buf []byte) []byte {
	el := d.random()
	key := el.key()
	h := d.hash(key)
	slot, _ := d.find(h, key)
	buf = append(buf, key...)
	d.remove(h, slot)
	d.freeElem(el)
	return buf
}

// popMoves is how many times what stays has to be contained in what goes for the set to be made anew of what stays.
const popMoves = 5

// PopMany takes n members out, 1 <= n <= Len, and the key with the last one, and calls fn for each. As in Redis a dict
// of which little stays becomes compact, if it may.
func (s *SetWriter) PopMany(n int, fn func(m []byte)) {
	e := s.w.entry()
	stays := e.SetLen() - n
	switch enc := e.Encoding(); {
	case stays == 0:
		e.SetEach(func(m []byte) bool {
			fn(m)
			return true
		})
		s.w.drop()
	case enc == EncListpack:
		s.popListpack(n, fn)
	case stays*popMoves > n:
		var room [128]byte
		for range n {
			fn(s.Pop(room[:0]))
		}
	default:
		s.popMost(stays, fn)
	}
}

// popListpack takes n members out of a listpack, but not all, in one pass.
func (s *SetWriter) popListpack(n int, fn func(m []byte)) {
	b := s.w.entry().block()
	size := listpack.Len(b)
	pick := sampler{size, n}
	var scratch [24]byte
	to := listpack.HeaderSize
	for off := to; off < len(b)-1; {
		k := listpack.Size(b, off)
		if pick.next() {
			fn(listpack.Bytes(b, off, &scratch))
		} else {
			to += copy(b[to:], b[off:off+k])
		}
		off += k
	}
	b[to] = listpackEnd
	b = s.w.resize(to + 1)
	listpack.SetHeader(b, size-n)
}

// popMost takes out all but some members of an intset or dict, and makes the set anew of these.
func (s *SetWriter) popMost(stays int, fn func(m []byte)) {
	w := &s.w
	e := w.entry()
	draft := w.db.s.newDraft(EncListpack)
	if e.Encoding() == EncIntset {
		draft = w.db.s.newDraft(EncIntset)
	}
	pick := sampler{e.SetLen(), stays}
	e.SetEach(func(m []byte) bool {
		if pick.next() {
			draft.Add(m)
		} else {
			fn(m)
		}
		return true
	})
	draft.replace(w)
}
