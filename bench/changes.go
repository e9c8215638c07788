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
	bigValue  = 100 // bytes
	zsetKey   = "zset"
	scoreLen  = 7
	memberLen = 12
	zsetPart  = 500 // members that one ZADD brings when the sorted set is filled
)

// changes is a source without end of commands that change what a server holds: SETs of numbered keys at random, each to a value as long as it had, and if
// there is a sorted set, among them ZADDs that give a member at random another score. Only the digits of a request change, so that making one takes no time.
type changes struct {
	rnd     *rand.Rand
	keys    int
	set     []byte
	key     []byte // digits in set
	members int    // of the sorted set; 0: there is none
	every   int    // of so many requests one is a ZADD
	zadd    []byte
	score   []byte // digits in zadd
	member  []byte // digits in zadd
	made    int
}

// newChanges makes as many ZADDs, if there are members, as one client of clients would.
func newChanges(keys, members, clients int) *changes {
	s := &changes{rnd: newRand(), keys: keys, members: members, every: clients}
	s.set = setBigRequest(nil, s.rnd, 0)
	at := len("*3\r\n$3\r\nSET\r\n$16\r\n") + len(keyPrefix)
	s.key = s.set[at : at+keyDigits]
	s.zadd = zaddRequest(nil, 0, 1)
	at = len("*4\r\n$4\r\nZADD\r\n$4\r\n") + len(zsetKey) + len("\r\n$7\r\n")
	s.score = s.zadd[at : at+scoreLen]
	at += scoreLen + len("\r\n$12\r\n")
	s.member = s.zadd[at : at+memberLen]
	return s
}

// next supports n = 1 only: the clients use no pipelines.
func (s *changes) next(int) []byte {
	if s.made++; s.members > 0 && s.made%s.every == 0 {
		putDigits(s.score, s.rnd.IntN(10_000_000))
		putDigits(s.member, s.rnd.IntN(s.members))
		return s.zadd
	}
	putDigits(s.key, s.rnd.IntN(s.keys))
	return s.set
}

// setBigRequest appends SET of the i-th key to 100 letters of 16 at random: text that LZF does not make shorter.
func setBigRequest(b []byte, rnd *rand.Rand, i int) []byte {
	var value [bigValue]byte
	for j := range value {
		value[j] = byte('a' + rnd.IntN(16))
	}
	return appendRequest(b, "SET", numberedKey(keyPrefix, i), string(value[:]))
}

// zaddRequest appends ZADD of n members from one on, with scores in no order.
func zaddRequest(b []byte, from, n int) []byte {
	args := []string{"ZADD", zsetKey}
	for i := from; i < from+n; i++ {
		var score [scoreLen]byte
		var member [memberLen]byte
		putDigits(score[:], i*7919%10_000_000)
		putDigits(member[:], i)
		args = append(args, string(score[:]), string(member[:]))
	}
	return appendRequest(b, args...)
}

// fillBig fills a server with numbered keys of 100 bytes.
func fillBig(s *server, keys int) error {
	return pipelined(s.addr, keys, func(b []byte, i int) []byte {
		return setBigRequest(b, rand.New(rand.NewPCG(uint64(i), 3)), i)
	})
}

// fillZSet adds a sorted set of so many members, a multiple of zsetPart.
func fillZSet(s *server, members int) error {
	return pipelined(s.addr, members/zsetPart, func(b []byte, i int) []byte { return zaddRequest(b, i*zsetPart, zsetPart) })
}

// span is what clients saw for some time.
type span struct {
	rate          float64 // commands a second
	high, longest time.Duration
}

// spanPercent is the percentile that span.high is.
const spanPercent = 99.9

func (s span) String() string {
	return fmt.Sprintf("%.0f/s, p%v %.2f ms, longest %.1f ms", s.rate, spanPercent, milliseconds(s.high), milliseconds(s.longest))
}

// measureSpan has clients send requests, each one at a time, while run runs.
func measureSpan(g *loadgen, src source, run func() error) (s span, err error) {
	var over atomic.Bool
	ended := make(chan error, 1)
	go func() {
		defer over.Store(true)
		ended <- run()
	}()
	latencies := make([]int64, 0, latencyRoom)
	begin := time.Now()
	err = g.run(src, 1, &latencies, func(int) bool { return over.Load() })
	took := time.Since(begin)
	if err = errors.Join(err, <-ended); err != nil {
		return s, err
	}
	s.rate = float64(len(latencies)) / took.Seconds()
	slices.Sort(latencies)
	s.high = time.Duration(percentile(latencies, spanPercent))
	s.longest = time.Duration(percentile(latencies, 100))
	return s, nil
}
