package aof

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// Start turns the log on when the server starts with appendonly yes, after Load: it opens the last INCR file, or the first. If
// there are no files at all, base writes the data, as RDB or RESP (RDBBase says which), as the first base. The error
// has been logged.
func (l *Log) Start(base func(fsys.File) error) error {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if err := fsys.EnsureDir(l.fs, l.folder(), 0o755); err != nil {
		l.logf(redislog.Warning, "Can't open or create append-only dir %s: %s", l.dirName, fsys.ErrorText(err))
		return err
	}
	man := l.Manifest()
	before := man.String()
	if man.Empty() {
		if err := l.firstBase(man, base); err != nil {
			return err
		}
	}
	verb, flags := "Opening", 0
	if len(man.Incr) == 0 {
		verb, flags = "Creating", os.O_TRUNC // a file of that name that is not listed is left of something else
		man.addIncr(l.fileName)
	}
	name := man.Incr[len(man.Incr)-1].Name
	seg, err := l.openLast(name, flags)
	if err != nil {
		l.logf(redislog.Warning, "Can't open the append-only file %s: %s", name, fsys.ErrorText(err))
		return err
	}
	if man.String() != before {
		if err := l.installManifest(man); err != nil {
			seg.close(l)
			return err
		}
	}
	l.turnOn(man, seg)
	l.logf(redislog.Notice, "%s AOF incr file %s on server start", verb, name)
	return nil
}

// firstBase makes the base of a log that had no files.
func (l *Log) firstBase(man *Manifest, base func(fsys.File) error) error {
	info := man.newBase(l.fileName, l.rdbBase.Load())
	temp := filepath.Join(l.dir, fmt.Sprintf("temp-rewriteaof-%d.aof", os.Getpid()))
	if err := fsys.Replace(l.fs, temp, l.join(info.Name), base); err != nil {
		l.logf(redislog.Warning, "Write error writing append only file on disk: %s", fsys.ErrorText(err))
		return err
	}
	l.logf(redislog.Notice, "Creating AOF base file %s on server start", info.Name)
	return nil
}

// openLast opens an INCR file to go on at its end.
func (l *Log) openLast(name string, flags int) (*segment, error) {
	f, err := l.fs.OpenFile(l.join(name), os.O_WRONLY|os.O_CREATE|flags, 0o644)
	if err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		f.Close()
		return nil, err
	}
	// Nobody knows whether what an earlier process wrote is on disk; so synced is 0, and the first sync sees to it.
	return &segment{f: f, name: name, size: size, kept: kept{from: size}}, nil
}

// turnOn begins to append to seg. fmu is held.
func (l *Log) turnOn(man *Manifest, seg *segment) {
	var before, baseSize int64
	for _, f := range man.Files() {
		size := l.fileSize(f.Name)
		if f.Type == TypeBase {
			baseSize = size
		}
		if f.Name != seg.name {
			before += size
		}
	}
	l.wmu.Lock()
	l.man, l.file, l.others, l.baseSize = man, seg, before, baseSize
	l.mu.Lock()
	l.active, l.seg, l.db, l.stamp = true, seg, -1, 0
	l.mu.Unlock()
	l.wmu.Unlock()
	l.state.Store(int32(On))
	l.start()
}

// fileSize is the size of a file, 0 if it cannot be had.
func (l *Log) fileSize(name string) int64 {
	start := time.Now()
	info, err := l.fs.Stat(l.join(name))
	l.opt.Latency("aof-fstat", time.Since(start))
	if err != nil {
		l.logf(redislog.Warning, "Unable to obtain the AOF file %s length. stat: %s", name, fsys.ErrorText(err))
		return 0
	}
	return info.Size()
}

// Enable is CONFIG SET appendonly yes of a running server: the log waits for a rewrite, which the caller begins next, and again
// whenever one fails while the log is Waiting. The log is On when one has finished.
func (l *Log) Enable() error {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if r := l.rewrite.Load(); r != nil {
		// Begun while the log was off, it gathers no effects.
		l.abort(r)
	}
	if l.state.CompareAndSwap(int32(Off), int32(Waiting)) {
		l.start()
	}
	return nil
}

// Disable is CONFIG SET appendonly no: what was appended is written and synced, a rewrite on its way is aborted, and the log is
// off. The files stay. An error of the last write or sync is returned, and logged; the log is off anyway.
func (l *Log) Disable() error {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	return l.disable()
}

// disable does the work of Disable. fmu is held.
func (l *Log) disable() error {
	if r := l.rewrite.Load(); r != nil {
		l.abort(r)
	}
	state := l.State()
	if state == Off {
		return nil
	}
	l.mu.Lock()
	l.active = false
	l.mu.Unlock()
	var err error
	if state == On {
		err = l.Sync()
		l.wmu.Lock()
		files := append(l.olds, l.file)
		l.olds = nil
		l.wmu.Unlock()
		l.deactivate()
		for _, seg := range files {
			seg.close(l)
		}
	}
	l.state.Store(int32(Off))
	return err
}

// Close is Disable for good; it ends the log's goroutine.
func (l *Log) Close() error {
	l.fmu.Lock()
	if l.closed {
		l.fmu.Unlock()
		return ErrClosed
	}
	err := l.disable()
	l.closed = true
	started := l.started
	l.fmu.Unlock()
	if started {
		close(l.quit)
		<-l.done
	}
	return err
}
