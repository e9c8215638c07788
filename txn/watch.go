package txn

import (
	"sync"
	"sync/atomic"
)

// Watcher is a client's side of WATCH. Dirty is set, for good until Forget, when a watched key changes.
type Watcher struct {
	dirty atomic.Bool
	keys  []watched
}

type watched struct {
	shard, db int
	key       string
	live      bool
}

// Dirty says whether a watched key has changed.
func (w *Watcher) Dirty() bool { return w.dirty.Load() }

// Len is the number of keys that are watched.
func (w *Watcher) Len() int { return len(w.keys) }

// Each calls fn for each key that is watched; live is what Watch was told.
func (w *Watcher) Each(fn func(shard, db int, key string, live bool)) {
	for _, k := range w.keys {
		fn(k.shard, k.db, k.key, k.live)
	}
}

// Watches is the registry of all watched keys. Touch runs while the shard of the key is locked for
// writing, Watch while it is locked at least for reading: so a change is seen whole or not at all.
type Watches struct {
	count  atomic.Int64
	shards []watchShard
}

// watchShard holds who watches each key, and whether the key was there when they began.
type watchShard struct {
	mu sync.Mutex
	m  map[watchKey]map[*Watcher]bool
}

type watchKey struct {
	db  int
	key string
}

// NewWatches makes a registry for a store of so many shards.
func NewWatches(shards int) *Watches { return &Watches{shards: make([]watchShard, shards)} }

// Count is the number of watched keys, each counted once a watcher.
func (r *Watches) Count() int64 { return r.count.Load() }

// Watch has w hear of changes of a key. live says whether there is such a key now, and it has not lapsed.
// To watch it twice is to watch it once.
func (r *Watches) Watch(w *Watcher, shard, db int, key []byte, live bool) {
	s := &r.shards[shard]
	k := watchKey{db, string(key)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.m[k][w]; ok {
		return
	}
	if s.m == nil {
		s.m = make(map[watchKey]map[*Watcher]bool)
	}
	if s.m[k] == nil {
		s.m[k] = make(map[*Watcher]bool)
	}
	s.m[k][w] = live
	w.keys = append(w.keys, watched{shard, db, k.key, live})
	r.count.Add(1)
}

// Touch marks all who watch the key.
func (r *Watches) Touch(shard, db int, key []byte) {
	s := &r.shards[shard]
	s.mu.Lock()
	for w := range s.m[watchKey{db, string(key)}] {
		w.dirty.Store(true)
	}
	s.mu.Unlock()
}

// TouchLapsed is Touch for a key that is deleted because it has lapsed: it marks only those who have seen
// it live. To the others there was no key before, and there is none now.
func (r *Watches) TouchLapsed(shard, db int, key []byte) {
	s := &r.shards[shard]
	s.mu.Lock()
	for w, live := range s.m[watchKey{db, string(key)}] {
		if live {
			w.dirty.Store(true)
		}
	}
	s.mu.Unlock()
}

// TouchAll is Touch for all keys of the databases that in accepts: what a flush or a swap does. It leaves
// out the keys that were not there and are not now. A key that is watched and not marked yet was there if
// it was when Watch began; liveNow says whether it is now. It may be called without the locks of the shards
// if liveNow needs none; a Watch that comes meanwhile may then be marked too.
func (r *Watches) TouchAll(in func(db int) bool, liveNow func(db int, key string) bool) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		for k, ws := range s.m {
			if !in(k.db) {
				continue
			}
			now := liveNow(k.db, k.key)
			for w, live := range ws {
				if live || now {
					w.dirty.Store(true)
				}
			}
		}
		s.mu.Unlock()
	}
}

// Forget ends all watching of w and clears its mark.
func (r *Watches) Forget(w *Watcher) {
	for _, k := range w.keys {
		s := &r.shards[k.shard]
		s.mu.Lock()
		if ws := s.m[watchKey{k.db, k.key}]; ws != nil {
			delete(ws, w)
			if len(ws) == 0 {
				delete(s.m, watchKey{k.db, k.key})
			}
		}
		s.mu.Unlock()
	}
	r.count.Add(int64(-len(w.keys)))
	w.keys = nil
	w.dirty.Store(false)
}
