//go:build linux

package main

import (
	"math/rand/v2"
	"strconv"
)

// The data of the rows about collections. Members, fields and list elements are numbered, so that several
// goroutines can build requests at once and both servers get the same.

// batch is how many elements a command adds that fills a collection: few, so that what a server keeps of
// long requests does not count as memory of the collection.
const batch = 10

// shuffled maps 0..2^20-1 to numbers of nine or ten digits, each to another one, in no order.
func shuffled(i int) int { return 1_000_000_000 + i*7_368_787%1_999_999_973 }

// member17 is a member of 17 bytes.
func member17(i int) string { return "member:" + strconv.Itoa(shuffled(i)) }

// field16 is a field of 16 bytes.
func field16(i int) string { return "field:" + strconv.Itoa(shuffled(i)) }

// value10 is a value of 10 bytes.
func value10(i int) string { return strconv.Itoa(shuffled(i + 1)) }

// listElement has 10 to 20 bytes.
func listElement(i int) string {
	return "item-" + strconv.Itoa(shuffled(i))[:5] + "xxxxxxxxxx"[:i*7%11]
}

// collection is a value of n elements under one key, filled by commands of batch elements each.
type collection struct {
	command string
	key     string
	n       int
	element func(args []string, i int) []string // appends what the command takes for element i
}

// request builds the i-th command that fills the collection.
func (c collection) request(b []byte, i int) []byte {
	args := make([]string, 2, 2+2*batch)
	args[0], args[1] = c.command, c.key
	for j := i * batch; j < min((i+1)*batch, c.n); j++ {
		args = c.element(args, j)
	}
	return appendRequest(b, args...)
}

// fill creates the collection.
func (c collection) fill(s *server) error {
	return pipelined(s.addr, (c.n+batch-1)/batch, c.request)
}

// size is the command whose reply is the number of elements.
func (c collection) size() []string {
	name := map[string]string{"HSET": "HLEN", "SADD": "SCARD", "ZADD": "ZCARD", "RPUSH": "LLEN"}[c.command]
	return []string{name, c.key}
}

func bigHash(key string, n int) collection {
	return collection{"HSET", key, n, func(args []string, i int) []string { return append(args, field16(i), value10(i)) }}
}

// bigSet has the members from..from+n-1.
func bigSet(key string, from, n int) collection {
	return collection{"SADD", key, n, func(args []string, i int) []string { return append(args, member17(from+i)) }}
}

// bigSortedSet has the members from..from+n-1, whose scores are integers in no order.
func bigSortedSet(key string, from, n int) collection {
	return collection{"ZADD", key, n, func(args []string, i int) []string {
		return append(args, value10(from+i), member17(from+i))
	}}
}

func bigList(key string, n int) collection {
	return collection{"RPUSH", key, n, func(args []string, i int) []string { return append(args, listElement(i)) }}
}

// many are n small collections of size elements each, under numbered keys.
type many struct {
	command string
	prefix  string // of keys: four bytes
	n, size int
	element func(args []string, key, i int) []string
}

func (m many) key(i int) string { return numberedKey(m.prefix, i) }

func (m many) request(b []byte, i int) []byte {
	args := []string{m.command, m.key(i)}
	for j := range m.size {
		args = m.element(args, i, j)
	}
	return appendRequest(b, args...)
}

func (m many) fill(s *server) error { return pipelined(s.addr, m.n, m.request) }

func (m many) randomKey(rnd *rand.Rand) string { return m.key(rnd.IntN(m.n)) }

func manyHashes(n, size int) many {
	return many{"HSET", "hsh:", n, size, func(args []string, key, i int) []string {
		return append(args, shortField(i), value10(key + i)[1:9])
	}}
}

// shortField is the name of a field as people write them.
func shortField(i int) string {
	names := []string{"name", "email", "age", "city", "score", "visits", "status", "lang", "plan", "seen"}
	if i < len(names) {
		return names[i]
	}
	return names[i%len(names)] + strconv.Itoa(i/len(names))
}

func manySets(n, size int) many {
	return many{"SADD", "set:", n, size, func(args []string, key, i int) []string {
		return append(args, memberOf(key, i))
	}}
}

// memberOf is the i-th member of a small collection.
func memberOf(key, i int) string { return member17((key*131 + i) % (1 << 20)) }

// manySortedSets give the i-th member score i.
func manySortedSets(n, size int) many {
	return many{"ZADD", "zst:", n, size, func(args []string, key, i int) []string {
		return append(args, strconv.Itoa(i), memberOf(key, i))
	}}
}

func manyLists(n, size int) many {
	return many{"RPUSH", "lst:", n, size, func(args []string, key, i int) []string {
		return append(args, listElement(key+i))
	}}
}
