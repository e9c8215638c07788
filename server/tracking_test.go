package server

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// invalid is an invalidation in RESP3.
func invalid(keys ...string) string {
	return ">2\r\n$10\r\ninvalidate\r\n" + bulks(keys...)
}

// cachingClient reads keys into a cache of its own, as a client library does.
type cachingClient struct {
	*wire
	cache map[string]string
}

func newCachingClient(t *testing.T, addr, options string) *cachingClient {
	c := &cachingClient{dial(t, addr), map[string]string{}}
	c.do("HELLO 3")
	want(t, "CLIENT TRACKING", c.do("CLIENT TRACKING on "+options), "+OK\r\n")
	return c
}

// forget takes what an invalidation names out of the cache.
func (c *cachingClient) forget(push string) {
	words := strings.Split(push, "\r\n")
	for i := 5; i < len(words); i += 2 {
		delete(c.cache, words[i])
	}
}

// TestCachesAreNeverStale has clients on several loops cache keys that others change: when all is quiet, what a cache has is what the server has.
func TestCachesAreNeverStale(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "4")
	const keys, readers, writers = 40, 6, 3
	key := func(i int) string { return fmt.Sprintf("key:%d", i) }
	var stop atomic.Bool
	var writing, reading sync.WaitGroup
	for i := range writers {
		w := dial(t, addr)
		writing.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 7))
			for n := range 3000 {
				switch k := key(rnd.IntN(keys)); rnd.IntN(12) {
				case 0:
					w.do("DEL " + k)
				case 1:
					w.do("SET " + k + " x PX 1")
				case 2:
					w.do("RENAME " + k + " " + key(rnd.IntN(keys)))
				case 3:
					if rnd.IntN(20) == 0 {
						w.do("FLUSHALL")
					}
				case 4:
					w.do("MULTI")
					w.do(fmt.Sprintf("SET %s %d", k, n))
					w.do(fmt.Sprintf("SET %s %d", key(rnd.IntN(keys)), n))
					w.do("EXEC")
				default:
					w.do(fmt.Sprintf("SET %s %d-%d", k, i, n))
				}
			}
		})
	}
	clients := make([]*cachingClient, readers)
	for i := range clients {
		c := newCachingClient(t, addr, []string{"", "NOLOOP", "BCAST", "BCAST PREFIX key:"}[i%4])
		clients[i] = c
		reading.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 8))
			for !stop.Load() {
				n := 1 + rnd.IntN(4)
				var asked []string
				for range n {
					asked = append(asked, key(rnd.IntN(keys)))
				}
				c.send("GET " + strings.Join(asked, "\r\nGET "))
				for _, k := range asked {
					for {
						r := c.reply()
						if r[0] != '>' {
							c.cache[k] = r
							break
						}
						if strings.HasSuffix(r, "_\r\n") {
							clear(c.cache)
						} else {
							c.forget(r)
						}
					}
				}
			}
		})
	}
	writing.Wait()
	time.Sleep(20 * time.Millisecond) // what lapses is gone
	stop.Store(true)
	reading.Wait()
	w := dial(t, addr)
	w.do("HELLO 3")
	for i, c := range clients {
		c.send("PING")
		for r := c.reply(); r != "+PONG\r\n"; r = c.reply() {
			if strings.HasSuffix(r, "_\r\n") {
				clear(c.cache)
			} else {
				c.forget(r)
			}
		}
		for k, v := range c.cache {
			if now := w.do("GET " + k); now != v {
				t.Errorf("client %d has %q for %s, the server %q", i, v, k, now)
			}
		}
	}
}

// TestTrackingOfLongReads: what a worker reads is tracked, and told of behind the reply.
func TestTrackingOfLongReads(t *testing.T) {
	_, addr := startServer(t)
	c, w := newCachingClient(t, addr, ""), dial(t, addr)
	for range 200 {
		w.send("RPUSH l" + strings.Repeat(" "+strings.Repeat("x", 1000), 60))
		w.reply()
	}
	for range 5 {
		c.send("LRANGE l 0 -1")
		w.do("RPUSH l y")
		w.do("RPUSH l z")
		if line, _ := c.r.ReadString('\n'); line[0] != '*' {
			t.Fatalf("%q before the reply", line)
		} else {
			n := 0
			fmt.Sscanf(line, "*%d", &n)
			for range n {
				c.reply()
			}
		}
		w.do("RPUSH l end")
		if got := c.reply(); got != invalid("l") {
			t.Fatalf("%q", got)
		}
	}
}

// TestInvalidationFollowsTheReplyOfWhoWaited: a blocked client that is served changes a key that it has cached.
func TestInvalidationFollowsTheReplyOfWhoWaited(t *testing.T) {
	s, addr := startServer(t)
	c, w := newCachingClient(t, addr, ""), dial(t, addr)
	for range 100 {
		c.do("LRANGE to 0 -1")
		c.send("BLMOVE from to LEFT LEFT 0")
		eventually(t, "it waits", func() bool { return s.blocked.Load() == 1 })
		w.do("RPUSH from x")
		c.expect("$1\r\nx\r\n")
		c.expect(invalid("to"))
	}
}

// TestPushWhileBlocked: a client that waits for one key hears at once of another.
func TestPushWhileBlocked(t *testing.T) {
	s, addr := startServer(t)
	c, w := newCachingClient(t, addr, ""), dial(t, addr)
	c.do("GET k")
	c.send("BLPOP l 0")
	eventually(t, "it waits", func() bool { return s.blocked.Load() == 1 })
	w.do("SET k v")
	c.expect(invalid("k"))
	w.do("RPUSH l x")
	c.expect(bulks("l", "x"))
}

func TestTrackingTableIsTrimmed(t *testing.T) {
	s, addr := startServer(t, "--tracking-table-max-keys", "50")
	c := newCachingClient(t, addr, "")
	told := 0
	for i := range 200 {
		c.send(fmt.Sprintf("GET k%d", i))
		for c.reply()[0] == '>' {
			told++
		}
	}
	c.send("PING")
	for c.reply()[0] == '>' {
		told++
	}
	if n := s.tracking.keys.Load(); n != 50 || told != 150 {
		t.Fatalf("%d keys are tracked, %d were told", n, told)
	}
	c.do("CONFIG SET tracking-table-max-keys 10")
	for range 40 {
		if r := c.reply(); r[0] != '>' && r != "+OK\r\n" {
			t.Fatalf("%q", r)
		}
	}
	eventually(t, "10 keys are left", func() bool { return s.tracking.keys.Load() == 10 })
}

// TestTrackingReleases: whatever ends tracking leaves nothing behind.
func TestTrackingReleases(t *testing.T) {
	s, addr := startServer(t)
	for name, end := range map[string]func(c *wire){
		"closed": func(c *wire) { c.nc.Close() },
		"RESET":  func(c *wire) { c.send("RESET") },
		"off":    func(c *wire) { c.send("CLIENT TRACKING off") },
	} {
		for _, options := range []string{"", "BCAST PREFIX a PREFIX b"} {
			c := newCachingClient(t, addr, options)
			c.do("GET a")
			other := dial(t, addr)
			target := dial(t, addr)
			id := target.id()
			want(t, "redirect", other.do("CLIENT TRACKING on REDIRECT "+id), "+OK\r\n")
			want(t, "off", other.do("CLIENT TRACKING off"), "+OK\r\n")
			target.nc.Close()
			end(c.wire)
			eventually(t, name+": nothing is left", func() bool {
				s.tracking.mu.Lock()
				defer s.tracking.mu.Unlock()
				return s.tracking.keys.Load() == 0 && s.tracking.items.Load() == 0 && s.tracking.mem.Load() == 0 &&
					s.tracking.prefixCount.Load() == 0 && len(s.tracking.clients) == 0 && len(s.tracking.targets) == 0 && !s.env.Observed.Load()
			})
		}
	}
}

// TestBrokenRedirection: the client hears once for each key that the other is gone.
func TestBrokenRedirection(t *testing.T) {
	s, addr := startServer(t)
	target, w := dial(t, addr), dial(t, addr)
	id := target.id()
	c := newCachingClient(t, addr, "REDIRECT "+id)
	c.do("GET k")
	target.nc.Close()
	eventually(t, "it is gone", func() bool { return s.connected.Load() == 2 })
	w.do("SET k v")
	c.expect(">2\r\n$21\r\ntracking-redir-broken\r\n:" + id + "\r\n")
	if got := c.do("CLIENT TRACKINGINFO"); !strings.Contains(got, "broken_redirect") {
		t.Fatalf("%q", got)
	}
	if got := field(w.do("CLIENT LIST ID "+strings.TrimSpace(c.do("CLIENT ID")[1:])), "flags"); got != "tR" {
		t.Fatalf("flags %q", got)
	}
}

// TestManyReaders: a key that many clients have read is told to all, once.
func TestManyReaders(t *testing.T) {
	s, addr := startServer(t)
	var clients []*cachingClient
	for range fewReaders + 5 {
		c := newCachingClient(t, addr, "")
		c.do("GET k")
		c.do("GET k")
		clients = append(clients, c)
	}
	if n := s.tracking.items.Load(); n != fewReaders+5 {
		t.Fatalf("%d items", n)
	}
	w := dial(t, addr)
	w.do("SET k v")
	w.do("SET k w")
	for _, c := range clients {
		c.expect(invalid("k"))
		want(t, "PING", c.do("PING"), "+PONG\r\n")
	}
}

func TestBroadcastsOfATurnAreOne(t *testing.T) {
	s, clients := newTestServer(t, 1)
	cl := clients[0]
	run(cl, "HELLO", "3")
	cl.own(func() {
		if err := s.track(cl, &trackMode{bcast: true, prefixes: []string{"a", "b"}}); err != nil {
			t.Fatal(err)
		}
	})
	for _, k := range []string{"a2", "b1", "a1", "c", "a2"} {
		run(cl, "SET", k, "v")
	}
	cl.loop.Served()
	got := string(cl.takeHeld())
	if got != invalid("a1", "a2")+invalid("b1") && got != invalid("b1")+invalid("a1", "a2") {
		t.Fatalf("%q", got)
	}
}

func TestFirstOverlap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	words := func(n int) (list []string) {
		for range rnd.IntN(n) {
			list = append(list, strings.Repeat("a", rnd.IntN(3))+strings.Repeat("b", rnd.IntN(3))+fmt.Sprint(rnd.IntN(40)))
		}
		return list
	}
	for range 5000 {
		prefixes, others := words(6), words(4)
		want := -1
		for i := len(prefixes) - 1; i >= 0; i-- {
			for _, o := range append(prefixes[i+1:len(prefixes):len(prefixes)], others...) {
				if overlap(prefixes[i], o) {
					want = i
				}
			}
		}
		if got := firstOverlap(prefixes, others); got != want {
			t.Fatalf("%q, %q: %d, want %d", prefixes, others, got, want)
		}
	}
}
