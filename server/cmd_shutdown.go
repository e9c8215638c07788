package server

import (
	"errors"
	"io/fs"
	"time"

	"radish/command"
	"radish/config"
	"radish/persist/fsys"
)

const (
	errShutdown   command.Error = "ERR Errors trying to SHUTDOWN. Check logs."
	errNoShutdown command.Error = "ERR No shutdown in progress."
)

func (s *Server) shutdownSpecs() []command.Spec {
	return []command.Spec{{Name: "shutdown", Arity: -1, Flags: command.Admin | command.NoScript | command.Loading | command.Stale | command.NoMulti | command.Sentinel | command.AllowBusy | command.Worker,
		Group: command.GroupServer, Since: "1.0.0", Handler: s.cmdShutdown,
		Summary: "Ends the server, and saves the data set first if save points are set.", Complexity: "O(N) in the number of keys when it saves, else O(1)",
		Syntax:  "save-selector:[NOSAVE|SAVE] [NOW]@7.0.0 [FORCE]@7.0.0 [ABORT]@7.0.0",
		History: []string{"7.0.0 Added the NOW, FORCE and ABORT modifiers."}}}
}

// cmdShutdown is SHUTDOWN. On success the client gets no reply and nothing else of it runs: job.finish leaves its connection paused, which ends with
// the server.
func (s *Server) cmdShutdown(c *command.Ctx) error {
	var flags config.ShutdownFlags
	abort := false
	for i := 1; i < len(c.Args); i++ {
		switch {
		case c.Is(i, "nosave"):
			flags |= config.ShutdownNoSave
		case c.Is(i, "save"):
			flags |= config.ShutdownSave
		case c.Is(i, "now"):
			flags |= config.ShutdownNow
		case c.Is(i, "force"):
			flags |= config.ShutdownForce
		case c.Is(i, "abort"):
			abort = true
		default:
			return command.ErrSyntax
		}
	}
	both := config.ShutdownNoSave | config.ShutdownSave
	if abort && flags != 0 || flags&both == both {
		return command.ErrSyntax
	}
	if abort {
		// Once it has begun a shutdown would wait only for replicas that lag behind, and there are none.
		if !s.endAsked.Swap(false) {
			return errNoShutdown
		}
		s.log.Noticef("Shutdown manually aborted.")
		c.Reply.OK()
		return nil
	}
	s.log.Noticef("User requested shutdown...")
	<-s.workers // endWith waits for all of them
	defer func() { s.workers <- struct{}{} }()
	return s.endWith(flags)
}

// SignalShutdown ends the server as a signal asks, with the options of shutdown-on-sigint or -sigterm, and returns whether it ends. While cron pauses it
// waits: until SHUTDOWN ABORT then.
func (s *Server) SignalShutdown(interrupt bool) bool {
	s.endAsked.Store(true)
	for s.cronPaused.Load() && s.endAsked.Load() {
		time.Sleep(time.Millisecond)
	}
	if !s.endAsked.Swap(false) {
		return false
	}
	v := s.cfg.Load()
	flags := v.ShutdownOnSigterm
	if interrupt {
		flags = v.ShutdownOnSigint
	}
	err := s.endWith(flags)
	if err != nil {
		s.log.Warningf("%v", err)
	}
	return err == nil
}

// RemoveTemp removes the file that is being saved, for those who end the process without waiting for it.
func (s *Server) RemoveTemp() {
	if err := s.saving.fs.Remove(s.tempName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warningf("Can't remove the temporary file: %s", fsys.ErrorText(err))
	}
}

// endWith ends the server. It saves the data first when that is asked for, or there are save points; if they cannot be saved the server goes on,
// unless that was forced. From the moment of the snapshot on no writes run. While a file is loaded nothing is saved: the half of it would take its
// place.
func (s *Server) endWith(flags config.ShutdownFlags) error {
	s.endMu.Lock() // who comes second has the first one's save to wait for, not to abort
	defer s.endMu.Unlock()
	if s.ending.Load() {
		return nil
	}
	if s.partial.Load() {
		flags = flags&^config.ShutdownSave | config.ShutdownNoSave
	}
	s.abortSave()
	if err := s.endRewrite(flags&config.ShutdownForce != 0); err != nil {
		return err
	}
	if flags&config.ShutdownSave != 0 || flags&config.ShutdownNoSave == 0 && len(s.cfg.Load().Save) > 0 {
		s.log.Noticef("Saving the final RDB snapshot before exiting.")
		s.pauseToEnd()
		// What has passed the gate before runs to its end, and what waits for a worker waits on: its reply could promise what is not saved.
		s.eachLoop(func(l *eventLoop) { l.release() })
		for !s.holdWorkers(cap(s.workers)) {
			time.Sleep(time.Millisecond) // DEBUG RELOAD does
		}
		err := s.save()
		s.releaseWorkers(cap(s.workers))
		if err != nil {
			s.goOn()
			s.log.Warningf("Error trying to save the DB, can't exit.")
			if flags&config.ShutdownForce == 0 {
				return errShutdown
			}
		}
	}
	s.Shutdown(0)
	return nil
}
