package store

import (
	"container/list"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// zipf returns n draws of 0…keys-1 with exponent about 1.
func zipf(r *rand.Rand, keys, n int) []int {
	sum := make([]float64, keys+1)
	for i := range keys {
		sum[i+1] = sum[i] + 1/math.Pow(float64(i+1), 0.9)
	}
	out := make([]int, n)
	perm := r.Perm(keys)
	for i := range out {
		x := r.Float64() * sum[keys]
		lo, hi := 0, keys
		for lo < hi {
			if mid := (lo + hi) / 2; sum[mid+1] <= x {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		out[i] = perm[lo]
	}
	return out
}

// exactLRU is the hit rate of a cache of so many keys that always evicts the least recently used one.
func exactLRU(trace []int, size int) float64 {
	order := list.New()
	at := make(map[int]*list.Element)
	hits := 0
	for _, k := range trace {
		if e := at[k]; e != nil {
			hits++
			order.MoveToFront(e)
			continue
		}
		if len(at) == size {
			delete(at, order.Remove(order.Back()).(int))
		}
		at[k] = order.PushFront(k)
	}
	return float64(hits) / float64(len(trace))
}

// cacheHits is the hit rate of a store that evicts when it has more than size keys; an access takes 50 ms, so that the LRU clock, which counts seconds, can tell keys apart.
func cacheHits(t *testing.T, trace []int, size int, policy Policy) float64 {
	s := newStore(t, 8, 1)
	s.SetLRU(policy.LFU(), 10, 1)
	hits := 0
	for i, n := range trace {
		db := s.DB(0, testNow+int64(i)*50)
		k := db.Key(fmt.Appendf(nil, "key:%d", n))
		if db.Lookup(k).Ok() {
			hits++
			continue
		}
		db.SetString(k, []byte("value"), db.Now+1e9)
		for db.Len() > int64(size) {
			if freed, ok := s.Evict(policy, 5, db.Now); !ok || freed <= 0 {
				t.Fatalf("%v: Evict frees %d, %v", policy, freed, ok)
			}
		}
	}
	check(t, s)
	return float64(hits) / float64(len(trace))
}

func TestEvictionHitRates(t *testing.T) {
	trace := zipf(rand.New(rand.NewPCG(1, 2)), 8000, 60000)
	const size = 800
	exact := exactLRU(trace, size)
	rates := map[Policy]float64{}
	for p := AllKeysLRU; p <= VolatileTTL; p++ {
		rates[p] = cacheHits(t, trace, size, p)
	}
	t.Logf("hit rates: exact LRU %.4f, %v", exact, rates)
	for _, p := range []Policy{AllKeysLRU, VolatileLRU} {
		if rates[p] < 0.97*exact {
			t.Errorf("%v hits %.4f, exact LRU %.4f", p, rates[p], exact)
		}
	}
	for _, p := range []Policy{AllKeysLFU, VolatileLFU} {
		if rates[p] < exact {
			t.Errorf("%v hits %.4f, exact LRU %.4f", p, rates[p], exact)
		}
	}
}

// Volatile policies evict nothing but keys with a deadline; volatile-ttl takes the earliest first.
func TestEvictVolatile(t *testing.T) {
	for p := NoEviction; p <= VolatileTTL; p++ {
		var evicted []string
		s, err := New(Options{Shards: 4, Databases: 3, Hooks: Hooks{Evicted: func(db int, key []byte) {
			evicted = append(evicted, string(key))
		}}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			db := s.DB(i%3, testNow)
			db.SetString(db.Key(fmt.Appendf(nil, "keep%02d", i)), make([]byte, 10*i), 0)
			db.SetString(db.Key(fmt.Appendf(nil, "ttl%02d", i)), make([]byte, 10*i), testNow+1000+int64(i))
		}
		n := 0
		for {
			freed, ok := s.Evict(p, 5, testNow)
			if !ok {
				break
			}
			if freed <= 0 {
				t.Errorf("%v: evicting %s freed %d", p, evicted[n], freed)
			}
			n++
		}
		want := 100
		switch {
		case p == NoEviction:
			want = 0
		case !p.Volatile():
			want = 200
		}
		if n != want || s.Stats().Evicted != int64(want) || len(evicted) != want {
			t.Errorf("%v: evicted %d of %d", p, n, want)
		}
		for i, key := range evicted {
			if p.Volatile() && key[0] != 't' || p == VolatileTTL && key != fmt.Sprintf("ttl%02d", i) {
				t.Errorf("%v: evicted %s as number %d", p, key, i)
			}
		}
		check(t, s)
		s.Close()
	}
}

func TestEvictDoesNotWaitForLongHolder(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	db.SetString(db.Key([]byte("k")), nil, testNow+1)
	for p := AllKeysLRU; p <= VolatileTTL; p++ {
		s.LockLong(0)
		soon(t, p.String(), func() {
			if _, ok := s.Evict(p, 5, testNow); ok {
				t.Errorf("%v evicted a locked key", p)
			}
		})
		s.UnlockLong(0)
	}
}

func TestEvictSoonestLeavesHeldShardsOut(t *testing.T) {
	s, err := New(Options{Databases: 1, Shards: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(0, 1000)
	for i := range 64 {
		k := s.Key([]byte{byte(i)})
		sh := s.ShardOf(k.H)
		s.Lock(sh)
		db.SetString(k, []byte("v"), int64(2000+i))
		s.Unlock(sh)
	}
	first := s.ShardOf(s.Key([]byte{0}).H)
	s.LockLong(first)
	if _, ok := s.Evict(VolatileTTL, 5, 1000); !ok {
		t.Error("nothing was evicted although only one shard is held")
	}
	s.UnlockLong(first)
	for n := db.Len(); n > 0; n-- {
		if _, ok := s.Evict(VolatileTTL, 5, 1000); !ok {
			t.Fatalf("%d keys are left", n)
		}
	}
}
