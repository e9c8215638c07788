package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// request is one command, or several in MULTI and EXEC.
type request struct {
	commands [][]string
	exec     bool
	sent     int64 // Unix milliseconds
}

// generator makes up requests on the keys of one writer, whose names begin with prefix.
type generator struct {
	rand   *rand.Rand
	prefix string
	n      int // counts values, so that no two are alike
}

// keysOfKind is how many keys of each kind a writer has.
const keysOfKind = 4

// batch makes up what is sent at once.
func (g *generator) batch() []request {
	var b []request
	for range 1 + g.rand.IntN(16)*g.rand.IntN(2) {
		b = append(b, g.request())
	}
	// Of members that SPOP took without saying so, nothing may depend: it is always the last.
	if g.rand.IntN(8) == 0 {
		pop := []string{"SPOP", g.key("set"), strconv.Itoa(1 + g.rand.IntN(3))}
		if g.rand.IntN(2) == 0 {
			return append(b, request{exec: true, commands: [][]string{g.command(), pop}})
		}
		b = append(b, request{commands: [][]string{pop}})
	}
	return b
}

func (g *generator) request() request {
	if g.rand.IntN(6) > 0 {
		return request{commands: [][]string{g.command()}}
	}
	r := request{exec: true}
	for range 2 + g.rand.IntN(5) {
		r.commands = append(r.commands, g.command())
	}
	return r
}

func (g *generator) key(kind string) string {
	return fmt.Sprintf("%s%s:%d", g.prefix, kind, g.rand.IntN(keysOfKind))
}

// shortLived is what names of keys that lapse within moments hold; nobody writes them twice.
const shortLived = "lapses"

func (g *generator) command() []string {
	switch g.rand.IntN(12) {
	case 0, 1, 2:
		return g.ofString()
	case 3, 4, 5:
		return g.ofList()
	case 6:
		return g.ofHash()
	case 7:
		return g.ofSet()
	case 8, 9:
		return g.ofZSet()
	}
	return g.ofKey()
}

// value is a number that was not there before, or a text with it.
func (g *generator) value() string {
	g.n++
	switch g.rand.IntN(4) {
	case 0:
		return fmt.Sprintf("value %d\r\n*1\r\n", g.n) // what a reader that is off the track would take for a command
	case 1:
		return fmt.Sprintf("%d %s", g.n, strings.Repeat("x", g.rand.IntN(300)))
	}
	return strconv.Itoa(g.n)
}

func (g *generator) ofString() []string {
	switch g.rand.IntN(8) {
	case 0:
		return []string{"SET", g.key("string"), g.value(), "PX", strconv.Itoa(1e9 + g.rand.IntN(1e9))}
	case 1:
		g.n++
		return []string{"SET", fmt.Sprintf("%s%s:%d", g.prefix, shortLived, g.n), "x", "PX", strconv.Itoa(1 + g.rand.IntN(shortest))}
	case 2:
		return []string{"MSET", g.key("string"), g.value(), g.key("text"), g.value(), g.key("string"), g.value()}
	case 3, 4:
		return []string{"INCR", g.key("number")}
	case 5:
		return []string{"APPEND", g.key("text"), strconv.Itoa(g.rand.IntN(10))}
	case 6:
		return []string{"INCRBYFLOAT", g.key("float"), []string{"0.5", "2.25", "1"}[g.rand.IntN(3)]}
	}
	return []string{"SET", g.key("string"), g.value()}
}

// shortest is how long keys of shortLived live at the most, in milliseconds.
const shortest = 50

func (g *generator) ofList() []string {
	key := g.key("list")
	switch g.rand.IntN(9) {
	case 0, 1, 2:
		return []string{"RPUSH", key, g.value(), g.value()}
	case 3:
		return []string{"LPUSH", key, g.value(), g.value()}
	case 4:
		return []string{"LPOP", key}
	case 5:
		return []string{"RPOP", key, strconv.Itoa(1 + g.rand.IntN(3))}
	case 6:
		return []string{"LTRIM", key, strconv.Itoa(g.rand.IntN(2)), strconv.Itoa(50 + g.rand.IntN(100))}
	case 7:
		return []string{"LMOVE", key, g.key("list"), "LEFT", "RIGHT"}
	}
	return []string{"LPOP", key, strconv.Itoa(1 + g.rand.IntN(3))}
}

func (g *generator) ofHash() []string {
	key, field := g.key("hash"), func() string { return fmt.Sprintf("field %d", g.rand.IntN(200)) }
	switch g.rand.IntN(4) {
	case 0:
		return []string{"HDEL", key, field(), field()}
	case 1:
		return []string{"HINCRBY", key, "count", strconv.Itoa(g.rand.IntN(100) - 50)}
	}
	return []string{"HSET", key, field(), g.value(), field(), g.value()}
}

func (g *generator) ofSet() []string {
	key := g.key("set")
	member := func() string {
		if strings.HasSuffix(key, "0") { // an intset
			return strconv.Itoa(g.rand.IntN(300))
		}
		return fmt.Sprintf("member %d", g.rand.IntN(300))
	}
	switch g.rand.IntN(8) {
	case 0:
		return []string{"SREM", key, member(), member()}
	case 1:
		return []string{"SMOVE", key, g.key("set"), member()}
	case 2:
		return []string{"SUNIONSTORE", g.key("union"), key, g.key("set")}
	}
	return []string{"SADD", key, member(), member(), member()}
}

func (g *generator) ofZSet() []string {
	key, member, score := g.key("zset"), fmt.Sprintf("member %d", g.rand.IntN(300)), strconv.Itoa(g.rand.IntN(1000)-500)
	switch g.rand.IntN(6) {
	case 0:
		return []string{"ZREM", key, member}
	case 1:
		return []string{"ZPOPMIN", key}
	case 2:
		return []string{"ZINCRBY", key, score, member}
	}
	return []string{"ZADD", key, score, member, strconv.Itoa(g.rand.IntN(1000)), fmt.Sprintf("member %d", g.rand.IntN(300))}
}

func (g *generator) ofKey() []string {
	kind := []string{"string", "list", "hash", "set", "zset", "text"}[g.rand.IntN(6)]
	key := g.key(kind)
	switch g.rand.IntN(7) {
	case 0:
		return []string{"DEL", key, g.key(kind)}
	case 1:
		return []string{"UNLINK", g.key("list"), key}
	case 2:
		return []string{"RENAME", key, g.key(kind)}
	case 3:
		if other := g.key(kind); other != key {
			return []string{"COPY", key, other, "REPLACE"}
		}
	case 4:
		return []string{"PERSIST", key}
	}
	return []string{"PEXPIREAT", key, strconv.FormatInt(time.Now().UnixMilli()+1e9+g.rand.Int64N(1e9), 10)}
}
