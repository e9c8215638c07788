package server

import (
	"net"
	"runtime"
	"testing"

	"radish/server/netloop"
)

func TestSameHost(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 6379} }
	for _, c := range []struct {
		local, remote net.Addr
		want          bool
	}{
		{tcp("127.0.0.1"), tcp("127.0.0.1"), true},
		{tcp("::1"), tcp("::1"), true},
		{tcp("192.0.2.1"), tcp("192.0.2.1"), true},
		{tcp("192.0.2.1"), tcp("192.0.2.2"), false},
		{&net.UnixAddr{Name: "/s", Net: "unix"}, &net.UnixAddr{Net: "unix"}, true},
	} {
		if got := sameHost(c.local, c.remote); got != c.want {
			t.Errorf("%v and %v: %v", c.local, c.remote, got)
		}
	}
}

func TestSpareCores(t *testing.T) {
	for cores, want := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 16: 8} {
		if got := spareCores(cores); got != want {
			t.Errorf("%d of %d", got, cores)
		}
	}
}

// TestDeal: a few clients of this host share the loops that leave cores for them, more are spread over all; clients of other hosts, and
// all when io-threads is given, always are.
func TestDeal(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "4")
	here, there := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2)}
	loops := func(remote net.Addr) int {
		used := make(map[*netloop.Loop]bool)
		for range 20 {
			used[s.deal(here, remote)] = true
		}
		return len(used)
	}
	few := min(spareCores(runtime.NumCPU()), len(s.loops))
	if n := loops(here); n != len(s.loops) {
		t.Errorf("with io-threads %d loops serve this host", n)
	}
	set := make(chan struct{})
	s.loops[0].nl.Post(func() { // which accepts connections
		s.spread = false
		close(set)
	})
	<-set
	if n := loops(here); n != few {
		t.Errorf("%d loops serve this host, not %d", n, few)
	}
	if n := loops(there); n != len(s.loops) {
		t.Errorf("%d loops serve other hosts, not %d", n, len(s.loops))
	}
	for range few*aloneUpTo + len(s.loops) {
		if got := dial(t, addr).do("PING"); got != "+PONG\r\n" {
			t.Fatal(got)
		}
	}
	for i, l := range s.loops {
		if n := l.nl.Load(); n == 0 || i < few && n != aloneUpTo {
			t.Errorf("loop %d has %d connections", i, n)
		}
	}
}
