package command

import "math"

// The conditions of EXPIRE and its like.
const (
	expireNX = 1 << iota
	expireXX
	expireGT
	expireLT
)

const errExpireNX Error = "ERR NX and XX, GT or LT options at the same time are not compatible"
const errExpireGTLT Error = "ERR GT and LT options at the same time are not compatible"

func expireSpecs() []Spec {
	const options = "7.0.0 The options `NX`, `XX`, `GT` and `LT` came."
	const minus2 = "2.8.0 Replies -2 if there is no such key."
	row := func(name, since, summary, arg string, h Handler) Spec {
		return Spec{
			Name: name, Arity: -3, Flags: Write | Fast, Handler: h,
			Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupGeneric, Since: since,
			Summary: summary, Complexity: "O(1)",
			Syntax: "key " + arg + " [NX|XX|GT|LT]@7.0.0", History: []string{options},
		}
	}
	read := func(name, since, summary string, h Handler) Spec {
		return Spec{
			Name: name, Arity: 2, Flags: ReadOnly | Fast, Handler: h,
			Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupGeneric, Since: since,
			Summary: summary, Complexity: "O(1)", Syntax: "key",
		}
	}
	ttl := read("ttl", "1.0.0", "Tells how many seconds a key has left to live.", ttlCommand)
	pttl := read("pttl", "2.6.0", "Tells how many milliseconds a key has left to live.", pttlCommand)
	ttl.Tips, pttl.Tips = []string{"nondeterministic_output"}, []string{"nondeterministic_output"}
	ttl.History, pttl.History = []string{minus2}, []string{minus2}
	return []Spec{
		row("expire", "1.0.0", "Lets a key live for a number of seconds.", "seconds", expireCommand),
		row("pexpire", "2.6.0", "Lets a key live for a number of milliseconds.", "milliseconds", pexpireCommand),
		row("expireat", "1.2.0", "Lets a key live until a moment, in seconds of Unix time.",
			"unix-time-seconds", expireatCommand),
		row("pexpireat", "2.6.0", "Lets a key live until a moment, in milliseconds of Unix time.",
			"unix-time-milliseconds", pexpireatCommand),
		ttl,
		pttl,
		read("expiretime", "7.0.0", "Tells when a key lapses, in seconds of Unix time.", expiretimeCommand),
		read("pexpiretime", "7.0.0", "Tells when a key lapses, in milliseconds of Unix time.", pexpiretimeCommand),
		{
			Name: "persist", Arity: 2, Flags: Write | Fast, Handler: persistCommand,
			Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupGeneric, Since: "2.2.0",
			Summary: "Takes the time to live from a key.", Complexity: "O(1)", Syntax: "key",
		},
	}
}

func expireCommand(c *Ctx) error    { return expire(c, 1000, c.DB.Clock) }
func pexpireCommand(c *Ctx) error   { return expire(c, 1, c.DB.Clock) }
func expireatCommand(c *Ctx) error  { return expire(c, 1000, 0) }
func pexpireatCommand(c *Ctx) error { return expire(c, 1, 0) }

// expire sets a deadline: argument 2, in units of so many milliseconds after the moment base.
func expire(c *Ctx, unitMs, baseMs int64) error {
	flags, err := expireFlags(c)
	if err != nil {
		return err
	}
	ms, err := c.Int(2)
	if err != nil {
		return err
	}
	if ms > math.MaxInt64/unitMs || ms < math.MinInt64/unitMs || ms*unitMs > math.MaxInt64-baseMs {
		return invalidExpire(c)
	}
	ms = ms*unitMs + baseMs
	k := c.Keys[0]
	e := c.DB.Lookup(k)
	if !e.Ok() || !expireMay(flags, e.Deadline(), ms) {
		c.Reply.Int(0)
		return nil
	}
	if ms <= c.DB.Now {
		deleteKey(c, k, c.Env.LazyExpire.Load())
		c.Changed(k, EventGeneric, "del")
		c.effectDelete(0, c.Env.LazyExpire.Load())
	} else {
		c.DB.SetDeadline(k, max(ms, 1)) // 0 would be none: it is in the past while a log is loaded
		c.effectDeadline(0, ms)
		c.Changed(k, EventGeneric, "expire")
	}
	c.Reply.Int(1)
	return nil
}

func expireFlags(c *Ctx) (flags int, err error) {
	for i := 3; i < len(c.Args); i++ {
		switch {
		case c.Is(i, "nx"):
			flags |= expireNX
		case c.Is(i, "xx"):
			flags |= expireXX
		case c.Is(i, "gt"):
			flags |= expireGT
		case c.Is(i, "lt"):
			flags |= expireLT
		default:
			return 0, Error("ERR Unsupported option " + text(c.Args[i]))
		}
	}
	if flags&expireNX != 0 && flags != expireNX {
		return 0, errExpireNX
	}
	if flags&expireGT != 0 && flags&expireLT != 0 {
		return 0, errExpireGTLT
	}
	return flags, nil
}

// expireMay says whether the conditions allow to replace one deadline (0: none, which counts as endless
// life) by another.
func expireMay(flags int, old, ms int64) bool {
	switch {
	case flags&expireNX != 0 && old != 0, flags&expireXX != 0 && old == 0:
		return false
	case flags&expireGT != 0:
		return old != 0 && ms > old
	case flags&expireLT != 0:
		return old == 0 || ms < old
	}
	return true
}

func ttlCommand(c *Ctx) error {
	return replyDeadline(c, func(ms int64) int64 { return (max(ms-c.DB.Now, 0) + 500) / 1000 })
}

func pttlCommand(c *Ctx) error {
	return replyDeadline(c, func(ms int64) int64 { return max(ms-c.DB.Now, 0) })
}

func expiretimeCommand(c *Ctx) error {
	return replyDeadline(c, func(ms int64) int64 { return int64((uint64(ms) + 500) / 1000) })
}

func pexpiretimeCommand(c *Ctx) error {
	return replyDeadline(c, func(ms int64) int64 { return ms })
}

func replyDeadline(c *Ctx, show func(ms int64) int64) error {
	e := c.FindUntouched(0)
	switch {
	case !e.Ok():
		c.Reply.Int(-2)
	case e.Deadline() == 0:
		c.Reply.Int(-1)
	default:
		c.Reply.Int(show(e.Deadline()))
	}
	return nil
}

func persistCommand(c *Ctx) error {
	e := c.DB.Lookup(c.Keys[0])
	if !e.Ok() || e.Deadline() == 0 {
		c.Reply.Int(0)
		return nil
	}
	c.DB.SetDeadline(c.Keys[0], 0)
	c.Changed(c.Keys[0], EventGeneric, "persist")
	c.Reply.Int(1)
	return nil
}
