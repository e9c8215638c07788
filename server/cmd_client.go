package server

import (
	"math"
	"slices"
	"strings"

	"radish/command"
)

// clientBase are the flags of most subcommands of CLIENT.
const clientBase = command.NoScript | command.Loading | command.Stale | command.Sentinel

// clientSpec is the row of CLIENT. The subcommands that ask other loops' clients, or that must hear from
// every loop, run on a worker.
func (s *Server) clientSpec() command.Spec {
	return command.Spec{Name: "client", Arity: -2, Flags: command.Sentinel, Group: command.GroupConnection, Since: "2.4.0",
		Summary: "Everything about connections.", Complexity: "That of the subcommand",
		Sub: slices.Concat(s.clientOwnSpecs(), s.clientTrackingSpecs(), s.clientOthersSpecs())}
}

// clientOwnSpecs are the subcommands about the client's own connection.
func (s *Server) clientOwnSpecs() []command.Spec {
	const g = command.GroupConnection
	onAllNodes := []string{"request_policy:all_nodes", "response_policy:all_succeeded"}
	return []command.Spec{
		{Name: "getname", Arity: 2, Flags: clientBase, Group: g, Since: "2.6.9", Handler: s.cmdClientGetname,
			Summary: "Replies the name that the connection was given.", Complexity: "O(1)"},
		{Name: "help", Arity: 2, Flags: command.Loading | command.Stale | command.Sentinel, Group: g, Since: "5.0.0", Handler: clientHelp,
			Summary: "Explains the subcommands.", Complexity: "O(1)"},
		{Name: "id", Arity: 2, Flags: clientBase, Group: g, Since: "5.0.0", Handler: s.cmdClientID,
			Summary: "Replies the number of the connection.", Complexity: "O(1)"},
		{Name: "info", Arity: 2, Flags: clientBase, Group: g, Since: "6.2.0", Handler: s.cmdClientInfo,
			Summary: "Describes the connection.", Complexity: "O(1)", Tips: []string{"nondeterministic_output"}},
		{Name: "no-evict", Arity: 3, Flags: clientBase | command.Admin, Group: g, Since: "7.0.0", Handler: s.cmdClientNoEvict,
			Summary: "Says whether the connection may be ended when clients hold too much memory.", Complexity: "O(1)", Syntax: "enabled:<ON|OFF>"},
		{Name: "no-touch", Arity: 3, Flags: clientBase &^ command.Sentinel, Group: g, Since: "7.2.0", Handler: s.cmdClientNoTouch,
			Summary: "Says whether the connection's commands count as uses of the keys that they reach.", Complexity: "O(1)", Syntax: "enabled:<ON|OFF>"},
		{Name: "reply", Arity: 3, Flags: clientBase, Group: g, Since: "3.2.0", Handler: s.cmdClientReply,
			Summary: "Says whether the connection wants replies.", Complexity: "O(1)", Syntax: "action:<ON|OFF|SKIP>"},
		{Name: "setinfo", Arity: 4, Flags: clientBase, Group: g, Since: "7.2.0", Handler: s.cmdClientSetinfo,
			Summary: "Tells the server which library the client uses.", Complexity: "O(1)",
			Syntax: `attr:<"LIB-NAME" libname|"LIB-VER" libver>`, Tips: onAllNodes},
		{Name: "setname", Arity: 3, Flags: clientBase, Group: g, Since: "2.6.9", Handler: s.cmdClientSetname,
			Summary: "Gives the connection a name.", Complexity: "O(1)", Syntax: "connection-name", Tips: onAllNodes},
	}
}

// clientOthersSpecs are the subcommands about other clients.
func (s *Server) clientOthersSpecs() []command.Spec {
	const g = command.GroupConnection
	const flags = clientBase | command.Admin
	return []command.Spec{
		{Name: "kill", Arity: -3, Flags: flags | command.Worker, Group: g, Since: "2.4.0", Handler: s.cmdClientKill,
			Summary: "Ends connections.", Complexity: "O(N) in the number of connections",
			Syntax: `filter:<old-format(ip:port)@-2.8.12|<new-format:<[ID client-id]@2.8.12|` +
				`[TYPE client-type:<NORMAL|MASTER@3.2.0|SLAVE|REPLICA@5.0.0|PUBSUB>]@2.8.12|[USER username]|` +
				`[ADDR addr(ip:port)]|[LADDR laddr(ip:port)]@6.2.0|[SKIPME skipme:<YES|NO>]|[MAXAGE maxage:integer]@7.4.0> ...>>`,
			History: []string{
				"2.8.12 Filters came beside the address alone.",
				"2.8.12 The filter `ID` came.",
				"3.2.0 The filter `TYPE` takes `master`.",
				"5.0.0 The filter `TYPE` takes `replica`, which `slave` means too.",
				"6.2.0 The filter `LADDR` came.",
				"7.4.0 The filter `MAXAGE` came.",
			}},
		{Name: "list", Arity: -2, Flags: flags | command.Worker, Group: g, Since: "2.4.0", Handler: s.cmdClientList,
			Summary: "Describes all connections, or some.", Complexity: "O(N) in the number of connections",
			Syntax: `[TYPE client-type:<NORMAL|MASTER|REPLICA|PUBSUB>]@5.0.0 [ID client-id [client-id ...]]@6.2.0`,
			Tips:   []string{"nondeterministic_output"},
			History: []string{
				"2.8.12 The field `id` came.",
				"5.0.0 The filter `TYPE` came.",
				"6.0.0 The field `user` came.",
				"6.2.0 The fields `argv-mem`, `tot-mem`, `laddr` and `redir` came, and the filter `ID`.",
				"7.0.0 The fields `resp`, `multi-mem`, `rbs` and `rbp` came.",
				"7.0.3 The field `ssub` came.",
			}},
		{Name: "pause", Arity: -3, Flags: flags | command.Worker, Group: g, Since: "3.0.0", Handler: s.cmdClientPause,
			Summary: "Holds back commands for a while.", Complexity: "O(1)", Syntax: "timeout mode:[WRITE|ALL]@6.2.0",
			History: []string{"6.2.0 The option `mode` came, and with it `WRITE`."}},
		{Name: "unblock", Arity: -3, Flags: flags | command.Worker, Group: g, Since: "5.0.0", Handler: s.cmdClientUnblock,
			Summary: "Ends the waiting of a client's blocking command.", Complexity: "O(1) for each event loop",
			Syntax: "client-id unblock-type:[TIMEOUT|ERROR]"},
		{Name: "unpause", Arity: 2, Flags: flags, Group: g, Since: "6.2.0", Handler: s.cmdClientUnpause,
			Summary: "Ends CLIENT PAUSE.", Complexity: "O(N) in the number of clients that were held"},
	}
}

func clientHelp(c *command.Ctx) error {
	return c.ReplyHelp(
		"CACHING (YES|NO)",
		"    Track the keys of the next command, or do not, with TRACKING ... OPTIN or OPTOUT.",
		"GETNAME",
		"    Show the name of this connection.",
		"GETREDIR",
		"    Show the id of the connection that is told of changed keys instead of this one.",
		"ID",
		"    Show the id of this connection.",
		"INFO",
		"    Describe this connection.",
		"KILL <ip:port>",
		"    End the connection from an address.",
		"KILL <option> <value> [<option> <value> [...]]",
		"    End the connections for which all options hold:",
		"    * ID <client-id>",
		"      The connection has this id.",
		"    * ADDR (<ip:port>|<unixsocket>:0)",
		"      It comes from this address.",
		"    * LADDR (<ip:port>|<unixsocket>:0)",
		"      It was made to this address of the server.",
		"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
		"      It is of this type.",
		"    * USER <username>",
		"      It is authenticated as this user.",
		"    * SKIPME (YES|NO)",
		"      Spare this connection (the default is yes).",
		"    * MAXAGE <maxage>",
		"      It was made at least so many seconds ago.",
		"LIST [options ...]",
		"    Describe the connections, a line each. Options:",
		"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
		"      Those of one type.",
		"    * ID <client-id> [<client-id> [...]]",
		"      Those with these ids.",
		"NO-EVICT (ON|OFF)",
		"    Exempt this connection from maxmemory-clients, or not.",
		"NO-TOUCH (ON|OFF)",
		"    Let this connection's commands not count as uses of keys, or let them.",
		"PAUSE <timeout> [WRITE|ALL]",
		"    Hold back commands (those that write, or all) for <timeout> milliseconds.",
		"REPLY (ON|OFF|SKIP)",
		"    Send replies to this connection, send none, or leave the next one out.",
		"SETINFO <option> <value>",
		"    Describe the client's library. Options:",
		"    * LIB-NAME: its name.",
		"    * LIB-VER: its version.",
		"SETNAME <name>",
		"    Name this connection.",
		"TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]] [OPTIN] [OPTOUT] [NOLOOP]",
		"    Have the server tell when keys change that this connection may have cached.",
		"TRACKINGINFO",
		"    Show how this connection tracks keys.",
		"UNBLOCK <client-id> [TIMEOUT|ERROR]",
		"    End the blocking command of a client, as a timeout or an error would.",
		"UNPAUSE",
		"    End the pause, so that what was held back goes on.")
}

func (s *Server) cmdClientGetname(c *command.Ctx) error {
	if cl := c.Client.(*Client); cl.name != "" {
		c.Reply.BulkString(cl.name)
	} else {
		c.Reply.Null()
	}
	return nil
}

func (s *Server) cmdClientID(c *command.Ctx) error {
	c.Reply.Int(int64(c.Client.(*Client).ID))
	return nil
}

func (s *Server) cmdClientInfo(c *command.Ctx) error {
	cl := c.Client.(*Client)
	var line []byte
	cl.own(func() { line = cl.loop.appendDescription(nil, cl, c) })
	c.Reply.Verbatim("txt", append(line, '\n'))
	return nil
}

func (s *Server) cmdClientSetname(c *command.Ctx) error {
	if !validAttribute(c.Args[2]) {
		return errClientName
	}
	cl, name := c.Client.(*Client), c.Arg(2)
	cl.own(func() { cl.name = name })
	c.Reply.OK()
	return nil
}

func (s *Server) cmdClientSetinfo(c *command.Ctx) error {
	cl := c.Client.(*Client)
	field := &cl.libName
	switch {
	case c.Is(2, "lib-name"):
	case c.Is(2, "lib-ver"):
		field = &cl.libVer
	default:
		return command.Error("ERR Unrecognized option '" + cText(c.Args[2]) + "'")
	}
	if !validAttribute(c.Args[3]) {
		return command.Error("ERR " + cText(c.Args[2]) + " cannot contain spaces, newlines or special characters.")
	}
	value := c.Arg(3)
	cl.own(func() { *field = value })
	c.Reply.OK()
	return nil
}

// validAttribute says whether a name leaves the fields of CLIENT LIST apart: printable ASCII without blanks,
// as far as it is shown.
func validAttribute(b []byte) bool {
	for _, ch := range []byte(cText(b)) {
		if ch < '!' || ch > '~' {
			return false
		}
	}
	return true
}

func (s *Server) cmdClientNoEvict(c *command.Ctx) error {
	return switchClient(c, func(cl *Client, on bool) { cl.noEvict = on })
}

func (s *Server) cmdClientNoTouch(c *command.Ctx) error {
	return switchClient(c, func(cl *Client, on bool) { cl.noTouch = on })
}

// switchClient runs a subcommand whose argument is ON or OFF.
func switchClient(c *command.Ctx, set func(cl *Client, on bool)) error {
	on := c.Is(2, "on")
	if !on && !c.Is(2, "off") {
		return command.ErrSyntax
	}
	cl := c.Client.(*Client)
	cl.own(func() { set(cl, on) })
	c.Reply.OK()
	return nil
}

// cmdClientReply is CLIENT REPLY. Only ON is answered; dispatch drops what is not wanted.
func (s *Server) cmdClientReply(c *command.Ctx) error {
	cl := c.Client.(*Client)
	var mode replyMode
	switch {
	case c.Is(2, "on"):
		mode = replyOn
		c.Reply.OK()
	case c.Is(2, "off"):
		mode = replyOff
	case c.Is(2, "skip"):
		if mode = replySkipNext; cl.reply == replyOff {
			mode = replyOff
		}
	default:
		return command.ErrSyntax
	}
	cl.own(func() {
		cl.reply = mode
		cl.gates &^= gateReplyOff
		if mode != replyOn {
			cl.gates |= gateReplyOff
		}
	})
	return nil
}

// subcommandSyntax is the error of a subcommand that is given too many arguments.
func subcommandSyntax(c *command.Ctx) error {
	sub := cText(c.Args[1])
	return command.Error("ERR unknown subcommand or wrong number of arguments for '" + sub[:min(len(sub), 128)] + "'. Try " +
		strings.ToUpper(cText(c.Args[0])) + " HELP.")
}

// cmdClientPause is CLIENT PAUSE. When it answers, no loop runs a command any more that the pause holds back.
func (s *Server) cmdClientPause(c *command.Ctx) error {
	if len(c.Args) > 4 {
		return subcommandSyntax(c)
	}
	all := true
	if len(c.Args) == 4 {
		if all = c.Is(3, "all"); !all && !c.Is(3, "write") {
			return command.Error("ERR CLIENT PAUSE mode must be WRITE or ALL")
		}
	}
	ms, err := c.Int(2)
	switch {
	case err != nil:
		return command.Error("ERR timeout is not an integer or out of range")
	case ms < 0:
		return command.Error("ERR timeout is negative")
	case ms > math.MaxInt64-c.DB.Now:
		return command.Error("ERR timeout is out of range")
	case ms > 0:
		ms += c.DB.Now
	}
	s.pauseClients(ms, all)
	s.eachLoop(func(*eventLoop) {})
	c.Reply.OK()
	return nil
}

func (s *Server) cmdClientUnpause(c *command.Ctx) error {
	s.unpauseClients()
	c.Reply.OK()
	return nil
}

// cmdClientUnblock is CLIENT UNBLOCK. A client that CLIENT PAUSE holds does not count as blocked.
func (s *Server) cmdClientUnblock(c *command.Ctx) error {
	if len(c.Args) > 4 {
		return subcommandSyntax(c)
	}
	failed := false
	if len(c.Args) == 4 {
		if failed = c.Is(3, "error"); !failed && !c.Is(3, "timeout") {
			return command.Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
		}
	}
	id, err := c.Int(2)
	if err != nil {
		return err
	}
	unblocked := int64(0)
	s.findClient(id, func(_ *eventLoop, cl *Client) {
		if cl.waiting == waitBlock && cl.loop.unblock(cl.wait, failed) {
			unblocked = 1
		}
	})
	c.Reply.Int(unblocked)
	return nil
}
