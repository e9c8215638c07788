package rdb

import (
	"encoding/binary"

	"radish/store/listpack"
)

// Ziplists and zipmaps are what Redis had before listpacks. They are read only, and checked to the last byte: see the package comment for what they
// look like.

const (
	zipHeader = 10 // bytes before the first entry of a ziplist
	zipEnd    = 0xff
	zipBig    = 0xfe // a length in four bytes follows
)

// zipEntry is an entry of a ziplist.
type zipEntry struct {
	s     []byte // a view
	n     int64
	isInt bool
	size  int // of all of it
}

// eachZip calls fn for the entries of a ziplist, and reports whether that is one.
func eachZip(zl []byte, fn func(e *zipEntry)) bool {
	if len(zl) < zipHeader+1 || uint64(binary.LittleEndian.Uint32(zl)) != uint64(len(zl)) || zl[len(zl)-1] != zipEnd {
		return false
	}
	tail := uint64(binary.LittleEndian.Uint32(zl[4:]))
	last := len(zl) - 1
	if tail > uint64(last) {
		return false
	}
	count, prev, at := 0, 0, zipHeader
	for at < last && zl[at] != zipEnd {
		var e zipEntry
		if !e.read(zl[at:last], prev) {
			return false
		}
		fn(&e)
		prev = e.size
		at += e.size
		count++
	}
	if at != last || count > 0 && tail != uint64(last-prev) {
		return false
	}
	want := int(binary.LittleEndian.Uint16(zl[8:]))
	return want == 1<<16-1 || want == count
}

// read reads the entry that p begins with; prev is the size of the one before.
func (e *zipEntry) read(p []byte, prev int) bool {
	at := 1
	if p[0] == zipBig {
		if at = 5; len(p) < at || uint64(binary.LittleEndian.Uint32(p[1:])) != uint64(prev) {
			return false
		}
	} else if int(p[0]) != prev {
		return false
	}
	if at >= len(p) {
		return false
	}
	b := p[at]
	at++
	if b >= 0xc0 {
		return e.readInt(b, p, at)
	}
	n := uint64(b & 0x3f)
	switch b >> 6 {
	case 1:
		if at == len(p) {
			return false
		}
		n = n<<8 | uint64(p[at])
		at++
	case 2:
		if at+4 > len(p) {
			return false
		}
		n = uint64(binary.BigEndian.Uint32(p[at:]))
		at += 4
	}
	if n > uint64(len(p)-at) {
		return false
	}
	e.size = at + int(n)
	e.s = p[at:e.size]
	return true
}

// readInt reads an integer with first byte b, of which the rest is at an offset of p.
func (e *zipEntry) readInt(b byte, p []byte, at int) bool {
	e.isInt = true
	width := 0
	switch b {
	case 0xc0:
		width = 2
	case 0xd0:
		width = 4
	case 0xe0:
		width = 8
	case 0xf0:
		width = 3
	case 0xfe:
		width = 1
	default:
		if b < 0xf1 || b > 0xfd {
			return false
		}
		e.n = int64(b) - 0xf1
	}
	if e.size = at + width; e.size > len(p) {
		return false
	}
	var v uint64
	for i := range width {
		v |= uint64(p[at+i]) << (8 * i)
	}
	if width > 0 {
		e.n = int64(v<<(64-8*width)) >> (64 - 8*width)
	}
	return true
}

// appendZip appends a listpack of a ziplist's entries to dst and reports whether that is a ziplist, and how many entries it has.
func appendZip(dst, zl []byte) (_ []byte, count int, ok bool) {
	start := len(dst)
	dst = listpack.Empty(dst)
	dst = dst[:len(dst)-1]
	ok = eachZip(zl, func(e *zipEntry) {
		if e.isInt {
			dst = listpack.AppendInt(dst, e.n)
		} else {
			dst = listpack.AppendEntry(dst, e.s)
		}
		count++
	})
	dst = append(dst, 0xff)
	listpack.SetHeader(dst[start:], count)
	return dst, count, ok
}

// eachZipmap calls fn for the fields and values, views, of a zipmap, and reports whether that is one.
func eachZipmap(zm []byte, fn func(f, v []byte)) bool {
	if len(zm) < 2 || zm[len(zm)-1] != zipEnd {
		return false
	}
	count, rest := 0, zm[1:len(zm)-1]
	for len(rest) > 0 && rest[0] != zipEnd {
		var f, v []byte
		var ok bool
		if f, rest, ok = zipmapString(rest, 0); !ok {
			return false
		}
		if v, rest, ok = zipmapString(rest, 1); !ok {
			return false
		}
		fn(f, v)
		count++
	}
	return len(rest) == 0 && count > 0 && (zm[0] >= zipBig || int(zm[0]) == count)
}

// zipmapString reads a string, whose length is followed by free bytes, 0 or 1, that tell how many bytes behind the string are not used.
func zipmapString(p []byte, free int) (s, rest []byte, ok bool) {
	if len(p) == 0 {
		return nil, nil, false
	}
	n, at := uint64(p[0]), 1
	if p[0] >= zipBig {
		if len(p) < 5 {
			return nil, nil, false
		}
		n, at = uint64(binary.LittleEndian.Uint32(p[1:])), 5
	}
	if free > 0 {
		if at == len(p) {
			return nil, nil, false
		}
		free = int(p[at])
		at++
	}
	if n+uint64(free) > uint64(len(p)-at) {
		return nil, nil, false
	}
	end := at + int(n)
	return p[at:end:end], p[end+free:], true
}
