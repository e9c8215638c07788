package aof

import (
	"errors"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// finish does the work of Rewrite.Finish. fmu is held.
func (l *Log) finish(r *Rewrite) error {
	// As long as the old file is not complete smu is held: nobody passes to the new one meanwhile.
	l.smu.Lock()
	// A failure is noted where it arises, and does not keep the base from counting.
	_ = l.writeAll()
	crossing := l.crossing.Load()
	if crossing {
		defer l.smu.Unlock()
	} else {
		l.smu.Unlock()
	}
	if err := r.Err(); err != nil {
		return err
	}
	man := l.Manifest()
	if crossing {
		man = r.man.clone()
	}
	size, err := l.installBase(r, man)
	if err != nil {
		return err
	}
	dirErr := l.installManifest(man)
	if dirErr != nil && !installed(dirErr) {
		l.remove(l.join(man.Base.Name))
		return dirErr
	}
	if !crossing {
		l.smu.Lock()
		defer l.smu.Unlock()
	}
	l.retire(r, man, size)
	l.wmu.Lock()
	l.dirDirty = dirErr != nil
	l.wmu.Unlock()
	l.state.CompareAndSwap(int32(Waiting), int32(On))
	l.poke()
	return nil
}

// installed says whether a file is in its place in spite of err: only the folder could not be synced.
func installed(err error) bool {
	var e *fsys.StepError
	return errors.As(err, &e) && e.Step == fsys.StepSyncDir
}

// installBase gives the base of r its name, and the INCR file of a log that waits. man is changed accordingly. size is that of
// the base.
func (l *Log) installBase(r *Rewrite, man *Manifest) (size int64, err error) {
	base := man.newBase(l.fileName, r.rdb)
	path := l.join(base.Name)
	if err := l.rename(r.temp, path); err != nil {
		l.logf(redislog.Warning, "Error trying to rename the temporary AOF base file %s into %s: %s", r.temp, path, fsys.ErrorText(err))
		return 0, err
	}
	l.logf(redislog.Notice, "Successfully renamed the temporary AOF base file %s into %s", r.temp, base.Name)
	info, err := l.fs.Stat(path)
	if err != nil {
		l.remove(path)
		return 0, err
	}
	if r.seg != nil && r.man == nil {
		incr := man.addIncr(l.fileName)
		if err := l.rename(l.join(l.tempIncr()), l.join(incr.Name)); err != nil {
			l.logf(redislog.Warning, "Error trying to rename the temporary AOF incr file %s into %s: %s", l.tempIncr(), incr.Name, fsys.ErrorText(err))
			l.remove(path)
			return 0, err
		}
		l.logf(redislog.Notice, "Successfully renamed the temporary AOF incr file %s into %s", l.tempIncr(), incr.Name)
		l.wmu.Lock()
		r.seg.name = incr.Name
		l.wmu.Unlock()
	}
	keep := 0
	if r.seg != nil {
		keep = 1
	}
	man.retireIncr(keep)
	return info.Size(), nil
}

// retire makes man the manifest, and forgets what was, or was to be, in files that are history now. smu is held.
func (l *Log) retire(r *Rewrite, man *Manifest, baseSize int64) {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.man = man
	gone := l.olds
	l.olds = nil
	if l.crossing.Load() {
		gone = append(gone, l.file)
		l.take()
		kept := l.batch[:0]
		for _, c := range l.batch {
			if c.seg == r.seg {
				kept = append(kept, c)
			} else {
				l.written.Store(c.end)
			}
		}
		clear(l.batch[len(kept):])
		l.batch = kept
		l.passTo(r)
		if l.writeErr != nil {
			l.logf(redislog.Notice, "AOF write error looks solved, Redis can write again.")
		}
		l.writeErr = nil
	}
	for _, seg := range gone {
		seg.close(l)
	}
	if l.file == nil || !l.file.suspect {
		l.syncErr = nil
	}
	l.publish()
	l.others, l.baseSize = baseSize, baseSize
	if l.file != nil {
		l.baseSize += l.file.size
	}
}

// abort ends r without a base. fmu is held.
func (l *Log) abort(r *Rewrite) {
	if r.ended {
		return
	}
	l.endRewrite(r)
	l.remove(r.temp)
	switch {
	case r.seg == nil:
	case r.man == nil:
		l.deactivate()
		l.logf(redislog.Notice, "Removing the temp incr aof file %s in the background", l.tempIncr())
		l.discard(r.seg)
		l.remove(l.join(l.tempIncr()))
	default:
		l.smu.Lock()
		defer l.smu.Unlock()
		l.wmu.Lock()
		crossed, failed := l.file == r.seg, r.failed != nil
		l.wmu.Unlock()
		switch {
		case crossed, failed:
		case l.crossing.Load():
			l.cancel(r, ErrRewriteEnded)
		default:
			l.remove(l.tempManifest())
			l.discard(r.seg)
		}
	}
}

// endRewrite notes that r is over. fmu is held.
func (l *Log) endRewrite(r *Rewrite) {
	l.mu.Lock()
	r.ended = true
	l.mu.Unlock()
	l.rewrite.Store(nil)
}

// deactivate forgets everything that was appended and not written: nothing is taken until the next rewrite, or Start. Files stay
// open. Who waits in Commit is told that all is well.
func (l *Log) deactivate() {
	l.smu.Lock()
	defer l.smu.Unlock()
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.mu.Lock()
	l.active, l.seg, l.next = false, nil, nil
	clear(l.queue)
	l.queue, l.cur, l.spare = l.queue[:0], nil, nil
	l.crossing.Store(false)
	l.written.Store(l.end)
	l.synced.Store(l.end)
	l.mu.Unlock()
	l.file = nil
	clear(l.batch)
	l.batch, l.spareKept = l.batch[:0], nil
	l.writeErr, l.syncErr, l.dirDirty = nil, nil, false
	l.publish()
	l.poke()
}
