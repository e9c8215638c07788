package command

import "radish/store"

// ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]
func zrangestoreCommand(c *Ctx) error {
	if d, ok := c.Prepared.Take().(*store.ZSetDraft); ok {
		c.Find(1)
		installZSet(c, d, "zrangestore")
		return nil
	}
	o := zrangeOpts{store: true}
	if err := o.parse(c, 3); err != nil {
		return err
	}
	e, err := findZSet(c, 1)
	if err != nil {
		return err
	}
	if c.OnLoop && e.ZLen() > offloadWork/zsetWork {
		if _, n := o.span(e); c.Offload(n * zsetWork) {
			return ErrOffload
		}
	}
	installZSet(c, o.draft(c, e), "zrangestore")
	return nil
}

func prepareZRange(c *Ctx) error {
	o := zrangeOpts{store: true}
	if err := o.parse(c, 3); err != nil {
		return err
	}
	e, err := findZSet(c, 1)
	if err != nil {
		return err
	}
	c.Prepared.Value = o.draft(c, e)
	return nil
}

// draft makes a sorted set of the range.
func (o *zrangeOpts) draft(c *Ctx, e store.Entry) *store.ZSetDraft {
	d := c.DB.Store().NewZSetDraft(0)
	it := o.iter(e)
	for ; o.has(&it); it.next() {
		d.Add(it.Member(), it.Score())
	}
	d.Order()
	return d
}
