package differential

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"radish/test/harness"
)

const (
	lapseTime  = 5 * time.Millisecond // after which a key that had a millisecond to live is gone
	dumpEvery  = 500                  // commands, after which all keys are compared
	shownTail  = 30                   // commands that a failure shows
	shrinkTime = 20 * time.Second     // for making the sequence of a failure shorter
)

// runner sends a sequence of operations to both servers.
type runner struct {
	pair   *pair
	conns  [2]*harness.Conn
	proto  int
	groups []string // of operations; nil: all
	// fewInts: a set of integers has become a hash table before a listpack would have, since the reset. What Redis makes of a result then depends on
	// the order in which it walks a hash table, which is another one in each process.
	fewInts bool
}

func newRunner(t *testing.T, p *pair, proto int) *runner {
	r := &runner{pair: p, proto: proto}
	for i, s := range p.servers {
		r.conns[i] = s.Conn(t)
		if proto == 3 {
			r.conns[i].Ok("HELLO", "3")
		}
	}
	return r
}

// random runs n commands of a seed. It returns what was run and the difference at its end, "" if none.
func (r *runner) random(seed uint64, n int) (history []operation, diff string, err error) {
	g := newGenerator(seed, r.groups...)
	if err := r.reset(); err != nil {
		return nil, "", err
	}
	for i := 1; i <= n; i++ {
		next := []operation{g.next()}
		if i%dumpEvery == 0 {
			next = append(next, r.dump()...)
		}
		if diff, err := r.runAll(&history, next); diff != "" || err != nil {
			return history, diff, err
		}
	}
	for _, db := range []string{"0", "1", "2"} {
		if diff, err := r.runAll(&history, []operation{op("SELECT", db)}); diff != "" || err != nil {
			return history, diff, err
		}
		if diff, err := r.runAll(&history, r.dump()); diff != "" || err != nil {
			return history, diff, err
		}
	}
	return history, "", nil
}

// runAll runs operations up to the first that makes a difference, and adds them to the history.
func (r *runner) runAll(history *[]operation, ops []operation) (diff string, err error) {
	for _, o := range ops {
		*history = append(*history, o)
		if diff, err := r.run(o); diff != "" || err != nil {
			return diff, err
		}
	}
	return "", nil
}

// reset brings both servers and connections back to the start.
func (r *runner) reset() error {
	r.fewInts = false
	for _, o := range presets() {
		if diff, err := r.setting(o); diff != "" || err != nil {
			return fmt.Errorf("%s: %s, %w", o.show(), diff, err)
		}
	}
	for _, c := range r.conns {
		for _, args := range [][]string{{"FLUSHALL", "SYNC"}, {"SELECT", "0"}} {
			if reply, err := c.Try(args...); err != nil || reply.IsError() {
				return fmt.Errorf("%s: %s, %w", args, reply, err)
			}
		}
	}
	return nil
}

// run runs one operation and compares the replies.
func (r *runner) run(o operation) (diff string, err error) {
	if o.run != nil {
		return o.run(r, o)
	}
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	if diff := r.compare(o.check, replies); diff != "" || !o.lapse {
		return diff, nil
	}
	time.Sleep(lapseTime)
	return r.run(op("EXISTS", o.args[1]))
}

// both sends a command to both servers.
func (r *runner) both(args ...string) (replies [2]harness.Reply, err error) {
	for i, c := range r.conns {
		if replies[i], err = c.Try(args...); err != nil {
			return replies, fmt.Errorf("%s: %s: %w", serverName(i), op(args...).show(), err)
		}
	}
	return replies, nil
}

func (r *runner) compare(ck Check, replies [2]harness.Reply) string {
	return ck.compare(replies[0], replies[1], r.proto, r.pair.theirs72)
}

// dump are operations that look at all keys of the selected database, as the reference knows them.
func (r *runner) dump() []operation {
	ops := []operation{{args: []string{"KEYS", "*"}, check: Check{Mode: Unordered}}, op("DBSIZE")}
	keys, err := r.conns[0].Try("KEYS", "*")
	if err != nil {
		return ops // the next command will fail too, and say so
	}
	for _, k := range keys.Elems {
		key := string(k.Text)
		typ, err := r.conns[0].Try("TYPE", key)
		if err != nil {
			return ops
		}
		ops = append(ops, op("TYPE", key), wholeValue(string(typ.Text), key),
			operation{args: []string{"OBJECT", "ENCODING", key}, run: (*runner).encodings},
			operation{args: []string{"PTTL", key}, check: Check{About: 3000}}, digestOf(key))
		if string(typ.Text) == "list" {
			ops = append(ops, operation{args: []string{"DEBUG", "OBJECT", key}, run: (*runner).nodes})
		}
	}
	return ops
}

// shrink looks for a short sequence that ends with the same command and still makes a difference: it
// leaves out half of the commands before it, then quarters, and so on, wherever the difference remains.
func (r *runner) shrink(history []operation) []operation {
	end := time.Now().Add(shrinkTime)
	last := len(history) - 1
	for size := (last + 1) / 2; size >= 1; size /= 2 {
		for from := 0; from < last && time.Now().Before(end); {
			shorter := slices.Delete(slices.Clone(history), from, min(from+size, last))
			if r.differs(shorter) {
				history, last = shorter, len(shorter)-1
			} else {
				from += size
			}
		}
	}
	return history
}

// differs says whether the last of the operations, run after the others, makes a difference.
func (r *runner) differs(ops []operation) bool {
	if r.reset() != nil {
		return false
	}
	for i, o := range ops {
		diff, err := r.run(o)
		if err != nil {
			return false
		}
		if diff != "" {
			return i == len(ops)-1
		}
	}
	return false
}

func showAll(ops []operation) string {
	lines := make([]string, len(ops))
	for i, o := range ops {
		lines[i] = o.show()
	}
	return strings.Join(lines, "\n")
}
