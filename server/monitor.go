package server

import (
	"fmt"
	"strconv"
	"sync"

	"radish/command"
)

// monitorList is the clients that get a line for each command that is run. Gate bit gateMonitors is set
// while there are any. The slice is never changed in place.
type monitorList struct {
	mu   sync.Mutex
	list []*monitorFeed
}

// monitorFeed gathers the lines that one monitor has not been sent yet. Any loop adds to it, the monitor's
// own empties it.
type monitorFeed struct {
	cl    *Client
	mu    sync.Mutex
	lines []byte
}

const errMonitorInExec command.Error = "ERR MONITOR isn't allowed for DENY BLOCKING client"

func (s *Server) monitorSpec() command.Spec {
	return command.Spec{Name: "monitor", Arity: 1, Flags: command.Admin | command.NoScript | command.Loading | command.Stale,
		Group: command.GroupServer, Since: "1.0.0", Handler: s.cmdMonitor,
		Summary: "Shows the client every command that the server runs from now on."}
}

func (s *Server) cmdMonitor(c *command.Ctx) error {
	if c.Deny {
		return errMonitorInExec
	}
	cl := c.Client.(*Client)
	if cl.monitor {
		return nil // no reply at all, as in Redis
	}
	cl.monitor = true
	cl.gates |= gateMonitor
	s.addMonitor(cl)
	c.Reply.OK()
	return nil
}

func (s *Server) addMonitor(cl *Client) {
	m := &s.monitors
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list[:len(m.list):len(m.list)], &monitorFeed{cl: cl})
	s.gates.Or(uint32(gateMonitors))
}

func (s *Server) removeMonitor(cl *Client) {
	m := &s.monitors
	m.mu.Lock()
	defer m.mu.Unlock()
	var left []*monitorFeed
	for _, f := range m.list {
		if f.cl != cl {
			left = append(left, f)
		}
	}
	m.list = left
	if len(left) == 0 {
		s.gates.And(^uint32(gateMonitors))
	}
}

// feedMonitors shows a command to all monitors. It runs on the loop of the client that ran the command,
// after the reply was written.
func (s *Server) feedMonitors(cl *Client, spec *command.Spec, args [][]byte) {
	if spec.Flags&(command.SkipMonitor|command.Admin) != 0 {
		return
	}
	s.monitors.mu.Lock()
	list := s.monitors.list
	s.monitors.mu.Unlock()
	line := s.appendMonitorLine(nil, cl, s.redact(spec, args))
	for _, f := range list {
		if f.cl == cl && cl.waiting == waitNone {
			// Its own command: the line follows the reply, which CLIENT REPLY may take back with it.
			cl.loop.w.Buf = append(cl.loop.w.Buf, line...)
			continue
		}
		f.add(line)
	}
}

func (s *Server) appendMonitorLine(line []byte, cl *Client, args [][]byte) []byte {
	us := microNow()
	from := cl.addr
	if cl.unixSocket {
		from = "unix:" + s.cfg.Load().UnixSocket
	}
	line = fmt.Appendf(line, "+%d.%06d [%d %s]", us/1e6, us%1e6, cl.db, from)
	for _, a := range args {
		line = append(line, ' ')
		line = appendQuoted(line, a)
	}
	return append(line, "\r\n"...)
}

func (f *monitorFeed) add(line []byte) {
	f.mu.Lock()
	first := len(f.lines) == 0
	f.lines = append(f.lines, line...)
	f.mu.Unlock()
	if first {
		f.cl.loop.nl.Post(f.deliver)
	}
}

// deliver sends what has been gathered. It runs on the monitor's loop.
func (f *monitorFeed) deliver() {
	f.mu.Lock()
	lines := f.lines
	f.lines = nil
	f.mu.Unlock()
	cl := f.cl
	if cl.closed.Load() || !cl.monitor || cl.reply == replyOff || cl.conn.Closing() {
		return
	}
	cl.lastInteraction = cl.loop.nowMs
	cl.loop.stats.netOut += int64(len(lines))
	cl.loop.checkOutput(cl, len(lines))
	cl.conn.WriteLater(lines)
	cl.loop.countMem(cl)
}

// appendQuoted quotes as Redis's sdscatrepr does: printable ASCII as it is, the rest escaped.
func appendQuoted(b, s []byte) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch c {
		case '\\', '"':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '\a':
			b = append(b, `\a`...)
		case '\b':
			b = append(b, `\b`...)
		default:
			if c >= 0x20 && c < 0x7f {
				b = append(b, c)
			} else {
				b = append(b, `\x`...)
				if c < 16 {
					b = append(b, '0')
				}
				b = strconv.AppendUint(b, uint64(c), 16)
			}
		}
	}
	return append(b, '"')
}
