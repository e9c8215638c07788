//go:build linux

package main

import (
	"fmt"
	"strconv"
)

const (
	memoryHashes   = 300_000
	hashFields     = 10
	memoryElements = 1_000_000
)

// shape is a data set whose memory is measured.
type shape struct {
	what  string
	n     int // elements that the figure is divided by
	limit float64
	fill  func(*server) error
	size  []string // a command whose reply is sized, to see that all has been stored
	sized int
}

func memoryShapes(b *bench) []shape {
	hashes, n := b.scaled(memoryHashes, 10), b.scaled(memoryElements, 10)
	one := func(what string, limit float64, c collection) shape {
		return shape{fmt.Sprintf(what, n), n, limit, c.fill, c.size(), n}
	}
	integers := collection{"SADD", "integers", n, func(args []string, i int) []string {
		return append(args, strconv.Itoa(shuffled(i)))
	}}
	return []shape{
		{fmt.Sprintf("memory a hash, %d hashes of %d short fields", hashes, hashFields), hashes, 0.80,
			manyHashes(hashes, hashFields).fill, []string{"DBSIZE"}, hashes},
		one("memory a field, one hash of %d fields of 16 bytes with values of 10", 0.65, bigHash("hash", n)),
		one("memory a member, one set of %d members of 17 bytes", 0.55, bigSet("set", 0, n)),
		one("memory a member, one set of %d integers", 0.60, integers),
		one("memory a member, one sorted set of %d members of 17 bytes", 0.65, bigSortedSet("zset", 0, n)),
		one("memory an element, one list of %d elements of 10 to 20 bytes", 1.00, bigList("list", n)),
	}
}

// typesMemorySection measures what collections cost: the growth of RSS of a new server for each.
func typesMemorySection(b *bench) ([]row, error) {
	var rows []row
	for _, s := range memoryShapes(b) {
		var growth [2]float64
		var err error
		for _, k := range []kind{ours, theirs} {
			if growth[k], err = b.measureShape(k, s); err != nil {
				err = fmt.Errorf("%v: %w", k, err)
				break
			}
		}
		if errMissing(err) {
			rows = append(rows, unmeasuredRow(s.what, fmt.Sprintf("ratio ≤ %.2f", s.limit), oneLine(err.Error())))
			continue
		}
		if err != nil {
			return rows, fmt.Errorf("%s: %w", s.what, err)
		}
		r := ratioRow(s.what, "B", growth[ours], growth[theirs], 0, s.limit, "growth of RSS")
		b.logf("%s: %s, %s, ratio %s", r.what, r.ours, r.theirs, r.ratio)
		rows = append(rows, r)
	}
	return rows, nil
}

// measureShape returns the bytes of RSS that each element takes.
func (b *bench) measureShape(k kind, shape shape) (float64, error) {
	s, err := b.fleet.start(k, options{})
	if err != nil {
		return 0, err
	}
	defer s.stop()
	c, err := dial(s.addr)
	if err != nil {
		return 0, err
	}
	defer c.close()
	if err := warmUp(s, c); err != nil {
		return 0, err
	}
	empty, err := b.settledRss(s)
	if err != nil {
		return 0, err
	}
	if err := shape.fill(s); err != nil {
		return 0, err
	}
	if err := c.expect(shape.sized, shape.size...); err != nil {
		return 0, err
	}
	full, err := b.settledRss(s)
	return (full - empty) / float64(shape.n), err
}

// warmUpCommands is how many commands warmUp sends.
const warmUpCommands = 200_000

// warmUp sends commands that leave nothing behind: what a server needs for any work is there before its data are measured.
func warmUp(s *server, c *client) error {
	err := pipelined(s.addr, warmUpCommands, func(b []byte, _ int) []byte { return appendRequest(b, "SET", "warm", "up") })
	if err != nil {
		return err
	}
	return c.expect(1, "DEL", "warm")
}
