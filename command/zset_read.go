package command

// ZCARD key
func zcardCommand(c *Ctx) error {
	e, err := findZSet(c, 0)
	if err == nil {
		c.Reply.Int(int64(e.ZLen()))
	}
	return err
}

// ZSCORE key member
func zscoreCommand(c *Ctx) error {
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	if score, ok := e.ZScore(c.Args[2]); ok {
		c.Reply.Double(score)
	} else {
		c.Reply.Null()
	}
	return nil
}

// ZMSCORE key member [member ...]
func zmscoreCommand(c *Ctx) error {
	if c.Offload((len(c.Args) - 2) * zsetWork) {
		return ErrOffload
	}
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	c.Reply.Array(len(c.Args) - 2)
	for _, m := range c.Args[2:] {
		if score, ok := e.ZScore(m); ok {
			c.Reply.Double(score)
		} else {
			c.Reply.Null()
		}
	}
	return nil
}

// ZRANK key member [WITHSCORE]
func zrankCommand(c *Ctx) error { return zrank(c, false) }

// ZREVRANK key member [WITHSCORE]
func zrevrankCommand(c *Ctx) error { return zrank(c, true) }

func zrank(c *Ctx, rev bool) error {
	with := false
	switch {
	case len(c.Args) > 4:
		return Error("ERR wrong number of arguments for '" + c.Spec.FullName() + "' command")
	case len(c.Args) == 4:
		if with = c.Is(3, "withscore"); !with {
			return ErrSyntax
		}
	}
	e, err := findZSet(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	if e.Ok() {
		if rank, score, ok := e.ZRank(c.Args[2], rev); ok {
			if with {
				w.Array(2)
			}
			w.Int(int64(rank))
			if with {
				w.Double(score)
			}
			return nil
		}
	}
	if with {
		w.NullArray()
	} else {
		w.Null()
	}
	return nil
}

// ZCOUNT key min max
func zcountCommand(c *Ctx) error {
	r, err := parseScoreRange(c.Args[2], c.Args[3])
	if err != nil {
		return err
	}
	e, err := findZSet(c, 0)
	if err == nil {
		_, n := e.ZScoreSpan(&r)
		c.Reply.Int(int64(n))
	}
	return err
}

// ZLEXCOUNT key min max
func zlexcountCommand(c *Ctx) error {
	r, err := parseLexRange(c.Args[2], c.Args[3])
	if err != nil {
		return err
	}
	e, err := findZSet(c, 0)
	if err == nil {
		_, n := e.ZLexSpan(&r)
		c.Reply.Int(int64(n))
	}
	return err
}
