package command

import (
	"math"

	"radish/store"
)

const (
	errZRangeLimit  Error = "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
	errZRangeScores Error = "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
)

// zrangeBy is what the bounds of a range are.
type zrangeBy uint8

const (
	zrangeAny zrangeBy = iota // as options tell
	zrangeRank
	zrangeScore
	zrangeLex
)

// zrangeOpts is what the commands with a range ask for.
type zrangeOpts struct {
	by          zrangeBy
	rev         bool
	fixed       bool // REV is no option: the command tells the direction
	store       bool
	scores      bool
	offset      int64
	limit       int64 // -1: all
	start, stop int64
	score       store.ScoreRange
	lex         store.LexRange
}

// parse reads the bounds at argument i and the options behind them.
func (o *zrangeOpts) parse(c *Ctx, i int) (err error) {
	o.limit = -1
	for j := i + 2; j < len(c.Args); j++ {
		switch {
		case !o.store && c.Is(j, "withscores"):
			o.scores = true
		case c.Is(j, "limit") && j+2 < len(c.Args):
			if o.offset, err = c.Int(j + 1); err != nil {
				return err
			}
			if o.limit, err = c.Int(j + 2); err != nil {
				return err
			}
			j += 2
		case !o.fixed && !o.rev && c.Is(j, "rev"):
			o.rev = true
		case o.by == zrangeAny && c.Is(j, "bylex"):
			o.by = zrangeLex
		case o.by == zrangeAny && c.Is(j, "byscore"):
			o.by = zrangeScore
		default:
			return ErrSyntax
		}
	}
	if o.by == zrangeAny {
		o.by = zrangeRank
	}
	switch {
	case o.limit != -1 && o.by == zrangeRank:
		return errZRangeLimit
	case o.scores && o.by == zrangeLex:
		return errZRangeScores
	}
	return o.parseBounds(c, i)
}

func (o *zrangeOpts) parseBounds(c *Ctx, i int) (err error) {
	lo, hi := c.Args[i], c.Args[i+1]
	if o.rev {
		lo, hi = hi, lo
	}
	switch o.by {
	case zrangeRank:
		if o.start, err = c.Int(i); err == nil {
			o.stop, err = c.Int(i + 1)
		}
	case zrangeScore:
		o.score, err = parseScoreRange(lo, hi)
	default:
		o.lex, err = parseLexRange(lo, hi)
	}
	return err
}

// ranks makes start and stop ranks that there are, of n; false: there are none.
func (o *zrangeOpts) ranks(n int64) bool {
	if o.start < 0 {
		o.start = max(o.start+n, 0)
	}
	if o.stop < 0 {
		o.stop += n
	}
	o.stop = min(o.stop, n-1)
	return o.start <= o.stop
}

// zrangeIter goes through the elements of a range. It does not refer to the options, which would make these escape.
type zrangeIter struct {
	store.ZIter
	left int64 // how many more are wanted; negative: all
}

// iter begins at the first element of the range.
func (o *zrangeOpts) iter(e store.Entry) zrangeIter {
	r := zrangeIter{left: o.limit}
	switch n := int64(e.ZLen()); {
	case o.offset < 0 || o.offset > 0 && o.offset >= n, o.by == zrangeRank && !o.ranks(n):
		r.left = 0
	case o.by == zrangeRank:
		r.ZIter, r.left = e.ZAt(int(o.start), o.rev), o.stop-o.start+1
	case o.by == zrangeScore:
		r.ZIter = e.ZFromScore(&o.score, o.rev, int(o.offset))
	default:
		r.ZIter = e.ZFromLex(&o.lex, o.rev, int(o.offset))
	}
	return r
}

// has says whether the iterator is at an element of the range.
func (o *zrangeOpts) has(r *zrangeIter) bool {
	if r.left == 0 || !r.Ok() {
		return false
	}
	switch o.by {
	case zrangeScore:
		s := r.Score()
		return o.rev && o.score.AboveMin(s) || !o.rev && o.score.BelowMax(s)
	case zrangeLex:
		m := r.Member()
		return o.rev && o.lex.AboveMin(m) || !o.rev && o.lex.BelowMax(m)
	}
	return true
}

func (r *zrangeIter) next() {
	r.left--
	r.Next()
}

// ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
func zrangeCommand(c *Ctx) error { return replyZRange(c, zrangeOpts{}) }

// ZREVRANGE key start stop [WITHSCORES]
func zrevrangeCommand(c *Ctx) error {
	return replyZRange(c, zrangeOpts{by: zrangeRank, rev: true, fixed: true})
}

// ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]
func zrangebyscoreCommand(c *Ctx) error {
	return replyZRange(c, zrangeOpts{by: zrangeScore, fixed: true})
}

// ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]
func zrevrangebyscoreCommand(c *Ctx) error {
	return replyZRange(c, zrangeOpts{by: zrangeScore, rev: true, fixed: true})
}

// ZRANGEBYLEX key min max [LIMIT offset count]
func zrangebylexCommand(c *Ctx) error {
	return replyZRange(c, zrangeOpts{by: zrangeLex, fixed: true})
}

// ZREVRANGEBYLEX key max min [LIMIT offset count]
func zrevrangebylexCommand(c *Ctx) error {
	return replyZRange(c, zrangeOpts{by: zrangeLex, rev: true, fixed: true})
}

func replyZRange(c *Ctx, o zrangeOpts) error {
	if err := o.parse(c, 2); err != nil {
		return err
	}
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	mark := w.DeferArray()
	n, most := 0, math.MaxInt
	if c.OnLoop {
		most = offloadWork / zsetWork
	}
	nested := o.scores && w.Proto == 3
	it := o.iter(e)
	for ; o.has(&it); it.next() {
		if n++; n > most || c.OnLoop && len(w.Buf)-int(mark) > offloadWork {
			n = most + 1
			break
		}
		if nested {
			w.Array(2)
		}
		w.Bulk(it.Member())
		if o.scores {
			w.Double(it.Score())
		}
	}
	if n > most { // it is a worker's work after all
		w.Buf = w.Buf[:int(mark)]
		return ErrOffload
	}
	if o.scores && !nested {
		n *= 2
	}
	w.SetArrayLen(mark, n)
	return nil
}
