package server

import (
	"fmt"
	"sync"
	"time"

	"radish/command"
)

// slowLog keeps the last commands that took long. New entries come first.
type slowLog struct {
	mu      sync.Mutex
	entries []slowEntry // oldest first
	nextID  int64
}

type slowEntry struct {
	id     int64
	unix   int64 // s
	tookNs int64
	args   [][]byte
	addr   string
	name   string
}

// An entry shows at most slowMaxArgs arguments of slowMaxArg bytes, as in Redis.
const (
	slowMaxArgs = 32
	slowMaxArg  = 128
)

// slow is told of a command that took at least slowAbove: the slow log and the latency monitor have limits
// of their own.
func (s *Server) slow(cl *Client, spec *command.Spec, args [][]byte, took int64) {
	v := s.cfg.Load()
	event := eventCommand
	if spec.Flags&command.Fast != 0 {
		event = eventFastCommand
	}
	s.spike(event, took)
	if v.SlowlogLogSlowerThan < 0 || took/1000 < v.SlowlogLogSlowerThan || spec.Flags&command.SkipSlowlog != 0 {
		return
	}
	e := slowEntry{unix: time.Now().Unix(), tookNs: took, args: slowArgs(s.redact(spec, args)), addr: cl.addr, name: cl.name}
	log := &s.slowlog
	log.mu.Lock()
	defer log.mu.Unlock()
	e.id = log.nextID
	log.nextID++
	log.entries = append(log.entries, e)
	log.trim(v.SlowlogMaxLen)
}

func (log *slowLog) trim(limit int64) {
	if over := int64(len(log.entries)) - limit; over > 0 {
		clear(log.entries[:over])
		log.entries = log.entries[over:] // append makes room again, once for many
	}
}

// slowArgs copies arguments, cut to what an entry shows.
func slowArgs(args [][]byte) [][]byte {
	n := min(len(args), slowMaxArgs)
	out := make([][]byte, n)
	for i := range out {
		switch a := args[i]; {
		case i == slowMaxArgs-1 && len(args) > slowMaxArgs:
			out[i] = fmt.Appendf(nil, "... (%d more arguments)", len(args)-slowMaxArgs+1)
		case len(a) > slowMaxArg:
			out[i] = fmt.Appendf(nil, "%s... (%d more bytes)", a[:slowMaxArg], len(a)-slowMaxArg)
		default:
			out[i] = append([]byte(nil), a...)
		}
	}
	return out
}

// redact replaces passwords among arguments, for the slow log and MONITOR. It returns args itself if there
// is nothing to hide.
func (s *Server) redact(spec *command.Spec, args [][]byte) [][]byte {
	var hide []int
	switch spec.FullName() {
	case "auth":
		for i := 1; i < len(args); i++ {
			hide = append(hide, i)
		}
	case "hello":
		for i := 2; i < len(args); i++ {
			switch {
			case command.EqualFold(args[i], "setname"):
				i++
			case command.EqualFold(args[i], "auth"):
				for end := min(i+2, len(args)-1); i < end; {
					i++
					hide = append(hide, i)
				}
			}
		}
	case "config|set":
		for i := 2; i+1 < len(args); i += 2 {
			if s.cfg.Sensitive(string(args[i])) {
				hide = append(hide, i+1)
			}
		}
	case "migrate":
		hide = migrateSecrets(args)
	case "acl|setuser", "acl|deluser":
		for i := 2; i < len(args); i++ {
			hide = append(hide, i)
		}
	}
	if hide == nil {
		return args
	}
	out := append([][]byte(nil), args...)
	for _, i := range hide {
		out[i] = []byte("(redacted)")
	}
	return out
}

func (s *Server) slowlogSpecs() []command.Spec {
	const g = command.GroupServer
	const flags = command.Admin | command.Loading | command.Stale
	return []command.Spec{{Name: "slowlog", Arity: -2, Group: g, Since: "2.2.12",
		Summary: "A container for slow log commands.", Complexity: "Depends on subcommand.",
		Sub: []command.Spec{
			{Name: "get", Arity: -2, Flags: flags, Group: g, Since: "2.2.12", Handler: s.cmdSlowlogGet, Syntax: "[count]",
				Summary: "Shows the last commands that took long.", Complexity: "O(N) in the number of entries shown",
				Tips:    []string{"request_policy:all_nodes", "nondeterministic_output"},
				History: []string{"4.0.0 Added client IP address, port and name to the reply."}},
			{Name: "help", Arity: 2, Flags: command.Loading | command.Stale, Group: g, Since: "6.2.0", Handler: slowlogHelp,
				Summary: "Explains the subcommands.", Complexity: "O(1)"},
			{Name: "len", Arity: 2, Flags: flags, Group: g, Since: "2.2.12", Handler: s.cmdSlowlogLen,
				Summary: "Counts the entries of the slow log.", Complexity: "O(1)",
				Tips: []string{"request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"}},
			{Name: "reset", Arity: 2, Flags: flags, Group: g, Since: "2.2.12", Handler: s.cmdSlowlogReset,
				Summary: "Empties the slow log.", Complexity: "O(N) in the number of entries",
				Tips: []string{"request_policy:all_nodes", "response_policy:all_succeeded"}},
		}}}
}

func slowlogHelp(c *command.Ctx) error {
	return c.ReplyHelp("GET [<count>]",
		"    Show the newest <count> entries (10 unless told; -1: all), each made of",
		"    id, unix time, microseconds, arguments, client address and client name.",
		"LEN",
		"    Count the entries.",
		"RESET",
		"    Forget all entries.")
}

func (s *Server) cmdSlowlogGet(c *command.Ctx) error {
	if len(c.Args) > 3 {
		return subcommandSyntax(c)
	}
	count := int64(10)
	if len(c.Args) == 3 {
		var err error
		if count, err = c.Int(2); err != nil || count < -1 {
			return command.Error("ERR count should be greater than or equal to -1")
		}
	}
	log := &s.slowlog
	log.mu.Lock()
	n := int64(len(log.entries))
	if count == -1 || count > n {
		count = n
	}
	list := append([]slowEntry(nil), log.entries[n-count:]...)
	log.mu.Unlock()
	c.Reply.Array(len(list))
	for i := len(list) - 1; i >= 0; i-- {
		e := &list[i]
		c.Reply.Array(6)
		c.Reply.Int(e.id)
		c.Reply.Int(e.unix)
		c.Reply.Int(e.tookNs / 1000)
		c.Reply.Array(len(e.args))
		for _, a := range e.args {
			c.Reply.Bulk(a)
		}
		c.Reply.BulkString(e.addr)
		c.Reply.BulkString(e.name)
	}
	return nil
}

func (s *Server) cmdSlowlogLen(c *command.Ctx) error {
	s.slowlog.mu.Lock()
	defer s.slowlog.mu.Unlock()
	c.Reply.Int(int64(len(s.slowlog.entries)))
	return nil
}

func (s *Server) cmdSlowlogReset(c *command.Ctx) error {
	s.slowlog.mu.Lock()
	s.slowlog.entries = nil
	s.slowlog.mu.Unlock()
	c.Reply.OK()
	return nil
}
