//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"
)

const (
	pauseKeys    = 5_000_000
	pauseClients = 5
	keysPattern  = "*9999999*"
	keysRuns     = 3
	listPattern  = "*77*" // matches about one key of twenty
	gcClients    = 50
	gcLoadTime   = 15 * time.Second
	// latencyRoom is how many latencies are recorded before the slice has to grow.
	latencyRoom = 20_000_000
)

// pausesSection measures the longest GET while KEYS walks 5 million keys, and our collector's longest pause
// under that load and under one of 50 clients that read and write.
func pausesSection(b *bench) ([]row, error) {
	keys := b.scaled(pauseKeys, 10)
	var during [2]duringKeys
	var pauses gcPauses
	var gcErr error
	for _, k := range []kind{ours, theirs} {
		o := options{}
		if k == ours {
			o.env = []string{"GODEBUG=gctrace=1"}
		}
		err := b.withKeys(k, o, keys, func(s *server) (err error) {
			if during[k], err = measureDuringKeys(s, keys); err != nil {
				return err
			}
			if k == ours {
				pauses, gcErr = b.measureGC(s, keys)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		b.logf("%v: longest GET %.1f ms of %d, KEYS took %v", k, milliseconds(during[k].longestGet), during[k].gets, during[k].keysTook)
	}
	note := fmt.Sprintf("%d and %d GETs; a KEYS took %.0f and %.0f ms", during[ours].gets, during[theirs].gets,
		milliseconds(during[ours].keysTook), milliseconds(during[theirs].keysTook))
	rows := []row{absoluteRow(fmt.Sprintf("longest GET of %d clients while KEYS runs %d times over %d keys", pauseClients, keysRuns, keys),
		"ms", milliseconds(during[ours].longestGet), milliseconds(during[theirs].longestGet), 20, note)}
	return append(rows, gcRow(pauses, gcErr)), nil
}

func gcRow(p gcPauses, err error) row {
	const what = "longest GC pause under load with 5 million keys"
	if err != nil {
		return unmeasuredRow(what, "< 1 ms", oneLine(err.Error()))
	}
	r := row{what: what, ours: figure(milliseconds(p.longest), "ms"), theirs: "no GC", limit: "< 1 ms", verdict: broken,
		note: fmt.Sprintf("from %s, %d cycles", p.source, p.cycles)}
	if p.longest < time.Millisecond {
		r.verdict = holds
	}
	return r
}

// withKeys starts a server, fills it with numbered keys and stops it after use.
func (b *bench) withKeys(k kind, o options, keys int, use func(*server) error) error {
	s, err := b.fleet.start(k, o)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := pipelined(s.addr, keys, setRequest); err != nil {
		return err
	}
	if err := use(s); err != nil {
		return fmt.Errorf("%v: %w", k, err)
	}
	return nil
}

// duringKeys is what other clients saw while KEYS ran.
type duringKeys struct {
	longestGet time.Duration
	gets       int
	keysTook   time.Duration // the median run
}

func measureDuringKeys(s *server, keys int) (d duringKeys, err error) {
	during, err := measureDuring(s, keys, func() (time.Duration, error) { return runKeys(s) })
	return duringKeys{longestGet: during.longest, gets: during.gets, keysTook: during.took}, err
}

// getsDuring is what other clients saw while something ran.
type getsDuring struct {
	longest time.Duration // of their GETs
	gets    int
	took    time.Duration // as run says
}

// measureDuring lets clients GET the numbered keys while run runs.
func measureDuring(s *server, keys int, run func() (time.Duration, error)) (d getsDuring, err error) {
	g, err := dialLoad(s.addr, pauseClients, false)
	if err != nil {
		return d, err
	}
	defer g.close()
	rnd := newRand()
	gets := newRing(1<<17, func(b []byte, _ int) []byte {
		return appendRequest(b, "GET", numberedKey(keyPrefix, rnd.IntN(keys)))
	})
	var over atomic.Bool
	ended := make(chan error, 1)
	go func() {
		defer over.Store(true)
		took, err := run()
		d.took = took
		ended <- err
	}()
	latencies := make([]int64, 0, latencyRoom)
	loadErr := g.run(gets, 1, &latencies, func(int) bool { return over.Load() })
	if err := <-ended; err != nil {
		return d, err
	}
	if loadErr != nil {
		return d, loadErr
	}
	d.gets = len(latencies)
	d.longest = time.Duration(slices.Max(latencies))
	return d, nil
}

// runKeys runs KEYS some times, a moment after the other clients have begun, and returns the median time.
func runKeys(s *server) (time.Duration, error) {
	c, err := dial(s.addr)
	if err != nil {
		return 0, err
	}
	defer c.close()
	return medianTime(keysRuns, func() error {
		_, err := c.do("KEYS", keysPattern)
		return err
	})
}

// medianTime runs something n times, after a moment each.
func medianTime(n int, run func() error) (time.Duration, error) {
	var took []time.Duration
	for range n {
		time.Sleep(100 * time.Millisecond)
		begin := time.Now()
		if err := run(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	return median(took), nil
}

// measureGC lets clients read and overwrite for a while, and another one fetch long lists of keys, so that the
// collector has something to do, and reads what it did since the start.
func (b *bench) measureGC(s *server, keys int) (gcPauses, error) {
	g, err := dialLoad(s.addr, gcClients, false)
	if err != nil {
		return gcPauses{}, err
	}
	defer g.close()
	rnd := newRand()
	mixed := newRing(1<<17, func(buf []byte, i int) []byte { return mixedRequest(buf, i, rnd, keys) })
	length := time.Duration(b.scaled(int(gcLoadTime), 5))
	begin := time.Now()
	c, err := dial(s.addr)
	if err != nil {
		return gcPauses{}, err
	}
	defer c.close()
	lists := make(chan error, 1)
	go func() {
		for time.Since(begin) < length {
			if _, err := c.do("KEYS", listPattern); err != nil {
				lists <- err
				return
			}
		}
		lists <- nil
	}()
	err = errors.Join(g.run(mixed, 16, nil, func(int) bool { return time.Since(begin) > length }), <-lists)
	if err != nil {
		return gcPauses{}, err
	}
	info, err := c.info()
	if err != nil {
		return gcPauses{}, err
	}
	return readGCPauses(info, s.errorOutput())
}

// mixedRequest appends GETs and SETs of random keys in turns.
func mixedRequest(b []byte, i int, rnd *rand.Rand, keys int) []byte {
	key := rnd.IntN(keys)
	if i%2 == 0 {
		return setRequest(b, key)
	}
	return appendRequest(b, "GET", numberedKey(keyPrefix, key))
}
