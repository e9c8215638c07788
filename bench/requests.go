package main

import (
	"math/rand/v2"
	"strconv"
)

// Keys are 16 bytes, "key:" and 12 digits, and values 32, as in the limits that the rows check.
const (
	keyPrefix = "key:"
	keyDigits = 12
	keyLen    = len(keyPrefix) + keyDigits
	value32   = "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"
)

// appendRequest appends a command in the multibulk form.
func appendRequest(b []byte, args ...string) []byte {
	b = append(b, '*')
	b = strconv.AppendInt(b, int64(len(args)), 10)
	b = append(b, "\r\n"...)
	for _, a := range args {
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(len(a)), 10)
		b = append(b, "\r\n"...)
		b = append(b, a...)
		b = append(b, "\r\n"...)
	}
	return b
}

// putDigits writes n as decimal digits over the whole of b, with leading zeros.
func putDigits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// numberedKey returns the n-th key with a prefix of four bytes.
func numberedKey(prefix string, n int) string {
	var b [keyLen]byte
	copy(b[:], prefix)
	putDigits(b[len(prefix):], n)
	return string(b[:])
}

// setRequest appends SET of the i-th key to value32.
func setRequest(b []byte, i int) []byte {
	return appendRequest(b, "SET", numberedKey(keyPrefix, i), value32)
}

// source hands out the requests that a load generator sends. It is asked from one goroutine only.
type source interface {
	// next returns the bytes of exactly n requests, valid until the next call, or nil at the end.
	next(n int) []byte
}

// ring is a source without end: requests prepared beforehand, handed out round and round, so that
// sending one costs the client no more than the copy into the kernel.
type ring struct {
	bytes  []byte
	starts []int // starts[i] is where request i begins; one more entry for the end
	at     int
}

// newRing prepares n requests with build, which appends request i.
func newRing(n int, build func(b []byte, i int) []byte) *ring {
	r := &ring{starts: make([]int, 1, n+1)}
	for i := range n {
		r.bytes = build(r.bytes, i)
		r.starts = append(r.starts, len(r.bytes))
	}
	return r
}

func (r *ring) next(n int) []byte {
	if r.at+n >= len(r.starts) {
		r.at = 0
	}
	b := r.bytes[r.starts[r.at]:r.starts[r.at+n]]
	r.at += n
	return b
}

// insertSource is a source of SETs of ever new keys; it ends after its last key.
type insertSource struct {
	request []byte
	digits  []byte // the part of request that numbers the key
	at, end int
}

func newInsertSource(keys int) *insertSource {
	s := &insertSource{request: setRequest(nil, 0), end: keys}
	at := len("*3\r\n$3\r\nSET\r\n$16\r\n") + len(keyPrefix)
	s.digits = s.request[at : at+keyDigits]
	return s
}

// next supports n = 1 only: inserts are measured without pipeline.
func (s *insertSource) next(int) []byte {
	if s.at == s.end {
		return nil
	}
	putDigits(s.digits, s.at)
	s.at++
	return s.request
}

// workload is one of the commands whose CPU cost is measured.
type workload struct {
	name  string
	build func(b []byte, rnd *rand.Rand) []byte
}

// cpuKeys is the number of keys (and of counters) that the CPU rows pick from at random.
const cpuKeys = 100_000

const (
	counterPrefix = "ctr:"
	msetKeys      = 10
)

func cpuWorkloads() []workload {
	randomKey := func(prefix string, rnd *rand.Rand) string { return numberedKey(prefix, rnd.IntN(cpuKeys)) }
	return []workload{
		{"PING", func(b []byte, _ *rand.Rand) []byte { return appendRequest(b, "PING") }},
		{"SET", func(b []byte, rnd *rand.Rand) []byte {
			return appendRequest(b, "SET", randomKey(keyPrefix, rnd), value32)
		}},
		{"GET", func(b []byte, rnd *rand.Rand) []byte { return appendRequest(b, "GET", randomKey(keyPrefix, rnd)) }},
		{"INCR", func(b []byte, rnd *rand.Rand) []byte {
			return appendRequest(b, "INCR", randomKey(counterPrefix, rnd))
		}},
		{"MSET of 10", func(b []byte, rnd *rand.Rand) []byte {
			args := []string{"MSET"}
			for range msetKeys {
				args = append(args, randomKey(keyPrefix, rnd), value32)
			}
			return appendRequest(b, args...)
		}},
	}
}

// ring prepares n requests of the workload, the same ones in every run.
func (w workload) ring(n int) *ring {
	rnd := newRand()
	return newRing(n, func(b []byte, _ int) []byte { return w.build(b, rnd) })
}

// newRand returns a generator with a fixed seed: both servers, and every run, get the same requests.
func newRand() *rand.Rand { return rand.New(rand.NewPCG(7, 2)) }
