package command

import (
	"math"
	"slices"
	"strconv"

	"radish/internal/glob"
	"radish/internal/num"
	"radish/resp"
	"radish/store"
)

// SADD key member [member ...]
func saddCommand(c *Ctx) error {
	if c.Offload(len(c.Args) * setWork) {
		return ErrOffload
	}
	s, err := openSet(c, 0)
	if err != nil {
		return err
	}
	added := s.AddAll(c.Args[2:])
	if added > 0 {
		c.changedElems(c.Keys[0], EventSet, "sadd", added, false, touchFirst)
	}
	c.Reply.Int(int64(added))
	return nil
}

// SREM key member [member ...]
func sremCommand(c *Ctx) error {
	if c.Offload(len(c.Args) * setWork) {
		return ErrOffload
	}
	s, err := openSet(c, 0)
	if err != nil {
		return err
	}
	removed := s.RemoveAll(c.Args[2:])
	if removed > 0 {
		c.changedElems(c.Keys[0], EventSet, "srem", removed, !s.Ok(), touchFirst)
	}
	c.Reply.Int(int64(removed))
	return nil
}

// SISMEMBER key member
func sismemberCommand(c *Ctx) error {
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	replyBit(c.Reply, e.Ok() && e.SetHas(c.Args[2]))
	return nil
}

// SMISMEMBER key member [member ...]
func smismemberCommand(c *Ctx) error {
	members := c.Args[2:]
	if c.Offload(len(members) * setWork) {
		return ErrOffload
	}
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	c.Reply.Array(len(members))
	for _, m := range members {
		replyBit(c.Reply, e.Ok() && e.SetHas(m))
	}
	return nil
}

func replyBit(w *resp.Writer, yes bool) {
	if yes {
		w.Int(1)
	} else {
		w.Int(0)
	}
}

// SCARD key
func scardCommand(c *Ctx) error {
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	n := 0
	if e.Ok() {
		n = e.SetLen()
	}
	c.Reply.Int(int64(n))
	return nil
}

// SMEMBERS key
func smembersCommand(c *Ctx) error {
	if e := c.DB.Peek(c.Keys[0]); c.OnLoop && e.Ok() && e.Type() == store.TypeSet && c.Offload(max(e.SetLen()*setWork, e.ValueBytes())) {
		return ErrOffload
	}
	e, err := findSet(c, 0)
	if err != nil {
		return err
	}
	if !e.Ok() {
		c.Reply.Set(0)
		return nil
	}
	c.Reply.Set(e.SetLen())
	replySet(c, e)
	return nil
}

// replySet replies the members of a set.
func replySet(c *Ctx, e store.Entry) {
	w := c.Reply
	if w.Pool == nil {
		w.Buf = slices.Grow(w.Buf, e.SetReplySize())
	}
	e.SetEach(func(m []byte) bool {
		w.Bulk(m)
		return true
	})
}

// SMOVE source destination member
func smoveCommand(c *Ctx) error {
	from, to, m := c.Keys[0], c.Keys[1], c.Args[3]
	src, dst := c.DB.Lookup(from), c.DB.Lookup(to)
	if !src.Ok() { // also when the destination is no set
		c.Reply.Int(0)
		return nil
	}
	if src.Type() != store.TypeSet || dst.Ok() && dst.Type() != store.TypeSet {
		return ErrWrongType
	}
	if string(from.B) == string(to.B) {
		replyBit(c.Reply, dst.SetHas(m))
		return nil
	}
	c.DB.NoTouch = true // these were the accesses
	if s, _ := c.DB.OpenSet(from); s.Remove(m) {
		c.changedElems(from, EventSet, "srem", 1, !s.Ok(), touchLast)
	} else {
		c.Reply.Int(0)
		return nil
	}
	if d, _ := c.DB.OpenSet(to); d.Add(m) {
		c.Changed(to, EventSet, "sadd")
	}
	c.Reply.Int(1)
	return nil
}

// SSCAN key cursor [MATCH pattern] [COUNT count]
func sscanCommand(c *Ctx) error {
	cursor, ok := num.ParseCursor(c.Args[2])
	if !ok {
		return errCursor
	}
	var err error
	e := c.DB.Peek(c.Keys[0])
	isSet := e.Ok() && e.Type() == store.TypeSet
	var pattern []byte
	count := 10
	if isSet {
		// Redis looks at the options only when there is a set.
		if pattern, count, err = parseSscanOpts(c); err != nil {
			c.Find(0)
			return err
		}
		n := e.SetLen() // a compact set is replied at once
		if e.Encoding() == store.EncHashtable {
			n = min(n, count)
		}
		if c.OnLoop && c.Offload(partWork(e, n, e.SetLen(), setWork)) {
			return ErrOffload
		}
	}
	if e, err = findSet(c, 0); err != nil {
		return err
	}
	w := c.Reply
	w.Array(2)
	if !e.Ok() {
		w.BulkString("0")
		w.EmptyArray()
		return nil
	}
	first := w.DeferRaw() // the cursor, which is known last
	mark := w.DeferArray()
	n := 0
	cursor = e.SetScan(cursor, count, func(m []byte) {
		if pattern == nil || glob.Match(pattern, m, false) {
			w.Bulk(m)
			n++
		}
	})
	w.SetArrayLen(mark, n)
	var room, digits [32]byte
	head := resp.Writer{Buf: room[:0], Proto: w.Proto}
	head.Bulk(strconv.AppendUint(digits[:0], cursor, 10))
	w.SetRaw(first, head.Buf)
	return nil
}

// parseSscanOpts reads the options of SSCAN; pattern nil: all members.
func parseSscanOpts(c *Ctx) (pattern []byte, count int, err error) {
	count = 10
	for i := 3; i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) {
			return nil, 0, ErrSyntax
		}
		switch {
		case c.Is(i, "count"):
			n, err := c.Int(i + 1)
			if err != nil {
				return nil, 0, err
			}
			if n < 1 {
				return nil, 0, ErrSyntax
			}
			count = int(min(n, math.MaxInt32))
		case c.Is(i, "match"):
			pattern = c.Args[i+1]
			if string(pattern) == "*" {
				pattern = nil
			}
		default:
			return nil, 0, ErrSyntax
		}
	}
	return pattern, count, nil
}
