package pubsub

import (
	"sync"
	"sync/atomic"
)

// entry is one message for one part.
type entry struct {
	part *part
	msg  []byte // never changes; see encode, or the body of a direct message
	tail int    // where channel and text begin in msg
	// direct is how the message begins that Hub.Send sends.
	direct *Head
}

// Head is how a message to one subscriber begins, in each protocol; "": it is not sent in that one. In RESP2 it is sent only while the
// subscriber has subscriptions.
type Head struct{ Resp2, Resp3 string }

// mailbox holds what a loop has not delivered yet.
type mailbox struct {
	n     atomic.Int32
	bytes atomic.Int64
	mu    sync.Mutex
	list  []entry
	spare []entry // an empty list, to be used again
}

const (
	// boxFull is how many bytes a mailbox may hold before those who publish should wait.
	boxFull = 256 << 10
	// entryCost is what an entry counts for beside its message.
	entryCost = 64
	// keepEntries is the longest list that a mailbox keeps when it is empty.
	keepEntries = 8 << 10
)

// put adds an entry. first: it is the only one; full: the mailbox is full since now.
func (b *mailbox) put(e entry) (first, full bool) {
	size := int64(len(e.msg) + entryCost)
	b.mu.Lock()
	first = len(b.list) == 0
	b.list = append(b.list, e)
	b.n.Store(int32(len(b.list)))
	now := b.bytes.Add(size)
	b.mu.Unlock()
	return first, now >= boxFull && now-size < boxFull
}

// take empties the mailbox; full: it was. Who takes a list gives it back when it is done with it.
func (b *mailbox) take() (list []entry, full bool) {
	if b.n.Load() == 0 {
		return nil, false
	}
	b.mu.Lock()
	list, b.list, b.spare = b.list, b.spare, nil
	b.n.Store(0)
	full = b.bytes.Swap(0) >= boxFull
	b.mu.Unlock()
	return list, full
}

func (b *mailbox) giveBack(list []entry) {
	if cap(list) > keepEntries {
		return
	}
	clear(list)
	b.mu.Lock()
	b.spare = list[:0]
	b.mu.Unlock()
}
