package command

import (
	"encoding/binary"
	"math/bits"
)

// nameIndex finds rows by name in any case, in a few nanoseconds: an open-addressing table whose slots
// hold the names folded to lower case, in three words, so that a probe is three comparisons. Longer names
// (rename-command allows any) stand in a map beside it. It is written while a Table is built and renamed,
// which is before the first command, and only read after that.
type nameIndex struct {
	slots []nameSlot // a power of two, at most a quarter full; a slot without spec is free
	shift uint
	long  map[string]*Spec
	n     int
}

type nameSlot struct {
	name foldedName
	spec *Spec
}

// foldedName is a name of at most maxFolded bytes in lower case. Names of the same length are equal
// exactly if their words are.
type foldedName struct {
	a, n uint64
	b, c uint64
}

const maxFolded = 24

// foldWord makes ASCII letters of eight bytes small. Adding 0x3f to seven bits of a byte sets its top bit
// from 'A' on, adding 0x25 from 'Z'+1 on; bytes above 0x7f are no letters.
func foldWord(w uint64) uint64 {
	const ones = 0x0101010101010101
	low := w & (0x7f * ones)
	upper := (low + 0x3f*ones) ^ (low + 0x25*ones)
	upper &= ^w & (0x80 * ones)
	return w | upper>>2
}

// foldName packs a name of 1 to maxFolded bytes. Words overlap where the length is no multiple of eight.
func foldName(b []byte) foldedName {
	f := foldedName{n: uint64(len(b))}
	switch n := len(b); {
	case n >= 8:
		f.a = foldWord(binary.LittleEndian.Uint64(b))
		if n > 8 {
			f.b = foldWord(binary.LittleEndian.Uint64(b[n-8:]))
		}
		if n > 16 {
			f.c = foldWord(binary.LittleEndian.Uint64(b[8:]))
		}
	case n >= 4:
		f.a = foldWord(uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32)
	default:
		f.a = foldWord(uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16)
	}
	return f
}

func (f *foldedName) hash() uint64 {
	return firstHash(f.a, f.n) ^ f.b*0xc2b2ae3d27d4eb4f ^ f.c*0x165667b19e3779f9
}

// firstHash is the hash of a name that has only its first word.
func firstHash(a, n uint64) uint64 { return (a + n) * 0x9e3779b97f4a7c15 }

// get is the row of that name, or nil.
func (x *nameIndex) get(name []byte) *Spec {
	n := uint64(len(name))
	if n-1 >= 8 || len(x.slots) == 0 {
		return x.getLong(name)
	}
	// The first word is all of a name of up to eight bytes, as are most; this is foldName for them.
	var w uint64
	if n >= 4 {
		w = uint64(binary.LittleEndian.Uint32(name)) | uint64(binary.LittleEndian.Uint32(name[n-4:]))<<32
	} else {
		w = uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	w = foldWord(w)
	slots := x.slots
	mask := uint64(len(slots) - 1)
	for i := firstHash(w, n) >> (x.shift & 63); ; i++ {
		s := &slots[i&mask]
		if s.name.a == w && s.name.n == n || s.spec == nil {
			return s.spec
		}
	}
}

func (x *nameIndex) getLong(name []byte) *Spec {
	switch {
	case len(name) > maxFolded:
		return x.long[lowerString(string(name))]
	case len(name) == 0 || len(x.slots) == 0:
		return nil
	}
	f := foldName(name)
	mask := uint64(len(x.slots) - 1)
	for i := f.hash() >> x.shift; ; i++ {
		s := &x.slots[i&mask]
		if s.name == f || s.spec == nil {
			return s.spec
		}
	}
}

// put adds a row under a name that is not there yet, and says whether that was so.
func (x *nameIndex) put(name string, s *Spec) bool {
	if name == "" || x.get([]byte(name)) != nil {
		return false
	}
	if len(name) > maxFolded {
		if x.long == nil {
			x.long = map[string]*Spec{}
		}
		x.long[lowerString(name)] = s
		return true
	}
	if x.n*4 >= len(x.slots) {
		x.rebuild(max(2*len(x.slots), 8))
	}
	x.insert(foldName([]byte(name)), s)
	return true
}

func (x *nameIndex) insert(f foldedName, s *Spec) {
	mask := uint64(len(x.slots) - 1)
	i := f.hash() >> x.shift
	for x.slots[i&mask].spec != nil {
		i++
	}
	x.slots[i&mask] = nameSlot{f, s}
	x.n++
}

func (x *nameIndex) rebuild(size int) {
	old := x.slots
	x.slots, x.n = make([]nameSlot, size), 0
	x.shift = uint(64 - bits.TrailingZeros(uint(size)))
	for _, s := range old {
		if s.spec != nil {
			x.insert(s.name, s.spec)
		}
	}
}

// remove takes a name out and returns its row, nil if there was none.
func (x *nameIndex) remove(name string) *Spec {
	s := x.get([]byte(name))
	if s == nil {
		return nil
	}
	if len(name) > maxFolded {
		delete(x.long, lowerString(name))
		return s
	}
	f := foldName([]byte(name))
	for i := range x.slots {
		if x.slots[i].name == f {
			x.slots[i] = nameSlot{}
		}
	}
	x.rebuild(len(x.slots)) // the free slot may have cut a run of probes in two
	return s
}

// lowerString makes ASCII letters small and nothing else.
func lowerString(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
