package server

import (
	"radish/command"
	"radish/config"
)

func (s *Server) configSpecs() []command.Spec {
	const g = command.GroupServer
	const flags = command.Admin | command.NoScript | command.Loading | command.Stale
	return []command.Spec{{Name: "config", Arity: -2, Group: g, Since: "2.0.0",
		Summary: "A container for server configuration commands.", Complexity: "Depends on subcommand.",
		Sub: []command.Spec{
			{Name: "get", Arity: -3, Flags: flags, Group: g, Since: "2.0.0", Handler: s.cmdConfigGet,
				Summary: "Shows directives and their values.", Complexity: "O(N) in the number of directives",
				Syntax: "parameter [parameter ...]", History: []string{"7.0.0 Added the ability to pass multiple pattern parameters in one call"}},
			{Name: "help", Arity: 2, Flags: command.Loading | command.Stale, Group: g, Since: "5.0.0", Handler: configHelp,
				Summary: "Explains the subcommands.", Complexity: "O(1)"},
			{Name: "resetstat", Arity: 2, Flags: flags | command.Worker, Group: g, Since: "2.0.0", Handler: s.cmdConfigResetStat,
				Summary: "Sets the counters of INFO to zero.", Complexity: "O(1)",
				Tips: []string{"request_policy:all_nodes", "response_policy:all_succeeded"}},
			{Name: "rewrite", Arity: 2, Flags: flags | command.Worker, Group: g, Since: "2.8.0", Handler: s.cmdConfigRewrite,
				Summary: "Writes the values in force into the configuration file.", Complexity: "O(1)",
				Tips: []string{"request_policy:all_nodes", "response_policy:all_succeeded"}},
			{Name: "set", Arity: -4, Flags: flags | command.Worker, Group: g, Since: "2.0.0", Handler: s.cmdConfigSet,
				Summary: "Changes directives, all of those named or none.", Complexity: "O(N) in the number of directives named",
				Syntax: "parameter value [parameter value ...]", Tips: []string{"request_policy:all_nodes", "response_policy:all_succeeded"},
				History: []string{"7.0.0 Added the ability to set multiple parameters in one call."}},
		}}}
}

func configHelp(c *command.Ctx) error {
	return c.ReplyHelp("GET <pattern> [<pattern> ...]",
		"    Show the directives that match a pattern, and their values.",
		"SET <directive> <value> [<directive> <value> ...]",
		"    Change directives, all or none.",
		"RESETSTAT",
		"    Set the counters of INFO to zero.",
		"REWRITE",
		"    Write the values in force into the configuration file.")
}

func (s *Server) cmdConfigGet(c *command.Ctx) error {
	var patterns []string
	for _, a := range c.Args[2:] {
		patterns = append(patterns, string(a))
	}
	found := s.cfg.Get(patterns...)
	c.Reply.Map(len(found))
	for _, kv := range found {
		c.Reply.BulkString(kv[0])
		c.Reply.BulkString(kv[1])
	}
	return nil
}

func (s *Server) cmdConfigSet(c *command.Ctx) error {
	if len(c.Args)%2 != 0 {
		return command.ErrSyntax
	}
	var pairs [][2]string
	for i := 2; i+1 < len(c.Args); i += 2 {
		pairs = append(pairs, [2]string{string(c.Args[i]), string(c.Args[i+1])})
	}
	cl := c.Client.(*Client)
	if c.Deny {
		s.saving.inExec.Store(true)
		defer s.saving.inExec.Store(false)
	}
	if err := s.cfg.Set(pairs, config.SetOptions{Local: cl.isLocal(), Loading: s.gates.Load()&uint32(gateLoading) != 0}); err != nil {
		return command.Error(err.Error())
	}
	c.Reply.OK()
	return nil
}

func (s *Server) cmdConfigRewrite(c *command.Ctx) error {
	if err := s.cfg.Rewrite(false); err != nil {
		s.log.Warningf("CONFIG REWRITE failed: %v", err)
		return command.Error(err.Error())
	}
	s.log.Noticef("CONFIG REWRITE executed with success.")
	c.Reply.OK()
	return nil
}

func (s *Server) cmdConfigResetStat(c *command.Ctx) error {
	s.resetStats()
	c.Reply.OK()
	return nil
}
