package netloop

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// ListenOptions are settings of a TCP listener.
type ListenOptions struct {
	Backlog int    // connections that may wait to be accepted
	Mark    uint32 // SO_MARK, 0: none
}

// Listener accepts connections on one address and deals them out to loops.
type Listener struct {
	loop     *Loop
	fd       int
	addr     net.Addr
	deal     func(local, remote net.Addr) *Loop
	admit    func() []byte
	onAccept func(fd int)
	unix     bool
}

// ListenTCP binds host:port ("" or "*" for all IPv4 addresses, "::" for all IPv6) .
func ListenTCP(host string, port int, o ListenOptions) (*Listener, error) {
	var sa unix.Sockaddr
	family := unix.AF_INET
	if host == "*" || host == "" {
		host = "0.0.0.0"
	}
	ips := []net.IP{net.ParseIP(host)}
	zone := 0
	if ips[0] == nil {
		a, err := net.ResolveIPAddr("ip", host)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", host, err)
		}
		ips[0] = a.IP
		if a.Zone != "" {
			if ifi, err := net.InterfaceByName(a.Zone); err == nil {
				zone = ifi.Index
			}
		}
	}
	if ip4 := ips[0].To4(); ip4 != nil {
		s := &unix.SockaddrInet4{Port: port}
		copy(s.Addr[:], ip4)
		sa = s
	} else {
		s := &unix.SockaddrInet6{Port: port, ZoneId: uint32(zone)}
		copy(s.Addr[:], ips[0].To16())
		sa, family = s, unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if family == unix.AF_INET6 {
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if o.Mark != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(o.Mark)); err != nil {
			unix.Close(fd)
			return nil, os.NewSyscallError("setsockopt SO_MARK", err)
		}
	}
	return listenOn(fd, sa, o.Backlog)
}

// ListenUnix binds a Unix socket; an old socket file at path is removed. perm 0 leaves the mode as umask
// makes it.
func ListenUnix(path string, perm uint32, backlog int) (*Listener, error) {
	os.Remove(path)
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	ln, err := listenOn(fd, &unix.SockaddrUnix{Name: path}, backlog)
	if err != nil {
		return nil, err
	}
	ln.unix = true
	if perm != 0 {
		if err := os.Chmod(path, os.FileMode(perm)); err != nil {
			unix.Close(fd)
			return nil, err
		}
	}
	return ln, nil
}

func listenOn(fd int, sa unix.Sockaddr, backlog int) (*Listener, error) {
	if err := unix.Bind(fd, sa); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind: %w", err)
	}
	if err := unix.Listen(fd, backlog); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listen: %w", err)
	}
	ln := &Listener{fd: fd}
	if got, err := unix.Getsockname(fd); err == nil {
		ln.addr = toAddr(got)
	}
	return ln, nil
}

// Addr is the address that the listener is bound to.
func (ln *Listener) Addr() net.Addr { return ln.addr }

// Start begins to accept, on the goroutine of loop. For each connection admit says whether it may come in: if it
// returns a text, that is sent and the connection is closed. Then onAccept sees the descriptor (TCP keepalive and
// the like), and deal, which is told both ends' addresses, says which loop gets it. admit and onAccept may be nil.
func (ln *Listener) Start(loop *Loop, deal func(local, remote net.Addr) *Loop, admit func() []byte, onAccept func(fd int)) {
	ln.loop, ln.deal, ln.admit, ln.onAccept = loop, deal, admit, onAccept
	loop.Post(func() {
		loop.poll.listeners[ln.fd] = ln
		if err := loop.poll.add(ln.fd, unix.EPOLLIN); err != nil {
			delete(loop.poll.listeners, ln.fd)
		}
	})
}

// Close stops accepting and gives the address free when done is called back (nil: nobody asks).
func (ln *Listener) Close(done func()) {
	if ln.loop == nil {
		unix.Close(ln.fd)
		if done != nil {
			done()
		}
		return
	}
	ln.loop.Post(func() {
		delete(ln.loop.poll.listeners, ln.fd)
		unix.Close(ln.fd)
		if done != nil {
			done()
		}
	})
}

// acceptsPerTurn bounds how long a flood of new connections keeps a loop from its old ones.
const acceptsPerTurn = 1000

func (ln *Listener) acceptReady() {
	for i := 0; i < acceptsPerTurn; i++ {
		fd, sa, err := unix.Accept4(ln.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err == unix.EMFILE || err == unix.ENFILE || err == unix.ENOMEM || err == unix.ENOBUFS {
			ln.rest()
			return
		}
		if err != nil {
			return // EAGAIN: no more
		}
		if ln.admit != nil {
			if refusal := ln.admit(); refusal != nil {
				unix.Write(fd, refusal) // best effort: a new socket has room for it
				unix.Close(fd)
				continue
			}
		}
		if ln.onAccept != nil {
			ln.onAccept(fd)
		}
		remote := toAddr(sa)
		local := ln.addr
		if !ln.unix {
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
			if got, err := unix.Getsockname(fd); err == nil {
				local = toAddr(got)
			}
		}
		l := ln.deal(local, remote)
		l.load.Add(1)
		if l == ln.loop {
			l.addFd(fd, local, remote)
			continue
		}
		l.Post(func() { l.addFd(fd, local, remote) })
	}
}

// rest stops looking for connections for a moment: there is no descriptor for one, and to look again at once
// would only keep the loop busy.
func (ln *Listener) rest() {
	p := &ln.loop.poll
	_ = unix.EpollCtl(p.ep, unix.EPOLL_CTL_DEL, ln.fd, nil) // it is there
	time.AfterFunc(100*time.Millisecond, func() {
		ln.loop.Post(func() {
			if p.listeners[ln.fd] == ln {
				_ = p.add(ln.fd, unix.EPOLLIN) // it was there before
			}
		})
	})
}

func toAddr(sa unix.Sockaddr) net.Addr {
	switch s := sa.(type) {
	case *unix.SockaddrInet4:
		return &net.TCPAddr{IP: net.IP(append([]byte(nil), s.Addr[:]...)), Port: s.Port}
	case *unix.SockaddrInet6:
		zone := ""
		if s.ZoneId != 0 {
			zone = strconv.Itoa(int(s.ZoneId))
		}
		return &net.TCPAddr{IP: net.IP(append([]byte(nil), s.Addr[:]...)), Port: s.Port, Zone: zone}
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: s.Name, Net: "unix"}
	}
	return &net.UnixAddr{Net: "unix"}
}
