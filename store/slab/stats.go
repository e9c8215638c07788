package slab

// ClassUse says how one class of chunks is used.
type ClassUse struct {
	Size   int // bytes of a chunk
	Page   int // bytes of a page
	Pages  int // pages held
	Chunks int // chunks that fit into them
	Used   int // of these, in use
}

// Classes calls fn for each class that has pages, from small to big. It needs at least the shard's read lock.
func (a *Arena) Classes(fn func(ClassUse)) {
	for ci := range a.class {
		c := &a.class[ci]
		if c.npages() == 0 {
			continue
		}
		u := ClassUse{Size: classSize(ci), Page: classPage(ci), Pages: c.npages(), Used: c.chunks()}
		u.Chunks = u.Pages * ((u.Page - pageHeader) / u.Size)
		fn(u)
	}
}

// Mapped is the bytes of the mappings in use, of the arena and its parts. It needs no lock.
func (a *Arena) Mapped() int64 { return a.usage.mapped.Load() }
