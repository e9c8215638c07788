package command

import (
	"slices"

	"radish/store"
)

// genericSpecs are the rows of the commands that work with keys, whatever these hold.
func genericSpecs() []Spec {
	return slices.Concat(keySpecs(), expireSpecs(), scanSpecs(), moveSpecs(), objectSpecs())
}

// allKeys is the key specification of a command all of whose arguments are keys.
func allKeys(flags KeyFlags) []KeySpec {
	return []KeySpec{{Flags: flags, Begin: 1, Last: -1, Step: 1}}
}

func keySpecs() []Spec {
	perShard := []string{"request_policy:multi_shard", "response_policy:agg_sum"}
	return []Spec{{
		Name: "del", Arity: -2, Flags: Write, Handler: delCommand,
		Keys: allKeys(KeyRM | KeyDelete), Group: GroupGeneric, Since: "1.0.0",
		Summary:    "Deletes keys.",
		Complexity: "O(N) where N is the number of keys, and the number of elements of a value that is no string.",
		Syntax:     "key [key ...]", Tips: perShard,
	}, {
		Name: "unlink", Arity: -2, Flags: Write | Fast, Handler: unlinkCommand,
		Keys: allKeys(KeyRM | KeyDelete), Group: GroupGeneric, Since: "4.0.0",
		Summary:    "Deletes keys; the memory of large values is given back in the background.",
		Complexity: "O(1) for each key. Giving back a value's memory takes O(N) in the background, for N parts.",
		Syntax:     "key [key ...]", Tips: perShard,
	}, {
		Name: "exists", Arity: -2, Flags: ReadOnly | Fast, Handler: existsCommand,
		Keys: allKeys(KeyRO), Group: GroupGeneric, Since: "1.0.0",
		Summary:    "Counts how many of the given keys exist.",
		Complexity: "O(N) where N is the number of given keys.",
		Syntax:     "key [key ...]", Tips: perShard,
		History: []string{"3.0.3 Several keys can be given."},
	}, {
		Name: "touch", Arity: -2, Flags: ReadOnly | Fast, Handler: touchCommand,
		Keys: allKeys(KeyRO), Group: GroupGeneric, Since: "3.2.1",
		Summary:    "Marks keys as used just now and counts those that exist.",
		Complexity: "O(N) where N is the number of given keys.",
		Syntax:     "key [key ...]", Tips: perShard,
	}, {
		Name: "type", Arity: 2, Flags: ReadOnly | Fast, Handler: typeCommand,
		Keys: firstKey(KeyRO, ""), Group: GroupGeneric, Since: "1.0.0",
		Summary: "Tells the type of the value of a key.", Complexity: "O(1)", Syntax: "key",
	}}
}

func delCommand(c *Ctx) error { return deleteKeys(c, c.Env.LazyDel.Load()) }

func unlinkCommand(c *Ctx) error { return deleteKeys(c, true) }

// fewKeys are so few that deleting what they hold never takes long.
const fewKeys = 4

// deleteWork is what deleting the keys costs, in the unit of Ctx.Offload.
func deleteWork(c *Ctx) int {
	work := len(c.Keys) * keyWork
	if len(c.Keys) <= fewKeys || work > offloadWork {
		return work
	}
	for _, k := range c.Keys {
		if e := c.DB.Peek(k); e.Ok() {
			work += e.FreeWork()
		}
	}
	return work
}

func deleteKeys(c *Ctx, lazy bool) error {
	if c.OnLoop && c.Offload(deleteWork(c)) {
		return ErrOffload
	}
	n := int64(0)
	for _, k := range c.Keys {
		if deleteKey(c, k, lazy) {
			n++
			c.Changed(k, EventGeneric, "del")
		}
	}
	c.Reply.Int(n)
	return nil
}

func deleteKey(c *Ctx, k store.Key, lazy bool) bool {
	if lazy {
		return c.DB.Unlink(k)
	}
	return c.DB.DeleteSync(k)
}

func existsCommand(c *Ctx) error {
	if c.Offload(len(c.Keys) * keyWork) {
		return ErrOffload
	}
	n := int64(0)
	for i := range c.Keys {
		if c.FindUntouched(i).Ok() {
			n++
		}
	}
	c.Reply.Int(n)
	return nil
}

func touchCommand(c *Ctx) error {
	if c.Offload(len(c.Keys) * keyWork) {
		return ErrOffload
	}
	c.DB.NoTouch = false // CLIENT NO-TOUCH is not meant for this command
	n := int64(0)
	for i := range c.Keys {
		if c.Find(i).Ok() {
			n++
		}
	}
	c.Reply.Int(n)
	return nil
}

func typeCommand(c *Ctx) error {
	e := c.FindUntouched(0)
	if !e.Ok() {
		c.Reply.SimpleString("none")
		return nil
	}
	c.Reply.SimpleString(e.Type().String())
	return nil
}
