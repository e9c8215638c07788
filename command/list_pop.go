package command

import (
	"radish/store"
	"radish/store/listpack"
)

func listPopSpecs() []Spec {
	return []Spec{{
		Name: "lpop", Arity: -2, Flags: Write | Fast, Handler: lpopCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyDelete, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Takes the first element of a list away, or the first ones, and returns it. An empty list is deleted.",
		Complexity: "O(N) where N is the number of elements that are returned.",
		Syntax:     "key [count@6.2.0]", History: []string{"6.2.0 The argument `count` came."},
	}, {
		Name: "rpop", Arity: -2, Flags: Write | Fast, Handler: rpopCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyDelete, ""), Group: GroupList, Since: "1.0.0",
		Summary:    "Takes the last element of a list away, or the last ones, and returns it. An empty list is deleted.",
		Complexity: "O(N) where N is the number of elements that are returned.",
		Syntax:     "key [count@6.2.0]", History: []string{"6.2.0 The argument `count` came."},
	}, {
		Name: "lmpop", Arity: -4, Flags: Write, Handler: lmpopCommand,
		Keys:  []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, KeyNum: true, FirstKey: 1, Step: 1}},
		Group: GroupList, Since: "7.0.0",
		Summary:    "Takes elements away from the first of several lists that there is, and returns them. An empty list is deleted.",
		Complexity: "O(N+M) where N is the number of keys and M that of the elements that are returned.",
		Syntax:     "numkeys key [key ...] <LEFT|RIGHT> [COUNT count]",
	}}
}

func lpopCommand(c *Ctx) error { return popCommand(c, true) }
func rpopCommand(c *Ctx) error { return popCommand(c, false) }

// popCommand is LPOP and RPOP: key [count].
func popCommand(c *Ctx, left bool) error {
	counted := len(c.Args) == 3
	n := 1
	if len(c.Args) > 3 {
		return Error("ERR wrong number of arguments for '" + c.Spec.FullName() + "' command")
	} else if counted {
		v, err := c.Int(2)
		if err != nil || v < 0 {
			return ErrNotPositive
		}
		n = int(v)
	}
	var l store.List
	if !c.DB.OpenList(&l, c.Keys[0]) {
		return ErrWrongType
	}
	switch {
	case !l.Ok() && counted:
		c.Reply.NullArray()
		return nil
	case !l.Ok():
		c.Reply.Null()
		return nil
	case n == 0:
		c.Reply.EmptyArray()
		return nil
	}
	if n = min(n, l.Len()); popIsLong(c, &l, left, n) {
		return c.offloadUsed()
	}
	if counted {
		popElements(c, &l, c.Keys[0], left, n)
	} else {
		popElement(c, &l, c.Keys[0], left)
	}
	return nil
}

// popIsLong says whether popping n elements is too long for an event loop.
func popIsLong(c *Ctx, l *store.List, left bool, n int) bool {
	if !c.OnLoop {
		return false
	}
	work := 0
	if n == 1 {
		lp, _ := l.End(left)
		work = len(lp)
	} else {
		work = rangeWork(l.Entry(), n)
	}
	return c.Offload(work)
}

// popElement takes the element at one end of a list, which there is, away and replies it: a bulk string.
func popElement(c *Ctx, l *store.List, k store.Key, left bool) {
	lp, off := l.End(left)
	replyElement(c.Reply, lp, off)
	l.Pop(left)
	popped(c, l, k, left, 1)
}

// popElements takes n elements at one end of a list, which has so many, away and replies them: an array.
func popElements(c *Ctx, l *store.List, k store.Key, left bool, n int) {
	size := l.Len()
	if left {
		replyElements(c.Reply, l.Entry(), 0, n, false)
		l.Remove(0, n)
	} else {
		replyElements(c.Reply, l.Entry(), size-1, n, true)
		l.Remove(size-n, n)
	}
	popped(c, l, k, left, n)
}

// popped tells that n elements were taken away at one end of a list, which is gone if it was emptied.
func popped(c *Ctx, l *store.List, k store.Key, left bool, n int) {
	event := "rpop"
	if left {
		event = "lpop"
	}
	c.changedElems(k, EventList, event, n, !l.Ok(), touchLast)
}

// popName is the command that pops from an end of one list.
func popName(left bool) string {
	if left {
		return "LPOP"
	}
	return "RPOP"
}

// LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]
func lmpopCommand(c *Ctx) error {
	o, err := parseMPop(c, 1, "left", "right")
	if err != nil {
		return err
	}
	done, err := popFirst(c, o.first, o.count)
	if err == nil && !done {
		c.Reply.NullArray()
	}
	return err
}

// popFirst takes up to n elements away from the first of the keys that there is, and replies an array of the key and these. done is
// false, and nothing replied, if there is none.
func popFirst(c *Ctx, left bool, n int) (done bool, err error) {
	for _, k := range c.Keys {
		var l store.List
		if !c.DB.OpenList(&l, k) {
			return false, ErrWrongType
		}
		if !l.Ok() {
			continue
		}
		if n = min(n, l.Len()); popIsLong(c, &l, left, n) {
			return false, c.offloadUsed()
		}
		c.Reply.Array(2)
		c.Reply.Bulk(k.B)
		popElements(c, &l, k, left, n)
		c.effectPop(popName(left), k.B, n)
		return true, nil
	}
	return false, nil
}

func listMoveSpecs() []Spec {
	keys := func() []KeySpec {
		return []KeySpec{
			{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Step: 1},
			{Flags: KeyRW | KeyInsert, Begin: 2, Step: 1},
		}
	}
	return []Spec{{
		Name: "lmove", Arity: 5, Flags: Write | DenyOOM, Handler: lmoveCommand,
		Keys: keys(), Group: GroupList, Since: "6.2.0",
		Summary: "Moves an element from one end of a list to one of another, or of the same, and returns it.", Complexity: "O(1)",
		Syntax: "source destination wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT>",
	}, {
		Name: "rpoplpush", Arity: 3, Flags: Write | DenyOOM, Handler: rpoplpushCommand,
		Keys: keys(), Group: GroupList, Since: "1.2.0",
		Summary: "Moves the last element of a list to the head of another, or of the same, and returns it.", Complexity: "O(1)",
		Syntax: "source destination", Deprecated: "6.2.0", ReplacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
	}}
}

// LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>
func lmoveCommand(c *Ctx) error {
	fromLeft, err := side(c, 3)
	if err != nil {
		return err
	}
	toLeft, err := side(c, 4)
	if err != nil {
		return err
	}
	return replyMoved(c, fromLeft, toLeft)
}

func rpoplpushCommand(c *Ctx) error { return replyMoved(c, false, true) }

func replyMoved(c *Ctx, fromLeft, toLeft bool) error {
	done, err := moveElement(c, c.Keys[0], c.Keys[1], fromLeft, toLeft)
	if err == nil && !done {
		c.Reply.Null()
	}
	return err
}

// moveElement takes an element away at one end of a list, adds it at one of another, or of the same, and replies it: a bulk string. done is
// false, and nothing replied, if there is no such list.
func moveElement(c *Ctx, from, to store.Key, fromLeft, toLeft bool) (done bool, err error) {
	var l store.List
	switch e := c.DB.Lookup(from); {
	case !e.Ok():
		return false, nil
	case e.Type() != store.TypeList:
		return false, ErrWrongType
	}
	if e := c.DB.Lookup(to); e.Ok() && e.Type() != store.TypeList {
		return false, ErrWrongType
	}
	c.DB.NoTouch = true // these were the accesses
	c.DB.OpenList(&l, from)
	if popIsLong(c, &l, fromLeft, 1) {
		return false, ErrOffload
	}
	lp, off := l.End(fromLeft)
	v := listpack.Get(lp, off)
	replyElement(c.Reply, lp, off)
	buf := c.Reply.Buf[:len(c.Reply.Buf)-2]
	moved := [][]byte{buf[len(buf)-v.Len():]} // the reply is what is left of it
	if string(from.B) == string(to.B) {
		l.Rotate(fromLeft, toLeft, moved[0])
	} else {
		l.Pop(fromLeft)
		var dest store.List
		c.DB.OpenList(&dest, to)
		dest.Push(toLeft, moved...)
	}
	c.Changed(to, EventList, pushEvent(toLeft))
	c.Dirty-- // both are one change
	popped(c, &l, from, fromLeft, 1)
	return true, nil
}
