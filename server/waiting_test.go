package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"radish/store"
)

// check says what is wrong with the registry.
func (r *waiting) check() error {
	keys, moves := 0, make(map[*waiter]bool)
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		defer sh.mu.Unlock()
		keys += len(sh.m)
		if int(sh.n.Load()) != len(sh.m) {
			return fmt.Errorf("shard %d says %d keys, has %d", i, sh.n.Load(), len(sh.m))
		}
		for k, q := range sh.m {
			if q.head == nil || q.key != k || q.shard != i {
				return fmt.Errorf("queue of %v: %+v", k, q)
			}
			var last *place
			for p := q.head; p != nil; p = p.next {
				if p.q != q || p.prev != last {
					return fmt.Errorf("queue of %v is torn", k)
				}
				last = p
				if p.w.also != 0 {
					moves[p.w] = true
				}
			}
			if q.tail != last {
				return fmt.Errorf("queue of %v has another tail", k)
			}
		}
	}
	if keys != int(r.keys.Load()) || len(moves) != int(r.moves.Load()) {
		return fmt.Errorf("%d keys and %d moves are counted, there are %d and %d", r.keys.Load(), r.moves.Load(), keys, len(moves))
	}
	return nil
}

func newTestStore(t *testing.T) *store.Store {
	st, err := store.New(store.Options{Databases: 2, Shards: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// TestQueuesAgainstAModel adds and removes waiters at random and compares the order of each queue with a slice.
func TestQueuesAgainstAModel(t *testing.T) {
	st := newTestStore(t)
	r := newWaiting(st.Shards())
	names := []string{"a", "b", "c", "d", "e"}
	model := make(map[waitKey][]*waiter)
	var all []*waiter
	types := []store.Type{store.TypeList, store.TypeZSet}
	for range 3000 {
		if rand.IntN(2) == 0 && len(all) < 40 {
			w := &waiter{db: rand.IntN(2), kind: types[rand.IntN(2)], also: shardSet(rand.IntN(2))}
			var keys []store.Key
			for _, i := range rand.Perm(len(names))[:1+rand.IntN(3)] {
				keys = append(keys, st.Key([]byte(names[i])))
				k := waitKey{w.db, names[i]}
				model[k] = append(model[k], w)
			}
			r.add(w, st, keys)
			all = append(all, w)
		} else if len(all) > 0 {
			i := rand.IntN(len(all))
			r.remove(all[i])
			for k := range model {
				model[k] = slices.DeleteFunc(model[k], func(w *waiter) bool { return w == all[i] })
			}
			all = slices.Delete(all, i, i+1)
		}
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
		for k, ws := range model {
			shard := st.ShardOf(st.Key([]byte(k.key)).H)
			for _, kind := range types {
				var first *waiter
				if i := slices.IndexFunc(ws, func(w *waiter) bool { return w.kind == kind }); i >= 0 {
					first = ws[i]
				}
				if got := r.first(shard, k.db, []byte(k.key), kind); got != first {
					t.Fatalf("first of %v is %p, want %p", k, got, first)
				}
			}
		}
	}
}

func TestSignals(t *testing.T) {
	st := newTestStore(t)
	r := newWaiting(st.Shards())
	k := st.Key([]byte("k"))
	shard := st.ShardOf(k.H)
	w := &waiter{kind: store.TypeList}
	if r.signal(shard, 0, k.B) {
		t.Error("a key is signaled that nobody waits for")
	}
	r.add(w, st, []store.Key{k})
	if r.signal(shard, 1, k.B) {
		t.Error("a key of another database is signaled")
	}
	if !r.signal(shard, 0, k.B) || r.signal(shard, 0, k.B) {
		t.Error("a key is not signaled just once")
	}
	r.postpone(shard, 0, k.B)
	r.served(shard, 0, k.B)
	if r.signal(shard, 0, k.B) {
		t.Error("a queue is to be served that was left for later")
	}
	if !r.takeUp(shard, 0, k.B) {
		t.Error("a queue that was left is not taken up")
	}
	r.served(shard, 0, k.B)
	if !r.signal(shard, 0, k.B) {
		t.Error("a key is not signaled again")
	}
	w.state.Store(waitClaimed)
	if r.first(shard, 0, k.B, store.TypeList) != nil {
		t.Error("somebody is first who is served already")
	}
	r.remove(w)
	if r.takeUp(shard, 0, k.B) || r.signal(shard, 0, k.B) {
		t.Error("something is left of a queue")
	}
}

func TestReachFollowsTheMoves(t *testing.T) {
	st := newTestStore(t)
	r := newWaiting(st.Shards())
	// One key in each shard.
	var keys [4]store.Key
	for i, left := 0, 4; left > 0; i++ {
		k := st.Key(fmt.Appendf(nil, "k%d", i))
		if s := st.ShardOf(k.H); keys[s].B == nil {
			keys[s] = k
			left--
		}
	}
	move := func(from, to int) *waiter {
		w := &waiter{kind: store.TypeList, also: 1 << to, others: []store.Key{keys[to]}}
		r.add(w, st, keys[from:from+1])
		return w
	}
	want := func(from int, set shardSet) {
		t.Helper()
		if got := r.reach(st, 0, keys[from:from+1]); got != set {
			t.Errorf("key %d reaches %b, want %b", from, got, set)
		}
	}
	want(0, 0)
	move(0, 1)
	last := move(1, 2)
	want(0, 0b110)
	want(1, 0b100)
	want(2, 0)
	move(2, 0) // a circle
	want(0, 0b111)
	r.add(&waiter{kind: store.TypeList}, st, keys[3:4])
	want(3, 0)
	r.remove(last)
	want(0, 0b010)
	if got := r.reach(st, 1, keys[:]); got != 0 {
		t.Errorf("another database reaches %b", got)
	}
}
