package server

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"radish/command"
	"radish/persist/aof"
	"radish/resp"
)

// loadLog loads the log at the start, or again: DEBUG LOADAOF. The gate for loading is set, and the store is replaying until what lapses from then on is logged.
func (s *Server) loadLog() (aof.Outcome, error) {
	p := &s.saving.loading
	r := s.newReplay()
	var read atomic.Int64
	c := s.cfg.Load()
	progress := func(n int64) error {
		p.bytes.Store(read.Add(n))
		if s.ending.Load() {
			return errEnding
		}
		return nil
	}
	return s.aof.Load(aof.Loading{AllowTruncated: c.AOFLoadTruncated, Command: r.run, Progress: progress,
		Begin: func(total int64) { p.begin(total) },
		File:  func(string) { r.db = 0 },
		RDB: func(f io.Reader, _ int64) (int64, error) {
			before := read.Load()
			o := s.loadOptions()
			o.KeepLapsed = true
			o.Progress = func(n int64) error { return progress(before + n - read.Load()) }
			res, err := s.loadFrom(f, "the AOF base", o)
			return res.Size, err
		}})
}

var errEnding = errors.New("the server ends")

// replay runs the commands of a log, without clients, gates and statistics, but with the locks that they need: others look at the store. Nothing lapses
// meanwhile, as the log says itself what has gone.
type replay struct {
	s     *Server
	env   command.Env
	c     command.Ctx
	reply resp.Writer
	db    int
	refs  []command.KeyRef
}

// newReplay has an Env without anybody to tell: nobody logs, watches or saves what is loaded.
func (s *Server) newReplay() *replay {
	r := &replay{s: s}
	r.env.Table = s.table
	setEnv(&r.env, s.cfg.Load())
	r.env.MaxBulkLen.Store(math.MaxInt64) // it was allowed when it was logged
	r.c.Env, r.c.Reply = &r.env, &r.reply
	return r
}

// lookup is the row of a request. What clients have sent is logged as they call it, what the server did by itself is logged under its own name, which
// rename-command may have taken away.
func (r *replay) lookup(args [][]byte) (*command.Spec, error) {
	spec := r.s.table.Lookup(args[0])
	if spec == nil {
		spec = r.s.table.Original(args[0])
	}
	if spec != nil && len(spec.Sub) > 0 && len(args) > 1 {
		spec = r.s.table.Sub(spec, args[1])
	}
	switch {
	case spec == nil || spec.Handler == nil:
		return nil, aof.ErrUnknownCommand
	case isSelect(spec):
	case spec.Flags&(command.Write|command.ReadOnly) == 0 || spec.Flags&command.LocksItself != 0:
		return nil, fmt.Errorf("the command '%s' has no place in an append only file", spec.FullName()) // no server logs it, and it may want a client
	}
	return spec, nil
}

func isSelect(spec *command.Spec) bool { return spec.Name == "select" && spec.Parent() == nil }

// run runs one command. What it replies does not matter, but that it is known.
func (r *replay) run(args [][]byte) error {
	s, c := r.s, &r.c
	s.slowLoading(1)
	spec, err := r.lookup(args)
	if err != nil {
		return err
	}
	if spec.Arity > 0 && len(args) != spec.Arity || len(args) < -spec.Arity {
		return wrongArity(spec)
	}
	if isSelect(spec) {
		n, err := strconv.Atoi(string(args[1]))
		if err != nil || n < 0 || n >= s.store.Databases() {
			return command.ErrDBIndex
		}
		r.db = n
		return nil
	}
	r.reply.Buf, r.reply.Broken = r.reply.Buf[:0], false
	r.reply.Proto = 2
	c.Args, c.Spec, c.Dirty = args, spec, 0
	c.DB = s.store.DB(r.db, time.Now().UnixMilli())
	c.DB.Now = minNow
	c.Deny = true
	held := s.collectKeys(c, &r.refs)
	if spec.Locks != nil {
		if all, _ := s.locksOf(c, r.refs); all.taken {
			all.lockLong(s.store)
			defer all.unlockLong(s.store)
			return r.result(spec.Handler(c))
		}
	}
	held.lockLong(s.store, true)
	defer held.unlockLong(s.store, true)
	return r.result(spec.Handler(c))
}

// minNow is before every deadline.
const minNow = -1 << 63

// result is what becomes of a command's error: one that it may have had when it was logged, too, is none.
func (r *replay) result(err error) error {
	if len(r.reply.Buf) > 1<<20 {
		r.reply.Buf = nil
	}
	if err == command.ErrOffload || err == command.ErrBlocked {
		return errors.New("a command that cannot be replayed")
	}
	return nil
}
