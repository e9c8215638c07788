package command

import (
	"radish/internal/num"
	"radish/store"
)

// ZPOPMIN key [count]
func zpopminCommand(c *Ctx) error { return zpop(c, false) }

// ZPOPMAX key [count]
func zpopmaxCommand(c *Ctx) error { return zpop(c, true) }

func zpop(c *Ctx, max bool) error {
	count, nested := 1, false
	switch {
	case len(c.Args) > 3:
		return ErrSyntax
	case len(c.Args) == 3:
		n, ok := num.ParseInt(c.Args[2])
		if !ok || n < 0 {
			return ErrNotPositive
		}
		count, nested = int(n), c.Reply.Proto == 3
	}
	z, err := openZSet(c, 0)
	if err != nil {
		return err
	}
	if !z.Entry().Ok() || count == 0 {
		c.Reply.EmptyArray()
		return nil
	}
	count = min(count, z.Entry().ZLen())
	if c.OnLoop && c.Offload(partWork(z.Entry(), count, z.Entry().ZLen(), zsetWork)) {
		return c.offloadUsed()
	}
	if nested {
		c.Reply.Array(count)
	} else {
		c.Reply.Array(2 * count)
	}
	popZSet(c, &z, c.Keys[0], max, count, nested)
	return nil
}

// zpopName is the command that pops from an end of one sorted set.
func zpopName(max bool) string {
	if max {
		return "ZPOPMAX"
	}
	return "ZPOPMIN"
}

// popMembers is popZSet for a key that holds a sorted set and is not open.
func popMembers(c *Ctx, k store.Key, max bool, n int, nested bool) {
	z := c.DB.OpenZSet(k)
	popZSet(c, &z, k, max, min(n, z.Entry().ZLen()), nested)
}

// popZSet removes n elements from an end of a sorted set, which has so many, and replies them without a header; nested makes an array of each.
func popZSet(c *Ctx, z *store.ZWriter, k store.Key, max bool, n int, nested bool) {
	w := c.Reply
	it := z.Entry().ZAt(0, max)
	for range n {
		if nested {
			w.Array(2)
		}
		w.Bulk(it.Member())
		w.Double(it.Score())
		it.Next()
	}
	first, event := 0, "zpopmin"
	if max {
		first, event = z.Entry().ZLen()-n, "zpopmax"
	}
	z.RemoveRanks(first, n)
	closeZSet(c, z, k, n, event, touchBeforeDel)
}

// ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]
func zmpopCommand(c *Ctx) error {
	o, err := parseMPop(c, 1, "min", "max")
	if err != nil {
		return err
	}
	for i := range o.numKeys {
		z, err := openZSet(c, i)
		if err != nil {
			return err
		}
		if !z.Entry().Ok() {
			continue
		}
		n := min(o.count, z.Entry().ZLen())
		if c.OnLoop && c.Offload(partWork(z.Entry(), n, z.Entry().ZLen(), zsetWork)) {
			return c.offloadUsed()
		}
		c.Reply.Array(2)
		c.Reply.Bulk(c.Keys[i].B)
		c.Reply.Array(n)
		popZSet(c, &z, c.Keys[i], !o.first, n, true)
		c.effectPop(zpopName(!o.first), c.Keys[i].B, n)
		return nil
	}
	c.Reply.NullArray()
	return nil
}
