//go:build !linux

package netloop

import (
	"net"
	"time"
)

// poller waits for what others post; connections are streams.
type poller struct{ c chan struct{} }

func (p *poller) init() error {
	p.c = make(chan struct{}, 1)
	return nil
}

func (p *poller) close() {}

func (p *poller) wake() {
	select {
	case p.c <- struct{}{}:
	default:
	}
}

func (p *poller) wait(l *Loop, limit time.Duration) {
	if limit == 0 {
		return
	}
	if limit < 0 {
		<-p.c
		return
	}
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-p.c:
	case <-t.C:
	}
}

func (c *Conn) writeFd(b []byte) (int, error) { return 0, net.ErrClosed }
func (c *Conn) closeFd()                      {}
func (c *Conn) readMore()                     { c.stream.allow(c) }
