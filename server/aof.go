package server

import (
	"errors"
	"time"

	"radish/command"
	"radish/config"
	"radish/internal/redislog"
	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
)

// The append only file's life: opened with the server, loaded and turned on at the start if appendonly says so, turned on and off by CONFIG SET.
// What goes into it is in effects.go, who waits for it in commit.go, how it is rewritten in rewrite.go, how it is loaded in replay.go.

// policyOf is what appendfsync means to the log.
func policyOf(p config.FsyncPolicy) aof.Policy {
	switch p {
	case config.FsyncAlways:
		return aof.Always
	case config.FsyncNo:
		return aof.Never
	}
	return aof.EverySec
}

// newLog makes the log, which LoadData opens.
func (s *Server) newLog(v *config.Values) *aof.Log {
	return aof.New(aof.Options{FS: s.saving.fs, Dir: v.Dir, DirName: v.AppendDirname, FileName: v.AppendFilename,
		Policy: policyOf(v.AppendFsync), RDBBase: v.AOFUseRDBPreamble, Timestamps: v.AOFTimestampEnabled,
		NoSyncOnSave: v.NoAppendfsyncOnRewrite, KeepHistory: v.AOFDisableAutoGC,
		Committed: s.logCommitted, Latency: s.logLatency, Log: s.logAt})
}

// logAt writes a message of the log into the log of the server.
func (s *Server) logAt(level redislog.Level, message string) {
	switch level {
	case redislog.Debug:
		s.log.Debugf("%s", message)
	case redislog.Verbose:
		s.log.Verbosef("%s", message)
	case redislog.Notice:
		s.log.Noticef("%s", message)
	default:
		s.log.Warningf("%s", message)
	}
}

// watchLog puts changed settings into the log.
func (s *Server) watchLog() error {
	set := func(fn func(v *config.Values)) config.Hook {
		return func(_, v *config.Values) error { fn(v); return nil }
	}
	return errors.Join(
		s.cfg.OnChangeOf([]string{"appendfsync"}, set(func(v *config.Values) { s.aof.SetPolicy(policyOf(v.AppendFsync)) })),
		s.cfg.OnChangeOf([]string{"aof-use-rdb-preamble"}, set(func(v *config.Values) { s.aof.SetRDBBase(v.AOFUseRDBPreamble) })),
		s.cfg.OnChangeOf([]string{"aof-timestamp-enabled"}, set(func(v *config.Values) { s.aof.SetTimestamps(v.AOFTimestampEnabled) })),
		s.cfg.OnChangeOf([]string{"no-appendfsync-on-rewrite"}, set(func(v *config.Values) { s.aof.SetNoSyncOnSave(v.NoAppendfsyncOnRewrite) })),
		s.cfg.OnChangeOf([]string{"aof-disable-auto-gc"}, set(func(v *config.Values) {
			s.aof.SetKeepHistory(v.AOFDisableAutoGC)
			if !v.AOFDisableAutoGC {
				_ = s.aof.DeleteHistory() // which has logged what it could not
			}
		})),
		s.cfg.OnChangeOf([]string{"appendonly"}, func(_, v *config.Values) error { return s.switchLog(v.AppendOnly) }))
}

// errAppendOnly is what CONFIG SET appendonly yes answers when that cannot be.
var errAppendOnly = errors.New("Unable to turn on AOF. Check server logs.")

// switchLog turns the log on or off while the server runs. On means: with the base that a rewrite writes, which begins now.
func (s *Server) switchLog(on bool) error {
	if !on {
		if s.aof.State() == aof.Off {
			return nil
		}
		s.beginAbortRewrite()
		s.saving.rewriteScheduled.Store(false)
		_ = s.aof.Disable() // what it could not write or sync is logged, and the files are to be left anyway
		s.env.Logging.Store(false)
		s.setLogGate()
		return nil
	}
	if s.aof.State() != aof.Off {
		return nil
	}
	if err := s.aof.Enable(); err != nil {
		return errAppendOnly
	}
	s.env.Logging.Store(true) // before the rewrite stops all commands for its moment
	v := &s.saving
	v.mu.Lock()
	running, rewriting := v.running, v.rewriting
	v.mu.Unlock()
	switch {
	case v.inExec.Load():
		v.rewriteScheduled.Store(true)
		s.log.Noticef("AOF was enabled during a transaction. An AOF background was scheduled to start when possible.")
		return nil
	case running && !rewriting:
		v.rewriteScheduled.Store(true)
		s.log.Noticef("AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.")
		return nil
	case rewriting: // begun while the log was off, it gathers nothing
		s.log.Noticef("AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a rewrite now.")
		v.rewriteScheduled.Store(true) // before its end, so that INFO never says that none is to come
		s.beginAbortRewrite()
		return nil
	}
	err := s.rewriteInBackground()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errSaveRuns) || errors.Is(err, errRewriteRuns): // just begun
		v.rewriteScheduled.Store(true)
		return nil
	}
	_ = s.aof.Disable()
	s.env.Logging.Store(false)
	s.log.Warningf("Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs for more info about the error.")
	return errAppendOnly
}

// setLogGate keeps the gate that refuses writes in step with whether the log can be written.
func (s *Server) setLogGate() { s.setGate(gateLogFails, s.aof.Err() != nil) }

// misconfOf is what a client is told whose effects could not be written.
func misconfOf(err error) error {
	return command.Error("MISCONF Errors writing to the AOF file: " + err.Error())
}

// logLatency gives a latency event of the log to the latency monitor.
func (s *Server) logLatency(event string, took time.Duration) {
	s.spike(event, int64(took))
}

// startLog turns the log on when its files, if there are some, have been loaded.
func (s *Server) startLog() error {
	err := s.aof.Start(func(f fsys.File) error {
		return s.writeFirstBase(f)
	})
	if err != nil {
		return err
	}
	s.env.Logging.Store(true)
	return s.aof.DeleteHistory()
}

// writeFirstBase writes the base of a log that has no files: of what was loaded from elsewhere, mostly nothing.
func (s *Server) writeFirstBase(f fsys.File) error {
	sn, err := s.store.BeginSnapshot(false, nil)
	if err != nil {
		return err
	}
	o := s.baseOptions(s.aof.RDBBase())
	if o.Preamble {
		return persist.WriteRDB(f, sn, o.RDB, nil)
	}
	return persist.WriteRESP(f, sn, o.RESP, nil)
}

// closeLog ends the log with the server: everything is written and synced.
func (s *Server) closeLog() {
	if s.aof.State() != aof.Off {
		s.log.Noticef("Calling fsync() on the AOF file.")
	}
	if err := s.aof.Close(); err != nil && !errors.Is(err, aof.ErrClosed) {
		s.log.Warningf("Fail to fsync the AOF file: %s.", fsys.ErrorText(err))
	}
}
