//go:build !linux

package netloop

import (
	"net"
	"os"
	"strconv"
)

// ListenOptions are settings of a TCP listener, which have no effect here.
type ListenOptions struct {
	Backlog int
	Mark    uint32
}

// Listener accepts connections on one address and deals them out to loops. The system's own backlog is
// in force here: Go's listener offers no other.
type Listener struct{ ln net.Listener }

// ListenTCP binds host:port ("" or "*" for all IPv4 addresses, "::" for all IPv6).
func ListenTCP(host string, port int, o ListenOptions) (*Listener, error) {
	network := "tcp4"
	if host == "*" || host == "" {
		host = "0.0.0.0"
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		network = "tcp6"
	}
	ln, err := net.Listen(network, net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return &Listener{ln: ln}, nil
}

// ListenUnix binds a Unix socket; an old socket file at path is removed.
func ListenUnix(path string, perm uint32, backlog int) (*Listener, error) {
	os.Remove(path)
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if perm != 0 {
		if err := os.Chmod(path, os.FileMode(perm)); err != nil {
			ln.Close()
			return nil, err
		}
	}
	return &Listener{ln: ln}, nil
}

// Addr is the address that the listener is bound to.
func (ln *Listener) Addr() net.Addr { return ln.ln.Addr() }

// Start begins to accept. admit says whether a connection may come in: if it returns a text, that is sent and the
// connection is closed. deal, which is told both ends' addresses, says which loop gets it. onAccept is not called: there is no bare descriptor.
func (ln *Listener) Start(loop *Loop, deal func(local, remote net.Addr) *Loop, admit func() []byte, onAccept func(fd int)) {
	go func() {
		for {
			nc, err := ln.ln.Accept()
			if err != nil {
				return
			}
			if admit != nil {
				if refusal := admit(); refusal != nil {
					nc.Write(refusal)
					nc.Close()
					continue
				}
			}
			deal(nc.LocalAddr(), nc.RemoteAddr()).AddStream(nc)
		}
	}()
}

// Close stops accepting and gives the address free.
func (ln *Listener) Close(done func()) {
	ln.ln.Close()
	if done != nil {
		done()
	}
}
