//go:build linux

package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	longElements = 1_000_000
	unionSets    = 10
	longRounds   = 5
	longKeys     = 100_000 // strings that others GET meanwhile
	longRuns     = 3
	deleteSize   = 5_000_000
	// afterDelete is how long others are watched after DEL has replied: the memory is freed then.
	afterDelete = 2 * time.Second
	longestGet  = 20 // ms
)

// longCase is a command on big collections.
type longCase struct {
	what string
	args []string
	data []collection
	dest string // the key that the command stores in, "" if none
}

func longCases(b *bench) []longCase {
	n := b.scaled(longElements, 10)
	small := n / unionSets
	union := longCase{what: fmt.Sprintf("SUNIONSTORE of %d sets of %d", unionSets, small), args: []string{"SUNIONSTORE", "dest"}, dest: "dest"}
	for i := range unionSets {
		key := "part" + strconv.Itoa(i)
		// Each has half of its members from the one before.
		union.data = append(union.data, bigSet(key, i*small/2, small))
		union.args = append(union.args, key)
	}
	numbers := collection{"RPUSH", "numbers", n, func(args []string, i int) []string { return append(args, value10(i)) }}
	return []longCase{
		{fmt.Sprintf("SINTER of two sets of %d", n), []string{"SINTER", "set1", "set2"},
			[]collection{bigSet("set1", 0, n), bigSet("set2", n/2, n)}, ""},
		union,
		{fmt.Sprintf("ZUNIONSTORE of two sorted sets of %d", n), []string{"ZUNIONSTORE", "dest", "2", "zset1", "zset2"},
			[]collection{bigSortedSet("zset1", 0, n), bigSortedSet("zset2", n/2, n)}, "dest"},
		{fmt.Sprintf("SORT of a list of %d numbers", n), []string{"SORT", "numbers"}, []collection{numbers}, ""},
	}
}

// typesLongSection measures the CPU of commands that run long, and how long others wait meanwhile.
func typesLongSection(b *bench) ([]row, error) {
	var rows []row
	add := func(what, limit string, measure func() (row, error)) error {
		r, err := measure()
		if errMissing(err) {
			r, err = unmeasuredRow(what, limit, oneLine(err.Error())), nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		b.logf("%s: %s, %s %s", r.what, r.ours, r.theirs, r.note)
		rows = append(rows, r)
		return nil
	}
	limit := fmt.Sprintf("≤ %s", figure(longestGet, "ms"))
	for _, c := range longCases(b) {
		what := "CPU of " + c.what
		if err := add(what, "ratio ≤ 1.00", func() (row, error) { return c.cpuRow(b, what) }); err != nil {
			return rows, err
		}
	}
	for _, c := range longCases(b) {
		what := fmt.Sprintf("longest GET of %d clients during %s, %d times", pauseClients, c.what, longRuns)
		if err := add(what, limit, func() (row, error) { return b.waitRow(what, c.data, c.run) }); err != nil {
			return rows, err
		}
	}
	size := b.scaled(deleteSize, 10)
	what := fmt.Sprintf("longest GET of %d clients while a set of %d members is deleted", pauseClients, size)
	err := add(what, limit, func() (row, error) {
		return b.waitRow(what, []collection{bigSet("victim", 0, size)}, func(c *client) (time.Duration, error) {
			took, err := medianTime(1, func() error { return c.expect(1, "DEL", "victim") })
			time.Sleep(afterDelete)
			return took, err
		})
	})
	return rows, err
}

// fillAll creates the collections and sees that they are whole.
func fillAll(s *server, c *client, data []collection) error {
	for _, d := range data {
		if err := d.fill(s); err != nil {
			return err
		}
		if err := c.expect(d.n, d.size()...); err != nil {
			return err
		}
	}
	return nil
}

// cpuRow compares what the command costs, servers and client pinned to a core each.
func (c longCase) cpuRow(b *bench, what string) (row, error) {
	servers, stop, err := b.startPinned(options{})
	if err != nil {
		return row{}, err
	}
	defer stop()
	var clients [2]*client
	for k := range servers {
		if clients[k], err = dial(servers[k].addr); err != nil {
			return row{}, err
		}
		defer clients[k].close()
		if err := fillAll(servers[k], clients[k], c.data); err != nil {
			return row{}, fmt.Errorf("%v: %w", kind(k), err)
		}
	}
	var costs [2][]float64
	for round := range b.scaled(longRounds, 2) {
		order := []kind{ours, theirs}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, k := range order {
			cost, err := c.cost(servers[k], clients[k])
			if err != nil {
				return row{}, fmt.Errorf("%v: %w", k, err)
			}
			costs[k] = append(costs[k], milliseconds(cost))
		}
	}
	quotients := ratios(costs[ours], costs[theirs])
	note := fmt.Sprintf("ratios %.2f to %.2f", slices.Min(quotients), slices.Max(quotients))
	return ratioRow(what, "ms", median(costs[ours]), median(costs[theirs]), median(quotients), 1.00, note), nil
}

// cost is the CPU time of one run, without that of deleting what it stored.
func (c longCase) cost(s *server, client *client) (time.Duration, error) {
	if err := c.clear(client); err != nil {
		return 0, err
	}
	time.Sleep(300 * time.Millisecond)
	before, err := cpuTime(s.pid)
	if err != nil {
		return 0, err
	}
	if err := client.discard(c.args...); err != nil {
		return 0, err
	}
	after, err := cpuTime(s.pid)
	return after - before, err
}

// clear deletes what an earlier run has stored.
func (c longCase) clear(client *client) error {
	if c.dest == "" {
		return nil
	}
	_, err := client.do("UNLINK", c.dest)
	return err
}

// run runs the command some times and returns the median time.
func (c longCase) run(client *client) (time.Duration, error) {
	return medianTime(longRuns, func() error { return client.discard(c.args...) })
}

// waitRow measures GETs of others on a server that may use all cores while run runs on another connection.
func (b *bench) waitRow(what string, data []collection, run func(*client) (time.Duration, error)) (row, error) {
	var during [2]getsDuring
	for _, k := range []kind{ours, theirs} {
		err := b.withKeys(k, options{}, longKeys, func(s *server) error {
			c, err := dial(s.addr)
			if err != nil {
				return err
			}
			defer c.close()
			if err := fillAll(s, c, data); err != nil {
				return err
			}
			time.Sleep(time.Duration(b.scaled(int(settleTime), 5)))
			during[k], err = measureDuring(s, longKeys, func() (time.Duration, error) { return run(c) })
			return err
		})
		if err != nil {
			return row{}, err
		}
	}
	note := fmt.Sprintf("%d and %d GETs; it took %.0f and %.0f ms", during[ours].gets, during[theirs].gets,
		milliseconds(during[ours].took), milliseconds(during[theirs].took))
	return absoluteRow(what, "ms", milliseconds(during[ours].longest), milliseconds(during[theirs].longest), longestGet, note), nil
}
