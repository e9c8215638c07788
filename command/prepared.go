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

// Prepare calls Spec.Prepare. Its look-ups leave no trace: the handler makes them once more. looked says whether there were any.
func (c *Ctx) Prepare() (looked bool, err error) {
	again, noTouch, hits, misses := c.Again, c.DB.NoTouch, c.Hits, c.Misses
	c.Again, c.DB.NoTouch, c.Quiet = Lookups{}, true, true
	err = c.Spec.Prepare(c)
	looked = c.Hits != hits || c.Misses != misses
	c.Again, c.DB.NoTouch, c.Quiet, c.Hits, c.Misses = again, noTouch, false, hits, misses
	return looked, err
}
