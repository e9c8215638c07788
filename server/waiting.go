package server

import (
	"slices"
	"sync"
	"sync/atomic"

	"radish/command"
	"radish/pubsub"
	"radish/resp"
	"radish/store"
)

// waiting is the registry of the clients that wait in blocking commands. A client stands in the queue of each key
// that it waits for. It is put there while the shards of its keys are locked for writing, so no change is missed; and
// those who serve a queue have its shard locked. Leaving needs no lock of a shard: the mutexes guard the queues.
type waiting struct {
	keys   atomic.Int64 // queues
	moves  atomic.Int64 // waiters that need more than the keys that they wait for
	shards []queueShard
}

type queueShard struct {
	n  atomic.Int32 // len(m), to be read without mu
	mu sync.Mutex
	m  map[waitKey]*keyQueue
}

type waitKey struct {
	db  int
	key string
}

// keyQueue is those who wait for one key, first come first. The shard's mutex guards it.
type keyQueue struct {
	key        waitKey
	shard      int
	head, tail *place
	// signaled: the key is in the Ready of a command that will serve the queue before it unlocks the shard.
	signaled bool
	// deferred: Server.serveLater will serve the queue; nobody else must, as that would be out of order.
	deferred bool
}

// place is one client in one queue.
type place struct {
	w          *waiter
	q          *keyQueue
	prev, next *place
}

// waiter is a client in a blocking command. What is not atomic does not change while it waits, but for what
// belongs to the loop.
type waiter struct {
	cl      *Client
	spec    *command.Spec
	args    [][]byte
	keys    []store.Key // of the row, with bytes of their own
	kind    store.Type
	sub     *pubsub.Subscriber // the client's; nil: it gets no messages
	db      int
	proto   int
	noTouch bool
	mem     int64
	// also are the shards of others, the keys that it does not wait for, but needs.
	also   shardSet
	others []store.Key
	places []place
	state  atomic.Uint32

	// These belong to the client's loop.
	timeoutMs int64
	deadline  int64       // ns, as eventLoop.mono; 0: none
	tookNs    int64       // of the command, before it waited
	result    *waitResult // came before the loop knew that the client waits
	// marks says that the client is being served, or has been: its messages are held back until it has the reply, but for the first before bytes of
	// those, which were sent to it earlier. It counts those who have claimed the waiter and not come back.
	marks, before int
}

// The states of a waiter. Exactly one of those who would end the waiting takes it out of waitOpen: whoever serves
// the client, its time-out, CLIENT UNBLOCK or the end of its connection.
const (
	waitOpen    uint32 = iota
	waitClaimed        // it is being served; if that comes to nothing, it is open again
	waitOver
)

// waitResult is what came of serving a waiter.
type waitResult struct {
	reply        *resp.Writer
	err          error
	dirty        int64
	pos          int64  // in the log, see command.Ctx
	own          []byte // what comes right behind the reply, see tellServed
	hits, misses int64
	tookNs       int64
}

func newWaiting(shards int) *waiting {
	r := &waiting{shards: make([]queueShard, shards)}
	for i := range r.shards {
		r.shards[i].m = make(map[waitKey]*keyQueue)
	}
	return r
}

// add puts w at the end of the queues of keys, which are different ones.
func (r *waiting) add(w *waiter, s *store.Store, keys []store.Key) {
	if w.also != 0 {
		r.moves.Add(1)
	}
	w.places = make([]place, len(keys))
	for i, k := range keys {
		shard := s.ShardOf(k.H)
		p := &w.places[i]
		p.w = w
		sh := &r.shards[shard]
		sh.mu.Lock()
		q := sh.m[waitKey{w.db, string(k.B)}]
		if q == nil {
			q = &keyQueue{key: waitKey{w.db, string(k.B)}, shard: shard}
			sh.m[q.key] = q
			sh.n.Add(1)
			r.keys.Add(1)
		}
		p.q, p.prev = q, q.tail
		if q.tail == nil {
			q.head = p
		} else {
			q.tail.next = p
		}
		q.tail = p
		sh.mu.Unlock()
	}
}

// remove takes w out of all queues. It is called once, by whoever has ended the waiting.
func (r *waiting) remove(w *waiter) {
	if w.also != 0 {
		r.moves.Add(-1)
	}
	for i := range w.places {
		p := &w.places[i]
		q := p.q
		sh := &r.shards[q.shard]
		sh.mu.Lock()
		if p.prev == nil {
			q.head = p.next
		} else {
			p.prev.next = p.next
		}
		if p.next == nil {
			q.tail = p.prev
		} else {
			p.next.prev = p.prev
		}
		if q.head == nil {
			delete(sh.m, q.key)
			sh.n.Add(-1)
			r.keys.Add(-1)
		}
		sh.mu.Unlock()
	}
}

// signal says that a key has changed, which is locked. It is true if the caller has to serve those who wait for it.
func (r *waiting) signal(shard, db int, key []byte) bool {
	sh := &r.shards[shard]
	if sh.n.Load() == 0 {
		return false
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	q := sh.m[waitKey{db, string(key)}]
	if q == nil || q.signaled || q.deferred {
		return false
	}
	q.signaled = true
	return true
}

// served ends signal.
func (r *waiting) served(shard, db int, key []byte) {
	sh := &r.shards[shard]
	sh.mu.Lock()
	if q := sh.m[waitKey{db, string(key)}]; q != nil {
		q.signaled = false
	}
	sh.mu.Unlock()
}

// first is the first who waits for a value of the type at the key.
func (r *waiting) first(shard, db int, key []byte, kind store.Type) *waiter {
	sh := &r.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	q := sh.m[waitKey{db, string(key)}]
	if q == nil {
		return nil
	}
	for p := q.head; p != nil; p = p.next {
		if p.w.kind == kind && p.w.state.Load() == waitOpen {
			return p.w
		}
	}
	return nil
}

// postpone leaves the queue of a key to Server.serveLater.
func (r *waiting) postpone(shard, db int, key []byte) {
	sh := &r.shards[shard]
	sh.mu.Lock()
	if q := sh.m[waitKey{db, string(key)}]; q != nil {
		q.deferred = true
	}
	sh.mu.Unlock()
}

// takeUp ends postpone: it is signal of a queue that was left. Its shard is locked.
func (r *waiting) takeUp(shard, db int, key []byte) bool {
	sh := &r.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	q := sh.m[waitKey{db, string(key)}]
	if q == nil {
		return false
	}
	q.deferred, q.signaled = false, true
	return true
}

// reach is the shards that it takes to serve those who wait for some keys, and those who are served by that, as far
// as can be told before the shards are locked.
func (r *waiting) reach(s *store.Store, db int, keys []store.Key) (set shardSet) {
	if r.moves.Load() == 0 {
		return 0
	}
	var seen map[string]bool
	for i := 0; i < len(keys); i++ {
		k := keys[i]
		sh := &r.shards[s.ShardOf(k.H)]
		if sh.n.Load() == 0 || seen[string(k.B)] {
			continue
		}
		sh.mu.Lock()
		if q := sh.m[waitKey{db, string(k.B)}]; q != nil {
			for p := q.head; p != nil; p = p.next {
				if p.w.also == 0 {
					continue
				}
				if seen == nil {
					seen = make(map[string]bool)
					keys = slices.Clone(keys)
				}
				seen[string(k.B)] = true
				set |= p.w.also
				keys = append(keys, p.w.others...)
			}
		}
		sh.mu.Unlock()
	}
	return set
}

// keysIn are the keys of a database that somebody waits for.
func (r *waiting) keysIn(db int) (keys []string) {
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		for k := range sh.m {
			if k.db == db {
				keys = append(keys, k.key)
			}
		}
		sh.mu.Unlock()
	}
	return keys
}
