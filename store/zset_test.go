package store

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// zsetModel runs the same operations on the sorted sets of a store and on maps.
type zsetModel struct {
	t    *testing.T
	s    *Store
	db   DB
	r    *rand.Rand
	sets map[string]map[string]float64
	mems int // how many different members there are
}

func newZSetModel(t *testing.T, seed uint64, lim Limits, members int) *zsetModel {
	s := newStore(t, 4, 2)
	s.SetLimits(lim)
	return &zsetModel{t: t, s: s, db: s.DB(0, testNow), r: rand.New(rand.NewPCG(seed, 2)), sets: map[string]map[string]float64{}, mems: members}
}

func (m *zsetModel) score() float64 {
	switch m.r.IntN(12) {
	case 0:
		return math.Inf(1 - 2*m.r.IntN(2))
	case 1:
		return 0
	case 2:
		return m.r.NormFloat64() * 1e20
	case 3, 4:
		return m.r.NormFloat64()
	}
	return float64(m.r.IntN(20))
}

func (m *zsetModel) member() string {
	n := m.r.IntN(m.mems)
	switch n % 20 {
	case 3:
		return fmt.Sprint(n)
	case 4:
		return fmt.Sprintf("%0100d", n)
	case 5:
		return fmt.Sprint(-n * 1000)
	}
	return fmt.Sprintf("member:%d", n)
}

// sorted are the elements of a set in their order.
func (m *zsetModel) sorted(key string) []modelItem {
	var items []modelItem
	for member, score := range m.sets[key] {
		items = append(items, modelItem{score: score, member: member})
	}
	slices.SortFunc(items, modelItem.compare)
	return items
}

func (m *zsetModel) set(key string) map[string]float64 {
	if m.sets[key] == nil {
		m.sets[key] = map[string]float64{}
	}
	return m.sets[key]
}

func (m *zsetModel) step() {
	key := fmt.Sprintf("key:%d", m.r.IntN(3))
	k := m.db.Key([]byte(key))
	want := m.set(key)
	z := m.db.OpenZSet(k)
	switch op := m.r.IntN(20); {
	case op < 12:
		for range 1 + m.r.IntN(5) {
			m.add(&z, want)
		}
	case op < 16:
		for range 1 + m.r.IntN(4) {
			member := m.member()
			_, had := want[member]
			if z.Remove([]byte(member)) != had {
				m.t.Fatalf("Remove(%q) is %v", member, !had)
			}
			delete(want, member)
		}
	case op == 16:
		items := m.sorted(key)
		if len(items) > 0 {
			first := m.r.IntN(len(items))
			n := min(m.r.IntN(4), len(items)-first)
			if m.r.IntN(30) == 0 {
				n = len(items) - first
			}
			z.RemoveRanks(first, n)
			for _, it := range items[first : first+n] {
				delete(want, it.member)
			}
		}
	default:
		z.Close()
		m.other(key, k, op)
		return
	}
	version := m.db.Version(k)
	z.Close()
	if e := m.db.Peek(k); e.Ok() && e.Encoding() == EncSkiplist && z.changed && m.db.Version(k) == version {
		m.t.Fatal("the version is the same after a change")
	}
	if len(want) == 0 {
		delete(m.sets, key)
	}
	if m.db.Peek(k).Ok() != (len(want) > 0) {
		m.t.Fatalf("key of %d elements is there: %v", len(want), m.db.Peek(k).Ok())
	}
}

// other does what needs the whole key.
func (m *zsetModel) other(key string, k Key, op int) {
	want := m.set(key)
	switch op {
	case 17:
		member, score, ok := m.db.ZSetPop(k, m.r.IntN(2) == 0, nil)
		if old, had := want[string(member)]; ok != (len(want) > 0) || ok && (!had || old != score) {
			m.t.Fatalf("popped %q of %v, %v", member, score, ok)
		}
		delete(want, string(member))
	case 18:
		to := fmt.Sprintf("key:%d", m.r.IntN(3))
		if to == key || len(want) == 0 {
			break
		}
		if m.r.IntN(2) == 0 {
			m.db.Copy(k, m.db.Key([]byte(to)), 0)
			m.sets[to] = maps.Clone(want)
		} else {
			m.db.Rename(k, m.db.Key([]byte(to)))
			m.sets[to] = want
			delete(m.sets, key)
		}
	case 19:
		if m.r.IntN(20) == 0 {
			m.db.Delete(k)
			delete(m.sets, key)
		}
	}
	if len(want) == 0 {
		delete(m.sets, key)
	}
}

func (m *zsetModel) add(z *ZWriter, want map[string]float64) {
	member, score := m.member(), m.score()
	o := ZAddOpts(0)
	if m.r.IntN(2) == 0 {
		o = []ZAddOpts{ZAddNX, ZAddXX, ZAddGT, ZAddLT, ZAddXX | ZAddGT, ZAddIncr, ZAddIncr | ZAddXX, ZAddIncr | ZAddLT}[m.r.IntN(8)]
	}
	old, had := want[member]
	wantRes := ZAdded
	if had {
		wantRes, score = o.rescore(old, score)
	} else if o&ZAddXX != 0 {
		wantRes, score = ZNop, 0
	}
	arg := score
	if had && o&ZAddIncr != 0 { // the sum may be rounded: give the operation what it began with
		arg = m.score()
		wantRes, score = o.rescore(old, arg)
	}
	res, got := z.Add([]byte(member), arg, o)
	if !had || wantRes == ZUpdated || res != wantRes {
		if res != wantRes || got != score {
			m.t.Fatalf("Add(%q, %v, %d) is %d, %v, want %d, %v", member, arg, o, res, got, wantRes, score)
		}
	}
	if res == ZAdded || res == ZUpdated {
		want[member] = score
	}
}

// look compares all that reading tells about one key.
func (m *zsetModel) look(key string) {
	m.t.Helper()
	k := m.db.Key([]byte(key))
	e := m.db.Peek(k)
	items := m.sorted(key)
	if e.ZLen() != len(items) {
		m.t.Fatalf("%d elements, want %d", e.ZLen(), len(items))
	}
	m.same("ZEach", items, func(fn func([]byte, float64) bool) { e.ZEach(fn) })
	if !e.Ok() {
		return
	}
	rev := slices.Clone(items)
	slices.Reverse(rev)
	for i, it := range items {
		if s, ok := e.ZScore([]byte(it.member)); !ok || s != it.score {
			m.t.Fatalf("score of %q is %v, %v, want %v", it.member, s, ok, it.score)
		}
		for _, rev := range []bool{false, true} {
			at := i
			if rev {
				at = len(items) - 1 - i
			}
			if rank, s, ok := e.ZRank([]byte(it.member), rev); !ok || rank != at || s != it.score {
				m.t.Fatalf("rank of %q is %d, %v", it.member, rank, ok)
			}
		}
	}
	if _, _, ok := e.ZRank([]byte("nobody"), false); ok {
		m.t.Fatal("nobody has a rank")
	}
	for range 10 {
		m.lookRange(e, items, rev)
	}
	var any []modelItem
	e.ZEachAny(func(b []byte, score float64) bool {
		any = append(any, modelItem{score: score, member: string(b)})
		return true
	})
	slices.SortFunc(any, modelItem.compare)
	if !slices.Equal(any, items) {
		m.t.Fatalf("ZEachAny has %d elements, want %d", len(any), len(items))
	}
	any = nil
	for cursor, first := uint64(0), true; cursor != 0 || first; first = false {
		cursor = e.ZScan(cursor, 5, func(b []byte, score float64) { any = append(any, modelItem{score: score, member: string(b)}) })
	}
	slices.SortFunc(any, modelItem.compare)
	if !slices.Equal(any, items) {
		m.t.Fatalf("ZScan has %d elements, want %d", len(any), len(items))
	}
}

func (m *zsetModel) lookRange(e Entry, items, rev []modelItem) {
	m.t.Helper()
	start, stop := m.r.IntN(len(items)), m.r.IntN(len(items)+2)
	part := func(all []modelItem) []modelItem {
		if start > stop {
			return nil
		}
		return all[start:min(stop+1, len(all))]
	}
	m.same("ZRange", part(items), func(fn func([]byte, float64) bool) { e.ZRange(start, stop, false, fn) })
	m.same("ZRange rev", part(rev), func(fn func([]byte, float64) bool) { e.ZRange(start, stop, true, fn) })
	r := ScoreRange{m.score(), m.score(), m.r.IntN(2) == 0, m.r.IntN(2) == 0}
	if m.r.IntN(2) == 0 {
		r.Min, r.Max = items[start].score, items[len(items)-1].score
	}
	in := slices.DeleteFunc(slices.Clone(items), func(it modelItem) bool {
		return it.score < r.Min || r.MinEx && it.score == r.Min || it.score > r.Max || r.MaxEx && it.score == r.Max
	})
	m.same("ZRangeByScore", in, func(fn func([]byte, float64) bool) { e.ZRangeByScore(r, false, fn) })
	first, n := e.ZScoreSpan(&r)
	if n != len(in) || n > 0 && items[first] != in[0] {
		m.t.Fatalf("span of %+v is %d, %d, want %d", r, first, n, len(in))
	}
	skip := m.r.IntN(5)
	if it := e.ZFromScore(&r, false, skip); skip < len(in) && (!it.Ok() || string(it.Member()) != in[skip].member) {
		m.t.Fatalf("from %+v, skipping %d, is wrong", r, skip)
	}
	slices.Reverse(in)
	m.same("ZRangeByScore rev", in, func(fn func([]byte, float64) bool) { e.ZRangeByScore(r, true, fn) })
	if it := e.ZFromScore(&r, true, skip); skip < len(in) && (!it.Ok() || string(it.Member()) != in[skip].member) {
		m.t.Fatalf("from the end of %+v, skipping %d, is wrong", r, skip)
	}
}

func (m *zsetModel) same(what string, want []modelItem, each func(fn func(b []byte, score float64) bool)) {
	m.t.Helper()
	var got []modelItem
	each(func(b []byte, score float64) bool {
		got = append(got, modelItem{score: score, member: string(b)})
		return true
	})
	if !slices.Equal(got, want) {
		m.t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

var zsetLimits = []struct {
	name    string
	entries int
	value   int
	members int
	steps   int
}{
	{"listpack", 1000, 200, 100, 3000},
	{"big", 0, 64, 3000, 20000},
	{"conversions", 20, 64, 60, 20000},
	{"long members", 20, 30, 60, 3000},
	{"huge", 128, 64, 30000, 30000},
}

func TestZSetAgainstModel(t *testing.T) {
	for _, c := range zsetLimits {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("%s,seed=%d", c.name, seed), func(t *testing.T) {
			m := newZSetModel(t, seed, Limits{ZSetMaxListpackEntries: c.entries, ZSetMaxListpackValue: c.value}, c.members)
			steps := fewer(c.steps)
			for i := range steps {
				m.step()
				if i%(steps/40) == 0 {
					m.look(fmt.Sprintf("key:%d", m.r.IntN(3)))
					check(t, m.s)
				}
				if i%(steps/10) == 0 {
					m.s.Purge(nil)
					check(t, m.s)
				}
			}
			m.db.Flush(true, nil)
			check(t, m.s)
		})
	}
}

// Compacting a set, in the shard's arena and in its own, moves elements and keeps them where they are in the order.
func TestZSetCompact(t *testing.T) {
	for _, c := range []struct{ grow, left int }{{4000, 500}, {30000, 300}, {30000, 6000}} {
		m := newZSetModel(t, rand.Uint64(), Limits{}, 50000)
		k := m.db.Key([]byte("k"))
		z := m.db.OpenZSet(k)
		want := m.set("k")
		for len(want) < c.grow {
			m.add(&z, want)
		}
		z.Close()
		z = m.db.OpenZSet(k)
		for member := range want {
			if len(want) == c.left {
				break
			}
			z.Remove([]byte(member))
			delete(want, member)
		}
		z.Close()
		check(t, m.s)
		m.s.Purge(nil)
		check(t, m.s)
		if m.s.Stats().Moved == 0 {
			t.Errorf("%+v: nothing was moved", c)
		}
		m.look("k")
	}
}

// Ranges of members of sets whose scores are equal.
func TestZSetLexAgainstModel(t *testing.T) {
	for _, entries := range []int{0, 1000} {
		m := newZSetModel(t, rand.Uint64(), Limits{ZSetMaxListpackEntries: entries, ZSetMaxListpackValue: 64}, 200)
		k := m.db.Key([]byte("k"))
		for range 300 {
			member := m.member()
			if len(member) < 64 {
				m.db.ZSetAdd(k, []byte(member), 7)
				m.set("k")[member] = 7
			}
		}
		e, items := m.db.Peek(k), m.sorted("k")
		bound := func() LexBound {
			return LexBound{[]byte(m.member()), m.r.IntN(2) == 0, []int{0, 0, 0, 1, -1}[m.r.IntN(5)]}
		}
		for range 2000 {
			r := LexRange{bound(), bound()}
			in := slices.DeleteFunc(slices.Clone(items), func(it modelItem) bool {
				lo, hi := bytes.Compare([]byte(it.member), r.Min.Member), bytes.Compare([]byte(it.member), r.Max.Member)
				return r.Min.Inf > 0 || r.Min.Inf == 0 && (lo < 0 || lo == 0 && r.Min.Ex) ||
					r.Max.Inf < 0 || r.Max.Inf == 0 && (hi > 0 || hi == 0 && r.Max.Ex)
			})
			first, n := e.ZLexSpan(&r)
			if n != len(in) || n > 0 && items[first] != in[0] {
				t.Fatalf("span of %+v is %d, %d, want %d", r, first, n, len(in))
			}
			skip := m.r.IntN(5)
			if it := e.ZFromLex(&r, false, skip); skip < n && (!it.Ok() || string(it.Member()) != in[skip].member) {
				t.Fatalf("from %+v, skipping %d, is wrong", r, skip)
			}
			if it := e.ZFromLex(&r, true, skip); skip < n && (!it.Ok() || string(it.Member()) != in[n-1-skip].member) {
				t.Fatalf("from the end of %+v, skipping %d, is wrong", r, skip)
			}
			for it := e.ZFromLex(&r, false, 0); it.Ok() && r.BelowMax(it.Member()); it.Next() {
				n--
			}
			if n != 0 {
				t.Fatalf("iterating over %+v finds %d less", r, n)
			}
		}
	}
}

// A million members of 17 bytes take at most 60 bytes each.
func TestZSetMemory(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("zset"))
	n := fewer(200_000)
	var member [17]byte
	for _, i := range rand.Perm(n) {
		db.ZSetAdd(k, benchMember(&member, i), rand.Float64())
	}
	per := float64(s.UsedMemory()) / float64(n)
	t.Logf("%.1f bytes an element", per)
	if per > 60 {
		t.Errorf("%.1f bytes an element", per)
	}
}
