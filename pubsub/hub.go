package pubsub

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Kind is what one can subscribe to.
type Kind uint8

// The kinds of topics.
const (
	Channel Kind = iota
	Shard        // a channel of SPUBLISH
	Pattern      // channels whose names match
	NumKinds
)

// Hooks are what a Hub needs of its owner. They are called without locks.
type Hooks struct {
	// Wake has Deliver called soon on a loop.
	Wake func(loop int)
	// Room says that a mailbox that was full is empty; see Hub.Full.
	Room func()
}

// Hub is all topics, subscribers and mailboxes.
type Hub struct {
	hooks    Hooks
	seed     maphash.Seed
	tables   [Pattern][tableParts]table
	patterns patternTable
	topics   [NumKinds]atomic.Int64
	full     atomic.Int32 // mailboxes
	loops    []loop
}

// tableParts is into how many parts a table is divided, so that those who publish at the same time seldom meet.
const tableParts = 16

// table is a part of all channels, or of all shard channels.
type table struct {
	mu sync.Mutex
	m  map[string]*topic
	_  [48]byte
}

// topic is something that there are subscribers for. Its table's lock guards parts.
type topic struct {
	kind  Kind
	name  string
	parts []*part
	glob  *globTopic // of a pattern
}

// part is the subscribers that one loop has for a topic.
type part struct {
	topic *topic // nil: the part is a subscriber's own, see Hub.Send
	loop  int
	n     int // subscribers; the lock of the topic's table guards it

	// The rest belongs to the loop.
	members []*member // nil: has left while messages were delivered
	pending []int32   // of the entries that are being delivered, those for this part
	marked  bool      // there is a mark among them
	flat    [2]flat   // these, in RESP2 and RESP3
}

// New makes a Hub for a number of loops.
func New(loops int, hooks Hooks) *Hub {
	h := &Hub{hooks: hooks, seed: maphash.MakeSeed(), loops: make([]loop, loops)}
	for k := range h.tables {
		for i := range h.tables[k] {
			h.tables[k][i].m = make(map[string]*topic)
		}
	}
	h.patterns.m = make(map[string]*topic)
	return h
}

func (h *Hub) table(k Kind, name []byte) *table {
	return &h.tables[k][maphash.Bytes(h.seed, name)%tableParts]
}

// Topics is the number of topics of a kind that have subscribers.
func (h *Hub) Topics(k Kind) int { return int(h.topics[k].Load()) }

// Quiet says that nobody has subscribed to anything that a message to a channel could reach.
func (h *Hub) Quiet() bool { return h.topics[Channel].Load() == 0 && h.topics[Pattern].Load() == 0 }

// NumSub is the number of subscribers of a channel or shard channel, without those of patterns.
func (h *Hub) NumSub(k Kind, name []byte) (n int) {
	t := h.table(k, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	if tp := t.m[string(name)]; tp != nil {
		n = tp.count()
	}
	return n
}

func (t *topic) count() (n int) {
	for _, p := range t.parts {
		n += p.n
	}
	return n
}

// Names lists the channels, or shard channels, that have subscribers and that match accepts.
func (h *Hub) Names(k Kind, match func(name string) bool) (names []string) {
	for i := range h.tables[k] {
		t := &h.tables[k][i]
		t.mu.Lock()
		for name := range t.m {
			if match(name) {
				names = append(names, name)
			}
		}
		t.mu.Unlock()
	}
	return names
}

// Publish sends a message to a channel, or shard channel, and returns how many times it will be received. from is the loop that publishes,
// which will call Served soon; -1: none does.
func (h *Hub) Publish(from int, k Kind, channel, message []byte) (receivers int) {
	patterns := k == Channel && h.topics[Pattern].Load() > 0
	if !patterns && h.topics[k].Load() == 0 {
		return 0
	}
	out := posting{kind: k, channel: channel, text: message}
	t := h.table(k, channel)
	if len(channel)+len(message) > longMessage && (patterns || h.NumSub(k, channel) > 0) {
		out.long = out.appendTo(make([]byte, 0, len(channel)+len(message)+headCost))
	}
	t.mu.Lock()
	if tp := t.m[string(channel)]; tp != nil {
		h.post(&out, tp)
	}
	if patterns {
		h.patterns.mu.RLock()
		h.patterns.groups.Prefixes(channel, func(g *globGroup) {
			for _, tp := range g.list {
				if tp.glob.matches(channel) {
					h.post(&out, tp)
				}
			}
		})
		h.patterns.mu.RUnlock()
	}
	t.mu.Unlock()
	h.wake(&out, from)
	return out.receivers
}

// longMessage is the size of a message from which on it is not copied under a lock.
const longMessage = 4 << 10

// posting is a message on its way into mailboxes.
type posting struct {
	kind          Kind
	channel, text []byte
	long          []byte // the message, if it is not to be copied
	// Where it is already: from..to in a mailbox, as long as that has the same gen.
	box       *mailbox
	gen       uint64
	from, to  int32
	receivers int
	woken     [2]uint64 // loops whose mailboxes were empty, by bit; MaxLoops
}

// MaxLoops is how many loops there may be.
const MaxLoops = 128

// post puts a message into the mailboxes of a topic's loops. The topic's table is locked.
func (h *Hub) post(out *posting, tp *topic) {
	for _, p := range tp.parts {
		out.receivers += p.n
		var first, full bool
		b := &h.loops[p.loop].box
		if out.long == nil && b.bytes.Load() > boxMost {
			out.long = out.appendTo(nil) // so that offsets stay within 32 bits, whatever a transaction publishes
		}
		if out.long != nil {
			first, full = b.putRef(entry{part: p, ref: out.long, tail: out.tail()})
		} else {
			first, full = b.put(p, out)
		}
		h.noted(out, p.loop, first, full)
	}
}

// noted remembers what putting something into a loop's mailbox has told.
func (h *Hub) noted(out *posting, loop int, first, full bool) {
	if first {
		out.woken[loop/64] |= 1 << (loop % 64)
	}
	if full {
		h.full.Add(1)
	}
}

// wake has the loops woken whose mailboxes are not empty any more: at once, or by a loop that publishes when its turn ends.
func (h *Hub) wake(out *posting, from int) {
	if from < 0 {
		h.wakeAll(&out.woken)
		return
	}
	l := &h.loops[from]
	out.woken[from/64] &^= 1 << (from % 64)
	l.woken[0] |= out.woken[0]
	l.woken[1] |= out.woken[1]
}

// Served ends a turn of a loop: it delivers what the loop's mailbox has, and wakes others that the loop has published to.
func (h *Hub) Served(loop int) {
	l := &h.loops[loop]
	h.wakeAll(&l.woken)
	l.woken = [2]uint64{}
	l.handOut(h, l.takeAll())
}

func (h *Hub) wakeAll(woken *[2]uint64) {
	for i, set := range woken {
		for j := i * 64; set != 0; j++ {
			if set&1 != 0 {
				h.hooks.Wake(j)
			}
			set >>= 1
		}
	}
}

// Pending says whether a loop's mailbox has something.
func (h *Hub) Pending(loop int) bool { return h.loops[loop].box.n.Load() > 0 }

// Full says whether some loop has fallen behind: its mailbox is full, and who publishes should wait until Hooks.Room tells that there is room.
// Nothing is lost if they do not.
func (h *Hub) Full() bool { return h.full.Load() > 0 }

// FullAt is Full for one loop.
func (h *Hub) FullAt(loop int) bool { return h.loops[loop].box.bytes.Load() >= boxFull }
