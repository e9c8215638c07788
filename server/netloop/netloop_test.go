package netloop

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// lines is a Handler that answers each line with the same line, in capitals.
type lines struct {
	loop           *Loop
	opened, closed atomic.Int64
	pauseOn        byte         // a line that begins so pauses the connection for a moment
	quitOn         byte         // a line that begins so ends it
	hold           int          // pending replies above which the connection waits until they are taken; 0: none
	most           atomic.Int64 // the most that was pending
}

func (h *lines) Open(c *Conn)             { h.opened.Add(1) }
func (h *lines) Close(c *Conn, err error) { h.closed.Add(1) }
func (h *lines) Leave()                   {}
func (h *lines) Served()                  {}
func (h *lines) Turn() time.Duration      { return -1 }
func (h *lines) Data(c *Conn, in []byte) int {
	out, n := c.Scratch(), 0
	for !c.Paused() {
		i := bytes.IndexByte(in[n:], '\n')
		if i < 0 {
			c.Need(len(in) - n + 1)
			break
		}
		line := in[n : n+i+1]
		n += i + 1
		out = append(out, bytes.ToUpper(line)...)
		if h.pauseOn != 0 && line[0] == h.pauseOn {
			c.Pause(false)
			go func() {
				time.Sleep(time.Millisecond)
				h.loop.Post(c.Resume)
			}()
		}
		if h.quitOn != 0 && line[0] == h.quitOn {
			c.CloseSoon()
		}
	}
	c.Send(out)
	h.most.Store(max(h.most.Load(), int64(c.Pending())))
	if h.hold > 0 && c.Pending() > h.hold {
		c.PauseUntilDrained()
	}
	return n
}

// serve starts a loop with h and returns a way to connect: over the platform's own transport or a stream.
func serve(t *testing.T, h Handler, stream bool) func() net.Conn {
	t.Helper()
	l, err := NewLoop(0)
	if err != nil {
		t.Fatal(err)
	}
	if h, ok := h.(*lines); ok {
		h.loop = l
	}
	l.SetHandler(h)
	go l.Run()
	t.Cleanup(func() {
		l.Stop()
		<-l.Done()
	})
	if stream {
		return func() net.Conn {
			a, b := net.Pipe()
			l.AddStream(b)
			t.Cleanup(func() { a.Close() })
			return a
		}
	}
	ln, err := ListenTCP("127.0.0.1", 0, ListenOptions{Backlog: 511})
	if err != nil {
		t.Fatal(err)
	}
	ln.Start(l, func(net.Addr, net.Addr) *Loop { return l }, nil, nil)
	t.Cleanup(func() { ln.Close(nil) })
	return func() net.Conn {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(20 * time.Second))
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// both runs a test over sockets and over streams.
func both(t *testing.T, fn func(t *testing.T, stream bool)) {
	t.Run("socket", func(t *testing.T) { fn(t, false) })
	t.Run("stream", func(t *testing.T) { fn(t, true) })
}

// talk writes all of in, in pieces, and reads as many bytes back.
func talk(t *testing.T, c net.Conn, in []byte, piece func() int) {
	t.Helper()
	go func() {
		for rest := in; len(rest) > 0; {
			n := min(len(rest), piece())
			if _, err := c.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
	}()
	got := make([]byte, len(in))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, bytes.ToUpper(in)) {
		t.Fatal("the answer differs from what was sent")
	}
}

func text(lines, width int) []byte {
	var b []byte
	for i := 0; i < lines; i++ {
		for j := 0; j < width; j++ {
			b = append(b, byte('b'+(i*7+j)%20))
		}
		b = append(b, '\n')
	}
	return b
}

func TestPiecesOfAnySize(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		dial := serve(t, &lines{}, stream)
		c := dial()
		talk(t, c, text(200, 3), func() int { return 1 })
		talk(t, c, text(3000, 40), func() int { return 1 + rand.IntN(3000) })
		talk(t, c, text(30, 100_000), func() int { return 1 << 20 })
		talk(t, c, text(2, 3_000_000), func() int { return 100_000 })
		talk(t, c, text(5, 10), func() int { return 7 })
	})
}

func TestPauseKeepsOrder(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		dial := serve(t, &lines{pauseOn: 'c'}, stream)
		talk(t, dial(), text(400, 50), func() int { return 1 + rand.IntN(2000) })
	})
}

func TestCloseSoonFlushesFirst(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		h := &lines{quitOn: 'q'}
		c := serve(t, h, stream)()
		in := append(text(1, 2_000_000), "quit\nnever\n"...)
		go c.Write(in)
		got, err := io.ReadAll(c)
		if err != nil && !bytes.HasSuffix(got, []byte("QUIT\n")) {
			t.Fatal(err)
		}
		if want := bytes.ToUpper(in[:len(in)-len("never\n")]); !bytes.Equal(got, want) {
			t.Fatalf("got %d bytes, want %d", len(got), len(want))
		}
	})
}

func TestPauseUntilDrained(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		h := &lines{hold: 1 << 20}
		c := serve(t, h, stream)()
		in := text(300, 100_000) // 30 MB, which the peer does not read for a while
		go c.Write(in)
		time.Sleep(100 * time.Millisecond)
		got := make([]byte, len(in))
		if _, err := io.ReadFull(c, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, bytes.ToUpper(in)) {
			t.Fatal("the answer differs from what was sent")
		}
		if h.most.Load() > 4<<20 {
			t.Fatalf("%d bytes were pending", h.most.Load())
		}
	})
}

func TestManyConnections(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		h := &lines{}
		dial := serve(t, h, stream)
		for i := 0; i < 200; i++ {
			c := dial()
			talk(t, c, text(2, 10), func() int { return 8 })
			c.Close()
		}
		for end := time.Now().Add(10 * time.Second); h.closed.Load() != 200; {
			if time.Now().After(end) {
				t.Fatalf("%d of 200 connections were seen to end", h.closed.Load())
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func TestPostFromManyGoroutines(t *testing.T) {
	h := &lines{}
	serve(t, h, false)
	const n, each = 8, 1000
	sum := 0 // only the loop touches it
	all := make(chan struct{})
	for range n {
		go func() {
			for range each {
				h.loop.Post(func() {
					if sum++; sum == n*each {
						close(all)
					}
				})
			}
		}()
	}
	select {
	case <-all:
	case <-time.After(10 * time.Second):
		t.Fatal("posts were lost")
	}
}

// TestPostAfterTheEnd: a loop that has ended touches no descriptor: it may be somebody else's.
func TestPostAfterTheEnd(t *testing.T) {
	l, err := NewLoop(0)
	if err != nil {
		t.Fatal(err)
	}
	l.SetHandler(&lines{})
	go l.Run()
	l.Stop()
	<-l.Done()
	var ends []*os.File
	for range 8 { // one of them has the number that the loop's descriptor had
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		defer w.Close()
		ends = append(ends, r)
	}
	for range 3 {
		l.Post(func() { t.Error("a closure ran on a loop that has ended") })
	}
	for _, r := range ends {
		r.SetReadDeadline(time.Now().Add(time.Millisecond))
		if n, _ := r.Read(make([]byte, 8)); n > 0 {
			t.Error("the loop has written into a pipe that is not its own")
		}
	}
}

// bulky answers each byte with a long reply, all within one Data.
type bulky struct {
	lines
	most atomic.Int64 // capacity of the scratch buffer
}

func (h *bulky) Data(c *Conn, in []byte) int {
	for range in {
		c.Send(append(c.Scratch(), make([]byte, 2*readSize)...))
		h.most.Store(max(h.most.Load(), int64(cap(c.Scratch()))))
	}
	return len(in)
}

// TestLongRepliesDoNotGather: long replies leave at once, and the buffer of the loop does not grow with their number.
func TestLongRepliesDoNotGather(t *testing.T) {
	h := &bulky{}
	l, err := NewLoop(0)
	if err != nil {
		t.Fatal(err)
	}
	l.SetHandler(h)
	go l.Run()
	defer func() {
		l.Stop()
		<-l.Done()
	}()
	a, b := net.Pipe()
	defer a.Close()
	l.AddStream(b)
	const n = 100
	go a.Write(make([]byte, n))
	if _, err := io.ReadFull(a, make([]byte, n*2*readSize)); err != nil {
		t.Fatal(err)
	}
	if m := h.most.Load(); m > 8*readSize {
		t.Errorf("the buffer grew to %d bytes", m)
	}
}

// TestHalfClosedPeer: a peer that shuts its side behind its requests gets the replies.
func TestHalfClosedPeer(t *testing.T) {
	h := &lines{pauseOn: 'p'}
	connect := serve(t, h, false)
	for i := range 50 {
		c := connect().(*net.TCPConn)
		for _, s := range []string{"one\n", "pause\n", "two\n"} {
			io.WriteString(c, s)
		}
		c.CloseWrite()
		got, err := io.ReadAll(c)
		if err != nil || string(got) != "ONE\nPAUSE\nTWO\n" {
			t.Fatalf("connection %d: %q, %v", i, got, err)
		}
		c.Close()
	}
}

// pauser is a Handler that counts what it is handed, in small parts: now it yields, now it waits for somebody to resume the connection.
type pauser struct {
	loop *Loop
	rnd  *rand.Rand
	got  atomic.Int64
}

func (h *pauser) Open(*Conn)          {}
func (h *pauser) Close(*Conn, error)  {}
func (h *pauser) Served()             {}
func (h *pauser) Leave()              {}
func (h *pauser) Turn() time.Duration { return -1 }
func (h *pauser) Data(c *Conn, in []byte) int {
	n := min(len(in), 1+h.rnd.IntN(300_000))
	h.got.Add(int64(n))
	switch h.rnd.IntN(3) {
	case 0:
		c.Yield()
	case 1:
		c.Pause(true)
		if h.rnd.IntN(2) == 0 {
			h.loop.Post(c.Resume)
		} else {
			pause := time.Duration(h.rnd.IntN(1000)) * time.Microsecond
			time.AfterFunc(pause, func() { h.loop.Post(c.Resume) })
		}
	default:
		c.Yield()
	}
	return n
}

// TestNothingIsLeftUnread: whatever pauses a connection and lets it go on, all that arrives is read.
func TestNothingIsLeftUnread(t *testing.T) {
	l, err := NewLoop(0)
	if err != nil {
		t.Fatal(err)
	}
	h := &pauser{loop: l, rnd: rand.New(rand.NewPCG(5, 6))}
	l.SetHandler(h)
	go l.Run()
	defer func() {
		l.Stop()
		<-l.Done()
	}()
	ln, err := ListenTCP("127.0.0.1", 0, ListenOptions{Backlog: 511})
	if err != nil {
		t.Fatal(err)
	}
	ln.Start(l, func(net.Addr, net.Addr) *Loop { return l }, nil, nil)
	defer ln.Close(nil)
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	const size = 64 << 20
	b := make([]byte, 1<<20)
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	for sent := 0; sent < size; sent += len(b) {
		if _, err := nc.Write(b); err != nil {
			t.Fatalf("%v; %d of %d bytes were handed over", err, h.got.Load(), sent)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); h.got.Load() < size; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d bytes were handed over", h.got.Load(), size)
		}
	}
}

// held keeps and pauses its connection at the first Data.
type held struct {
	lines
	yield bool // before
	conn  chan *Conn
}

func (h *held) Data(c *Conn, in []byte) int {
	c.Hold()
	if h.yield {
		c.Yield()
	}
	if c.PauseHeld() {
		h.conn <- c
	}
	return len(in)
}

// TestHeldConnectionsAreNotRead: a peer that sends on without being answered costs bounded memory.
func TestHeldConnectionsAreNotRead(t *testing.T) {
	test := func(t *testing.T, stream, yield bool) {
		h := &held{yield: yield, conn: make(chan *Conn, 1)}
		nc := serve(t, h, stream)()
		nc.Write([]byte("x"))
		c := <-h.conn
		nc.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		for b := make([]byte, 1<<20); ; {
			if _, err := nc.Write(b); err != nil {
				break // the kernel's buffers are full
			}
		}
		n := make(chan int)
		c.Loop().Post(func() { n <- c.InLen() })
		if n := <-n; n > sniffLimit {
			t.Errorf("%d bytes have been read", n)
		}
	}
	both(t, func(t *testing.T, stream bool) {
		t.Run("paused", func(t *testing.T) { test(t, stream, false) })
		t.Run("yielded", func(t *testing.T) { test(t, stream, true) })
	})
}

// parked pauses its connection without reading on.
type parked struct {
	lines
	conn chan *Conn
}

func (h *parked) Data(c *Conn, in []byte) int {
	c.Pause(false)
	h.conn <- c
	return len(in)
}

// TestPeerThatLeftMeanwhile: a connection that begins to be watched is found to be gone, though the peer left before.
func TestPeerThatLeftMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, stream bool) {
		h := &parked{conn: make(chan *Conn, 1)}
		nc := serve(t, h, stream)()
		nc.Write([]byte("x"))
		c := <-h.conn
		nc.Close()
		time.Sleep(20 * time.Millisecond)
		c.Loop().Post(func() { c.Pause(true) })
		for end := time.Now().Add(5 * time.Second); h.closed.Load() == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody noticed")
			}
		}
	})
}
