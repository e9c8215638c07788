package server

import "radish/command"

const (
	errReloadInExec command.Error = "ERR DEBUG RELOAD cannot run inside EXEC"
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
	s.setGate(gateLoading, true)
	defer s.setGate(gateLoading, false)
	if save {
		s.abortSave()
		if s.save() != nil {
			return errSaveFailed
		}
	}
	if flush {
		s.store.FlushAll(false, false)
	}
	if s.loadRDB(s.cfg.Load().DBFilename, merge) != nil {
		return errReload
	}
	s.log.Warningf("DB reloaded by DEBUG RELOAD")
	c.Reply.OK()
	return nil
}
