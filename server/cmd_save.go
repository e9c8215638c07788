package server

import "radish/command"

func (s *Server) savingSpecs() []command.Spec {
	const g = command.GroupServer
	return []command.Spec{
		{Name: "save", Arity: 1, Flags: command.Admin | command.NoScript | command.NoAsyncLoading | command.NoMulti | command.Worker, Group: g, Since: "1.0.0",
			Handler: s.cmdSave, Summary: "Writes all data to the file of the snapshot, and replies when that is done.", Complexity: "O(N) in the number of keys"},
		{Name: "bgsave", Arity: -1, Flags: command.Admin | command.NoScript | command.NoAsyncLoading | command.Worker, Group: g, Since: "1.0.0",
			Handler: s.cmdBgsave, Summary: "Begins to write all data to the file of the snapshot, in the background.", Complexity: "O(1)",
			Syntax: "[SCHEDULE]@3.2.2", History: []string{"3.2.2 Added the SCHEDULE option."}},
		{Name: "bgrewriteaof", Arity: 1, Flags: command.Admin | command.NoScript | command.NoAsyncLoading | command.Worker, Group: g, Since: "1.0.0",
			Handler: s.cmdBgrewriteaof, Summary: "Begins to rewrite the append only file, in the background: with a new base, it becomes as short as can be.",
			Complexity: "O(1)"},
		{Name: "lastsave", Arity: 1, Flags: command.Loading | command.Stale | command.Fast, Acl: command.CatAdmin | command.CatDangerous,
			Group: g, Since: "1.0.0", Handler: s.cmdLastsave,
			Summary: "Tells when the data were last saved, in Unix time.", Complexity: "O(1)", Tips: []string{"nondeterministic_output"}},
	}
}

// cmdSave is SAVE. Others are served meanwhile.
func (s *Server) cmdSave(c *command.Ctx) error {
	err := s.save()
	if err == errSaveRuns {
		return err
	}
	s.saving.saves.Add(1)
	if err != nil {
		return errSaveFailed
	}
	c.Reply.OK()
	return nil
}

const errOtherRuns command.Error = "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible."

// cmdBgsave is BGSAVE. Inside EXEC, which holds locks, it is scheduled, as in Redis.
func (s *Server) cmdBgsave(c *command.Ctx) error {
	if len(c.Args) > 2 || len(c.Args) == 2 && !c.Is(1, "schedule") {
		return command.ErrSyntax
	}
	if c.Deny {
		s.saving.scheduled.Store(true)
		c.Reply.SimpleString("Background saving scheduled")
		return nil
	}
	switch err := s.saveInBackground(); err {
	case nil:
	case errSaveRuns:
		return err
	case errRewriteRuns:
		if len(c.Args) == 1 {
			return errOtherRuns
		}
		s.saving.scheduled.Store(true)
		c.Reply.SimpleString("Background saving scheduled")
		return nil
	default:
		return errSaveFailed
	}
	c.Reply.SimpleString("Background saving started")
	return nil
}

// cmdLastsave replies the time of the last save; before the first one that of the start, as Redis does.
func (s *Server) cmdLastsave(c *command.Ctx) error {
	c.Reply.Int(s.saving.saver.Info().LastSave.Unix())
	return nil
}
