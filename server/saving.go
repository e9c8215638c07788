package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"radish/command"
	"radish/config"
	"radish/internal/version"
	"radish/persist"
	"radish/persist/fsys"
	"radish/persist/rdb"
	"radish/store"
)

// Saving: SAVE, BGSAVE, save points, and the save before the end. Nothing forks: a snapshot is a moment (store.Snapshot), and a goroutine writes
// it while commands go on. SAVE differs from BGSAVE only in that its client waits.

// saving is what the server knows of snapshots.
type saving struct {
	fs    fsys.FS
	saver *persist.Saver

	scheduled atomic.Bool // cron is to save when nothing is being saved any more

	mu      sync.Mutex // nobody who has it waits for a shard: EXEC takes it while it holds some
	running bool
	// reloading: running only keeps others from saving what is not whole.
	reloading bool
	lastTry   int64 // unix s at which the last save in the background began
	failed    bool  // the last save in the background
	saved     int64 // changes that are in the file, see changes

	// Of rewrites of the log. running is true while one runs, too.
	rewriting        bool
	abortedRewrite   bool // on purpose, so that it counts as no failure
	rewriteFailed    bool // the last one
	rewriteFailures  int64
	rewrites         int64
	rewriteBegan     time.Time
	rewriteS         int64       // that the last one took, -1: there was none
	inExec           atomic.Bool // EXEC runs CONFIG SET
	rewriteScheduled atomic.Bool // cron is to begin one when nothing is being saved any more

	saves         atomic.Int64 // that SAVE, BGSAVE and save points have begun since the start or CONFIG RESETSTAT
	delayedBefore atomic.Int64 // CONFIG RESETSTAT: how many there had been

	loadedKeys, expiredKeys atomic.Int64 // of the file that was loaded last
	loading                 loadProgress
}

const (
	errSaveRuns    command.Error = "ERR Background save already in progress"
	errSaveFailed  command.Error = "ERR"
	errCannotWrite command.Error = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."
)

// saveRetry is after how many seconds a save in the background that has failed is tried again.
const saveRetry = 5

// changes is the number of changes since the start, as of the loops' last ticks.
func (s *Server) changes() (n int64) {
	for _, l := range s.loops {
		n += l.totals.dirty.Load()
	}
	return n
}

// beginSave makes now the moment of a snapshot. finish must follow. It waits for long commands, so only workers and background goroutines may call it.
func (s *Server) beginSave(background bool) (*store.Snapshot, int64, error) {
	changes := int64(0) // those that come between this and the moment are saved, and counted as unsaved
	s.eachLoop(func(l *eventLoop) { changes += l.stats.dirty })
	if err := s.claimSaving(); err != nil {
		return nil, 0, err
	}
	sn, err := s.store.BeginSnapshot(false, nil)
	if err != nil {
		s.releaseSaving()
		return nil, 0, err
	}
	if background {
		v := &s.saving
		v.mu.Lock()
		v.lastTry = time.Now().Unix()
		v.mu.Unlock()
	}
	return sn, changes, nil
}

// claimSaving sees to it that nothing else is saved, and no log rewritten, until releaseSaving.
func (s *Server) claimSaving() error {
	v := &s.saving
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.rewriting:
		return errRewriteRuns
	case v.running:
		return errSaveRuns
	}
	v.running = true
	return nil
}

func (s *Server) releaseSaving() {
	v := &s.saving
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running, v.reloading = false, false
}

// writeSave writes the snapshot to the file, and says in the log how that went.
func (s *Server) writeSave(sn *store.Snapshot, changes int64, background bool) error {
	c := s.cfg.Load()
	temp, name := s.tempName(), filepath.Join(c.Dir, c.DBFilename)
	o := s.rdbOptions(c, false)
	if c.RDBKeySaveDelay != 0 {
		o.KeyDelay = keyDelay(sn, c.RDBKeySaveDelay)
	}
	err := s.saving.saver.Save(sn, temp, name, persist.SaveOptions{RDB: o, Incremental: c.RDBSaveIncrementalFsync, Paced: background})
	switch {
	case err == nil:
		s.log.Noticef("DB saved on disk")
	case errors.Is(err, store.ErrSnapshotAborted):
		s.log.Noticef("Saving the DB was ended before it was done")
	default:
		s.log.Warningf("%s", saveFailure(err, temp, name))
	}
	v := &s.saving
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running = false
	if err == nil {
		v.saved, v.failed = changes, false
	} else if background && !errors.Is(err, store.ErrSnapshotAborted) {
		v.failed = true
	}
	s.setSaveGate(c)
	return err
}

// tempName is the file that a snapshot is written to.
func (s *Server) tempName() string {
	return filepath.Join(s.cfg.Load().Dir, "temp-"+strconv.Itoa(os.Getpid())+".rdb")
}

// keyDelay is rdb-key-save-delay, which tests slow a save down with: so many µs for each key, or if n is negative 1 µs for so many keys.
func keyDelay(sn *store.Snapshot, n int) func() {
	us, every := n, 1
	if n < 0 {
		us, every = 1, -n
	}
	keys := 0
	return func() {
		if keys++; keys%every != 0 {
			return
		}
		end := time.Now().Add(time.Duration(us) * time.Microsecond)
		for left := time.Until(end); left > 0 && !sn.Aborted(); left = time.Until(end) {
			time.Sleep(min(left, 10*time.Millisecond))
		}
	}
}

// saveFailure words what failed as Redis does.
func saveFailure(err error, temp, name string) string {
	dir := filepath.Dir(name)
	temp, name = filepath.Base(temp), filepath.Base(name)
	text := fsys.ErrorText(err)
	var step *fsys.StepError
	if !errors.As(err, &step) {
		return "Write error saving DB on disk: " + text
	}
	switch step.Step {
	case fsys.StepOpen:
		return fmt.Sprintf("Failed opening the temp RDB file %s (in server root dir %s) for saving: %s", temp, dir, text)
	case fsys.StepRename:
		return fmt.Sprintf("Error moving temp DB file %s on the final destination %s (in server root dir %s): %s", temp, name, dir, text)
	}
	return fmt.Sprintf("Write error saving DB on disk(%s): %s", step.Step, text)
}

func (s *Server) rdbOptions(c *config.Values, base bool) persist.RDBOptions {
	now := time.Now()
	access := persist.NoAccess
	switch {
	case c.MaxMemoryPolicy.LFU():
		access = persist.AccessFreq
	case c.MaxMemoryPolicy == config.AllKeysLRU || c.MaxMemoryPolicy == config.VolatileLRU:
		access = persist.IdleTime
	}
	return persist.RDBOptions{Compress: c.RDBCompression, Checksum: c.RDBChecksum, Access: access, NowMs: now.UnixMilli(), Aux: []rdb.Aux{
		{Name: "redis-ver", Value: version.Redis}, {Name: "redis-bits", Value: "64"}, {Name: "ctime", Value: strconv.FormatInt(now.Unix(), 10)},
		{Name: "used-mem", Value: strconv.FormatInt(s.usedMemory(), 10)}, {Name: "aof-base", Value: strconv.FormatInt(flag(base), 10)}}}
}

// save saves and waits for it: SAVE, and the end of the server. While the log is rewritten it waits for that first.
func (s *Server) save() error {
	sn, changes, err := s.beginSave(false)
	for err == errRewriteRuns {
		time.Sleep(time.Millisecond)
		sn, changes, err = s.beginSave(false)
	}
	if err != nil {
		return err
	}
	return s.writeSave(sn, changes, false)
}

// saveInBackground begins to save.
func (s *Server) saveInBackground() error {
	sn, changes, err := s.beginSave(true)
	if err != nil {
		return err
	}
	s.saving.saves.Add(1)
	s.log.Noticef("Background saving started")
	s.stopped.Add(1)
	go func() {
		defer s.stopped.Done()
		switch err := s.writeSave(sn, changes, true); {
		case err == nil:
			s.log.Noticef("Background saving terminated with success")
		case !errors.Is(err, store.ErrSnapshotAborted):
			s.log.Warningf("Background saving error")
		}
	}()
	return nil
}

// abortSave ends the save that runs, if there is one, and waits for that. A rewrite of the log goes on.
func (s *Server) abortSave() {
	for s.beginAbort() {
		time.Sleep(time.Millisecond)
	}
}

// beginAbort has the save that runs, if there is one, end soon.
func (s *Server) beginAbort() (running bool) {
	v := &s.saving
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.running || v.rewriting || v.reloading {
		return false
	}
	v.saver.Abort()
	return true
}

// saveCron saves when a save point is reached, or BGSAVE was scheduled.
func (s *Server) saveCron() {
	if s.gates.Load()&uint32(gateLoading) != 0 {
		return
	}
	v := &s.saving
	c := s.cfg.Load()
	now := time.Now().Unix()
	last := v.saver.Info().LastSave.Unix()
	v.mu.Lock()
	dirty := s.changes() - v.saved
	due := !v.running && (!v.failed || now-v.lastTry > saveRetry)
	begin := due && v.scheduled.Swap(false)
	v.mu.Unlock()
	for _, p := range c.Save {
		if due && !begin && dirty >= int64(p.Changes) && now-last > p.Seconds {
			s.log.Noticef("%d changes in %d seconds. Saving...", p.Changes, p.Seconds)
			begin = true
		}
	}
	if begin {
		if err := s.saveInBackground(); err != nil {
			s.log.Warningf("Can't save in background: %v", err)
		}
	}
}

// setSaveGate keeps the gate that refuses writes in step: saving.mu is held.
func (s *Server) setSaveGate(c *config.Values) {
	s.setGate(gateUnsaved, s.saving.failed && c.StopWritesOnBgsaveError && len(c.Save) > 0)
}

// flushedAll is called after FLUSHALL: what is being saved is out of date, and with save points the file is to be empty too before the client has
// its reply. Inside EXEC, which holds locks, it will be soon.
func (s *Server) flushedAll(c *command.Ctx) {
	s.beginAbort()
	switch {
	case len(s.cfg.Load().Save) == 0:
	case c.DB.Locked || c.OnLoop:
		s.saving.scheduled.Store(true)
	default:
		s.abortSave()
		c.Client.(*Client).own(func() { c.Client.(*Client).loop.stats.dirty += c.Dirty }) // they are saved, too
		c.Dirty = 0
		if err := s.save(); err != nil {
			s.saving.scheduled.Store(true)
		}
	}
}
