package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"radish/test/harness"
)

// config is what a run of the program is told.
type config struct {
	server  string // path
	options []string
	dir     string // folders that hold something wrong are left here
	writers int
	ballast int
	work    time.Duration // a round's clients write for this long at the most
	log     io.Writer
}

// moment is when a server is killed.
type moment int

const (
	amidWrites moment = iota
	afterRewrite
	afterSave
	atStart
	terminated // told to end, not killed
	moments
)

func (m moment) String() string {
	return [...]string{"while clients wrote", "after BGREWRITEAOF", "after BGSAVE", "while starting", "with SIGTERM"}[m]
}

// result is what came of a campaign's rounds.
type result struct {
	policy    string
	rounds    int
	folders   int // empty ones begun with
	ended     [moments]int
	cut       int // kills that left a temporary file: a rewrite or save was under way
	tally     tally
	lostKeys  int
	refused   int // starts that failed
	faults    int // replies that cannot be, and servers that ended by themselves
	loading   time.Duration
	loads     int
	startedAt time.Time
	took      time.Duration
}

func (r *result) bad() int { return r.lostKeys + r.refused + r.faults }

// checker is somebody whose data is compared after a restart; killed is in Unix milliseconds.
type checker interface {
	check(addr string, killed int64) error
}

// campaign is a series of rounds with one policy.
type campaign struct {
	config
	result
	rand *rand.Rand
	seed uint64

	folder   string
	fresh    bool // the folder is empty
	port     int
	process  *harness.Process
	killed   int64 // Unix milliseconds
	writers  []*writer
	queues   []*queue
	counters *counters
}

func newCampaign(cfg config, policy string, seed uint64) (*campaign, error) {
	port, err := harness.FreePort()
	if err != nil {
		return nil, err
	}
	c := &campaign{config: cfg, port: port, seed: seed, rand: rand.New(rand.NewPCG(seed, 0))}
	c.policy, c.startedAt = policy, time.Now()
	return c, c.begin()
}

func (c *campaign) logf(format string, args ...any) {
	fmt.Fprintf(c.log, "%s, round %d: %s\n", c.policy, c.rounds, fmt.Sprintf(format, args...))
}

// begin takes an empty folder.
func (c *campaign) begin() error {
	folder, err := os.MkdirTemp(c.dir, "crash-"+c.policy+"-")
	if err != nil {
		return err
	}
	c.folder, c.fresh = folder, true
	c.folders++
	c.writers, c.queues, c.counters = nil, nil, &counters{tally: &c.tally}
	for i := range c.config.writers {
		c.writers = append(c.writers, newWriter(i, c.rand.Uint64(), &c.tally))
	}
	for i, command := range []string{"BLMOVE", "BLPOP", "BZPOPMIN"} {
		c.queues = append(c.queues, newQueue(command, i, &c.tally))
	}
	return nil
}

// perFolder is after how many rounds, on average, an empty folder is taken.
const perFolder = 25

// round starts the server, compares, lets clients write, and kills. What is wrong is counted, and the folder kept;
// an error is one of the program's surroundings.
func (c *campaign) round() error {
	c.rounds++
	if !c.fresh && c.rand.IntN(perFolder) == 0 {
		if err := os.RemoveAll(c.folder); err != nil {
			return err
		}
		c.folder = ""
	}
	if c.folder == "" {
		if err := c.begin(); err != nil {
			return err
		}
	}
	how := [...]moment{amidWrites, amidWrites, amidWrites, afterRewrite, afterRewrite, afterRewrite, afterSave, atStart, atStart, terminated}[c.rand.IntN(10)]
	if how == atStart {
		c.ended[how]++
		return c.killAtStart()
	}
	if !c.start() {
		return c.keep()
	}
	if c.fresh {
		if err := ballast(c.config.ballast).write(c.process.Addr); err != nil {
			return err
		}
		c.fresh = false
	}
	c.ended[how]++
	if !c.work(how) {
		return c.keep()
	}
	return nil
}

// finish starts the server a last time, compares, ends it, and removes the folder, unless something is wrong.
func (c *campaign) finish() error {
	defer func() { c.took = time.Since(c.startedAt) }()
	if c.folder == "" {
		return nil
	}
	if !c.start() {
		return c.keep()
	}
	if err := c.process.Terminate(time.Minute); err != nil {
		c.faults++
		c.logf("SIGTERM: %v", err)
		return c.keep()
	}
	return os.RemoveAll(c.folder)
}

// keep leaves the folder where it is: the next round takes an empty one.
func (c *campaign) keep() error {
	c.logf("the folder is kept: %s", c.folder)
	c.folder = ""
	if c.process != nil && c.process.Alive() {
		return c.process.Kill()
	}
	return nil
}

func (c *campaign) launch() error {
	options := append([]string{"--appendonly", "yes", "--appendfsync", c.policy}, c.options...)
	for name, values := range map[string][]string{
		"aof-use-rdb-preamble":        {"yes", "yes", "no"},
		"aof-timestamp-enabled":       {"no", "yes"},
		"no-appendfsync-on-rewrite":   {"no", "yes"},
		"auto-aof-rewrite-percentage": {"0", "20"},
		"save":                        {"", "1 10"},
	} {
		options = append(options, "--"+name, values[c.rand.IntN(len(values))])
	}
	options = append(options, "--auto-aof-rewrite-min-size", strconv.Itoa(1<<20+c.rand.IntN(4<<20)))
	p, err := harness.StartProcess(c.server, c.folder, c.port, options...)
	if err == nil {
		c.process = p
	}
	return err
}

// startLimit is how long a start may take: far longer than what is loaded needs.
const startLimit = 30 * time.Second

// start starts the server and compares what it has loaded; false: something is wrong.
func (c *campaign) start() bool {
	begin := time.Now()
	err := c.launch()
	if err == nil {
		err = c.process.WaitReady(startLimit)
	}
	if err != nil {
		c.refused++
		c.logf("start: %v", err)
		return false
	}
	c.loading += time.Since(begin)
	c.loads++
	if c.fresh {
		return true
	}
	all := []checker{ballast(c.config.ballast), c.counters}
	for _, w := range c.writers {
		all = append(all, w)
	}
	for _, q := range c.queues {
		all = append(all, q)
	}
	ok := true
	for _, one := range all {
		if err := one.check(c.process.Addr, c.killed); err != nil {
			ok = false
			c.count(err)
		}
	}
	return ok
}

func (c *campaign) count(err error) {
	var lost *lostError
	if errors.As(err, &lost) {
		c.lostKeys += lost.keys
	} else {
		c.faults++
	}
	c.logf("%v", err)
}

// killAtStart kills the server soon after its start, mostly while it loads.
func (c *campaign) killAtStart() error {
	if err := c.launch(); err != nil {
		return err
	}
	time.Sleep(time.Duration(c.rand.Int64N(int64(80 * time.Millisecond))))
	if !c.process.Alive() {
		c.refused++
		c.logf("start: ended by itself: %v\n%s", c.process.Err(), c.process.LogText())
		return c.keep()
	}
	return c.process.Kill()
}

// work lets the clients write, and ends the server; false: something is wrong.
func (c *campaign) work(how moment) bool {
	var stop atomic.Bool
	var wg sync.WaitGroup
	errs := make(chan error, len(c.writers)+2*len(c.queues)+8)
	run := func(fn func(addr string, stop *atomic.Bool) error) {
		wg.Go(func() {
			if err := fn(c.process.Addr, &stop); err != nil {
				errs <- err
			}
		})
	}
	for _, w := range c.writers {
		run(w.work)
	}
	for _, q := range c.queues {
		run(q.produce)
		run(q.consume)
	}
	for range 3 {
		run(c.counters.work)
	}
	begun := time.Now()
	c.wait(how)
	ok := true
	if !c.process.Alive() {
		c.faults++
		ok = false
		c.logf("the server ended by itself: %v\n%s", c.process.Err(), lastLines(c.process.LogText()))
	} else if err := c.end(how); err != nil {
		c.faults++
		ok = false
		c.logf("%v: %v\n%s", how, err, lastLines(c.process.LogText()))
	}
	c.killed = time.Now().UnixMilli()
	stop.Store(true)
	wg.Wait()
	close(errs)
	for err := range errs {
		ok = false
		c.count(err)
	}
	if how != terminated && c.leftovers(begun) {
		c.cut++
	}
	return ok
}

func (c *campaign) end(how moment) error {
	if how == terminated {
		return c.process.Terminate(startLimit)
	}
	return c.process.Kill()
}

// wait returns when the server is to be killed. What is asked for before may be refused, because it is under way.
func (c *campaign) wait(how moment) {
	time.Sleep(time.Duration(c.rand.Int64N(int64(c.config.work))))
	command := map[moment]string{afterRewrite: "BGREWRITEAOF", afterSave: "BGSAVE"}[how]
	if command == "" {
		return
	}
	conn, err := dial(c.process.Addr, 0)
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Try(command)
	delay := []time.Duration{5, 50, 200}[c.rand.IntN(3)] * time.Millisecond // within the work, at its end, behind it
	time.Sleep(time.Duration(c.rand.Int64N(int64(delay))))
}

// leftovers says whether a temporary file was written since then and is still there.
func (c *campaign) leftovers(since time.Time) bool {
	for _, pattern := range []string{"temp-*", "*/temp-*"} {
		names, _ := filepath.Glob(filepath.Join(c.folder, pattern)) // the pattern is a good one
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && info.ModTime().After(since) {
				return true
			}
		}
	}
	return false
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}
