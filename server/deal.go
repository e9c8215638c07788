package server

import (
	"net"
	"runtime"

	"radish/server/netloop"
)

// aloneUpTo is how many connections from this host a loop serves before they are spread over more loops than spareCores leaves.
const aloneUpTo = 8

// deal chooses the loop of a new connection: the one with the fewest.
//
// A client on this host needs a core too. Where there is none left for it, a few clients are served best by fewer loops:
// on two cores, a second loop adds nothing to five clients that wait for each reply, but the three threads get in each other's way, and
// who has to wait for a core waits for milliseconds. Measured with 5 clients that insert: 145,000 commands a second with one loop and
// 95,000 with two, and three to four times as many commands that take longer than a millisecond. Whoever sets io-threads has
// decided: then connections are spread evenly from the first.
func (s *Server) deal(local, remote net.Addr) *netloop.Loop {
	if !s.spread && sameHost(local, remote) {
		if l := s.fewest(s.loops[:min(spareCores(runtime.NumCPU()), len(s.loops))]); l.Load() < aloneUpTo {
			return l
		}
	}
	return s.fewest(s.loops)
}

// spareCores is how many of a host's cores loops may have all the time when the clients are on the same host.
func spareCores(cores int) int { return max(1, cores/2) }

// fewest is the loop with the fewest connections; among equals they take turns.
func (s *Server) fewest(loops []*eventLoop) *netloop.Loop {
	best := loops[s.nextLoop.Add(1)%uint64(len(loops))].nl
	for _, l := range loops {
		if l.nl.Load() < best.Load() {
			best = l.nl
		}
	}
	return best
}

// sameHost says whether the two ends of a connection are on one host, as far as their addresses tell.
func sameHost(local, remote net.Addr) bool {
	r, ok := remote.(*net.TCPAddr)
	if !ok {
		return true // a Unix socket
	}
	l, ok := local.(*net.TCPAddr)
	return r.IP.IsLoopback() || ok && l.IP.Equal(r.IP)
}
