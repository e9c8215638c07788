//go:build linux

package main

import (
	"container/list"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The trace: requests for items that are chosen by Zipf's law, each a GET, and a SET if that finds nothing.
// It goes slowly, because the LRU clocks of both servers count seconds: at full speed every key would
// seem equally old.
const (
	traceItems    = 200_000
	traceExponent = 1.01
	heldKeys      = 10_000 // how many keys the limit of memory is set to hold, on both servers
	traceRate     = 4000   // requests a second
	traceWarmUp   = 40 * time.Second
	traceLength   = 60 * time.Second
	traceBatch    = 40 // requests pipelined at a time
	evictSamples  = "5"
	itemPrefix    = "item"
)

// itemValue is what every item holds, 200 bytes.
func itemValue() string { return strings.Repeat("v", 200) }

// hitRate is what one server made of the trace.
type hitRate struct {
	percent float64
	held    float64 // keys held, on average, while hits were counted
}

// evictionSection runs the same trace on both servers with two policies, all four at the same time: hit
// rates do not depend on speed.
func evictionSection(b *bench) ([]row, error) {
	policies := []string{"allkeys-lru", "allkeys-lfu"}
	results := make([][2]hitRate, len(policies))
	errs := make([]error, 2*len(policies))
	var wg sync.WaitGroup
	for p, policy := range policies {
		for _, k := range []kind{ours, theirs} {
			wg.Go(func() { results[p][k], errs[2*p+int(k)] = b.measureEviction(k, policy) })
		}
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%v, %s: %w", kind(i%2), policies[i/2], err)
		}
	}
	warmUp, measured := b.traceRequests()
	exact := exactLRU(warmUp, measured)
	var rows []row
	for p, policy := range policies {
		r := evictionRow(policy, results[p][ours], results[p][theirs])
		if policy == "allkeys-lru" {
			r.note += fmt.Sprintf("; exact LRU: %.1f %%", exact)
		}
		b.logf("%s: %s and %s (%s)", r.what, r.ours, r.theirs, r.note)
		rows = append(rows, r)
	}
	return rows, nil
}

// evictionRow compares hit rates as far as they are printed: to a tenth of a percent.
func evictionRow(policy string, us, them hitRate) row {
	tenths := func(percent float64) float64 { return math.Round(percent * 10) }
	r := row{what: "hit rate of " + policy + ", maxmemory-samples " + evictSamples,
		ours: fmt.Sprintf("%.1f %%", us.percent), theirs: fmt.Sprintf("%.1f %%", them.percent),
		ratio: fmt.Sprintf("%.2f", us.percent/them.percent), limit: "at least theirs", verdict: broken,
		note: fmt.Sprintf("maxmemory set to hold %d keys: %.0f and %.0f held, of %d", heldKeys, us.held, them.held, traceItems)}
	if tenths(us.percent) >= tenths(them.percent) {
		r.verdict = holds
	}
	return r
}

// traceRequests returns how many requests are made before hits are counted, and while.
func (b *bench) traceRequests() (warmUp, measured int) {
	perSecond := func(d time.Duration) int { return b.scaled(int(d.Seconds()), 5) * traceRate }
	return perSecond(traceWarmUp), perSecond(traceLength)
}

// newTrace returns the trace, which is the same each time.
func newTrace() *rand.Zipf {
	return rand.NewZipf(newRand(), traceExponent, 1, traceItems-1)
}

func itemKey(item uint64) string { return numberedKey(itemPrefix, int(item)) }

// cacheRun plays the trace on one server.
type cacheRun struct {
	c      *client
	limit  int64 // maxmemory
	perKey int64 // bytes of used_memory that a key takes
	value  string
	items  []uint64
	misses []uint64
}

func (b *bench) measureEviction(k kind, policy string) (hitRate, error) {
	s, err := b.fleet.start(k, options{args: []string{"--maxmemory-policy", policy, "--maxmemory-samples", evictSamples}})
	if err != nil {
		return hitRate{}, err
	}
	defer s.stop()
	c, err := dial(s.addr)
	if err != nil {
		return hitRate{}, err
	}
	defer c.close()
	run := &cacheRun{c: c, value: itemValue()}
	if err := run.fill(s); err != nil {
		return hitRate{}, err
	}
	warmUp, measured := b.traceRequests()
	trace := newTrace()
	// The first three quarters of the warm-up also find the limit at which the server holds the wanted
	// number of keys.
	if _, err := run.play(trace, warmUp*3/4, run.adjust); err != nil {
		return hitRate{}, err
	}
	if _, err := run.play(trace, warmUp/4, nil); err != nil {
		return hitRate{}, err
	}
	var held []float64
	hits, err := run.play(trace, measured, func(keys int64) error {
		held = append(held, float64(keys))
		return nil
	})
	return hitRate{100 * float64(hits) / float64(measured), mean(held)}, err
}

// fill loads the least wanted items, as many as are to be held, and sets the limit to what that takes.
func (r *cacheRun) fill(s *server) error {
	before, err := r.c.infoInt("used_memory")
	if err != nil {
		return err
	}
	err = pipelined(s.addr, heldKeys, func(b []byte, i int) []byte {
		return appendRequest(b, "SET", itemKey(uint64(traceItems-1-i)), r.value)
	})
	if err != nil {
		return err
	}
	if r.limit, err = r.c.infoInt("used_memory"); err != nil {
		return err
	}
	if r.perKey = (r.limit - before) / heldKeys; r.perKey <= 0 {
		return fmt.Errorf("used_memory went from %d to %d with %d keys", before, r.limit, heldKeys)
	}
	return r.setLimit()
}

func (r *cacheRun) setLimit() error {
	_, err := r.c.do("CONFIG", "SET", "maxmemory", strconv.FormatInt(r.limit, 10))
	return err
}

// adjust moves the limit by half of what the number of keys is off.
func (r *cacheRun) adjust(keys int64) error {
	r.limit += (heldKeys - keys) * r.perKey / 2
	return r.setLimit()
}

// play makes n requests at the trace's pace and returns how many were hits. eachSecond, if not nil, is
// called about once a second with the number of keys held.
func (r *cacheRun) play(trace *rand.Zipf, n int, eachSecond func(keys int64) error) (hits int, err error) {
	begin, asked := time.Now(), time.Now()
	for sent := 0; sent < n; {
		batch := min(traceBatch, n-sent)
		missed, err := r.request(trace, batch)
		if err != nil {
			return hits, err
		}
		hits += batch - missed
		sent += batch
		if eachSecond != nil && time.Since(asked) >= time.Second {
			asked = time.Now()
			rep, err := r.c.do("DBSIZE")
			if err != nil {
				return hits, err
			}
			if err := eachSecond(rep.n); err != nil {
				return hits, err
			}
		}
		time.Sleep(time.Until(begin.Add(time.Duration(sent) * time.Second / traceRate)))
	}
	return hits, nil
}

// request GETs the next items of the trace in one pipeline and SETs those that were missing in a second.
func (r *cacheRun) request(trace *rand.Zipf, n int) (missed int, err error) {
	r.items, r.misses = r.items[:0], r.misses[:0]
	var out []byte
	for range n {
		item := trace.Uint64()
		r.items = append(r.items, item)
		out = appendRequest(out, "GET", itemKey(item))
	}
	err = r.c.pipeline(out, n, func(i int, rep reply) {
		if rep.null {
			r.misses = append(r.misses, r.items[i])
		}
	})
	if err != nil || len(r.misses) == 0 {
		return len(r.misses), err
	}
	out = out[:0]
	for _, item := range r.misses {
		out = appendRequest(out, "SET", itemKey(item), r.value)
	}
	return len(r.misses), r.c.pipeline(out, len(r.misses), func(int, reply) {})
}

// exactLRU returns the percentage of hits that a cache makes of the trace which always drops the item
// that was longest unused.
func exactLRU(warmUp, measured int) float64 {
	trace := newTrace()
	order := list.New() // most recently used first; holds uint64
	at := make(map[uint64]*list.Element, heldKeys)
	hits := 0
	for i := range warmUp + measured {
		item := trace.Uint64()
		if e, found := at[item]; found {
			order.MoveToFront(e)
			if i >= warmUp {
				hits++
			}
			continue
		}
		at[item] = order.PushFront(item)
		if order.Len() > heldKeys {
			delete(at, order.Remove(order.Back()).(uint64))
		}
	}
	return 100 * float64(hits) / float64(measured)
}
