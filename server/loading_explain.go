package server

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"radish/persist"
	"radish/persist/rdb"
)

// explainRDB says in the log what is wrong with an RDB file that could not be loaded, as redis-check-rdb finds it: of which key and type it is. err is that of
// loading; only if the file is damaged there is something to look for.
func (s *Server) explainRDB(name string, err error) {
	var damage *rdb.Error
	if !errors.As(err, &damage) {
		return
	}
	path := filepath.Join(s.cfg.Load().Dir, name)
	if f, err := s.saving.fs.OpenFile(path, os.O_RDONLY, 0); err == nil {
		defer f.Close()
		var out bytes.Buffer
		persist.CheckRDB(&out, f, path)
		for lines := bufio.NewScanner(&out); lines.Scan(); {
			s.log.Warningf("%s", lines.Text())
		}
	}
	s.log.Warningf("Terminating server after rdb file reading failure.")
}
