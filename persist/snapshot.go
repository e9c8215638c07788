package persist

import (
	"errors"
	"sync"
	"time"

	"radish/persist/fsys"
	"radish/store"
)

// Saver saves snapshots to files, one at a time: SAVE and BGSAVE. What it counts is for INFO. Its methods may be called by anybody.
type Saver struct {
	fs fsys.FS

	mu      sync.Mutex
	sn      *store.Snapshot // that is being saved
	started time.Time
	info    SaveInfo
}

// SaveOptions are how a snapshot is saved.
type SaveOptions struct {
	RDB         RDBOptions
	Incremental bool // sync every few megabytes (rdb-save-incremental-fsync)
	Paced       bool // go slower while the process has other work, see Pacer
}

// SaveInfo is what INFO tells of saving.
type SaveInfo struct {
	Running   bool
	CurrentS  int64 // seconds since it began, -1: none runs
	Keys      int64 // of the snapshot that is being saved
	KeysDone  int64
	Waiting   int64 // bytes that it keeps in memory: what comes next to the memory of a fork
	WaitPeak  int64
	Saves     int64 // that succeeded
	LastS     int64 // seconds that the last one took, successful or not; -1: there was none
	LastError error // of the last one
	LastPeak  int64 // WaitPeak of the last one
	LastSave  time.Time
}

// ErrSaving says that there is a save already.
var ErrSaving = errors.New("persist: a snapshot is being saved already")

// NewSaver makes a saver. The time of the last save is now, as in Redis.
func NewSaver(f fsys.FS) *Saver {
	return &Saver{fs: f, info: SaveInfo{CurrentS: -1, LastS: -1, LastSave: time.Now()}}
}

// Save writes a snapshot to the file temp, syncs it, gives it the name name, which is in the same folder, and syncs that. It ends the snapshot, whatever
// happens. After an error what was there under that name is there still, but see fsys.StepError. It takes as long as that takes.
func (v *Saver) Save(sn *store.Snapshot, temp, name string, o SaveOptions) error {
	if err := v.begin(sn); err != nil {
		sn.Discard()
		return err
	}
	ran := false
	pause := v.pauseFunc(sn, o.Paced)
	save := func() error {
		return fsys.Replace(v.fs, temp, name, func(f fsys.File) error {
			ran = true
			if !o.Incremental {
				return WriteRDB(f, sn, o.RDB, pause)
			}
			w := fsys.NewIncremental(f, fsys.SyncBytes)
			err := WriteRDB(w, sn, o.RDB, pause)
			if synced := w.Wait(); err == nil {
				err = synced
			}
			return err
		})
	}
	err := save()
	if !ran {
		sn.Discard()
	}
	v.end(err)
	return err
}

// pauseFunc is what happens between two steps.
func (v *Saver) pauseFunc(sn *store.Snapshot, paced bool) func(bool) error {
	p := Pacer{Snapshot: sn}
	peak := int64(0)
	return func(busy bool) error {
		if n := sn.Waiting(); n > peak {
			peak = n
			v.mu.Lock()
			v.info.WaitPeak = n
			v.mu.Unlock()
		}
		if paced {
			return p.Pause(busy)
		}
		return nil
	}
}

func (v *Saver) begin(sn *store.Snapshot) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sn != nil {
		return ErrSaving
	}
	v.sn, v.started = sn, time.Now()
	v.info.WaitPeak = 0
	return nil
}

func (v *Saver) end(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	v.sn = nil
	v.info.LastS, v.info.LastError, v.info.LastPeak = int64(now.Sub(v.started).Seconds()), err, v.info.WaitPeak
	if err == nil {
		v.info.Saves++
		v.info.LastSave = now
	}
}

// Abort has the save that runs, if there is one, end with store.ErrSnapshotAborted soon.
func (v *Saver) Abort() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sn != nil {
		v.sn.Abort()
	}
}

// Info is what is to be told now.
func (v *Saver) Info() SaveInfo {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := v.info
	if v.sn != nil {
		i.Running, i.CurrentS = true, int64(time.Since(v.started).Seconds())
		i.Keys, i.KeysDone = v.sn.Keys()
		i.Waiting = v.sn.Waiting()
	}
	return i
}
