package server

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"

	"radish/command"
	"radish/internal/prefixtree"
	"radish/pubsub"
	"radish/store"
)

// Client-side caching. The server remembers which clients have read a key, and tells them when it changes, once. Reading and remembering
// happens under the key's shard lock, as changing and telling does: no change is missed. What is told goes through the hub, so it comes to a
// client behind the reply that it is about. Clients in broadcast mode are told of all keys with their prefixes: see tracking_bcast.go.

// tracking is what the server keeps for clients that cache.
type tracking struct {
	shards  []trackShard // by the store's shards
	keys    atomic.Int64
	items   atomic.Int64 // a key counts once for each client
	mem     atomic.Int64 // about how many bytes keys and items take
	maxKeys atomic.Int64 // tracking-table-max-keys; 0: any number
	count   atomic.Int64 // len(clients), to be read without mu

	prefixCount atomic.Int64 // prefixes.Len(), to be read without prefixMu
	prefixMu    sync.RWMutex
	prefixes    prefixtree.Tree[*bcastPrefix]

	gatherMu sync.Mutex
	gathered []bcastKey // see gatherChanged

	mu      sync.Mutex
	clients map[*tracker]struct{}         // all that track
	targets map[uint64]*pubsub.Subscriber // clients that others redirect to, by id, as long as they live
}

// trackShard is who has read the keys of a shard. Its mutex is taken under the shard's lock, and nothing under it.
type trackShard struct {
	mu    sync.Mutex
	m     map[string]*readers
	items int64 // what of tracking.items is in m
	mem   int64 // and of tracking.mem
	_     [32]byte
}

// readers are the clients that have read a key. Clients that are gone, or do not track any more, stay until the key is told of.
type readers struct {
	few  []*tracker
	many map[*tracker]struct{} // instead of few, when there are more than fewReaders
}

const fewReaders = 16

// What keys and items are counted to take, beside the key's bytes.
const trackedKeyCost, trackedItemCost = 136, 16

// tracker is a client's side of tracking. It is made once for a client. mode is nil while the client does not track; all else but mode, resp3
// and broken belongs to the client's loop, or the worker that runs its command.
type tracker struct {
	mode    atomic.Pointer[trackMode]
	resp3   atomic.Bool // the client's protocol
	broken  atomic.Bool // the client that it redirects to is gone
	caching bool        // CLIENT CACHING was said for the next command
	// pending is what the client is to be told when the command ends that it runs: see tellOrDefer.
	pending []pendingTell
}

// pendingTell is what Server.tell will send.
type pendingTell struct {
	mode *trackMode
	body []byte
}

// trackMode is how a client tracks. It never changes.
type trackMode struct {
	own           *pubsub.Subscriber
	client        *Client
	redirect      uint64 // id; 0: to the client itself
	bcast, noLoop bool
	optIn, optOut bool
	prefixes      []string // of bcast, in order
}

func newTracking(shards int) *tracking {
	t := &tracking{shards: make([]trackShard, shards), clients: make(map[*tracker]struct{}), targets: make(map[uint64]*pubsub.Subscriber)}
	for i := range t.shards {
		t.shards[i].m = make(map[string]*readers)
	}
	return t
}

func (r *readers) add(tr *tracker) bool {
	if r.many != nil {
		if _, ok := r.many[tr]; ok {
			return false
		}
		r.many[tr] = struct{}{}
		return true
	}
	for _, t := range r.few {
		if t == tr {
			return false
		}
	}
	r.few = append(r.few, tr)
	if len(r.few) > fewReaders {
		r.many = make(map[*tracker]struct{}, 2*fewReaders)
		for _, t := range r.few {
			r.many[t] = struct{}{}
		}
		r.few = nil
	}
	return true
}

func (r *readers) len() int { return len(r.few) + len(r.many) }

func (r *readers) each(fn func(tr *tracker)) {
	for _, tr := range r.few {
		fn(tr)
	}
	for tr := range r.many {
		fn(tr)
	}
}

// remember notes that a client has read keys, whose shards are locked.
func (s *Server) remember(c *command.Ctx, cl *Client, keys []store.Key) {
	tr := cl.track
	m := tr.mode.Load()
	if m == nil || m.bcast || m.optIn && !tr.caching || m.optOut && tr.caching {
		return
	}
	t := s.tracking
	for _, k := range keys {
		sh := &t.shards[s.store.ShardOf(k.H)]
		sh.mu.Lock()
		r := sh.m[string(k.B)]
		if r == nil {
			r = &readers{}
			sh.m[string(k.B)] = r
			t.book(sh, 1, 0, int64(len(k.B))+trackedKeyCost)
		}
		if r.add(tr) {
			t.book(sh, 0, 1, trackedItemCost)
		}
		sh.mu.Unlock()
	}
	if limit := t.maxKeys.Load(); limit > 0 && t.keys.Load() > limit {
		s.trimTracking(s.loopOf(c))
	}
}

// book keeps the books of a shard, which is locked, and of all.
func (t *tracking) book(sh *trackShard, keys, items, mem int64) {
	sh.items += items
	sh.mem += mem
	t.keys.Add(keys)
	t.items.Add(items)
	t.mem.Add(mem)
}

// clear forgets all keys.
func (t *tracking) clear() {
	for i := range t.shards {
		sh := &t.shards[i]
		sh.mu.Lock()
		if n := len(sh.m); n > 0 {
			t.book(sh, int64(-n), -sh.items, -sh.mem)
			sh.m = make(map[string]*readers) // a map keeps the room that it once had
		}
		sh.mu.Unlock()
	}
}

// take forgets a key and returns who has read it.
func (t *tracking) take(shard int, key string) *readers {
	sh := &t.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return t.takeLocked(sh, key)
}

func (t *tracking) takeLocked(sh *trackShard, key string) *readers {
	r := sh.m[key]
	if r != nil {
		delete(sh.m, key)
		n := int64(r.len())
		t.book(sh, -1, -n, -int64(len(key))-trackedKeyCost-n*trackedItemCost)
	}
	return r
}

// trackChange tells those who have read a key that it has changed. Its shard is locked. c is nil if no command did it.
func (s *Server) trackChange(c *command.Ctx, k store.Key) {
	t := s.tracking
	var by *Client
	if c != nil {
		by, _ = c.Client.(*Client)
	}
	from := s.loopOf(c)
	if t.prefixCount.Load() > 0 {
		s.trackBroadcast(c, from, bcastKey{string(k.B), by})
	}
	if t.keys.Load() > 0 {
		if r := t.take(s.store.ShardOf(k.H), string(k.B)); r != nil {
			s.tellReaders(from, by, r, string(k.B))
		}
	}
	s.throttleFor(c, from)
}

// tellReaders tells those who have read a key, but by, who has changed it, if that is a client that does not want to hear of its own changes.
func (s *Server) tellReaders(from int, by *Client, r *readers, key string) {
	var body []byte
	r.each(func(tr *tracker) {
		m := tr.mode.Load()
		if m == nil || m.bcast || m.noLoop && m.client == by {
			return
		}
		if body == nil {
			body = appendBulks(nil, key)
		}
		s.tellOrDefer(from, by, tr, m, body)
	})
}

func appendBulks(b []byte, keys ...string) []byte {
	b = append(b, '*')
	b = append(strconv.AppendInt(b, int64(len(keys)), 10), "\r\n"...)
	for _, k := range keys {
		b = append(b, '$')
		b = append(strconv.AppendInt(b, int64(len(k)), 10), "\r\n"...)
		b = append(append(b, k...), "\r\n"...)
	}
	return b
}

// How messages of client-side caching begin. To the client itself they go in RESP3 only; to another also in RESP2, as messages of a channel.
const (
	invalidateHead = ">2\r\n$10\r\ninvalidate\r\n"
	brokenHead     = ">2\r\n$21\r\ntracking-redir-broken\r\n"
	channelHead    = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"
)

// tellOrDefer is tell, but what the client by, whose command runs, has itself brought about waits until the command, or transaction, has ended: it comes behind
// all messages that the command publishes.
func (s *Server) tellOrDefer(from int, by *Client, tr *tracker, m *trackMode, body []byte) {
	if m.client != by {
		s.tell(from, tr, m, body)
		return
	}
	tr.pending = append(tr.pending, pendingTell{m, body})
}

// tellPending tells what tellOrDefer has left. Who has run the client's command calls it.
func (s *Server) tellPending(from int, cl *Client) {
	if cl.track == nil || len(cl.track.pending) == 0 {
		return
	}
	for _, p := range cl.track.pending {
		s.tell(from, cl.track, p.mode, p.body)
	}
	cl.track.pending = nil
}

// tellServed is tellPending for a client that has waited. What goes to the client itself is returned: as in Redis it comes behind the reply, but before the messages
// that serving the client has published.
func (s *Server) tellServed(from int, cl *Client) (own []byte) {
	if cl.track == nil {
		return nil
	}
	for _, p := range cl.track.pending {
		if p.mode.redirect != 0 {
			s.tell(from, cl.track, p.mode, p.body)
		} else if cl.track.resp3.Load() {
			own = append(append(own, invalidateHead...), p.body...)
		}
	}
	cl.track.pending = nil
	return own
}

// tell sends a client that caches, or the one that it redirects to, what is invalid: the array of keys, or null.
func (s *Server) tell(from int, tr *tracker, m *trackMode, body []byte) {
	if m.redirect == 0 {
		s.hub.Send(from, m.own, &pubsub.Head{Resp3: invalidateHead}, body)
		return
	}
	s.tracking.mu.Lock()
	to := s.tracking.targets[m.redirect]
	s.tracking.mu.Unlock()
	if to == nil {
		tr.broken.Store(true)
		s.hub.Send(from, m.own, &pubsub.Head{Resp3: brokenHead}, append(strconv.AppendUint([]byte{':'}, m.redirect, 10), "\r\n"...))
		return
	}
	s.hub.Send(from, to, &pubsub.Head{Resp2: channelHead, Resp3: invalidateHead}, body)
}

// trackFlush tells all clients that cache that every key may have changed, and forgets what they have read.
func (s *Server) trackFlush(c *command.Ctx) {
	t := s.tracking
	if t.count.Load() == 0 {
		return
	}
	t.clear()
	t.mu.Lock()
	list := make([]*tracker, 0, len(t.clients))
	for tr := range t.clients {
		list = append(list, tr)
	}
	t.mu.Unlock()
	from := s.loopOf(c)
	var by *Client
	if c != nil {
		by, _ = c.Client.(*Client)
	}
	for _, tr := range list {
		if m := tr.mode.Load(); m != nil {
			null := "_\r\n"
			if !tr.resp3.Load() {
				null = "$-1\r\n" // for another client, though it may use RESP3: as Redis does
			}
			s.tellOrDefer(from, by, tr, m, []byte(null))
		}
	}
}

// trimTracking forgets keys, chosen at random, until there are no more than tracking-table-max-keys, and tells those who have read them.
func (s *Server) trimTracking(from int) {
	t := s.tracking
	for i := rand.IntN(len(t.shards)); ; i++ {
		limit := t.maxKeys.Load()
		if limit == 0 || t.keys.Load() <= limit {
			return
		}
		sh := &t.shards[i%len(t.shards)]
		var r *readers
		var key string
		sh.mu.Lock()
		for key = range sh.m { // Go begins anywhere
			r = t.takeLocked(sh, key)
			break
		}
		sh.mu.Unlock()
		if r != nil {
			s.tellReaders(from, nil, r, key)
		}
	}
}

// setTrackingLimit puts tracking-table-max-keys in force.
func (s *Server) setTrackingLimit(keys int64) {
	s.tracking.maxKeys.Store(keys)
	if keys > 0 && s.tracking.keys.Load() > keys {
		go s.trimTracking(-1)
	}
}

// setTracking changes how a client tracks; nil: it does not. It runs on the client's loop.
func (s *Server) setTracking(cl *Client, m *trackMode) {
	t, tr := s.tracking, cl.track
	if tr == nil {
		if m == nil {
			return
		}
		tr = &tracker{}
		cl.track = tr
	}
	old := tr.mode.Load()
	s.leavePrefixes(tr, old)
	tr.resp3.Store(cl.proto == 3)
	tr.broken.Store(false)
	tr.mode.Store(m)
	t.mu.Lock()
	if m != nil {
		t.clients[tr] = struct{}{}
	} else {
		delete(t.clients, tr)
		tr.caching = false
	}
	t.count.Store(int64(len(t.clients)))
	if m == nil && len(t.clients) == 0 {
		t.clear() // there is nobody to be told, and from now on changes are not noted
	}
	t.mu.Unlock()
	s.joinPrefixes(tr, m)
	cl.gates &^= gateTracking
	if m != nil {
		cl.gates |= gateTracking
	}
	s.watchMu.Lock()
	s.observeLocked()
	s.watchMu.Unlock()
}

// untrack releases what a client held that is gone.
func (s *Server) untrack(cl *Client) {
	if cl.track != nil && cl.track.mode.Load() != nil {
		s.setTracking(cl, nil)
	}
	if cl.target {
		s.tracking.mu.Lock()
		delete(s.tracking.targets, cl.ID)
		s.tracking.mu.Unlock()
	}
}

// tracks says whether a client tracks. Any goroutine that runs a command for it may ask.
func (c *Client) tracks() bool { return c.track != nil && c.track.mode.Load() != nil }

// endCaching ends CLIENT CACHING, which is about the next command, or the next transaction.
func (c *Client) endCaching(spec *command.Spec) {
	if c.track == nil || !c.track.caching || c.gates&gateMulti != 0 {
		return
	}
	if spec != nil && (spec.Name == "client" || spec.Parent() != nil && spec.Parent().Name == "client") {
		return
	}
	c.track.caching = false
}
