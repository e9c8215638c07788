package server

import (
	"time"

	"radish/command"
	"radish/persist/aof"
)

const (
	errLoadInExec   command.Error = "ERR DEBUG LOADAOF cannot run inside EXEC"
	errLoadAOF      command.Error = "ERR Error trying to load the AOF files, check server logs."
	errReloadInExec command.Error = "ERR DEBUG RELOAD cannot run inside EXEC"
	errReloadEnding command.Error = "ERR The data cannot be loaded while the server ends"
	errReload       command.Error = "ERR Error trying to load the RDB dump, check server logs."
)

// debugReload is DEBUG RELOAD. Others are told meanwhile that the data are being loaded.
func (s *Server) debugReload(c *command.Ctx) error {
	save, flush, merge := true, true, false
	for i := 2; i < len(c.Args); i++ {
		switch {
		case c.Is(i, "merge"):
			merge = true
		case c.Is(i, "noflush"):
			flush = false
		case c.Is(i, "nosave"):
			save = false
		default:
			return command.Error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
		}
	}
	if c.DB.Locked {
		return errReloadInExec
	}
	if err := s.beginReload(); err != nil {
		return err
	}
	defer s.setGate(gateLoading, false)
	if save {
		s.abortSave()
		if s.save() != nil {
			return errSaveFailed
		}
	}
	s.claimReload()
	defer s.endReload()
	if flush {
		s.flushToReload(c)
	}
	if s.loadRDB(s.cfg.Load().DBFilename, merge) != nil {
		return errReload
	}
	s.log.Warningf("DB reloaded by DEBUG RELOAD")
	c.Reply.OK()
	return nil
}

// debugLoadAOF is DEBUG LOADAOF: the data are loaded from the log, instead of those that there are.
func (s *Server) debugLoadAOF(c *command.Ctx) error {
	if c.DB.Locked {
		return errLoadInExec
	}
	if s.aof.Manifest().Empty() {
		return errLoadAOF // the data stay
	}
	if err := s.beginReload(); err != nil {
		return err
	}
	defer s.setGate(gateLoading, false)
	if s.aof.State() != aof.Off && s.aof.Sync() != nil {
		return errLoadAOF // the data stay
	}
	s.claimReload()
	defer s.endReload()
	s.store.SetReplaying(true)
	defer s.store.SetReplaying(false) // behind the next: what lapses then is logged
	logging := s.env.Logging.Swap(false)
	defer s.env.Logging.Store(logging)
	s.flushToReload(c)
	if _, err := s.loadLog(); err != nil {
		return errLoadAOF
	}
	s.log.Warningf("Append Only File loaded by DEBUG LOADAOF")
	c.Reply.OK()
	return nil
}

// flushToReload empties the store, and tells those who watch keys, or keep copies.
func (s *Server) flushToReload(c *command.Ctx) {
	s.store.FlushAll(false, false, nil)
	if s.env.Observed.Load() {
		s.onFlushed(c, -1)
	}
}

// beginReload sets the gate for loading, and waits until no command runs any more that has passed it before. It refuses if data are being loaded already, or
// the server ends.
func (s *Server) beginReload() error {
	if s.gates.Or(uint32(gateLoading))&uint32(gateLoading) != 0 {
		return errLoading
	}
	s.eachLoop(func(l *eventLoop) { l.release() })
	if !s.holdWorkers(cap(s.workers) - 1) {
		s.setGate(gateLoading, false)
		return errReloadEnding
	}
	s.releaseWorkers(cap(s.workers) - 1)
	all := allShards(s.store.Shards()) // others, who look at the gate when they have locked
	all.lockLong(s.store, true)
	all.unlockLong(s.store, true)
	return nil
}

// claimReload is claimSaving for somebody who puts other data in the place of those that there are: what is being written ends.
func (s *Server) claimReload() {
	for s.claimSaving() != nil {
		s.beginAbort()
		if s.beginAbortRewrite() {
			s.saving.rewriteScheduled.Store(true) // somebody was told that it has begun
		}
		time.Sleep(time.Millisecond)
	}
	s.saving.mu.Lock()
	s.saving.reloading = true
	s.saving.mu.Unlock()
	s.partial.Store(true)
}

// endReload ends claimReload.
func (s *Server) endReload() {
	s.partial.Store(false)
	s.releaseSaving()
}

// debugFlushSleep is DEBUG AOF-FLUSH-SLEEP.
func (s *Server) debugFlushSleep(c *command.Ctx) error {
	us, err := c.Int(2)
	if err != nil {
		return err
	}
	s.aof.SetFlushSleep(time.Duration(us) * time.Microsecond)
	c.Reply.OK()
	return nil
}
