package store

import (
	"sync/atomic"
	"unsafe"

	"radish/store/slab"
)

// bigSaved is a big value with an arena of its own that a snapshot has come to, by its walk or because somebody is about to change it, and has not written
// yet. The arena refers to it. Of a dict the elems are saved as the keys of a table are (see saving), in any order. Of a list, whose order matters, the walk
// goes from node to node; a node that is about to change is copied, and the copy waits where the node is, or where it was.
//
// The lock of the shard that has the value guards all of it; the walk, which is alone, holds a read lock.
type bigSaved struct {
	sn      *Snapshot
	saving  saving
	value   BigValue
	root    uint64
	arena   *slab.Arena
	shard   atomic.Int32 // noShard: the value was deleted, and only the snapshot has it
	objects int64        // that it counts when it is freed, set before shard is noShard
	rec     recorder     // elems that were saved
	hash    uint64       // of a dict: up to where the walk came
	node    uint64       // of a list: the next node, 0: there is none
	mark16  uint64       // the mark of nodes of which nothing is to be saved any more
	copies  map[uint64][][]byte
	tail    [][]byte // copies that come behind the last node
}

const noShard = -1

// savedBig is what a snapshot has to do with the big value whose arena this is; nil: nothing. a may be nil.
func savedBig(a *slab.Arena) *bigSaved {
	if a == nil || a.Note == nil {
		return nil
	}
	return a.Note.(*bigSaved)
}

// newBig begins with a value that has an own arena.
func (sn *Snapshot) newBig(ts *savedTable, e Entry) {
	b := *e.body()
	p := &bigSaved{sn: sn, root: b.addr, arena: ts.t.arenaOf(b), value: BigValue{DB: ts.db, Entry: heapEntry(e), Elems: int(b.len)}}
	p.shard.Store(int32(ts.shard.index))
	p.rec.pool = &sn.pool
	if enc := e.Encoding(); enc == EncQuicklist {
		r := rootOf(b)
		p.value.Nodes, p.node = int(r.nodes), r.head
		p.mark16 = uint64(sn.epoch)%(1<<16-1) + 1
		p.copies = make(map[uint64][][]byte)
	} else {
		d := dictAt(b.addr, nil)
		p.value.SoonestMs = d.soonest(enc)
		p.saving = saving{epoch: sn.epoch, elems: p}
	}
	p.arena.Note = p
	sn.queue(p)
}

// saveSlots saves elems.
func (p *bigSaved) saveSlots(slots []*uint64) {
	for _, s := range slots {
		e := slotElem(*s)
		n := e.size()
		copy(unsafe.Slice((*byte)(p.rec.reserve(n)), n), unsafe.Slice((*byte)(e.p), n))
		p.rec.add(n)
	}
}

// take leaves a value to the snapshot that is about to be freed, and counts as n objects. It needs the write lock of the shard.
func (p *bigSaved) take(n int64) {
	s := p.sn.s
	p.objects = n
	p.arena.CountIn(s.loose)
	s.lazy.bytes.Add(p.arena.Bytes())
	p.shard.Store(noShard)
}

// lock takes the read lock of the shard that has the value, and returns the shard.
func (sn *Snapshot) lock(shard *atomic.Int32) int32 {
	for {
		i := shard.Load()
		if i == noShard {
			return i
		}
		sn.s.RLock(int(i))
		if shard.Load() == i {
			return i
		}
		sn.s.RUnlock(int(i))
	}
}

func (sn *Snapshot) unlock(i int32) {
	if i != noShard {
		sn.s.RUnlock(int(i))
	}
}

// write saves all that is not saved yet and hands the value over.
func (p *bigSaved) write(sn *Snapshot) error {
	defer p.drop(sn)
	if err := sn.hand(nil, func(sink SnapshotSink) error { return sink.Begin(p.value) }); err != nil {
		return err
	}
	enc := p.value.Entry.Encoding()
	for done := false; !done; {
		i := sn.lock(&p.shard)
		if enc == EncQuicklist {
			done = p.stepList()
		} else {
			done = p.stepDict()
		}
		sn.bufs = p.rec.take(sn.bufs[:0])
		sn.unlock(i)
		var err error
		for _, b := range sn.bufs {
			err = sn.hand(b, func(sink SnapshotSink) error { return giveElems(sink, enc, unsafe.Slice((*byte)(b.p), b.n)) })
		}
		if err != nil {
			return err
		}
		if err := sn.pause(true); err != nil {
			return err
		}
	}
	return sn.handEnd()
}

// drop forgets the value, and frees it if it was deleted.
func (p *bigSaved) drop(sn *Snapshot) {
	i := sn.lock(&p.shard)
	p.arena.Note = nil
	sn.unlock(i)
	p.rec.discard()
	if i == noShard {
		sn.s.lazy.add(lazyItem{arena: p.arena, n: p.objects})
	}
}

// stepDict saves some elems. It returns true behind the last one.
func (p *bigSaved) stepDict() (done bool) {
	r := (*dictRoot)(slab.At(uintptr(p.root)))
	g, next, last := r.segmentAt(p.hash)
	hash, end := p.saving.walk(g, p.hash, func() bool { return p.rec.bytes >= stepBytes })
	if !end {
		p.hash = hash
		return false
	}
	p.hash = next
	return last
}

// stepList saves some nodes, or copies of nodes. It returns true behind the last one.
func (p *bigSaved) stepList() (done bool) {
	for p.node != 0 && p.rec.bytes < stepBytes {
		p.flush(p.copies[p.node])
		delete(p.copies, p.node)
		n := nodeOf(p.node)
		if n.block>>listMarkAt != p.mark16 {
			p.keep(n.lp())
			p.mark(n)
		}
		p.node = n.next
	}
	if p.node != 0 {
		return false
	}
	p.flush(p.tail)
	p.tail = nil
	return true
}

func (p *bigSaved) keep(lp []byte) {
	copy(unsafe.Slice((*byte)(p.rec.reserve(len(lp))), len(lp)), lp)
	p.rec.add(len(lp))
}

func (p *bigSaved) flush(lps [][]byte) {
	for _, lp := range lps {
		p.keep(lp)
	}
}

// mark says that nothing of a node is to be saved any more.
func (p *bigSaved) mark(n *listNode) {
	n.block = n.block&(1<<listMarkAt-1) | p.mark16<<listMarkAt
}

// saveNode copies a node that is about to change, unless the walk has passed it or it is new.
func (p *bigSaved) saveNode(n *listNode) {
	if n.block>>listMarkAt == p.mark16 {
		return
	}
	p.copies[n.addr()] = append(p.copies[n.addr()], append([]byte(nil), n.lp()...))
	p.mark(n)
}

// unlink is saveNode for a node that is about to go: copies that wait there wait before the next one then.
func (p *bigSaved) unlink(n *listNode) {
	p.saveNode(n)
	if p.node == n.addr() {
		p.node = n.next
	}
	lps := p.copies[n.addr()]
	if len(lps) == 0 {
		return
	}
	delete(p.copies, n.addr())
	if n.next != 0 {
		p.copies[n.next] = append(lps, p.copies[n.next]...)
	} else {
		p.tail = append(lps, p.tail...)
	}
}
