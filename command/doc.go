// Package command declares Redis's commands and implements those that need nothing but data.
//
// A command is one [Spec] row: name, arity, flags, key positions, group, documentation and handler.
// Everything that wants to know something about a command (dispatch, COMMAND, ACL categories, WATCH,
// the lock plan) reads that row. A file per group opens with its rows, an explicit slice; [NewTable]
// joins the slices and refuses what contradicts itself.
//
// A handler is func(*Ctx) error. It parses all its options before it touches anything, reaches values
// through typed accessors, and writes its reply through c.Reply, which knows the client's protocol. An
// error that it returns takes the place of whatever it wrote. It never locks: dispatch holds the locks of
// the shards of the keys that the row declares, for reading if the row says ReadOnly, else for writing.
// Each key that a handler changed it names once, to [Ctx.Changed].
package command
