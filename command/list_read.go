package command

import (
	"math"

	"radish/resp"
	"radish/store"
	"radish/store/listpack"
)

func listReadSpecs() []Spec {
	return []Spec{{
		Name: "llen", Arity: 2, Flags: ReadOnly | Fast, Handler: llenCommand,
		Keys: firstKey(KeyRO, ""), Group: GroupList, Since: "1.0.0",
		Summary: "Returns the number of elements of a list.", Complexity: "O(1)",
		Syntax: "key",
	}, {
		Name: "lindex", Arity: 3, Flags: ReadOnly, Handler: lindexCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Returns an element of a list by its index, which counts from the tail if it is negative.",
		Complexity: "O(N) where N is the number of elements between the element and the nearer end; O(1) for the first and the last one.",
		Syntax:     "key index",
	}, {
		Name: "lrange", Arity: 4, Flags: ReadOnly, Handler: lrangeCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Returns the elements of a list from one index to another, both included.",
		Complexity: "O(S+N) where S is the distance of the first element from the nearer end and N the number of elements that are returned.",
		Syntax:     "key start stop",
	}, {
		Name: "lpos", Arity: -3, Flags: ReadOnly, Handler: lposCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupList, Since: "6.0.6",
		Summary:    "Returns the indexes at which a list has an element.",
		Complexity: "O(N) where N is the number of elements that are looked at: MAXLEN at most.",
		Syntax:     "key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
	}}
}

func llenCommand(c *Ctx) error {
	e, err := listOf(c, 0)
	if err != nil {
		return err
	}
	n := 0
	if e.Ok() {
		n = e.ListLen()
	}
	c.Reply.Int(int64(n))
	return nil
}

// LINDEX key index
func lindexCommand(c *Ctx) error {
	e, err := listOf(c, 0)
	if err != nil {
		return err
	}
	if !e.Ok() {
		c.Reply.Null() // whatever the index is
		return nil
	}
	i, err := c.Int(2)
	if err != nil {
		return err
	}
	n := int64(e.ListLen())
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		c.Reply.Null()
		return nil
	}
	if c.Offload(e.ListNodes() * nodeWork) {
		return ErrOffload
	}
	lp, off := e.ListAt(int(i))
	if c.Offload(len(lp)) {
		return ErrOffload
	}
	replyElement(c.Reply, lp, off)
	return nil
}

// LRANGE key start stop
func lrangeCommand(c *Ctx) error {
	start, err := c.Int(2)
	if err != nil {
		return err
	}
	stop, err := c.Int(3)
	if err != nil {
		return err
	}
	e, err := listOf(c, 0)
	if err != nil {
		return err
	}
	n := 0
	if e.Ok() {
		n = e.ListLen()
	}
	from, k := listRange(start, stop, n)
	if k == 0 {
		c.Reply.EmptyArray()
		return nil
	}
	if c.OnLoop && c.Offload(rangeWork(e, k)) {
		return ErrOffload
	}
	replyElements(c.Reply, e, from, k, false)
	return nil
}

// positions are the options of LPOS.
type positions struct {
	rank     int64 // how many matches more are passed over, before the one that counts: rank - 1
	fromTail bool
	listed   bool  // COUNT: the reply is an array
	count    int64 // of at most so many
	maxLen   int64 // elements to be looked at
}

const (
	errRankZero Error = "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
		"or use negative to start from the end of the list"
	errRankRange Error = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
	errPosCount  Error = "ERR COUNT can't be negative"
	errMaxLen    Error = "ERR MAXLEN can't be negative"
)

func parsePositions(c *Ctx) (p positions, err error) {
	p.count, p.maxLen = 1, math.MaxInt64
	for i := 3; i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) {
			return p, ErrSyntax
		}
		v, err := c.Int(i + 1)
		switch {
		case c.Is(i, "rank"):
			if err != nil {
				return p, err
			}
			switch {
			case v == math.MinInt64:
				return p, errRankRange
			case v == 0:
				return p, errRankZero
			}
			p.rank, p.fromTail = max(v, -v)-1, v < 0
		case c.Is(i, "count"):
			if err != nil || v < 0 {
				return p, errPosCount
			}
			if p.listed, p.count = true, v; v == 0 {
				p.count = math.MaxInt64
			}
		case c.Is(i, "maxlen"):
			if err != nil || v < 0 {
				return p, errMaxLen
			}
			if p.maxLen = v; v == 0 {
				p.maxLen = math.MaxInt64
			}
		default:
			return p, ErrSyntax
		}
	}
	return p, nil
}

// LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]
func lposCommand(c *Ctx) error {
	p, err := parsePositions(c)
	if err != nil {
		return err
	}
	e, err := listOf(c, 0)
	if err != nil {
		return err
	}
	switch {
	case e.Ok():
		if c.OnLoop && c.Offload(e.ListBytes()) {
			return ErrOffload
		}
	case p.listed:
		c.Reply.EmptyArray()
		return nil
	default:
		c.Reply.Null()
		return nil
	}
	if !p.listed {
		if p.find(c.Reply, e, c.Args[2]) == 0 {
			c.Reply.Null()
		}
		return nil
	}
	m := c.Reply.DeferArray()
	c.Reply.SetArrayLen(m, p.find(c.Reply, e, c.Args[2]))
	return nil
}

// find replies the indexes of elements that equal s, and returns how many there are.
func (p *positions) find(w *resp.Writer, e store.Entry, s []byte) (found int) {
	n := e.ListLen()
	looked := int(min(int64(n), p.maxLen))
	match := func(i int) bool {
		if p.rank > 0 {
			p.rank--
			return true
		}
		w.Int(int64(i))
		found++
		return int64(found) < p.count
	}
	if p.fromTail {
		findBackward(e, n, looked, s, match)
	} else {
		findForward(e, looked, s, match)
	}
	return found
}

// findForward calls match with the indexes of elements that equal s, among the first n, until it returns false.
func findForward(e store.Entry, n int, s []byte, match func(i int) bool) {
	base := 0
	for it := e.ListIter(0, n, false); it.Next(); base += it.N {
		i, off := base, it.Off
		for i < base+it.N {
			at := listpack.Find(it.LP, off, s, 1)
			if at < 0 {
				break
			}
			for ; off < at; off += listpack.Size(it.LP, off) {
				i++
			}
			if i >= base+it.N || !match(i) {
				return
			}
			off += listpack.Size(it.LP, off)
			i++
		}
	}
}

// findBackward is findForward for the last looked of n elements, from the last one on.
func findBackward(e store.Entry, n, looked int, s []byte, match func(i int) bool) {
	i := n - 1
	for it := e.ListIter(n-1, looked, true); it.Next(); {
		if listpack.Find(it.LP, listpack.HeaderSize, s, 1) < 0 {
			i -= it.N
			continue
		}
		for off := it.Off; it.N > 0; it.N-- {
			if listpack.Get(it.LP, off).Equal(s) && !match(i) {
				return
			}
			off = listpack.Prev(it.LP, off)
			i--
		}
	}
}
