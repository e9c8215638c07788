package server

import (
	"radish/command"
)

// connectionSpecs are the rows of group connection, and MONITOR.
func (s *Server) connectionSpecs() []command.Spec {
	const g = command.GroupConnection
	const greet = command.NoScript | command.Loading | command.Stale | command.Fast | command.NoAuth | command.AllowBusy
	return []command.Spec{
		{Name: "auth", Arity: -2, Flags: greet | command.Sentinel, Group: g, Since: "1.0.0", Handler: s.cmdAuth,
			Summary: "Proves with a password who the client is.", Complexity: "O(N) in the number of passwords of the user",
			Syntax: "[username]@6.0.0 password", History: []string{"6.0.0 A user name may precede the password."}},
		{Name: "hello", Arity: -1, Flags: greet | command.Sentinel, Group: g, Since: "6.0.0", Handler: s.cmdHello,
			Summary: "Chooses the protocol of the connection, and tells about the server.", Complexity: "O(1)",
			Syntax:  "arguments:[protover [AUTH username password] [SETNAME clientname]]",
			History: []string{"6.2.0 `protover` may be left out, to learn about the connection as it is."}},
		{Name: "reset", Arity: 1, Flags: greet, Group: g, Since: "6.2.0", Handler: s.cmdReset,
			Summary: "Makes the connection as good as new.", Complexity: "O(1)"},
		{Name: "quit", Arity: -1, Flags: greet, Group: g, Since: "1.0.0", Handler: s.cmdQuit,
			Summary: "Ends the connection.", Complexity: "O(1)", Deprecated: "7.2.0", ReplacedBy: "just closing the connection"},
		{Name: "select", Arity: 2, Flags: command.Loading | command.Stale | command.Fast, Group: g, Since: "1.0.0", Handler: s.cmdSelect,
			Summary: "Chooses the database of the connection.", Complexity: "O(1)", Syntax: "index"},
		{Name: "echo", Arity: 2, Flags: command.Loading | command.Stale | command.Fast | command.Instant, Group: g, Since: "1.0.0", Handler: s.cmdEcho,
			Summary: "Replies what it is given.", Complexity: "O(1)", Syntax: "message"},
		{Name: "ping", Arity: -1, Flags: command.Fast | command.Sentinel | command.Instant, Group: g, Since: "1.0.0", Handler: s.cmdPing,
			Summary: "Answers, to show that the server lives.", Complexity: "O(1)", Syntax: "[message]",
			Tips: []string{"request_policy:all_shards", "response_policy:all_succeeded"}},
		s.clientSpec(),
		s.monitorSpec(),
	}
}

func (s *Server) cmdPing(c *command.Ctx) error {
	if len(c.Args) > 2 {
		return wrongArity(c.Spec)
	}
	var message []byte
	if len(c.Args) == 2 {
		message = c.Args[1]
	}
	cl := c.Client.(*Client)
	switch {
	case cl.gates&gateSubscribe != 0 && cl.proto == 2:
		// Among messages a status would not be told from them.
		c.Reply.Array(2)
		c.Reply.BulkString("pong")
		c.Reply.Bulk(message)
	case message != nil:
		c.Reply.Bulk(message)
	default:
		c.Reply.SimpleString("PONG")
	}
	return nil
}

func (s *Server) cmdEcho(c *command.Ctx) error {
	c.Reply.Bulk(c.Args[1])
	return nil
}

func (s *Server) cmdSelect(c *command.Ctx) error {
	i, err := c.DBIndex(1)
	if err != nil {
		return err
	}
	if cl := c.Client.(*Client); cl.waiting != waitWorker {
		cl.db = i
	} else {
		cl.own(func() { cl.db = i })
	}
	c.Reply.OK()
	return nil
}

// cmdQuit answers and has the connection closed when the client has the answer. What the client has sent
// behind it is not run.
func (s *Server) cmdQuit(c *command.Ctx) error {
	c.Reply.OK()
	if cl := c.Client.(*Client); cl.conn != nil {
		cl.conn.CloseSoon()
	}
	return nil
}

// cmdReset puts the client into the state of a new connection. The names of the client library stay, and
// CLIENT REPLY SKIP still holds back this reply.
func (s *Server) cmdReset(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if cl.monitor {
		s.removeMonitor(cl)
		cl.monitor = false
		cl.gates &^= gateMonitor
	}
	s.endMulti(cl)
	cl.unsubscribeAll()
	s.setTracking(cl, nil)
	if cl.reply != replySkip {
		cl.reply = replyOn
		cl.gates &^= gateReplyOff
	}
	cl.db, cl.proto, c.Reply.Proto = 0, 2, 2
	cl.name = ""
	cl.noEvict, cl.noTouch = false, false
	s.loseAuthentication(cl)
	c.Reply.SimpleString("RESET")
	return nil
}
