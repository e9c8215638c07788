package server

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"radish/config"
	"radish/internal/redislog"
)

// quiet is a Logger for tests.
type quiet struct{}

func (quiet) Debugf(string, ...any)   {}
func (quiet) Verbosef(string, ...any) {}
func (quiet) Noticef(string, ...any)  {}
func (quiet) Warningf(string, ...any) {}
func (quiet) SetLevel(redislog.Level) {}

// newTestServer builds a server with so many loops that are not running, and a client without a connection
// on each: commands go through process, as they do from sockets.
func newTestServer(tb testing.TB, loops int) (*Server, []*Client) {
	tb.Helper()
	cfg, err := config.Load([]string{"--io-threads", fmt.Sprint(loops)}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := New(cfg, quiet{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.store.Close)
	var clients []*Client
	for i, l := range s.loops {
		l.look()
		l.stats.tracking = true
		l.w.Proto = 2
		clients = append(clients, &Client{ID: uint64(i + 1), srv: s, loop: l, proto: 2, authenticated: true})
	}
	return s, clients
}

// run takes one request through process and returns the reply.
func run(cl *Client, args ...string) string {
	b := make([][]byte, len(args))
	for i, a := range args {
		b[i] = []byte(a)
	}
	l := cl.loop
	l.look()
	l.w.Buf = l.w.Buf[:0]
	l.process(cl, b)
	return string(l.w.Buf)
}

// requester makes requests of one kind over random keys, in memory that it uses again and again, as a
// connection's buffer is.
type requester struct {
	_    [128]byte // what a goroutine writes all the time shares no cache line with another's
	args [][]byte
	keys [][]byte
	n    uint64
	rnd  uint64
	_    [128]byte
}

func newRequester(kind string, keys int, seed uint64) *requester {
	r := &requester{n: uint64(keys), rnd: seed*2 + 88172645463325252}
	buf := make([]byte, 0, 4096)
	r.args = [][]byte{[]byte(kind)}
	pairs := 1
	if kind == "MSET" {
		pairs = 10
	}
	for range pairs {
		if kind == "PING" {
			break
		}
		at := len(buf)
		buf = append(buf, "key:000000000000"...)
		key := buf[at:len(buf):len(buf)]
		switch kind {
		case "INCR":
			key[0] = 'n'
		case "HSET", "HGET":
			key[0] = 'h'
		}
		r.args, r.keys = append(r.args, key), append(r.keys, key)
		if kind == "SET" || kind == "MSET" {
			r.args = append(r.args, []byte("abcdefghijklmnopqrstuvwxyzabcdef"))
		}
	}
	switch kind {
	case "HSET":
		r.args = append(r.args, []byte("field"), []byte("value"))
	case "HGET":
		r.args = append(r.args, []byte("field"))
	}
	return r
}

// next chooses other keys.
func (r *requester) next() [][]byte {
	for _, key := range r.keys {
		r.rnd ^= r.rnd << 13
		r.rnd ^= r.rnd >> 7
		r.rnd ^= r.rnd << 17
		n := r.rnd % r.n
		for i := len(key) - 1; i >= 8; i-- {
			key[i] = '0' + byte(n%10)
			n /= 10
		}
	}
	return r.args
}

func fill(cl *Client, keys int) {
	l := cl.loop
	value := []byte("abcdefghijklmnopqrstuvwxyzabcdef")
	for i := range keys {
		l.process(cl, [][]byte{[]byte("SET"), fmt.Appendf(nil, "key:%012d", i), value})
		l.w.Buf = l.w.Buf[:0]
	}
}

// TestNoAllocs: GET, SET of a key that exists, and their like for fields must not allocate on the Go heap.
func TestNoAllocs(t *testing.T) {
	_, clients := newTestServer(t, 1)
	cl := clients[0]
	fill(cl, 1000)
	for _, kind := range []string{"PING", "GET", "SET", "INCR", "MSET", "HSET", "HGET"} {
		r := newRequester(kind, 1000, 1)
		for range 5000 { // let keys, buffers and counters reach their size
			cl.loop.process(cl, r.next())
			cl.loop.w.Buf = cl.loop.w.Buf[:0]
		}
		n := testing.AllocsPerRun(1000, func() {
			cl.loop.w.Buf = cl.loop.w.Buf[:0]
			cl.loop.process(cl, r.next())
		})
		if n != 0 {
			t.Errorf("%s allocates %v times", kind, n)
		}
	}
}

// BenchmarkCallParallel runs commands through the server without sockets, over a million keys, one goroutine
// for each processor: with -cpu 1,2 twice the throughput halves the ns/op.
func BenchmarkCallParallel(b *testing.B) {
	const keys = 1_000_000
	_, clients := newTestServer(b, runtime.GOMAXPROCS(0))
	fill(clients[0], keys)
	for _, kind := range []string{"PING", "GET", "SET", "INCR", "MSET"} {
		warm := newRequester(kind, keys, 99)
		for range 2 * keys / len(warm.args) { // every key has its place and its size
			clients[0].loop.w.Buf = clients[0].loop.w.Buf[:0]
			clients[0].loop.process(clients[0], warm.next())
		}
		b.Run(kind, func(b *testing.B) {
			var next atomic.Int32
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				g := int(next.Add(1) - 1)
				cl, r := clients[g], newRequester(kind, keys, uint64(g))
				for pb.Next() {
					cl.loop.w.Buf = cl.loop.w.Buf[:0]
					cl.loop.process(cl, r.next())
				}
			})
		})
	}
}

// process takes a request through the gates and runs it.
func (l *eventLoop) process(cl *Client, args [][]byte) outcome {
	r := request{args: args}
	l.resolve(&r)
	return l.run(cl, &r)
}
