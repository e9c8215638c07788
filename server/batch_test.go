package server

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
)

// TestRepeatedRequests sends pipelines in which a request follows an equal one, one that begins like it, one
// cut off, and one with another command: each has its own reply.
func TestRepeatedRequests(t *testing.T) {
	_, addr := startServer(t)
	ping, one, two := encoded("PING"), encoded("PING", "1"), encoded("PING", "2")
	incr, none := encoded("INCR", "n"), encoded("NONE")
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

// TestRepeatedRequestsAreCountedAndSeen: of requests that run together each is counted, and each is shown to those who look: MULTI, MONITOR,
// the slow log, CLIENT REPLY.
func TestRepeatedRequestsAreCountedAndSeen(t *testing.T) {
	_, addr := startServer(t)
	ping, echo, wrong := encoded("PING"), encoded("ECHO", "hi"), encoded("PING", "a", "b")
	const fault = "-ERR wrong number of arguments for 'ping' command\r\n"
	w := dial(t, addr)
	expect(t, w, strings.Repeat(ping, 70), strings.Repeat("+PONG\r\n", 70))
	expect(t, w, strings.Repeat(echo, 40), strings.Repeat("$2\r\nhi\r\n", 40))
	expect(t, w, strings.Repeat(wrong, 5)+ping+ping, strings.Repeat(fault, 5)+"+PONG\r\n+PONG\r\n")
	expect(t, w, "*1\r\n$4\r\nECHO\r\n*1\r\n$4\r\nECHO\r\n"+echo, strings.Repeat("-ERR wrong number of arguments for 'echo' command\r\n", 2)+"$2\r\nhi\r\n")
	stats := w.do("INFO commandstats")
	for _, want := range []string{"cmdstat_ping:calls=77,", "cmdstat_echo:calls=41,", "rejected_calls=0,failed_calls=5", "rejected_calls=2,failed_calls=0"} {
		if !strings.Contains(stats, want) {
			t.Errorf("no %q in %s", want, stats)
		}
	}
	if got := w.do("LATENCY HISTOGRAM ping"); !strings.Contains(got, "calls\r\n:77\r\n") {
		t.Errorf("LATENCY HISTOGRAM: %q", got)
	}
	expect(t, w, "MULTI\r\n"+strings.Repeat(ping, 3)+"EXEC\r\n", "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+PONG\r\n+PONG\r\n+PONG\r\n")
	expect(t, w, "CLIENT REPLY SKIP\r\n"+strings.Repeat(ping, 3), "+PONG\r\n+PONG\r\n")
	expect(t, w, "CLIENT REPLY OFF\r\n"+strings.Repeat(ping, 3)+"CLIENT REPLY ON\r\n", "+OK\r\n")
	if got := w.do("CONFIG SET slowlog-log-slower-than 0"); got != "+OK\r\n" {
		t.Fatal(got)
	}
	expect(t, w, strings.Repeat(ping, 20), strings.Repeat("+PONG\r\n", 20))
	expect(t, w, "CONFIG SET slowlog-log-slower-than -1\r\nSLOWLOG LEN\r\n", "+OK\r\n:21\r\n")
	m := dial(t, addr)
	m.do("MONITOR")
	expect(t, w, strings.Repeat(ping, 20), strings.Repeat("+PONG\r\n", 20))
	for i := range 20 {
		if line := m.line(); !strings.Contains(line, `"PING"`) {
			t.Fatalf("line %d of MONITOR is %q", i, line)
		}
	}
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

// TestPipelinesOfOneKey: the shard that a pipeline keeps locked between its requests is unlocked for others, whatever its requests turn
// out to be: short ones and long ones, refused ones and failing ones, reads, and such as wait for other shards.
func TestPipelinesOfOneKey(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "2")
	request := func(words ...string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(words))
		for _, w := range words {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
		}
		return b.String()
	}
	const clients, rounds = 6, 40
	push, read := request("RPUSH", "list", "v"), request("LLEN", "list")
	kinds := []string{
		strings.Repeat(push, 9),
		push + request("RPUSH", "list") + request("RPUSH", "list") + push,
		strings.Repeat(request("INCR", "list"), 3) + push,
		strings.Repeat(read, 5) + push + read + read,
		request("LRANGE", "list", "0", "-1") + request("LRANGE", "list", "0", "0") + push + request("BLPOP", "list", "none", "0"),
		strings.Repeat(request("MULTI")+push+push+request("EXEC"), 2),
		push + push + request("COPY", "list", "other", "REPLACE") + request("RENAME", "other", "another"),
	}
	pushes := []int{9, 2, 1, 1, 0, 4, 2} // what is in the list afterwards
	replies := []int{9, 4, 4, 8, 4, 8, 4}
	total := 1
	dial(t, addr).do("RPUSH list first")
	var all sync.WaitGroup
	for c := range clients {
		w := dial(t, addr)
		for r := range rounds {
			total += pushes[(c+r)%len(kinds)]
		}
		all.Go(func() {
			for r := range rounds {
				k := (c + r) % len(kinds)
				io.WriteString(w.nc, kinds[k])
				for range replies[k] {
					if _, err := w.read(); err != nil {
						t.Errorf("%d: %v", k, err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	want(t, "LLEN", dial(t, addr).do("LLEN list"), fmt.Sprintf(":%d\r\n", total))
}
