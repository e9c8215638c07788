package netloop

import (
	"io"
	"net"
)

// Conn is one connection. All of it belongs to the goroutine of its loop.
type Conn struct {
	// User is the Handler's.
	User any

	loop   *Loop
	fd     int // -1 for a stream
	stream *stream
	in     inbuf
	out    outbuf // replies that the peer has not taken
	// Replies of this turn are loop.scratch[segStart:segEnd], if segEnd > segStart.
	segStart, segEnd int

	need       int  // Handler's hint, see Need
	serving    bool // Data is running
	paused     bool
	sniff      bool // paused, but read on, to see the peer leave
	closing    bool // close when out is empty
	closed     bool
	unread     bool // something may have arrived that nobody has read
	leaving    bool // the peer has shut its side: read until read says so
	queued     bool // in loop.again
	resumeSoon bool
	yielded    bool // paused until the next turn
	taken      bool // TakeInput was called while Data runs
	held       bool // what is handed over stays, see Hold
	// resumeDrained: Resume when out is empty
	resumeDrained bool

	local, remote net.Addr
	// BytesIn and BytesOut count what the connection has received and sent.
	BytesIn, BytesOut int64
	inFlight          int64 // bytes that a stream's writer has taken, and that BytesOut does not count yet
}

// sniffLimit is how much a paused connection may send before the loop stops reading from it.
const sniffLimit = 1 << 20

// Loop is the loop that owns the connection.
func (c *Conn) Loop() *Loop { return c.loop }

// Fd is the file descriptor, or -1 for a stream.
func (c *Conn) Fd() int { return c.fd }

// LocalAddr and RemoteAddr are the ends of the connection.
func (c *Conn) LocalAddr() net.Addr  { return c.local }
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// Closed says that the connection has ended.
func (c *Conn) Closed() bool { return c.closed }

// Closing says that the connection ends when the peer has taken all replies.
func (c *Conn) Closing() bool { return c.closing || c.closed }

// Need tells how many bytes, from the first that is not consumed, the request at hand needs to be
// complete, so that the buffer is sized once. It is forgotten when Data consumes something.
func (c *Conn) Need(n int) { c.need = n }

// Pending is how many bytes of replies wait for the peer to take them.
func (c *Conn) Pending() int { return c.out.size + c.segEnd - c.segStart }

// OutMem and InMem are the bytes of memory that the connection's buffers hold.
func (c *Conn) OutMem() int { return c.out.mem }
func (c *Conn) InMem() int  { return c.in.capacity() }

// OutPieces is how many pieces of memory hold the replies that the socket has not taken: OutMem bytes.
func (c *Conn) OutPieces() int { return len(c.out.pieces) }

// Unsent is how many bytes of Pending the socket has not been offered.
func (c *Conn) Unsent() int { return c.segEnd - c.segStart }

// InLen is how many bytes have arrived and are not consumed.
func (c *Conn) InLen() int { return len(c.in.data) }

// TakeInput hands over the mapping that holds the bytes which Data is looking at, if they are a big request in
// a mapping of its own. Whoever has it may use the bytes after Data has returned, and must call Free.
func (c *Conn) TakeInput() (m Mapping, ok bool) {
	if !c.serving || !c.in.mapped || c.taken {
		return Mapping{}, false
	}
	m.base = c.in.base
	c.in = inbuf{}
	c.taken = true
	return m, true
}

// Scratch is the buffer to append replies to; give it to Send before the Handler returns. What is in it already
// are replies of other connections.
func (c *Conn) Scratch() []byte { return c.loop.scratch }

// Pause stops handing data to the Handler until Resume. With sniff the loop reads on (into memory, up to
// a limit) so that it notices when the peer leaves; without, nothing is read and a peer that has sent its
// requests and shut its side still gets its replies.
func (c *Conn) Pause(sniff bool) {
	c.paused, c.sniff = true, sniff
	if sniff && c.unread { // the peer may have left while nothing was read
		c.unread = false
		c.loop.readAgain(c)
	}
}

// PauseUntilDrained is Pause until the peer has taken all replies. It takes the place of Yield.
func (c *Conn) PauseUntilDrained() {
	c.yielded = false
	c.Pause(false)
	c.resumeDrained = true
}

// Yield is Pause until the next turn: for a connection that has had its share of this one.
func (c *Conn) Yield() {
	c.Pause(false)
	if c.queued && !c.yielded {
		c.unread = true // what it is queued for
	}
	c.yielded = true
	c.loop.readAgain(c)
}

// Paused says that Pause is in force.
func (c *Conn) Paused() bool { return c.paused }

// Yielded says that Yield pauses the connection, and nothing else.
func (c *Conn) Yielded() bool { return c.paused && c.yielded }

// Resume ends Pause: what has arrived meanwhile is handed to the Handler, at once or, if its Data is
// running, when that returns. If it is running for another connection that is the next turn: the Handler serves one at a time.
func (c *Conn) Resume() {
	if c.closed || c.closing || !c.paused {
		return
	}
	if c.loop.busy && !c.serving {
		c.Yield()
		return
	}
	c.paused = false
	if c.serving {
		c.resumeSoon = true
		return
	}
	if len(c.in.data) > 0 {
		c.serve(c.in.data, false)
	}
	if !c.closed && !c.paused && c.unread {
		c.unread = false
		c.readMore()
	}
}

// serve hands buf to the Handler. shared: buf is the loop's buffer and what is not consumed must move to
// the connection's own.
func (c *Conn) serve(buf []byte, shared bool) {
	for {
		c.serving, c.loop.busy = true, true
		c.resumeSoon = false
		n := c.loop.h.Data(c, buf)
		c.serving, c.loop.busy = false, false
		if c.closed {
			c.in.free()
			return
		}
		if n > 0 {
			c.need = 0
		}
		if c.taken {
			c.taken, shared = false, true // what is left over moves to a buffer of its own
		}
		if n > 0 && n < len(buf) && !shared {
			c.in.consume(n)
			buf = c.in.data
		} else if n > 0 && !shared {
			c.in.free()
			buf = nil
		} else if n > 0 {
			buf = buf[n:]
		}
		if !c.resumeSoon || len(buf) == 0 {
			break
		}
	}
	if shared && len(buf) > 0 {
		c.in.set(buf, c.need)
	} else if shared {
		c.in.shrink()
	}
	if c.closing && c.idleOut() {
		c.shut(nil)
	}
}

// idleOut says that the peer's side has all that was sent.
func (c *Conn) idleOut() bool {
	return c.out.empty() && c.segEnd == c.segStart && (c.stream == nil || !c.stream.writing())
}

// room returns where the next read of the connection goes; shared: that is the loop's buffer, behind a
// copy of what is pending.
func (c *Conn) room() (buf []byte, shared bool) {
	if !c.paused && !c.in.mapped && len(c.in.data) <= readSize/4 && c.need <= readSize {
		n := copy(c.loop.rbuf, c.in.data)
		return c.loop.rbuf[n:], true
	}
	return c.in.room(c.need), false
}

// readDone takes n bytes that were read into what room returned.
func (c *Conn) readDone(n int, shared bool) {
	c.BytesIn += int64(n)
	if shared {
		n += len(c.in.data)
		c.in.data = c.in.data[:0]
		c.serve(c.loop.rbuf[:n], true)
		return
	}
	c.in.data = c.in.data[:len(c.in.data)+n]
	if !c.paused {
		c.serve(c.in.data, false)
	}
}

// Send takes replies over: b is Scratch with the connection's replies appended (it may have grown into another
// array). They leave at the end of the turn, with those of other connections, or at once if they are long.
// Errors end the connection; the Handler learns of it through Close.
func (c *Conn) Send(b []byte) {
	l := c.loop
	start := len(l.scratch)
	l.scratch = b
	if len(b) == start {
		return
	}
	if c.closed {
		l.scratch = b[:start]
		return
	}
	if c.segEnd > c.segStart {
		if c.segEnd == start {
			start = c.segStart
		} else {
			c.flushSegment()
		}
	} else {
		l.answered = append(l.answered, c)
	}
	c.segStart, c.segEnd = start, len(b)
	if len(b)-start > readSize {
		if c.held {
			l.h.Leave()
		}
		c.flushSegment()
		l.scratch = b[:start] // nobody refers to what was behind
	} else if len(b) > scratchFull {
		l.flushAnswered()
	}
}

// flushSegment sends what Send took over.
func (c *Conn) flushSegment() {
	b := c.loop.scratch[c.segStart:c.segEnd]
	c.segStart, c.segEnd = 0, 0
	if c.closed || len(b) == 0 {
		return
	}
	if !c.out.empty() {
		c.out.add(b)
		return
	}
	if c.stream == nil && !c.held {
		n, err := c.writeFd(b)
		if err != nil {
			c.shut(err)
			return
		}
		c.BytesOut += int64(n)
		if n == len(b) {
			return
		}
		b = b[n:]
	}
	c.out.add(b)
	c.Flush() // the socket must say that it is full before it will say that it has room
}

// flushAnswered sends the replies of the turn.
func (l *Loop) flushAnswered() {
	l.h.Leave()
	for i := 0; i < len(l.answered); i++ { // a connection that goes on may be added
		c := l.answered[i]
		l.answered[i] = nil
		if c.segEnd > c.segStart {
			c.flushSegment()
		}
		if c.closing && !c.closed && c.idleOut() {
			c.shut(nil)
		}
	}
	l.answered = l.answered[:0]
	l.scratch = l.scratch[:0]
	if cap(l.scratch) > scratchKeep {
		l.scratch = nil
	}
}

// WriteOwned is WriteLater that takes pieces over: a long reply is not copied. put is told of each that is not needed any
// more.
func (c *Conn) WriteOwned(pieces [][]byte, put func([]byte)) {
	if len(pieces) == 1 && len(pieces[0]) <= readSize {
		c.WriteLater(pieces[0])
		put(pieces[0])
		return
	}
	if c.segEnd > c.segStart {
		c.flushSegment()
	}
	if c.closed || len(pieces) == 0 {
		return
	}
	idle := c.out.empty()
	for _, b := range pieces {
		c.out.adopt(b)
	}
	if c.stream == nil { // whose writer looks at a piece that was taken out
		c.out.put = put
	}
	if idle {
		c.Flush()
	}
}

// WriteLater sends a copy of b after what is pending already. It is for messages to a connection whose
// Data is not running.
func (c *Conn) WriteLater(b []byte) {
	if c.closed || len(b) == 0 {
		return
	}
	if c.segEnd > c.segStart {
		c.flushSegment()
		if c.closed {
			return
		}
	}
	idle := c.out.empty()
	c.out.add(b)
	if idle {
		c.Flush()
	}
}

// Offer sends as much of b as the socket takes at once, if nothing is pending, and returns the rest, which it does not keep.
func (c *Conn) Offer(b []byte) (rest []byte) {
	if c.segEnd > c.segStart {
		c.flushSegment()
	}
	if c.closed {
		return nil
	}
	if !c.out.empty() || c.stream != nil || c.held {
		return b
	}
	n, err := c.writeFd(b)
	if err != nil {
		c.shut(err)
		return nil
	}
	c.BytesOut += int64(n)
	return b[n:]
}

// Keep has the rest that Offer returned sent when the socket takes it. shared: b never changes, so that it need not be copied.
func (c *Conn) Keep(b []byte, shared bool) {
	if c.closed || len(b) == 0 {
		return
	}
	idle := c.out.empty()
	if shared && len(b) >= minPiece {
		c.out.share(b)
	} else {
		c.out.add(b)
	}
	if idle {
		c.Flush()
	}
}

// Flush tries to send what is pending.
func (c *Conn) Flush() {
	if c.closed || c.held {
		return
	}
	if c.stream != nil {
		c.stream.flush(c)
		return
	}
	for !c.out.empty() {
		n, err := c.writeFd(c.out.head())
		if err != nil {
			c.shut(err)
			return
		}
		if n == 0 {
			c.flushLater()
			return
		}
		c.out.sent(n)
		c.BytesOut += int64(n)
	}
	c.drained()
}

// drained is called when the peer has taken all replies.
func (c *Conn) drained() {
	if c.closing {
		c.shut(nil)
		return
	}
	if c.resumeDrained {
		c.resumeDrained = false
		c.Resume()
	}
}

// flushLater has what is pending sent when the socket takes it: epoll tells without being asked.
func (c *Conn) flushLater() {
	if c.stream != nil {
		c.stream.flush(c)
	}
}

// CloseSoon ends the connection when the peer has taken all replies. Nothing more is handed to the
// Handler.
func (c *Conn) CloseSoon() {
	if c.closed {
		return
	}
	c.closing = true
	c.Pause(false)
	if !c.serving && c.idleOut() {
		c.shut(nil)
	}
}

// CloseNow ends the connection; pending replies are lost.
func (c *Conn) CloseNow() { c.shut(nil) }

func (c *Conn) shut(err error) {
	if c.closed {
		return
	}
	c.closed, c.paused = true, true
	delete(c.loop.open, c)
	c.loop.load.Add(-1)
	if c.stream != nil {
		c.stream.close()
	} else {
		c.closeFd()
	}
	c.out, c.segStart, c.segEnd = outbuf{}, 0, 0
	if !c.serving { // else serve frees it: the Handler still looks at it
		c.in.free()
	}
	c.loop.h.Close(c, err)
}

// peerDone ends the connection because the peer has shut its side: when it has taken the replies to all that it
// sent before.
func (c *Conn) peerDone(err error) {
	c.flushSegment()
	if c.closed {
		return
	}
	if c.idleOut() {
		c.shut(err)
		return
	}
	c.closing = true
	c.Pause(false)
}

// adopt makes c one of the loop's connections.
func (l *Loop) adopt(c *Conn) {
	l.open[c] = struct{}{}
	l.h.Open(c)
}

var errPeerClosed = io.EOF
