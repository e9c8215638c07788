package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"radish/command"
	"radish/resp"
)

// Connections to the servers that MIGRATE brings keys to. As in Redis each is kept for a while for the next keys.

const (
	// maxMigrateLinks is how many connections are kept.
	maxMigrateLinks = 64
	// migrateLinkIdle is how long an unused one is.
	migrateLinkIdle = 10 * time.Second
	// migrateChunk is how many bytes are to be written within the time-out.
	migrateChunk = 64 << 10
)

// migrateLinks are the connections that are kept and not in use. The zero value is ready; any number of goroutines may use it.
type migrateLinks struct {
	mu   sync.Mutex
	idle map[string]*migrateLink // by target
}

// migrateLink is a connection to another server. One MIGRATE uses it at a time.
type migrateLink struct {
	nc       net.Conn
	r        *bufio.Reader
	target   string // what tells it from others
	timeout  time.Duration
	db       int64 // there, if selected
	selected bool
	broken   bool // nothing more can be sent
	lastUse  time.Time
	release  func() // ends what watches for the end of the server
}

// brokenLink says how a connection failed.
type brokenLink struct {
	err     error
	writing bool
	// untouched: the other server has not answered anything.
	untouched bool
}

func (b *brokenLink) Error() string { return b.err.Error() }

func (b *brokenLink) timeout() bool {
	var ne net.Error
	return errors.As(b.err, &ne) && ne.Timeout()
}

// target tells connections apart. Unlike in Redis a connection that was let in with a password is not for those who do not know it.
func (o *migrateOpts) target() string {
	key := []byte(net.JoinHostPort(o.host, strconv.Itoa(o.port)))
	if o.auth {
		key = append(key, 0)
		key = strconv.AppendQuote(key, string(o.user))
		key = append(key, o.password...)
	}
	return string(key)
}

// open takes a connection that was kept, or makes one. It is closed when stop is; else giveBack must follow.
func (p *migrateLinks) open(o *migrateOpts, stop <-chan struct{}) (*migrateLink, error) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	target := o.target()
	l := p.take(target)
	if l == nil {
		nc, err := dialTarget(ctx, o)
		if err != nil {
			cancel()
			return nil, err
		}
		l = &migrateLink{nc: nc, r: bufio.NewReader(nc), target: target}
	}
	l.timeout = o.timeout
	unhook := context.AfterFunc(ctx, func() { l.nc.Close() })
	l.release = func() {
		unhook()
		cancel()
	}
	return l, nil
}

// errNoHost: an empty name is not this host.
var errNoHost = errors.New("no host")

// connectError is the reply when there is no connection. Redis notices only names that it cannot look up; of all else it says that it cannot write.
func connectError(err error) error {
	var name *net.DNSError
	var address *net.AddrError
	if err == errNoHost || errors.As(err, &name) || errors.As(err, &address) {
		return errMigrateConnect
	}
	return errMigrateWrite
}

func dialTarget(ctx context.Context, o *migrateOpts) (net.Conn, error) {
	if o.host == "" {
		return nil, errNoHost
	}
	d := net.Dialer{Timeout: o.timeout}
	return d.DialContext(ctx, "tcp", net.JoinHostPort(o.host, strconv.Itoa(o.port)))
}

func (p *migrateLinks) take(target string) *migrateLink {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.idle[target]
	delete(p.idle, target)
	return l
}

// giveBack keeps a connection for the next keys, unless it is broken.
func (p *migrateLinks) giveBack(l *migrateLink) {
	l.release()
	if l.broken || l.r.Buffered() > 0 {
		l.nc.Close()
		return
	}
	l.lastUse = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idle == nil {
		p.idle = make(map[string]*migrateLink)
	}
	if old := p.idle[l.target]; old != nil { // somebody else has used one at the same time
		old.nc.Close()
	} else if len(p.idle) == maxMigrateLinks {
		for target, any := range p.idle {
			any.nc.Close()
			delete(p.idle, target)
			break
		}
	}
	p.idle[l.target] = l
}

// closeIdle closes the connections that nobody has used for a time.
func (p *migrateLinks) closeIdle(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for target, l := range p.idle {
		if time.Since(l.lastUse) >= d {
			l.nc.Close()
			delete(p.idle, target)
		}
	}
}

func (p *migrateLinks) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}

// begin authenticates and selects the database, if need be. Redis does not wait for the answers before it sends keys; so it leaves keys in another
// database where the one that is wanted does not exist.
func (l *migrateLink) begin(o *migrateOpts) error {
	w := resp.Writer{Proto: 2}
	n := 0
	if o.auth {
		n++
		if o.user != nil {
			w.Array(3)
			w.BulkString("AUTH")
			w.Bulk(o.user)
		} else {
			w.Array(2)
			w.BulkString("AUTH")
		}
		w.Bulk(o.password)
	}
	if !l.selected || l.db != o.db {
		n++
		w.Array(2)
		w.BulkString("SELECT")
		w.BulkInt(o.db)
	}
	if n == 0 {
		return nil
	}
	l.selected = false
	if err := l.write(w.Buf); err != nil {
		return err
	}
	err := l.readOKs(n, func(int) {})
	l.db, l.selected = o.db, err == nil
	return err
}

// exchange sends the commands that restore keys, and notes which of them have succeeded. Each piece goes to put when it is not needed any more.
func (l *migrateLink) exchange(pieces [][]byte, sent []sentKey, put func([]byte)) error {
	for i, p := range pieces {
		if err := l.write(p); err != nil {
			return err
		}
		pieces[i] = nil
		put(p)
	}
	err := l.readOKs(len(sent), func(i int) { sent[i].taken = true })
	if err != nil {
		l.selected = false
	}
	return err
}

func (l *migrateLink) write(b []byte) error {
	for len(b) > 0 {
		n := min(len(b), migrateChunk)
		err := l.nc.SetWriteDeadline(time.Now().Add(l.timeout))
		if err == nil {
			_, err = l.nc.Write(b[:n])
		}
		if err != nil {
			l.broken = true
			return &brokenLink{err: err, writing: true, untouched: true}
		}
		b = b[n:]
	}
	return nil
}

// readOKs reads n replies and calls ok with the number of each that says OK. The first other one becomes its error.
func (l *migrateLink) readOKs(n int, ok func(i int)) (refusal error) {
	for i := range n {
		line, err := l.readLine()
		if err != nil {
			l.broken = true
			if refusal == nil {
				refusal = &brokenLink{err: err, untouched: i == 0}
			}
			return refusal
		}
		if string(line) == "+OK" {
			ok(i)
			continue
		}
		if !bytes.HasPrefix(line, []byte("-")) {
			l.broken = true // whatever it is, more lines of it may follow
			return command.Error("ERR Target instance replied with error: " + string(line))
		}
		if refusal == nil {
			refusal = command.Error("ERR Target instance replied with error: " + string(bytes.TrimPrefix(line, []byte("-"))))
		}
	}
	return refusal
}

func (l *migrateLink) readLine() ([]byte, error) {
	if err := l.nc.SetReadDeadline(time.Now().Add(l.timeout)); err != nil {
		return nil, err
	}
	line, err := l.r.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}
