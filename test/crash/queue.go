package main

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"radish/test/harness"
)

// queue is a key to which one connection appends the numbers 1, 2, 3, ..., and from which another one that blocks
// is served: with BLMOVE into a second list, with BLPOP, or with BZPOPMIN. However a process ends, each number is in
// one place.
type queue struct {
	command string // BLMOVE, BLPOP or BZPOPMIN
	key     string
	moved   string // the list that BLMOVE moves to

	first           int64 // the oldest number that is still kept in moved
	pushed, pushing int64 // the highest number acknowledged, and sent
	taken           int64 // the highest number that the consumer got
	tally           *tally
	backlog         atomic.Int64 // pushed - taken while both run
}

func newQueue(command string, id int, t *tally) *queue {
	return &queue{command: command, key: fmt.Sprintf("q%d:queue", id), moved: fmt.Sprintf("q%d:moved", id), first: 1, tally: t}
}

func (q *queue) name() string { return "queue " + q.key + " with " + q.command }

// produce appends numbers until the connection breaks or stop says so.
func (q *queue) produce(addr string, stop *atomic.Bool) error {
	conn, err := dial(addr, 0)
	if err != nil {
		return nil
	}
	defer conn.Close()
	for !stop.Load() {
		if q.backlog.Load() > 50 {
			time.Sleep(time.Millisecond)
			continue
		}
		args := []string{"RPUSH", q.key}
		if q.command == "BZPOPMIN" {
			args[0] = "ZADD"
		}
		n := 1 + q.pushed%3
		for i := range n {
			number := strconv.FormatInt(q.pushed+1+i, 10)
			args = append(args, number)
			if q.command == "BZPOPMIN" {
				args = append(args, number)
			}
		}
		q.pushing = q.pushed + n
		r, err := conn.Try(args...)
		if err != nil {
			return nil
		}
		if r.IsError() {
			return fmt.Errorf("%s: %q: %s", q.name(), args, r)
		}
		q.pushed = q.pushing
		q.backlog.Add(n)
		q.tally.acked.Add(1)
		if q.pushed%7 == 0 {
			time.Sleep(200 * time.Microsecond) // the consumer runs dry and blocks
		}
	}
	return nil
}

// consume takes numbers until the connection breaks or stop says so.
func (q *queue) consume(addr string, stop *atomic.Bool) error {
	conn, err := dial(addr, 0)
	if err != nil {
		return nil
	}
	defer conn.Close()
	args := []string{q.command, q.key, "0.05"}
	if q.command == "BLMOVE" {
		args = []string{"BLMOVE", q.key, q.moved, "LEFT", "RIGHT", "0.05"}
	}
	for !stop.Load() {
		r, err := conn.Try(args...)
		if err != nil {
			return nil
		}
		if r.Null {
			continue
		}
		v := r.Value
		if q.command != "BLMOVE" && len(v.Elems) >= 2 {
			v = v.Elems[1]
		}
		n, err := v.Int()
		if err != nil || n != q.taken+1 {
			return fmt.Errorf("%s: got %s after %d", q.name(), r, q.taken)
		}
		q.taken = n
		q.backlog.Add(-1)
		q.tally.acked.Add(1)
	}
	return nil
}

// check compares what lies in the queue with what may.
func (q *queue) check(addr string, _ int64) error {
	conn, err := dial(addr, 0)
	if err != nil {
		return fmt.Errorf("%s: %w", q.name(), err)
	}
	defer conn.Close()
	moved, err := numbers(conn, "LRANGE", q.moved, "0", "-1")
	if err != nil {
		return err
	}
	read := "LRANGE"
	if q.command == "BZPOPMIN" {
		read = "ZRANGE"
	}
	queued, err := numbers(conn, read, q.key, "0", "-1")
	if err != nil {
		return err
	}
	verdict := q.judge(moved, queued)
	if verdict != nil {
		verdict = &lostError{keys: 1, text: fmt.Sprintf("%s: %v", q.name(), verdict)}
	}
	// What was found is what is true from here on. Only the end of what was moved is kept.
	switch {
	case len(queued) > 0:
		q.pushed, q.taken = queued[len(queued)-1], queued[0]-1
	case q.command == "BLMOVE":
		q.taken = q.first + int64(len(moved)) - 1
		q.pushed = q.taken
	default: // whether the last number has come and gone again nobody knows: it is not used
		q.taken = max(q.pushing, q.taken+1)
		q.pushed = q.taken
	}
	q.pushing = q.pushed
	q.backlog.Store(q.pushed - q.taken)
	if q.command == "BLMOVE" && len(moved) > 10 {
		if r, err := conn.Try("LTRIM", q.moved, "-10", "-1"); err != nil || r.IsError() {
			return fmt.Errorf("%s: LTRIM: %s %v", q.name(), r, err)
		}
		moved = moved[len(moved)-10:]
	}
	if len(moved) > 0 {
		q.first = moved[0]
	}
	return verdict
}

// judge says what is wrong with the numbers that were moved and those that are in the queue.
func (q *queue) judge(moved, queued []int64) error {
	for i, n := range moved {
		if n != q.first+int64(i) {
			return fmt.Errorf("%d in place %d of the list of those moved, which begins with %d", n, i, q.first)
		}
	}
	// removed is the highest number that has left the queue; the last one that did may not have reached the consumer.
	removed := max(q.pushed, q.taken)
	if q.command == "BLMOVE" {
		removed = q.first + int64(len(moved)) - 1
	} else if len(queued) > 0 {
		removed = queued[0] - 1
	}
	if removed < q.taken || removed > q.taken+1 {
		return fmt.Errorf("those up to %d have left the queue, and the consumer had got those up to %d", removed, q.taken)
	}
	for i, n := range queued {
		if n != removed+1+int64(i) {
			return fmt.Errorf("%d in place %d of the queue, which begins with %d", n, i, removed+1)
		}
	}
	if last := removed + int64(len(queued)); last < q.pushed || last > q.pushing {
		return fmt.Errorf("the last number is %d; acknowledged were those up to %d, sent those up to %d", last, q.pushed, q.pushing)
	}
	return nil
}

func numbers(conn *harness.Conn, args ...string) ([]int64, error) {
	r, err := conn.Try(args...)
	if err != nil {
		return nil, err
	}
	if r.IsError() {
		return nil, fmt.Errorf("%q: %s", args, r)
	}
	ns := make([]int64, len(r.Elems))
	for i, e := range r.Elems {
		if ns[i], err = e.Int(); err != nil {
			return nil, err
		}
	}
	return ns, nil
}
