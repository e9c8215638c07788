package command

import "radish/store"

// replyString replies the value of e. It refuses with ErrOffload if that is long.
func replyString(c *Ctx, e store.Entry) error {
	var scratch [24]byte
	b := e.Bytes(&scratch)
	if c.Offload(len(b)) {
		return ErrOffload
	}
	c.Reply.Bulk(b)
	return nil
}

// replyStringOf replies the string of the command's first key, or null if there is none.
func replyStringOf(c *Ctx) (found bool, err error) {
	e, err := c.String(0)
	if err != nil {
		return false, err
	}
	if !e.Ok() {
		c.Reply.Null()
		return false, nil
	}
	return true, replyString(c, e)
}

// GET key
func getCommand(c *Ctx) error {
	_, err := replyStringOf(c)
	return err
}

// GETSET key value
func getsetCommand(c *Ctx) error {
	if c.Offload(len(c.Args[2])) {
		return ErrOffload
	}
	if _, err := replyStringOf(c); err != nil {
		return err
	}
	c.DB.SetString(c.Keys[0], c.Args[2], 0)
	c.Changed(c.Keys[0], EventString, "set")
	return nil
}

// GETDEL key
func getdelCommand(c *Ctx) error {
	found, err := replyStringOf(c)
	if err != nil || !found {
		return err
	}
	c.DB.DeleteSync(c.Keys[0])
	c.Changed(c.Keys[0], EventGeneric, "del")
	c.effectDelete(0, false)
	return nil
}

// GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]
func getexCommand(c *Ctx) error {
	opts, at, err := parseStringOpts(c, 2, optsOfGetex)
	if err != nil {
		return err
	}
	k := c.Keys[0]
	e, err := c.String(0)
	if err != nil {
		return err
	}
	if !e.Ok() { // not even a bad time is an error then
		c.Reply.Null()
		return nil
	}
	var deadline int64
	if at != 0 {
		if deadline, err = stringDeadline(c, opts, at); err != nil {
			return err
		}
	}
	hadDeadline := e.Deadline() != 0
	if err := replyString(c, e); err != nil {
		return err
	}
	switch {
	case opts&(optEXAT|optPXAT) != 0 && deadline <= c.DB.Now:
		c.DB.DeleteSync(k)
		c.Changed(k, EventGeneric, "del")
		c.effectDelete(0, false)
	case deadline != 0:
		c.DB.SetDeadline(k, deadline)
		c.Changed(k, EventGeneric, "expire")
		c.effectDeadline(0, deadline)
	case opts&optPersist != 0 && hadDeadline:
		c.DB.SetDeadline(k, 0)
		c.Changed(k, EventGeneric, "persist")
		c.Effect([]byte("PERSIST"), k.B)
	}
	return nil
}

// MGET key [key ...]
func mgetCommand(c *Ctx) error {
	if c.Offload(len(c.Keys) * keyWork) {
		return ErrOffload
	}
	start, misses := len(c.Reply.Buf), int64(0)
	c.Reply.Array(len(c.Keys))
	for i := range c.Keys {
		var e store.Entry
		if c.Again.Hits == 0 {
			e = c.DB.Lookup(c.Keys[i])
		} else if e = c.DB.Peek(c.Keys[i]); e.Ok() {
			c.Again.Hits--
		}
		if !e.Ok() {
			misses++
			c.Reply.Null()
			continue
		}
		if e.Type() != store.TypeString {
			c.Reply.Null()
			continue
		}
		var scratch [24]byte
		b := e.Bytes(&scratch)
		if c.Offload(len(c.Reply.Buf) - start + len(b)) {
			c.Reply.Buf = c.Reply.Buf[:start]
			c.Hits += int64(i+1) - misses // so many were used
			return ErrOffload
		}
		c.Reply.Bulk(b)
	}
	// Only now: else a command that goes to a worker would have told some of it.
	c.Hits += int64(len(c.Keys)) - misses
	c.Misses += misses
	if misses > 0 && c.Env.Observed.Load() {
		for _, k := range c.Keys {
			if !c.DB.Peek(k).Ok() {
				c.Event(k, EventKeyMiss, "keymiss")
			}
		}
	}
	return nil
}

// STRLEN key
func strlenCommand(c *Ctx) error {
	e, err := c.String(0)
	if err != nil {
		return err
	}
	if !e.Ok() {
		c.Reply.Int(0)
		return nil
	}
	c.Reply.Int(int64(e.StringLen()))
	return nil
}
