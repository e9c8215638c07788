package server

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"radish/command"
)

// describe is the client's line of CLIENT LIST, for logs. It runs on the client's loop.
func (l *eventLoop) describe(cl *Client) string {
	return string(l.appendDescription(nil, cl, nil))
}

// appendDescription appends the client's line of CLIENT LIST, without the newline. It runs on the client's
// loop, or on the worker that runs a command for the client. asker is that command if the client asks about
// itself, else nil.
//
// Where Redis counts things that are not here, the fields say so: requests are read in place, so that there
// is no argv-mem but that of the request at hand, or of what is complete of the next one. No client has a buffer of its own for replies that fit
// one (obl bytes): see output.
func (l *eventLoop) appendDescription(b []byte, cl *Client, asker *command.Ctx) []byte {
	b = appendField(b, "id=", int64(cl.ID))
	b = append(b, " addr="...)
	b = append(b, cl.addr...)
	b = append(b, " laddr="...)
	b = append(b, cl.laddr...)
	b = appendField(b, " fd=", int64(cl.fd()))
	b = append(b, " name="...)
	b = append(b, cText(cl.name)...)
	b = appendField(b, " age=", cl.age(l.nowMs))
	b = appendField(b, " idle=", max(0, l.nowMs-cl.lastInteraction)/1000)
	b = append(b, " flags="...)
	b = cl.appendFlags(b)
	b = appendField(b, " db=", int64(cl.db))
	b = appendField(b, " sub=", int64(cl.subs))
	b = appendField(b, " psub=", int64(cl.psubs))
	b = appendField(b, " ssub=", int64(cl.ssubs))
	multi := -1
	if cl.gates&gateMulti != 0 {
		multi = len(cl.tx.queue.Cmds)
	}
	b = appendField(b, " multi=", int64(multi))
	b = cl.appendBuffers(b, asker)
	b = append(b, " events="...)
	if cl.conn != nil {
		b = append(b, 'r')
		if cl.conn.Pending() > 0 {
			b = append(b, 'w')
		}
	}
	b = append(b, " cmd="...)
	if cl.lastCmd != nil {
		b = append(b, cl.lastCmd.FullName()...)
	} else {
		b = append(b, "NULL"...)
	}
	b = append(b, " user=default"...)
	b = appendField(b, " redir=", cl.redirection())
	b = appendField(b, " resp=", int64(cl.proto))
	b = append(b, " lib-name="...)
	b = append(b, cText(cl.libName)...)
	b = append(b, " lib-ver="...)
	return append(b, cText(cl.libVer)...)
}

func appendField(b []byte, name string, v int64) []byte {
	return strconv.AppendInt(append(b, name...), v, 10)
}

// age is how long ago the client came, in seconds.
func (c *Client) age(nowMs int64) int64 { return max(0, nowMs-c.created) / 1000 }

// appendFlags appends the letters of the flags field.
func (c *Client) appendFlags(b []byte) []byte {
	n := len(b)
	flag := func(on bool, letter byte) {
		if on {
			b = append(b, letter)
		}
	}
	flag(c.monitor, 'O')
	flag(c.subscriptions() > 0, 'P')
	flag(c.gates&gateMulti != 0, 'x')
	flag(c.waiting == waitPause || c.waiting == waitBlock, 'b')
	flag(c.tracks(), 't')
	flag(c.tracks() && c.track.broken.Load(), 'R')
	flag(c.tracks() && c.track.mode.Load().bcast, 'B')
	flag(c.tx.watch.Dirty(), 'd')
	flag(c.closeSoon || c.conn != nil && c.conn.Closing(), 'c')
	flag(c.unixSocket, 'U')
	flag(c.noEvict, 'e')
	flag(c.noTouch, 'T')
	flag(len(b) == n, 'N')
	return b
}

// appendBuffers appends the fields about memory.
func (c *Client) appendBuffers(b []byte, asker *command.Ctx) []byte {
	var in, inMem, outMem, argv int
	total := c.mem()
	if c.conn != nil {
		inMem, outMem = c.conn.InMem(), c.conn.OutMem()
	}
	switch {
	case asker != nil:
		in, argv = c.batch, argvBytes(asker)
		total += int64(argv)
	case c.conn == nil:
	case c.batch > 0: // what the command that the client waits for came in, and what has come since
		in = max(c.batch, c.conn.InLen())
	default:
		// As in Redis the arguments that are complete have left qbuf.
		argv = c.parser.Parsed()
		in = max(0, c.conn.InLen()-argv)
	}
	fixed, pieces, listed := c.output(asker)
	b = appendField(b, " qbuf=", int64(in))
	b = appendField(b, " qbuf-free=", int64(max(0, inMem-in)))
	b = appendField(b, " argv-mem=", int64(argv))
	b = appendField(b, " multi-mem=", c.queuedBytes)
	b = appendField(b, " rbs=", int64(outMem))
	b = appendField(b, " rbp=", int64(outMem))
	b = appendField(b, " obl=", fixed)
	b = appendField(b, " oll=", pieces)
	b = appendField(b, " omem=", listed)
	return appendField(b, " tot-mem=", total)
}

// output is what waits of the client's replies: fixed bytes that Redis would have in a fixed buffer, and a list of pieces, which take so many bytes.
// As there the fixed buffer is the first to be filled, and to be sent: while a socket takes no more of many replies it is empty.
func (c *Client) output(asker *command.Ctx) (fixed, pieces, listed int64) {
	if c.conn == nil {
		return 0, 0, 0
	}
	unsent := c.conn.Unsent()
	if asker != nil {
		if unsent += asker.Reply.Len(); asker.Reply == &c.loop.w {
			unsent -= c.loop.replyBase // others' replies
		}
	}
	taken := c.conn.Pending() - c.conn.Unsent() // by outbuf, as the socket was full
	switch {
	case taken+unsent <= outputFree:
		return int64(taken + unsent), 0, 0
	case taken == 0:
		return outputFree, 1, int64(unsent - outputFree)
	default:
		return 0, int64(c.conn.OutPieces() + min(unsent, 1)), int64(c.conn.OutMem() + unsent)
	}
}

// argvBytes is the length of all arguments of the request at hand. Inside EXEC that is EXEC itself: the
// arguments of queued commands count as multi-mem.
func argvBytes(c *command.Ctx) int {
	if c.Deny {
		return len("exec")
	}
	n := 0
	for _, a := range c.Args {
		n += len(a)
	}
	return n
}

func (c *Client) fd() int {
	if c.conn == nil {
		return -1
	}
	return c.conn.Fd()
}

// cText is what C shows of a string: all before the first zero byte. Redis's texts are made so.
func cText[T string | []byte](s T) string {
	text, _, _ := strings.Cut(string(s), "\x00")
	return text
}

// visitStep is how many clients eachClient visits before the loop serves its connections again.
const visitStep = 128

// eachClient calls fn for every client, on the client's loop, and waits. Clients that come or go meanwhile
// may be left out. It is for workers and background goroutines.
func (s *Server) eachClient(fn func(l *eventLoop, cl *Client)) {
	for _, l := range s.loops {
		var ids []uint64
		l.visit(func() {
			ids = make([]uint64, 0, len(l.clients))
			for id := range l.clients {
				ids = append(ids, id)
			}
		})
		for step := range slices.Chunk(ids, visitStep) {
			l.visit(func() {
				l.look()
				for _, id := range step {
					if cl := l.clients[id]; cl != nil {
						fn(l, cl)
					}
				}
			})
		}
	}
}

// findClient calls fn for the client of an id, on its loop, and waits; false: there is no such client.
func (s *Server) findClient(id int64, fn func(l *eventLoop, cl *Client)) (found bool) {
	for _, l := range s.loops {
		l.visit(func() {
			if cl := l.clients[uint64(id)]; cl != nil {
				found = true
				l.look()
				fn(l, cl)
			}
		})
		if found {
			break
		}
	}
	return found
}

// clientLines are lines of CLIENT LIST.
type clientLines []clientLine

type clientLine struct {
	id   uint64
	text []byte // with its newline
}

// join puts the lines in the order of ids, which is the order in which the clients came.
func (lines clientLines) join() []byte {
	slices.SortFunc(lines, func(a, b clientLine) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	texts := make([][]byte, len(lines))
	for i := range lines {
		texts[i] = lines[i].text
	}
	return bytes.Join(texts, nil)
}
