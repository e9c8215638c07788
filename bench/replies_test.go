package main

import (
	"errors"
	"strings"
	"testing"
)

const mixedReplies = "+OK\r\n:12\r\n$5\r\nhello\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n" +
	"*3\r\n:1\r\n*2\r\n$4\r\na\r\nb\r\n+x\r\n$-1\r\n+PONG\r\n"

const mixedCount = 9

func TestReplyCounterWhole(t *testing.T) {
	var c replyCounter
	if n, err := c.count([]byte(mixedReplies)); n != mixedCount || err != nil {
		t.Fatalf("counted %d, %v; want %d", n, err, mixedCount)
	}
	if c.open != 0 || c.skip != 0 || len(c.line) != 0 {
		t.Errorf("not at the start of a reply: %+v", c)
	}
}

func TestReplyCounterPieces(t *testing.T) {
	for size := 1; size < len(mixedReplies); size++ {
		var c replyCounter
		total := 0
		for at := 0; at < len(mixedReplies); at += size {
			n, err := c.count([]byte(mixedReplies[at:min(at+size, len(mixedReplies))]))
			if err != nil {
				t.Fatalf("pieces of %d: %v", size, err)
			}
			total += n
		}
		if total != mixedCount {
			t.Fatalf("pieces of %d: counted %d, want %d", size, total, mixedCount)
		}
	}
}

func TestReplyCounterErrors(t *testing.T) {
	var c replyCounter
	n, err := c.count([]byte("+OK\r\n-ERR unknown command 'X'\r\n+OK\r\n"))
	if n != 1 || err == nil || !strings.Contains(err.Error(), "unknown command 'X'") {
		t.Errorf("error reply: counted %d, %v", n, err)
	}
	for _, bad := range []string{"?\r\n", "$x\r\n", "$-2\r\n", "*x\r\n", "*-7\r\n", "+OK\n", "\r\n"} {
		var c replyCounter
		if _, err := c.count([]byte(bad)); !errors.Is(err, errMalformedReply) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestReplyCounterDoesNotAllocate(t *testing.T) {
	var c replyCounter
	b := []byte(strings.Repeat("$32\r\n"+value32+"\r\n:100\r\n", 20))
	allocs := testing.AllocsPerRun(100, func() {
		if n, err := c.count(b); n != 40 || err != nil {
			t.Fatalf("counted %d, %v", n, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
