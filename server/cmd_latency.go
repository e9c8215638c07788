package server

import (
	"time"

	"radish/command"
	"radish/resp"
)

func (s *Server) latencySpecs() []command.Spec {
	const g = command.GroupServer
	const flags = command.Admin | command.NoScript | command.Loading | command.Stale
	special := []string{"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"}
	return []command.Spec{{Name: "latency", Arity: -2, Group: g, Since: "2.8.13",
		Summary: "Shows what took long, and how long commands take.", Complexity: "That of the subcommand.",
		Sub: []command.Spec{
			{Name: "doctor", Arity: 2, Flags: flags, Group: g, Since: "2.8.13", Handler: s.cmdLatencyDoctor,
				Summary: "Explains the events that took long.", Complexity: "O(1)", Tips: special},
			{Name: "graph", Arity: 3, Flags: flags, Group: g, Since: "2.8.13", Handler: s.cmdLatencyGraph,
				Summary: "Draws the events of one kind that took long.", Complexity: "O(1)", Syntax: "event", Tips: special},
			{Name: "help", Arity: 2, Flags: command.Loading | command.Stale, Group: g, Since: "2.8.13", Handler: latencyHelp,
				Summary: "Explains the subcommands.", Complexity: "O(1)"},
			{Name: "histogram", Arity: -2, Flags: flags | command.Worker, Group: g, Since: "7.0.0", Handler: s.cmdLatencyHistogram,
				Summary: "Shows how long commands take, as histograms.", Complexity: "O(N) in the number of commands shown",
				Syntax: "[command [command ...]]", Tips: special},
			{Name: "history", Arity: 3, Flags: flags, Group: g, Since: "2.8.13", Handler: s.cmdLatencyHistory,
				Summary: "Lists the events of one kind that took long.", Complexity: "O(1)", Syntax: "event", Tips: special},
			{Name: "latest", Arity: 2, Flags: flags, Group: g, Since: "2.8.13", Handler: s.cmdLatencyLatest,
				Summary: "Shows the last event of each kind that took long.", Complexity: "O(1)", Tips: special},
			{Name: "reset", Arity: -2, Flags: flags, Group: g, Since: "2.8.13", Handler: s.cmdLatencyReset,
				Summary: "Forgets events that took long.", Complexity: "O(1)", Syntax: "[event [event ...]]",
				Tips: []string{"request_policy:all_nodes", "response_policy:agg_sum"}},
		}}}
}

func latencyHelp(c *command.Ctx) error {
	return c.ReplyHelp(
		"DOCTOR",
		"    Explain the events that took long, and what may help.",
		"GRAPH <event>",
		"    Draw the events of one kind.",
		"HISTORY <event>",
		"    List the events of one kind: unix time and milliseconds of each.",
		"LATEST",
		"    Show the last event of each kind: name, unix time, milliseconds, and the",
		"    most milliseconds of all times.",
		"RESET [<event> ...]",
		"    Forget the events of these kinds (default: of all).",
		"HISTOGRAM [<command> ...]",
		"    Show how many calls of each command took at most so many microseconds",
		"    (default: of all commands that were called).")
}

func (s *Server) cmdLatencyDoctor(c *command.Ctx) error {
	c.Reply.VerbatimString("txt", doctorReport(s.latency.all(), s.cfg.Load(), time.Now().Unix()))
	return nil
}

func (s *Server) cmdLatencyGraph(c *command.Ctx) error {
	e, ok := s.latency.get(c.Arg(2))
	if !ok {
		return command.Error("ERR No samples available for event '" + cText(c.Args[2]) + "'")
	}
	c.Reply.VerbatimString("txt", e.graph(time.Now().Unix()))
	return nil
}

func (s *Server) cmdLatencyHistory(c *command.Ctx) error {
	e, _ := s.latency.get(c.Arg(2))
	c.Reply.Array(len(e.samples))
	for _, x := range e.samples {
		c.Reply.Array(2)
		c.Reply.Int(x.unix)
		c.Reply.Int(x.ms)
	}
	return nil
}

func (s *Server) cmdLatencyLatest(c *command.Ctx) error {
	events := s.latency.all()
	c.Reply.Array(len(events))
	for _, e := range events {
		last := e.samples[len(e.samples)-1]
		c.Reply.Array(4)
		c.Reply.BulkString(e.name)
		c.Reply.Int(last.unix)
		c.Reply.Int(last.ms)
		c.Reply.Int(e.worst)
	}
	return nil
}

func (s *Server) cmdLatencyReset(c *command.Ctx) error {
	var names []string
	for i := 2; i < len(c.Args); i++ {
		names = append(names, c.Arg(i))
	}
	c.Reply.Int(int64(s.latency.reset(names)))
	return nil
}

// cmdLatencyHistogram shows the commands that are named, a container with its subcommands, or all.
func (s *Server) cmdLatencyHistogram(c *command.Ctx) error {
	g := s.gather()
	mark, n := c.Reply.DeferMap(), 0
	show := func(spec *command.Spec) {
		if h := g.rows[spec.ID()].hist; h != nil {
			c.Reply.BulkString(spec.FullName())
			replyHistogram(c.Reply, h)
			n++
		}
	}
	if len(c.Args) == 2 {
		for spec := range s.table.All() {
			show(spec)
		}
	}
	for _, name := range c.Args[2:] {
		spec := s.table.ByFullName(name)
		if spec == nil {
			continue
		}
		show(spec)
		for i := range spec.Sub {
			show(&spec.Sub[i])
		}
	}
	c.Reply.SetMapLen(mark, n)
	return nil
}

// replyHistogram shows the number of calls, and how many of them took at most so many µs: about 1, 2, 4 and
// so on, as far as that is more than before.
func replyHistogram(w *resp.Writer, h *histogram) {
	w.Map(2)
	w.BulkString("calls")
	w.Int(h.total)
	w.BulkString("histogram_usec")
	mark, n := w.DeferMap(), 0
	h.doublings(func(ns, calls int64) {
		w.Int(ns / 1000)
		w.Int(calls)
		n++
	})
	w.SetMapLen(mark, n)
}
