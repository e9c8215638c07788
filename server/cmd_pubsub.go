package server

import (
	"slices"

	"radish/command"
	"radish/internal/glob"
	"radish/pubsub"
	"radish/resp"
)

const errShardInMulti command.Error = "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"

// pubSubSpecs are the rows of group pubsub.
func (s *Server) pubSubSpecs() []command.Spec {
	const g = command.GroupPubSub
	const base = command.PubSub | command.Loading | command.Stale
	const listen, tell = base | command.NoScript, base | command.Fast | command.MayReplicate
	const all = command.Sentinel // but for shard channels
	shardKeys := func(last int) []command.KeySpec {
		return []command.KeySpec{{Flags: command.KeyNotKey, Begin: 1, Last: last, Step: 1}}
	}
	return []command.Spec{
		{Name: "subscribe", Arity: -2, Flags: listen | all, Group: g, Since: "2.0.0", Handler: s.subscribe(pubsub.Channel, "subscribe"),
			Summary: "Lets the client hear what is published to channels.", Complexity: "O(N) in the number of channels", Syntax: "channel [channel ...]"},
		{Name: "psubscribe", Arity: -2, Flags: listen | all, Group: g, Since: "2.0.0", Handler: s.subscribe(pubsub.Pattern, "psubscribe"),
			Summary: "Lets the client hear what is published to channels whose names match.", Complexity: "O(N) in the number of patterns", Syntax: "pattern [pattern ...]"},
		{Name: "ssubscribe", Arity: -2, Flags: listen, Group: g, Since: "7.0.0", Handler: s.subscribe(pubsub.Shard, "ssubscribe"), Keys: shardKeys(-1),
			Summary: "Lets the client hear what is published to shard channels.", Complexity: "O(N) in the number of shard channels", Syntax: "shardchannel [shardchannel ...]"},
		{Name: "unsubscribe", Arity: -1, Flags: listen | all, Group: g, Since: "2.0.0", Handler: s.unsubscribe(pubsub.Channel, "unsubscribe"),
			Summary: "Ends SUBSCRIBE.", Complexity: "O(N) in the number of channels", Syntax: "[channel ...]"},
		{Name: "punsubscribe", Arity: -1, Flags: listen | all, Group: g, Since: "2.0.0", Handler: s.unsubscribe(pubsub.Pattern, "punsubscribe"),
			Summary: "Ends PSUBSCRIBE.", Complexity: "O(N) in the number of patterns", Syntax: "[pattern ...]"},
		{Name: "sunsubscribe", Arity: -1, Flags: listen, Group: g, Since: "7.0.0", Handler: s.unsubscribe(pubsub.Shard, "sunsubscribe"), Keys: shardKeys(-1),
			Summary: "Ends SSUBSCRIBE.", Complexity: "O(N) in the number of shard channels", Syntax: "[shardchannel ...]"},
		{Name: "publish", Arity: 3, Flags: tell | all, Group: g, Since: "2.0.0", Handler: s.publish(pubsub.Channel),
			Summary: "Sends a message to all who have subscribed to a channel.", Complexity: "O(N+M) in the number of subscribers and of patterns that begin like the channel",
			Syntax: "channel message"},
		{Name: "spublish", Arity: 3, Flags: tell, Group: g, Since: "7.0.0", Handler: s.publish(pubsub.Shard), Keys: shardKeys(0),
			Summary: "Sends a message to all who have subscribed to a shard channel.", Complexity: "O(N) in the number of subscribers", Syntax: "shardchannel message"},
		s.pubSubSpec(),
	}
}

// pubSubSpec is the row of PUBSUB. What looks at all channels runs on a worker.
func (s *Server) pubSubSpec() command.Spec {
	const g = command.GroupPubSub
	const flags = command.PubSub | command.Loading | command.Stale
	return command.Spec{Name: "pubsub", Arity: -2, Group: g, Since: "2.8.0", Summary: "Tells about channels and who listens.", Complexity: "That of the subcommand",
		Sub: []command.Spec{
			{Name: "channels", Arity: -2, Flags: flags | command.Worker, Group: g, Since: "2.8.0", Handler: s.pubSubChannels(pubsub.Channel),
				Summary: "Lists the channels that somebody has subscribed to.", Complexity: "O(N) in the number of channels", Syntax: "[pattern]"},
			{Name: "help", Arity: 2, Flags: command.Loading | command.Stale, Group: g, Since: "6.2.0", Handler: pubSubHelp,
				Summary: "Explains the subcommands.", Complexity: "O(1)"},
			{Name: "numpat", Arity: 2, Flags: flags, Group: g, Since: "2.8.0", Handler: s.pubSubNumPat,
				Summary: "Counts the patterns that somebody has subscribed to.", Complexity: "O(1)"},
			{Name: "numsub", Arity: -2, Flags: flags, Group: g, Since: "2.8.0", Handler: s.pubSubNumSub(pubsub.Channel),
				Summary: "Counts the subscribers of channels.", Complexity: "O(N) in the number of channels asked for", Syntax: "[channel ...]"},
			{Name: "shardchannels", Arity: -2, Flags: flags | command.Worker, Group: g, Since: "7.0.0", Handler: s.pubSubChannels(pubsub.Shard),
				Summary: "Lists the shard channels that somebody has subscribed to.", Complexity: "O(N) in the number of shard channels", Syntax: "[pattern]"},
			{Name: "shardnumsub", Arity: -2, Flags: flags, Group: g, Since: "7.0.0", Handler: s.pubSubNumSub(pubsub.Shard),
				Summary: "Counts the subscribers of shard channels.", Complexity: "O(N) in the number of shard channels asked for", Syntax: "[shardchannel ...]"},
		}}
}

func pubSubHelp(c *command.Ctx) error {
	return c.ReplyHelp(
		"CHANNELS [<pattern>]",
		"    List the channels with subscribers, or those of them that match a pattern.",
		"NUMPAT",
		"    Count the patterns with subscribers.",
		"NUMSUB [<channel> ...]",
		"    Count the subscribers of channels, without those of patterns.",
		"SHARDCHANNELS [<pattern>]",
		"    List the shard channels with subscribers, or those of them that match a pattern.",
		"SHARDNUMSUB [<shardchannel> ...]",
		"    Count the subscribers of shard channels.")
}

// subscribe is the handler of SUBSCRIBE and its kin, which confirm each name by a message called word.
func (s *Server) subscribe(k pubsub.Kind, word string) command.Handler {
	return func(c *command.Ctx) error {
		if k == pubsub.Shard && c.Deny {
			return errShardInMulti // Redis lets EXEC run the others, for the sake of old clients
		}
		cl := c.Client.(*Client)
		cl.own(func() {
			if cl.closed.Load() {
				return
			}
			sub := cl.subscriber()
			for _, name := range c.Args[1:] {
				sub.Subscribe(k, name)
				cl.confirm(c, k, word, name)
			}
			cl.subscribed()
		})
		return nil
	}
}

// unsubscribe is the handler of UNSUBSCRIBE and its kin. Without names it ends all subscriptions of the kind, and confirms at least once.
func (s *Server) unsubscribe(k pubsub.Kind, word string) command.Handler {
	return func(c *command.Ctx) error {
		cl := c.Client.(*Client)
		cl.own(func() {
			if cl.closed.Load() {
				return
			}
			names := c.Args[1:]
			if len(names) == 0 && cl.sub != nil {
				for _, name := range cl.sub.Names(k) {
					names = append(names, []byte(name))
				}
			}
			for _, name := range names {
				if cl.sub != nil {
					cl.sub.Unsubscribe(k, name)
				}
				cl.confirm(c, k, word, name)
			}
			if len(names) == 0 {
				cl.confirm(c, k, word, nil)
			}
			cl.subscribed()
		})
		return nil
	}
}

// confirm tells the client of a change of its subscriptions; name nil: of none. It is a message, so that CLIENT REPLY does not hold it back.
// It stands behind the messages that came before the change, but within EXEC these must wait for the end.
func (c *Client) confirm(ctx *command.Ctx, k pubsub.Kind, word string, name []byte) {
	n := 0
	if c.sub != nil {
		if n = c.sub.Count(k); k != pubsub.Shard {
			n = c.sub.Count(pubsub.Channel) + c.sub.Count(pubsub.Pattern)
		}
	}
	w := ctx.Reply
	if c.gates&gateReplyOff != 0 {
		w = &resp.Writer{Proto: w.Proto}
		defer func() { c.hold(w.Buf) }()
	} else if len(c.held) > 0 && !ctx.Deny {
		w.Raw(c.takeHeld())
	}
	w.Push(3)
	w.BulkString(word)
	if name == nil {
		w.Null()
	} else {
		w.Bulk(name)
	}
	w.Int(int64(n))
}

// subscribed keeps what depends on the client's subscriptions.
func (c *Client) subscribed() {
	c.gates &^= gateSubscribe
	if len(c.held) > 0 {
		c.gates |= gateHeld
	}
	c.subs, c.psubs, c.ssubs = 0, 0, 0
	if c.sub != nil && c.sub.Any() {
		c.gates |= gateSubscribe
		c.subs, c.psubs, c.ssubs = c.sub.Count(pubsub.Channel), c.sub.Count(pubsub.Pattern), c.sub.Count(pubsub.Shard)
	}
	c.loop.countMem(c)
}

// unsubscribeAll ends all subscriptions without a word.
func (c *Client) unsubscribeAll() {
	if c.sub == nil {
		return
	}
	c.sub.UnsubscribeAll()
	c.subscribed()
}

// publish is the handler of PUBLISH and SPUBLISH.
func (s *Server) publish(k pubsub.Kind) command.Handler {
	return func(c *command.Ctx) error {
		from := s.loopOf(c)
		c.Reply.Int(int64(s.hub.Publish(from, k, c.Args[1], c.Args[2])))
		s.throttleFor(c, from)
		return nil
	}
}

func (s *Server) pubSubChannels(k pubsub.Kind) command.Handler {
	return func(c *command.Ctx) error {
		if len(c.Args) > 3 {
			return subcommandSyntax(c)
		}
		names := s.hub.Names(k, func(name string) bool {
			return len(c.Args) == 2 || glob.Match(c.Args[2], []byte(name), false)
		})
		slices.Sort(names)
		c.Reply.Array(len(names))
		for _, name := range names {
			c.Reply.BulkString(name)
		}
		return nil
	}
}

func (s *Server) pubSubNumPat(c *command.Ctx) error {
	c.Reply.Int(int64(s.hub.Topics(pubsub.Pattern)))
	return nil
}

func (s *Server) pubSubNumSub(k pubsub.Kind) command.Handler {
	return func(c *command.Ctx) error {
		c.Reply.Array(2 * (len(c.Args) - 2))
		for _, name := range c.Args[2:] {
			c.Reply.Bulk(name)
			c.Reply.Int(int64(s.hub.NumSub(k, name)))
		}
		return nil
	}
}
