package store

import (
	"fmt"

	"radish/store/listpack"
)

// Lists. A small one is a listpack (EncListpack), a bigger one a quicklist (EncQuicklist). As in Redis, a listpack becomes a quicklist when it would
// exceed list-max-listpack-size, and a quicklist a listpack when it has shrunk to one node of half of that.

// MaxListElement is the length of the longest element.
const MaxListElement = 1<<32 - 1<<20

// List is a list that is open to be changed, or a key without a value, which becomes a list when something is pushed. It is valid until something
// else changes the shard; Views of its elements are until it is changed.
type List struct {
	w   writer
	lim *listLimits
	own listLimits // those of the quicklist, where list-max-listpack-size was another one when it was made
}

// OpenList finds a list in order to change it; it returns false if the key has a value of another type. It counts as an access, unless db.NoTouch.
// It needs the write lock.
func (db *DB) OpenList(l *List, k Key) bool {
	l.w.open(db, k)
	l.lim = db.s.listLim.Load()
	return !l.w.ok() || l.w.entry().Type() == TypeList
}

// Ok reports whether there is such a key.
func (l *List) Ok() bool { return l.w.ok() }

// Entry is the key, as DB.Lookup finds it.
func (l *List) Entry() Entry { return l.w.entry() }

// Len is the number of elements.
func (l *List) Len() int {
	if !l.w.ok() {
		return 0
	}
	return l.w.entry().ListLen()
}

// quick is a handle on the quicklist.
func (l *List) quick() quicklist {
	b := l.w.body()
	q := quicklist{root: rootOf(*b), body: b, a: l.w.t.arenaOf(*b), lim: l.lim}
	if fill := q.root.fill; fill != l.lim.fill {
		l.own = listLimitsOf(int(fill), int64(l.lim.large))
		q.lim = &l.own
	}
	return q
}

func (l *List) isBig() bool { return l.w.entry().Encoding() == EncQuicklist }

// Push adds elements at one end, one after the other.
func (l *List) Push(left bool, vals ...[]byte) {
	if !l.w.ok() || !l.isBig() {
		if l.pushCompact(left, vals) {
			return
		}
	}
	for _, v := range vals {
		if len(v) > ownArenaMax {
			l.w.t.ownArena(EncQuicklist, l.w.body()) // not to be moved there afterwards
			break
		}
	}
	q := l.quick()
	for _, v := range vals {
		q.push(left, v)
	}
	l.changed(&q)
}

// changed gives a quicklist a new version. q is void then.
func (l *List) changed(q *quicklist) { l.w.bump(q.body.ptr()) }

// pushCompact pushes to a listpack, unless it becomes too big: then it becomes a quicklist, and false is returned.
func (l *List) pushCompact(left bool, vals [][]byte) bool {
	var size, bytes int
	for _, v := range vals {
		size += listpack.EntrySize(v)
		bytes += len(v)
	}
	if !l.w.ok() {
		if l.lim.over(listpack.EmptySize+bytes, len(vals)) {
			l.createQuick()
			return false
		}
		l.createCompact(left, vals, size)
		return true
	}
	lp := l.w.entry().block()
	n := listpack.Len(lp)
	if l.lim.over(len(lp)+bytes, n+len(vals)) {
		l.toQuick()
		return false
	}
	old := len(lp)
	lp = l.w.resize(old + size)
	if left {
		copy(lp[listpack.HeaderSize+size:], lp[listpack.HeaderSize:old])
		pushReversed(lp[:listpack.HeaderSize+size], vals)
	} else {
		at := lp[:old-1]
		for _, v := range vals {
			at = listpack.AppendEntry(at, v)
		}
		lp[len(lp)-1] = 0xFF
	}
	listpack.SetHeader(lp, n+len(vals))
	return true
}

// pushReversed writes entries that end where lp ends, the last one first.
func pushReversed(lp []byte, vals [][]byte) {
	end := len(lp)
	for _, v := range vals {
		from := end - listpack.EntrySize(v)
		listpack.AppendEntry(lp[:from:end], v)
		end = from
	}
}

// createCompact makes the key. size is that of the entries.
func (l *List) createCompact(left bool, vals [][]byte, size int) {
	var buf [256]byte
	if listpack.EmptySize+size > len(buf) {
		l.w.create(TypeList, EncListpack, listpack.Empty(buf[:0]))
		l.pushCompact(left, vals)
		return
	}
	lp := listpack.Empty(buf[:0])[:listpack.HeaderSize]
	if left {
		lp = lp[:listpack.HeaderSize+size]
		pushReversed(lp, vals)
	} else {
		for _, v := range vals {
			lp = listpack.AppendEntry(lp, v)
		}
	}
	lp = append(lp, 0xFF)
	listpack.SetHeader(lp, len(vals))
	l.w.create(TypeList, EncListpack, lp)
}

// createQuick makes the key with an empty quicklist, to which something must be pushed.
func (l *List) createQuick() {
	l.w.createBig(TypeList, EncQuicklist, newListRoot(l.w.need().arena, l.lim.fill))
}

// toQuick makes the listpack a quicklist.
func (l *List) toQuick() {
	b := newListRoot(l.w.t.arena, l.lim.fill)
	q := quicklist{root: rootOf(b), body: &b, a: l.w.t.arena, lim: l.lim}
	q.appendListpack(l.w.entry().block())
	l.w.setBig(EncQuicklist, b)
	l.w.bump(l.w.body().ptr())
}

// grow makes a listpack a quicklist if it became too big with v as another element.
func (l *List) grow(v []byte) {
	if l.isBig() {
		return
	}
	if lp := l.w.entry().block(); l.lim.over(len(lp)+len(v), listpack.Len(lp)+1) {
		l.toQuick()
	}
}

// shrink makes a quicklist that has one node, of half of a listpack, a listpack; it deletes the key of a list that has become empty. Else
// it gives the list a new version.
func (l *List) shrink(q *quicklist) {
	r := q.root
	if q.body.len == 0 {
		l.w.drop()
		return
	}
	if r.nodes == 1 {
		n := nodeOf(r.head)
		if l.lim.packs(n.len(), int(n.count), 2) && !q.plain(n) {
			l.toCompact(n.lp())
			return
		}
	}
	l.changed(q)
}

// toCompact makes lp, which is in the quicklist, the value.
func (l *List) toCompact(lp []byte) {
	var buf [maxInline]byte
	v := value{typ: TypeList, enc: EncListpack}
	if len(lp) <= maxInline {
		lp = buf[:copy(buf[:], lp)]
	}
	l.w.t.setBlock(&v, lp)
	l.w.t.dropValue(l.w.h, l.w.entry())
	l.w.put(&v)
}

// End is the first element, or the last: it is at offset off of lp. There must be one.
func (l *List) End(left bool) (lp []byte, off int) {
	e := l.w.entry()
	if e.Encoding() == EncQuicklist {
		r := rootOf(*e.body())
		if left {
			lp = nodeOf(r.head).lp()
		} else {
			lp = nodeOf(r.tail).lp()
		}
	} else {
		lp = e.block()
	}
	if left {
		return lp, listpack.HeaderSize
	}
	return lp, listpack.Last(lp)
}

// Pop takes the first element away, or the last. There must be one; the key goes with the last one.
func (l *List) Pop(left bool) {
	if l.isBig() {
		q := l.quick()
		q.pop(left)
		l.shrink(&q)
		return
	}
	lp := l.w.entry().block()
	n := listpack.Len(lp)
	if n == 1 {
		l.w.drop()
		return
	}
	off := listpack.HeaderSize
	if !left {
		off = listpack.Last(lp)
	}
	lp = l.w.splice(off, listpack.Size(lp, off), nil)
	listpack.SetHeader(lp, n-1)
}

// Rotate moves the element at one end, which is v, to an end. As in Redis a list of fewer elements in between changes nothing.
func (l *List) Rotate(fromLeft, toLeft bool, v []byte) {
	if l.isBig() {
		q := l.quick()
		q.pop(fromLeft)
		q.push(toLeft, v)
		l.shrink(&q)
	} else if l.Len() > 1 { // else it stays as it is, with its deadline
		l.Pop(fromLeft)
		l.Push(toLeft, v)
	}
}

// Remove takes n elements away, from element i on: 0 <= i, i+n <= Len. The key goes with the last one.
func (l *List) Remove(i, n int) {
	switch {
	case n == 0:
		return
	case n == l.Len():
		l.w.drop()
		return
	case l.isBig():
		q := l.quick()
		q.remove(i, n)
		l.shrink(&q)
		return
	}
	lp := l.w.entry().block()
	left := listpack.Len(lp) - n
	from := listpack.At(lp, i)
	to := listpack.Skip(lp, from, n)
	lp = l.w.splice(from, to-from, nil)
	listpack.SetHeader(lp, left)
}

// Trim leaves n elements, from element i on: 0 <= i, i+n <= Len. The key goes when n is 0.
func (l *List) Trim(i, n int) {
	left, right := i, l.Len()-i-n
	if n == 0 {
		l.w.drop()
		return
	}
	if !l.isBig() {
		l.Remove(i+n, right)
		l.Remove(0, left)
		return
	}
	q := l.quick()
	q.remove(0, left)
	q.remove(n, right)
	l.shrink(&q)
}

// Set replaces element i, if there is one: from the end if i is negative.
func (l *List) Set(i int, v []byte) bool {
	l.grow(v)
	if i < 0 {
		i += l.Len()
	}
	if i < 0 || i >= l.Len() {
		return false
	}
	if l.isBig() {
		q := l.quick()
		n, at := q.root.seek(i, int(q.body.len))
		q.set(n, listpack.At(n.lp(), at), v)
		l.shrink(&q)
		return true
	}
	lp := l.w.entry().block()
	n := listpack.Len(lp)
	off := listpack.At(lp, i)
	lp = l.w.splice(off, listpack.Size(lp, off), entryOf(v))
	listpack.SetHeader(lp, n)
	return true
}

// Insert adds v before the first element that equals pivot, or behind it. It returns false if there is no such element.
func (l *List) Insert(pivot, v []byte, before bool) bool {
	l.grow(v)
	if l.isBig() {
		q := l.quick()
		for addr := q.root.head; addr != 0; addr = nodeOf(addr).next {
			n := nodeOf(addr)
			off := listpack.Find(n.lp(), listpack.HeaderSize, pivot, 1)
			if off < 0 {
				continue
			}
			if !before {
				off += listpack.Size(n.lp(), off)
			}
			q.insert(n, off, !before, v)
			l.changed(&q)
			return true
		}
		return false
	}
	lp := l.w.entry().block()
	n := listpack.Len(lp)
	off := listpack.Find(lp, listpack.HeaderSize, pivot, 1)
	if off < 0 {
		return false
	}
	if !before {
		off += listpack.Size(lp, off)
	}
	lp = l.w.splice(off, 0, entryOf(v))
	listpack.SetHeader(lp, n+1)
	return true
}

// RemoveEqual takes the elements that equal v away, at most limit of them, the first or the last ones, and returns how many. The key goes with the
// last element.
func (l *List) RemoveEqual(v []byte, limit int, last bool) int {
	if l.isBig() {
		q := l.quick()
		n := q.removeEqual(v, limit, last)
		if n > 0 {
			l.shrink(&q)
		}
		return n
	}
	lp := l.w.entry().block()
	count := listpack.Len(lp)
	lp, n := removeEqual(lp, count, v, limit, last)
	if n == count {
		l.w.drop()
	} else if n > 0 {
		l.w.resize(len(lp))
	}
	return n
}

// ListPush adds elements at one end of a list, which is made if there is no such key, and returns its length. The value must be a list.
func (db *DB) ListPush(k Key, left bool, vals [][]byte) int {
	var l List
	db.OpenList(&l, k)
	l.Push(left, vals...)
	return l.Len()
}

// ListPop appends the first or last element to buf and takes it away; ok is false when there is no such key. The value must be a list.
func (db *DB) ListPop(k Key, left bool, buf []byte) (v []byte, ok bool) {
	var l List
	db.OpenList(&l, k)
	if !l.Ok() {
		return buf, false
	}
	lp, off := l.End(left)
	buf = listpack.Get(lp, off).Append(buf)
	l.Pop(left)
	return buf, true
}

func digestList(d *[20]byte, e Entry) {
	var scratch [24]byte
	for it := e.ListIter(0, e.ListLen(), false); it.Next(); {
		for off, n := it.Off, it.N; n > 0; n-- {
			mixDigest(d, listpack.Bytes(it.LP, off, &scratch))
			off += listpack.Size(it.LP, off)
		}
	}
}

// checkList checks a compact list.
func checkList(_ *table, e Entry) error {
	if e.Encoding() != EncListpack {
		return nil
	}
	if err := listpack.Validate(e.block(), true); err != nil {
		return err
	}
	if listpack.Len(e.block()) == 0 {
		return fmt.Errorf("an empty list")
	}
	return nil
}

// DetachedList makes a list of what build adds at the end, one after the other: at least one element, which it does not keep. As SORT's in Redis
// it is made of nodes of the default size, whatever list-max-listpack-size is.
func (s *Store) DetachedList(build func(add func(v []byte))) *Detached {
	d := s.NewListDraft()
	lim := listLimitsOf(defaultFill, int64(d.lim.large))
	d.lim = &lim
	build(d.Push)
	return d.Detached()
}
