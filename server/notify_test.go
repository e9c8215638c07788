package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"radish/command"
	"radish/config"
)

// event reads a message of a pattern and returns channel and text.
func (w *wire) event() (channel, text string) {
	w.tb.Helper()
	words := strings.Split(w.reply(), "\r\n")
	if len(words) != 10 {
		w.tb.Fatalf("no message of a pattern: %q", words)
	}
	return words[6], words[8]
}

func TestNotifyBits(t *testing.T) {
	for _, c := range []struct {
		flags config.NotifyFlags
		want  uint32
	}{
		{0, 0}, {config.NotifyAll, 0}, {config.NotifyKeyevent, 0},
		{config.NotifyKeyevent | config.NotifyNew, notifyKeyevent | uint32(command.EventNew)},
		{config.NotifyKeyspace | config.NotifyKeyMiss | config.NotifyModule, notifyKeyspace | uint32(command.EventKeyMiss) | uint32(command.EventModule)},
	} {
		if got := notifyBits(c.flags); got != c.want {
			t.Errorf("%v: %b, want %b", c.flags, got, c.want)
		}
	}
}

// TestNotificationsOfAKeyAreInOrder: whichever loops change a key, its events come in the order of the changes.
func TestNotificationsOfAKeyAreInOrder(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "4", "--notify-keyspace-events", "KA", "--client-output-buffer-limit", "pubsub 0 0 0")
	const writers, each = 4, 2000
	subs := make([]*wire, 4)
	for i := range subs {
		subs[i] = dial(t, addr)
		subs[i].do("PSUBSCRIBE *")
	}
	for range writers {
		w := dial(t, addr)
		go func() {
			for range each / 10 {
				w.send(strings.TrimSuffix(strings.Repeat("SET k v NX\r\nDEL k\r\n", 10), "\r\n"))
			}
			w.send("SET end v")
		}()
	}
	for i, s := range subs {
		there, ends := false, 0
		for ends < writers {
			channel, text := s.event()
			switch {
			case channel == "__keyspace@0__:end":
				ends++
			case text == "set" && !there, text == "del" && there:
				there = !there
			default:
				t.Fatalf("subscriber %d: %s although the key is there: %v", i, text, there)
			}
		}
	}
}

func TestExpiredAtTheDeadline(t *testing.T) {
	_, addr := startServer(t, "--notify-keyspace-events", "Exh")
	w, s := dial(t, addr), dial(t, addr)
	s.do("PSUBSCRIBE *")
	w.do("SET k v PX 100")
	begin := time.Now()
	if c, k := s.event(); c != "__keyevent@0__:expired" || k != "k" {
		t.Fatalf("%s %s", c, k)
	}
	if d := time.Since(begin); d < 80*time.Millisecond || d > 2*time.Second {
		t.Fatalf("after %v", d)
	}
	w.do("HSET h a 1 b 2")
	s.event()
	w.do("HPEXPIRE h 50 FIELDS 1 a")
	for _, want := range []string{"hexpire", "hexpired"} {
		if c, k := s.event(); c != "__keyevent@0__:"+want || k != "h" {
			t.Fatalf("%s %s", c, k)
		}
	}
}

func TestEvictedIsTold(t *testing.T) {
	_, addr := startServer(t, "--notify-keyspace-events", "Ee", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-random")
	w, s := dial(t, addr), dial(t, addr)
	s.do("PSUBSCRIBE *")
	for i := range 100 {
		w.do(fmt.Sprintf("SET k%d v", i))
	}
	w.do("CONFIG SET maxmemory 1")
	for range 100 {
		if c, _ := s.event(); c != "__keyevent@0__:evicted" {
			t.Fatal(c)
		}
	}
}

// TestNothingIsObservedWithoutNotifications: the hot path asks one thing, and it says no.
func TestNothingIsObservedWithoutNotifications(t *testing.T) {
	s, clients := newTestServer(t, 1)
	if s.env.Observed.Load() {
		t.Fatal("observed at the start")
	}
	s.setNotify(config.NotifyAll | config.NotifyKeyspace)
	if !s.env.Observed.Load() || !s.notifies(command.EventList) || s.notifies(command.EventNew) {
		t.Fatal("not observed with notifications")
	}
	run(clients[0], "SET", "k", "v") // nobody has subscribed
	s.setNotify(config.NotifyAll)
	if s.env.Observed.Load() {
		t.Fatal("observed although nothing is published")
	}
}
