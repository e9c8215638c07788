package server

import "radish/command"

// adminSpecs are rows about what this version has no more to say of: it is a master without replicas.
func (s *Server) adminSpecs() []command.Spec {
	const g = command.GroupServer
	return []command.Spec{
		{Name: "role", Arity: 1, Flags: command.NoScript | command.Loading | command.Stale | command.Fast | command.Sentinel,
			Acl: command.CatAdmin | command.CatDangerous, Group: g, Since: "2.8.12", Handler: cmdRole,
			Summary: "Tells which part the server has in replication.", Complexity: "O(1)"},
	}
}

// cmdRole replies that of a master: the offset of replication, and the replicas.
func cmdRole(c *command.Ctx) error {
	c.Reply.Array(3)
	c.Reply.BulkString("master")
	c.Reply.Int(0)
	c.Reply.Array(0)
	return nil
}
