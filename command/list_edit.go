package command

import (
	"math"

	"radish/store"
)

func listEditSpecs() []Spec {
	return []Spec{{
		Name: "lset", Arity: 4, Flags: Write | DenyOOM, Handler: lsetCommand,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Replaces an element of a list, by its index.",
		Complexity: "O(N) where N is the number of elements between the element and the nearer end; O(1) for the first and the last one.",
		Syntax:     "key index element",
	}, {
		Name: "ltrim", Arity: 4, Flags: Write, Handler: ltrimCommand,
		Keys: firstKey(KeyRW|KeyDelete, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Takes all elements of a list away but those from one index to another. An empty list is deleted.",
		Complexity: "O(N) where N is the number of elements that go.",
		Syntax:     "key start stop",
	}, {
		Name: "lrem", Arity: 4, Flags: Write, Handler: lremCommand,
		Keys: firstKey(KeyRW|KeyDelete, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Takes elements of one value away: all, or so many of the first, or of the last ones. An empty list is deleted.",
		Complexity: "O(N+M) where N is the number of elements of the list and M that of those that go.",
		Syntax:     "key count element",
	}, {
		Name: "linsert", Arity: 5, Flags: Write | DenyOOM, Handler: linsertCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupList, Since: "2.2.0",
		Summary:    "Adds an element to a list, before the first one of some value or behind it.",
		Complexity: "O(N) where N is the number of elements before that one.",
		Syntax:     "key where:<BEFORE|AFTER> pivot element",
	}}
}

// editList opens the list of key 0 to be changed; it is long, in bytes, for an event loop if work tells so.
func editList(c *Ctx, l *store.List, work func(e store.Entry) int) error {
	if !c.DB.OpenList(l, c.Keys[0]) {
		return ErrWrongType
	}
	if c.OnLoop && l.Ok() && c.Offload(work(l.Entry())) {
		return c.offloadUsed()
	}
	return nil
}

// LSET key index element
func lsetCommand(c *Ctx) error {
	v := c.Args[3]
	var l store.List
	if err := editList(c, &l, func(e store.Entry) int { return e.ListNodes()*nodeWork + len(v) }); err != nil {
		return err
	}
	if !l.Ok() {
		return ErrNoSuchKey
	}
	i, err := c.Int(2)
	switch {
	case err != nil:
		return err
	case len(v) > store.MaxListElement:
		return ErrStringTooBig
	case !l.Set(int(i), v):
		return ErrIndex
	}
	c.Changed(c.Keys[0], EventList, "lset")
	c.Reply.OK()
	return nil
}

// LTRIM key start stop
func ltrimCommand(c *Ctx) error {
	start, err := c.Int(2)
	if err != nil {
		return err
	}
	stop, err := c.Int(3)
	if err != nil {
		return err
	}
	var l store.List
	// Whole nodes are freed, which takes about as long as to pass four.
	if err := editList(c, &l, func(e store.Entry) int { return 5 * e.ListNodes() * nodeWork }); err != nil {
		return err
	}
	if l.Ok() {
		n := l.Len()
		from, k := listRange(start, stop, n)
		l.Trim(from, k)
		c.changedElems(c.Keys[0], EventList, "ltrim", n-k, !l.Ok(), touchLast)
	}
	c.Reply.OK()
	return nil
}

// LREM key count element
func lremCommand(c *Ctx) error {
	count, err := c.Int(2)
	if err != nil {
		return err
	}
	var l store.List
	if err := editList(c, &l, func(e store.Entry) int { return 2 * e.ListBytes() }); err != nil {
		return err
	}
	n := 0
	if l.Ok() {
		limit := max(count, -count)
		if limit <= 0 { // 0, or the smallest number
			limit = math.MaxInt64
		}
		n = l.RemoveEqual(c.Args[3], int(limit), count < 0)
		if n > 0 {
			c.changedElems(c.Keys[0], EventList, "lrem", n, !l.Ok(), touchFirst)
		}
	}
	c.Reply.Int(int64(n))
	return nil
}

// LINSERT key <BEFORE | AFTER> pivot element
func linsertCommand(c *Ctx) error {
	before := c.Is(2, "before")
	if !before && !c.Is(2, "after") {
		return ErrSyntax
	}
	v := c.Args[4]
	if len(v) > store.MaxListElement {
		return ErrStringTooBig
	}
	var l store.List
	if err := editList(c, &l, func(e store.Entry) int { return e.ListBytes() + len(v) }); err != nil {
		return err
	}
	switch {
	case !l.Ok():
		c.Reply.Int(0)
	case !l.Insert(c.Args[3], v, before):
		c.Reply.Int(-1)
	default:
		n := l.Len()
		c.Changed(c.Keys[0], EventList, "linsert")
		c.Reply.Int(int64(n))
	}
	return nil
}
