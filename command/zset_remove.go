package command

import "radish/store"

// ZREMRANGEBYRANK key start stop
func zremrangebyrankCommand(c *Ctx) error { return zremrange(c, zrangeRank, "zremrangebyrank") }

// ZREMRANGEBYSCORE key min max
func zremrangebyscoreCommand(c *Ctx) error { return zremrange(c, zrangeScore, "zremrangebyscore") }

// ZREMRANGEBYLEX key min max
func zremrangebylexCommand(c *Ctx) error { return zremrange(c, zrangeLex, "zremrangebylex") }

func zremrange(c *Ctx, by zrangeBy, event string) error {
	o := zrangeOpts{by: by}
	if err := o.parseBounds(c, 2); err != nil {
		return err
	}
	z, err := openZSet(c, 0)
	if err != nil {
		return err
	}
	first, n := o.span(z.Entry())
	if c.Offload(n * zsetWork) {
		return ErrOffload
	}
	if n > 0 {
		z.RemoveRanks(first, n)
		closeZSet(c, &z, c.Keys[0], n, event, touchFirst)
	}
	c.Reply.Int(int64(n))
	return nil
}

// span is the rank of the first element in the range, and how many there are.
func (o *zrangeOpts) span(e store.Entry) (first, n int) {
	switch {
	case o.by == zrangeScore:
		return e.ZScoreSpan(&o.score)
	case o.by == zrangeLex:
		return e.ZLexSpan(&o.lex)
	case !o.ranks(int64(e.ZLen())):
		return 0, 0
	}
	return int(o.start), int(o.stop - o.start + 1)
}
