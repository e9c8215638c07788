package hostile

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"radish/test/harness"
)

// reset closes a connection with RST, which leaves nothing behind in the kernel.
func reset(t *testing.T, c *harness.Conn) {
	t.Helper()
	if err := c.Net.(*net.TCPConn).SetLinger(0); err != nil {
		t.Error(err)
	}
	c.Close()
}

// fileLimit is how many files this process may open; the server inherits the same limit.
func fileLimit(t *testing.T) int {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = l.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return int(min(l.Cur, 1<<20))
}

// TestTenThousandConnections opens 10,000 connections (fewer where the limit of open files is lower), most
// of which ask something, and drops them in three ways.
func TestTenThousandConnections(t *testing.T) {
	n := min(10000, fileLimit(t)-200)
	v := start(t, "--maxclients", strconv.Itoa(n+50))
	if allowed, err := strconv.Atoi(string(v.admin.Ok("CONFIG", "GET", "maxclients").Elems[1].Text)); err != nil {
		t.Fatal(err)
	} else if allowed < n+50 {
		n = allowed - 50
	}
	t.Logf("%d connections", n)
	v.attack(t, func() {
		conns := open(t, v.Server, n)
		v.waitFor(t, "connected_clients", func(c int64) bool { return c >= int64(n) })
		rss, _ := v.Memory()
		t.Logf("%d bytes of resident memory a connection", (rss-v.rss)/int64(n))
		for i, c := range conns {
			switch i % 3 {
			case 0:
				c.Close()
			case 1:
				reset(t, c)
			case 2:
				_ = c.Write([]byte("*2\r\n$4\r\nEC"))
				reset(t, c)
			}
		}
		v.waitFor(t, "connected_clients", func(c int64) bool { return c < 10 })
	})
}

// open opens n connections, eight at a time, and asks something on two of three.
func open(t *testing.T, s *harness.Server, n int) []*harness.Conn {
	t.Helper()
	conns := make([]*harness.Conn, n)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				c, err := harness.Dial(t, s.Addr)
				if err != nil {
					t.Error(err)
					return
				}
				conns[i] = c
				if i%3 == 0 {
					continue
				}
				if r, err := c.Try("PING"); err != nil || string(r.Raw) != "+PONG\r\n" {
					t.Errorf("PING on connection %d: %v, %q", i, err, r.Raw)
					return
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return conns
}

// TestChurn opens and drops connections as fast as can be.
func TestChurn(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		var wg sync.WaitGroup
		end := time.Now().Add(2 * time.Second)
		for range 8 {
			wg.Go(func() {
				for i := 0; time.Now().Before(end); i++ {
					c, err := harness.Dial(t, v.Addr)
					if err != nil {
						t.Error(err)
						return
					}
					if i%2 == 0 {
						_ = c.Write([]byte("PING\r\nPI"))
					}
					reset(t, c)
				}
			})
		}
		wg.Wait()
	})
	t.Logf("%s connections", v.admin.Info("total_connections_received"))
}

// TestMaxClients checks that one connection too many is told so and closed.
func TestMaxClients(t *testing.T) {
	v := start(t, "--maxclients", "20")
	conns := open(t, v.Server, 19)
	extra := v.Conn(t)
	got, err := extra.ReadToEnd()
	if string(got) != "-ERR max number of clients reached\r\n" {
		t.Errorf("%v, %q", err, got)
	}
	if n := v.admin.InfoInt("rejected_connections"); n != 1 {
		t.Errorf("rejected_connections is %d", n)
	}
	for _, c := range conns {
		c.Close()
	}
	v.waitFor(t, "connected_clients", func(c int64) bool { return c == 1 })
	v.Conn(t).Ok("PING")
}

// TestUnreadReplies asks for far more than the server should keep, and does not read it. Later all of it
// is read.
func TestUnreadReplies(t *testing.T) {
	const (
		clients = 10
		asks    = 400
		value   = mb
		limit   = 700 * mb // of clients * asks * value = 4,000 MB
	)
	v := start(t)
	v.attack(t, func() {
		v.admin.Ok("SET", "big", strings.Repeat("x", value))
		request := strings.Repeat(string(harness.Command("GET", "big")), asks)
		conns := make([]*harness.Conn, clients)
		for i := range conns {
			conns[i] = v.Conn(t)
			if err := conns[i].Write([]byte(request)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		v.checkGrowth(t, limit)
		for i := range asks {
			r, err := conns[0].Read()
			if err != nil || len(r.Text) != value {
				t.Fatalf("reply %d: %v, %d bytes", i, err, len(r.Text))
			}
		}
		for _, c := range conns {
			reset(t, c)
		}
		v.checkGrowth(t, limit)
	})
}

// TestOutputLimit sets a limit for replies that are not read; the server closes who is above it.
func TestOutputLimit(t *testing.T) {
	v := start(t, "--client-output-buffer-limit", "normal 4mb 0 0")
	v.attack(t, func() {
		v.admin.Ok("SET", "big", strings.Repeat("x", mb))
		c := v.Conn(t)
		if err := c.Write([]byte(strings.Repeat(string(harness.Command("GET", "big")), 100))); err != nil {
			t.Fatal(err)
		}
		v.waitFor(t, "client_output_buffer_limit_disconnections", func(n int64) bool { return n == 1 })
		v.checkGrowth(t, 64*mb)
		c.Close()
	})
}
