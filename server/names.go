package server

import "radish/command"

// CommandNames returns a function that says whether there is a command of a name, for the check of
// rename-command.
func CommandNames() (func(name string) bool, error) {
	t, err := command.NewTable(append(command.DataSpecs(), (&Server{}).specs()...)...)
	if err != nil {
		return nil, err
	}
	return func(name string) bool { return t.Lookup([]byte(name)) != nil }, nil
}

// LogReady says on what the server listens.
func (s *Server) LogReady() {
	v := s.cfg.Load()
	if v.Port != 0 {
		s.log.Noticef("Ready to accept connections tcp")
	}
	if v.UnixSocket != "" {
		s.log.Noticef("Ready to accept connections unix")
	}
}
