package command

import "radish/store"

// blockingHistory is the history of the commands whose time-out was an integer once.
func blockingHistory() []string { return []string{"6.0.0 The time-out may have a fraction."} }

// listBlockSpecs are the rows of the commands that wait for elements of lists.
func listBlockSpecs() []Spec {
	popKeys := []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Last: -2, Step: 1}}
	moveKeys := []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Step: 1}, {Flags: KeyRW | KeyInsert, Begin: 2, Step: 1}}
	const ends = "<LEFT|RIGHT>"
	return []Spec{{
		Name: "blpop", Arity: -3, Flags: Write | Blocking, Handler: blpopCommand, Keys: popKeys,
		Group: GroupList, Since: "2.0.0",
		Summary: "Takes the first element of the first list that has one, or waits for one.", Complexity: "O(N) in the number of keys",
		Syntax: "key [key ...] timeout:double", History: blockingHistory(),
	}, {
		Name: "brpop", Arity: -3, Flags: Write | Blocking, Handler: brpopCommand, Keys: popKeys,
		Group: GroupList, Since: "2.0.0",
		Summary: "Takes the last element of the first list that has one, or waits for one.", Complexity: "O(N) in the number of keys",
		Syntax: "key [key ...] timeout:double", History: blockingHistory(),
	}, {
		Name: "blmove", Arity: 6, Flags: Write | DenyOOM | Blocking, Handler: blmoveCommand, Keys: moveKeys,
		Group: GroupList, Since: "6.2.0",
		Summary: "Moves an element from one list to another, or waits for one.", Complexity: "O(1)",
		Syntax: "source destination wherefrom:" + ends + " whereto:" + ends + " timeout:double",
	}, {
		Name: "brpoplpush", Arity: 4, Flags: Write | DenyOOM | Blocking, Handler: brpoplpushCommand, Keys: moveKeys,
		Group: GroupList, Since: "2.2.0",
		Summary: "Moves the last element of a list to the front of another, or waits for one.", Complexity: "O(1)",
		Syntax: "source destination timeout:double", History: blockingHistory(),
		Deprecated: "6.2.0", ReplacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
	}, {
		Name: "blmpop", Arity: -5, Flags: Write | Blocking, Handler: blmpopCommand,
		Keys:  []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 2, KeyNum: true, FirstKey: 1, Step: 1}},
		Group: GroupList, Since: "7.0.0",
		Summary:    "Takes elements of the first list that has some, or waits for them.",
		Complexity: "O(N+M) where N is the number of keys and M the number of elements",
		Syntax:     "timeout:double numkeys key [key ...] where:" + ends + " [COUNT count]",
	}}
}

func blpopCommand(c *Ctx) error { return popOrBlock(c, true) }
func brpopCommand(c *Ctx) error { return popOrBlock(c, false) }

// firstOf is the first key, of those that may be looked at, that exists: -1 if there is none. Its value must be of
// the type.
func firstOf(c *Ctx, t store.Type) (i int, err error) {
	for i := range c.Keys {
		if !c.Locked(i) {
			continue
		}
		if e := c.DB.Lookup(c.Keys[i]); e.Ok() {
			if e.Type() != t {
				return -1, ErrWrongType
			}
			return i, nil
		}
	}
	return -1, nil
}

// blockOnAll has the client wait for any of its keys, or answers as after a time-out where it must not wait.
func blockOnAll(c *Ctx, t store.Type, timeoutMs int64) error {
	if c.Deny {
		c.Reply.NullArray()
		return nil
	}
	return c.Block(Wait{Type: t, Keys: c.Keys, TimeoutMs: timeoutMs})
}

func popOrBlock(c *Ctx, left bool) error {
	timeout, err := c.TimeoutMs(len(c.Args) - 1)
	if err != nil {
		return err
	}
	i, err := firstOf(c, store.TypeList)
	if err != nil {
		return err
	}
	if i < 0 {
		return blockOnAll(c, store.TypeList, timeout)
	}
	var l store.List
	c.DB.NoTouch = true // firstOf was the access
	c.DB.OpenList(&l, c.Keys[i])
	if popIsLong(c, &l, left, 1) {
		return ErrOffload
	}
	c.Reply.Array(2)
	c.Reply.Bulk(c.Keys[i].B)
	popElement(c, &l, c.Keys[i], left)
	c.effectPop(popName(left), c.Keys[i].B, 1)
	return nil
}

// BLMPOP timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]
func blmpopCommand(c *Ctx) error {
	o, err := parseMPop(c, 2, "left", "right")
	if err != nil {
		return err
	}
	timeout, err := c.TimeoutMs(1)
	if err != nil {
		return err
	}
	i, err := firstOf(c, store.TypeList)
	if err != nil {
		return err
	}
	if i < 0 {
		return blockOnAll(c, store.TypeList, timeout)
	}
	var l store.List
	c.DB.NoTouch = true // firstOf was the access
	c.DB.OpenList(&l, c.Keys[i])
	n := min(o.count, l.Len())
	if popIsLong(c, &l, o.first, n) {
		return ErrOffload
	}
	c.Reply.Array(2)
	c.Reply.Bulk(c.Keys[i].B)
	popElements(c, &l, c.Keys[i], o.first, n)
	c.effectPop(popName(o.first), c.Keys[i].B, n)
	return nil
}

// BLMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout
func blmoveCommand(c *Ctx) error {
	fromLeft, err := side(c, 3)
	if err != nil {
		return err
	}
	toLeft, err := side(c, 4)
	if err != nil {
		return err
	}
	return moveOrBlock(c, fromLeft, toLeft, 5)
}

// BRPOPLPUSH source destination timeout
func brpoplpushCommand(c *Ctx) error { return moveOrBlock(c, false, true, 3) }

// effectMove logs BLMOVE and BRPOPLPUSH as the commands that do not wait.
func effectMove(c *Ctx, timeoutArg int) {
	if !c.Env.Logging.Load() {
		return
	}
	name := "LMOVE"
	if c.Spec.Name == "brpoplpush" {
		name = "RPOPLPUSH"
	}
	c.Effect(append([][]byte{[]byte(name)}, c.Args[1:timeoutArg]...)...)
}

func moveOrBlock(c *Ctx, fromLeft, toLeft bool, timeoutArg int) error {
	timeout, err := c.TimeoutMs(timeoutArg)
	if err != nil {
		return err
	}
	// Redis looks whether there is something to move, and then moves it: two accesses.
	if e := c.DB.Lookup(c.Keys[0]); e.Ok() && e.Type() != store.TypeList {
		return ErrWrongType
	}
	done, err := moveElement(c, c.Keys[0], c.Keys[1], fromLeft, toLeft)
	switch {
	case done:
		effectMove(c, timeoutArg)
		return nil
	case err != nil:
		return err
	case c.Deny:
		c.Reply.Null()
		return nil
	}
	return c.Block(Wait{Type: store.TypeList, Keys: c.Keys[:1], TimeoutMs: timeout})
}
