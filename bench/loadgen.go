//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loadgen keeps a number of connections busy from one thread: each sends its requests, waits for all
// their replies and sends the next. Between requests it allocates nothing and makes the fewest system calls
// that can be: one read and one write a turn of a connection, and an epoll_wait for all that are ready.
type loadgen struct {
	epoll int
	conns []loadConn
	in    []byte
	sunk  int64 // bytes
	sent  int   // requests, in the last run
	// spin makes it look for replies without ever sleeping. The server then pays for no wake-up of its
	// client, and the client for none of its own, so that it keeps ahead of a server on another core.
	spin bool
	// stalls, if it is set and spin is, keeps out of the latencies the time that other programs had the processor of the server or of this thread.
	stalls *stallWatch
}

type loadConn struct {
	fd      int
	sink    bool  // it only listens: what it gets is counted in loadgen.sunk and dropped
	waiting int   // replies that are still to come
	sentAt  int64 // nanoseconds since the run began, without what was lost to stalls
	replies replyCounter
}

// dialLoad opens n connections to addr, which must be an IPv4 address.
func dialLoad(addr string, n int, spin bool) (*loadgen, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	g := &loadgen{epoll: epoll, in: make([]byte, 64<<10), spin: spin}
	for range n {
		if err := g.connect(addr); err != nil {
			g.close()
			return nil, err
		}
	}
	return g, nil
}

// connect adds one connection.
func (g *loadgen) connect(addr string) error {
	fd, err := connectRaw(addr)
	if err != nil {
		return err
	}
	// The event carries the index of the connection in place of its descriptor.
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(len(g.conns))}
	g.conns = append(g.conns, loadConn{fd: fd})
	return unix.EpollCtl(g.epoll, unix.EPOLL_CTL_ADD, fd, &ev)
}

// connectRaw returns a connected, non-blocking socket. Closing it resets the connection, so that thousands
// of them leave no ports in TIME_WAIT.
func connectRaw(addr string) (int, error) { return connectSmall(addr, 0) }

// connectSmall is connectRaw for a socket that can receive only about so many bytes before they are read; 0: as many as usual.
func connectSmall(addr string, receive int) (int, error) {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if receive > 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receive); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	sa := &unix.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}),
		unix.Connect(fd, sa),
		unix.SetNonblock(fd, true))
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("connecting to %s: %w", addr, err)
	}
	return fd, nil
}

func (g *loadgen) close() {
	for _, c := range g.conns {
		unix.Close(c.fd)
	}
	unix.Close(g.epoll)
}

// run sends requests of src, pipeline of them at a time on each connection, until src ends or turn says so,
// and returns when all replies have come. turn is called between looks at the connections with the number of
// replies so far. If latencies is not nil, the nanoseconds from each send to its last reply are appended to
// it; give it the capacity that it needs.
func (g *loadgen) run(src source, pipeline int, latencies *[]int64, turn func(done int) (stop bool)) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var events [128]unix.EpollEvent
	clock := loadClock{begin: time.Now(), watch: g.stalls}
	timed := latencies != nil
	busy, done := 0, 0
	g.sent = 0
	stopping := false
	send := func(c *loadConn) error {
		b := src.next(pipeline)
		if b == nil {
			stopping = true
			return nil
		}
		if timed {
			c.sentAt = clock.now()
		}
		busy++
		c.waiting = pipeline
		g.sent += pipeline
		return writeAll(c.fd, b)
	}
	for i := range g.conns {
		if g.conns[i].sink {
			continue
		}
		if err := send(&g.conns[i]); err != nil {
			return err
		}
	}
	for busy > 0 {
		stopping = turn(done) || stopping
		n, err := g.wait(events[:])
		if err != nil {
			return err
		}
		if err := clock.looked(n > 0); err != nil {
			return err
		}
		for i := range n {
			c := &g.conns[events[i].Fd]
			if c.sink {
				if err := g.drain(c); err != nil {
					return err
				}
				continue
			}
			complete, err := g.receive(c)
			if err != nil {
				return err
			}
			done += complete
			if c.waiting > 0 {
				continue
			}
			busy--
			if timed {
				*latencies = append(*latencies, clock.found()-c.sentAt)
			}
			if stopping {
				continue
			}
			if err := send(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// receive reads what a connection has and returns how many replies that completes.
func (g *loadgen) receive(c *loadConn) (complete int, err error) {
	for {
		n, errno := rawIO(unix.SYS_READ, c.fd, g.in)
		switch {
		case errno == unix.EAGAIN:
			return complete, nil
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return complete, fmt.Errorf("reading replies: %w", errno)
		case n == 0:
			return complete, fmt.Errorf("reading replies: %w", io.ErrUnexpectedEOF)
		}
		more, err := c.replies.count(g.in[:n])
		if err != nil {
			return complete, err
		}
		c.waiting -= more
		complete += more
		// A short read has emptied the socket: what comes later raises a new event.
		if n < len(g.in) {
			return complete, nil
		}
	}
}

// drain reads what a connection has that only listens.
func (g *loadgen) drain(c *loadConn) error {
	for {
		n, errno := rawIO(unix.SYS_READ, c.fd, g.in)
		switch {
		case errno == unix.EAGAIN:
			return nil
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return fmt.Errorf("reading messages: %w", errno)
		case n == 0:
			return fmt.Errorf("reading messages: %w", io.ErrUnexpectedEOF)
		}
		g.sunk += int64(n)
		if n < len(g.in) {
			return nil
		}
	}
}

// listen adds n connections that only listen: they send a request, and wait for as many bytes as answer it.
func (g *loadgen) listen(addr string, n int, request []byte, answer int) error {
	for range n {
		if err := g.connect(addr); err != nil {
			return err
		}
		c := &g.conns[len(g.conns)-1]
		c.sink = true
		if err := writeAll(c.fd, request); err != nil {
			return err
		}
		before := g.sunk
		for deadline := time.Now().Add(10 * time.Second); g.sunk-before < int64(answer); {
			if time.Now().After(deadline) {
				return fmt.Errorf("subscribing: %d bytes of %d came", g.sunk-before, answer)
			}
			if err := g.drain(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// drainAll reads from all that listen until together they have got want bytes, or for as long as patience lets it.
func (g *loadgen) drainAll(want int64, patience time.Duration) error {
	for deadline := time.Now().Add(patience); g.sunk < want && time.Now().Before(deadline); {
		for i := range g.conns {
			if g.conns[i].sink {
				if err := g.drain(&g.conns[i]); err != nil {
					return err
				}
			}
		}
	}
	if g.sunk != want {
		return fmt.Errorf("%d bytes of messages came, not %d", g.sunk, want)
	}
	return nil
}

// wait returns the number of ready connections. When it may sleep it does so for at most 10 ms at a time.
func (g *loadgen) wait(events []unix.EpollEvent) (int, error) {
	timeout := uintptr(10)
	if g.spin {
		timeout = 0
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(g.epoll), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), timeout, 0, 0)
	if errno == unix.EINTR {
		return 0, nil
	}
	if errno != 0 {
		return 0, fmt.Errorf("epoll_pwait: %w", errno)
	}
	return int(n), nil
}

// writeAll writes b, waiting while the socket's buffer is full.
func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, errno := rawIO(unix.SYS_WRITE, fd, b)
		switch errno {
		case 0:
			b = b[n:]
		case unix.EINTR:
		case unix.EAGAIN:
			if _, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 100); err != nil && err != unix.EINTR {
				return err
			}
		default:
			return fmt.Errorf("sending requests: %w", errno)
		}
	}
	return nil
}

// rawIO is read or write without telling Go's scheduler: the sockets never block, and the thread has
// nothing else to do.
func rawIO(call uintptr, fd int, b []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
