package netloop

// Holding: replies that must not leave yet, because what they promise is not safe. They are kept like those that a slow peer has not taken.

// Span is a part of what a connection sends: bytes From to To, counted as Handed counts.
type Span struct{ From, To int64 }

// Hold keeps what is handed over from now on, and what is handed over and has not left, until Release.
func (c *Conn) Hold() { c.held = true }

// Handed is how many bytes have been handed over since the connection began.
func (c *Conn) Handed() int64 { return c.BytesOut + c.inFlight + int64(c.Pending()) }

// Release ends Hold.
func (c *Conn) Release() {
	if !c.held {
		return
	}
	c.held = false
	if c.closed {
		return
	}
	if !c.out.empty() {
		c.Flush()
	}
	if c.closing && !c.closed && !c.serving && c.idleOut() {
		c.shut(nil)
	}
}

// PauseHeld is Pause for a connection that is held, so that it does not go on for ever without an answer; false: something else pauses it.
func (c *Conn) PauseHeld() bool {
	if c.closed || c.closing || c.resumeDrained || c.paused && !c.yielded {
		return false
	}
	c.yielded = false
	if c.stream == nil { // whose reader waits by itself
		c.unread = true // what came while it yielded
	}
	c.Pause(false) // a peer that has sent all and shut its side wants its replies
	return true
}

// Amend puts text in the place of each of the spans, which ascend, as far as they have not left. The connection is held.
func (c *Conn) Amend(spans []Span, text []byte) {
	if c.closed || len(spans) == 0 {
		return
	}
	at := c.BytesOut + c.inFlight // of the next byte of old
	old := make([]byte, 0, c.Pending())
	for !c.out.empty() {
		h := c.out.head()
		old = append(old, h...)
		c.out.sent(len(h))
	}
	old = append(old, c.loop.scratch[c.segStart:c.segEnd]...)
	c.segStart, c.segEnd = 0, 0
	for _, s := range spans {
		if s.From < at {
			continue // it has left
		}
		n := s.From - at
		c.out.add(old[:n])
		c.out.add(text)
		old = old[s.To-at:]
		at = s.To
	}
	c.out.add(old)
}
