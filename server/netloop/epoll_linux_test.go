package netloop

import (
	"net"
	"testing"
	"time"
)

// sniffer pauses its connection at the first Data, as one that waits and is watched.
type sniffer struct {
	lines
	conn chan *Conn
}

func (h *sniffer) Data(c *Conn, in []byte) int {
	c.Pause(true)
	h.conn <- c
	return len(in)
}

// TestPeerThatLeavesBehindInput: a connection that is watched is found to be gone, though the peer has sent more than is read meanwhile.
func TestPeerThatLeavesBehindInput(t *testing.T) {
	h := &sniffer{conn: make(chan *Conn, 1)}
	nc := serve(t, h, false)().(*net.TCPConn)
	nc.Write([]byte("x"))
	c := <-h.conn
	nc.Write(make([]byte, sniffLimit+200<<10))
	waitFor := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	waitFor("it does not read on", func() bool {
		n := make(chan int)
		c.Loop().Post(func() { n <- c.InLen() })
		return <-n >= sniffLimit
	})
	time.Sleep(20 * time.Millisecond)
	if h.closed.Load() != 0 {
		t.Fatal("closed while the peer is there")
	}
	nc.CloseWrite()
	waitFor("nobody noticed", func() bool { return h.closed.Load() != 0 })
}
