package server

import (
	"radish/command"
	"radish/pubsub"
)

// Messages that are no replies: of channels, and of client-side caching. They come to a client from its loop's mailbox in the hub, whoever
// sends them, and never into the midst of a reply: while a command runs for the client they are held back until its reply is written.

// gatesPushes are the clients that may get messages: before and after each of their commands the loop's mailbox is emptied, so that
// replies and messages come in the order of one thread.
const gatesPushes = gateSubscribe | gateTracking

// gatesAfter is why there is something to do when a command has been run and its reply stands in the loop's buffer.
const gatesAfter = gateReplyOff | gateHeld | gatesPushes

// keepHeld is the longest buffer of messages held back that a client keeps.
const keepHeld = 4 << 10

// hubHooks connect the hub to the loops.
func (s *Server) hubHooks() pubsub.Hooks {
	return pubsub.Hooks{
		Wake: func(i int) { s.loops[i].nl.Post(s.loops[i].deliverPosted) },
		Room: s.roomMade,
	}
}

// subscriber is the client's place in the hub. It belongs to the client's loop.
func (c *Client) subscriber() *pubsub.Subscriber {
	if c.sub == nil {
		c.sub = c.srv.hub.NewSubscriber(c.loop.index, c)
	}
	return c.sub
}

// Resp3 and Receive make a client a [pubsub.Receiver].
func (c *Client) Resp3() bool { return c.proto == 3 }

// Receive sends messages to the client, or keeps them until it may have them. A client that does not take them is ended at its limit.
func (c *Client) Receive(b []byte, shared bool) {
	l := c.loop
	if c.closeSoon || c.conn != nil && c.conn.Closing() {
		return
	}
	l.stats.netOut += int64(len(b))
	if c == l.serving || c.conn == nil || c.awaitsReply() {
		c.hold(b)
		return
	}
	l.stats.writes++
	rest := c.conn.Offer(b)
	if len(rest) < len(b) {
		c.lastInteraction = l.nowMs
	}
	if len(rest) == 0 {
		c.softSince = 0
		return
	}
	if l.checkOutput(c, len(rest)); !c.conn.Closed() {
		c.conn.Keep(rest, shared)
		l.countMem(c)
	}
}

// awaitsReply says that the client's command runs, or has been run, elsewhere, and the loop does not have the reply yet.
func (c *Client) awaitsReply() bool {
	switch c.waiting {
	case waitWorker:
		return true
	case waitBlock:
		return c.wait.marks > 0 || c.wait.sub == nil && c.wait.state.Load() != waitOpen
	}
	return false
}

// hold keeps messages until the reply of the command that runs is written.
func (c *Client) hold(b []byte) {
	c.held = append(c.held, b...)
	if c.conn != nil {
		c.loop.checkOutput(c, len(c.held))
	}
}

// takeHeld is the messages that were held back. They are valid until the next hold.
func (c *Client) takeHeld() []byte {
	b := c.held
	c.gates &^= gateHeld
	if c.held = b[:0]; cap(b) > keepHeld {
		c.held = nil
	}
	return b
}

// deliver empties the loop's mailbox.
func (l *eventLoop) deliver() {
	if !l.srv.hub.Pending(l.index) {
		return
	}
	if l.serving == nil {
		l.look()
	}
	l.srv.hub.Deliver(l.index)
}

// deliverTo empties the mailbox between two commands of a client, which has what was sent to it behind the last reply.
func (l *eventLoop) deliverTo(cl *Client) {
	l.deliver()
	if len(cl.held) > 0 {
		l.w.Buf = append(l.w.Buf, cl.takeHeld()...)
	}
}

// sendHeld sends what was held back for a client whose requests the loop is not running.
func (l *eventLoop) sendHeld(cl *Client) {
	if len(cl.held) > 0 {
		cl.conn.WriteLater(cl.takeHeld())
	}
}

// sendHeldBefore is sendHeld for the first n bytes.
func (l *eventLoop) sendHeldBefore(cl *Client, n int) {
	if n > 0 {
		cl.conn.WriteLater(cl.held[:n])
		cl.held = append(cl.held[:0], cl.held[n:]...)
	}
}

// afterReply ends a command of a client that has one of gatesAfter. Its reply is behind mark.
func (l *eventLoop) afterReply(cl *Client, spec *command.Spec, mark int, err error) {
	l.srv.tellPending(l.index, cl)
	if cl.gates&gateReplyOff != 0 {
		if err == nil && isExec(spec) { // what is there is wanted
			broken := l.w.Broken
			l.dropSkipped(cl, len(l.w.Buf))
			l.w.Broken = broken
		} else {
			l.dropSkipped(cl, mark)
		}
	}
	cl.endCaching(spec)
	if l.w.Broken { // the client is about to be ended
		return
	}
	if cl.gates&(gateHeld|gatesPushes) != 0 {
		l.deliverTo(cl)
	}
}

// Served sends what the turn's commands have published.
func (l *eventLoop) Served() {
	l.broadcastTurn()
	l.srv.hub.Served(l.index)
}

// throttleFor is throttle for the client of a command that the loop from runs. One that is served has not sent what is published now.
func (s *Server) throttleFor(c *command.Ctx, from int) {
	if from >= 0 && c.Reach == 0 {
		s.throttle(c.Client.(*Client))
	}
}

// throttle makes a client that has published wait while some loop cannot keep up with messages.
func (s *Server) throttle(cl *Client) {
	if !s.hub.Full() || cl.conn == nil || cl.conn.Paused() {
		return
	}
	l := cl.loop
	if s.hub.FullAt(l.index) {
		cl.conn.Yield() // the mailbox is emptied when the turn ends
		return
	}
	cl.waiting = waitRoom
	cl.conn.Pause(false) // a peer that has sent all and shut its side wants its replies
	l.crowded = appendLive(l.crowded, cl)
	s.crowded.Store(true)
	if !s.hub.Full() { // since then: nobody else would tell
		l.nl.Post(l.retryCrowded)
	}
}

// roomMade lets those go on that throttle has stopped.
func (s *Server) roomMade() {
	if s.crowded.Swap(false) {
		for _, l := range s.loops {
			l.nl.Post(l.retryCrowded)
		}
	}
}

func (l *eventLoop) retryCrowded() {
	list := l.crowded
	l.crowded = nil
	for _, cl := range list {
		if cl.waiting == waitRoom && !cl.closed.Load() {
			cl.waiting = waitNone
			cl.conn.Resume()
		}
	}
}

// loopOf is the loop that runs a command, -1 if a worker does, or somebody who has no command.
func (s *Server) loopOf(c *command.Ctx) int {
	switch {
	case c == nil:
		return -1
	case c.Reach != 0: // the client's loop may be another one
		return c.ServedOn - 1
	}
	cl, ok := c.Client.(*Client)
	if !ok || cl.waiting == waitWorker {
		return -1
	}
	return cl.loop.index
}
