package server

import (
	"io"
	"strings"
	"testing"
)

// TestRepeatedRequests sends pipelines in which a request follows an equal one, one that begins like it, one
// cut off, and one with another command: each has its own reply.
func TestRepeatedRequests(t *testing.T) {
	_, addr := startServer(t)
	const (
		ping = "*1\r\n$4\r\nPING\r\n"
		one  = "*2\r\n$4\r\nPING\r\n$1\r\n1\r\n"
		two  = "*2\r\n$4\r\nPING\r\n$1\r\n2\r\n"
		incr = "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
		none = "*1\r\n$4\r\nNONE\r\n"
	)
	replies := strings.NewReplacer(
		ping, "+PONG\r\n", one, "$1\r\n1\r\n", two, "$1\r\n2\r\n",
		none, "-ERR unknown command 'NONE', with args beginning with: \r\n")
	for _, requests := range []string{
		strings.Repeat(ping, 100),
		strings.Repeat(one+one+two+ping+ping, 30),
		none + none + ping + none + one,
		ping + "*0\r\n*0\r\n" + ping + ping,
	} {
		w := dial(t, addr)
		expect(t, w, requests, strings.ReplaceAll(replies.Replace(requests), "*0\r\n", ""))
		for cut := 1; cut < len(ping); cut++ { // the second of three is not whole yet
			expect(t, w, ping+ping[:cut], "+PONG\r\n")
			expect(t, w, ping[cut:]+ping, "+PONG\r\n+PONG\r\n")
		}
	}
	expect(t, dial(t, addr), strings.Repeat(incr, 5), ":1\r\n:2\r\n:3\r\n:4\r\n:5\r\n")
}

// expect sends bytes and reads as many as want has.
func expect(t *testing.T, w *wire, send, want string) {
	t.Helper()
	if _, err := io.WriteString(w.nc, send); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(w.r, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}
