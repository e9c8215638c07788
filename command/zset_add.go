package command

import (
	"radish/internal/num"
	"radish/store"
)

const (
	errZAddNXXX  Error = "ERR XX and NX options at the same time are not compatible"
	errZAddGTLT  Error = "ERR GT, LT, and/or NX options at the same time are not compatible"
	errZAddIncr  Error = "ERR INCR option supports a single increment-element pair"
	errScoreSum  Error = "ERR resulting score is not a number (NaN)"
	maxZAddStack       = 16
)

// zaddOptions are the options of ZADD; the first score stands at argument at.
type zaddOptions struct {
	opts store.ZAddOpts
	ch   bool
	at   int
}

func parseZAdd(c *Ctx) (o zaddOptions, err error) {
	o.at = 2
	for ; o.at < len(c.Args); o.at++ {
		if b := c.Args[o.at]; len(b) < 2 || len(b) > 4 || b[0] <= '9' {
			break // most often the first score
		}
		switch {
		case c.Is(o.at, "nx"):
			o.opts |= store.ZAddNX
		case c.Is(o.at, "xx"):
			o.opts |= store.ZAddXX
		case c.Is(o.at, "gt"):
			o.opts |= store.ZAddGT
		case c.Is(o.at, "lt"):
			o.opts |= store.ZAddLT
		case c.Is(o.at, "ch"):
			o.ch = true
		case c.Is(o.at, "incr"):
			o.opts |= store.ZAddIncr
		default:
			return o, nil
		}
	}
	return o, nil
}

// check refuses options that contradict themselves; n is the number of arguments behind them.
func (o *zaddOptions) check(n int) error {
	const gtlt = store.ZAddGT | store.ZAddLT
	switch {
	case n == 0 || n%2 != 0:
		return ErrSyntax
	case o.opts&store.ZAddNX != 0 && o.opts&store.ZAddXX != 0:
		return errZAddNXXX
	case o.opts&store.ZAddNX != 0 && o.opts&gtlt != 0, o.opts&gtlt == gtlt:
		return errZAddGTLT
	case o.opts&store.ZAddIncr != 0 && n > 2:
		return errZAddIncr
	}
	return nil
}

// ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]
func zaddCommand(c *Ctx) error {
	o, err := parseZAdd(c)
	if err != nil {
		return err
	}
	return zadd(c, o)
}

// ZINCRBY key increment member
func zincrbyCommand(c *Ctx) error {
	// As in Redis an option of ZADD in the place of the increment is one, and leaves too few arguments.
	o, err := parseZAdd(c)
	if err != nil {
		return err
	}
	o.opts |= store.ZAddIncr
	return zadd(c, o)
}

func zadd(c *Ctx, o zaddOptions) error {
	pairs := c.Args[o.at:]
	if err := o.check(len(pairs)); err != nil {
		return err
	}
	if c.Offload(len(pairs) / 2 * zsetWork) {
		return ErrOffload
	}
	var stack [maxZAddStack]float64
	scores := stack[:0]
	if len(pairs) > 2*maxZAddStack {
		scores = make([]float64, 0, len(pairs)/2)
	}
	for i := 0; i < len(pairs); i += 2 {
		score, ok := num.ParseDouble(pairs[i])
		if !ok {
			return ErrNotFloat
		}
		scores = append(scores, score)
	}
	z, err := openZSet(c, 0)
	if err != nil {
		return err
	}
	if z.Entry().Ok() || o.opts&store.ZAddXX == 0 {
		z.Expect(len(scores), len(pairs[1]))
	}
	added, updated := 0, 0
	var res store.ZAddResult
	var last float64
	for i, score := range scores {
		res, last = z.Add(pairs[2*i+1], score, o.opts)
		switch res {
		case store.ZAdded:
			added++
		case store.ZUpdated:
			updated++
		}
	}
	event := "zadd"
	if o.opts&store.ZAddIncr != 0 {
		event = "zincr"
	}
	closeZSet(c, &z, c.Keys[0], added+updated, event, touchFirst)
	switch {
	case res == store.ZNotNumber:
		return errScoreSum
	case o.opts&store.ZAddIncr == 0 && o.ch:
		c.Reply.Int(int64(added + updated))
	case o.opts&store.ZAddIncr == 0:
		c.Reply.Int(int64(added))
	case res == store.ZNop:
		c.Reply.Null()
	default:
		c.Reply.Double(last)
	}
	return nil
}

// ZREM key member [member ...]
func zremCommand(c *Ctx) error {
	if c.Offload((len(c.Args) - 2) * zsetWork) {
		return ErrOffload
	}
	z, err := openZSet(c, 0)
	if err != nil {
		return err
	}
	n := 0
	if z.Entry().Ok() {
		for _, m := range c.Args[2:] {
			if z.Remove(m) {
				n++
			}
		}
		closeZSet(c, &z, c.Keys[0], n, "zrem", touchLast)
	}
	c.Reply.Int(int64(n))
	return nil
}
