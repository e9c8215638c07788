package server

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// TestServedWhileAWorkerEnds has a client that caches wait in a command that a worker has begun, as it is big, and others serve it as soon as the worker unlocks the
// keys: the client is told once of the key that it has taken from. The race detector sees what both would do to its state.
func TestServedWhileAWorkerEnds(t *testing.T) {
	s, addr := startServer(t)
	args := []string{"BLPOP"}
	for i := range 300 {
		args = append(args, fmt.Sprintf("%d:%s", i, strings.Repeat("x", bigRequest/300)))
	}
	args = append(args, "list", "0")
	text := encoded(args...)
	c := dial(t, addr)
	c.do("HELLO 3")
	c.do("CLIENT TRACKING on")
	pushers := make([]*wire, 2)
	for i := range pushers {
		pushers[i] = dial(t, addr)
	}
	for range 10 {
		c.write("LLEN list\r\n" + text)
		if r := c.reply(); r != ":0\r\n" {
			t.Fatalf("LLEN: %q", r)
		}
		var pushed atomic.Int64
		done := make(chan struct{})
		for _, w := range pushers {
			go func() {
				defer func() { done <- struct{}{} }()
				for pushed.Load() == 0 {
					if s.blocked.Load() > 0 && pushed.CompareAndSwap(0, 1) {
						w.do("RPUSH list 1")
					}
				}
			}()
		}
		<-done
		<-done
		// RPUSH makes the length stale.
		got := c.reply() + c.reply()
		if want := invalid("list") + bulks("list", "1"); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if r := c.do("PING"); r != "+PONG\r\n" {
		t.Errorf("got %q besides", r)
	}
}
