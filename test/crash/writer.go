package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"radish/test/harness"
)

// tally counts what happened. It is used by several goroutines.
type tally struct {
	acked       atomic.Int64 // commands and transactions with a reply
	found, gone atomic.Int64 // of those without, by whether they are there after the restart
}

// writer is a connection that writes to keys of its own, and so knows what is in them: state after what was
// acknowledged, and pending behind it.
type writer struct {
	db     int
	prefix string
	gen    generator
	tally  *tally

	acked   state
	pending []request // sent and not answered, in order
	buf     []byte
}

func newWriter(id int, seed uint64, t *tally) *writer {
	prefix := fmt.Sprintf("w%d:", id)
	return &writer{db: id % 4, prefix: prefix, tally: t, acked: state{},
		gen: generator{prefix: prefix, rand: rand.New(rand.NewPCG(seed, uint64(id)))}}
}

func (w *writer) name() string { return "writer " + w.prefix }

// work sends requests until the connection breaks, which is no error, or stop says so.
func (w *writer) work(addr string, stop *atomic.Bool) error {
	conn, err := dial(addr, w.db)
	if err != nil {
		return nil // killed already
	}
	defer conn.Close()
	for !stop.Load() {
		w.pending, w.buf = w.gen.batch(), w.buf[:0]
		now := time.Now().UnixMilli()
		for i := range w.pending {
			w.pending[i].sent = now
			w.buf = w.pending[i].append(w.buf)
		}
		if conn.Write(w.buf) != nil {
			return nil
		}
		for len(w.pending) > 0 {
			reply, err := w.pending[0].read(conn)
			if err != nil {
				return nil
			}
			if err := w.pending[0].apply(w.acked, time.Now().UnixMilli(), &reply.Value); err != nil {
				return fmt.Errorf("%s: %w", w.name(), err)
			}
			w.tally.acked.Add(1)
			w.pending = w.pending[1:]
		}
		if w.gen.rand.IntN(4) == 0 {
			time.Sleep(time.Duration(w.gen.rand.IntN(int(time.Millisecond))))
		}
	}
	return nil
}

// dial connects to a database.
func dial(addr string, db int) (*harness.Conn, error) {
	conn, err := harness.Dial(nil, addr)
	if err != nil {
		return nil, err
	}
	if r, err := conn.Try("SELECT", strconv.Itoa(db)); err != nil || r.IsError() {
		conn.Close()
		return nil, fmt.Errorf("SELECT: %v %w", r, err)
	}
	return conn, nil
}

func (r *request) append(buf []byte) []byte {
	if r.exec {
		buf = harness.AppendCommand(buf, "MULTI")
	}
	for _, c := range r.commands {
		buf = harness.AppendCommand(buf, c...)
	}
	if r.exec {
		buf = harness.AppendCommand(buf, "EXEC")
	}
	return buf
}

// read returns the reply of the command, or of EXEC.
func (r *request) read(conn *harness.Conn) (harness.Reply, error) {
	if r.exec {
		for range len(r.commands) + 1 { // OK and QUEUED
			if _, err := conn.Read(); err != nil {
				return harness.Reply{}, err
			}
		}
	}
	return conn.Read()
}

// apply does to the state what the request does. A reply that it cannot have is an error.
func (r *request) apply(s state, got int64, reply *harness.Value) error {
	if r.exec && reply != nil && len(reply.Elems) != len(r.commands) {
		return fmt.Errorf("EXEC of %d commands: %s", len(r.commands), reply)
	}
	for i, c := range r.commands {
		a := answer{sent: r.sent, got: got, reply: reply}
		if r.exec && reply != nil {
			a.reply = &reply.Elems[i]
		}
		if want := s.run(c, a); a.reply != nil && want != "" && want != a.reply.String() {
			return fmt.Errorf("%q: the reply is %.300s, and should be %.300s", c, a.reply, want)
		}
	}
	return nil
}

// check compares the keys with what they may be, and takes over what they are. killed is when no command could
// run any more, in Unix milliseconds.
func (w *writer) check(addr string, killed int64) error {
	conn, err := dial(addr, w.db)
	if err != nil {
		return fmt.Errorf("%s: %w", w.name(), err)
	}
	defer conn.Close()
	got, err := readState(conn, w.prefix)
	if err != nil {
		return fmt.Errorf("%s: %w", w.name(), err)
	}
	possible := w.acked.clone()
	nearest, at := possible.differences(got), 0
	for i := 0; len(nearest) > 0 && i < len(w.pending); i++ {
		if err := w.pending[i].apply(possible, killed, nil); err != nil {
			return err
		}
		if d := possible.differences(got); len(d) < len(nearest) {
			nearest, at = d, i+1
		}
	}
	if len(nearest) > 0 {
		err = w.explain(got, nearest, at, killed)
	} else {
		w.tally.found.Add(int64(at))
		w.tally.gone.Add(int64(len(w.pending) - at))
	}
	w.acked, w.pending = got, nil
	return err
}

// explained is how many keys and requests a report shows, and cut is how much of one.
const explained = 4

func cut(text string) string { return fmt.Sprintf("%.400s", text) }

// explain says what differs from the state after the first n of the pending requests, which is the nearest.
func (w *writer) explain(got state, keys []string, n int, killed int64) error {
	possible := w.acked.clone()
	for i := range n {
		_ = w.pending[i].apply(possible, killed, nil)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d keys differ from every state that they may have; from the nearest, after %d of %d unanswered requests:", w.name(), len(keys), n, len(w.pending))
	for _, k := range keys[:min(len(keys), explained)] {
		fmt.Fprintf(&b, "\n  %s\n    is        %s\n    should be %s", k, cut(got[k].String()), cut(possible[k].String()))
	}
	for _, r := range w.pending[:min(len(w.pending), explained)] {
		fmt.Fprintf(&b, "\n  unanswered: %s", cut(fmt.Sprintf("%q", r.commands)))
	}
	return &lostError{keys: len(keys), text: b.String()}
}

// lostError says that data is not what it may be.
type lostError struct {
	keys int
	text string
}

func (e *lostError) Error() string { return e.text }

// readState reads all keys with a prefix. Those that were to live for moments only are waited for.
func readState(conn *harness.Conn, prefix string) (state, error) {
	var names []harness.Value
	for end := time.Now().Add(2 * shortest * time.Millisecond); ; time.Sleep(time.Millisecond) {
		r, err := conn.Try("KEYS", prefix+"*")
		if err != nil {
			return nil, err
		}
		names = r.Elems
		if time.Now().After(end) || !slices.ContainsFunc(names, func(v harness.Value) bool { return strings.Contains(string(v.Text), shortLived) }) {
			break
		}
	}
	s := state{}
	for _, name := range names {
		v, err := readValue(conn, string(name.Text))
		if err != nil {
			return nil, err
		}
		s[string(name.Text)] = v
	}
	return s, nil
}

func readValue(conn *harness.Conn, key string) (*value, error) {
	for _, c := range [][]string{{"TYPE", key}, {"PEXPIRETIME", key}} {
		if err := conn.Send(c...); err != nil {
			return nil, err
		}
	}
	kind, err := conn.Read()
	if err != nil {
		return nil, err
	}
	deadline, err := conn.Read()
	if err != nil {
		return nil, err
	}
	v := &value{kind: string(kind.Text)}
	if ms, err := deadline.Int(); err != nil {
		return nil, fmt.Errorf("PEXPIRETIME %s: %s", key, deadline)
	} else if ms > 0 {
		v.from, v.to = ms, ms
	}
	var command []string
	switch v.kind {
	case "string":
		command = []string{"GET", key}
	case "list":
		command = []string{"LRANGE", key, "0", "-1"}
	case "hash":
		command = []string{"HGETALL", key}
	case "set":
		command = []string{"SMEMBERS", key}
	case "zset":
		command = []string{"ZRANGE", key, "0", "-1", "WITHSCORES"}
	default:
		return v, nil // it lapsed, or is what nobody has written
	}
	r, err := conn.Try(command...)
	if err != nil {
		return nil, err
	}
	if r.IsError() {
		return nil, fmt.Errorf("%q: %s", command, r)
	}
	return v, v.fill(r.Value)
}

// fill takes the elements from the reply to the command that reads all of the value.
func (v *value) fill(r harness.Value) error {
	v.fields, v.set, v.scores = map[string]string{}, map[string]bool{}, map[string]int64{}
	v.text = string(r.Text)
	for i, e := range r.Elems {
		text := string(e.Text)
		switch v.kind {
		case "list":
			v.list = append(v.list, text)
		case "set":
			v.set[text] = true
		case "hash":
			if i%2 == 1 {
				v.fields[string(r.Elems[i-1].Text)] = text
			}
		case "zset":
			if i%2 == 1 {
				n, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					return fmt.Errorf("score %s", text)
				}
				v.scores[string(r.Elems[i-1].Text)] = n
			}
		}
	}
	return nil
}
