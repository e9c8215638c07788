package command

// Help is Ctx.ReplyHelp, for handlers that do more than that.
func Help(c *Ctx, lines ...string) { _ = c.ReplyHelp(lines...) }
