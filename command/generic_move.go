package command

import (
	"bytes"

	"radish/store"
)

func moveSpecs() []Spec {
	return []Spec{{
		Name: "rename", Arity: 3, Flags: Write, Handler: renameCommand,
		Keys: []KeySpec{
			{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Step: 1},
			{Flags: KeyOW | KeyUpdate, Begin: 2, Step: 1},
		},
		Group: GroupGeneric, Since: "1.0.0",
		Summary: "Gives a key another name; a key of that name is replaced.", Complexity: "O(1)",
		Syntax: "key newkey",
	}, {
		Name: "renamenx", Arity: 3, Flags: Write | Fast, Handler: renamenxCommand,
		Keys: []KeySpec{
			{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Step: 1},
			{Flags: KeyOW | KeyInsert, Begin: 2, Step: 1},
		},
		Group: GroupGeneric, Since: "1.0.0",
		Summary: "Gives a key another name unless there is a key of that name.", Complexity: "O(1)",
		Syntax:  "key newkey",
		History: []string{"3.2.0 It is no longer an error to give a key its own name."},
	}, {
		Name: "copy", Arity: -3, Flags: Write | DenyOOM, Handler: copyCommand, Prepare: prepareCopy,
		Keys: []KeySpec{
			{Flags: KeyRO | KeyAccess, Begin: 1, Step: 1},
			{Flags: KeyOW | KeyUpdate, Begin: 2, Step: 1},
		},
		Group: GroupGeneric, Since: "6.2.0",
		Summary:    "Copies the value of a key to another key.",
		Complexity: "O(N) where N is the number of elements; O(1) for strings.",
		Syntax:     "source destination [DB destination-db] [REPLACE]",
	}, {
		Name: "move", Arity: 3, Flags: Write | Fast, Handler: moveCommand,
		Keys:  firstKey(KeyRW|KeyAccess|KeyUpdate, ""),
		Group: GroupGeneric, Since: "1.0.0",
		Summary: "Moves a key to another database.", Complexity: "O(1)",
		Syntax: "key db",
	}}
}

func renameCommand(c *Ctx) error {
	if _, err := rename(c, false); err != nil {
		return err
	}
	c.Reply.OK()
	return nil
}

func renamenxCommand(c *Ctx) error {
	moved, err := rename(c, true)
	if err != nil {
		return err
	}
	if moved {
		c.Reply.Int(1)
	} else {
		c.Reply.Int(0)
	}
	return nil
}

func sameKey(c *Ctx) bool { return bytes.Equal(c.Args[1], c.Args[2]) }

// rename moves the value of key 0 to key 1, unless they are the same, or key 1 exists under nx.
func rename(c *Ctx, nx bool) (moved bool, err error) {
	from, to := c.Keys[0], c.Keys[1]
	if !c.DB.Lookup(from).Ok() {
		return false, ErrNoSuchKey
	}
	if sameKey(c) || nx && c.DB.Lookup(to).Ok() {
		return false, nil
	}
	c.DB.Rename(from, to)
	c.Event(to, EventNew, "new")
	c.Changed(from, 0, "")
	c.Changed(to, 0, "")
	c.Event(from, EventGeneric, "rename_from")
	c.Event(to, EventGeneric, "rename_to")
	c.Dirty-- // two keys, one change
	return true, nil
}

type copyOpts struct {
	db      int
	replace bool
}

func parseCopyOpts(c *Ctx) (o copyOpts, err error) {
	o.db = c.DB.Index
	for i := 3; i < len(c.Args); i++ {
		switch {
		case c.Is(i, "replace"):
			o.replace = true
		case c.Is(i, "db") && i+1 < len(c.Args):
			i++
			if o.db, err = c.DBIndex(i); err != nil {
				return o, err
			}
		default:
			return o, ErrSyntax
		}
	}
	if o.db == c.DB.Index && sameKey(c) {
		return o, ErrSameObject
	}
	return o, nil
}

func copyCommand(c *Ctx) error {
	o, err := parseCopyOpts(c)
	if err != nil {
		return err
	}
	from, to := c.Keys[0], c.Keys[1]
	e := c.DB.Peek(from)
	if e.Ok() && c.Offload(copyWork(e)) {
		return ErrOffload
	}
	e = c.Find(0)
	target := c.DBAt(o.db)
	if !e.Ok() || !o.replace && target.Lookup(to).Ok() {
		c.Reply.Int(0)
		return nil
	}
	isNew := true // it is made once more if it was there
	if d, ok := c.Prepared.Take().(*store.Detached); ok {
		isNew = target.Peek(to).Ok() // else the store tells
		target.Install(to, d, e.Deadline())
	} else {
		c.DB.Copy(from, to, o.db)
	}
	if isNew {
		c.EventIn(o.db, to, EventNew, "new")
	}
	c.ChangedIn(o.db, to, EventGeneric, "copy_to")
	c.Reply.Int(1)
	return nil
}

// prepareCopy makes the copy that copyCommand will put in its place.
func prepareCopy(c *Ctx) error {
	o, err := parseCopyOpts(c)
	if err != nil {
		return err
	}
	e, target := c.DB.Peek(c.Keys[0]), c.DBAt(o.db)
	if !e.Ok() || e.Encoding() == store.EncInt || !o.replace && target.Peek(c.Keys[1]).Ok() {
		return nil // there is nothing to do for long
	}
	c.Prepared.Value = c.DB.Store().DetachedCopy(e)
	return nil
}

// copyWork is the cost of copying a value, in the unit of Ctx.Offload.
func copyWork(e store.Entry) int { return int(e.MemUsage()) }

func moveCommand(c *Ctx) error {
	to, err := c.DBIndex(2)
	if err != nil {
		return err
	}
	if to == c.DB.Index {
		return ErrSameObject
	}
	k := c.Keys[0]
	target := c.DBAt(to)
	if !c.DB.Lookup(k).Ok() || target.Lookup(k).Ok() {
		c.Reply.Int(0)
		return nil
	}
	c.DB.Move(k, to)
	c.EventIn(to, k, EventNew, "new")
	c.Changed(k, EventGeneric, "move_from")
	c.ChangedIn(to, k, EventGeneric, "move_to")
	c.Dirty-- // two keys, one change
	c.Reply.Int(1)
	return nil
}
