package command

import "time"

// databaseSpecs are the rows of the commands of the server group that work with whole databases, and of
// those that need nothing at all.
func databaseSpecs() []Spec {
	const flushed = " where N is the number of keys; O(1) for the clients if ASYNC."
	flushHistory := []string{"4.0.0 The option `ASYNC` came.", "6.2.0 The option `SYNC` came."}
	flushTips := []string{"request_policy:all_shards", "response_policy:all_succeeded"}
	return []Spec{{
		Name: "dbsize", Arity: 1, Flags: ReadOnly | Fast | AllKeys, Handler: dbsizeCommand,
		Acl: CatKeyspace, Group: GroupServer, Since: "1.0.0",
		Summary: "Tells how many keys the database has.", Complexity: "O(1)",
		Tips: []string{"request_policy:all_shards", "response_policy:agg_sum"},
	}, {
		Name: "flushdb", Arity: -1, Flags: Write | Worker | AllKeys, Handler: flushdbCommand,
		Acl: CatKeyspace | CatDangerous, Group: GroupServer, Since: "1.0.0",
		Summary: "Deletes all keys of the database.", Complexity: "O(N)" + flushed,
		Syntax: "[ASYNC@4.0.0|SYNC@6.2.0]", History: flushHistory, Tips: flushTips,
	}, {
		Name: "flushall", Arity: -1, Flags: Write | Worker | AllKeys, Handler: flushallCommand,
		Acl: CatKeyspace | CatDangerous, Group: GroupServer, Since: "1.0.0",
		Summary: "Deletes all keys of all databases.", Complexity: "O(N)" + flushed,
		Syntax: "[ASYNC@4.0.0|SYNC@6.2.0]", History: flushHistory, Tips: flushTips,
	}, {
		Name: "swapdb", Arity: 3, Flags: Write | Fast | Worker | AllKeys, Handler: swapdbCommand,
		Acl: CatKeyspace | CatDangerous, Group: GroupServer, Since: "4.0.0",
		Summary:    "Exchanges two databases.",
		Complexity: "O(N) where N is the number of clients that watch or wait for keys of the two.",
		Syntax:     "index1 index2",
	}, {
		Name: "time", Arity: 1, Flags: Loading | Stale | Fast, Handler: timeCommand,
		Group: GroupServer, Since: "2.6.0",
		Summary: "Tells the time of the server.", Complexity: "O(1)",
		Tips: []string{"nondeterministic_output"},
	}, {
		Name: "lolwut", Arity: -1, Flags: ReadOnly | Fast, Handler: lolwutCommand,
		Group: GroupServer, Since: "5.0.0",
		Summary: "Draws a picture and tells the version.", Syntax: "[VERSION version]",
	}}
}

func dbsizeCommand(c *Ctx) error {
	c.Reply.Int(c.DB.Len())
	return nil
}

// flushAsync reads the option of FLUSHDB and FLUSHALL.
func flushAsync(c *Ctx) (async bool, err error) {
	switch {
	case len(c.Args) == 1:
		return c.Env.LazyFlush.Load(), nil
	case len(c.Args) == 2 && c.Is(1, "sync"):
		return false, nil
	case len(c.Args) == 2 && c.Is(1, "async"):
		return true, nil
	}
	return false, ErrSyntax
}

func flushdbCommand(c *Ctx) error {
	async, err := flushAsync(c)
	if err != nil {
		return err
	}
	n := c.DB.Len()
	c.DB.Flush(async, c.LogNow)
	c.flushed(c.DB.Index, n)
	c.Reply.OK()
	return nil
}

func flushallCommand(c *Ctx) error {
	async, err := flushAsync(c)
	if err != nil {
		return err
	}
	if c.OnLoop && c.Env.FlushSaves.Load() {
		return ErrOffload
	}
	n := int64(0)
	for i := range c.DB.Store().Databases() {
		db := c.DBAt(i)
		n += db.Len()
	}
	c.DB.Store().FlushAll(async, c.DB.Locked, c.LogNow)
	c.flushed(-1, n)
	if c.Env.FlushedAll != nil {
		c.Env.FlushedAll(c)
	}
	c.Reply.OK()
	return nil
}

func (c *Ctx) flushed(db int, keys int64) {
	c.Dirty += keys
	if c.Env.Observed.Load() && c.Env.Flushed != nil {
		c.Env.Flushed(c, db)
	}
}

func swapdbCommand(c *Ctx) error {
	a, err := c.Int32(1, "ERR invalid first DB index")
	if err != nil {
		return err
	}
	b, err := c.Int32(2, "ERR invalid second DB index")
	if err != nil {
		return err
	}
	if n := c.DB.Store().Databases(); a < 0 || a >= n || b < 0 || b >= n {
		return ErrDBIndex
	}
	c.Dirty++
	if a != b {
		c.DB.Store().SwapDB(a, b, c.DB.Locked, func() {
			c.LogNow()
			if c.Env.Observed.Load() && c.Env.Swapped != nil {
				c.Env.Swapped(c, a, b)
			}
		})
	}
	c.Reply.OK()
	return nil
}

func timeCommand(c *Ctx) error {
	us := time.Now().UnixMicro()
	c.Reply.Array(2)
	c.Reply.BulkInt(us / 1e6)
	c.Reply.BulkInt(us % 1e6)
	return nil
}
