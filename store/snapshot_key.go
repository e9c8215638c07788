package store

import (
	"encoding/binary"
	"unsafe"
)

// A key with a small value is saved as a record:
//
//	offset 0   uint32   size of the record, a multiple of 8
//	       4   uint32   database
//	       8            the entry's chunk, as it was; a body refers to what follows
//	                    a block; or of a big encoding: a word (number of listpacks of a list, earliest deadline of a hash's fields),
//	                    then elems or listpacks one behind another
//
// It can be read as an Entry, unless its encoding is a big one.

// How big a value is saved together with its key: in the walk and by a writer. What is bigger is put aside and saved by itself, see asideValue. All of
// what shares a home is saved under one lock, and by a writer that may only want to change one key.
const (
	walkWhole  = 64 << 10
	writeWhole = 4 << 10
)

// savedTable is what a snapshot has to do with one table.
type savedTable struct {
	saving
	sn    *Snapshot
	t     *table
	shard *savedShard
	db    int
}

// savedShard is what a snapshot keeps for one shard, whose lock guards it. The walk, which is alone, changes it under a read lock.
type savedShard struct {
	index int
	rec   recorder               // of keys that writers saved
	aside map[uint64]*asideValue // by address of the value
}

// keep saves what is about to change: the keys that have the same home as hash h, and the value of slot, nil: there is no such key.
func (ts *savedTable) keep(h uint64, slot *uint64) {
	ts.at(ts.t.dir[h>>ts.t.shift], h)
	if slot == nil || len(ts.shard.aside) == 0 {
		return
	}
	if e := slotEntry(*slot); e.form() == formBody {
		if p := ts.shard.aside[e.body().addr]; p != nil {
			p.save(&ts.shard.rec)
		}
	}
}

// saveSlots saves entries.
func (ts *savedTable) saveSlots(slots []*uint64, walk bool) {
	rec, whole := &ts.shard.rec, writeWhole
	if walk {
		rec, whole = &ts.sn.rec, walkWhole
	}
	for _, s := range slots {
		e := slotEntry(*s)
		if e.form() == formBody {
			b, enc := e.body(), e.Encoding()
			switch {
			case enc.big() && b.cap != 0:
				ts.sn.newBig(ts, e)
				continue
			case enc == EncRaw && b.cap > hugeString && b.len > hugeString:
				ts.sn.newHuge(ts, e)
				continue
			case valueTypes[enc].size(*b) > whole:
				ts.sn.newAside(ts, e)
				continue
			}
		}
		rec.record(ts.db, e)
	}
}

// record adds a key with its value.
func (r *recorder) record(db int, e Entry) {
	size := e.size()
	at := 8 + roundWord(size)
	body := e.form() == formBody
	room := at
	if body {
		room += 8 + roundWord(valueTypes[e.Encoding()].size(*e.body())) // a block's length is not above its size
	}
	p := r.reserve(room)
	c := Entry{unsafe.Add(p, 8)}
	copyEntry(c.p, e)
	n := at
	if body {
		b := c.body()
		n += roundWord(copyValue(unsafe.Slice((*byte)(unsafe.Add(p, at)), room-at), e.Encoding(), b))
		b.addr = uint64(uintptr(p)) + uint64(at)
	}
	*(*uint32)(p), *(*uint32)(unsafe.Add(p, 4)) = uint32(n), uint32(db)
	r.add(n)
	r.keys++
}

// copyValue copies what a body refers to, which is not in an arena of its own, and returns the number of bytes that it takes. Of a big value this
// becomes the body's cap.
func copyValue(to []byte, enc Encoding, b *body) int {
	switch {
	case !enc.big():
		return copy(to, b.bytes())
	case enc == EncQuicklist:
		r := rootOf(*b)
		binary.LittleEndian.PutUint64(to, r.nodes)
		n := 8
		for addr := r.head; addr != 0; addr = nodeOf(addr).next {
			n += copy(to[n:], nodeOf(addr).lp())
		}
		b.cap = uint64(n)
		return n
	}
	d := dictAt(b.addr, nil)
	binary.LittleEndian.PutUint64(to, uint64(d.soonest(enc)))
	n := 8
	d.each(func(e elem) bool {
		n += copy(to[n:], unsafe.Slice((*byte)(e.p), e.size()))
		return true
	})
	b.cap = uint64(n)
	return n
}

// soonest is the earliest deadline of a hash's fields, 0: there is none.
func (d dict) soonest(enc Encoding) int64 {
	if enc != EncHashtableEx {
		return 0
	}
	due := d.deadlines()
	x, _ := due.min()
	return int64(x >> dueHashBits)
}

// give hands the records of a buffer to a sink.
func (sn *Snapshot) give(sink SnapshotSink, b *savedBuffer) error {
	for at := 0; at < b.n; {
		p := unsafe.Add(b.p, at)
		at += int(*(*uint32)(p))
		db, e := int(*(*uint32)(unsafe.Add(p, 4))), Entry{unsafe.Add(p, 8)}
		var err error
		if e.Encoding().big() {
			err = giveParts(sink, db, e)
		} else {
			err = sink.Key(db, e)
		}
		if err != nil {
			return err
		}
		sn.keysDone.Add(1)
	}
	return nil
}

// giveParts hands a record of a big encoding to a sink.
func giveParts(sink SnapshotSink, db int, e Entry) error {
	b := e.body()
	data := unsafe.Slice((*byte)(b.ptr()), b.cap)
	word := binary.LittleEndian.Uint64(data)
	v := BigValue{DB: db, Entry: e, Elems: int(b.len)}
	if e.Encoding() == EncQuicklist {
		v.Nodes = int(word)
	} else {
		v.SoonestMs = int64(word)
	}
	if err := sink.Begin(v); err != nil {
		return err
	}
	if err := giveElems(sink, e.Encoding(), data[8:]); err != nil {
		return err
	}
	return sink.End()
}

// giveElems hands elems, or the listpacks of a list, to a sink.
func giveElems(sink SnapshotSink, enc Encoding, data []byte) error {
	for len(data) > 0 {
		var n int
		var err error
		if enc == EncQuicklist {
			n = int(binary.LittleEndian.Uint32(data))
			err = sink.Node(data[:n:n])
		} else {
			e := elem{unsafe.Pointer(&data[0])}
			n = e.size()
			err = sink.Elem(e.key(), e.value(), e.num())
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// asideValue is a value that is too big to be saved together with others, but not so big that it could not be saved at once: when the walk comes
// to it, or before it changes or goes. The lock of its shard guards it.
type asideValue struct {
	ts    *savedTable
	entry Entry // a copy in the Go heap
	saved bool
}

func (sn *Snapshot) newAside(ts *savedTable, e Entry) {
	p := &asideValue{ts: ts, entry: heapEntry(e)}
	if ts.shard.aside == nil {
		ts.shard.aside = make(map[uint64]*asideValue)
	}
	ts.shard.aside[e.body().addr] = p
	sn.queue(p)
}

func (p *asideValue) save(rec *recorder) {
	p.saved = true
	delete(p.ts.shard.aside, p.entry.body().addr)
	rec.record(p.ts.db, p.entry)
}

// write saves the value, unless it is saved already, and hands it over.
func (p *asideValue) write(sn *Snapshot) error {
	s := sn.s
	s.RLock(p.ts.shard.index)
	if !p.saved {
		p.save(&sn.rec)
	}
	s.RUnlock(p.ts.shard.index)
	return sn.giveRecorded()
}

func (p *asideValue) drop(*Snapshot) {}
