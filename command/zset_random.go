package command

import (
	"math"
	"math/rand/v2"
	"strconv"

	"radish/internal/glob"
	"radish/internal/num"
	"radish/resp"
	"radish/store"
)

const errRandRange Error = "ERR value is out of range"

// ZRANDMEMBER key [count [WITHSCORES]]
func zrandmemberCommand(c *Ctx) error {
	if len(c.Args) == 2 {
		e, err := findZSet(c, 0)
		if err != nil {
			return err
		}
		if !e.Ok() {
			c.Reply.Null()
			return nil
		}
		it := e.ZAt(rand.IntN(e.ZLen()), false)
		c.Reply.Bulk(it.Member())
		return nil
	}
	n, err := c.Int(2)
	if err != nil {
		return err
	}
	scores := len(c.Args) == 4
	switch {
	case n == math.MinInt64:
		return Error("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")
	case len(c.Args) > 4 || scores && !c.Is(3, "withscores"):
		return ErrSyntax
	case scores && (n < -math.MaxInt64/2 || n > math.MaxInt64/2):
		return errRandRange
	}
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	if !e.Ok() || n == 0 {
		c.Reply.EmptyArray()
		return nil
	}
	return replyRandom(c, e, n, scores)
}

// replyRandom replies n different members, at most all; if n is negative -n members, each chosen from all.
func replyRandom(c *Ctx, e store.Entry, n int64, scores bool) error {
	w, size := c.Reply, e.ZLen()
	count := int(min(n, int64(size)))
	if n < 0 {
		count = int(-n)
	}
	if c.OnLoop && (count > offloadWork/zsetWork || e.Encoding() == store.EncListpack && c.Offload(count*size*16) || c.Offload(partWork(e, count, size, zsetWork))) {
		return ErrOffload
	}
	nested := scores && w.Proto == 3
	if scores && !nested {
		w.Array(2 * count)
	} else {
		w.Array(count)
	}
	reply := func(it *store.ZIter) {
		if nested {
			w.Array(2)
		}
		w.Bulk(it.Member())
		if scores {
			w.Double(it.Score())
		}
	}
	switch {
	case n < 0:
		for ; count > 0 && !w.Enough(); count-- {
			it := e.ZAt(rand.IntN(size), false)
			reply(&it)
		}
	case count == size:
		for it := e.ZAt(0, false); it.Ok(); it.Next() {
			reply(&it)
		}
	case e.Encoding() == store.EncListpack || count > size/8:
		// Each member is taken with the probability that as many are still wanted as are left.
		for it, left := e.ZAt(0, false), size; count > 0; it.Next() {
			if rand.IntN(left) < count {
				reply(&it)
				count--
			}
			left--
		}
	default:
		seen := make(map[int]struct{}, count)
		for len(seen) < count {
			rank := rand.IntN(size)
			if _, ok := seen[rank]; ok {
				continue
			}
			seen[rank] = struct{}{}
			it := e.ZAt(rank, false)
			reply(&it)
		}
	}
	return nil
}

// ZSCAN key cursor [MATCH pattern] [COUNT count]
func zscanCommand(c *Ctx) error {
	cursor, ok := num.ParseCursor(c.Args[2])
	if !ok {
		return errCursor
	}
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	if !e.Ok() {
		w.Array(2)
		w.BulkString("0")
		w.EmptyArray()
		return nil
	}
	// Redis looks at the options only when there is a sorted set.
	pattern, count, err := parseSscanOpts(c)
	if err != nil {
		return err
	}
	if c.OnLoop && c.Offload(partWork(e, min(count, e.ZLen()), e.ZLen(), zsetWork)) {
		return ErrOffload
	}
	w.Array(2)
	first := w.DeferRaw() // the cursor, which is known last
	mark := w.DeferArray()
	n := 0
	var digits [32]byte
	big := e.Encoding() != store.EncListpack
	cursor = e.ZScan(cursor, count, func(m []byte, score float64) {
		if pattern == nil || glob.Match(pattern, m, false) {
			w.Bulk(m)
			w.Bulk(appendScanScore(digits[:0], score, big)) // RESP3 has a string here too
			n += 2
		}
	})
	w.SetArrayLen(mark, n)
	var room [32]byte
	head := resp.Writer{Buf: room[:0], Proto: w.Proto}
	head.Bulk(strconv.AppendUint(digits[:0], cursor, 10))
	w.SetRaw(first, head.Buf)
	return nil
}

// appendScanScore appends a score as ZSCAN prints it: those of big sets with 17 digits, as C's %.17g.
func appendScanScore(dst []byte, score float64, big bool) []byte {
	if !big || math.IsInf(score, 0) {
		return num.AppendDouble(dst, score)
	}
	return strconv.AppendFloat(dst, score, 'g', 17, 64)
}
