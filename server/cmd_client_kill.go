package server

import (
	"radish/command"
	"radish/config"
)

// clientFilter says which clients CLIENT KILL and CLIENT LIST mean: those for which all that is set holds.
type clientFilter struct {
	addr, laddr *string
	kind        clientKind
	id          int64 // 0: any
	minAge      int64 // in seconds; 0: any
	skipMe      bool
}

// clientKind is the TYPE of CLIENT KILL and CLIENT LIST.
type clientKind uint8

const (
	kindAny clientKind = iota
	kindNormal
	kindReplica
	kindPubSub
	kindMaster
)

// parseKind reads argument i as a TYPE.
func parseKind(c *command.Ctx, i int) (clientKind, error) {
	switch {
	case c.Is(i, "normal"):
		return kindNormal, nil
	case c.Is(i, "slave"), c.Is(i, "replica"):
		return kindReplica, nil
	case c.Is(i, "pubsub"):
		return kindPubSub, nil
	case c.Is(i, "master"):
		return kindMaster, nil
	}
	return kindAny, command.Error("ERR Unknown client type '" + cText(c.Args[i]) + "'")
}

// kind is what CLIENT LIST TYPE calls the client. A monitor is a normal client.
func (c *Client) kind() clientKind {
	if c.class() == config.ClassPubSub {
		return kindPubSub
	}
	return kindNormal
}

// matches runs on the client's loop.
func (f *clientFilter) matches(cl *Client) bool {
	return (f.addr == nil || *f.addr == cl.addr) && (f.laddr == nil || *f.laddr == cl.laddr) &&
		(f.kind == kindAny || f.kind == cl.kind()) && (f.id == 0 || uint64(f.id) == cl.ID) &&
		(f.minAge == 0 || cl.age(cl.loop.nowMs) >= f.minAge)
}

// parseKill reads the arguments of CLIENT KILL. In the old form, an address alone, one can kill oneself.
func parseKill(c *command.Ctx) (f clientFilter, err error) {
	if len(c.Args) == 3 {
		addr := cText(c.Args[2])
		f.addr = &addr
		return f, nil
	}
	f.skipMe = true
	for i := 2; i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) {
			return f, command.ErrSyntax
		}
		value := cText(c.Args[i+1])
		switch {
		case c.Is(i, "id"):
			if f.id, err = c.Int(i + 1); err != nil || f.id < 1 {
				return f, command.Error("ERR client-id should be greater than 0")
			}
		case c.Is(i, "maxage"):
			if f.minAge, err = c.Int(i + 1); err != nil {
				return f, command.Error("ERR maxage is not an integer or out of range")
			}
			if f.minAge < 1 {
				return f, command.Error("ERR maxage should be greater than 0")
			}
		case c.Is(i, "type"):
			if f.kind, err = parseKind(c, i+1); err != nil {
				return f, err
			}
		case c.Is(i, "addr"):
			f.addr = &value
		case c.Is(i, "laddr"):
			f.laddr = &value
		case c.Is(i, "user"):
			if string(c.Args[i+1]) != defaultUser { // who all clients are
				return f, command.Error("ERR No such user '" + value + "'")
			}
		case c.Is(i, "skipme"):
			if f.skipMe = c.Is(i+1, "yes"); !f.skipMe && !c.Is(i+1, "no") {
				return f, command.ErrSyntax
			}
		default:
			return f, command.ErrSyntax
		}
	}
	return f, nil
}

// cmdClientKill is CLIENT KILL. The client that kills itself gets its answer, and what was sent to it before; the rest of its transaction runs
// without replies.
func (s *Server) cmdClientKill(c *command.Ctx) error {
	f, err := parseKill(c)
	if err != nil {
		return err
	}
	me := c.Client.(*Client)
	killed := int64(0)
	kill := func(l *eventLoop, cl *Client) {
		switch {
		case !f.matches(cl) || cl == me && f.skipMe:
			return
		case cl == me:
			l.deliver()
			cl.closeSoon = true
		default:
			cl.conn.CloseNow()
		}
		killed++
	}
	if f.id != 0 {
		s.findClient(f.id, kill)
	} else {
		s.eachClient(kill)
	}
	switch {
	case len(c.Args) > 3:
		c.Reply.Int(killed)
	case killed == 0:
		return command.Error("ERR No such client")
	default:
		c.Reply.OK()
	}
	return nil
}

// cmdClientList is CLIENT LIST. With ID it shows clients in the order in which they are asked for.
func (s *Server) cmdClientList(c *command.Ctx) error {
	var f clientFilter
	var err error
	switch n := len(c.Args); {
	case n == 4 && c.Is(2, "type"):
		if f.kind, err = parseKind(c, 3); err != nil {
			return err
		}
	case n > 3 && c.Is(2, "id"):
		return s.listByID(c)
	case n != 2:
		return command.ErrSyntax
	}
	if limit := s.cfg.Load().ClientEvictionLimit(); limit > 0 { // it shows none that is about to go
		s.eachClient(func(l *eventLoop, cl *Client) { l.countMem(cl) })
		s.evictToLimit(limit)
	}
	var lines clientLines
	s.eachClient(func(l *eventLoop, cl *Client) {
		if f.matches(cl) {
			lines = append(lines, l.listLine(cl, c))
		}
	})
	c.Reply.Verbatim("txt", lines.join())
	return nil
}

func (s *Server) listByID(c *command.Ctx) error {
	ids := make([]int64, 0, len(c.Args)-3)
	for i := 3; i < len(c.Args); i++ {
		id, err := c.Int(i)
		if err != nil {
			return command.Error("ERR Invalid client ID")
		}
		ids = append(ids, id)
	}
	var text []byte
	for _, id := range ids {
		s.findClient(id, func(l *eventLoop, cl *Client) { text = append(text, l.listLine(cl, c).text...) })
	}
	c.Reply.Verbatim("txt", text)
	return nil
}

// listLine is a client's line of CLIENT LIST, which c asks for.
func (l *eventLoop) listLine(cl *Client, c *command.Ctx) clientLine {
	asker := c
	if c.Client != any(cl) {
		asker = nil
	}
	return clientLine{cl.ID, append(l.appendDescription(nil, cl, asker), '\n')}
}
