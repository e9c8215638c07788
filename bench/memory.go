//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

const (
	memoryKeys  = 3_000_000
	keptOneOf   = 10 // of so many keys one stays when the others are deleted
	settleTime  = 2 * time.Second
	purgeTime   = 10 * time.Second
	restTime    = time.Minute
	minTTL      = 100_000 // seconds: nothing lapses while it is measured
	ttlSpread   = 10_000_000
	megabyte    = 1 << 20
	idleClients = 9000
)

// memoryFigures are bytes resident of one server.
type memoryFigures struct {
	empty float64
	full  float64
	after float64 // after deleting
}

func (m memoryFigures) growthPerKey(keys int) float64 { return (m.full - m.empty) / float64(keys) }

func (m memoryFigures) left() float64 { return m.after / m.full }

// memorySection measures what keys cost, and what is left of it when nine of ten are deleted: with
// MEMORY PURGE on the keys without TTL, by waiting a minute on those with one.
func memorySection(b *bench) ([]row, error) {
	keys := b.scaled(memoryKeys, 10)
	var plain, ttl [2]memoryFigures
	for _, k := range []kind{ours, theirs} {
		var err error
		if plain[k], err = measureMemory(b, k, keys, setRequest, purge); err != nil {
			return nil, err
		}
		if ttl[k], err = measureMemory(b, k, keys, setWithTTL, b.rest); err != nil {
			return nil, err
		}
		b.logf("%v: empty %.1f MB, %.1f B a key, with TTL %.1f B; left after deleting %.2f, after rest %.2f", k,
			plain[k].empty/megabyte, plain[k].growthPerKey(keys), ttl[k].growthPerKey(keys), plain[k].left(), ttl[k].left())
	}
	growth := func(what string, figures [2]memoryFigures, limit float64) row {
		return ratioRow(what, "B", figures[ours].growthPerKey(keys), figures[theirs].growthPerKey(keys), 0, limit,
			fmt.Sprintf("growth of RSS by %d keys", keys))
	}
	left := func(what string, figures [2]memoryFigures) row {
		return absoluteRow(what, "of the full RSS", figures[ours].left(), figures[theirs].left(), 0.25,
			fmt.Sprintf("%.0f MB of %.0f MB; %.0f MB of %.0f MB", figures[ours].after/megabyte, figures[ours].full/megabyte,
				figures[theirs].after/megabyte, figures[theirs].full/megabyte))
	}
	return []row{
		absoluteRow("memory of an empty server", "MB", plain[ours].empty/megabyte, plain[theirs].empty/megabyte, 20, "RSS"),
		growth("memory per key of 16 B with a value of 32 B", plain, 0.55),
		growth("the same with a TTL", ttl, 0.60),
		left("left after deleting nine keys of ten and MEMORY PURGE", plain),
		left("left after deleting nine keys of ten and a minute of rest", ttl),
	}, nil
}

// measureMemory fills a new server, deletes nine keys of ten at random and lets shrink give memory back.
func measureMemory(b *bench, k kind, keys int, build func([]byte, int) []byte, shrink func(*server, *client) error) (m memoryFigures, err error) {
	s, err := b.fleet.start(k, options{})
	if err != nil {
		return m, err
	}
	defer s.stop()
	c, err := dial(s.addr)
	if err != nil {
		return m, err
	}
	defer c.close()
	if m.empty, err = b.settledRss(s); err != nil {
		return m, err
	}
	if err := pipelined(s.addr, keys, build); err != nil {
		return m, err
	}
	if err := c.expectKeys(keys); err != nil {
		return m, err
	}
	if m.full, err = b.settledRss(s); err != nil {
		return m, err
	}
	victims := newRand().Perm(keys)[keys/keptOneOf:]
	err = pipelined(s.addr, len(victims), func(buf []byte, i int) []byte {
		return appendRequest(buf, "DEL", numberedKey(keyPrefix, victims[i]))
	})
	if err != nil {
		return m, err
	}
	if err := c.expectKeys(keys - len(victims)); err != nil {
		return m, err
	}
	if err := shrink(s, c); err != nil {
		return m, err
	}
	m.after, err = rssFloat(s)
	return m, err
}

// setWithTTL appends SET of the i-th key, which lapses between one day and four months from now. Several
// goroutines build at once, so the TTL is a function of the key.
func setWithTTL(b []byte, i int) []byte {
	ttl := minTTL + rand.New(rand.NewPCG(11, uint64(i))).IntN(ttlSpread)
	return appendRequest(b, "SET", numberedKey(keyPrefix, i), value32, "EX", strconv.Itoa(ttl))
}

// purge asks for memory to be given back and allows some seconds for it.
func purge(_ *server, c *client) error {
	if _, err := c.do("MEMORY", "PURGE"); err != nil {
		return err
	}
	time.Sleep(purgeTime)
	return nil
}

// rest leaves the server alone.
func (b *bench) rest(*server, *client) error {
	time.Sleep(time.Duration(b.scaled(int(restTime), 6)))
	return nil
}

// settledRss waits until what the last commands left behind has been cleared away.
func (b *bench) settledRss(s *server) (float64, error) {
	time.Sleep(time.Duration(b.scaled(int(settleTime), 5)))
	return rssFloat(s)
}

func rssFloat(s *server) (float64, error) {
	n, err := rss(s.pid)
	return float64(n), err
}

// connectionsSection measures what a connection costs that has sent one command and then stays idle.
func connectionsSection(b *bench) ([]row, error) {
	var perConn [2]float64
	for _, k := range []kind{ours, theirs} {
		var err error
		if perConn[k], err = measureIdle(b, k, idleClients); err != nil {
			return nil, err
		}
		b.logf("%v: %.0f B a connection", k, perConn[k])
	}
	return []row{absoluteRow(fmt.Sprintf("memory of an idle connection, of %d", idleClients), "B", perConn[ours], perConn[theirs],
		4096, "growth of RSS; each sent one PING")}, nil
}

func measureIdle(b *bench, k kind, n int) (float64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Cur < uint64(n)+100 {
		return 0, fmt.Errorf("needs %d open files, the limit is %d (ulimit -n)", n+100, limit.Cur)
	}
	s, err := b.fleet.start(k, options{args: []string{"--maxclients", strconv.Itoa(n + 100)}})
	if err != nil {
		return 0, err
	}
	defer s.stop()
	before, err := b.settledRss(s)
	if err != nil {
		return 0, err
	}
	g, err := dialLoad(s.addr, n, false)
	if err != nil {
		return 0, err
	}
	defer g.close()
	ping := newRing(1, func(b []byte, _ int) []byte { return appendRequest(b, "PING") })
	if err := g.run(ping, 1, nil, func(int) bool { return true }); err != nil {
		return 0, err
	}
	after, err := b.settledRss(s)
	return (after - before) / float64(n), err
}
