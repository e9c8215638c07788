package aof

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
	"radish/persist/fsys/fsystest"
	"radish/resp"
)

// rig is a log on a disk that can fail, with a list of numbers as its data: effect i is RPUSH list i.
type rig struct {
	t     *testing.T
	mem   *fsystest.Mem
	disk  *fsystest.Faulty
	l     *Log
	n     int          // numbers appended
	acked int          // numbers that were committed
	safe  atomic.Int64 // acked, for other goroutines

	mu    sync.Mutex
	lines []string
	told  chan committed
}

type committed struct {
	pos int64
	err error
}

func newRig(t *testing.T, mem *fsystest.Mem, change func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, mem: mem, disk: fsystest.NewFaulty(mem), told: make(chan committed, 1000)}
	opt := Options{FS: r.disk, Dir: ".", Tick: time.Hour, Log: r.log, Committed: func(pos int64, err error) { r.told <- committed{pos, err} }}
	if change != nil {
		change(&opt)
	}
	l, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	r.l = l
	t.Cleanup(func() {
		r.disk.Heal()
		l.Close()
	})
	return r
}

func (r *rig) log(_ redislog.Level, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, message)
}

func (r *rig) logged(part string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.lines, func(l string) bool { return strings.Contains(l, part) })
}

func (r *rig) start() error { return r.l.Start(r.base(r.n)) }

func (r *rig) mustStart() {
	r.t.Helper()
	if err := r.start(); err != nil {
		r.t.Fatal(err)
	}
}

// base writes the first n numbers.
func (r *rig) base(n int) func(fsys.File) error {
	return func(f fsys.File) error {
		if n == 0 {
			return nil
		}
		args := [][]byte{[]byte("RPUSH"), []byte("list")}
		for i := range n {
			args = append(args, strconv.AppendInt(nil, int64(i), 10))
		}
		_, err := f.Write(resp.AppendRequest(nil, args...))
		return err
	}
}

func effect(i int) []byte {
	return resp.AppendRequest(nil, []byte("RPUSH"), []byte("list"), strconv.AppendInt(nil, int64(i), 10))
}

// append appends the next number, some of them in transactions, or long.
func (r *rig) append() int64 {
	i := r.n
	r.n++
	switch i % 10 {
	case 3:
		return r.l.Append(0, slices.Concat(resp.AppendRequest(nil, []byte("MULTI")), effect(i), resp.AppendRequest(nil, []byte("EXEC"))))
	case 5:
		return r.l.Append(1, resp.AppendRequest(effect(i), []byte("SET"), []byte("big"), bytes.Repeat([]byte("x"), 1600*(i%50))))
	case 6:
		return r.l.Append(1, effect(i))
	}
	return r.l.Append(0, effect(i))
}

// commit waits for what Commit promises.
func (r *rig) commit(pos int64) error {
	n := r.n
	done, err := r.l.Commit(pos)
	for !done && err == nil {
		select {
		case c := <-r.told:
			err = c.err
			done = c.pos >= pos
		case <-time.After(10 * time.Second):
			r.t.Fatalf("nobody tells that %d is committed", pos)
		}
	}
	if err == nil {
		r.acked = n
		r.safe.Store(int64(n))
	}
	return err
}

func (r *rig) mustCommit(pos int64) {
	r.t.Helper()
	if err := r.commit(pos); err != nil {
		r.t.Fatal(err)
	}
}

// rewrite is a whole rewrite, with numbers appended meanwhile.
func (r *rig) rewrite(more int) error {
	w, err := r.l.Prepare()
	if err != nil {
		return err
	}
	for range more {
		r.append()
	}
	n := r.n
	w.Switch()
	for range more {
		r.commit(r.append())
	}
	if err := fsys.WriteTemp(r.disk, w.TempName(), r.base(n)); err != nil {
		w.Abort()
		return err
	}
	return w.Finish()
}

// loaded is the list that an append only file holds.
func loaded(mem *fsystest.Mem) (list []int, outcome Outcome, lines []string, err error) {
	log := func(_ redislog.Level, m string) { lines = append(lines, m) }
	l, err := Open(Options{FS: mem, Dir: ".", Log: log})
	if err != nil {
		return nil, NotExist, lines, err
	}
	outcome, err = l.Load(Loading{AllowTruncated: true, RDB: noRDB, Command: func(args [][]byte) error {
		if string(args[0]) != "RPUSH" {
			return nil
		}
		for _, a := range args[2:] {
			i, err := strconv.Atoi(string(a))
			if err != nil {
				return err
			}
			list = append(list, i)
		}
		return nil
	}})
	return list, outcome, lines, err
}

func noRDB(r io.Reader, size int64) (int64, error) { return 0, fmt.Errorf("no RDB here") }

// check wants mem to hold the numbers from 0 on, at least the first so many.
func check(t *testing.T, mem *fsystest.Mem, least int) {
	t.Helper()
	if err := verify(mem, least); err != nil {
		t.Fatal(err)
	}
}

// verify is check on any goroutine.
func verify(mem *fsystest.Mem, least int) error {
	list, _, lines, err := loaded(mem)
	if err != nil {
		return fmt.Errorf("does not load: %v\n%s\n%s", err, strings.Join(lines, "\n"), describe(mem))
	}
	for i, v := range list {
		if i != v {
			return fmt.Errorf("number %d is %d\n%s", i, v, describe(mem))
		}
	}
	if len(list) < least {
		return fmt.Errorf("%d numbers, %d were acknowledged\n%s", len(list), least, describe(mem))
	}
	return nil
}

func describe(mem *fsystest.Mem) string {
	var b strings.Builder
	for _, name := range mem.Names() {
		text := mem.ReadFile(name)
		fmt.Fprintf(&b, "%s: %d bytes %.200q", name, len(text), text)
		if strings.HasSuffix(name, ".manifest") {
			fmt.Fprintf(&b, "\n%s", text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
