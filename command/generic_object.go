package command

import "radish/store"

const errIdleLFU Error = "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when " +
	"switching between policies at runtime LRU and LFU data will take some time to adjust."
const errFreqLRU Error = "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note " +
	"that when switching between policies at runtime LRU and LFU data will take some time to adjust."

func objectSpecs() []Spec {
	sub := func(name, since, summary string, show func(c *Ctx, e store.Entry) error) Spec {
		return Spec{
			Name: name, Arity: 3, Flags: ReadOnly, Handler: objectOf(show),
			Keys:  []KeySpec{{Flags: KeyRO, Begin: 2, Step: 1}},
			Group: GroupGeneric, Since: since,
			Summary: summary, Complexity: "O(1)", Syntax: "key",
			Tips: []string{"nondeterministic_output"},
		}
	}
	return []Spec{{
		Name: "object", Arity: -2, Group: GroupGeneric, Since: "2.2.3",
		Summary: "Commands that look into the value of a key.", Complexity: "That of the subcommand.",
		Sub: []Spec{
			sub("encoding", "2.2.3", "Tells how the value of a key is stored.", objectEncoding),
			sub("freq", "4.0.0", "Tells how often a key is used, on a logarithmic scale.", objectFreq),
			{
				Name: "help", Arity: 2, Flags: Loading | Stale, Handler: objectHelp, Group: GroupGeneric,
				Since: "6.2.0", Summary: "Lists the subcommands.", Complexity: "O(1)",
			},
			sub("idletime", "2.2.3", "Tells how many seconds ago a key was last used.", objectIdletime),
			sub("refcount", "2.2.3", "Tells how many references to the value of a key there are.", objectRefcount),
		},
	}}
}

func objectOf(show func(c *Ctx, e store.Entry) error) Handler {
	return func(c *Ctx) error {
		e := c.Inspect(c.Keys[0])
		if !e.Ok() {
			c.Reply.Null()
			return nil
		}
		return show(c, e)
	}
}

func objectEncoding(c *Ctx, e store.Entry) error {
	c.Reply.BulkString(e.Encoding().String())
	return nil
}

func objectFreq(c *Ctx, e store.Entry) error {
	if !c.Env.LFU.Load() {
		return errFreqLRU
	}
	c.Reply.Int(int64(e.Freq(&c.DB)))
	return nil
}

func objectIdletime(c *Ctx, e store.Entry) error {
	if c.Env.LFU.Load() {
		return errIdleLFU
	}
	c.Reply.Int(e.IdleMs(c.DB.Now) / 1000)
	return nil
}

// What Redis says of a small integer, of which it keeps one object for all keys.
const (
	sharedInts     = 10000
	sharedRefcount = 1<<31 - 1
)

// Refcount is the number of references to a value, as Redis counts them: one, but for small integers, which
// Redis shares unless it needs the access time of each. Here no value is shared, nor does an integer take
// memory beside its entry.
func (env *Env) Refcount(e store.Entry) int64 {
	if v, ok := e.Int(); ok && v >= 0 && v < sharedInts && !env.OwnInts.Load() {
		return sharedRefcount
	}
	return 1
}

func objectRefcount(c *Ctx, e store.Entry) error {
	c.Reply.Int(c.Env.Refcount(e))
	return nil
}

func objectHelp(c *Ctx) error {
	return c.ReplyHelp(
		"ENCODING <key>",
		"    Tell how the value of <key> is stored.",
		"FREQ <key>",
		"    Tell how often <key> is used: a number on a logarithmic scale, which falls",
		"    while the key is not used. Needs an LFU maxmemory-policy.",
		"IDLETIME <key>",
		"    Tell how many seconds ago <key> was last used.",
		"REFCOUNT <key>",
		"    Tell how many references to the value of <key> there are.",
	)
}
