package persist

import (
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"radish/persist/fsys"
	"radish/persist/rdb"
	"radish/store"
)

// Saver writes snapshots to files, one at a time: SAVE and BGSAVE, and the bases of the append only file. What it counts is for INFO. Its methods may be
// called by anybody.
type Saver struct {
	fs fsys.FS

	mu      sync.Mutex
	sn      *store.Snapshot // that is being written
	tally   *SaveTally      // of info: where that counts
	started time.Time
	info    SaveInfo
}

// SaveOptions are how a snapshot is saved.
type SaveOptions struct {
	RDB         RDBOptions
	Incremental bool // sync every few megabytes (rdb-save-incremental-fsync)
	Paced       bool // give way to others on the processors
}

// BaseOptions are how a snapshot is written as the base of an append only file.
type BaseOptions struct {
	Preamble    bool        // in RDB form (aof-use-rdb-preamble), else in RESP form
	RDB         RDBOptions  // of RDB form; whatever Aux says, aof-base is 1
	RESP        RESPOptions // of RESP form
	Incremental bool        // sync every few megabytes (aof-rewrite-incremental-fsync)
	Paced       bool        // give way to others on the processors
}

// SaveInfo is what INFO tells of saving, and of what is being written now, be it a save or a base.
type SaveInfo struct {
	SaveTally           // of saves
	Base      SaveTally // of bases
	Keys      int64     // of the snapshot that is being written
	KeysDone  int64
	Waiting   int64 // bytes that it keeps in memory: what comes next to the memory of a fork
	WaitPeak  int64
	LastSave  time.Time
}

// SaveTally is what is told of files of one kind.
type SaveTally struct {
	Running   bool
	CurrentS  int64 // seconds since it began, -1: none runs
	LastS     int64 // seconds that the last one took, successful or not; -1: there was none
	LastError error // of the last one
	LastPeak  int64 // WaitPeak of the last one
}

// ErrSaving says that a save, or a base, is being written.
var ErrSaving = errors.New("persist: a snapshot is being saved already")

// NewSaver makes a saver. The time of the last save is now, as in Redis.
func NewSaver(f fsys.FS) *Saver {
	none := SaveTally{CurrentS: -1, LastS: -1}
	return &Saver{fs: f, info: SaveInfo{SaveTally: none, Base: none, LastSave: time.Now()}}
}

// Save writes a snapshot to the file temp, syncs it, gives it the name name, which is in the same folder, and syncs that. It ends the snapshot, whatever
// happens. After an error what was there under that name is there still, but see fsys.StepError. It takes as long as that takes.
func (v *Saver) Save(sn *store.Snapshot, temp, name string, o SaveOptions) error {
	return v.write(sn, &v.info.SaveTally, how{o.Incremental, o.Paced},
		func(fill func(fsys.File) error) error { return fsys.Replace(v.fs, temp, name, fill) },
		func(w io.Writer, pause pauseFunc) error { return WriteRDB(w, sn, o.RDB, pause) })
}

// WriteBase writes a snapshot to the file path as the base of an append only file, and syncs it; it takes the place of whatever is there, and whoever wants
// the base gives it its name (aof.Rewrite.Finish). It ends the snapshot, whatever happens. After an error, see fsys.StepError, there is no such file. It takes
// as long as that takes.
func (v *Saver) WriteBase(sn *store.Snapshot, path string, o BaseOptions) error {
	return v.write(sn, &v.info.Base, how{o.Incremental, o.Paced},
		func(fill func(fsys.File) error) error { return fsys.WriteTemp(v.fs, path, fill) },
		func(w io.Writer, pause pauseFunc) error {
			if !o.Preamble {
				return WriteRESP(w, sn, o.RESP, pause)
			}
			o.RDB.Aux = baseAux(o.RDB.Aux)
			return WriteRDB(w, sn, o.RDB, pause)
		})
}

// baseAux are the aux fields of an RDB file that is a base.
func baseAux(aux []rdb.Aux) []rdb.Aux {
	const name = "aof-base"
	aux = slices.DeleteFunc(slices.Clone(aux), func(a rdb.Aux) bool { return a.Name == name })
	return append(aux, rdb.Aux{Name: name, Value: "1"})
}

// pauseFunc is called between two steps of a snapshot, see Snapshot.Run.
type pauseFunc = func(busy bool) error

// helpFrom is from how many bytes in memory on a file is written at the expense of others: a tenth of the memory of a small store.
const helpFrom = 24 << 20

// how is how a file is written.
type how struct{ incremental, paced bool }

// write has put make a file of a snapshot in a form, and counts it in tally.
func (v *Saver) write(sn *store.Snapshot, tally *SaveTally, h how, put func(fill func(fsys.File) error) error, form func(io.Writer, pauseFunc) error) error {
	if err := v.begin(sn, tally); err != nil {
		sn.Discard()
		return err
	}
	ran := false
	pause := v.watch(sn)
	fill := func(f fsys.File) error {
		ran = true
		if !h.incremental {
			return form(f, pause)
		}
		w := fsys.NewIncremental(f, fsys.SyncBytes)
		err := form(w, pause)
		if synced := w.Wait(); err == nil {
			err = synced
		}
		return err
	}
	var err error
	if h.paced {
		err = atLowPriority(func(p *pacer) error {
			sn.WalkBeside(helpFrom, p.turn)
			return put(fill)
		})
	} else {
		err = put(fill)
	}
	if !ran {
		sn.Discard()
	}
	v.end(err)
	return err
}

// watch is what happens between two steps.
func (v *Saver) watch(sn *store.Snapshot) pauseFunc {
	peak := int64(0)
	return func(bool) error {
		if n := sn.Waiting(); n > peak {
			peak = n
			v.mu.Lock()
			v.info.WaitPeak = n
			v.mu.Unlock()
		}
		return nil
	}
}

func (v *Saver) begin(sn *store.Snapshot, tally *SaveTally) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sn != nil {
		return ErrSaving
	}
	v.sn, v.tally, v.started = sn, tally, time.Now()
	v.info.WaitPeak = 0
	return nil
}

func (v *Saver) end(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	t := v.tally
	v.sn, v.tally = nil, nil
	t.LastS, t.LastError, t.LastPeak = int64(now.Sub(v.started).Seconds()), err, v.info.WaitPeak
	if err == nil && t == &v.info.SaveTally {
		v.info.LastSave = now
	}
}

// Abort has the save that runs, if there is one, end with store.ErrSnapshotAborted soon.
func (v *Saver) Abort() { v.abort(&v.info.SaveTally) }

// AbortBase is Abort for the base that is being written.
func (v *Saver) AbortBase() { v.abort(&v.info.Base) }

func (v *Saver) abort(tally *SaveTally) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sn != nil && v.tally == tally {
		v.sn.Abort()
	}
}

// Info is what is to be told now.
func (v *Saver) Info() SaveInfo {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := v.info
	if v.sn == nil {
		return i
	}
	t := &i.SaveTally
	if v.tally == &v.info.Base {
		t = &i.Base
	}
	t.Running, t.CurrentS = true, int64(time.Since(v.started).Seconds())
	i.Keys, i.KeysDone = v.sn.Keys()
	i.Waiting = v.sn.Waiting()
	return i
}
