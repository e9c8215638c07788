package netloop

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Handler is told what happens on one loop.
type Handler interface {
	// Open says that a connection begins; c.User is free for the Handler.
	Open(c *Conn)
	// Data hands over all bytes that have arrived and were not consumed, and returns how many it consumes
	// now. The rest is kept and handed over again, with more behind it, when more arrives or when
	// Conn.Resume is called.
	Data(c *Conn, in []byte) int
	// Close says that a connection has ended, for whatever reason; err is nil when the Handler closed
	// it, io.EOF when the peer did.
	Close(c *Conn, err error)
	// Served is called once a turn, after what was ready has been served and before the replies leave.
	Served()
	// Leave is called before replies leave, in a turn and in the midst of one: the last moment to release connections that are held, or to
	// hold them.
	Leave()
	// Turn is called once a turn, after the replies have left, and returns how long the loop may
	// sleep at the most when nothing happens; negative: until something does.
	Turn() time.Duration
}

// readSize is how much a loop reads at a time into the buffer that its connections share.
const readSize = 64 << 10

// scratchFull is how many bytes of replies a loop gathers before it sends them in the midst of a turn: more would fall out of the
// processor's cache.
const scratchFull = 128 << 10

// scratchKeep is the largest reply buffer that a loop keeps between turns.
const scratchKeep = 1 << 20

// Loop is one event loop. Run runs it.
type Loop struct {
	Index int

	h        Handler
	poll     poller
	rbuf     []byte  // shared by all reads of connections that have nothing pending
	scratch  []byte  // replies of the turn, one connection after another
	again    []*Conn // those that have more to read
	answered []*Conn // those that have a segment of scratch
	open     map[*Conn]struct{}
	busy     bool // the Handler's Data is running, for whichever connection

	mu     sync.Mutex
	posted []func()
	spare  []func()
	ended  bool        // the poller is closed
	awake  atomic.Bool // somebody has woken the loop and it has not looked yet
	load   atomic.Int64
	quit   atomic.Bool
	done   chan struct{}
}

// NewLoop makes a loop whose Handler is set by SetHandler before Run.
func NewLoop(index int) (*Loop, error) {
	l := &Loop{Index: index, rbuf: make([]byte, readSize), open: make(map[*Conn]struct{}), done: make(chan struct{})}
	if err := l.poll.init(); err != nil {
		return nil, err
	}
	return l, nil
}

// SetHandler says who is told of what happens. It must be called once, before Run.
func (l *Loop) SetHandler(h Handler) { l.h = h }

// Load is the number of connections that the loop owns or has been promised.
func (l *Loop) Load() int { return int(l.load.Load()) }

// Post has fn run on the loop's goroutine, soon, after what was posted before. It never blocks. After
// the loop has stopped fn may never run.
func (l *Loop) Post(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.posted = append(l.posted, fn)
	if !l.awake.Swap(true) {
		l.poll.wake() // under mu: its descriptor may be somebody else's as soon as the poller is closed
	}
}

// Stop ends Run at its next turn. Connections are closed without a last flush.
func (l *Loop) Stop() {
	l.quit.Store(true)
	l.Post(func() {})
}

// Done is closed when Run has returned.
func (l *Loop) Done() <-chan struct{} { return l.done }

// Run serves until Stop. It takes the goroutine's thread, so the goroutine should end with it.
func (l *Loop) Run() {
	defer close(l.done)
	ownThread()
	wait := time.Duration(0)
	for !l.quit.Load() {
		l.poll.wait(l, wait)
		l.serveAgain()
		l.runPosted()
		l.h.Served()
		l.flushAnswered()
		wait = l.h.Turn()
		if l.awake.Load() || len(l.again) > 0 || len(l.answered) > 0 {
			wait = 0
		}
	}
	for c := range l.open {
		c.shut(net.ErrClosed)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended, l.posted = true, nil
	l.poll.close()
}

// readAgain has a connection that has more to read served in the next turn.
func (l *Loop) readAgain(c *Conn) {
	if !c.queued {
		c.queued = true
		l.again = append(l.again, c)
	}
}

// serveAgain serves those that had more to read, or to run, when their turn ended.
func (l *Loop) serveAgain() {
	n := len(l.again)
	for _, c := range l.again[:n] {
		c.queued = false
		switch {
		case c.closed:
		case !c.yielded:
			c.readMore()
		case c.resumeDrained:
			c.yielded = false
		default:
			c.yielded = false
			c.Resume()
		}
	}
	rest := copy(l.again, l.again[n:])
	clear(l.again[rest:])
	l.again = l.again[:rest]
}

func (l *Loop) runPosted() {
	if !l.awake.Load() {
		return
	}
	l.awake.Store(false)
	l.mu.Lock()
	fns := l.posted
	l.posted = l.spare[:0]
	l.mu.Unlock()
	for i, fn := range fns {
		fn()
		fns[i] = nil
	}
	l.spare = fns
	if cap(l.spare) > 4096 {
		l.spare = nil
	}
}

// Each calls fn for every open connection of the loop. It runs on the loop's goroutine.
func (l *Loop) Each(fn func(c *Conn)) {
	for c := range l.open {
		fn(c)
	}
}
