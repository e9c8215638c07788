package netloop

import (
	"io"
	"net"
	"sync"
)

// stream carries a connection over a net.Conn: a goroutine reads and lends what it read to the loop, one
// read at a time, and another writes what the loop has queued.
type stream struct {
	nc net.Conn

	mu      sync.Mutex
	cond    sync.Cond // for the writer: something is queued, or closed
	gate    sync.Cond // for the reader: reading is allowed again, or closed
	queue   []byte
	busy    bool // the writer has a write under way, or the loop has not heard yet that it ended
	blocked bool // the reader may not read
	closed  bool
}

// AddStream makes nc one of the loop's connections. Any goroutine may call it.
func (l *Loop) AddStream(nc net.Conn) {
	l.load.Add(1)
	s := &stream{nc: nc}
	s.cond.L, s.gate.L = &s.mu, &s.mu
	c := &Conn{loop: l, fd: -1, stream: s, local: nc.LocalAddr(), remote: nc.RemoteAddr()}
	l.Post(func() {
		l.adopt(c)
		if !c.closed {
			go s.read(c)
			go s.write(c)
		}
	})
}

// read lends each read to the loop and waits until the loop has served it: a connection never has more
// than one read outstanding, which is what bounds its memory.
func (s *stream) read(c *Conn) {
	buf := make([]byte, 16<<10)
	served := make(chan struct{})
	for {
		s.mu.Lock()
		for s.blocked && !s.closed {
			s.gate.Wait()
		}
		closed := s.closed
		s.mu.Unlock()
		if closed {
			return
		}
		n, err := s.nc.Read(buf)
		c.loop.Post(func() {
			s.arrived(c, buf[:n], err)
			served <- struct{}{}
		})
		select {
		case <-served:
		case <-c.loop.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// arrived runs on the loop.
func (s *stream) arrived(c *Conn, b []byte, err error) {
	for len(b) > 0 && !c.closed {
		buf, shared := c.room()
		n := copy(buf, b)
		b = b[n:]
		c.readDone(n, shared)
	}
	if err == io.EOF {
		c.peerDone(err)
		return
	}
	if err != nil {
		c.shut(err)
		return
	}
	if c.paused && (!c.sniff || len(c.in.data) >= sniffLimit) {
		c.unread = true
		s.block(true)
	}
}

// allow lets the reader read on.
func (s *stream) allow(c *Conn) { s.block(false) }

// block tells the reader whether it may read.
func (s *stream) block(on bool) {
	s.mu.Lock()
	s.blocked = on
	s.gate.Signal()
	s.mu.Unlock()
}

// flush moves what is pending to the writer. Runs on the loop.
func (s *stream) flush(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy || s.closed || c.held || c.out.empty() {
		return // when the writer is done, written looks again
	}
	s.queue = c.out.head()
	c.inFlight = int64(len(s.queue))
	c.out.sent(len(s.queue))
	s.busy = true
	s.cond.Signal()
}

func (s *stream) write(c *Conn) {
	for {
		s.mu.Lock()
		for s.queue == nil && !s.closed {
			s.cond.Wait()
		}
		b := s.queue
		s.queue = nil
		closed := s.closed
		s.mu.Unlock()
		if closed {
			return
		}
		n, err := s.nc.Write(b)
		c.loop.Post(func() {
			s.mu.Lock()
			s.busy = false
			s.mu.Unlock()
			s.written(c, n, err)
		})
		if err != nil {
			return
		}
	}
}

// written runs on the loop.
func (s *stream) written(c *Conn, n int, err error) {
	c.BytesOut += int64(n)
	c.inFlight = 0
	switch {
	case c.closed:
	case err != nil:
		c.shut(err)
	case c.Pending() > 0:
		s.flush(c)
	default:
		c.drained()
	}
}

func (s *stream) writing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.busy
}

func (s *stream) close() {
	s.mu.Lock()
	s.closed = true
	s.cond.Signal()
	s.gate.Signal()
	s.mu.Unlock()
	s.nc.Close()
}
