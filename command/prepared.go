package command

// Prepared is the result of Spec.Prepare on its way to the Handler, which takes it over with Take.
type Prepared struct {
	// Value is the result; nil: nothing was prepared. If it has a method Free, that is called, without locks, when
	// nobody has taken it over.
	Value any
	// Sources are the versions that the keys had before Prepare read them (store.DB.Version), in the order of
	// Ctx.Keys; 0 for a key that is only overwritten. The worker fills and compares them.
	Sources []uint64
}

// Take returns what was prepared and makes the caller its owner; nil: nothing was.
func (p *Prepared) Take() any {
	v := p.Value
	p.Value = nil
	return v
}

// Drop frees what nobody has taken over.
func (p *Prepared) Drop() {
	if f, ok := p.Take().(interface{ Free() }); ok {
		f.Free()
	}
}

// Prepare calls Spec.Prepare. Its look-ups are those of the command: what follows makes them again.
func (c *Ctx) Prepare() error {
	if err := c.Spec.Prepare(c); err != nil {
		return err
	}
	c.Again = Lookups{c.Hits, c.Misses}
	c.Hits, c.Misses = 0, 0
	return nil
}
