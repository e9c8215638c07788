package netloop

import (
	"net"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller waits in epoll. Its owner's goroutine uses it alone, but for wake.
type poller struct {
	ep, ev    int
	events    [256]unix.EpollEvent
	fds       []*Conn // by file descriptor
	listeners map[int]*Listener
	busy      bool // the last look found several connections ready
}

func (p *poller) init() error {
	var err error
	if p.ep, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if p.ev, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	p.listeners = make(map[int]*Listener)
	return p.add(p.ev, unix.EPOLLIN)
}

func (p *poller) close() {
	for fd := range p.listeners {
		unix.Close(fd)
	}
	unix.Close(p.ep)
	unix.Close(p.ev)
}

func (p *poller) add(fd int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

func (p *poller) wake() {
	one := uint64(1)
	b := (*[8]byte)(unsafe.Pointer(&one))[:]
	unix.Write(p.ev, b) // EAGAIN: the counter is full, so the loop is awake
}

// wait serves what is ready. On a busy loop it looks without entering the Go scheduler; when the last look
// found little it goes to sleep at once, which saves the second look.
func (p *poller) wait(l *Loop, limit time.Duration) {
	n := 0
	if p.busy || limit == 0 {
		n = p.epollRaw()
	}
	if n == 0 && limit != 0 {
		ms := -1
		if limit > 0 {
			ms = int((limit + time.Millisecond - 1) / time.Millisecond)
		}
		var err error
		n, err = unix.EpollWait(p.ep, p.events[:], ms)
		if err != nil {
			n = 0 // EINTR
		}
	}
	p.busy = n > 1
	// What was posted before a request was sent must be done before the request is served.
	l.runPosted()
	for i := 0; i < n; i++ {
		ev := &p.events[i]
		fd := int(ev.Fd)
		if fd < len(p.fds) && p.fds[fd] != nil {
			p.fds[fd].ready(ev.Events)
			continue
		}
		if fd == p.ev {
			var b [8]byte
			unix.Read(p.ev, b[:])
			continue
		}
		if ln := p.listeners[fd]; ln != nil {
			ln.acceptReady()
		}
	}
}

func (p *poller) epollRaw() int {
	r, _, e := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.ep), uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if e != 0 {
		return 0
	}
	return int(r)
}

// readsPerTurn bounds how long one connection that sends fast keeps a loop from the others.
const readsPerTurn = 4

// ready serves one connection for which epoll reported events. Events are edges: they come once, when
// something changes, so what is not read or written now must be remembered.
func (c *Conn) ready(events uint32) {
	if events&unix.EPOLLOUT != 0 && !c.out.empty() {
		c.Flush()
		if c.closed {
			return
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLRDHUP) == 0 {
		return
	}
	if events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 && c.paused {
		c.shut(errPeerClosed) // nobody is there to take a reply
		return
	}
	if events&(unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLRDHUP) != 0 {
		c.leaving = true
	}
	c.readMore()
}

// readMore reads until nothing is left, or for as long as it is the connection's turn.
func (c *Conn) readMore() {
	if c.stream != nil {
		c.stream.allow(c)
		return
	}
	for i := 0; !c.closed; i++ {
		if c.paused && (!c.sniff || len(c.in.data) >= sniffLimit) {
			c.unread = true
			if c.sniff && c.leaving && c.peerLeft() {
				c.peerDone(errPeerClosed)
			}
			return
		}
		if i == readsPerTurn {
			c.loop.readAgain(c)
			return
		}
		buf, shared := c.room()
		r, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(c.fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0, 0)
		switch {
		case e == unix.EINTR:
		case e == unix.EAGAIN:
			c.leaving = false // what said so was about another connection, which had the descriptor before
			return
		case e != 0:
			c.shut(os.NewSyscallError("read", e))
		case r == 0:
			c.peerDone(errPeerClosed)
			return
		default:
			c.readDone(int(r), shared)
			if int(r) < len(buf) && !c.leaving {
				return // a short read of a stream has drained it
			}
		}
	}
}

// peerLeft says that the peer has shut its side, whatever of what it sent before is still to be read.
func (c *Conn) peerLeft() bool {
	fds := [1]unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(fds[:], 0)
	return err == nil && n > 0
}

// recvfrom and sendto rather than read and write: they skip the file layer of the kernel.

func (c *Conn) writeFd(b []byte) (int, error) {
	for {
		r, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_NOSIGNAL, 0, 0)
		switch e {
		case 0:
			return int(r), nil
		case unix.EAGAIN:
			return 0, nil
		case unix.EINTR:
		default:
			return 0, os.NewSyscallError("write", e)
		}
	}
}

func (c *Conn) closeFd() {
	p := &c.loop.poll
	p.fds[c.fd] = nil
	unix.Close(c.fd) // takes it out of epoll as well
}

// addFd makes a connected, non-blocking socket one of the loop's connections.
func (l *Loop) addFd(fd int, local, remote net.Addr) {
	c := &Conn{loop: l, fd: fd, local: local, remote: remote}
	p := &l.poll
	for fd >= len(p.fds) {
		p.fds = append(p.fds, make([]*Conn, len(p.fds)+64)...)
	}
	p.fds[fd] = c
	l.adopt(c)
	if c.closed {
		return
	}
	if err := p.add(fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP|unix.EPOLLET); err != nil {
		c.shut(err)
	}
}
