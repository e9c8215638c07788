package command

import (
	"math"

	"radish/internal/num"
	"radish/store"
)

const errCountRange Error = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"

// SPOP key [count]
func spopCommand(c *Ctx) error {
	switch len(c.Args) {
	case 2:
	case 3:
		return spopCount(c)
	default:
		return ErrSyntax
	}
	s, err := openSet(c, 0)
	if err != nil {
		return err
	}
	if !s.Ok() {
		c.Reply.Null()
		return nil
	}
	var room [128]byte
	m := s.Pop(room[:0])
	c.Reply.Bulk(m)
	c.changedElems(c.Keys[0], EventSet, "spop", 1, !s.Ok(), touchLast)
	if c.Env.Logging.Load() {
		c.Effect([]byte("SREM"), c.Keys[0].B, m)
	}
	return nil
}

func spopCount(c *Ctx) error {
	n, ok := num.ParseInt(c.Args[2])
	if !ok || n < 0 {
		return ErrNotPositive
	}
	if e := c.DB.Peek(c.Keys[0]); c.OnLoop && e.Ok() && e.Type() == store.TypeSet {
		// What is left may have to move to another place.
		if size := int64(e.SetLen()); n > size/spopMoves && c.Offload(max(int(size)*setWork, e.ValueBytes())) || c.Offload(partWork(e, int(min(n, size)), int(size), setWork)) {
			return ErrOffload
		}
	}
	s, err := openSet(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	if !s.Ok() || n == 0 {
		w.Set(0)
		return nil
	}
	count := int(min(n, int64(s.Len())))
	if count == s.Len() {
		c.Hits++ // Redis looks the key up once more, to read it
	}
	w.Set(count)
	switch {
	case !c.Env.Logging.Load():
		s.PopMany(count, func(m []byte) { w.Bulk(m) })
	case count == s.Len():
		s.PopMany(count, func(m []byte) { w.Bulk(m) })
		c.effectDelete(0, c.Env.LazyServer.Load())
	default:
		c.effectMany("SREM", c.Keys[0].B, func(item func([]byte)) {
			s.PopMany(count, func(m []byte) {
				w.Bulk(m)
				item(m)
			})
		})
	}
	c.changedElems(c.Keys[0], EventSet, "spop", count, !s.Ok(), touchLast)
	return nil
}

// spopMoves is at least how many times a count has to be a part of the set for the set to be walked.
const spopMoves = 2

// SRANDMEMBER key [count]
func srandmemberCommand(c *Ctx) error {
	switch len(c.Args) {
	case 2:
	case 3:
		return srandmemberCount(c)
	default:
		return ErrSyntax
	}
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	if !e.Ok() {
		c.Reply.Null()
		return nil
	}
	var scratch [24]byte
	c.Reply.Bulk(e.SetRandom(&scratch))
	return nil
}

func srandmemberCount(c *Ctx) error {
	n, ok := num.ParseInt(c.Args[2])
	if !ok {
		return ErrNotInteger
	}
	if n == math.MinInt64 {
		return errCountRange
	}
	if e := c.DB.Peek(c.Keys[0]); c.OnLoop && e.Ok() && e.Type() == store.TypeSet && c.Offload(randomWork(n, e)) {
		return ErrOffload
	}
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	switch {
	case !e.Ok() || n == 0:
		w.EmptyArray()
	case n < 0:
		w.Array(int(-n))
		e.SetRandoms(int(-n), func(m []byte) bool {
			w.Bulk(m)
			return !w.Enough()
		})
	default:
		count := int(min(n, int64(e.SetLen())))
		w.Array(count)
		if count == e.SetLen() {
			replySet(c, e)
		} else {
			e.SetSample(count, func(m []byte) { w.Bulk(m) })
		}
	}
	return nil
}

// randomWork is what SRANDMEMBER with count n costs, in the unit of Ctx.Offload.
func randomWork(n int64, e store.Entry) int {
	size := e.SetLen()
	switch {
	case n < 0:
		n = min(-n, math.MaxInt32)
	case n > int64(size)/3: // the whole set is walked
		n = int64(size)
	}
	return partWork(e, int(n), size, setWork)
}
