//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Each command is measured twice: on one big collection under one key, as redis-benchmark uses, and on many
// small ones, of which each command takes one at random. What a command changes is brought back before each
// window, so that every window of a row starts with the same data.
const (
	typesClients  = 50
	typesPipeline = 16
	bigSize       = 500_000
	smallKeys     = 10_000
	smallSize     = 50
	// popSize elements are enough for a window of popWindow.
	popSize    = 1_000_000
	popSmall   = popSize / smallKeys
	popWarmUp  = 50 * time.Millisecond
	popWindow  = 150 * time.Millisecond
	lrangeKeys = 1000
	// typesRequests are prepared for each row: about as many as a window runs.
	typesRequests = 1 << 20
	constantTime  = 0.75
	notConstant   = 0.90
)

// typesCase is one row.
type typesCase struct {
	command string // its name, and what of it
	data    string
	limit   float64
	fill    func(*server) error
	// changes: the data are filled anew before each window.
	changes bool
	// pops: the window is short, and something must be left at its end.
	pops  bool
	build func(b []byte, i int, rnd *rand.Rand) []byte
}

func (c typesCase) String() string {
	return fmt.Sprintf("CPU per %s, %s, pipelines of %d", c.command, c.data, typesPipeline)
}

// typesCases returns the rows in the table's order.
func typesCases() []typesCase {
	var cases []typesCase
	for _, more := range [][]typesCase{listCases(), setCases(), hashCases(), sortedSetCases(), rangeCases()} {
		cases = append(cases, more...)
	}
	return cases
}

func onBig(c collection) string { return fmt.Sprintf("one of %d", c.n) }

func onMany(m many) string { return fmt.Sprintf("%d of %d", m.n, m.size) }

func listCases() []typesCase {
	var cases []typesCase
	big, small := bigList("mylist", bigSize), manyLists(smallKeys, smallSize)
	popBig, popMany := bigList("mylist", popSize), manyLists(smallKeys, popSmall)
	for _, name := range []string{"LPUSH", "RPUSH"} {
		cases = append(cases,
			typesCase{name, onBig(big), constantTime, big.fill, true, false, func(b []byte, i int, _ *rand.Rand) []byte {
				return appendRequest(b, name, big.key, listElement(i))
			}},
			typesCase{name, onMany(small), constantTime, small.fill, true, false, func(b []byte, i int, rnd *rand.Rand) []byte {
				return appendRequest(b, name, small.randomKey(rnd), listElement(i))
			}})
	}
	for _, name := range []string{"LPOP", "RPOP"} {
		cases = append(cases, popCases(name, constantTime, popBig, popMany)...)
	}
	return cases
}

// popCases are those of a command that takes something out of a collection. Small ones get their turns one
// after the other, so that none is empty before the others.
func popCases(name string, limit float64, big collection, small many) []typesCase {
	return []typesCase{
		{name, onBig(big), limit, big.fill, true, true, func(b []byte, _ int, _ *rand.Rand) []byte {
			return appendRequest(b, name, big.key)
		}},
		{name, onMany(small), limit, small.fill, true, true, func(b []byte, i int, _ *rand.Rand) []byte {
			return appendRequest(b, name, small.key(i*7919%small.n))
		}},
	}
}

// setCases add members of which half are there when the window begins.
func setCases() []typesCase {
	big, small := bigSet("myset", 0, bigSize), manySets(smallKeys, smallSize)
	cases := []typesCase{
		{"SADD", onBig(big), constantTime, big.fill, true, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return appendRequest(b, "SADD", big.key, member17(rnd.IntN(2*bigSize)))
		}},
		{"SADD", onMany(small), constantTime, small.fill, true, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			key := rnd.IntN(small.n)
			return appendRequest(b, "SADD", small.key(key), memberOf(key, rnd.IntN(2*smallSize)))
		}},
	}
	return append(cases, popCases("SPOP", constantTime, bigSet("myset", 0, popSize), manySets(smallKeys, popSmall))...)
}

// hashCases set and get fields of which half are there.
func hashCases() []typesCase {
	const fields = 10
	big, small := bigHash("myhash", bigSize), manyHashes(smallKeys, fields)
	return []typesCase{
		{"HSET", onBig(big), constantTime, big.fill, true, false, func(b []byte, i int, rnd *rand.Rand) []byte {
			return appendRequest(b, "HSET", big.key, field16(rnd.IntN(2*bigSize)), value10(i))
		}},
		{"HSET", onMany(small), constantTime, small.fill, true, false, func(b []byte, i int, rnd *rand.Rand) []byte {
			return appendRequest(b, "HSET", small.randomKey(rnd), shortField(rnd.IntN(2*fields)), value10(i))
		}},
		{"HGET", onBig(big), constantTime, big.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return appendRequest(b, "HGET", big.key, field16(rnd.IntN(2*bigSize)))
		}},
		{"HGET", onMany(small), constantTime, small.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return appendRequest(b, "HGET", small.randomKey(rnd), shortField(rnd.IntN(2*fields)))
		}},
	}
}

// sortedSetCases add members of which half are there, whose score changes then.
func sortedSetCases() []typesCase {
	big, small := bigSortedSet("myzset", 0, bigSize), manySortedSets(smallKeys, smallSize)
	cases := []typesCase{
		{"ZADD", onBig(big), notConstant, big.fill, true, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return appendRequest(b, "ZADD", big.key, value10(rnd.IntN(bigSize)), member17(rnd.IntN(2*bigSize)))
		}},
		{"ZADD", onMany(small), notConstant, small.fill, true, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			key := rnd.IntN(small.n)
			return appendRequest(b, "ZADD", small.key(key), strconv.Itoa(rnd.IntN(smallSize)), memberOf(key, rnd.IntN(2*smallSize)))
		}},
	}
	cases = append(cases, popCases("ZPOPMIN", notConstant, bigSortedSet("myzset", 0, popSize), manySortedSets(smallKeys, popSmall))...)
	return append(cases,
		typesCase{"ZRANK", onBig(big), notConstant, big.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return appendRequest(b, "ZRANK", big.key, member17(rnd.IntN(bigSize)))
		}},
		typesCase{"ZRANK", onMany(small), notConstant, small.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			key := rnd.IntN(small.n)
			return appendRequest(b, "ZRANK", small.key(key), memberOf(key, rnd.IntN(smallSize)))
		}})
}

// rangeCases read ranges: ten members by score, and a list's first 100 and 600 elements.
func rangeCases() []typesCase {
	const members = 10
	big := collection{"ZADD", "myzset", bigSize, func(args []string, i int) []string {
		return append(args, strconv.Itoa(i), member17(i))
	}}
	small := manySortedSets(smallKeys, smallSize)
	byScore := func(b []byte, key string, size int, rnd *rand.Rand) []byte {
		from := rnd.IntN(size - members)
		return appendRequest(b, "ZRANGEBYSCORE", key, strconv.Itoa(from), strconv.Itoa(from+members-1))
	}
	cases := []typesCase{
		{"ZRANGEBYSCORE of 10", onBig(big), notConstant, big.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return byScore(b, big.key, bigSize, rnd)
		}},
		{"ZRANGEBYSCORE of 10", onMany(small), notConstant, small.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
			return byScore(b, small.randomKey(rnd), smallSize, rnd)
		}},
	}
	for _, n := range []int{100, 600} {
		list, lists := bigList("mylist", bigSize), manyLists(lrangeKeys, n)
		name, stop := fmt.Sprintf("LRANGE of %d", n), strconv.Itoa(n-1)
		cases = append(cases,
			typesCase{name, onBig(list), notConstant, list.fill, false, false, func(b []byte, _ int, _ *rand.Rand) []byte {
				return appendRequest(b, "LRANGE", list.key, "0", stop)
			}},
			typesCase{name, onMany(lists), notConstant, lists.fill, false, false, func(b []byte, _ int, rnd *rand.Rand) []byte {
				return appendRequest(b, "LRANGE", lists.randomKey(rnd), "0", stop)
			}})
	}
	return cases
}

// typesCPUSection measures CPU per command, as cpuSection does.
func typesCPUSection(b *bench) ([]row, error) {
	servers, stop, err := b.startPinned(options{})
	if err != nil {
		return nil, err
	}
	defer stop()
	var rows []row
	for _, c := range typesCases() {
		r, err := c.measure(b, servers)
		if errMissing(err) {
			rows = append(rows, unmeasuredRow(c.String(), fmt.Sprintf("ratio ≤ %.2f", c.limit), oneLine(err.Error())))
			continue
		}
		if err != nil {
			return rows, fmt.Errorf("%v: %w", c, err)
		}
		b.logf("%v: %s, %s, ratio %s (%s)", c, r.ours, r.theirs, r.ratio, r.note)
		rows = append(rows, r)
	}
	return rows, nil
}

func (c typesCase) measure(b *bench, servers [2]*server) (row, error) {
	rnd := newRand()
	requests := newRing(typesRequests, func(b []byte, i int) []byte { return c.build(b, i, rnd) })
	for k := range servers {
		if err := c.prepare(servers[k]); err != nil {
			return row{}, fmt.Errorf("%v: %w", kind(k), err)
		}
	}
	return cpuRow(b, c.String(), c.limit, func(k kind) (cpuSample, error) {
		requests.at = 0
		return c.sample(servers[k], requests)
	})
}

// prepare empties the server and fills in the data.
func (c typesCase) prepare(s *server) error {
	client, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer client.close()
	if _, err := client.do("FLUSHALL", "SYNC"); err != nil {
		return err
	}
	return c.fill(s)
}

func (c typesCase) sample(s *server, requests *ring) (cpuSample, error) {
	if !c.changes {
		return measureWindow(s, typesClients, typesPipeline, requests, cpuWarmUp, cpuWindow)
	}
	if err := c.prepare(s); err != nil {
		return cpuSample{}, err
	}
	if !c.pops {
		return measureWindow(s, typesClients, typesPipeline, requests, cpuWarmUp, cpuWindow)
	}
	sample, err := measureWindow(s, typesClients, typesPipeline, requests, popWarmUp, popWindow)
	if err != nil {
		return sample, err
	}
	client, err := dial(s.addr)
	if err != nil {
		return sample, err
	}
	defer client.close()
	left, err := client.do("DBSIZE")
	if err == nil && left.n == 0 {
		err = fmt.Errorf("%d elements were not enough for %v", popSize, popWarmUp+popWindow)
	}
	return sample, err
}
