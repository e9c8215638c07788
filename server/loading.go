package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"radish/config"
	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
)

// loadProgress is how far the loading of a file is.
type loadProgress struct {
	started      atomic.Int64 // unix s
	bytes, total atomic.Int64
	usedMem      atomic.Int64 // when the file was written, as it says
}

// ErrLogged is an error of which the log has all there is to be told.
var ErrLogged = errors.New("see the log")

// unansweredLoading is how long who connects at the start waits in the listener's backlog for the data, before the answer is that they are being loaded.
// Redis too answers nothing until it has read the first 2 MB of a file: whoever connects to a server with few data never meets LOADING there, and
// programs that start a server and go on once they are connected rely on that.
const unansweredLoading = 100 * time.Millisecond

// AwaitData has clients answered that the data are being loaded, and nothing saved, until LoadData has succeeded. It is to be called before Start.
func (s *Server) AwaitData() {
	s.partial.Store(true)
	s.setGate(gateLoading, true)
}

// LoadData loads the data folder, while clients are answered that this is so. After an error the server must not serve, and does not.
func (s *Server) LoadData() error {
	s.AwaitData()
	if err := s.loadData(); err != nil {
		return err
	}
	if !s.ending.Load() {
		s.partial.Store(false)
		s.setGate(gateLoading, false)
		s.serve()
	}
	return nil
}

func (s *Server) loadData() error {
	start := time.Now()
	c := s.cfg.Load()
	if err := s.aof.Open(); err != nil { // also with appendonly no, as in Redis: it may be turned on
		return ErrLogged
	}
	if c.AppendOnly {
		return s.loadAppendOnly(start)
	}
	switch err := s.loadRDB(c.DBFilename, false); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case s.ending.Load():
		return nil
	case err != nil:
		s.explainRDB(c.DBFilename, err)
		return errors.New("Fatal error loading the DB, check server logs. Exiting.")
	}
	s.log.Noticef("DB loaded from disk: %.3f seconds", time.Since(start).Seconds())
	return nil
}

// loadAppendOnly is LoadData with appendonly yes: as in Redis the log's files are all that counts, and if there are none the server begins empty.
func (s *Server) loadAppendOnly(start time.Time) error {
	s.store.SetReplaying(true)
	defer s.store.SetReplaying(false)
	out, err := s.loadLog()
	switch {
	case s.ending.Load():
		return nil
	case err != nil:
		return ErrLogged
	case out != aof.NotExist:
		s.log.Noticef("DB loaded from append only file: %.3f seconds", time.Since(start).Seconds())
	}
	if err := s.startLog(); err != nil {
		return ErrLogged
	}
	return nil
}

// maxSkippedLogged is how many keys without elements the log names.
const maxSkippedLogged = 10

// loadRDB loads an RDB file, and says in the log what is wrong with it. The gate for loading is set. replace lets its keys take the place of those
// that there are.
func (s *Server) loadRDB(name string, replace bool) error {
	f, err := s.saving.fs.OpenFile(filepath.Join(s.cfg.Load().Dir, name), os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return err
	} else if err != nil {
		s.log.Warningf("Fatal error: can't open the RDB file %s for reading: %s", name, fsys.ErrorText(err))
		return err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return err
	}
	p := &s.saving.loading
	p.begin(size)
	o := s.loadOptions()
	o.Replace = replace
	o.KeepLapsed = s.env.Logging.Load() // they are to be logged when they go
	o.Progress = func(n int64) error {
		p.bytes.Store(n)
		if s.ending.Load() {
			return errEnding
		}
		return nil
	}
	_, err = s.loadFrom(f, name, o)
	return err
}

func (s *Server) loadOptions() persist.LoadOptions {
	c := s.cfg.Load()
	return persist.LoadOptions{NowMs: time.Now().UnixMilli(), Checksum: c.RDBChecksum, LFU: c.MaxMemoryPolicy.LFU(), Workers: len(s.loops),
		Deep: c.SanitizeDumpPayload == config.SanitizeYes, Aux: s.logAux, Found: s.slowLoading}
}

// loadFrom loads what stands in RDB form in a file of that name, and says in the log how that went.
func (s *Server) loadFrom(f io.Reader, name string, o persist.LoadOptions) (persist.Loaded, error) {
	var skipped atomic.Int64
	o.Empty = func(key string) {
		if skipped.Add(1) <= maxSkippedLogged {
			s.log.Noticef("rdbLoadObject skipping empty key: %s", cText([]byte(key)))
		}
	}
	res, err := persist.Load(s.store, f, o)
	if err != nil {
		s.log.Warningf("Error loading the RDB file %s: %v", name, err)
		return res, err
	}
	s.saving.loadedKeys.Store(res.Keys)
	s.saving.expiredKeys.Store(res.Expired)
	if res.Empty > 0 {
		s.log.Noticef("Done loading RDB, keys loaded: %d, keys expired: %d, empty keys skipped: %d.", res.Keys, res.Expired, res.Empty)
	} else {
		s.log.Noticef("Done loading RDB, keys loaded: %d, keys expired: %d.", res.Keys, res.Expired)
	}
	return res, nil
}

// logAux writes into the log what a file tells of itself.
func (s *Server) logAux(name, value string) {
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case name == "redis-ver":
		s.log.Noticef("Loading RDB produced by version %s", value)
	case err != nil:
	case name == "ctime":
		s.log.Noticef("RDB age %d seconds", max(time.Now().Unix()-n, 0))
	case name == "used-mem":
		s.log.Noticef("RDB memory usage when created %.2f Mb", float64(n)/(1<<20))
		s.saving.loading.usedMem.Store(n)
	}
}

// begin says that so many bytes are to be loaded.
func (p *loadProgress) begin(total int64) {
	p.started.Store(time.Now().Unix())
	p.bytes.Store(0)
	p.total.Store(total)
	p.usedMem.Store(0)
}

// info writes the fields of INFO that are there while a file is loaded.
func (p *loadProgress) info(w *infoWriter) {
	start, done, total := p.started.Load(), p.bytes.Load(), p.total.Load()
	took, left := time.Now().Unix()-start, int64(1)
	if done > 0 {
		left = took * (total - done) / done
	}
	w.field("loading_start_time", start)
	w.field("loading_total_bytes", total)
	w.field("loading_rdb_used_mem", p.usedMem.Load())
	w.field("loading_loaded_bytes", done)
	w.field("loading_loaded_perc", fmt.Sprintf("%.2f", float64(done)/float64(max(total, 1))*100))
	w.field("loading_eta_seconds", left)
}
