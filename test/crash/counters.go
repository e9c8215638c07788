package main

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"radish/test/harness"
)

// counters are two keys that several connections raise together, in transactions: they are always equal, and nobody
// else's step gets lost.
type counters struct {
	acked, sent atomic.Int64
	tally       *tally
}

var counterKeys = [2]string{"counter:a", "counter:b"}

// work raises the counters until the connection breaks or stop says so.
func (c *counters) work(addr string, stop *atomic.Bool) error {
	conn, err := dial(addr, 0)
	if err != nil {
		return nil
	}
	defer conn.Close()
	r := request{exec: true, commands: [][]string{{"INCR", counterKeys[0]}, {"INCR", counterKeys[1]}}}
	buf := r.append(nil)
	for !stop.Load() {
		c.sent.Add(1)
		if conn.Write(buf) != nil {
			return nil
		}
		reply, err := r.read(conn)
		if err != nil {
			return nil
		}
		if len(reply.Elems) != 2 || string(reply.Elems[0].Text) != string(reply.Elems[1].Text) {
			return fmt.Errorf("two counters that are raised together: %s", reply)
		}
		c.acked.Add(1)
		c.tally.acked.Add(1)
	}
	return nil
}

func (c *counters) check(addr string, _ int64) error {
	conn, err := dial(addr, 0)
	if err != nil {
		return err
	}
	defer conn.Close()
	r, err := conn.Try("MGET", counterKeys[0], counterKeys[1])
	if err != nil || len(r.Elems) != 2 {
		return fmt.Errorf("MGET: %s %w", r, err)
	}
	n := [2]int64{intOr0(r.Elems[0]), intOr0(r.Elems[1])}
	if n[0] != n[1] || n[0] < c.acked.Load() || n[0] > c.sent.Load() {
		err = &lostError{keys: 1, text: fmt.Sprintf("counters raised together: %s; %d steps were acknowledged, %d sent", r, c.acked.Load(), c.sent.Load())}
	}
	c.acked.Store(n[0])
	c.sent.Store(n[0])
	return err
}

func intOr0(v harness.Value) int64 {
	n, _ := strconv.ParseInt(string(v.Text), 10, 64)
	return n
}
