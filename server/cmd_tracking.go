package server

import (
	"slices"

	"radish/command"
)

// What CLIENT TRACKING and CLIENT CACHING answer. The texts are Redis's.
const (
	errTwoRedirects   command.Error = "ERR A client can only redirect to a single other client"
	errNoRedirect     command.Error = "ERR The client ID you want redirect to does not exist"
	errPrefixMode     command.Error = "ERR PREFIX option requires BCAST mode to be enabled"
	errSwitchBcast    command.Error = "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."
	errBcastOpt       command.Error = "ERR OPTIN and OPTOUT are not compatible with BCAST"
	errBothOpts       command.Error = "ERR You can't specify both OPTIN mode and OPTOUT mode"
	errSwitchOpt      command.Error = "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."
	errCachingMode    command.Error = "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
	errCachingYesMode command.Error = "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
	errCachingNoMode  command.Error = "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."
)

// clientTrackingSpecs are the subcommands of CLIENT about client-side caching. TRACKING asks other loops for the client to redirect to, so it runs on a
// worker.
func (s *Server) clientTrackingSpecs() []command.Spec {
	const g = command.GroupConnection
	return []command.Spec{
		{Name: "caching", Arity: 3, Flags: clientBase, Group: g, Since: "6.0.0", Handler: s.cmdClientCaching,
			Summary: "Says whether the keys of the next command are tracked.", Complexity: "O(1)", Syntax: "mode:<YES|NO>"},
		{Name: "getredir", Arity: 2, Flags: clientBase, Group: g, Since: "6.0.0", Handler: s.cmdClientGetredir,
			Summary: "Replies the client that hears of changed keys instead of this one.", Complexity: "O(1)"},
		{Name: "tracking", Arity: -3, Flags: clientBase | command.Worker, Group: g, Since: "6.0.0", Handler: s.cmdClientTracking,
			Summary: "Has the server tell when keys change that the connection has read.", Complexity: "O(1), and O(N) in the number of prefixes",
			Syntax: "status:<ON|OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"},
		{Name: "trackinginfo", Arity: 2, Flags: clientBase, Group: g, Since: "6.2.0", Handler: s.cmdClientTrackinginfo,
			Summary: "Tells how the connection tracks keys.", Complexity: "O(1)"},
	}
}

// parseTracking reads the options of CLIENT TRACKING. The client to redirect to is looked up, and noted as one.
func (s *Server) parseTracking(c *command.Ctx) (*trackMode, error) {
	m := &trackMode{}
	for i := 3; i < len(c.Args); i++ {
		more := i+1 < len(c.Args)
		switch {
		case c.Is(i, "redirect") && more:
			i++
			if m.redirect != 0 {
				return nil, errTwoRedirects
			}
			id, err := c.Int(i)
			if err != nil {
				return nil, err
			}
			if !s.redirectTo(id) {
				return nil, errNoRedirect
			}
			m.redirect = uint64(id)
		case c.Is(i, "bcast"):
			m.bcast = true
		case c.Is(i, "optin"):
			m.optIn = true
		case c.Is(i, "optout"):
			m.optOut = true
		case c.Is(i, "noloop"):
			m.noLoop = true
		case c.Is(i, "prefix") && more:
			i++
			m.prefixes = append(m.prefixes, string(c.Args[i]))
		default:
			return nil, command.ErrSyntax
		}
	}
	return m, nil
}

// redirectTo notes that messages may be redirected to a client; false: there is no such client.
func (s *Server) redirectTo(id int64) bool {
	return s.findClient(id, func(_ *eventLoop, cl *Client) {
		cl.target = true
		s.tracking.mu.Lock()
		s.tracking.targets[cl.ID] = cl.subscriber()
		s.tracking.mu.Unlock()
	})
}

func (s *Server) cmdClientTracking(c *command.Ctx) error {
	m, err := s.parseTracking(c)
	if err != nil {
		return err
	}
	cl := c.Client.(*Client)
	switch {
	case c.Is(2, "on"):
		cl.own(func() { err = s.track(cl, m) })
	case c.Is(2, "off"):
		cl.own(func() { s.setTracking(cl, nil) })
	default:
		err = command.ErrSyntax
	}
	if err == nil {
		c.Reply.OK()
	}
	return err
}

// track has a client track as m says, if that goes together with itself and with how the client tracks already.
func (s *Server) track(cl *Client, m *trackMode) error {
	if cl.closed.Load() {
		return nil
	}
	var old *trackMode
	if cl.track != nil {
		old = cl.track.mode.Load()
	}
	switch {
	case !m.bcast && len(m.prefixes) > 0:
		return errPrefixMode
	case old != nil && old.bcast != m.bcast:
		return errSwitchBcast
	case m.bcast && (m.optIn || m.optOut):
		return errBcastOpt
	case m.optIn && m.optOut:
		return errBothOpts
	case old != nil && (m.optIn && old.optOut || m.optOut && old.optIn):
		return errSwitchOpt
	}
	if m.bcast {
		if err := addPrefixes(m, old); err != nil {
			return err
		}
	}
	m.own, m.client = cl.subscriber(), cl
	s.setTracking(cl, m)
	return nil
}

// addPrefixes adds the prefixes that the client has named before to those of m. No two may overlap; none at all is the empty one.
func addPrefixes(m, old *trackMode) error {
	var had []string
	if old != nil {
		had = old.prefixes
	}
	const rest = "'. Prefixes for a single client must not overlap."
	if i := firstOverlap(m.prefixes, had); i >= 0 {
		p := m.prefixes[i]
		for _, h := range had {
			if overlap(p, h) {
				return command.Error("ERR Prefix '" + cText(p) + "' overlaps with an existing prefix '" + cText(h) + rest)
			}
		}
		for _, q := range m.prefixes[i+1:] {
			if overlap(p, q) {
				return command.Error("ERR Prefix '" + cText(p) + "' overlaps with another provided prefix '" + cText(q) + rest)
			}
		}
	}
	if len(m.prefixes) == 0 {
		m.prefixes = []string{""}
	}
	m.prefixes = append(m.prefixes, had...)
	slices.Sort(m.prefixes)
	m.prefixes = slices.Compact(m.prefixes)
	return nil
}

func (s *Server) cmdClientCaching(c *command.Ctx) error {
	cl := c.Client.(*Client)
	if !cl.tracks() {
		return errCachingMode
	}
	m := cl.track.mode.Load()
	switch {
	case c.Is(2, "yes") && !m.optIn:
		return errCachingYesMode
	case c.Is(2, "no") && !m.optOut:
		return errCachingNoMode
	case !c.Is(2, "yes") && !c.Is(2, "no"):
		return command.ErrSyntax
	}
	cl.track.caching = true
	c.Reply.OK()
	return nil
}

// redirection is what CLIENT GETREDIR replies: an id, 0: to the client itself, -1: it does not track.
func (c *Client) redirection() int64 {
	if !c.tracks() {
		return -1
	}
	return int64(c.track.mode.Load().redirect)
}

func (s *Server) cmdClientGetredir(c *command.Ctx) error {
	c.Reply.Int(c.Client.(*Client).redirection())
	return nil
}

func (s *Server) cmdClientTrackinginfo(c *command.Ctx) error {
	cl := c.Client.(*Client)
	flags, prefixes := []string{"off"}, []string(nil)
	if cl.tracks() {
		tr := cl.track
		m := tr.mode.Load()
		prefixes = m.prefixes
		flags = flags[:0]
		for _, f := range []struct {
			on   bool
			name string
		}{
			{true, "on"}, {m.bcast, "bcast"}, {m.optIn, "optin"}, {m.optIn && tr.caching, "caching-yes"},
			{m.optOut, "optout"}, {m.optOut && tr.caching, "caching-no"}, {m.noLoop, "noloop"}, {tr.broken.Load(), "broken_redirect"},
		} {
			if f.on {
				flags = append(flags, f.name)
			}
		}
	}
	w := c.Reply
	w.Map(3)
	w.BulkString("flags")
	w.Set(len(flags))
	for _, f := range flags {
		w.BulkString(f)
	}
	w.BulkString("redirect")
	w.Int(cl.redirection())
	w.BulkString("prefixes")
	w.Array(len(prefixes))
	for _, p := range prefixes {
		w.BulkString(p)
	}
	return nil
}
