package command

import (
	"math"
	"slices"

	"radish/internal/num"
	"radish/store"
)

// ZUNION, ZINTER, ZDIFF, and what stores or counts their results. Sources are sorted sets, or sets, whose members have score 1.

const (
	errWeight     Error = "ERR weight value is not a float"
	errCardLimit  Error = "ERR LIMIT can't be negative"
	zunionFew           = "ERR at least 1 input key is needed for '"
	diffFavourOne       = 2 // what the first way of a difference costs less, as in Redis
)

// zsetOp is an operation on sorted sets.
type zsetOp uint8

const (
	zopUnion zsetOp = iota
	zopInter
	zopDiff
	zopCard
)

func (op zsetOp) event() string {
	switch op {
	case zopUnion:
		return "zunionstore"
	case zopInter:
		return "zinterstore"
	}
	return "zdiffstore"
}

// zsource is a sorted set, a set, or nothing.
type zsource struct {
	e      store.Entry
	weight float64
	n      int
}

// each calls fn for every member in the order that is fastest.
func (s *zsource) each(fn func(m []byte, score float64) bool) {
	switch {
	case s.n == 0:
	case s.e.Type() == store.TypeSet:
		s.e.SetEach(func(m []byte) bool { return fn(m, 1) })
	default:
		s.e.ZEachAny(fn)
	}
}

func (s *zsource) score(m []byte) (float64, bool) {
	switch {
	case s.n == 0:
		return 0, false
	case s.e.Type() == store.TypeSet:
		return 1, s.e.SetHas(m)
	}
	return s.e.ZScore(m)
}

// weighted is a score times the weight; no number counts as 0.
func (s *zsource) weighted(score float64) float64 {
	if score *= s.weight; score != score {
		return 0
	}
	return score
}

// zaggregate makes one score of two.
type zaggregate func(a, b float64) float64

func zsum(a, b float64) float64 {
	if a += b; a != a {
		return 0
	}
	return a
}

func zmin(a, b float64) float64 {
	if b < a {
		return b
	}
	return a
}

func zmax(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}

// zalgebra is an operation with its sources.
type zalgebra struct {
	op        zsetOp
	store     bool
	src       []zsource
	aggregate zaggregate
	scores    bool
	limit     int
}

// parse reads the arguments from numkeys, argument at, on. Keys from c.Keys[first] on are the sources, which it looks up. Redis
// looks at their types before it looks at the options, so this does too.
func (z *zalgebra) parse(c *Ctx, at, first int) error {
	n, err := c.Int(at)
	if err != nil {
		return err
	}
	if n < 1 {
		return Error(zunionFew + c.Spec.FullName() + "' command")
	}
	if n > int64(len(c.Args)-at-1) {
		return ErrSyntax
	}
	z.src, z.aggregate = make([]zsource, n), zsum
	for i := range z.src {
		e := c.Find(first + i)
		s := zsource{e: e, weight: 1}
		switch {
		case !e.Ok():
		case e.Type() == store.TypeZSet:
			s.n = e.ZLen()
		case e.Type() == store.TypeSet:
			s.n = e.SetLen()
		default:
			return ErrWrongType
		}
		z.src[i] = s
	}
	return z.options(c, at+1+int(n))
}

// options reads the arguments behind the keys.
func (z *zalgebra) options(c *Ctx, i int) error {
	scored := z.op == zopUnion || z.op == zopInter
	for i < len(c.Args) {
		left := len(c.Args) - i
		switch {
		case scored && left > len(z.src) && c.Is(i, "weights"):
			for j := range z.src {
				w, ok := num.ParseDouble(c.Args[i+1+j])
				if !ok {
					return errWeight
				}
				z.src[j].weight = w
			}
			i += 1 + len(z.src)
		case scored && left > 1 && c.Is(i, "aggregate"):
			switch {
			case c.Is(i+1, "sum"):
				z.aggregate = zsum
			case c.Is(i+1, "min"):
				z.aggregate = zmin
			case c.Is(i+1, "max"):
				z.aggregate = zmax
			default:
				return ErrSyntax
			}
			i += 2
		case !z.store && z.op != zopCard && c.Is(i, "withscores"):
			z.scores = true
			i++
		case z.op == zopCard && left > 1 && c.Is(i, "limit"):
			n, ok := num.ParseInt(c.Args[i+1])
			if !ok || n < 0 {
				return errCardLimit
			}
			z.limit = int(min(n, math.MaxInt))
			i += 2
		default:
			return ErrSyntax
		}
	}
	return nil
}

// work is what the operation costs, in the unit of Ctx.Offload.
func (z *zalgebra) work() int {
	sum, least := 0, z.src[0].n
	for i := range z.src {
		sum += z.src[i].n
		least = min(least, z.src[i].n)
	}
	switch z.op {
	case zopUnion:
		return 2 * sum * zsetWork
	case zopDiff:
		return (z.src[0].n + min(z.src[0].n*len(z.src), sum)) * zsetWork
	}
	return least * len(z.src) * zsetWork
}

// run computes the result.
func (z *zalgebra) run(s *store.Store) *store.ZSetDraft {
	var d *store.ZSetDraft
	switch z.op {
	case zopUnion:
		d = z.union(s)
	case zopInter:
		d = s.NewZSetDraft(0)
		z.inter(func(m []byte, score float64) bool {
			d.Add(m, score)
			return true
		})
	default:
		d = z.diff(s)
	}
	d.Order()
	return d
}

// bySize brings the sources in the order of their sizes, as Redis does: it matters for what is added to what.
func (z *zalgebra) bySize() {
	slices.SortStableFunc(z.src, func(a, b zsource) int { return a.n - b.n })
}

func (z *zalgebra) union(s *store.Store) *store.ZSetDraft {
	z.bySize()
	d := s.NewZSetDraft(z.src[len(z.src)-1].n)
	for i := range z.src {
		src := &z.src[i]
		src.each(func(m []byte, score float64) bool {
			d.Merge(m, src.weighted(score), z.aggregate)
			return true
		})
	}
	return d
}

// inter calls fn for each member that all sources have, until it returns false.
func (z *zalgebra) inter(fn func(m []byte, score float64) bool) {
	z.bySize()
	z.src[0].each(func(m []byte, score float64) bool {
		sum := z.src[0].weighted(score)
		for i := 1; i < len(z.src); i++ {
			other, ok := z.src[i].score(m)
			if !ok {
				return true
			}
			sum = z.aggregate(sum, other*z.src[i].weight)
		}
		return fn(m, sum)
	})
}

// diff looks every member of the first source up in the others, or takes the members of the others out of the first, whichever is less work.
func (z *zalgebra) diff(s *store.Store) *store.ZSetDraft {
	d := s.NewZSetDraft(0)
	base, others := &z.src[0], z.src[1:]
	sum := base.n
	for i := range others {
		sum += others[i].n
		if others[i].n > 0 && others[i].e == base.e {
			return d
		}
	}
	if base.n*len(z.src)/diffFavourOne <= sum {
		base.each(func(m []byte, score float64) bool {
			for i := range others {
				if _, ok := others[i].score(m); ok {
					return true
				}
			}
			d.Add(m, score)
			return true
		})
		return d
	}
	base.each(func(m []byte, score float64) bool {
		d.Add(m, score)
		return true
	})
	for i := range others {
		others[i].each(func(m []byte, _ float64) bool {
			d.Remove(m)
			return d.Len() > 0
		})
	}
	return d
}

// ZUNION numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]
func zunionCommand(c *Ctx) error { return replyZAlgebra(c, zopUnion) }

// ZINTER numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]
func zinterCommand(c *Ctx) error { return replyZAlgebra(c, zopInter) }

// ZDIFF numkeys key [key ...] [WITHSCORES]
func zdiffCommand(c *Ctx) error { return replyZAlgebra(c, zopDiff) }

func replyZAlgebra(c *Ctx, op zsetOp) error {
	z := zalgebra{op: op}
	if err := z.parse(c, 1, 0); err != nil {
		return err
	}
	if c.Offload(z.work()) {
		return ErrOffload
	}
	d := z.run(c.DB.Store())
	defer d.Free()
	w := c.Reply
	nested := z.scores && w.Proto == 3
	if z.scores && !nested {
		w.Array(2 * d.Len())
	} else {
		w.Array(d.Len())
	}
	for it := d.Iter(); it.Ok(); it.Next() {
		if nested {
			w.Array(2)
		}
		w.Bulk(it.Member())
		if z.scores {
			w.Double(it.Score())
		}
	}
	return nil
}

// ZINTERCARD numkeys key [key ...] [LIMIT limit]
func zintercardCommand(c *Ctx) error {
	z := zalgebra{op: zopCard}
	if err := z.parse(c, 1, 0); err != nil {
		return err
	}
	if c.Offload(z.work()) {
		return ErrOffload
	}
	n := 0
	z.inter(func([]byte, float64) bool {
		n++
		return n != z.limit
	})
	c.Reply.Int(int64(n))
	return nil
}

// ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX]
func zunionstoreCommand(c *Ctx) error { return storeZAlgebra(c, zopUnion) }

// ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX]
func zinterstoreCommand(c *Ctx) error { return storeZAlgebra(c, zopInter) }

// ZDIFFSTORE destination numkeys key [key ...]
func zdiffstoreCommand(c *Ctx) error { return storeZAlgebra(c, zopDiff) }

func prepareZUnion(c *Ctx) error { return prepareZAlgebra(c, zopUnion) }
func prepareZInter(c *Ctx) error { return prepareZAlgebra(c, zopInter) }
func prepareZDiff(c *Ctx) error  { return prepareZAlgebra(c, zopDiff) }

func prepareZAlgebra(c *Ctx, op zsetOp) error {
	z := zalgebra{op: op, store: true}
	if err := z.parse(c, 2, 1); err != nil {
		return err
	}
	c.Prepared.Value = z.run(c.DB.Store())
	return nil
}

func storeZAlgebra(c *Ctx, op zsetOp) error {
	if d, ok := c.Prepared.Take().(*store.ZSetDraft); ok {
		for i := range c.Keys[1:] {
			c.Find(1 + i)
		}
		installZSet(c, d, op.event())
		return nil
	}
	z := zalgebra{op: op, store: true}
	if err := z.parse(c, 2, 1); err != nil {
		return err
	}
	if c.Offload(z.work()) {
		return ErrOffload
	}
	installZSet(c, z.run(c.DB.Store()), op.event())
	return nil
}

// installZSet gives the first key of the row a result, or deletes the key if the result is empty, and replies how many members it has.
func installZSet(c *Ctx, d *store.ZSetDraft, event string) {
	k, n := c.Keys[0], d.Len()
	if n > 0 {
		c.DB.InstallZSet(k, d)
		c.Changed(k, EventZSet, event)
	} else {
		d.Free()
		if deleteKey(c, k, c.Env.LazyServer.Load()) {
			c.Changed(k, EventGeneric, "del")
		}
	}
	c.Reply.Int(int64(n))
}
