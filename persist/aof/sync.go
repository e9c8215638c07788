package aof

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// errLost is why a file that cannot be repaired stays in error.
var errLost = errors.New("effects that an fsync has failed to write are not in memory any more")

// ask wakes the goroutine to do what Commit has left open.
func (l *Log) ask() {
	l.asked.Store(true)
	l.poke()
}

// poke wakes the goroutine.
func (l *Log) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// start begins the goroutine that syncs. fmu is held.
func (l *Log) start() {
	if !l.started {
		l.started = true
		go l.run()
	}
}

func (l *Log) run() {
	defer close(l.done)
	ticker := time.NewTicker(l.opt.Tick)
	defer ticker.Stop()
	for {
		select {
		case <-l.quit:
			return
		case <-l.wake:
			l.step(false)
		case <-ticker.C:
			l.step(true)
		}
	}
}

// step does what is to be done now, and tells those who wait in Commit.
func (l *Log) step(tick bool) {
	// Whoever asks from here on has another step coming.
	asked := l.asked.Swap(false)
	l.smu.Lock()
	err := l.work(tick, asked)
	end, committed := l.End(), l.written.Load()
	if l.effective() == Always {
		committed = l.synced.Load()
	}
	l.smu.Unlock()
	if !asked {
		return
	}
	if err != nil {
		l.opt.Committed(end, err)
		return
	}
	l.opt.Committed(committed, nil)
}

// work writes and syncs as the policy says. smu is held. The error is a *Failure.
func (l *Log) work(tick, asked bool) error {
	policy := l.effective()
	failed := l.failure.Load()
	if failed != nil && !tick {
		return failed
	}
	if asked || tick || l.crossing.Load() || policy == Always {
		if err := l.writeAll(); err != nil {
			return err
		}
	}
	current := failed != nil || policy == Always || policy == EverySec && (tick || l.tooMuch.Load())
	l.wmu.Lock()
	more := current || len(l.olds) > 0 || l.dirDirty
	l.wmu.Unlock()
	if !more {
		return nil
	}
	return l.syncAll(current)
}

// writeAll writes everything that has been appended, passing to the next file if there is one. smu is held. The error is
// a *Failure.
func (l *Log) writeAll() error {
	for {
		// Asked before the write: if so, everything meant for this file has been appended.
		crossing := l.crossing.Load()
		if err := l.writeLocking(); err != nil || !crossing {
			return err
		}
		if err := l.cross(); err != nil {
			return err
		}
	}
}

func (l *Log) writeLocking() error {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.write()
}

// syncAll syncs the files that were left, the folder and, if current, the file that is written to, each of them whatever becomes of
// the others. smu is held. The error is a *Failure.
func (l *Log) syncAll(current bool) error {
	l.wmu.Lock()
	olds, dirty, file := slices.Clone(l.olds), l.dirDirty, l.file
	l.wmu.Unlock()
	var failed error
	for _, seg := range olds {
		if _, err := l.syncSegment(seg); err != nil {
			failed = err
			continue
		}
		seg.close(l)
		l.wmu.Lock()
		l.olds = slices.DeleteFunc(l.olds, func(s *segment) bool { return s == seg })
		l.wmu.Unlock()
	}
	if dirty {
		failed = cmp.Or(l.syncDir(), failed)
	}
	if current && file != nil {
		pos, err := l.syncSegment(file)
		failed = cmp.Or(err, failed)
		if failed == nil {
			l.synced.Store(pos)
			l.tooMuch.Store(false)
			l.noteSync(nil)
		}
	}
	if failed != nil {
		return &Failure{Sync: true, Err: failed}
	}
	return nil
}

// syncDir brings a new manifest to the disk.
func (l *Log) syncDir() error {
	if err := l.fs.SyncDir(l.folder()); err != nil {
		l.noteSync(err)
		return err
	}
	l.wmu.Lock()
	l.dirDirty = false
	l.wmu.Unlock()
	return nil
}

// syncSegment syncs a file, after it has written again what may be lost. pos is the position up to which it is then on disk, if
// it is the file that is written to. smu is held.
func (l *Log) syncSegment(seg *segment) (pos int64, err error) {
	l.wmu.Lock()
	err = seg.repair()
	size, pos := seg.size, l.written.Load()
	clean := size == seg.synced
	l.wmu.Unlock()
	if err == nil && !clean {
		start := time.Now()
		l.syncing.Store(start.UnixNano())
		err = seg.f.Sync()
		l.syncing.Store(0)
		if l.effective() == Always {
			l.opt.Latency("aof-fsync-always", time.Since(start))
		}
	}
	if err != nil {
		l.wmu.Lock()
		seg.suspect = true
		// At once, so that what is written next cannot outlive it. If that fails it is tried again before anything is written.
		_ = seg.repair()
		l.wmu.Unlock()
		l.noteSync(err)
		return 0, err
	}
	l.wmu.Lock()
	seg.syncedTo(size, &l.spareKept)
	l.wmu.Unlock()
	return pos, nil
}

// noteSync makes err that of the last sync.
func (l *Log) noteSync(err error) {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	switch {
	case err != nil && l.syncErr == nil:
		l.logf(redislog.Warning, "Fail to fsync the AOF file: %s", fsys.ErrorText(err))
	case err == nil && l.syncErr != nil:
		l.logf(redislog.Notice, "AOF fsync error looks solved, Redis can write again.")
	case err == nil:
		return
	}
	if !errors.Is(err, errLost) || l.syncErr == nil {
		l.syncErr = err
	}
	l.publish()
}

func (s *segment) close(l *Log) {
	if err := s.f.Close(); err != nil {
		l.logf(redislog.Warning, "Error closing the AOF file %s: %s", s.name, fsys.ErrorText(err))
	}
}
