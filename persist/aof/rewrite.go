package aof

import (
	"fmt"
	"os"
	"path/filepath"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// Rewrite is a rewrite on its way: Prepare, Switch, write the base to TempName, then Finish or Abort, by one goroutine after the
// other. Log.Disable and Log.Close end it at any moment; Switch then does nothing, and Finish fails.
type Rewrite struct {
	l    *Log
	temp string
	rdb  bool
	seg  *segment  // the new file; nil: the log is off
	man  *Manifest // that lists seg; nil while the log is off or waiting

	pos    int64 // where seg begins; guarded by mu
	ended  bool  // changed under fmu and mu
	failed error // seg could not be made the file; guarded by wmu
}

// Prepare makes what a rewrite needs: the next INCR file, if the log is on. State Waiting: a temporary one. State Off: none, the
// base will be all there is. It does I/O and may wait for the disk.
func (l *Log) Prepare() (*Rewrite, error) {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	switch {
	case l.closed:
		return nil, ErrClosed
	case l.rewrite.Load() != nil:
		return nil, ErrRewriting
	}
	if err := fsys.EnsureDir(l.fs, l.folder(), 0o755); err != nil {
		l.logf(redislog.Warning, "Can't open or create append-only dir %s: %s", l.dirName, fsys.ErrorText(err))
		return nil, err
	}
	r := &Rewrite{l: l, rdb: l.rdbBase.Load(), temp: filepath.Join(l.dir, fmt.Sprintf("temp-rewriteaof-bg-%d.aof", os.Getpid()))}
	switch l.State() {
	case Waiting:
		seg, err := l.newSegment(l.tempIncr())
		if err != nil {
			return nil, err
		}
		r.seg = seg
	case On:
		if err := l.prepareNext(r); err != nil {
			return nil, err
		}
	}
	l.rewrite.Store(r)
	return r, nil
}

// prepareNext makes the next INCR file and the manifest that will list it.
func (l *Log) prepareNext(r *Rewrite) error {
	if l.effective() != Never {
		// What is synced now need not be synced while the log passes to the next file. An error is noted where it arises.
		_ = l.Sync()
	}
	man := l.Manifest()
	info := man.addIncr(l.fileName)
	seg, err := l.newSegment(info.Name)
	if err != nil {
		return err
	}
	err = fsys.WriteTemp(l.fs, l.tempManifest(), func(f fsys.File) error {
		_, err := f.Write([]byte(man.String()))
		return err
	})
	if err != nil {
		l.logManifestError(err)
		l.discard(seg)
		return err
	}
	r.seg, r.man = seg, man
	return nil
}

// newSegment makes an empty file.
func (l *Log) newSegment(name string) (*segment, error) {
	f, err := l.fs.OpenFile(l.join(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		l.logf(redislog.Warning, "Can't open the append-only file %s: %s", name, fsys.ErrorText(err))
		return nil, err
	}
	l.logf(redislog.Notice, "Creating AOF incr file %s on background rewrite", name)
	return &segment{f: f, name: name}, nil
}

// discard closes and removes a file that nothing refers to.
func (l *Log) discard(seg *segment) {
	seg.close(l)
	l.remove(l.join(seg.name))
}

// remove removes a file that nothing refers to. If that fails it is only in the way, and will be overwritten.
func (l *Log) remove(path string) { _ = l.fs.Remove(path) }

// TempName is the path where the base is to be written, with the bytes that RDB says: RDB or RESP. It must be synced before
// Finish; fsys.WriteTemp does that.
func (r *Rewrite) TempName() string { return r.temp }

// RDB says that the base is to be in RDB form (aof-use-rdb-preamble when the rewrite began).
func (r *Rewrite) RDB() bool { return r.rdb }

// Switch begins the new file: the base holds what has been appended before, the new file what is appended from now on. The caller
// holds all shards; Switch takes a few microseconds and does no I/O. It returns the position.
func (r *Rewrite) Switch() int64 {
	l := r.l
	if r.seg != nil && r.man == nil {
		return r.activate()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r.pos = l.end
	if r.seg == nil || r.ended {
		return r.pos
	}
	l.sealLocked()
	l.seg, l.next, l.db, l.stamp = r.seg, r, -1, 0
	l.crossing.Store(true)
	l.poke()
	return r.pos
}

// activate is Switch of a log that waits for its first base: it takes effects from here on.
func (r *Rewrite) activate() int64 {
	l := r.l
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	r.pos = l.end
	if r.ended {
		return r.pos
	}
	l.file = r.seg
	l.seg, l.db, l.stamp, l.active = r.seg, -1, 0, true
	return r.pos
}

// cross passes to the next file: everything meant for the one that is written to has been written. smu is held. The error is a
// *Failure: then all stays as it is. It is nil too if the rewrite has failed and the file goes on.
func (l *Log) cross() error {
	l.wmu.Lock()
	old := l.file
	l.wmu.Unlock()
	l.mu.Lock()
	r := l.next
	l.mu.Unlock()
	if r == nil {
		return nil
	}
	if _, err := l.syncSegment(old); err != nil {
		l.wmu.Lock()
		lost := old.lost()
		l.wmu.Unlock()
		// What is lost does not come back by waiting; only the base of this rewrite can bring it.
		if !lost {
			return &Failure{Sync: true, Err: err}
		}
	}
	if err := l.fs.Rename(l.tempManifest(), l.manifest()); err != nil {
		l.logManifestError(&fsys.StepError{Step: fsys.StepRename, Err: err})
		l.cancel(r, err)
		return nil
	}
	l.wmu.Lock()
	l.passTo(r)
	l.olds = append(l.olds, old)
	l.man, l.dirDirty = r.man, true
	l.wmu.Unlock()
	return nil
}

// passTo makes the file of r the one that is written to. wmu is held, and smu.
func (l *Log) passTo(r *Rewrite) {
	if l.file != nil {
		l.others += l.file.size
	}
	l.file = r.seg
	l.mu.Lock()
	l.next = nil
	l.crossing.Store(false)
	l.mu.Unlock()
}

// cancel lets the file go on in which everything was written before r: what was meant for the file of r goes there. smu is held.
func (l *Log) cancel(r *Rewrite, err error) {
	l.wmu.Lock()
	l.mu.Lock()
	for _, list := range [][]chunk{l.batch, l.queue} {
		for i := range list {
			if list[i].seg == r.seg {
				list[i].seg = l.file
			}
		}
	}
	l.seg, l.next = l.file, nil
	l.crossing.Store(false)
	l.mu.Unlock()
	r.failed = err
	l.wmu.Unlock()
	l.remove(l.tempManifest())
	l.discard(r.seg)
}

// Finish makes the base, which is written and synced, count, and removes what it replaces. It does I/O and may wait for the disk.
// On an error everything is as if there had been no rewrite, except that there may be one INCR file more; the base is removed.
func (r *Rewrite) Finish() error {
	l := r.l
	l.fmu.Lock()
	defer l.fmu.Unlock()
	if r.ended {
		l.remove(r.temp)
		return ErrRewriteEnded
	}
	if err := l.finish(r); err != nil {
		l.abort(r)
		return err
	}
	l.endRewrite(r)
	// What cannot be removed is tried again after the next rewrite.
	_ = l.deleteHistory()
	return nil
}

// Abort ends a rewrite whose base is not to be. The temporary files are removed.
func (r *Rewrite) Abort() {
	r.l.fmu.Lock()
	defer r.l.fmu.Unlock()
	r.l.abort(r)
}

// Err is not nil if the rewrite cannot succeed any more, so that the base need not be written to its end.
func (r *Rewrite) Err() error {
	r.l.mu.Lock()
	ended := r.ended
	r.l.mu.Unlock()
	if ended {
		return ErrRewriteEnded
	}
	r.l.wmu.Lock()
	defer r.l.wmu.Unlock()
	return r.failed
}
