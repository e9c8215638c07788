package server

import (
	"errors"
	"time"

	"radish/command"
	"radish/config"
	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
	"radish/store"
)

// Rewriting the log: a snapshot is written as its new base, while what happens from the moment of the snapshot on goes into a new file beside it. It is
// a save like those of saving.go, with which it takes turns.

const (
	errRewriteRuns   command.Error = "ERR Background append only file rewriting already in progress"
	errRewriteFailed command.Error = "ERR Can't execute an AOF background rewriting. Please check the server logs for more information."
)

// prepareRewrite makes the files of a rewrite, and sees to it that nothing else is saved until rewrite has ended, which must follow.
func (s *Server) prepareRewrite() (*aof.Rewrite, error) {
	v := &s.saving
	v.mu.Lock()
	if v.running {
		err := errSaveRuns
		if v.rewriting {
			err = errRewriteRuns
		}
		v.mu.Unlock()
		return nil, err
	}
	v.running, v.rewriting, v.abortedRewrite = true, true, false
	v.mu.Unlock()
	r, err := s.aof.Prepare()
	if err != nil {
		v.mu.Lock()
		v.running, v.rewriting = false, false
		v.rewriteFailed = true
		v.mu.Unlock()
		return nil, err
	}
	v.mu.Lock()
	v.rewrites++
	v.rewriteBegan = time.Now()
	v.mu.Unlock()
	v.rewriteScheduled.Store(false)
	return r, nil
}

// rewrite writes the base and has it count. It waits for long commands, so only workers and background goroutines may call it.
func (s *Server) rewrite(r *aof.Rewrite) {
	err := s.writeRewrite(r)
	v := &s.saving
	v.mu.Lock()
	v.running, v.rewriting = false, false
	v.rewriteS = int64(time.Since(v.rewriteBegan).Seconds())
	aborted := v.abortedRewrite || errors.Is(err, store.ErrSnapshotAborted) || errors.Is(err, aof.ErrRewriteEnded)
	switch {
	case err == nil:
		v.rewriteFailed, v.rewriteFailures = false, 0
	case !aborted:
		v.rewriteFailed = true
		v.rewriteFailures++
	}
	v.mu.Unlock()
	switch {
	case err == nil:
		s.log.Noticef("Background AOF rewrite finished successfully")
	case aborted:
		s.log.Warningf("Background AOF rewrite was ended before it was done")
	default:
		s.log.Warningf("Background AOF rewrite terminated with error: %s", fsys.ErrorText(err))
	}
	s.setLogGate()
}

// writeRewrite does the work of rewrite, or takes everything back.
func (s *Server) writeRewrite(r *aof.Rewrite) error {
	s.log.Noticef("Background append only file rewriting started")
	sn, err := s.store.BeginSnapshot(false, func() { r.Switch() })
	if err != nil {
		r.Abort()
		return err
	}
	s.saving.mu.Lock()
	aborted := s.saving.abortedRewrite
	s.saving.mu.Unlock()
	if aborted { // before the saver knew of it
		sn.Discard()
		r.Abort()
		return store.ErrSnapshotAborted
	}
	s.aof.SetSaving(true)
	defer s.aof.SetSaving(false)
	c := s.cfg.Load()
	o := s.baseOptions(r.RDB())
	if c.RDBKeySaveDelay != 0 {
		o.RDB.KeyDelay = keyDelay(sn, c.RDBKeySaveDelay)
		o.RESP.KeyDelay = o.RDB.KeyDelay
	}
	if err := s.saving.saver.WriteBase(sn, r.TempName(), o); err != nil {
		r.Abort()
		return err
	}
	s.log.Noticef("Background AOF rewrite terminated with success")
	return r.Finish()
}

// baseOptions are those of a base.
func (s *Server) baseOptions(asRDB bool) persist.BaseOptions {
	c := s.cfg.Load()
	o := persist.BaseOptions{Preamble: asRDB, RDB: s.rdbOptions(c, true), Incremental: c.AOFRewriteIncrementalFsync, Paced: true}
	if c.AOFTimestampEnabled {
		o.RESP.UnixS = time.Now().Unix()
	}
	return o
}

// rewriteInBackground begins a rewrite.
func (s *Server) rewriteInBackground() error {
	r, err := s.prepareRewrite()
	if err != nil {
		return err
	}
	s.stopped.Add(1)
	go func() {
		defer s.stopped.Done()
		s.rewrite(r)
	}()
	return nil
}

// abortRewrite ends the rewrite that runs, if there is one, and waits for that. Inside EXEC, for whose locks the rewrite may wait, beginAbortRewrite
// is all that can be done.
func (s *Server) abortRewrite() {
	for s.beginAbortRewrite() {
		time.Sleep(time.Millisecond)
	}
}

// beginAbortRewrite has the rewrite that runs, if there is one, end soon.
func (s *Server) beginAbortRewrite() (running bool) {
	v := &s.saving
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.rewriting {
		return false
	}
	if !v.abortedRewrite {
		s.log.Noticef("Killing running AOF rewrite child: the rewrite, which is no process here, ends")
	}
	v.abortedRewrite = true
	v.saver.AbortBase()
	return true
}

// endRewrite ends the rewrite that runs because the server ends. Without the first base of a log there is nothing to load next time: then the server
// goes on, unless force.
func (s *Server) endRewrite(force bool) error {
	v := &s.saving
	v.mu.Lock()
	rewriting := v.rewriting
	v.mu.Unlock()
	if !rewriting {
		return nil
	}
	switch {
	case s.aof.State() != aof.Waiting:
	case force:
		s.log.Warningf("Writing initial AOF. Exit anyway.")
	default:
		s.log.Warningf("Writing initial AOF, can't exit.")
		return errShutdown
	}
	s.log.Warningf("There is a child rewriting the AOF. Killing it!")
	s.abortRewrite()
	return nil
}

// rewriteCron begins a rewrite when one was scheduled, when the log has grown enough, or when the log needs one.
func (s *Server) rewriteCron(limiter *aof.Limiter) {
	s.setLogGate()
	v := &s.saving
	v.mu.Lock()
	running, failures := v.running, v.rewriteFailures
	v.mu.Unlock()
	if running || s.gates.Load()&uint32(gateLoading) != 0 {
		return
	}
	c := s.cfg.Load()
	st := s.aof.State()
	begin := v.rewriteScheduled.Load() || st == aof.Waiting
	growth := int64(0)
	if !begin && st == aof.On {
		stats := s.aof.Stats()
		if begin = stats.NeedRewrite; !begin && c.AutoAOFRewritePercentage > 0 {
			growth, begin = aof.RewriteDue(stats.CurrentSize, stats.BaseSize, c.AutoAOFRewritePercentage, c.AutoAOFRewriteMinSize)
		}
	}
	if !begin {
		return
	}
	limited, note := limiter.Limited(failures, time.Now())
	if note != "" {
		s.log.Warningf("%s", note)
	}
	if limited {
		return
	}
	if growth > 0 {
		s.log.Noticef("Starting automatic rewriting of AOF on %d%% growth", growth)
	}
	if err := s.rewriteInBackground(); err != nil && !errors.Is(err, errSaveRuns) {
		v.mu.Lock()
		v.rewriteFailures++
		v.mu.Unlock()
	}
}

// cmdBgrewriteaof is BGREWRITEAOF. Inside EXEC, which holds locks, it is scheduled, as in Redis.
func (s *Server) cmdBgrewriteaof(c *command.Ctx) error {
	v := &s.saving
	var err error = errSaveRuns
	if !c.Deny {
		err = s.rewriteInBackground()
	}
	switch {
	case err == nil:
		c.Reply.SimpleString("Background append only file rewriting started")
	case err == errRewriteRuns:
		return err
	case err == errSaveRuns:
		v.rewriteScheduled.Store(true)
		v.mu.Lock()
		v.rewriteFailures = 0 // somebody wants it now
		v.mu.Unlock()
		c.Reply.SimpleString("Background append only file rewriting scheduled")
	default:
		return errRewriteFailed
	}
	return nil
}

func (w *infoWriter) appendOnly(c *config.Values) {
	s := w.s
	v := &s.saving
	st := s.aof.Stats()
	scheduled := v.rewriteScheduled.Load() // before rewriting, as prepareRewrite clears it after: else the answer could be that nothing is to come
	v.mu.Lock()
	rewriting, failed, failures, rewrites, took := v.rewriting, v.rewriteFailed, v.rewriteFailures, v.rewrites, int64(-1)
	if rewriting {
		took = int64(time.Since(v.rewriteBegan).Seconds())
	}
	last := v.rewriteS
	v.mu.Unlock()
	w.field("aof_enabled", flag(st.State != aof.Off))
	w.field("aof_rewrite_in_progress", flag(rewriting))
	w.field("aof_rewrite_scheduled", flag(scheduled))
	w.field("aof_last_rewrite_time_sec", last)
	w.field("aof_current_rewrite_time_sec", took)
	w.field("aof_last_bgrewrite_status", status(!failed))
	w.field("aof_rewrites", rewrites)
	w.field("aof_rewrites_consecutive_failures", failures)
	w.field("aof_last_write_status", status(st.Err == nil))
	w.field("aof_last_cow_size", v.saver.Info().Base.LastPeak)
	w.field("module_fork_in_progress", 0)
	w.field("module_fork_last_cow_size", 0)
	if c.AppendOnly {
		w.field("aof_current_size", st.CurrentSize)
		w.field("aof_base_size", st.BaseSize)
		w.field("aof_pending_rewrite", flag(scheduled))
		w.field("aof_buffer_length", st.BufferLength)
		w.field("aof_pending_bio_fsync", flag(st.PendingSync))
		w.field("aof_delayed_fsync", st.Delayed-v.delayedBefore.Load())
	}
}
