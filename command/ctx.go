package command

import (
	"bytes"
	"strings"
	"sync/atomic"

	"radish/internal/num"
	"radish/resp"
	"radish/store"
)

// Ctx is one command on its way: what a handler reads and where it writes. It is valid only while the
// handler runs; Args are views into the connection's buffer.
type Ctx struct {
	Args  [][]byte    // Args[0] is the name as it was sent; of a subcommand Args[1] too
	Spec  *Spec       // the row that is run
	Keys  []store.Key // the keys that the row declares, in argument order; their shards are locked
	DB    store.DB    // the selected database, with the moment of the command (DB.Now)
	Reply *resp.Writer
	Env   *Env
	// Client is whoever asks: *server.Client. The data commands do not look at it.
	Client any
	// OnLoop says that an event loop runs the handler, which others wait for; see Offload.
	OnLoop bool
	// Dirty counts what the command changed (INFO's rdb_changes_since_last_save).
	Dirty int64
	// Hits and Misses count the keys that commands looked for to read them, since the Ctx was made.
	Hits, Misses int64
	// Again is the look-ups of Find that the command has made before, on an event loop before it went to a worker, or in Prepare: they are not
	// uses, nor are misses told, for a second time. What else counted as a use then has left DB.NoTouch set.
	Again Lookups
	// Prepared is what Spec.Prepare has left for Handler.
	Prepared Prepared
	// Ready are the keys that clients wait for and that the handler has changed. Env.KeyEvent fills it; who has
	// called the handler serves the clients before it unlocks the shards.
	Ready []ReadyKey
	// Waiter is whoever waits since Ctx.Block: what Env.Block has left for dispatch.
	Waiter any
	// Reach is the set of shards (by bit) that are locked while a client that has waited is served; else 0: the
	// shards of all Keys are.
	Reach uint64
	// ServedOn is, while Reach is not 0, one more than the number of the event loop that serves; 0: none does.
	ServedOn int
	// Effects is what goes into the log.
	Effects Effects
	// LogPos is the position in the log behind what the command has left there; 0: nothing.
	LogPos int64
	// Deny keeps a command inside EXEC or a script from blocking or going to a worker.
	Deny bool
}

// Env is what handlers need of the process. One for all; its fields are set before the first command.
type Env struct {
	Table      *Table
	MaxBulkLen atomic.Int64 // proto-max-bulk-len
	// HLLSparseMax is hll-sparse-max-bytes.
	HLLSparseMax  atomic.Int64
	LFU           atomic.Bool  // maxmemory-policy is one of the LFU policies
	ExpiredFields atomic.Int64 // of hashes: that lapsed, or were given a deadline that had passed
	OwnInts       atomic.Bool  // maxmemory is set, with an LRU or LFU policy: see Refcount
	LazyDel       atomic.Bool  // lazyfree-lazy-user-del
	LazyFlush     atomic.Bool  // lazyfree-lazy-user-flush
	LazyExpire    atomic.Bool  // lazyfree-lazy-expire
	LazyServer    atomic.Bool  // lazyfree-lazy-server-del: replaced values
	// Logging says that effects are logged.
	Logging atomic.Bool
	// Record logs what c has done; see Effects.Finish.
	Record func(c *Ctx)
	// Observed says that somebody wants to hear of changed keys (WATCH, notifications, tracking, blocked
	// clients). Changed does nothing more than count while it is false.
	Observed atomic.Bool
	// KeyEvent is called for each change while Observed; class 0: a change without a notification.
	KeyEvent func(c *Ctx, db int, k store.Key, class EventClass, event string, changed bool)
	// Block notes, for Ctx.Block, that c.Client waits; the shards of its keys are locked for writing.
	Block func(c *Ctx, w Wait)
	// Flushed is called while Observed after database db (-1: each) was emptied; all shards are locked if
	// c.DB.Locked, else none. Swapped is called while Observed after two databases were swapped; all
	// shards are locked. Every key of the databases may have changed.
	Flushed func(c *Ctx, db int)
	Swapped func(c *Ctx, a, b int)
	// FlushSaves says that FLUSHALL writes a snapshot: it is for a worker then.
	FlushSaves atomic.Bool
	// FlushedAll is called after FLUSHALL. Unless c.DB.Locked, a worker calls it while FlushSaves.
	FlushedAll func(c *Ctx)
}

// Lookups is how many look-ups found a key, and how many did not.
type Lookups struct{ Hits, Misses int64 }

// EventClass is the class of a keyspace notification: a bit of notify-keyspace-events.
type EventClass uint16

const (
	EventGeneric EventClass = 1 << iota // g
	EventString                         // $
	EventList                           // l
	EventSet                            // s
	EventHash                           // h
	EventZSet                           // z
	EventExpired                        // x
	EventEvicted                        // e
	EventStream                         // t
	EventKeyMiss                        // m
	EventModule                         // d
	EventNew                            // n
)

// Changed tells the world that the value or the deadline of a key is another one: for dirty counts,
// WATCH, notifications (class and event, as Redis names them), client caches and waiting clients. A
// handler calls it once per key and event, after the change. Class 0 notifies nobody: for who does that by Event.
func (c *Ctx) Changed(k store.Key, class EventClass, event string) {
	c.Dirty++
	if c.Env.Observed.Load() {
		c.Env.KeyEvent(c, c.DB.Index, k, class, event, true)
	}
}

// ChangedIn is Changed for a key of another database (MOVE, COPY ... DB).
func (c *Ctx) ChangedIn(db int, k store.Key, class EventClass, event string) {
	c.Dirty++
	if c.Env.Observed.Load() {
		c.Env.KeyEvent(c, db, k, class, event, true)
	}
}

// tellOrder is when client caches hear of a change of elements, beside those who listen to its notifications: that of the command, and "del"
// when the key is gone. A client that does both has them in this order, and Redis's commands do not agree on one.
type tellOrder uint8

const (
	touchFirst tellOrder = iota
	touchLast
	touchBeforeDel // behind that of the command
)

// changedElems is Changed for a value that n elements came into or went out of. emptied: the key is gone with the last.
func (c *Ctx) changedElems(k store.Key, class EventClass, event string, n int, emptied bool, order tellOrder) {
	if order == touchFirst {
		c.Changed(k, class, event)
	} else {
		c.Event(k, class, event)
	}
	if order == touchBeforeDel {
		c.Changed(k, 0, "")
	}
	if emptied {
		c.Event(k, EventGeneric, "del") // of the same change
	}
	if order == touchLast {
		c.Changed(k, 0, "")
	}
	c.Dirty += int64(n - 1)
}

// Event notifies without a change (keymiss).
func (c *Ctx) Event(k store.Key, class EventClass, event string) {
	c.EventIn(c.DB.Index, k, class, event)
}

// EventIn is Event for a key of another database.
func (c *Ctx) EventIn(db int, k store.Key, class EventClass, event string) {
	if c.Env.Observed.Load() {
		c.Env.KeyEvent(c, db, k, class, event, false)
	}
}

// offloadWork is how much work, in bytes touched or simple steps, a command may do on an event loop:
// at most about a millisecond.
const offloadWork = 4 << 20

// Offload says whether work (bytes touched or simple steps) is too long for the event loop that runs the
// handler. The handler then returns ErrOffload, before it changed or replied anything.
func (c *Ctx) Offload(work int) bool { return c.OnLoop && work > offloadWork }

// offloadUsed is ErrOffload of a handler that has looked up all its keys other than with Find: that was the use of them.
func (c *Ctx) offloadUsed() error {
	c.DB.NoTouch = true
	return ErrOffload
}

// partWork is the work of replying n of the size elements of a value, when each of them costs each, or as much as it has bytes.
func partWork(e store.Entry, n, size, each int) int {
	return max(n*each, int(float64(n)/float64(max(size, 1))*float64(e.ValueBytes())))
}

// Arg is argument i as a string, for messages; it allocates.
func (c *Ctx) Arg(i int) string { return string(c.Args[i]) }

// Is says whether argument i is word (given in lower case), in any case.
func (c *Ctx) Is(i int, word string) bool { return EqualFold(c.Args[i], word) }

// Int is argument i as Redis reads an integer: canonical decimal of 64 bits.
func (c *Ctx) Int(i int) (int64, error) {
	v, ok := num.ParseInt(c.Args[i])
	if !ok {
		return 0, ErrNotInteger
	}
	return v, nil
}

// Int32 is argument i as an integer of 32 bits; message is the error that says it is none, "" Redis's own.
func (c *Ctx) Int32(i int, message Error) (int, error) {
	v, ok := num.ParseInt(c.Args[i])
	switch {
	case ok && v == int64(int32(v)):
		return int(v), nil
	case message != "":
		return 0, message
	case !ok:
		return 0, ErrNotInteger
	}
	return 0, ErrNotInt32
}

// DBIndex is argument i as the index of a database.
func (c *Ctx) DBIndex(i int) (int, error) {
	v, err := c.Int32(i, "")
	if err == nil && (v < 0 || v >= c.DB.Store().Databases()) {
		err = ErrDBIndex
	}
	return v, err
}

// DBAt is another database as this command sees it.
func (c *Ctx) DBAt(index int) store.DB {
	db := c.DB.Store().DB(index, c.DB.Now)
	db.NoTouch, db.Locked, db.Clock = c.DB.NoTouch, c.DB.Locked, c.DB.Clock
	return db
}

// Find looks key i of the row up in order to read it: that counts as a hit or a miss, and as an access.
func (c *Ctx) Find(i int) store.Entry { return c.FindKey(c.Keys[i]) }

// FindKey is Find for a key that the row does not tell.
func (c *Ctx) FindKey(k store.Key) store.Entry {
	if c.Again != (Lookups{}) {
		return c.findAgain(k)
	}
	e := c.DB.Lookup(k)
	if !e.Ok() {
		c.missed(k)
		return e
	}
	c.Hits++
	return e
}

// findAgain is FindKey while look-ups may be repeated.
func (c *Ctx) findAgain(k store.Key) store.Entry {
	e := c.DB.Peek(k)
	switch {
	case e.Ok() && c.Again.Hits > 0:
		c.Again.Hits--
		c.Hits++
	case e.Ok():
		c.DB.Lookup(k)
		c.Hits++
	case c.Again.Misses > 0:
		c.Again.Misses--
		c.Misses++
	default:
		c.missed(k)
	}
	return e
}

// FindUntouched is Find, but the key does not become more recently or frequently used.
func (c *Ctx) FindUntouched(i int) store.Entry {
	e := c.DB.Peek(c.Keys[i])
	if !e.Ok() {
		c.missed(c.Keys[i])
		return e
	}
	c.Hits++
	return e
}

// Inspect is FindUntouched, but nobody is told when there is no key.
func (c *Ctx) Inspect(k store.Key) store.Entry {
	e := c.DB.Peek(k)
	if e.Ok() {
		c.Hits++
	} else {
		c.Misses++
	}
	return e
}

// FindWrite looks a key up in order to change it: an access, but neither a hit nor a miss. If it is there, what the handler does to keys from then on
// is no further access.
func (c *Ctx) FindWrite(k store.Key) store.Entry {
	e := c.DB.Lookup(k)
	if e.Ok() {
		c.DB.NoTouch = true
	}
	return e
}

func (c *Ctx) missed(k store.Key) {
	c.Misses++
	c.Event(k, EventKeyMiss, "keymiss")
}

// String is Find for a string: the zero Entry if there is no key, ErrWrongType if it is of another type.
func (c *Ctx) String(i int) (store.Entry, error) {
	e := c.Find(i)
	if e.Ok() && e.Type() != store.TypeString {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// ReplyHelp is the reply of a HELP subcommand. Lines are subcommands, each followed by what it does,
// indented by four blanks.
func (c *Ctx) ReplyHelp(lines ...string) error {
	w := c.Reply
	w.Array(len(lines) + 3)
	w.SimpleString(strings.ToUpper(text(c.Args[0])) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
	for _, l := range lines {
		w.SimpleString(l)
	}
	w.SimpleString("HELP")
	w.SimpleString("    Print this help.")
	return nil
}

// text is an argument as Redis's messages show it: up to a zero byte.
func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// EqualFold says whether b is the ASCII word, which is in lower case, in any case.
func EqualFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
