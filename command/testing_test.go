package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

// harness runs commands in this process as dispatch does: table, arity, keys, locks, handler.
type harness struct {
	t     testing.TB
	table *Table
	store *store.Store
	env   *Env
	proto int
	db    int
	now   int64    // unix ms of the next command
	locks bool     // run as inside EXEC, with all shards locked
	deny  bool     // run as inside EXEC, where nothing may wait
	ev    []string // "class event key" of all changes since takeEvents, ":db" after the key if it is not db 0
	dirty int64    // of the last command

	told []string       // by Event in the last command, in the form of ev: the first of a key belongs to its Changed of class 0
	owed map[string]int // by key: how many of the next of Event belong to a Changed of class 0
	// prepared runs Spec.Prepare before the handler, as a worker does.
	prepared bool
	// offloaded: the last command was one for a worker.
	offloaded bool
	noTouch   bool // CLIENT NO-TOUCH
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	table, err := NewTable(DataSpecs()...)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.New(store.Options{Databases: 16, Shards: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		st.WaitLazyFree()
		if err := st.Check(); err != nil {
			t.Error(err)
		}
		st.Close()
	})
	h := &harness{t: t, table: table, store: st, proto: 2, now: 1_700_000_000_000}
	h.env = &Env{Table: table}
	h.env.MaxBulkLen.Store(512 << 20)
	h.env.HLLSparseMax.Store(3000)
	h.env.Observed.Store(true)
	h.env.KeyEvent = func(c *Ctx, db int, k store.Key, class EventClass, event string, changed bool) {
		s := string(k.B)
		if db != 0 {
			s += fmt.Sprintf(":%d", db)
		}
		switch {
		case event == "":
			if i := slices.IndexFunc(h.told, func(e string) bool { return strings.HasSuffix(e, " "+s) }); i >= 0 {
				h.ev = append(h.ev, h.told[i])
			} else {
				h.owed[s]++
			}
		case changed:
			h.ev = append(h.ev, event+" "+s)
		case h.owed[s] > 0:
			h.owed[s]--
			h.ev = append(h.ev, event+" "+s)
		case class&(EventNew|EventKeyMiss) == 0:
			h.told = append(h.told, event+" "+s)
		}
	}
	return h
}

// run runs one command and gives its reply as it would be sent.
func (h *harness) run(args ...string) string {
	b := make([][]byte, len(args))
	for i, a := range args {
		b[i] = []byte(a)
	}
	return string(h.call(b))
}

func (h *harness) call(args [][]byte) []byte {
	w := &resp.Writer{Proto: h.proto}
	h.told, h.owed = nil, map[string]int{}
	if err := h.exec(w, args); err != nil {
		w.Buf = w.Buf[:0]
		w.Error(err.Error())
	}
	for key, n := range h.owed {
		if n > 0 {
			h.ev = append(h.ev, " "+key)
		}
	}
	return w.Buf
}

func (h *harness) exec(w *resp.Writer, args [][]byte) error {
	s := h.table.Resolve(args)
	if s == nil {
		return fmt.Errorf("ERR unknown command '%s'", args[0])
	}
	if s.Arity > 0 && len(args) != s.Arity || len(args) < -s.Arity {
		return fmt.Errorf("ERR wrong number of arguments for '%s' command", s.FullName())
	}
	c := &Ctx{Args: args, Spec: s, Reply: w, Env: h.env, OnLoop: true, DB: h.store.DB(h.db, h.now)}
	c.DB.Locked, c.DB.NoTouch, c.Deny = h.locks, h.noTouch, h.deny
	c.Keys = h.keys(s, args)
	unlock := h.lock(s, args, c.Keys)
	defer unlock()
	if h.prepared && s.Prepare != nil {
		defer c.Prepared.Drop()
		if err := c.Prepare(); err != nil {
			return err
		}
	}
	err := s.Handler(c)
	if err == ErrBlocked && (len(w.Buf) > 0 || c.Dirty != 0) {
		h.t.Errorf("%q did something before it waited", args)
	}
	if h.offloaded = err == ErrOffload; h.offloaded {
		if len(w.Buf) > 0 || c.Dirty != 0 {
			h.t.Errorf("%q did something before it was offloaded", args)
		}
		c.OnLoop, c.Again = false, Lookups{c.Hits, c.Misses}
		c.Hits, c.Misses = 0, 0
		err = s.Handler(c)
	}
	if err != nil && c.Dirty > 0 {
		h.t.Errorf("%q failed with %v after it changed something", args, err)
	}
	h.dirty = c.Dirty
	return err
}

func (h *harness) keys(s *Spec, args [][]byte) []store.Key {
	var keys []store.Key
	if first, last, step, ok := s.SimpleKeys(); ok {
		if last < 0 {
			last += len(args)
		}
		for i := first; i != 0 && i <= last && i < len(args); i += step {
			keys = append(keys, h.store.Key(args[i]))
		}
		return keys
	}
	refs, err := s.AppendLockedKeys(nil, args)
	if err != nil {
		return nil
	}
	for _, r := range refs {
		keys = append(keys, h.store.Key(args[r.Index]))
	}
	return keys
}

func (h *harness) lock(s *Spec, args [][]byte, keys []store.Key) (unlock func()) {
	var shards []int
	for _, k := range keys {
		shards = append(shards, h.store.ShardOf(k.H))
	}
	if h.locks || s.Locks != nil && s.Locks(args)&LockAll != 0 {
		shards = nil
		for i := range h.store.Shards() {
			shards = append(shards, i)
		}
	}
	slices.Sort(shards)
	shards = slices.Compact(shards)
	readOnly := !s.LocksToWrite() && !h.locks
	for _, i := range shards {
		if readOnly {
			h.store.RLock(i)
		} else {
			h.store.Lock(i)
		}
	}
	return func() {
		for _, i := range shards {
			if readOnly {
				h.store.RUnlock(i)
			} else {
				h.store.Unlock(i)
			}
		}
	}
}

// want runs a command line (blanks separate arguments) and compares the reply, which is written in short:
// see short.
func (h *harness) want(line, reply string) {
	h.t.Helper()
	if got := short(h.run(strings.Fields(line)...)); got != reply {
		h.t.Errorf("%s\n got %s\nwant %s", line, got, reply)
	}
}

// wantEvents compares the events since the last call of it, joined by ", ".
func (h *harness) wantEvents(want string) {
	h.t.Helper()
	got := strings.Join(h.ev, ", ")
	h.ev = nil
	if got != want {
		h.t.Errorf("events %q, want %q", got, want)
	}
}

// short writes a reply with blanks instead of line breaks: "+OK", ":1", "$3 abc", "*2 $1 a $-1".
func short(reply string) string {
	return strings.TrimSuffix(strings.ReplaceAll(reply, "\r\n", " "), " ")
}
