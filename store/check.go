package store

import (
	"fmt"
	"slices"

	"radish/store/slab"
)

// Check walks all tables, indexes and pages and tells the first thing that does not hold: every invariant of the package comment. It takes
// all write locks, and expects that nothing waits for being freed in the background (WaitLazyFree). It is for tests.
func (s *Store) Check() error {
	s.lockAll(false)
	defer s.unlockAll(false)
	if n := s.lazy.bytes.Load(); n != 0 {
		return fmt.Errorf("%d bytes wait for being freed", n)
	}
	for i := range s.shards {
		if err := s.checkShard(i); err != nil {
			return fmt.Errorf("shard %d: %w", i, err)
		}
	}
	return s.pages.Check()
}

func (s *Store) checkShard(i int) error {
	sh := &s.shards[i]
	var c slab.Census
	for db := range sh.tables {
		t := sh.table(db)
		if t == nil {
			continue
		}
		if err := t.check(i, &c); err != nil {
			return fmt.Errorf("database %d: %w", db, err)
		}
		if x, ok := t.due.min(); ok && sh.next.Load() > int64(x>>dueHashBits) {
			return fmt.Errorf("database %d: next deadline is %d, but one is %d", db, sh.next.Load(), x>>dueHashBits)
		}
		if x, ok := t.fieldDue.min(); ok && sh.nextField.Load() > int64(x>>dueHashBits) {
			return fmt.Errorf("database %d: next deadline of a field is %d, but one is %d", db, sh.nextField.Load(), x>>dueHashBits)
		}
	}
	if err := sh.own.checkAll(); err != nil {
		return err
	}
	if err := sh.arena.CheckUsage(sh.own.all(nil)); err != nil {
		return err
	}
	return sh.arena.Check(&c)
}

// tableSums is what check adds up.
type tableSums struct {
	keys, dueSum  int64
	due, fieldDue []uint64
	seen          map[string]bool
}

func (t *table) check(shard int, c *slab.Census) error {
	sums := tableSums{seen: make(map[string]bool)}
	c.AddOther(8 * len(t.dir))
	err := t.directory.check(8*len(t.dir), c, func(g segment, s, start uint64) error {
		return t.checkEntry(g, s, shard, start, &sums, c)
	})
	if err != nil {
		return err
	}
	for _, v := range []struct {
		name      string
		got, want int64
	}{
		{"keys", t.keys.Load(), sums.keys},
		{"segments", t.segs.Load(), int64(t.numSegs)},
		{"slots", t.slots.Load(), int64(t.numSlots)},
		{"bytes", t.bytes.Load(), int64(t.numBytes)},
		{"keys with a deadline", t.dueKeys.Load(), int64(len(sums.due))},
		{"sum of deadlines", t.dueSum.Load(), sums.dueSum},
		{"bytes of the index", t.dueMem.Load(), int64(t.due.bytes + t.fieldDue.bytes)},
		{"hashes with deadlines of fields", t.fieldKeys.Load(), int64(len(sums.fieldDue))},
	} {
		if v.got != v.want {
			return fmt.Errorf("%s: %d, counted %d", v.name, v.got, v.want)
		}
	}
	if err := t.fieldDue.check(sums.fieldDue, c); err != nil {
		return fmt.Errorf("deadlines of fields: %w", err)
	}
	return t.due.check(sums.due, c)
}

// check walks the segments, calls fn for each slot in use with the first hash of its segment, and compares what it
// counts, words being the bytes of the directory itself.
func (d *directory) check(words int, c *slab.Census, fn func(g segment, s, start uint64) error) error {
	want := directory{numBytes: words}
	if len(d.dir) != 1<<d.depth() {
		return fmt.Errorf("directory of %d for %d bits", len(d.dir), d.depth())
	}
	for i := 0; i < len(d.dir); {
		g := d.dir[i]
		if int(g.depth()) > d.depth() {
			return fmt.Errorf("segment of depth %d at %d", g.depth(), i)
		}
		start := uint64(i) << d.shift
		from, n := d.span(start, int(g.depth()))
		if from != i {
			return fmt.Errorf("segment of depth %d at %d", g.depth(), i)
		}
		for j := i; j < i+n; j++ {
			if d.dir[j] != g {
				return fmt.Errorf("directory words %d and %d differ", i, j)
			}
		}
		if err := g.check(func(s uint64) error { return fn(g, s, start) }); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
		c.Add(g.bytes())
		want.numSegs++
		want.numSlots += g.nb()*bucketSlots + stashSlots
		want.numBytes += slab.Size(g.bytes())
		if int(g.depth()) == d.depth() {
			want.deepest++
		}
		i += n
	}
	if d.numSegs != want.numSegs || d.numSlots != want.numSlots || d.numBytes != want.numBytes || d.deepest != want.deepest {
		return fmt.Errorf("directory counts %d segments, %d of the greatest depth, %d slots, %d bytes, there are %d, %d, %d, %d",
			d.numSegs, d.deepest, d.numSlots, d.numBytes, want.numSegs, want.deepest, want.numSlots, want.numBytes)
	}
	if d.deepest == 0 {
		return fmt.Errorf("the directory is too big: no segment of depth %d", d.depth())
	}
	return nil
}

// check tells whether all entries are where they should be, and calls fn for each slot in use.
func (g segment) check(fn func(s uint64) error) error {
	hd := g.head()
	if uintptr(g.ptr())%64 != 0 || int(hd.nb) != g.nb() || uint(hd.depth) != g.depth() {
		return fmt.Errorf("at %p, head %+v, depth %d, %d buckets", g.ptr(), *hd, g.depth(), g.nb())
	}
	n := 0
	for b := range g.nb() {
		bk := g.bucket(b)
		for i, s := range bk {
			if s == 0 {
				if i+1 < bucketSlots && bk[i+1] != 0 {
					return fmt.Errorf("bucket %d has a hole", b)
				}
				continue
			}
			n++
			home := g.home(s >> addrBits)
			if home != b && (home != b-1 || g.bucket(home)[bucketSlots-1] == 0) {
				return fmt.Errorf("an entry of bucket %d is in %d", home, b)
			}
			if err := fn(s); err != nil {
				return fmt.Errorf("bucket %d: %w", b, err)
			}
		}
	}
	for i, s := range g.stash() {
		if (s != 0) != (i < int(hd.stash)) {
			return fmt.Errorf("stash of %d has %#x at %d", hd.stash, s, i)
		}
		if s == 0 {
			continue
		}
		n++
		home := g.home(s >> addrBits)
		if g.bucket(home)[bucketSlots-1] == 0 || home+1 < g.nb() && g.bucket(home + 1)[bucketSlots-1] == 0 {
			return fmt.Errorf("an entry of bucket %d is in the stash, but there is room", home)
		}
		if err := fn(s); err != nil {
			return fmt.Errorf("stash: %w", err)
		}
	}
	if n != int(hd.count) {
		return fmt.Errorf("%d entries, counted %d", hd.count, n)
	}
	return nil
}

func (t *table) checkEntry(g segment, s uint64, shard int, start uint64, sums *tableSums, c *slab.Census) error {
	e := slotEntry(s)
	key := e.Key()
	full := t.s.hash(key)
	h := full << t.s.shardBits
	if t.s.ShardOf(full) != shard || g.start(h) != start || g.tag(h) != s>>addrBits {
		return fmt.Errorf("key %q is at the wrong place", key)
	}
	if sums.seen[string(key)] {
		return fmt.Errorf("key %q is there twice", key)
	}
	sums.seen[string(key)] = true
	sums.keys++
	c.Add(e.size())
	if d := e.Deadline(); d != 0 {
		sums.due = append(sums.due, dueItem(d, h))
		sums.dueSum += clampDue(d) - t.dueBase.Load()
	}
	if err := t.checkValue(e, c); err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	if d := e.fieldDue(); d != 0 {
		sums.fieldDue = append(sums.fieldDue, dueItem(d, h))
	}
	return nil
}

func (t *table) checkValue(e Entry, c *slab.Census) error {
	enc, f := e.Encoding(), e.form()
	if enc.big() && f != formBody || (f == formInt) != (enc == EncInt) {
		return fmt.Errorf("encoding %v in form %d", enc, f)
	}
	if f == formBody {
		if err := valueTypes[enc].check(t, *e.body(), c); err != nil {
			return err
		}
	}
	if check := types[e.Type()].check; check != nil {
		return check(t, e)
	}
	return nil
}

// check compares the index with the items that it must have.
func (d *deadlines) check(want []uint64, c *slab.Census) error {
	slices.Sort(want)
	var got []uint64
	nodes, bytes := 0, 0
	var walk func(n *dueNode, lo, hi uint64) error
	walk = func(n *dueNode, lo, hi uint64) error {
		nodes++
		bytes += slab.Size(n.bytes())
		c.Add(n.bytes())
		if n.n == 0 || int(n.n) > n.limit() {
			return fmt.Errorf("index node of level %d has %d", n.level, n.n)
		}
		if n.level == 0 {
			for _, x := range n.leaf().items[:n.n] {
				if x < lo || x > hi {
					return fmt.Errorf("item %#x is not in %#x…%#x", x, lo, hi)
				}
				got = append(got, x)
			}
			return nil
		}
		in := n.inner()
		for i, k := range in.kids[:in.n] {
			kid, a, b := nodeAt(k), lo, hi
			if i > 0 {
				a = in.keys[i-1]
			}
			if i+1 < int(in.n) {
				b = in.keys[i]
			}
			if a < lo || b > hi || kid.level != n.level-1 {
				return fmt.Errorf("child %d of an index node: %#x…%#x in %#x…%#x, level %d of %d", i, a, b, lo, hi, kid.level, n.level)
			}
			if err := walk(kid, a, b); err != nil {
				return err
			}
		}
		return nil
	}
	if d.root != 0 {
		if err := walk(nodeAt(d.root), 0, ^uint64(0)); err != nil {
			return err
		}
	}
	if nodes != d.nodes || bytes != d.bytes || len(got) != d.count {
		return fmt.Errorf("index: %d nodes, %d bytes, %d items, counted %d, %d, %d", d.nodes, d.bytes, d.count, nodes, bytes, len(got))
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("index has %d items, they are not those of the %d keys with a deadline", len(got), len(want))
	}
	return nil
}
