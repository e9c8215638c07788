package persist

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"radish/persist/rdb"
	"radish/store"
)

// LoadOptions are those of Load.
type LoadOptions struct {
	// NowMs is the time, in unix ms: keys whose deadline has passed are left out.
	NowMs int64
	// KeepLapsed loads these too: in the base of an AOF, whose log expects them, and in what a master sends.
	KeepLapsed bool
	// Replace lets keys of the file take the place of those that the store has. Else it is an error that there are some.
	Replace bool
	// Deep looks for members and fields that are there twice (sanitize-dump-payload).
	Deep bool
	// Checksum says that the file's checksum is checked (rdbchecksum).
	Checksum bool
	// LFU says that the policy of eviction is one of LFU: of each key's access the frequency is taken over, else the time.
	LFU bool
	// Workers is the number of goroutines that decode values, beside the one that reads; 0: one for each processor.
	Workers int
	// Progress is called now and then with the number of bytes that were read. Its error ends the loading. nil: nobody wants to know.
	Progress func(bytes int64) error
	// Found is called with the number of keys that were found since the last time, to slow the loading down (key-load-delay); nil: that is not wanted.
	Found func(keys int)
	// Aux is called for each aux field; nil: nobody wants to know.
	Aux func(name, value string)
	// Empty is called for each key that is left out because it has no elements, by any goroutine; nil: nobody wants to know.
	Empty func(key string)
}

// Loaded is what Load has done.
type Loaded struct {
	Version int   // of the file
	Keys    int64 // loaded
	Expired int64 // left out, because their deadlines had passed
	Empty   int64 // left out, because they had no elements
	Size    int64 // of the file in bytes, with its checksum
	// Rest is what follows the file: the log, if it was the beginning of an AOF. nil after an error.
	Rest io.Reader
}

// DatabasesError says that a file has keys of a database that there is not.
type DatabasesError struct{ Databases int }

// Error is what Redis logs.
func (e *DatabasesError) Error() string {
	return fmt.Sprintf("FATAL: Data file was created with a Redis server configured to handle more than %d databases. Exiting", e.Databases)
}

// DuplicateError says that a key is there already, or twice.
type DuplicateError struct {
	Key string
	DB  int
}

// Error is what Redis logs.
func (e *DuplicateError) Error() string {
	return fmt.Sprintf("RDB has duplicated key '%s' in DB %d", e.Key, e.DB)
}

// Load loads an RDB file into a store: one goroutine, the caller's, finds the keys, others decode values and add them. It takes the locks of shards, each
// for one key. Errors about the file are of type *rdb.Error, *DatabasesError and *DuplicateError; after one the store has a part of the keys.
func Load(s *store.Store, r io.Reader, o LoadOptions) (Loaded, error) {
	sc, err := rdb.NewScanner(r, o.Checksum)
	if err != nil {
		return Loaded{}, err
	}
	if o.Aux != nil {
		sc.Aux = func(name, value []byte) { o.Aux(string(name), string(value)) }
	}
	sc.Selected = func(db uint64) error {
		if db >= uint64(s.Databases()) {
			return &DatabasesError{s.Databases()}
		}
		return nil
	}
	l := loader{s: s, o: &o, batches: make(chan *rdb.Batch, loadAhead), spare: make(chan *rdb.Batch, 2*loadAhead)}
	var wg sync.WaitGroup
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	for range workers {
		wg.Go(func() {
			w := newLoadWorker(&l)
			for b := range l.batches {
				w.batch(b)
				b.Release()
				l.giveBack(b)
			}
		})
	}
	err = l.scan(sc)
	close(l.batches)
	wg.Wait()
	res := Loaded{Version: sc.Version(), Keys: l.keys.Load(), Expired: l.expired.Load(), Empty: l.empty.Load()}
	if worse := l.err(); worse != nil {
		err = worse // about a place before the one where the scan ended
	}
	if err == nil {
		res.Size, res.Rest = sc.Offset(), sc.Rest()
	}
	return res, err
}

// loadAhead is how many batches may wait for a worker.
const loadAhead = 4

// loader is what the goroutines of a Load share.
type loader struct {
	s       *store.Store
	o       *LoadOptions
	batches chan *rdb.Batch
	spare   chan *rdb.Batch

	keys, expired, empty atomic.Int64

	failed atomic.Bool
	mu     sync.Mutex
	first  error // the one at the earliest place
	at     int64
}

// fail notes an error about the record at an offset.
func (l *loader) fail(err error, at int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil || at < l.at {
		l.first, l.at = err, at
	}
	l.failed.Store(true)
}

func (l *loader) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

func (l *loader) newBatch() *rdb.Batch {
	select {
	case b := <-l.spare:
		return b
	default:
		return new(rdb.Batch)
	}
}

func (l *loader) giveBack(b *rdb.Batch) {
	select {
	case l.spare <- b:
	default:
	}
}

// scan reads the file to its end, or to the first error.
func (l *loader) scan(sc *rdb.Scanner) error {
	var big *loadWorker
	for !l.failed.Load() {
		b := l.newBatch()
		if err := sc.Next(b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		keys := len(b.Records)
		if b.Big {
			if big == nil {
				big = newLoadWorker(l)
			}
			if err := big.big(sc, b); err != nil {
				return err
			}
			l.giveBack(b)
		} else {
			l.batches <- b
		}
		if l.o.Found != nil {
			l.o.Found(keys)
		}
		if l.o.Progress != nil {
			if err := l.o.Progress(sc.Offset()); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadWorker decodes values and adds them to the store.
type loadWorker struct {
	*loader
	d  rdb.Decoder
	b  builder
	db store.DB
	// added are keys that are not in loader.keys yet.
	added int64
	// ahead are the next records.
	ahead [loadGroup]struct {
		k      store.Key
		buf    []byte // of an encoded key
		value  []byte
		offset int64
	}
}

// loadGroup is of how many keys the places in the table are asked for at once.
const loadGroup = 16

func newLoadWorker(l *loader) *loadWorker {
	return &loadWorker{loader: l, d: rdb.Decoder{Deep: l.o.Deep}, b: builder{s: l.s, deep: l.o.Deep}, db: l.s.DB(0, l.o.NowMs)}
}

// tell adds what was loaded to the sum.
func (w *loadWorker) tell() {
	w.keys.Add(w.added)
	w.added = 0
}

func (w *loadWorker) batch(b *rdb.Batch) {
	defer w.tell()
	for rest := b.Records; len(rest) > 0 && !w.failed.Load(); {
		n := min(len(rest), loadGroup)
		if !w.group(rest[:n]) {
			return
		}
		rest = rest[n:]
	}
}

// group loads up to loadGroup records.
func (w *loadWorker) group(records []rdb.Record) bool {
	for i := range records {
		r, a := &records[i], &w.ahead[i]
		key, value, offset, err := r.Key(&a.buf)
		if err != nil {
			w.fail(err, r.Offset)
			return false
		}
		a.k, a.value, a.offset = w.s.Key(key), value, offset
		w.db.Index = r.DB
		w.db.PrefetchBucket(a.k)
	}
	for i := range records {
		r, a := &records[i], &w.ahead[i]
		err := w.d.Decode(r.Type, a.value, a.offset, &w.b)
		if err = w.take(r, a.k, err); err != nil {
			w.fail(err, r.Offset)
			return false
		}
	}
	return true
}

// big loads the record that is still in the stream.
func (w *loadWorker) big(sc *rdb.Scanner, b *rdb.Batch) error {
	r := b.Records[0]
	key, err := sc.Key()
	if err != nil {
		return err
	}
	k := w.s.Key(key)
	defer w.tell()
	return w.take(&r, k, sc.Decode(&w.d, &w.b))
}

// take adds the value that the builder has, if err, the decoder's, is nil.
func (w *loadWorker) take(r *rdb.Record, k store.Key, err error) error {
	if err != nil {
		w.b.free()
		if errors.Is(err, rdb.ErrEmptyValue) {
			w.empty.Add(1)
			if w.o.Empty != nil {
				w.o.Empty(string(k.B))
			}
			return nil
		}
		return err
	}
	v := w.b.finish()
	if r.DeadlineMs != 0 && r.DeadlineMs < w.o.NowMs && !w.o.KeepLapsed {
		v.Free()
		w.expired.Add(1)
		return nil
	}
	w.db.Index = r.DB
	sh := w.s.ShardOf(k.H)
	w.s.Lock(sh)
	ok := v.add(&w.db, k, r.DeadlineMs)
	if !ok && w.o.Replace {
		v.Install(&w.db, k, r.DeadlineMs)
		ok = true
	}
	if ok {
		w.access(r, k)
	}
	w.s.Unlock(sh)
	if !ok {
		v.Free()
		return &DuplicateError{string(k.B), r.DB}
	}
	w.added++
	return nil
}

// access takes over when, or how often, a key was accessed.
func (w *loadWorker) access(r *rdb.Record, k store.Key) {
	switch {
	case w.o.LFU && r.Freq >= 0:
		w.db.SetFreq(k, uint8(r.Freq))
	case !w.o.LFU && r.IdleS >= 0:
		w.db.SetIdle(k, r.IdleS)
	}
}
