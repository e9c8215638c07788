package netloop

// inbuf holds the bytes of one connection that have arrived and were not consumed. An idle connection has
// none. Large ones are mapped outside the Go heap: a request may announce 512 MB, and memory that is only
// announced must neither be zeroed nor count for the garbage collector.
type inbuf struct {
	data   []byte // what has arrived; data[:cap] is writable
	base   []byte // the whole mapping, if mapped
	mapped bool
}

// mapFrom is the size from which a buffer is mapped.
const mapFrom = 1 << 20

// smallBuf is the least capacity of a connection's own buffer.
const smallBuf = 1 << 10

func (b *inbuf) capacity() int {
	if b.mapped {
		return len(b.base)
	}
	return cap(b.data)
}

// set makes b hold a copy of p, with room for need bytes in all.
func (b *inbuf) set(p []byte, need int) {
	if n := max(need, len(p)); b.mapped || cap(b.data) < n {
		b.free()
		b.alloc(n, len(p)+readSize/4)
	}
	b.data = append(b.data[:0], p...)
}

// shrink keeps a small buffer for the next unfinished request and gives a larger one back.
func (b *inbuf) shrink() {
	if b.mapped || cap(b.data) > smallBuf {
		b.free()
	}
}

// alloc gets memory for n bytes; if they are so many that the system has no room for them, for as many as are sure to come: at least least.
func (b *inbuf) alloc(n, least int) {
	if n >= mapFrom {
		m, err := mapBuf(n)
		if err == nil {
			b.base, b.data, b.mapped = m, m[:0], true
			return
		}
		n = least
	}
	if n < readSize {
		n = (n + smallBuf - 1) &^ (smallBuf - 1)
	}
	b.data, b.base, b.mapped = make([]byte, 0, n), nil, false
}

func (b *inbuf) free() {
	if b.mapped {
		unmapBuf(b.base)
	}
	*b = inbuf{}
}

// consume drops the first n bytes.
func (b *inbuf) consume(n int) {
	b.data = b.data[n:]
}

// room returns writable space behind data: all that need asks for, or some.
func (b *inbuf) room(need int) []byte {
	free := cap(b.data) - len(b.data)
	want := need - len(b.data)
	if want <= 0 {
		want = readSize / 4
	}
	if free < want {
		old := *b
		least := max(len(old.data)+readSize/4, 2*len(old.data))
		b.alloc(max(len(old.data)+want, least), least)
		b.data = append(b.data, old.data...)
		old.free()
	}
	return b.data[len(b.data):cap(b.data)]
}

// Mapping is the memory of a big request; see Conn.TakeInput.
type Mapping struct{ base []byte }

// Free gives the memory back. The bytes of the request are gone then.
func (m *Mapping) Free() {
	if m.base != nil {
		unmapBuf(m.base)
		m.base = nil
	}
}

// Drop says that the bytes of b, which lie in the mapping, are not needed any more. Their memory goes back, as far as
// it is whole pages of the system behind the first; what is read there later is undefined.
func (m *Mapping) Drop(b []byte) { dropBuf(m.base, b) }
