package server

import (
	"net"
	"strconv"
	"time"

	"github.com/tidwall/btree"

	"radish/command"
	"radish/internal/clock"
	"radish/resp"
	"radish/server/netloop"
	"radish/store"
	"radish/txn"
)

// eventLoop is the server's side of one netloop.Loop.
type eventLoop struct {
	_             [128]byte // what two loops write all the time shares no cache line, or pair of them
	srv           *Server
	nl            *netloop.Loop
	index         int
	w             resp.Writer // replies of the client that is being served
	ctx           command.Ctx
	nowMs         int64 // unix ms, as of the beginning of the batch
	clock         clock.Clock
	mono          int64 // ns since the server's start, as of the last look
	wall          int64 // unix ns when mono was 0, as of the last comparison
	wallUntil     int64 // mono until which wall holds
	clients       map[uint64]*Client
	parked        []*Client // waiting for a shard
	stats         loopStats
	totals        loopTotals
	crowded       []*Client              // see throttle
	serving       *Client                // whose requests are being run
	changed       []bcastKey             // this turn, see trackBroadcast
	deliverPosted func()                 // deliver
	paused        []*Client              // by CLIENT PAUSE
	timeouts      *btree.BTreeG[*waiter] // those who wait with a time-out, by deadline
	turnStart     int64                  // mono at which the turn began to serve; 0: it has not
	nextHz        int64                  // mono of the next tick
	keyRefs       []command.KeyRef
	attackLogged  int64       // mono of the last warning about HTTP requests
	queueMem      txn.Memory  // of transactions, while no client has it
	planCtx       command.Ctx // of execPlan
	planSlow      []store.Key // likewise
	batch         batch       // requests of the client that is being served
	// kept is the shard that the request before has left locked for the next one of its batch: a pipeline that goes on about
	// one key locks it once. Nothing but a handler may lock a shard, wait, or write to a socket meanwhile: see release.
	kept        shardSet
	keptWrite   bool
	replyBase   int         // where in l.w the replies to the client begin that is being served
	uncommitted uncommitted // clients whose replies wait for the log
	_           [128]byte
}

func newEventLoop(s *Server, index int) (*eventLoop, error) {
	nl, err := netloop.NewLoop(index)
	if err != nil {
		return nil, err
	}
	l := &eventLoop{srv: s, clock: clock.New(s.started), nl: nl, index: index, clients: make(map[uint64]*Client), timeouts: newTimeouts()}
	l.stats.init(s.table.Len())
	l.ctx.Env = &s.env
	l.ctx.OnLoop = true
	l.ctx.Reply = &l.w
	l.ctx.DB = s.store.DB(0, 0)
	l.deliverPosted = l.deliver
	nl.SetHandler(l)
	return l, nil
}

// look reads the clock: one, as reading is what costs. The wall clock is reckoned from the monotonic one and
// compared with the real one at least once a tick, so that it follows when somebody sets it.
func (l *eventLoop) look() {
	l.mono = l.clock.Now()
	if l.mono >= l.wallUntil {
		l.wall = time.Now().UnixNano() - l.mono
		l.wallUntil = l.mono + int64(50*time.Millisecond)
	}
	l.nowMs = (l.wall + l.mono) / int64(time.Millisecond)
}

// Open makes a client of a new connection, unless protected-mode refuses it.
func (l *eventLoop) Open(conn *netloop.Conn) {
	s := l.srv
	l.look()
	v := s.cfg.Load()
	s.totalConns.Add(1)
	cl := &Client{ID: s.nextClientID.Add(1), srv: s, loop: l, conn: conn, proto: 2, created: l.nowMs, lastInteraction: l.nowMs}
	cl.authenticated = v.RequirePass == ""
	if !cl.authenticated {
		cl.gates |= gateAuth
	}
	cl.parser.Unauthenticated = !cl.authenticated
	_, cl.unixSocket = conn.LocalAddr().(*net.UnixAddr)
	cl.addr, cl.laddr = addrText(conn.RemoteAddr(), cl.unixSocket, v.UnixSocket), addrText(conn.LocalAddr(), cl.unixSocket, v.UnixSocket)
	conn.User = cl
	l.clients[cl.ID] = cl
	l.countMem(cl)
	if v.ProtectedMode && v.RequirePass == "" && !cl.isLocal() {
		conn.WriteLater([]byte(protectedModeText))
		s.rejectedConns.Add(1)
		conn.CloseNow()
	}
}

func addrText(a net.Addr, isUnix bool, path string) string {
	if isUnix {
		return path + ":0"
	}
	if t, ok := a.(*net.TCPAddr); ok {
		return net.JoinHostPort(t.IP.String(), strconv.Itoa(t.Port))
	}
	return "?:0"
}

// Data runs the requests in buf.
func (l *eventLoop) Data(conn *netloop.Conn, buf []byte) int {
	cl := conn.User.(*Client)
	l.look()
	cl.lastInteraction = l.nowMs
	l.stats.reads++
	if l.turnStart == 0 {
		l.turnStart = l.mono
	}
	v := l.srv.cfg.Load()
	if int64(len(buf)) > v.ClientQueryBufferLimit {
		l.srv.queryLimitHits.Add(1)
		l.srv.log.Warningf("Closing client that reached max query buffer length: %s", l.describe(cl))
		conn.CloseNow()
		return len(buf)
	}
	cl.parser.MaxBulk = v.ProtoMaxBulkLen
	cl.batch = len(buf)
	l.batch.begun = l.mono
	l.w.Proto = cl.proto
	l.serving = cl
	base := l.beginReplies(cl)
	off := 0
	for off < len(buf) && !conn.Paused() {
		cl.parser.Unauthenticated = cl.gates&gateAuth != 0 && v.RequirePass != ""
		if err := l.batch.parse(l, cl, buf[off:]); err != nil {
			l.protocolError(cl, err, buf[off:])
			off = len(buf)
			break
		}
		if len(l.batch.reqs) == 0 {
			conn.Need(cl.parser.Need())
			break
		}
		if len(l.batch.reqs) > 1 {
			l.batch.prefetch(l.srv.store.DB(cl.db, l.nowMs))
		}
		off += l.runBatch(cl, &base)
		l.release()
		if conn.Closed() {
			l.serving = nil
			return len(buf)
		}
	}
	l.serving = nil
	if len(cl.held) > 0 && !cl.awaitsReply() {
		l.w.Buf = append(l.w.Buf, cl.takeHeld()...)
	}
	l.send(cl, base)
	if !conn.Paused() || conn.Yielded() { // else what paused it resumes it
		l.holdOutput(conn)
	}
	if cl.parser.ArgsMem() > keepArgs && off == len(buf) {
		cl.parser.Reset()
	}
	l.countMem(cl)
	if cl.waiting == waitNone {
		cl.batch = 0
	}
	return off
}

// runBatch runs the requests of the batch, until one pauses the connection, and returns how many bytes of
// the buffer they took. base is where the replies that have not been sent begin.
func (l *eventLoop) runBatch(cl *Client, base *int) (size int) {
	conn := cl.conn
	reqs := l.batch.reqs
	for i := range reqs {
		r := &reqs[i]
		for left := 1 + r.repeats; left > 0; {
			n := 1
			if len(r.args) == 0 {
				cl.skipped() // a blank line takes the place of the command whose reply is skipped, as in Redis
			} else if out := l.run(cl, r); out == again {
				cl.parser.Reset() // it has read on, behind what is now to be read again
				return size
			} else if left > 1 && out == done && r.spec.Flags&command.Instant != 0 {
				n += l.runRepeats(cl, r, left-1)
			}
			left -= n
			size += n * r.size
			if len(l.w.Buf)-*base >= flushAt && !conn.Closed() {
				l.release()
				l.send(cl, *base)
				if conn.Closed() {
					return size
				}
				*base = l.beginReplies(cl)
				if !conn.Paused() { // else what paused it resumes it
					l.holdOutput(conn)
				}
			}
			if l.mono-l.batch.begun > yieldAfter && !conn.Paused() {
				conn.Yield()
			}
			if conn.Paused() && (left > 0 || i+1 < len(reqs)) {
				cl.parser.Reset()
				return size
			}
		}
	}
	return size
}

// yieldAfter is how long, in ns, the requests of one connection may keep a loop from the others.
const yieldAfter = 1e6

const (
	// flushAt is how many bytes of replies a loop gathers for one client before it sends them.
	flushAt = 256 << 10
	// keepArgs is the memory of argument slices that a client keeps between requests.
	keepArgs = 16 << 10
)

// beginReplies gets memory for replies to cl, which will stand in l.w from base on.
func (l *eventLoop) beginReplies(cl *Client) (base int) {
	l.w.Buf = cl.conn.Scratch()
	base = len(l.w.Buf)
	l.replyBase = base
	if l.w.Limit = l.replyLimit(cl); l.w.Limit > 0 {
		l.w.Limit += base
	}
	return base
}

// send hands the replies that stand in l.w from base on over to the connection and looks at the client's limits.
func (l *eventLoop) send(cl *Client, base int) {
	n := len(l.w.Buf) - base
	if n > 0 {
		l.stats.writes++
		l.stats.netOut += int64(n)
		l.checkOutput(cl, n)
	}
	cl.conn.Send(l.w.Buf)
	l.w.Buf = nil
}

// outputHold is how many bytes of replies may wait for a client that goes on sending requests, and
// outputLeast how many when all clients together hold more than outputHold. Above it the loop does not run its
// requests until it has taken all replies: what it costs is bounded even where client-output-buffer-limit sets
// no limit.
const (
	outputHold  = 256 << 20
	outputLeast = 1 << 20
)

// holdOutput has the client's requests wait if too many bytes of replies do.
func (l *eventLoop) holdOutput(conn *netloop.Conn) bool {
	p := int64(conn.Pending())
	if p <= outputLeast || p <= outputHold && l.srv.clientMem.Load() <= outputHold {
		return false
	}
	conn.PauseUntilDrained()
	return true
}

// protocolError answers a request that cannot be read and ends the connection.
func (l *eventLoop) protocolError(cl *Client, err error, rest []byte) {
	l.srv.log.Verbosef("Protocol error (%s) from client: %s. Query buffer: %q", err, l.describe(cl), rest[:min(len(rest), 64)])
	l.stats.countError("ERR " + err.Error())
	mark := len(l.w.Buf)
	l.w.Error("ERR " + err.Error())
	l.dropSkipped(cl, mark)
	cl.conn.CloseSoon()
}

// Close forgets a connection.
func (l *eventLoop) Close(conn *netloop.Conn, err error) {
	cl := conn.User.(*Client)
	conn.User = nil
	cl.closed.Store(true)
	l.srv.connected.Add(-1)
	delete(l.clients, cl.ID)
	l.srv.clientMem.Add(-cl.memCounted)
	cl.memCounted = 0
	l.stats.netIn += conn.BytesIn
	conn.BytesIn = 0
	if len(l.clients) == 0 {
		l.publish() // there will be no tick to do it
	}
	l.srv.forget(cl)
}

// countMem keeps Server.clientMem up to date with what cl holds.
func (l *eventLoop) countMem(cl *Client) {
	if m := cl.mem(); m != cl.memCounted && !cl.closed.Load() {
		grown := m > cl.memCounted
		l.srv.clientMem.Add(m - cl.memCounted)
		cl.memCounted = m
		if grown && l.srv.gates.Load()&uint32(gateClientMem) != 0 {
			l.srv.evictClients(l.srv.cfg.Load())
		}
	}
}

// Turn runs what is due beside commands, and says how long the loop may sleep.
func (l *eventLoop) Turn() time.Duration {
	l.mono = l.clock.Now()
	start, worked := l.turnStart, l.mono
	if start == 0 {
		start = l.mono
	}
	l.turnStart = 0
	wait := int64(-1)
	if len(l.clients) > 0 {
		if l.mono >= l.nextHz {
			l.tick()
			worked = l.clock.Now()
			l.stats.cronNs += worked - l.mono
			l.nextHz = l.mono + int64(time.Second)/int64(l.srv.cfg.Load().Hz)
		}
		wait = l.nextHz - l.mono
		if l.timeouts.Len() > 0 {
			if next := l.runTimeouts(); next >= 0 {
				wait = min(wait, next)
			}
		}
	}
	l.stats.turned(worked - start)
	if l.srv.hub.Pending(l.index) {
		wait = 0
	}
	return time.Duration(wait)
}

// retryParked hands the connections that wait for shards back to dispatch. A long command that ends posts
// it to every loop that has parked some.
func (l *eventLoop) retryParked() {
	list := l.parked
	l.parked = nil
	for _, cl := range list {
		if cl.waiting == waitShard {
			cl.waiting = waitNone
			cl.conn.Resume()
		}
	}
}
