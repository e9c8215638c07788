package store

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"radish/store/slab"
)

// bigModel does the same to big values of a store, which are dicts, and to maps.
type bigModel struct {
	t   testing.TB
	s   *Store
	dbs [2]map[string]map[string]bool
	own int // values with arenas of their own that check saw
}

func newBigModel(t testing.TB) *bigModel {
	m := &bigModel{t: t, s: newStore(t, 4, 2)}
	for i := range m.dbs {
		m.dbs[i] = make(map[string]map[string]bool)
	}
	return m
}

// change adds elems, or removes them; fill makes them long.
func (m *bigModel) change(i int, key string, from, n, fill int, add bool) {
	db := m.s.DB(i, testNow)
	w := db.open(db.Key([]byte(key)))
	want := m.dbs[i][key]
	if w.ok() != (want != nil) {
		m.t.Fatalf("key %q is there: %v", key, w.ok())
	}
	if !w.ok() && !add {
		return
	}
	if !w.ok() {
		d := newDict(w.need().arena, m.s, 0)
		w.createBig(TypeSet, EncHashtable, body{addr: d.root.addr()})
		want = make(map[string]bool)
		m.dbs[i][key] = want
	}
	changeDict(w.dict(), want, from, n, fill, add)
	if w.body().len = w.dict().root.count; w.body().len == 0 {
		w.drop()
		delete(m.dbs[i], key)
		return
	}
	before := w.entry().Version()
	w.bump(unsafe.Pointer(w.dict().root))
	if w.entry().Version() == before {
		m.t.Fatalf("key %q has version %d still", key, before)
	}
}

func changeDict(d dict, want map[string]bool, from, n, fill int, add bool) {
	for j := from; j < from+n; j++ {
		b := fmt.Appendf(bytes.Repeat([]byte("x"), fill), "%d", j)
		h := d.hash(b)
		slot, e := d.find(h, b)
		switch {
		case add && slot == nil:
			d.insert(h, writeElem(d.a, b, nil, false, 0, false))
			want[string(b)] = true
		case !add && slot != nil:
			d.remove(h, slot)
			d.freeElem(e)
			delete(want, string(b))
		}
	}
}

func (m *bigModel) key() string { return fmt.Sprintf("key:%d", rand.IntN(6)) }

func (m *bigModel) step() {
	i, j := rand.IntN(2), rand.IntN(2)
	db := m.s.DB(i, testNow)
	from, to := m.key(), m.key()
	kf, kt := db.Key([]byte(from)), db.Key([]byte(to))
	old := m.dbs[i][from]
	switch rand.IntN(16) {
	case 0, 1, 2:
		m.change(i, from, rand.IntN(15000), rand.IntN(6000), 10+rand.IntN(4)*30, true)
	case 3:
		m.change(i, from, 0, 10, 300_000, true)
	case 4:
		m.change(i, from, 0, 12, 300_000, false)
	case 5, 6:
		n := rand.IntN(15000)
		for fill := range 4 {
			m.change(i, from, n, 10000, 10+fill*30, false)
		}
	case 7:
		if db.Rename(kf, kt) != (old != nil) {
			m.t.Fatal("Rename")
		}
		if old != nil {
			delete(m.dbs[i], from)
			m.dbs[i][to] = old
		}
	case 8:
		if m.dbs[j][to] != nil && i != j || from == to {
			break
		}
		if db.Copy(kf, kt, j) != (old != nil) {
			m.t.Fatal("Copy")
		}
		if old != nil {
			m.dbs[j][to] = maps.Clone(old)
		}
	case 9:
		want := old != nil && m.dbs[1-i][from] == nil
		if db.Move(kf, 1-i) != want {
			m.t.Fatal("Move")
		}
		if want {
			m.dbs[1-i][from] = old
			delete(m.dbs[i], from)
		}
	case 10:
		if rand.IntN(2) == 0 {
			db.Delete(kf)
		} else {
			db.DeleteSync(kf)
		}
		delete(m.dbs[i], from)
	case 11:
		if rand.IntN(3) == 0 {
			db.Flush(rand.IntN(2) == 0, nil)
			clear(m.dbs[i])
		}
	case 12:
		db.SetDeadline(kf, 2*testNow)
	case 13, 14:
		d := m.s.newDetachedDict(TypeSet, EncHashtable, 0)
		want := make(map[string]bool)
		changeDict(d.dict(), want, 0, 1+rand.IntN(6000), rand.IntN(50), true)
		if rand.IntN(4) == 0 {
			d.Free()
			break
		}
		db.Install(kf, d, 0)
		m.dbs[i][from] = want
	case 15:
		if e := db.Peek(kf); e.Ok() {
			db.Install(kt, m.s.DetachedCopy(e), 2*testNow)
			m.dbs[i][to] = maps.Clone(old)
		}
	}
}

func (m *bigModel) check() {
	m.t.Helper()
	check(m.t, m.s)
	for i := range m.dbs {
		db := m.s.DB(i, testNow)
		if int(db.Len()) != len(m.dbs[i]) {
			m.t.Fatalf("%d keys, not %d", db.Len(), len(m.dbs[i]))
		}
		for key, want := range m.dbs[i] {
			e := db.Peek(db.Key([]byte(key)))
			if !e.Ok() || e.Type() != TypeSet || int(e.body().len) != len(want) || e.dict().len() != len(want) {
				m.t.Fatalf("key %q is there: %v", key, e.Ok())
			}
			if e.body().cap != 0 {
				m.own++
			}
			e.dict().each(func(el elem) bool {
				if !want[string(el.key())] {
					m.t.Fatalf("key %q has elem of %d bytes", key, len(el.key()))
				}
				return true
			})
			if int(e.MemUsage()) < e.dict().bytes() {
				m.t.Fatalf("key %q takes %d bytes, its dict %d", key, e.MemUsage(), e.dict().bytes())
			}
		}
	}
}

func TestBigValuesAgainstModel(t *testing.T) {
	m := newBigModel(t)
	steps := 200
	if raceBuild {
		steps = 70
	}
	for range steps {
		m.step()
		if rand.IntN(4) == 0 {
			m.s.Purge(nil)
		}
		m.check()
	}
	if m.own < steps/20 {
		t.Errorf("only %d values had arenas of their own", m.own)
	}
	m.s.FlushAll(true, false, nil)
	m.s.WaitLazyFree()
	if n := m.s.UsedMemory(); n != 0 {
		t.Fatalf("%d bytes are used at the end", n)
	}
}

// A value gets an arena of its own when it grows, and goes to another shard with it.
func TestOwnArena(t *testing.T) {
	m := newBigModel(t)
	db := m.s.DB(0, testNow)
	body := func(key string) body { return *db.Peek(db.Key([]byte(key))).body() }
	m.change(0, "k", 0, 100, 0, true)
	if body("k").cap != 0 {
		t.Fatal("a small value has an arena of its own")
	}
	m.change(0, "k", 0, 20000, 0, true)
	big := body("k")
	if big.cap == 0 {
		t.Fatal("a big value has no arena of its own")
	}
	for i := 0; ; i++ {
		to := fmt.Sprint("to", i)
		k := db.Key([]byte(to))
		if m.s.ShardOf(k.H) == m.s.ShardOf(db.Key([]byte("k")).H) {
			continue
		}
		version, used := db.Peek(db.Key([]byte("k"))).Version(), m.s.UsedMemory()
		db.Rename(db.Key([]byte("k")), k)
		m.dbs[0][to] = m.dbs[0]["k"]
		delete(m.dbs[0], "k")
		if body(to).addr != big.addr || db.Peek(k).Version() != version || used-m.s.UsedMemory() > 20000 || m.s.UsedMemory()-used > 20000 {
			t.Fatal("renaming copies the value, or changes its version, or the memory in use")
		}
		break
	}
	m.check()
}

// Purge compacts a value that has lost most of its elems, while they come and go; and what a RENAME takes away from it stays usable.
func TestPurgeOwnArena(t *testing.T) {
	m := newBigModel(t)
	for j := range 2 {
		m.change(0, fmt.Sprint("k", j), 0, 300_000, 10, true)
	}
	for j := range 2 {
		for n := range 300_000 / 10 {
			m.change(0, fmt.Sprint("k", j), n*10+1, 9, 10, false)
		}
	}
	m.check()
	before, used := m.s.Fragmentation()
	pages := m.s.Stats().PageBytes
	m.s.Purge(nil)
	after, _ := m.s.Fragmentation()
	t.Logf("%d bytes used, %d held, %d after Purge; pages %d, %d", used, before, after, pages, m.s.Stats().PageBytes)
	if float64(before) < 3*float64(used) || float64(after) > 1.3*float64(used) {
		t.Fatal("that is not what was expected")
	}
	if m.s.Stats().Moved == 0 {
		t.Fatal("nothing moved")
	}
	m.check()
}

// Commands go on while Purge compacts: they change values that it is at, rename them to other shards and delete them.
func TestPurgeBesideCommands(t *testing.T) {
	m := newBigModel(t)
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !stop.Load() {
			m.s.Purge(nil)
		}
	})
	lock := func(fn func()) {
		m.s.lockAll(false)
		defer m.s.unlockAll(false)
		fn()
	}
	steps := 300
	if raceBuild {
		steps = 60
	}
	for range steps {
		key, to := m.key(), m.key()
		switch rand.IntN(6) {
		case 0, 1:
			lock(func() { m.change(0, key, rand.IntN(20000), 10000, 10, true) })
		case 2, 3:
			for range 30 {
				from := rand.IntN(30000)
				lock(func() { m.change(0, key, from, 800, 10, false) })
			}
		case 4:
			lock(func() {
				db := m.s.DB(0, testNow)
				if db.Rename(db.Key([]byte(key)), db.Key([]byte(to))) {
					old := m.dbs[0][key]
					delete(m.dbs[0], key)
					m.dbs[0][to] = old
				}
			})
		case 5:
			lock(func() {
				db := m.s.DB(0, testNow)
				db.Delete(db.Key([]byte(key)))
				delete(m.dbs[0], key)
			})
		}
	}
	stop.Store(true)
	wg.Wait()
	m.check()
	t.Logf("%d chunks were moved", m.s.Stats().Moved)
}

// Unlinking a value of five million elems, and giving it to another shard, does not take longer than for a small one, and memory in use goes
// down with what is freed.
func TestUnlinkHuge(t *testing.T) {
	n := 5_000_000
	if raceBuild || testing.Short() {
		n = 100_000
	}
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	d := s.newDetachedDict(TypeSet, EncHashtable, n)
	var key [17]byte
	for i := range n {
		k := benchMember(&key, i)
		d.dict().insert(d.dict().hash(k), writeElem(d.arena, k, nil, false, 0, false))
	}
	took := func(what string, fn func()) {
		start := time.Now()
		fn()
		t.Logf("%s: %v, %d bytes used, %d of these wait", what, time.Since(start), s.UsedMemory(), s.LazyMemory())
	}
	a, b := db.Key([]byte("a")), db.Key([]byte("b1"))
	took("Install", func() { db.Install(a, d, 0) })
	took("Rename", func() { db.Rename(a, b) })
	used := s.UsedMemory()
	took("Delete", func() { db.DeleteSync(b) })
	last, steps := used, 0
	start := time.Now()
	for s.Stats().LazyPending > 0 || s.LazyMemory() > 0 {
		if now := s.UsedMemory(); now != last {
			if now > last {
				t.Fatalf("memory in use goes up, from %d to %d", last, now)
			}
			last = now
			steps++
		}
		if time.Since(start) > time.Minute {
			t.Fatal("it takes too long")
		}
	}
	s.WaitLazyFree()
	t.Logf("freed %d bytes in %v, seen in %d steps", used-s.UsedMemory(), time.Since(start), steps)
	check(t, s)
}

// A detached block that is big is handed over, a small one copied.
func TestInstallBlocks(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	for _, n := range []int{10, 2000, 3 * slab.MaxChunk} {
		from, to := db.Key(fmt.Appendf(nil, "from%d", n)), db.Key(fmt.Appendf(nil, "to%d", n))
		val := bytes.Repeat([]byte("v"), n)
		db.SetString(from, val, 0)
		db.SetString(to, []byte("old"), 0)
		db.Install(to, s.DetachedCopy(db.Peek(from)), 2*testNow)
		var scratch [24]byte
		if e := db.Peek(to); !bytes.Equal(e.Bytes(&scratch), val) || e.Deadline() != 2*testNow || e.Encoding() != db.Peek(from).Encoding() {
			t.Fatalf("%d bytes: %v, deadline %d", n, e.Encoding(), e.Deadline())
		}
		s.DetachedCopy(db.Peek(from)).Free()
		check(t, s)
	}
	d := s.newDetachedDict(TypeSet, EncHashtable, 100)
	const listpack = "\x0e\x00\x00\x00\x01\x00\x85block\x06\xff"
	d.setBlock(EncListpack, []byte(listpack))
	db.Install(db.Key([]byte("x")), d, 0)
	if e := db.Peek(db.Key([]byte("x"))); e.Encoding() != EncListpack || string(e.block()) != listpack {
		t.Fatalf("%v, %q", e.Encoding(), e.block())
	}
	check(t, s)
	if s.loose.Used() != 0 {
		t.Fatalf("%d bytes belong to nobody", s.loose.Used())
	}
}
