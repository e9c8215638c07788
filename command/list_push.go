package command

import "radish/store"

func listPushSpecs() []Spec {
	const complexity = "O(N) where N is the number of elements that are added."
	return []Spec{{
		Name: "lpush", Arity: -3, Flags: Write | DenyOOM | Fast, Handler: lpushCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupList, Since: "1.0.0",
		Summary: "Adds elements at the head of a list, one after the other; there is a list then if there was none.", Complexity: complexity,
		Syntax: "key element [element ...]", History: []string{"2.4.0 There may be several elements."},
	}, {
		Name: "lpushx", Arity: -3, Flags: Write | DenyOOM | Fast, Handler: lpushxCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupList, Since: "2.2.0",
		Summary: "Adds elements at the head of a list if there is one.", Complexity: complexity,
		Syntax: "key element [element ...]", History: []string{"4.0.0 There may be several elements."},
	}, {
		Name: "rpush", Arity: -3, Flags: Write | DenyOOM | Fast, Handler: rpushCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupList, Since: "1.0.0",
		Summary: "Adds elements at the tail of a list; there is a list then if there was none.", Complexity: complexity,
		Syntax: "key element [element ...]", History: []string{"2.4.0 There may be several elements."},
	}, {
		Name: "rpushx", Arity: -3, Flags: Write | DenyOOM | Fast, Handler: rpushxCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupList, Since: "2.2.0",
		Summary: "Adds elements at the tail of a list if there is one.", Complexity: complexity,
		Syntax: "key element [element ...]", History: []string{"4.0.0 There may be several elements."},
	}}
}

func lpushCommand(c *Ctx) error  { return pushCommand(c, true, false) }
func lpushxCommand(c *Ctx) error { return pushCommand(c, true, true) }
func rpushCommand(c *Ctx) error  { return pushCommand(c, false, false) }
func rpushxCommand(c *Ctx) error { return pushCommand(c, false, true) }

// pushCommand is LPUSH, RPUSH, and with exists LPUSHX, RPUSHX.
func pushCommand(c *Ctx, left, exists bool) error {
	vals := c.Args[2:]
	work := 0
	for _, v := range vals {
		work += len(v)
		if len(v) > store.MaxListElement {
			return ErrStringTooBig
		}
	}
	if c.Offload(work) {
		return ErrOffload
	}
	var l store.List
	if !c.DB.OpenList(&l, c.Keys[0]) {
		return ErrWrongType
	}
	if exists && !l.Ok() {
		c.Reply.Int(0)
		return nil
	}
	l.Push(left, vals...)
	n := l.Len()
	c.Changed(c.Keys[0], EventList, pushEvent(left))
	c.Dirty += int64(len(vals) - 1)
	c.Reply.Int(int64(n))
	return nil
}

// pushEvent is the event of adding elements at one end.
func pushEvent(left bool) string {
	if left {
		return "lpush"
	}
	return "rpush"
}
