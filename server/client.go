package server

import (
	"net"
	"sync/atomic"

	"radish/command"
	"radish/pubsub"
	"radish/resp"
	"radish/server/netloop"
)

// gateBits are reasons why a command may not simply run. They are kept per client and for the server;
// while none is set dispatch asks nothing more.
type gateBits uint32

const (
	gateAuth      gateBits = 1 << iota // the client must authenticate first
	gateMulti                          // the client queues for EXEC
	gateSubscribe                      // RESP2 client with subscriptions: few commands are allowed
	gateReplyOff                       // CLIENT REPLY OFF or SKIP
	gateMonitor                        // the client is a monitor
	gateMaxMemory                      // server: maxmemory is set
	gatePause                          // server: CLIENT PAUSE
	gateMonitors                       // server: there are monitors
	gateUnsaved                        // server: snapshots fail, and stop-writes-on-bgsave-error
	gateLogFails                       // server: the log cannot be written
	gateLoading                        // server: the data are being loaded
	gateClientMem                      // server: maxmemory-clients is set
	gateTracking                       // the client caches, and has the server tell of changed keys
	gateHeld                           // messages are held back for the client, which may get none any more, see push.go
	gateTracing                        // server: latency monitor or slow log of every command: no fast path
)

// ReplyMode is CLIENT REPLY.
type replyMode uint8

const (
	replyOn replyMode = iota
	replyOff
	replySkipNext // SKIP was asked for: the next command's reply is dropped
	replySkip     // this command's reply is dropped
)

// Client is one connection and what belongs to it.
type Client struct {
	ID   uint64
	srv  *Server
	loop *eventLoop
	conn *netloop.Conn // nil for an internal client

	parser resp.Parser
	proto  int // 2 or 3
	db     int
	gates  gateBits
	reply  replyMode

	authenticated bool
	noEvict       bool
	noTouch       bool
	monitor       bool
	waiting       waitKind
	outSeen       int64 // conn.BytesOut at the last tick
	closeSoon     bool  // has killed itself: it gets the reply of that on a worker, nothing behind it, and is ended
	unixSocket    bool
	queuedBytes   int64 // of MULTI's queue
	name          string
	libName       string
	libVer        string
	laddr, addr   string

	created         int64 // unix ms
	lastInteraction int64 // unix ms
	lastCmd         *command.Spec
	softSince       int64              // unix ms since which the output is over its soft limit; 0: it is not
	memCounted      int64              // what of the client is in Server.clientMem
	batch           int                // bytes of the requests that are being served, for CLIENT LIST
	subs            int                // channels
	psubs           int                // patterns
	ssubs           int                // shard channels
	wait            *waiter            // while waiting is waitBlock
	sub             *pubsub.Subscriber // nil: it has never subscribed to anything
	track           *tracker           // nil: it has never tracked keys
	target          bool               // other clients redirect what they are told of changed keys to it
	logPos          int64              // position in the log that the replies wait for; 0: none, see commit.go
	promised        []netloop.Span     // the replies that promise it
	logPaused       bool               // paused until then
	held            []byte             // messages that wait for the end of a command; see hold
	changed         []bcastKey         // by the command that a worker runs; see trackBroadcast
	tx              txState
	closed          atomic.Bool
}

// waitKind says why a connection is paused.
type waitKind uint8

const (
	waitNone   waitKind = iota
	waitWorker          // a worker runs its command
	waitShard           // its command needs a shard that a long command holds
	waitPause           // CLIENT PAUSE
	waitBlock           // a blocking command
	waitSleep           // DEBUG SLEEP and the like
	waitRoom            // it has published more than some loop can deliver
)

// isLocal says whether the client comes from this host.
func (c *Client) isLocal() bool {
	if c.conn == nil || c.unixSocket {
		return true
	}
	a, ok := c.conn.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

// subscriptions is how many channels and patterns the client listens to.
func (c *Client) subscriptions() int { return c.subs + c.psubs + c.ssubs }

// skipped ends the CLIENT REPLY SKIP whose command has been.
func (c *Client) skipped() {
	if c.reply == replySkip {
		c.reply = replyOn
		c.gates &^= gateReplyOff
	}
}

// own runs fn, which changes what belongs to the client, where that is allowed: on the client's loop. A
// handler that changes its client does it through own, because inside EXEC it may run on a worker.
func (c *Client) own(fn func()) {
	if c.waiting != waitWorker {
		fn()
		return
	}
	c.loop.visit(fn)
}

// mem is how many bytes the client holds, for maxmemory, maxmemory-clients and CLIENT LIST.
func (c *Client) mem() int64 {
	const fixed = 1024     // Client, Conn and their places in tables
	const watchedKey = 128 // a watched key and its place in the registry
	m := int64(fixed) + int64(c.parser.ArgsMem()) + c.queuedBytes + int64(c.tx.watch.Len())*watchedKey
	if c.conn != nil {
		m += int64(c.conn.InMem() + c.conn.OutMem())
	}
	if c.wait != nil {
		m += c.wait.mem
	}
	if c.sub != nil {
		const subscriber = 256
		m += subscriber + c.sub.Mem()
	}
	return m + int64(cap(c.held)+len(c.name)+len(c.libName)+len(c.libVer))
}
