package aof

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"radish/internal/redislog"
	"radish/persist/fsys"
)

// ErrUnknownCommand is what Loading.Command returns, or wraps, for a command that it does not know.
var ErrUnknownCommand = errors.New("unknown command")

// Loading is what Load needs of the one whose data it is. All functions are called on the goroutine of Load.
type Loading struct {
	// Command runs a command. The arguments are valid until it returns. SELECT is among the commands, MULTI and EXEC are not: what
	// stands between them is run once EXEC has been read. An error ends the load.
	Command func(args [][]byte) error
	// RDB loads an RDB file and returns its length, that of its checksum included: an old file goes on behind it with commands.
	// It may read further than that. size is that of the whole file.
	RDB func(r io.Reader, size int64) (n int64, err error)
	// AllowTruncated is aof-load-truncated.
	AllowTruncated bool
	// Begin is told, before the first file, how many bytes there are in all; nil: nobody.
	Begin func(total int64)
	// File is told of each file that is begun: database 0 is selected again; nil: nobody.
	File func(name string)
	// Progress is told every now and then how many bytes more have been read. An error ends the load. nil: nobody.
	Progress func(n int64) error
}

// Outcome is how a load has ended without an error.
type Outcome int

// The outcomes.
const (
	NotExist  Outcome = iota // there is no append only file
	Empty                    // its files are empty
	Loaded                   // all of it is loaded
	Truncated                // the last file ended in the middle of an effect, and was cut there
)

// Load hands over everything in the files. Before that it takes a file of a Redis before 7 into the folder as Redis 7 does. All is
// logged as Redis does; after an error (a *FormatError if a file is bad) the server cannot start.
//
// It is called before Start, or (DEBUG LOADAOF) while nothing is appended.
func (l *Log) Load(ld Loading) (Outcome, error) {
	l.fmu.Lock()
	defer l.fmu.Unlock()
	if l.State() != Off {
		if err := l.Sync(); err != nil {
			return NotExist, err
		}
	}
	man := l.Manifest()
	if l.upgradable(man) {
		if err := l.upgrade(man); err != nil {
			return NotExist, err
		}
	}
	if man.Empty() {
		return NotExist, nil
	}
	files := man.Files()
	var total int64
	for _, f := range files {
		start := time.Now()
		info, err := l.fs.Stat(l.join(f.Name))
		l.opt.Latency("aof-fstat", time.Since(start))
		if err != nil {
			l.logf(redislog.Warning, "Unable to obtain the AOF file %s length. stat: %s", f.Name, fsys.ErrorText(err))
			return NotExist, err
		}
		total += info.Size()
	}
	if total == 0 {
		return Empty, nil
	}
	if ld.Begin != nil {
		ld.Begin(total)
	}
	outcome := Loaded
	for i, f := range files {
		var err error
		if outcome, err = l.loadListed(ld, f, i == len(files)-1); err != nil {
			return NotExist, err
		}
	}
	return outcome, nil
}

// loadListed loads a file of the manifest.
func (l *Log) loadListed(ld Loading, f FileInfo, last bool) (Outcome, error) {
	if ld.File != nil {
		ld.File(f.Name)
	}
	start := time.Now()
	kind := "incr"
	if f.Type == TypeBase {
		kind = "base"
	}
	outcome, err := l.loadFile(ld, f.Name, last)
	if err == nil && outcome != Empty {
		l.logf(redislog.Notice, "DB loaded from %s file %s: %.3f seconds", kind, f.Name, time.Since(start).Seconds())
	}
	if outcome == Empty {
		outcome = Loaded
	}
	return outcome, err
}

// loadFile loads one file.
func (l *Log) loadFile(ld Loading, name string, last bool) (Outcome, error) {
	f, err := l.fs.OpenFile(l.join(name), os.O_RDONLY, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			l.logf(redislog.Warning, "The append log file %s doesn't exist: %s", name, fsys.ErrorText(err))
		} else {
			l.logf(redislog.Warning, "Fatal error: can't open the append log file %s for reading: %s", name, fsys.ErrorText(err))
		}
		return NotExist, err
	}
	defer f.Close()
	if size, err := f.Size(); err == nil && size == 0 {
		return Empty, nil
	}
	off, err := l.loadPreamble(ld, f, name)
	if err != nil {
		return NotExist, err
	}
	r, err := newReader(f, name, off)
	if err != nil {
		l.logf(redislog.Warning, "Unrecoverable error reading the append only file %s: %s", name, fsys.ErrorText(err))
		return NotExist, err
	}
	r.run, r.progress = ld.Command, ld.Progress
	err = r.all()
	var bad *FormatError
	switch {
	case err == nil:
		return Loaded, nil
	case errors.As(err, &bad) && bad.Truncated:
		return l.truncated(ld, bad, last)
	case errors.As(err, &bad):
		l.logf(redislog.Warning, "The append only file %s", bad)
		l.logf(redislog.Warning, "Bad file format reading the append only file %s: make a backup of your AOF file, "+
			"then use ./redis-check-aof --fix <filename.manifest>", name)
		return NotExist, err
	case errors.Is(err, ErrUnknownCommand):
		l.logf(redislog.Warning, "Unknown command '%s' reading the append only file %s", r.word, name)
	default:
		l.logf(redislog.Warning, "Unrecoverable error reading the append only file %s: %s", name, fsys.ErrorText(err))
	}
	return NotExist, fmt.Errorf("%s at offset %d: %w", name, r.off, err)
}

// loadPreamble loads an RDB file that f begins with, and returns where it ends: 0 if there is none.
func (l *Log) loadPreamble(ld Loading, f fsys.File, name string) (off int64, err error) {
	var magic [5]byte
	_, err = io.ReadFull(f, magic[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		l.logf(redislog.Warning, "Unrecoverable error reading the append only file %s: %s", name, fsys.ErrorText(err))
		return 0, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if string(magic[:]) != "REDIS" {
		return 0, nil
	}
	size, err := f.Size()
	if err != nil {
		return 0, err
	}
	what, begin := "RDB base file", "Reading RDB base file on AOF loading..."
	if name == l.fileName {
		what, begin = "RDB preamble of the AOF file", "Reading RDB preamble from AOF file..."
	}
	l.opt.Log(redislog.Notice, begin)
	off, err = ld.RDB(f, size)
	if err == nil && (off < 0 || off > size) {
		err = fmt.Errorf("an RDB file of %d bytes in %d", off, size)
	}
	if err == nil {
		_, err = f.Seek(off, io.SeekStart)
	}
	if err != nil {
		l.logf(redislog.Warning, "Error reading the %s %s, AOF loading aborted", what, name)
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if name == l.fileName {
		l.opt.Log(redislog.Notice, "Reading the remaining AOF tail...")
	}
	return off, nil
}

// truncated cuts a file that ends in the middle of an effect, if that is allowed. A file that others follow is left as it is.
func (l *Log) truncated(ld Loading, bad *FormatError, last bool) (Outcome, error) {
	if bad.Multi {
		l.logf(redislog.Warning, "Revert incomplete MULTI/EXEC transaction in AOF file %s", bad.File)
	}
	if !ld.AllowTruncated {
		l.logf(redislog.Warning, "Unexpected end of file reading the append only file %s. You can: "+
			"1) Make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>. "+
			"2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server.", bad.File)
		return NotExist, bad
	}
	l.logf(redislog.Warning, "!!! Warning: short read while loading the AOF file %s!!!", bad.File)
	if !last {
		l.logf(redislog.Warning, "Fatal error: the truncated file is not the last file")
		return NotExist, bad
	}
	l.logf(redislog.Warning, "!!! Truncating the AOF %s at offset %d !!!", bad.File, bad.Offset)
	if err := l.cutFile(bad.File, bad.Offset); err != nil {
		l.logf(redislog.Warning, "Error truncating the AOF file %s: %s", bad.File, fsys.ErrorText(err))
		return NotExist, err
	}
	l.logf(redislog.Warning, "AOF %s loaded anyway because aof-load-truncated is enabled", bad.File)
	return Truncated, nil
}

// cutFile makes a file of the folder shorter.
func (l *Log) cutFile(name string, size int64) error {
	f, err := l.fs.OpenFile(l.join(name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = f.Truncate(size)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	l.wmu.Lock()
	defer l.wmu.Unlock()
	if err == nil && l.file != nil && l.file.name == name {
		l.file.cut(size, &l.spareKept)
	}
	return err
}

// upgradable says whether the file of a Redis before 7 is to become the base. man is what the manifest lists.
func (l *Log) upgradable(man *Manifest) bool {
	switch {
	case !fsys.IsFile(l.fs, l.old()):
		return false
	case !fsys.IsDir(l.fs, l.folder()), man.Empty():
		return true
	}
	// An upgrade was interrupted between its last two steps.
	return man.Base != nil && len(man.Incr) == 0 && man.Base.Name == l.fileName && !fsys.IsFile(l.fs, l.join(l.fileName))
}

// upgrade lists the old file in a manifest and moves it into the folder. It may be interrupted anywhere, and is done again.
func (l *Log) upgrade(man *Manifest) error {
	if err := fsys.EnsureDir(l.fs, l.folder(), 0o755); err != nil {
		l.logf(redislog.Warning, "Can't open or create append-only dir %s: %s", l.dirName, fsys.ErrorText(err))
		return err
	}
	man.Base, man.BaseSeq = &FileInfo{Name: l.fileName, Seq: 1, Type: TypeBase}, 1
	if err := l.installManifest(man); err != nil {
		return err
	}
	err := fsys.Install(l.fs, l.old(), l.join(l.fileName))
	if err == nil {
		err = l.fs.SyncDir(filepath.Dir(l.old()))
	}
	if err != nil {
		l.logf(redislog.Warning, "Error trying to move the old AOF file %s into dir %s: %s", l.fileName, l.dirName, fsys.ErrorText(err))
		return err
	}
	l.logf(redislog.Notice, "Successfully migrated an old-style AOF file (%s) into the AOF directory (%s).", l.fileName, l.dirName)
	l.wmu.Lock()
	defer l.wmu.Unlock()
	l.man = man.clone()
	return nil
}
