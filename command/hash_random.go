package command

import (
	"math"
	"math/rand/v2"

	"radish/internal/num"
	"radish/store"
	"radish/store/listpack"
)

const errHashCountPairs Error = "ERR value is out of range"

// HRANDFIELD key [count [WITHVALUES]]
func hrandfieldCommand(c *Ctx) error {
	if len(c.Args) > 2 {
		return randomFields(c)
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	if !e.Ok() {
		c.Reply.Null()
		return nil
	}
	if c.OnLoop && e.HashLapsed(c.DB.Now) && c.Offload(e.HashWork()) {
		return ErrOffload
	}
	var picks fieldPicks
	if picks.prepare(c, e, 0); picks.n == 0 {
		c.Reply.Null()
		return nil
	}
	f, _ := picks.one()
	bulkValue(c.Reply, f)
	return nil
}

func randomFields(c *Ctx) error {
	count, ok := num.ParseInt(c.Args[2])
	switch {
	case !ok:
		return ErrNotInteger
	case count == math.MinInt64:
		return errCountRange
	case len(c.Args) > 4 || len(c.Args) == 4 && !c.Is(3, "withvalues"):
		return ErrSyntax
	}
	values := len(c.Args) == 4
	if values && (count < -math.MaxInt64/2 || count > math.MaxInt64/2) {
		return errHashCountPairs
	}
	if e := c.DB.Peek(c.Keys[0]); c.OnLoop && e.Ok() && e.Type() == store.TypeHash && c.Offload(randomFieldWork(count, e, c.DB.Now)) {
		return ErrOffload
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	if !e.Ok() || count == 0 {
		c.Reply.EmptyArray()
		return nil
	}
	var picks fieldPicks
	picks.prepare(c, e, count)
	if picks.n == 0 {
		c.Reply.EmptyArray()
		return nil
	}
	if count > 0 {
		count = min(count, int64(picks.n))
	}
	picks.reply(c, count, values)
	return nil
}

// randomFieldWork is what picking costs, in the unit of Ctx.Offload.
func randomFieldWork(count int64, e store.Entry, now int64) int {
	n := e.HashLen()
	work := 0
	if e.HashLapsed(now) || count > int64(n)/pickWalk { // it is walked
		work = e.HashWork()
	}
	if count < 0 || work == 0 {
		work += partWork(e, int(min(max(count, -count), math.MaxInt32)), n, fieldWork)
	}
	return work
}

// pickWalk: to pick more than so many times less than all fields, all are walked.
const pickWalk = 3

// fieldPicks picks fields of a hash at random.
type fieldPicks struct {
	e    store.Entry
	now  int64
	n    int // fields to pick from
	live []hashPair
}

// hashPair is a field with its value, views both.
type hashPair struct{ f, v listpack.Value }

// prepare gets ready to pick count fields, as HRANDFIELD counts. Where looking one up is slow, or some have lapsed, it lists those to pick from.
func (p *fieldPicks) prepare(c *Ctx, e store.Entry, count int64) {
	p.e, p.now, p.n = e, c.DB.Now, e.HashLen()
	lapsed := e.HashLapsed(p.now)
	if lapsed {
		c.DB.LapsedField(nil)
	}
	if lapsed || count < -1 && e.Encoding() != store.EncHashtable && e.Encoding() != store.EncHashtableEx {
		p.live = make([]hashPair, 0, p.n)
		e.HashWalk(p.now, func(f, v listpack.Value) bool {
			p.live = append(p.live, hashPair{f, v})
			return true
		})
		p.n = len(p.live)
	}
}

// one is a field, each with the same probability.
func (p *fieldPicks) one() (f, v listpack.Value) {
	if p.live != nil {
		x := p.live[rand.IntN(p.n)]
		return x.f, x.v
	}
	return p.e.HashRandom(rand.Uint64())
}

// reply replies -count fields, perhaps some twice, or count different ones; there are so many.
func (p *fieldPicks) reply(c *Ctx, count int64, values bool) {
	w := c.Reply
	size := max(count, -count)
	pairs := values && w.Proto > 2
	if values && !pairs {
		size *= 2
	}
	w.Array(int(size))
	emit := func(f, v listpack.Value) {
		if pairs {
			w.Array(2)
		}
		bulkValue(w, f)
		if values {
			bulkValue(w, v)
		}
	}
	if count < 0 {
		for ; count < 0 && !w.Enough(); count++ {
			emit(p.one())
		}
		return
	}
	if compact := p.live != nil || !isBigHash(p.e); !compact && count <= int64(p.n)/pickWalk {
		p.distinct(int(count), emit)
		return
	}
	// Each field is taken with the probability that the number still needed has to the number still to come.
	left, need := p.n, int(count)
	take := func(f, v listpack.Value) bool {
		if rand.IntN(left) < need {
			emit(f, v)
			need--
		}
		left--
		return need > 0
	}
	if p.live == nil {
		p.e.HashWalk(p.now, take)
		return
	}
	for _, x := range p.live {
		if !take(x.f, x.v) {
			return
		}
	}
}

func isBigHash(e store.Entry) bool {
	return e.Encoding() == store.EncHashtable || e.Encoding() == store.EncHashtableEx
}

// distinct picks count different fields, a small part of all.
func (p *fieldPicks) distinct(count int, emit func(f, v listpack.Value)) {
	seen := make(map[*byte]struct{}, count) // fields of a big hash are views, each of its own bytes
	for len(seen) < count {
		f, v := p.one()
		at := p.e.FieldPlace(f)
		if _, ok := seen[at]; !ok {
			seen[at] = struct{}{}
			emit(f, v)
		}
	}
}
