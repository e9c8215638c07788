package aof

import (
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

const (
	errorLogEvery = 30 * time.Second // between two messages on failed writes
	slowSync      = 2 * time.Second  // a sync that takes longer delays writes
)

// flush writes up to pos, as far as the file reaches.
func (l *Log) flush(pos int64) error {
	if l.written.Load() >= pos {
		return nil
	}
	l.wmu.Lock()
	defer l.wmu.Unlock()
	if l.written.Load() >= pos {
		return nil
	}
	if l.writeErr != nil {
		// It is tried again by the tick alone: clients would only make the disk busier.
		return &Failure{Err: l.writeErr}
	}
	return l.write()
}

// write writes what has been appended, up to where the file ends. wmu is held. The error is a *Failure.
func (l *Log) write() error {
	if d := l.flushSleep.Load(); d > 0 {
		time.Sleep(time.Duration(d))
	}
	l.take()
	done := 0
	var err error
	for _, c := range l.batch {
		if c.seg != l.file {
			break
		}
		if err = l.writeChunk(c); err != nil {
			break
		}
		l.recycle(c.buf)
		done++
	}
	if done == len(l.batch) {
		clear(l.batch)
		l.batch = l.batch[:0]
	} else {
		l.batch = append(l.batch[:0], l.batch[done:]...)
	}
	if err != nil {
		return &Failure{Err: err}
	}
	return nil
}

// writeChunk writes a chunk at the end of the file, or nothing. wmu is held.
func (l *Log) writeChunk(c chunk) error {
	seg := l.file
	pending := l.noteDelay()
	start := time.Now()
	n, err := 0, seg.repair()
	if err == nil || err == errLost {
		n, err = seg.f.WriteAt(c.buf, seg.size)
	}
	took := time.Since(start)
	switch {
	case pending:
		l.opt.Latency("aof-write-pending-fsync", took)
	case l.saving.Load():
		l.opt.Latency("aof-write-active-child", took)
	default:
		l.opt.Latency("aof-write-alone", took)
	}
	l.opt.Latency("aof-write", took)
	if err != nil {
		l.undo(seg, n, len(c.buf), err)
		return err
	}
	seg.wrote(c.buf, l.effective() != Never, &l.spareKept)
	l.written.Store(c.end)
	if l.writeErr != nil {
		l.logf(redislog.Notice, "AOF write error looks solved, Redis can write again.")
		l.writeErr = nil
		l.publish()
	}
	if seg.kept.bytes > keptMany && !l.tooMuch.Swap(true) {
		l.poke()
	}
	return nil
}

// noteDelay says whether a sync is in progress, and counts those that take long. wmu is held.
func (l *Log) noteDelay() (pending bool) {
	began := l.syncing.Load()
	if began > 0 && time.Now().UnixNano()-began > int64(slowSync) && l.syncing.CompareAndSwap(began, -began) {
		l.delayed.Add(1)
		l.logf(redislog.Notice, "Asynchronous AOF fsync is taking too long (disk is busy?). "+
			"Writing the AOF buffer without waiting for fsync to complete, this may slow down Redis.")
	}
	return began != 0
}

// undo removes the n bytes of a chunk that was not written as a whole. Should they stay, the next try overwrites them.
// wmu is held.
func (l *Log) undo(seg *segment, n, want int, err error) {
	now := l.opt.Now()
	say := now.Sub(l.lastWriteLog) > errorLogEvery
	if say {
		l.lastWriteLog = now
		if n == 0 {
			l.logf(redislog.Warning, "Error writing to the AOF file: %s", fsys.ErrorText(err))
		} else {
			l.logf(redislog.Warning, "Short write while writing to the AOF file: (nwritten=%d, expected=%d)", n, want)
		}
	}
	if n > 0 {
		if cut := seg.f.Truncate(seg.size); cut != nil && say {
			l.logf(redislog.Warning, "Could not remove short write from the append-only file.  Redis may refuse to load the AOF "+
				"the next time it starts.  ftruncate: %s", fsys.ErrorText(cut))
		}
	}
	l.writeErr = err
	l.publish()
}

// publish makes the errors those of Err. wmu is held.
func (l *Log) publish() {
	switch {
	case l.writeErr != nil:
		l.failure.Store(&Failure{Err: l.writeErr})
	case l.syncErr != nil:
		l.failure.Store(&Failure{Sync: true, Err: l.syncErr})
	default:
		l.failure.Store(nil)
	}
}
