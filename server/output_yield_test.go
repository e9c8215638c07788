package server

import (
	"io"
	"strings"
	"testing"
	"time"

	"radish/command"
)

// TestOutputOfYieldingClient: requests each of which uses up its turn wait, as others do, while too many replies wait for their client.
func TestOutputOfYieldingClient(t *testing.T) {
	const size, requests = 250 << 10, 80 // 20 MB, of which sockets take less than 10
	text := strings.Repeat("x", size)
	slow := command.Spec{Name: "slowtest", Arity: 1, Group: command.GroupServer, Since: "1.0.0", Summary: "Takes a while.", Handler: func(c *command.Ctx) error {
		time.Sleep(2 * yieldAfter)
		c.Reply.BulkString(text)
		return nil
	}}
	s, addr := startServerWith(t, []command.Spec{slow})
	s.clientMem.Add(outputHold) // so that outputLeast is the limit
	w := dial(t, addr)
	w.write(strings.Repeat(encoded("slowtest"), requests))
	most, same := 0, 0
	for last := -1; same < 20; time.Sleep(20 * time.Millisecond) {
		held := 0
		s.eachLoop(func(l *eventLoop) {
			for _, cl := range l.clients {
				held += cl.conn.Pending()
			}
		})
		most = max(most, held)
		if same++; held != last {
			last, same = held, 0
		}
	}
	if most < outputLeast || most > outputLeast+2*size {
		t.Errorf("%d bytes of replies wait for a client that does not read, the limit is %d", most, outputLeast)
	}
	if n, err := io.CopyN(io.Discard, w.r, requests*(size+int64(len("$256000\r\n\r\n")))); err != nil {
		t.Errorf("after %d bytes of replies: %v", n, err)
	}
}
