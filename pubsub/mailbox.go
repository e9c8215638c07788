package pubsub

import (
	"sync"
	"sync/atomic"
)

// entry is one message for one part.
type entry struct {
	part *part
	// The message is ref, which never changes, or if that is nil bytes from..to of what was taken with the entry.
	ref      []byte
	from, to int32
	tail     int32 // where channel and text begin in the message
	// direct is how the message begins that Hub.Send sends: ref is then what follows.
	direct *Head
	// mark is what is called instead of a message being delivered: see Hub.Mark.
	mark func()
}

// Head is how a message to one subscriber begins, in each protocol; "": it is not sent in that one. In RESP2 it is sent only while the
// subscriber has subscriptions.
type Head struct{ Resp2, Resp3 string }

// mailbox holds what a loop has not delivered yet. Short messages lie one behind the other, so that a subscriber of just one channel is sent
// them as they are.
type mailbox struct {
	n     atomic.Int32
	bytes atomic.Int64
	mu    sync.Mutex
	taken // this and the rest are guarded by mu
	spare taken
	gen   uint64 // how often it was emptied
}

// taken is what was in a mailbox.
type taken struct {
	list []entry
	buf  []byte
	full bool // the mailbox was
}

const (
	// boxFull is how many bytes a mailbox may hold before those who publish should wait.
	boxFull = 256 << 10
	// boxMost is how many bytes it may hold as copies.
	boxMost = 1 << 30
	// entryCost is what an entry counts for beside its message.
	entryCost = 64
	// keepEntries and keepBytes are the longest lists and texts that a mailbox keeps when it is empty.
	keepEntries = 8 << 10
	keepBytes   = 2 * boxFull
)

// put adds a short message for a part. first: the mailbox was empty; full: it is full since now.
func (b *mailbox) put(p *part, m *posting) (first, full bool) {
	b.mu.Lock()
	n := 0
	if m.box != b || m.gen != b.gen { // else it is there for another part already
		from := len(b.buf)
		b.buf = m.appendTo(b.buf)
		n = len(b.buf) - from
		m.box, m.gen, m.from, m.to = b, b.gen, int32(from), int32(len(b.buf))
	}
	b.list = append(b.list, entry{part: p, from: m.from, to: m.to, tail: m.tail()})
	return b.added(n)
}

// putRef is put for a message that is not copied.
func (b *mailbox) putRef(e entry) (first, full bool) {
	b.mu.Lock()
	b.list = append(b.list, e)
	return b.added(len(e.ref))
}

// added ends put.
func (b *mailbox) added(n int) (first, full bool) {
	size := int64(n + entryCost)
	b.n.Store(int32(len(b.list)))
	first = len(b.list) == 1
	now := b.bytes.Add(size)
	b.mu.Unlock()
	return first, now >= boxFull && now-size < boxFull
}

// take empties the mailbox. Who takes something gives it back when it is done with it.
func (b *mailbox) take() (t taken) {
	if b.n.Load() == 0 {
		return t
	}
	b.mu.Lock()
	t, b.taken, b.spare = b.taken, b.spare, taken{}
	b.gen++
	b.n.Store(0)
	t.full = b.bytes.Swap(0) >= boxFull
	b.mu.Unlock()
	return t
}

func (b *mailbox) giveBack(t taken) {
	clear(t.list)
	if t.full, t.list, t.buf = false, t.list[:0], t.buf[:0]; cap(t.list) > keepEntries {
		t.list = nil
	}
	if cap(t.buf) > keepBytes {
		t.buf = nil
	}
	b.mu.Lock()
	b.spare = t
	b.mu.Unlock()
}
