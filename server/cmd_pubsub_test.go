package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"radish/pubsub"
)

func (w *wire) expect(want string) {
	w.tb.Helper()
	if got := w.reply(); got != want {
		w.tb.Fatalf("got %.200q, want %.200q", got, want)
	}
}

// subscribers opens n connections, on all loops, that have subscribed to a channel.
func subscribers(t *testing.T, addr, channel string, n int) []*wire {
	t.Helper()
	list := make([]*wire, n)
	for i := range list {
		list[i] = dial(t, addr)
		list[i].do("SUBSCRIBE " + channel)
	}
	return list
}

// TestMessagesReachAllLoops publishes from several loops at once: all get all, each publisher's in order, all in the same order.
func TestMessagesReachAllLoops(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "4")
	subs := subscribers(t, addr, "c", 12)
	const publishers, each = 4, 300
	for p := range publishers {
		w := dial(t, addr)
		go func() {
			for n := range each {
				w.send(fmt.Sprintf("PUBLISH c %d-%d", p, n))
			}
		}()
	}
	var first []string
	for i, s := range subs {
		var got []string
		last := map[string]int{}
		for range publishers * each {
			text := strings.Split(s.reply(), "\r\n")[6]
			got = append(got, text)
			p, n, _ := strings.Cut(text, "-")
			if n != fmt.Sprint(last[p]) {
				t.Fatalf("publisher %s: %s instead of %d", p, n, last[p])
			}
			last[p]++
		}
		if first == nil {
			first = got
		} else if strings.Join(first, " ") != strings.Join(got, " ") {
			t.Fatalf("subscribers 0 and %d saw different orders", i)
		}
	}
}

// TestMessageIsThereBeforeTheReply: who has the reply to PUBLISH knows that a subscriber gets the message before the reply to anything
// that it asks for then.
func TestMessageIsThereBeforeTheReply(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "4")
	w := dial(t, addr)
	subs := subscribers(t, addr, "c", 8)
	for range 50 {
		if got := w.do("PUBLISH c x"); got != ":8\r\n" {
			t.Fatalf("%q", got)
		}
		for _, s := range subs {
			s.send("PING")
		}
		for _, s := range subs {
			s.expect(bulks("message", "c", "x"))
			s.expect(bulks("pong", ""))
		}
	}
}

func TestSlowSubscriberIsCutOff(t *testing.T) {
	s, addr := startServer(t, "--client-output-buffer-limit", "pubsub 1mb 0 0")
	w := dial(t, addr)
	subs := subscribers(t, addr, "c", 4)
	slow := subscribers(t, addr, "c", 2)
	text := strings.Repeat("x", 20_000)
	cut := false
	for n := 0; !cut; n++ {
		if n == 5000 {
			t.Fatal("nobody was cut off")
		}
		got := w.do("PUBLISH c " + text)
		cut = got == ":4\r\n"
		for _, s := range subs {
			s.expect(bulks("message", "c", text))
		}
	}
	if n := s.outputLimitHits.Load(); n != 2 {
		t.Fatalf("%d clients were ended", n)
	}
	for _, s := range slow {
		s.nc.SetDeadline(time.Now().Add(10 * time.Second))
		for {
			if _, err := s.read(); err != nil {
				break
			}
		}
	}
	if got := w.do("PUBSUB NUMSUB c"); got != "*2\r\n$1\r\nc\r\n:4\r\n" {
		t.Fatalf("%q", got)
	}
}

// TestSoftLimitOfSubscribers: more than the soft limit for longer than its time ends a subscriber too.
func TestSoftLimitOfSubscribers(t *testing.T) {
	_, addr := startServer(t, "--client-output-buffer-limit", "pubsub 0 100kb 1")
	w := dial(t, addr)
	subscribers(t, addr, "c", 1)
	text := strings.Repeat("x", 60_000)
	for range 200 {
		w.do("PUBLISH c " + text)
	}
	if got := w.do("PUBSUB NUMSUB c"); got != "*2\r\n$1\r\nc\r\n:1\r\n" {
		t.Fatalf("it was ended at once: %q", got)
	}
	for range 100 {
		if time.Sleep(50 * time.Millisecond); w.do("PUBSUB NUMSUB c") == "*2\r\n$1\r\nc\r\n:0\r\n" {
			return
		}
	}
	t.Fatal("it was not ended")
}

// TestPublisherWaitsForSlowLoops: somebody who publishes faster than a loop delivers does not fill memory, and nothing is lost.
func TestPublisherWaitsForSlowLoops(t *testing.T) {
	s, addr := startServer(t, "--client-output-buffer-limit", "pubsub 0 0 0")
	subs := subscribers(t, addr, "c", 4)
	s.loops[0].nl.Post(func() { time.Sleep(100 * time.Millisecond) })
	s.loops[1].nl.Post(func() { time.Sleep(150 * time.Millisecond) })
	text := strings.Repeat("x", 1000)
	const n = 5000
	for range 2 {
		w := dial(t, addr)
		go w.send(strings.TrimSuffix(strings.Repeat("PUBLISH c "+text+"\r\n", n), "\r\n"))
	}
	for _, sub := range subs {
		for range 2 * n {
			sub.expect(bulks("message", "c", text))
		}
	}
	if s.hub.Full() {
		t.Fatal("a mailbox is full at the end")
	}
}

// TestEXECOnAWorker: a transaction that a worker runs subscribes, publishes and unsubscribes as on a loop.
func TestEXECOnAWorker(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	w.do("HELLO 3")
	w.do("MULTI")
	for _, c := range []string{"INFO server", "SUBSCRIBE a", "PUBLISH a x", "PSUBSCRIBE b*", "PUBLISH b y", "UNSUBSCRIBE", "PUBLISH a z", "PING"} {
		w.do(c)
	}
	w.send("EXEC")
	if line, _ := w.r.ReadString('\n'); line != "*8\r\n" {
		t.Fatalf("%q", line)
	}
	w.reply()
	for _, want := range []string{
		">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n", ":1\r\n", ">3\r\n$10\r\npsubscribe\r\n$2\r\nb*\r\n:2\r\n", ":1\r\n",
		">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n", ":0\r\n", "+PONG\r\n",
		">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n", ">4\r\n$8\r\npmessage\r\n$2\r\nb*\r\n$1\r\nb\r\n$1\r\ny\r\n",
	} {
		w.expect(want)
	}
}

// TestPubSubReleases: whatever ends a client or its subscriptions leaves nothing behind.
func TestPubSubReleases(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("PING") // it holds no more after the next
	ends := map[string]func(c *wire){
		"closed": func(c *wire) { c.nc.Close() },
		"QUIT":   func(c *wire) { c.send("QUIT") },
		"RESET":  func(c *wire) { c.send("RESET") },
		"killed": func(c *wire) { w.do("CLIENT KILL TYPE pubsub") },
	}
	for name, end := range ends {
		c := dial(t, addr)
		c.do("SUBSCRIBE a")
		c.do("PSUBSCRIBE b")
		c.do("SSUBSCRIBE c")
		before := s.clientMem.Load()
		end(c)
		deadline := time.Now().Add(5 * time.Second)
		for s.hub.Topics(pubsub.Channel)+s.hub.Topics(pubsub.Pattern)+s.hub.Topics(pubsub.Shard) > 0 {
			if time.Now().After(deadline) {
				t.Fatalf("%s: something is left", name)
			}
			time.Sleep(time.Millisecond)
		}
		w.do("PING")
		if after := s.clientMem.Load(); after >= before {
			t.Errorf("%s: clients hold %d bytes, before it %d", name, after, before)
		}
		if got := w.do("PUBLISH a x"); got != ":0\r\n" {
			t.Fatalf("%s: %q", name, got)
		}
	}
}

func TestPubSubMemoryCounts(t *testing.T) {
	s, addr := startServer(t)
	c := dial(t, addr)
	c.do("PING")
	before := s.clientMem.Load()
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("channel:%d", i))
	}
	c.send("SUBSCRIBE " + strings.Join(names, " "))
	for range names {
		c.reply()
	}
	if grown := s.clientMem.Load() - before; grown < 100_000 || grown > 1_000_000 {
		t.Fatalf("1,000 subscriptions take %d bytes", grown)
	}
}
