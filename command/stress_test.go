package command

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"radish/resp"
	"radish/store"
)

// stress runs random commands of all types as dispatch and workers do: locks in ascending order, Prepare under long read locks.
type stress struct {
	h   *harness
	rng *rand.Rand
	now *atomic.Int64
}

// do runs one command and returns its reply.
func (s *stress) do(args ...string) []byte {
	b := make([][]byte, len(args))
	for i, a := range args {
		b[i] = []byte(a)
	}
	h := s.h
	spec := h.table.Resolve(b)
	if spec == nil || spec.Arity > 0 && len(args) != spec.Arity || len(args) < -spec.Arity {
		h.t.Errorf("%q is no command", args[0])
		return nil
	}
	w := &resp.Writer{Proto: 2 + s.rng.IntN(2)}
	c := &Ctx{Args: b, Spec: spec, Reply: w, Env: h.env, OnLoop: true, Deny: true}
	c.DB = h.store.DB(s.rng.IntN(2), s.now.Load())
	c.Keys = h.keys(spec, b)
	unlock := h.lock(spec, b, c.Keys)
	err := spec.Handler(c)
	unlock()
	if err == ErrOffload || err == nil && spec.Prepare != nil && s.rng.IntN(2) == 0 {
		w.Buf = w.Buf[:0]
		err = s.work(c)
	}
	if err != nil {
		w.Buf = w.Buf[:0]
		w.Error(err.Error())
	}
	return w.Buf
}

// work is what a worker does with a command.
func (s *stress) work(c *Ctx) error {
	h := s.h
	c.OnLoop = false
	versions := func() (v []uint64) {
		for _, k := range c.Keys {
			v = append(v, c.DB.Version(k))
		}
		return v
	}
	if c.Spec.Prepare != nil && (c.Spec.Locks == nil || c.Spec.Locks(c.Args)&LockAll == 0) {
		var shards []int
		for _, k := range c.Keys {
			shards = append(shards, h.store.ShardOf(k.H))
		}
		slices.Sort(shards)
		shards = slices.Compact(shards)
		for _, i := range shards {
			h.store.RLockLong(i)
		}
		before := versions()
		err := c.Spec.Prepare(c)
		for _, i := range shards {
			h.store.RUnlockLong(i)
		}
		if err != nil {
			c.Prepared.Drop()
			return err
		}
		unlock := h.lock(c.Spec, c.Args, c.Keys)
		defer unlock()
		if !slices.Equal(before, versions()) {
			c.Prepared.Drop()
		}
		return c.Spec.Handler(c)
	}
	unlock := h.lock(c.Spec, c.Args, c.Keys)
	defer unlock()
	return c.Spec.Handler(c)
}

func (s *stress) n(n int) string { return strconv.Itoa(s.rng.IntN(n)) }

// key is a key, mostly one that has a value of the type.
func (s *stress) key(kind string) string {
	if s.rng.IntN(30) == 0 {
		kind = string("slhzx"[s.rng.IntN(5)])
	}
	k := kind + s.n(5)
	if s.rng.IntN(6) == 0 {
		k = kind + strings.Repeat("k", 4094+s.rng.IntN(4))
	}
	return k
}

// str is an element: an integer, a short or a long string.
func (s *stress) str() string {
	switch s.rng.IntN(200) {
	case 0:
		return strings.Repeat("v", s.rng.IntN(70_000))
	case 1:
		return strings.Repeat("w", s.rng.IntN(400_000))
	case 2, 3, 4, 5:
		return strings.Repeat("u", s.rng.IntN(3000))
	case 6:
		return ""
	}
	if s.rng.IntN(2) == 0 {
		return s.n(3000)
	}
	return "member:" + s.n(20_000)
}

// count is how many elements a command has: few, seldom many.
func (s *stress) count() int {
	switch s.rng.IntN(20) {
	case 0:
		return 1 + s.rng.IntN(3000)
	case 1, 2:
		return 1 + s.rng.IntN(200)
	}
	return 1 + s.rng.IntN(4)
}

func (s *stress) strs(n int) []string {
	v := make([]string, n)
	for i := range v {
		v[i] = s.str()
	}
	return v
}

// pairs are n times a number and an element, or the other way round.
func (s *stress) pairs(n int, number func() string, last bool) (v []string) {
	for range n {
		if last {
			v = append(v, s.str(), number())
		} else {
			v = append(v, number(), s.str())
		}
	}
	return v
}

func (s *stress) pick(words ...string) string { return words[s.rng.IntN(len(words))] }

func (s *stress) list() []string {
	k, to := s.key("l"), s.key("l")
	switch s.rng.IntN(14) {
	case 0, 1, 2:
		return append([]string{s.pick("lpush", "rpush"), k}, s.strs(s.count())...)
	case 3:
		return []string{s.pick("lpop", "rpop"), k, strconv.Itoa(s.count())}
	case 4:
		return []string{"linsert", k, s.pick("before", "after"), s.str(), s.str()}
	case 5, 6:
		return []string{"lset", k, strconv.Itoa(s.rng.IntN(200) - 100), s.str()}
	case 7:
		return []string{"lrem", k, strconv.Itoa(s.rng.IntN(9) - 4), s.str()}
	case 8:
		return []string{"ltrim", k, s.n(20), strconv.Itoa(-s.rng.IntN(20))}
	case 9, 10:
		return []string{"lmove", k, to, s.pick("left", "right"), s.pick("left", "right")}
	case 11:
		return []string{"lpos", k, s.str(), "count", "0", "rank", s.pick("1", "-1")}
	case 12:
		return []string{"lmpop", "2", k, to, s.pick("left", "right"), "count", strconv.Itoa(s.count())}
	}
	return []string{"lrange", k, strconv.Itoa(s.rng.IntN(300) - 150), strconv.Itoa(s.rng.IntN(300) - 150)}
}

func (s *stress) set() []string {
	k, to := s.key("s"), s.key("s")
	switch s.rng.IntN(11) {
	case 0, 1, 2:
		return append([]string{"sadd", k}, s.strs(s.count())...)
	case 3, 4:
		return append([]string{"srem", k}, s.strs(s.count())...)
	case 5:
		return []string{"spop", k, strconv.Itoa(s.count())}
	case 6:
		return []string{"smove", k, to, s.str()}
	case 7:
		return []string{s.pick("sunionstore", "sinterstore", "sdiffstore"), to, k, s.key("s"), s.key("s")}
	case 8:
		return []string{s.pick("sunion", "sinter", "sdiff"), k, to}
	case 9:
		return []string{"srandmember", k, strconv.Itoa(s.rng.IntN(400) - 200)}
	}
	return []string{"sscan", k, "0", "count", "100"}
}

func (s *stress) hash() []string {
	k := s.key("h")
	switch s.rng.IntN(12) {
	case 0, 1, 2:
		return append([]string{"hset", k}, s.pairs(s.count(), s.str, true)...)
	case 3, 4:
		return append([]string{"hdel", k}, s.strs(s.count())...)
	case 5, 6:
		n := s.count()
		return append([]string{"hpexpire", k, s.n(400), "fields", strconv.Itoa(n)}, s.strs(n)...)
	case 7:
		return []string{"hpersist", k, "fields", "1", s.str()}
	case 8:
		return []string{"hincrby", k, s.n(3000), s.n(100)}
	case 9:
		return []string{"hrandfield", k, strconv.Itoa(s.rng.IntN(400) - 200), "withvalues"}
	case 10:
		return []string{"hgetall", k}
	}
	return []string{"hsetnx", k, s.str(), s.str()}
}

func (s *stress) zset() []string {
	k, to := s.key("z"), s.key("z")
	score := func() string { return strconv.FormatFloat(float64(s.rng.IntN(4000))/4, 'g', -1, 64) }
	switch s.rng.IntN(13) {
	case 0, 1, 2:
		return append([]string{"zadd", k}, s.pairs(s.count(), score, false)...)
	case 3:
		return append([]string{"zrem", k}, s.strs(s.count())...)
	case 4:
		return []string{s.pick("zpopmin", "zpopmax"), k, strconv.Itoa(s.count())}
	case 5:
		return []string{"zincrby", k, s.pick("-1", "0.25", "1000"), s.str()}
	case 6:
		return []string{"zremrangebyscore", k, score(), "+inf"}
	case 7:
		return []string{"zremrangebyrank", k, s.n(200), s.n(200)}
	case 8:
		return []string{"zrangestore", to, k, "0", strconv.Itoa(s.rng.IntN(9000))}
	case 9:
		return []string{s.pick("zunionstore", "zinterstore", "zdiffstore"), to, "2", k, s.pick(s.key("z"), s.key("s"))}
	case 10:
		return []string{"zrange", k, "-inf", "+inf", "byscore", "limit", s.n(50), s.n(50)}
	case 11:
		return []string{"geosearchstore", to, k, "fromlonlat", "0", "0", "byradius", "20000", "km"}
	}
	return []string{"zrandmember", k, strconv.Itoa(s.rng.IntN(400) - 200), "withscores"}
}

func (s *stress) generic() []string {
	kind := string("slhzx"[s.rng.IntN(5)])
	k, to := s.key(kind), s.key(kind)
	switch s.rng.IntN(12) {
	case 0:
		return []string{s.pick("del", "unlink"), k, to}
	case 1, 2:
		return []string{s.pick("rename", "renamenx"), k, to}
	case 3, 4:
		return []string{"copy", k, to, "db", s.n(2), "replace"}
	case 5:
		return []string{"move", k, s.n(2)}
	case 6, 7:
		return []string{"pexpire", k, s.n(500)}
	case 8:
		return []string{"persist", k}
	case 9:
		by := s.pick("h*->member:1", "x*", "nosort")
		return []string{"sort", s.key(s.pick("s", "z", "l")), "by", by, "alpha", "limit", s.n(9), s.n(90), "store", s.key("l")}
	case 10:
		return []string{"append", s.key("x"), s.str()}
	}
	return []string{"pfadd", s.key("x"), s.str(), s.str()}
}

func (s *stress) command() []string {
	switch s.rng.IntN(9) {
	case 0, 1:
		return s.list()
	case 2, 3:
		return s.set()
	case 4, 5:
		return s.hash()
	case 6, 7:
		return s.zset()
	}
	return s.generic()
}

// limits are settings of all thresholds of encodings.
func (s *stress) limits() store.Limits {
	n := func(v ...int) int { return v[s.rng.IntN(len(v))] }
	return store.Limits{
		HashMaxListpackEntries: n(0, 5, 128, 100_000), HashMaxListpackValue: n(0, 64, 1<<20),
		ListMaxListpackSize: n(-5, -4, -3, -2, -1, 0, 1, 7, 128, 1<<30),
		SetMaxIntsetEntries: n(0, 7, 512, 100_000), SetMaxListpackEntries: n(0, 7, 128, 100_000), SetMaxListpackValue: n(0, 64, 1<<20),
		ZSetMaxListpackEntries: n(0, 7, 128, 5000), ZSetMaxListpackValue: n(0, 64, 1<<20),
	}
}

// disturb does what happens beside commands.
func (s *stress) disturb() {
	st := s.h.store
	switch s.rng.IntN(12) {
	case 0:
		st.Purge(nil)
	case 1, 2, 3:
		st.ExpireDue(s.now.Add(int64(s.rng.IntN(40))), 1000)
	case 4, 5, 6:
		st.SetLimits(s.limits())
	case 7:
		st.Evict(store.Policy(s.rng.IntN(8)), 5, s.now.Load())
	case 8:
		if s.rng.IntN(10) == 0 {
			db := st.DB(s.rng.IntN(2), s.now.Load())
			db.Flush(s.rng.IntN(2) == 0, nil)
		}
	case 9:
		st.SwapDB(0, 1, false, nil)
	case 10:
		st.SetLargeElement(int64(s.rng.IntN(3) * 2000))
	case 11:
		db := st.DB(s.rng.IntN(2), s.now.Load())
		db.Scan(0, 100, func(store.Entry) {})
	}
}

// Commands on values of all types run beside each other, and beside everything that the background does; then all structures are sound.
func TestStressAllTypes(t *testing.T) {
	rounds, commands := 4, 2500
	if testing.Short() {
		rounds, commands = 1, 500
	}
	for round := range rounds {
		h := newHarness(t)
		h.env.Observed.Store(false)
		var now atomic.Int64
		now.Store(h.now)
		var wg sync.WaitGroup
		stop := make(chan struct{})
		seed := rand.Uint64()
		t.Logf("round %d: seed %d", round, seed)
		for g := range 3 {
			s := &stress{h: h, rng: rand.New(rand.NewPCG(seed, uint64(g))), now: &now}
			wg.Go(func() {
				for range commands {
					s.do(s.command()...)
				}
			})
		}
		var side sync.WaitGroup
		side.Go(func() {
			s := &stress{h: h, rng: rand.New(rand.NewPCG(seed, 99)), now: &now}
			for {
				select {
				case <-stop:
					return
				default:
					s.disturb()
				}
			}
		})
		wg.Wait()
		close(stop)
		side.Wait()
		h.store.WaitLazyFree()
		if err := h.store.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// One goroutine, checked all the time: what is wrong is found near to where it went wrong.
func TestStressStepByStep(t *testing.T) {
	h := newHarness(t)
	h.env.Observed.Store(false)
	var now atomic.Int64
	now.Store(h.now)
	seed := rand.Uint64()
	s := &stress{h: h, rng: rand.New(rand.NewPCG(seed, 0)), now: &now}
	n := 3000
	if testing.Short() {
		n = 500
	}
	var last [][]string
	for i := range n {
		args := s.command()
		s.do(args...)
		if last = append(last, args); len(last) > 20 {
			last = last[1:]
		}
		if i%5 == 0 {
			s.disturb()
		}
		if i%20 == 0 {
			h.store.WaitLazyFree()
			if err := h.store.Check(); err != nil {
				for _, a := range last {
					line := strings.Join(a, " ")
					t.Log(line[:min(len(line), 200)])
				}
				t.Fatalf("seed %d, command %d: %v", seed, i, err)
			}
		}
	}
}

// A value is the same after it was copied, renamed and moved, whatever its encoding and wherever its shard is.
func TestCopiesAreEqual(t *testing.T) {
	h := newHarness(t)
	h.env.Observed.Store(false)
	var now atomic.Int64
	now.Store(h.now)
	seed := rand.Uint64()
	s := &stress{h: h, rng: rand.New(rand.NewPCG(seed, 0)), now: &now}
	all := func(db int, k string) string {
		h.db = db
		var b bytes.Buffer
		for _, args := range [][]string{{"type", k}, {"pttl", k}, {"object", "encoding", k}, {"lrange", k, "0", "-1"}, {"zrange", k, "0", "-1", "withscores"}} {
			b.WriteString(h.run(args...))
		}
		fields := strings.Split(h.run("hkeys", k), "\r\n")
		for i := 2; i < len(fields); i += 2 {
			b.WriteString(h.run("hpexpiretime", k, "fields", "1", fields[i]))
		}
		key := h.store.Key([]byte(k))
		d := h.store.DB(db, h.now)
		fmt.Fprintf(&b, "%x", d.DigestValue(key))
		h.db = 0
		return b.String()
	}
	steps := 150
	if testing.Short() {
		steps = 30
	}
	for i := range steps {
		h.run("flushall")
		for range s.rng.IntN(3) {
			h.store.SetLimits(s.limits())
		}
		k := ""
		for range 1 + s.rng.IntN(12) {
			args := s.command()
			switch args[0] {
			case "lpush", "rpush", "sadd", "hset", "zadd", "append":
				if k == "" {
					k = args[1]
				}
				args[1] = k
			case "hpexpire", "hdel", "pexpire", "linsert", "lset", "srem", "zrem", "lpop":
				args[1] = k
			default:
				continue
			}
			h.run(args...)
		}
		if k == "" || h.run("exists", k) != ":1\r\n" {
			continue
		}
		want := all(0, k)
		check := func(what string, db int, key string) {
			if got := all(db, key); got != want {
				t.Errorf("seed %d, step %d: %s of %.20q: %.300q, want %.300q", seed, i, what, k, got, want)
			}
		}
		h.run("copy", k, "copy")
		check("copy", 0, "copy")
		h.run("copy", "copy", "copy", "db", "1")
		check("copy to db 1", 1, "copy")
		for j := range 5 { // through several shards
			h.run("rename", "copy", "to"+strconv.Itoa(j))
			h.run("rename", "to"+strconv.Itoa(j), "copy")
		}
		check("renamed", 0, "copy")
		h.run("rename", "copy", "copy")
		check("renamed to itself", 0, "copy")
		h.run("move", "copy", "2")
		check("moved", 2, "copy")
		check("source", 0, k)
		h.store.Purge(nil)
		check("purged", 2, "copy")
		if i%10 == 0 {
			h.store.WaitLazyFree()
			if err := h.store.Check(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, i, err)
			}
		}
	}
}
