package store

import (
	"sync/atomic"
	"unsafe"

	"radish/store/slab"
)

// hugeString is from which length on a string is not saved at once, but piece by piece. It has a mapping of its own then.
const hugeString = 1 << 20

// hugePiece is how much of it is saved before a byte changes; the walk saves hugeStep, some pieces, at a time.
const (
	hugePiece = 4 << 10
	hugeStep  = savedSize
)

// hugeSaved is such a string that a snapshot has come to and has not written yet. As of a bigSaved, the lock of the shard that has it guards it.
type hugeSaved struct {
	sn     *Snapshot
	value  BigValue
	addr   uint64
	len    int
	next   int // up to where the walk came
	pieces map[int][]byte
	shard  atomic.Int32
	arena  *slab.Arena // of what was deleted, and is the snapshot's: see take
	body   body
}

func (sn *Snapshot) newHuge(ts *savedTable, e Entry) {
	b := *e.body()
	p := &hugeSaved{sn: sn, addr: b.addr, len: int(b.len), pieces: make(map[int][]byte),
		value: BigValue{DB: ts.db, Entry: heapEntry(e), Elems: int(b.len)}}
	p.shard.Store(int32(ts.shard.index))
	sn.mu.Lock()
	sn.huge[b.addr] = p
	sn.mu.Unlock()
	sn.queue(p)
}

// savedHuge is what a snapshot that runs has to do with a block; nil: nothing.
func (s *Store) savedHuge(b *body) *hugeSaved {
	if b.cap <= hugeString {
		return nil
	}
	sn := s.snap.Load()
	if sn == nil {
		return nil
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	return sn.huge[b.addr]
}

func (p *hugeSaved) view(from, to int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(slab.At(uintptr(p.addr)), from)), to-from)
}

// save keeps the bytes from one offset to another, which are about to change.
func (p *hugeSaved) save(from, to int) {
	from, to = max(from, p.next), min(to, p.len)
	for at := from / hugePiece * hugePiece; at < to; at += hugePiece {
		if p.pieces[at] == nil {
			p.pieces[at] = append([]byte(nil), p.view(at, min(at+hugePiece, p.len))...)
		}
	}
}

// moved says where the string lies after forget. In between it may move: as soon as its old place is free, another string may lie there.
func (p *hugeSaved) moved(b *body) {
	p.sn.mu.Lock()
	defer p.sn.mu.Unlock()
	p.addr = b.addr
	p.sn.huge[p.addr] = p
}

// take leaves a string to the snapshot that is about to be freed.
func (p *hugeSaved) take(a *slab.Arena, b body) {
	a.Disown(b.ptr(), int(b.cap))
	p.arena, p.body = a, b
	p.forget()
	p.shard.Store(noShard)
}

// forget says that what lies at the string's address need not be saved any more.
func (p *hugeSaved) forget() {
	p.sn.mu.Lock()
	defer p.sn.mu.Unlock()
	delete(p.sn.huge, p.addr)
}

// write hands the string over, step by step.
func (p *hugeSaved) write(sn *Snapshot) error {
	defer p.drop(sn)
	if err := sn.hand(nil, func(sink SnapshotSink) error { return sink.Begin(p.value) }); err != nil {
		return err
	}
	for p.next < p.len {
		buf := sn.pool.get(hugeStep)
		i := sn.lock(&p.shard)
		from, to := p.next, min(p.next+hugeStep, p.len)
		b := unsafe.Slice((*byte)(buf.p), to-from)
		copy(b, p.view(from, to))
		for at := from; at < to; at += hugePiece {
			if piece := p.pieces[at]; piece != nil {
				copy(b[at-from:], piece)
				delete(p.pieces, at)
			}
		}
		p.next = to
		sn.unlock(i)
		if err := sn.hand(buf, func(sink SnapshotSink) error { return sink.Bytes(b) }); err != nil {
			return err
		}
		if err := sn.pause(true); err != nil {
			return err
		}
	}
	return sn.handEnd()
}

// drop forgets the string, and frees it if it was deleted.
func (p *hugeSaved) drop(sn *Snapshot) {
	i := sn.lock(&p.shard)
	p.forget()
	sn.unlock(i)
	if i == noShard {
		sn.s.lazy.add(lazyItem{arena: p.arena, body: p.body})
	}
}
