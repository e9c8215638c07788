//go:build linux

package main

import "fmt"

// startBoth starts both servers; stop ends them.
func (b *bench) startBoth(o options) (servers [2]*server, stop func(), err error) {
	stop = func() {
		for _, s := range servers {
			if s != nil {
				s.stop()
			}
		}
	}
	for k := range servers {
		if servers[k], err = b.fleet.start(kind(k), o); err != nil {
			stop()
			return servers, nil, fmt.Errorf("%v: %w", kind(k), err)
		}
	}
	return servers, stop, nil
}

// startPinned starts both servers, pinned to the same core, and pins this program to another; stop takes both back. The servers run all the time, but
// only one is to have work at any moment.
func (b *bench) startPinned(o options) (servers [2]*server, stop func(), err error) {
	o.pin = true
	serverCPU, unpin, err := pinClient()
	if err != nil {
		return servers, nil, err
	}
	o.cpu = serverCPU
	servers, end, err := b.startBoth(o)
	if err != nil {
		unpin()
		return servers, nil, err
	}
	return servers, func() { end(); unpin() }, nil
}

// pinClient pins this program to a core, until unpin, and returns another one for the server.
func pinClient() (serverCPU int, unpin func(), err error) {
	serverCPU, clientCPU, err := twoCPUs()
	if err != nil {
		return 0, nil, err
	}
	unpin, err = pinThreads(clientCPU)
	return serverCPU, unpin, err
}

// startFilled starts a server with the big values of fillBig, and connects to it.
func (b *bench) startFilled(k kind, o options, keys int) (s *server, c *client, stop func(), err error) {
	if s, err = b.fleet.start(k, o); err != nil {
		return nil, nil, nil, err
	}
	if c, err = dial(s.addr); err != nil {
		s.stop()
		return nil, nil, nil, err
	}
	stop = func() { c.close(); s.stop() }
	if err := fillBig(s, keys); err != nil {
		stop()
		return nil, nil, nil, err
	}
	return s, c, stop, nil
}
