package aof

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// readManifest reads the manifest from disk; an empty one if there is none.
func (l *Log) readManifest() (*Manifest, error) {
	if !fsys.IsDir(l.fs, l.folder()) {
		l.logf(redislog.Debug, "The AOF directory %s doesn't exist", l.dirName)
		return &Manifest{}, nil
	}
	path := l.manifest()
	if !fsys.IsFile(l.fs, path) {
		l.logf(redislog.Debug, "The AOF manifest file %s doesn't exist", filepath.Base(path))
		return &Manifest{}, nil
	}
	man, err := ReadManifest(l.fs, path)
	var bad *ManifestError
	switch {
	case errors.As(err, &bad):
		for _, line := range bad.Lines() {
			l.opt.Log(redislog.Warning, line)
		}
	case err != nil:
		l.logf(redislog.Warning, "Fatal error: can't open the AOF manifest file %s for reading: %s", path, fsys.ErrorText(err))
	}
	return man, err
}

// installManifest puts man in the place of the manifest. After an error that is installed it is there, and may not stay.
func (l *Log) installManifest(man *Manifest) error {
	err := fsys.Replace(l.fs, l.tempManifest(), l.manifest(), func(f fsys.File) error {
		_, err := f.Write([]byte(man.String()))
		return err
	})
	if err != nil {
		l.logManifestError(err)
	}
	return err
}

// logManifestError says in Redis's words why there is no new manifest.
func (l *Log) logManifestError(err error) {
	var e *fsys.StepError
	if !errors.As(err, &e) {
		return
	}
	path, temp := l.manifest(), filepath.Base(l.tempManifest())
	switch text := fsys.ErrorText(e); e.Step {
	case fsys.StepOpen:
		l.logf(redislog.Warning, "Can't open the AOF manifest file %s: %s", temp, text)
	case fsys.StepWrite, fsys.StepClose:
		l.logf(redislog.Warning, "Error trying to write the temporary AOF manifest file %s: %s", temp, text)
	case fsys.StepSync:
		l.logf(redislog.Warning, "Fail to fsync the temp AOF file %s: %s.", temp, text)
	case fsys.StepRename:
		l.logf(redislog.Warning, "Error trying to rename the temporary AOF manifest file %s into %s: %s", temp, filepath.Base(path), text)
	case fsys.StepSyncDir:
		l.logf(redislog.Warning, "Fail to fsync AOF directory %s: %s.", path, text)
	}
}

// rename is that of the file system, with its time.
func (l *Log) rename(old, new string) error {
	start := time.Now()
	err := l.fs.Rename(old, new)
	l.opt.Latency("aof-rename", time.Since(start))
	return err
}

// DeleteHistory removes the files that a rewrite has replaced, unless KeepHistory. A rewrite does that when it has finished; at the
// start and when aof-disable-auto-gc is turned off the server calls it. Removing big files takes time.
func (l *Log) DeleteHistory() error {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	return l.deleteHistory()
}

// SetKeepHistory changes aof-disable-auto-gc.
func (l *Log) SetKeepHistory(on bool) { l.keepHis.Store(on) }

// deleteHistory does the work of DeleteHistory. fmu is held.
func (l *Log) deleteHistory() error {
	man := l.Manifest()
	if l.keepHis.Load() || len(man.History) == 0 || l.rewrite.Load() != nil {
		return nil
	}
	// A power failure must not bring back the manifest that needs them.
	l.smu.Lock()
	err := l.syncAll(false)
	l.wmu.Lock()
	dirty := l.dirDirty
	l.wmu.Unlock()
	l.smu.Unlock()
	if dirty {
		return err
	}
	history := man.History
	man.History = nil
	for _, f := range history {
		if man.lists(f.Name) { // another program may have written the manifest
			continue
		}
		l.logf(redislog.Notice, "Removing the history file %s in the background", f.Name)
		if err := l.fs.Remove(l.join(f.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			man.History = append(man.History, f)
		}
	}
	err = l.installManifest(man)
	if err != nil && !installed(err) {
		return err
	}
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.man = man
	l.dirDirty = l.dirDirty || err != nil
	return err
}
