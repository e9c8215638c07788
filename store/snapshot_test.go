package store

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"radish/store/listpack"
)

// pictures are what keys hold, in words: the same for the same type and elements.
type pictures map[string]string

func pictureName(db int, key []byte) string { return fmt.Sprintf("%d/%s", db, key) }

func pictureHead(typ Type, enc Encoding, deadline int64, lru uint32) string {
	return fmt.Sprint(typ, " ", enc, " ", deadline, " ", lru, ":")
}

// pictureOf is a picture of a whole entry.
func pictureOf(e Entry) string {
	var parts []string
	switch e.Type() {
	case TypeString:
		parts = append(parts, string(e.Append(nil)))
	case TypeList:
		e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
			parts = append(parts, string(v))
			return true
		})
	case TypeSet:
		e.SetEach(func(m []byte) bool {
			parts = append(parts, string(m))
			return true
		})
	case TypeZSet:
		e.ZEach(func(m []byte, score float64) bool {
			parts = append(parts, fmt.Sprint(string(m), "=", score))
			return true
		})
	case TypeHash:
		e.hashWalk(func(f, v listpack.Value, ms int64) bool {
			var a, b [24]byte
			parts = append(parts, fmt.Sprint(string(textOf(f, &a)), "=", string(textOf(v, &b)), "@", ms))
			return true
		})
	}
	return pictureHead(e.Type(), e.Encoding(), e.Deadline(), e.LRU()) + pictureParts(e.Type(), parts)
}

func pictureParts(typ Type, parts []string) string {
	if typ != TypeList {
		slices.Sort(parts)
	}
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s,", len(p), p)
	}
	return b.String()
}

// picturesOf are pictures of all keys, lapsed ones included.
func picturesOf(s *Store) pictures {
	all := make(pictures)
	for i := range s.databases {
		db := s.DB(i, 0)
		db.Walk(func(e Entry) bool {
			all[pictureName(i, e.Key())] = pictureOf(e)
			return true
		})
	}
	return all
}

// pictureSink makes pictures of what a snapshot has. turn, if there is one, is called at each call.
type pictureSink struct {
	t      testing.TB
	got    pictures
	turn   func()
	v      BigValue
	begun  bool
	parts  []string
	nodes  int
	inPart int // keys that came in parts
	fail   error
}

func (p *pictureSink) put(name, picture string) {
	if _, ok := p.got[name]; ok {
		p.t.Errorf("%s is there twice", name)
	}
	p.got[name] = picture
}

func (p *pictureSink) Key(db int, e Entry) error {
	if p.begun {
		p.t.Error("a key amid the parts of another")
	}
	p.put(pictureName(db, e.Key()), pictureOf(e))
	return p.next()
}

func (p *pictureSink) next() error {
	if p.turn != nil {
		p.turn()
	}
	return p.fail
}

func (p *pictureSink) Begin(v BigValue) error {
	if p.begun {
		p.t.Error("a key amid the parts of another")
	}
	p.v, p.begun, p.parts, p.nodes = v, true, nil, 0
	p.inPart++
	return p.next()
}

func (p *pictureSink) Elem(key, value []byte, num uint64) error {
	switch p.v.Entry.Type() {
	case TypeSet:
		p.parts = append(p.parts, string(key))
	case TypeZSet:
		p.parts = append(p.parts, fmt.Sprint(string(key), "=", math.Float64frombits(num)))
	default:
		p.parts = append(p.parts, fmt.Sprint(string(key), "=", string(value), "@", int64(num)))
		if ms := int64(num); ms != 0 && (p.v.SoonestMs == 0 || ms < p.v.SoonestMs) {
			p.t.Errorf("a field lapses at %d, before %d", ms, p.v.SoonestMs)
		}
	}
	if rand.IntN(1000) == 0 {
		return p.next()
	}
	return nil
}

func (p *pictureSink) Node(lp []byte) error {
	p.nodes++
	var scratch [24]byte
	for off := listpack.First(lp); off >= 0; off = listpack.Next(lp, off) {
		p.parts = append(p.parts, string(listpack.Bytes(lp, off, &scratch)))
	}
	return p.next()
}

func (p *pictureSink) Bytes(b []byte) error {
	p.parts = append(p.parts, string(b))
	return p.next()
}

func (p *pictureSink) End() error {
	p.begun = false
	e, n := p.v.Entry, len(p.parts)
	if e.Type() == TypeString {
		p.parts = []string{string(bytes.Join(toBytes(p.parts), nil))}
		n = len(p.parts[0])
	}
	if n != p.v.Elems || p.nodes != p.v.Nodes {
		p.t.Errorf("%s: %d elements and %d nodes instead of %d and %d", e.Key(), n, p.nodes, p.v.Elems, p.v.Nodes)
	}
	p.put(pictureName(p.v.DB, e.Key()), pictureHead(e.Type(), e.Encoding(), e.Deadline(), e.LRU())+pictureParts(e.Type(), p.parts))
	return p.next()
}

func toBytes(parts []string) (b [][]byte) {
	for _, p := range parts {
		b = append(b, []byte(p))
	}
	return b
}

// comparePictures tells how two keyspaces differ.
func comparePictures(t testing.TB, got, want pictures) {
	t.Helper()
	bad := 0
	for name, w := range want {
		g, ok := got[name]
		switch {
		case !ok:
			t.Errorf("%s is missing: %.60q", name, w)
		case g != w:
			t.Errorf("%s: %d bytes, not %d: %.80q, not %.80q", name, len(g), len(w), g, w)
		default:
			continue
		}
		if bad++; bad > 5 {
			t.FailNow()
		}
	}
	for name, g := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is there, which was not: %.80q", name, g)
		}
	}
	if len(got) != len(want) || t.Failed() {
		t.Fatalf("%d keys, not %d", len(got), len(want))
	}
}

// churner changes the keys of a store in all ways that there are.
type churner struct {
	s     *Store
	r     *rand.Rand
	keys  int
	flush bool // FLUSHALL too
}

// kinds are the names of keys by type; those whose names begin with a capital letter become big.
var churnKinds = []string{"str", "list", "set", "hash", "zset", "Str", "List", "Set", "Hash", "Zset"}

func (c *churner) key(db *DB, kind string) Key {
	n := c.keys
	if kind[0] < 'a' {
		n = 2
	}
	return db.Key(fmt.Appendf(nil, "%s:%d", kind, c.r.IntN(n)))
}

func (c *churner) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + c.r.IntN(26))
	}
	return b
}

// member is one of so many members; some are long.
func (c *churner) member(of int) []byte {
	n := c.r.IntN(of)
	m := fmt.Appendf(nil, "m%d", n)
	if n%50 == 0 {
		m = append(m, make([]byte, 70)...)
	}
	return m
}

// lock takes the locks of the shards of keys.
func (c *churner) lock(keys ...Key) (unlock func()) {
	var shards []int
	for _, k := range keys {
		shards = append(shards, c.s.ShardOf(k.H))
	}
	slices.Sort(shards)
	shards = slices.Compact(shards)
	for _, i := range shards {
		c.s.Lock(i)
	}
	return func() {
		for _, i := range shards {
			c.s.Unlock(i)
		}
	}
}

// fill makes big values of all kinds and many small ones.
func (c *churner) fill() {
	elems := 10_000
	for i := range c.s.databases {
		db := c.s.DB(i, testNow)
		for n := range 2 {
			db.SetString(db.Key(fmt.Appendf(nil, "Str:%d", n)), c.bytes(3*hugeString/2), 0)
			for j := range elems {
				m := fmt.Appendf(nil, "m%d............................", j)
				db.SetAdd(db.Key(fmt.Appendf(nil, "Set:%d", n)), m)
				db.ZSetAdd(db.Key(fmt.Appendf(nil, "Zset:%d", n)), m, float64(j%100))
				db.ListPush(db.Key(fmt.Appendf(nil, "List:%d", n)), false, [][]byte{m})
				db.HashSet(db.Key(fmt.Appendf(nil, "Hash:%d", n)), m, m)
			}
		}
	}
	for range 20 * c.keys {
		c.step()
	}
}

// wave adds, or removes, so many keys or elements at once that segments are split, or merged.
func (c *churner) wave(db *DB) {
	add := c.r.IntN(2) == 0
	if c.r.IntN(2) == 0 {
		for n := range 3000 {
			k := db.Key(fmt.Appendf(nil, "wave:%d", n))
			unlock := c.lock(k)
			if add {
				db.SetString(k, []byte("wave"), 0)
			} else {
				db.Delete(k)
			}
			unlock()
		}
		return
	}
	k := c.key(db, "Set")
	defer c.lock(k)()
	w, ok := db.OpenSet(k)
	for n := 0; n < 5000 && ok; n++ {
		m := fmt.Appendf(nil, "m%d............................", n)
		if add {
			w.Add(m)
		} else {
			w.Remove(m)
		}
	}
}

func (c *churner) step() {
	db := c.s.DB(c.r.IntN(c.s.databases), testNow)
	if c.r.IntN(300) == 0 {
		c.wave(&db)
		return
	}
	kind := churnKinds[c.r.IntN(len(churnKinds))]
	k := c.key(&db, kind)
	if c.r.IntN(4) == 0 {
		c.whole(&db, k, c.key(&db, churnKinds[c.r.IntN(len(churnKinds))]))
		return
	}
	unlock := c.lock(k)
	defer unlock()
	big := kind[0] < 'a'
	if e := db.Peek(k); e.Ok() && e.Type() != kindType(kind) {
		if !big || c.r.IntN(20) == 0 {
			db.Delete(k)
		}
		return
	}
	switch kindType(kind) {
	case TypeString:
		c.str(&db, k, big)
	case TypeList:
		c.list(&db, k, big)
	case TypeSet:
		c.set(&db, k, big)
	case TypeHash:
		c.hash(&db, k, big)
	case TypeZSet:
		c.zset(&db, k, big)
	}
}

func kindType(kind string) Type {
	switch kind[0] | 32 {
	case 'l':
		return TypeList
	case 'h':
		return TypeHash
	case 'z':
		return TypeZSet
	}
	if kind[1] == 'e' {
		return TypeSet
	}
	return TypeString
}

// whole does something to whole keys, or databases.
func (c *churner) whole(db *DB, k, other Key) {
	to := c.r.IntN(c.s.databases)
	unlock := c.lock(k, other)
	rare := c.r.IntN(8) == 0 // else big values would be gone soon
	if !rare && (k.B[0] < 'a' || other.B[0] < 'a') {
		unlock()
		return
	}
	switch c.r.IntN(10) {
	case 0:
		db.Delete(k)
	case 1:
		db.DeleteSync(k)
	case 2:
		db.Rename(k, other)
	case 3:
		db.Copy(k, other, to)
	case 4:
		db.Move(k, to)
	case 5:
		db.SetDeadline(k, testNow+int64(c.r.IntN(1000)))
	case 6:
		db.SetDeadline(k, 0)
	case 7:
		if e := db.Peek(k); e.Ok() && e.Encoding() != EncInt {
			db.Install(other, c.s.DetachedCopy(e), 0)
		}
	case 8:
		db.SetString(k, []byte("another"), 0)
	case 9:
		unlock()
		c.all(db)
		return
	}
	unlock()
}

// all does something to whole databases.
func (c *churner) all(db *DB) {
	switch c.r.IntN(8) {
	case 0:
		c.s.SwapDB(0, 1, false, nil)
	case 1:
		c.s.Evict(AllKeysRandom, 5, testNow)
	case 2:
		c.s.Evict(AllKeysLRU, 5, testNow)
	case 3:
		c.s.ExpireDue(testNow+int64(c.r.IntN(1100)), 20)
	case 4:
		c.s.Purge(nil)
	case 5:
		if c.flush && c.r.IntN(30) == 0 {
			db.Flush(c.r.IntN(2) == 0, nil)
		}
	case 6:
		if c.flush && c.r.IntN(100) == 0 {
			c.s.FlushAll(c.r.IntN(2) == 0, false, nil)
		}
	case 7:
		db.Evict(c)
	}
}

// Evict looks keys up in a later moment, so that lapsed ones go.
func (db *DB) Evict(c *churner) {
	later := c.s.DB(db.Index, testNow+500)
	later.Scan(uint64(c.r.IntN(1000))<<40, 10, func(Entry) {})
}

func (c *churner) str(db *DB, k Key, big bool) {
	sizes := []int{3, 40, 300, 1000, 2000, 5000, 70_000, 300_000}
	n := sizes[c.r.IntN(len(sizes)-2)]
	switch {
	case big:
		n = hugeString + c.r.IntN(hugeString)
	case c.r.IntN(30) == 0:
		n = sizes[6+c.r.IntN(2)]
	}
	switch c.r.IntN(8) {
	case 0:
		if !big || c.r.IntN(5) == 0 {
			db.SetString(k, c.bytes(n), 0)
		}
	case 1:
		db.SetStringKeepTTL(k, c.bytes(min(n, 1000)))
	case 2:
		if !big {
			db.SetInt(k, c.r.Int64())
		}
	case 3, 4:
		if e := db.Peek(k); e.Ok() && e.StringLen() < 4*hugeString {
			old, add := e.StringLen(), c.bytes(1+c.r.IntN(3000))
			copy(db.GrowStringIn(k, old+len(add), old, old+len(add))[old:], add)
		}
	case 5, 6:
		if e := db.Peek(k); e.Ok() && e.StringLen() > 0 {
			n := e.StringLen()
			from := c.r.IntN(n)
			to := min(n, from+c.r.IntN(10_000))
			copy(db.GrowStringIn(k, 0, from, to)[from:to], c.bytes(to-from))
		}
	case 7:
		b := db.GrowString(k, n/2+1)
		b[c.r.IntN(len(b))] = 'X'
	}
}

func (c *churner) list(db *DB, k Key, big bool) {
	var l List
	if !db.OpenList(&l, k) {
		return
	}
	n := 1 + c.r.IntN(5)
	if big {
		n *= 100
	}
	val := func() []byte {
		if c.r.IntN(50) == 0 {
			return c.bytes(c.r.IntN(9000))
		}
		return c.bytes(c.r.IntN(40))
	}
	size := l.Len()
	switch op := c.r.IntN(10); {
	case op < 2 || size == 0:
		for range n {
			l.Push(c.r.IntN(2) == 0, val())
		}
	case op < 5:
		left := c.r.IntN(2) == 0
		for i := 0; i < n && l.Ok(); i++ {
			l.Pop(left)
		}
	case op == 5:
		l.Set(c.r.IntN(size), val())
	case op == 6:
		var scratch [24]byte
		lp, off := l.Entry().ListAt(c.r.IntN(size))
		pivot := append([]byte(nil), listpack.Bytes(lp, off, &scratch)...)
		l.Insert(pivot, val(), c.r.IntN(2) == 0)
	case op == 7:
		var scratch [24]byte
		lp, off := l.Entry().ListAt(c.r.IntN(size))
		v := append([]byte(nil), listpack.Bytes(lp, off, &scratch)...)
		l.RemoveEqual(v, 1+c.r.IntN(3), c.r.IntN(2) == 0)
	case op == 8:
		i := c.r.IntN(size)
		l.Remove(i, min(size-i, n))
	case op == 9:
		i := c.r.IntN(min(size, n))
		l.Trim(i, size-i-c.r.IntN(size-i))
	}
}

func (c *churner) set(db *DB, k Key, big bool) {
	w, ok := db.OpenSet(k)
	if !ok {
		return
	}
	of := 200
	if big {
		of = 20_000
	}
	for range 1 + c.r.IntN(of/50) {
		switch c.r.IntN(5) {
		case 0, 1:
			w.Add(c.member(of))
		case 2:
			w.Add(fmt.Append(nil, c.r.IntN(1000)))
		case 3:
			w.Remove(c.member(of))
		case 4:
			if w.Ok() {
				w.Pop(nil)
			}
		}
	}
	if n := w.Len(); n > 10 && c.r.IntN(40) == 0 {
		w.PopMany(n-n/10, func([]byte) {})
	}
}

func (c *churner) hash(db *DB, k Key, big bool) {
	h := db.OpenHash(k)
	if h.WrongType() {
		return
	}
	of := 200
	if big {
		of = 20_000
	}
	for range 1 + c.r.IntN(of/50) {
		f := c.member(of)
		switch c.r.IntN(6) {
		case 0, 1:
			h.Set(f, c.bytes(c.r.IntN(60)))
		case 2:
			h.SetKeepTTL(f, c.bytes(20))
		case 3:
			h.Delete(f)
		case 4, 5:
			if _, ok := h.Get(f); ok {
				h.SetDeadline(f, testNow+int64(c.r.IntN(1000)))
			}
		}
	}
}

func (c *churner) zset(db *DB, k Key, big bool) {
	z := db.OpenZSet(k)
	defer z.Close()
	of := 200
	if big {
		of = 20_000
	}
	for range 1 + c.r.IntN(of/50) {
		switch c.r.IntN(5) {
		case 0, 1, 2:
			z.Add(c.member(of), float64(c.r.IntN(1000)), 0)
		case 3:
			z.Remove(c.member(of))
		case 4:
			if n := z.Entry().ZLen(); n > 5 {
				z.RemoveRanks(c.r.IntN(n-3), 1+c.r.IntN(3))
			}
		}
	}
}

func newChurner(t testing.TB, keys int) *churner {
	s := newStore(t, 4, 2)
	return &churner{s: s, r: rand.New(rand.NewPCG(rand.Uint64(), 0)), keys: keys, flush: true}
}

// checkBeside is Store.Check while a snapshot runs: what it keeps counts in no shard, unless something was flushed.
func checkBeside(t testing.TB, s *Store) {
	t.Helper()
	sn := s.snap.Load()
	if sn != nil && len(sn.held) > 0 {
		return
	}
	s.lockAll(false)
	defer s.unlockAll(false)
	for i := range s.shards {
		if err := s.checkShard(i); err != nil {
			t.Fatalf("shard %d: %v", i, err)
		}
	}
}

func TestSnapshotStepByStep(t *testing.T) {
	rounds := 5
	if raceBuild {
		rounds = 1
	}
	for range rounds {
		c := newChurner(t, 300)
		c.fill()
		for range 2 {
			want := picturesOf(c.s)
			sn, err := c.s.BeginSnapshot(false, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.s.BeginSnapshot(false, nil); !errors.Is(err, ErrSnapshotRuns) {
				t.Fatal(err)
			}
			turns, few := 0, 1+c.r.IntN(5)
			turn := func() {
				turns++
				for range c.r.IntN(few) {
					c.step()
				}
				if turns%100 == 0 {
					c.s.WaitLazyFree()
					checkBeside(t, c.s)
				}
			}
			sink := &pictureSink{t: t, got: make(pictures), turn: turn}
			err = sn.Run(sink, func(bool) error {
				turn()
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			comparePictures(t, sink.got, want)
			if all, done := sn.Keys(); all != done || int(all) != len(want) || sn.Waiting() != 0 {
				t.Fatalf("%d of %d keys, %d bytes wait", done, all, sn.Waiting())
			}
			check(t, c.s)
			t.Log(len(want), "keys,", sink.inPart, "in parts,", turns, "turns")
		}
	}
}

// walkIn chooses one of the ways to walk.
func walkIn(sn *Snapshot, way int) {
	switch way % 3 {
	case 1:
		sn.WalkBeside(1, atOnce) // it helps whenever it is ahead
	case 2:
		sn.WalkBeside(1<<40, func(work func(), _ bool) {
			work()
			runtime.Gosched()
		})
	}
}

func TestSnapshotBesideCommands(t *testing.T) {
	rounds := 3
	if raceBuild {
		rounds = 1
	}
	for round := range 3 * rounds {
		c := newChurner(t, 2000/rounds)
		c.fill()
		want := picturesOf(c.s)
		sn, err := c.s.BeginSnapshot(false, nil)
		if err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				d := *c
				d.r = rand.New(rand.NewPCG(rand.Uint64(), 0))
				for !stopped(stop) {
					d.step()
				}
			})
		}
		wg.Go(func() { // reads write the LRU field
			for !stopped(stop) {
				db := c.s.DB(0, testNow+int64(rand.IntN(100_000)))
				k := c.key2(&db)
				i := c.s.ShardOf(k.H)
				c.s.RLock(i)
				db.Lookup(k)
				c.s.RUnlock(i)
			}
		})
		sink := &pictureSink{t: t, got: make(pictures)}
		pause := func(bool) error {
			if rand.IntN(4) == 0 {
				time.Sleep(50 * time.Microsecond)
			}
			return nil
		}
		walkIn(sn, round)
		err = sn.Run(sink, pause)
		close(stop)
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		comparePictures(t, withoutLRU(sink.got), withoutLRU(want))
		check(t, c.s)
	}
}

func (c *churner) key2(db *DB) Key {
	return db.Key(fmt.Appendf(nil, "%s:%d", churnKinds[rand.IntN(5)], rand.IntN(c.keys)))
}

// withoutLRU takes out what readers change without telling the snapshot.
func withoutLRU(all pictures) pictures {
	for name, p := range all {
		head, rest, _ := bytes.Cut([]byte(p), []byte(":"))
		all[name] = string(head[:bytes.LastIndexByte(head, ' ')]) + string(rest)
	}
	return all
}

func TestSnapshotEndsEarly(t *testing.T) {
	c := newChurner(t, 300)
	c.flush = false // there must be something to do
	c.fill()
	fail := errors.New("disk full")
	for i := range 12 {
		sn, err := c.s.BeginSnapshot(false, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := fail
		sink := &pictureSink{t: t, got: make(pictures)}
		turns, last := 0, rand.IntN(200)
		if i%2 == 0 {
			want = ErrSnapshotAborted
		}
		sink.turn = func() {
			c.step()
			if turns++; turns > last {
				if i%2 == 0 {
					sn.Abort()
				} else {
					sink.fail = fail
				}
			}
		}
		walkIn(sn, i/2)
		if err := sn.Run(sink, nil); !errors.Is(err, want) {
			t.Fatalf("%v, not %v", err, want)
		}
		if sn.Waiting() != 0 {
			t.Fatalf("%d bytes wait for nobody", sn.Waiting())
		}
		check(t, c.s)
		for range 50 {
			c.step()
		}
	}
}

// A value that a snapshot has come to and not written may get into another shard: then it is that shard's lock that guards it.
func TestSnapshotFollowsValues(t *testing.T) {
	c := newChurner(t, 0)
	db := c.s.DB(0, testNow)
	from := []Key{db.Key([]byte("str")), db.Key([]byte("set"))}
	db.SetString(from[0], c.bytes(3*hugeString/2), 0)
	for i := range 10_000 {
		db.SetAdd(from[1], fmt.Appendf(nil, "m%d............................", i))
	}
	want := picturesOf(c.s)
	sn, err := c.s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	shardOf := func(k Key) int32 { // of what the snapshot has of the value
		e := db.Peek(k)
		if e.Type() == TypeString {
			if p := c.s.savedHuge(e.body()); p != nil {
				return p.shard.Load()
			}
			return noShard
		}
		sh, _ := db.shardOf(k)
		if p := savedBig(sh.table(0).arenaOf(*e.body())); p != nil {
			return p.shard.Load()
		}
		return noShard
	}
	moves := 0
	sink := &pictureSink{t: t, got: make(pictures)}
	sink.turn = func() {
		for i, k := range from {
			if shardOf(k) == noShard { // the walk has not come to it, or it is written
				continue
			}
			to := db.Key(fmt.Appendf(nil, "%d:%d", i, moves))
			for n := 0; c.s.ShardOf(to.H) == c.s.ShardOf(k.H); n++ {
				to = db.Key(fmt.Appendf(nil, "%d:%d:%d", i, moves, n))
			}
			unlock := c.lock(k, to)
			db.Rename(k, to)
			if got := shardOf(to); int(got) != c.s.ShardOf(to.H) {
				t.Errorf("a value is thought to be in shard %d, not %d", got, c.s.ShardOf(to.H))
			}
			unlock()
			from[i] = to
			moves++
		}
	}
	err = sn.Run(sink, func(bool) error {
		sink.turn()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	comparePictures(t, sink.got, want)
	if moves < 4 {
		t.Errorf("%d moves", moves)
	}
	check(t, c.s)
}

// All of a big value changes, in one way, after the walk has come to it and before it is written.
func TestSnapshotOfBigValuesThatChange(t *testing.T) {
	const n = 10_000
	name := func(i int) []byte { return fmt.Appendf(nil, "m%d............................", i) }
	hash := func(db *DB, k Key) {
		for i := range n {
			db.HashSet(k, name(i), name(i))
		}
		h := db.OpenHash(k)
		for i := 0; i < n; i += 2 {
			h.SetDeadline(name(i), testNow+1000+int64(i))
		}
	}
	fields := func(change func(h *HashWriter, i int)) func(*DB, Key) {
		return func(db *DB, k Key) {
			h := db.OpenHash(k)
			for i := range n {
				change(&h, i)
			}
		}
	}
	zset := func(db *DB, k Key) {
		for i := range n {
			db.ZSetAdd(k, name(i), float64(i))
		}
	}
	const long = 60_000
	list := func(db *DB, k Key) {
		for i := range long {
			db.ListPush(k, false, [][]byte{name(i)})
		}
	}
	elements := func(change func(l *List, i int)) func(*DB, Key) {
		return func(db *DB, k Key) {
			var l List
			db.OpenList(&l, k)
			for i := range long / 2 {
				change(&l, i)
			}
		}
	}
	cases := []struct {
		name         string
		fill, change func(*DB, Key)
	}{
		{"push left", list, elements(func(l *List, i int) { l.Push(true, name(i)) })},
		{"push right", list, elements(func(l *List, i int) { l.Push(false, name(i)) })},
		{"pop left", list, elements(func(l *List, i int) { l.Pop(true) })},
		{"pop right", list, elements(func(l *List, i int) { l.Pop(false) })},
		{"pop left and push right", list, elements(func(l *List, i int) { l.Pop(true); l.Push(false, name(i)) })},
		{"other elements", list, elements(func(l *List, i int) { l.Set(2*i, name(long + i)[:len(name(2*i))]) })},
		{"longer elements", list, elements(func(l *List, i int) {
			if i%16 == 0 {
				l.Set(2*i, append(name(i), make([]byte, 500)...))
			}
		})},
		{"huge elements", list, elements(func(l *List, i int) {
			if i%1000 == 0 {
				l.Set(2*i, make([]byte, 100<<10))
			}
		})},
		{"insert", list, elements(func(l *List, i int) {
			if i%1000 == 0 {
				l.Insert(name(2*i), make([]byte, 5000), i%2000 == 0)
				l.Insert(name(2*i+300), name(i), i%2000 == 0)
			}
		})},
		{"remove", list, elements(func(l *List, i int) {
			if i%1000 == 0 {
				l.Remove(i, 900)
			}
		})},
		{"remove from the end", list, elements(func(l *List, i int) {
			if i%1000 == 0 {
				l.RemoveEqual(name(long-1-i), 1, true)
				l.RemoveEqual(name(i), 1, false)
			}
		})},
		{"trim", list, elements(func(l *List, i int) {
			if i == 0 {
				l.Trim(20_000, 20_000)
			}
		})},
		{"other deadlines", hash, fields(func(h *HashWriter, i int) {
			if i%2 == 0 {
				h.SetDeadline(name(i), testNow+5)
			}
		})},
		{"first deadlines", hash, fields(func(h *HashWriter, i int) {
			if i%2 == 1 {
				h.SetDeadline(name(i), testNow+5)
			}
		})},
		{"no deadlines", hash, fields(func(h *HashWriter, i int) {
			if i%2 == 0 {
				h.SetDeadline(name(i), 0)
			}
		})},
		{"other values", hash, fields(func(h *HashWriter, i int) { h.SetKeepTTL(name(i), name(n + i)[:len(name(i))]) })},
		{"longer values", hash, fields(func(h *HashWriter, i int) { h.Set(name(i), append(name(i), "more"...)) })},
		{"without fields", hash, fields(func(h *HashWriter, i int) {
			if i%3 > 0 {
				h.Delete(name(i))
			}
		})},
		{"more fields", hash, fields(func(h *HashWriter, i int) { h.Set(name(n+i), nil) })},
		{"other scores", zset, func(db *DB, k Key) {
			for i := range n {
				db.ZSetAdd(k, name(i), -float64(i))
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, 1, 1)
			db := s.DB(0, testNow)
			k := db.Key([]byte("key"))
			c.fill(&db, k)
			want := picturesOf(s)
			sn, err := s.BeginSnapshot(false, nil)
			if err != nil {
				t.Fatal(err)
			}
			sink := &pictureSink{t: t, got: make(pictures)}
			changed := false
			err = sn.Run(sink, func(bool) error {
				if sink.begun && !changed {
					changed = true
					s.Lock(0)
					defer s.Unlock(0)
					c.change(&db, k)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !changed {
				t.Fatal("it was never half written")
			}
			comparePictures(t, sink.got, want)
			check(t, s)
		})
	}
}
