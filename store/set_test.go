package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// setModel is a set as a plain map, with the encoding that Redis 7.2 gives it.
type setModel struct {
	members map[string]bool
	enc     Encoding
}

func isInt(m string) bool {
	n, err := strconv.ParseInt(m, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == m
}

func longest(members map[string]bool) int {
	n := 0
	for m := range members {
		n = max(n, len(m))
	}
	return n
}

// coming is what happens before n members are added, of which first is the first.
func (m *setModel) coming(lim *Limits, first string, n int) {
	switch {
	case m.members == nil:
		m.members = map[string]bool{}
		switch {
		case isInt(first) && n <= lim.SetMaxIntsetEntries:
			m.enc = EncIntset
		case n <= lim.SetMaxListpackEntries:
			m.enc = EncListpack
		default:
			m.enc = EncHashtable
		}
	case m.enc == EncIntset && n > lim.SetMaxIntsetEntries, m.enc == EncListpack && n > lim.SetMaxListpackEntries:
		m.enc = EncHashtable
	}
}

func (m *setModel) add(lim *Limits, s string) bool {
	if m.members[s] {
		return false
	}
	m.members[s] = true
	n := len(m.members)
	switch {
	case m.enc == EncIntset && isInt(s):
		if n > lim.SetMaxIntsetEntries {
			m.enc = EncHashtable
		}
	case m.enc != EncHashtable:
		fits := len(s)
		if m.enc == EncIntset {
			fits = longest(m.members)
		}
		if n <= lim.SetMaxListpackEntries && fits <= lim.SetMaxListpackValue {
			m.enc = EncListpack
		} else {
			m.enc = EncHashtable
		}
	}
	return true
}

// popped is what becomes of the encoding when n members were popped at once.
func (m *setModel) popped(lim *Limits, n int) {
	stays := len(m.members)
	if stays*popMoves > n {
		return
	}
	to := setModel{members: map[string]bool{}, enc: EncListpack}
	if m.enc == EncIntset {
		to.enc = EncIntset
	}
	for s := range m.members {
		to.add(lim, s)
	}
	m.enc = to.enc
}

// setRun runs the same operations on a store and on models.
type setRun struct {
	t    *testing.T
	s    *Store
	r    *rand.Rand
	db   DB
	sets map[string]*setModel
	lim  Limits
}

func (c *setRun) member() string {
	switch c.r.IntN(12) {
	case 0:
		return strings.Repeat("x", c.r.IntN(80))
	case 1:
		return strconv.FormatInt(int64(c.r.Uint64()), 10)
	case 2:
		return []string{"", "-0", "+1", "01", " 1", "9223372036854775808", "-9223372036854775808"}[c.r.IntN(7)]
	case 3, 4:
		return fmt.Sprintf("member:%d", c.r.IntN(400))
	}
	return strconv.Itoa(c.r.IntN(400) - 50)
}

func (c *setRun) some() (members [][]byte) {
	n := 1
	if c.r.IntN(3) == 0 {
		n = 1 + c.r.IntN(1<<c.r.IntN(9))
	}
	for range n {
		members = append(members, []byte(c.member()))
	}
	return members
}

func (c *setRun) step() {
	name := fmt.Sprintf("k%d", c.r.IntN(6))
	k, m := c.db.Key([]byte(name)), c.sets[name]
	e := c.db.Lookup(k)
	if e.Ok() != (m != nil) {
		c.t.Fatalf("%s: found %v, want %v", name, e.Ok(), m != nil)
	}
	switch op := c.r.IntN(20); {
	case op < 8:
		c.add(name, k, m)
	case op < 11:
		c.remove(name, k, m)
	case op < 13 && m != nil:
		c.pop(name, k, m)
	case op == 13 && m != nil:
		c.look(e, m)
	case op == 14:
		c.combine(name, k)
	case op == 15 && c.r.IntN(10) == 0:
		c.db.Delete(k)
		delete(c.sets, name)
	case op == 16 && c.r.IntN(10) == 0:
		c.lim.SetMaxIntsetEntries = c.r.IntN(40) * c.r.IntN(20)
		c.lim.SetMaxListpackEntries = c.r.IntN(20) * c.r.IntN(20)
		c.lim.SetMaxListpackValue = c.r.IntN(90)
		c.s.SetLimits(c.lim)
	case op == 17 && m != nil:
		to := c.db.Key([]byte("copy"))
		c.db.Copy(k, to, 0)
		c.compare("copy", to, m)
		c.db.Delete(to)
	}
	c.compare(name, k, c.sets[name])
}

func (c *setRun) add(name string, k Key, m *setModel) {
	members := c.some()
	if m == nil {
		m = &setModel{}
		c.sets[name] = m
	}
	m.coming(&c.lim, string(members[0]), len(members))
	want := 0
	for _, b := range members {
		if m.add(&c.lim, string(b)) {
			want++
		}
	}
	w, ok := c.db.OpenSet(k)
	if got := w.AddAll(members); got != want || !ok || w.Len() != len(m.members) {
		c.t.Fatalf("%s: %d added, %d there, want %d, %d", name, got, w.Len(), want, len(m.members))
	}
}

func (c *setRun) remove(name string, k Key, m *setModel) {
	members := c.some()
	if m != nil && c.r.IntN(3) == 0 {
		for s := range m.members {
			if c.r.IntN(3) > 0 {
				members = append(members, []byte(s))
			}
		}
	}
	want := 0
	for _, b := range members {
		if m != nil && m.members[string(b)] {
			delete(m.members, string(b))
			want++
		}
	}
	w, _ := c.db.OpenSet(k)
	if got := w.RemoveAll(members); got != want {
		c.t.Fatalf("%s: %d removed, want %d", name, got, want)
	}
	c.gone(name, m)
}

// gone forgets a set that has become empty.
func (c *setRun) gone(name string, m *setModel) {
	if m != nil && len(m.members) == 0 {
		delete(c.sets, name)
	}
}

func (c *setRun) pop(name string, k Key, m *setModel) {
	w, _ := c.db.OpenSet(k)
	n := 1
	take := func(b []byte) {
		if !m.members[string(b)] {
			c.t.Fatalf("%s: popped %q", name, b)
		}
		delete(m.members, string(b))
	}
	if c.r.IntN(2) == 0 {
		take(w.Pop(nil))
	} else {
		n = 1 + c.r.IntN(len(m.members))
		if c.r.IntN(3) == 0 {
			n = max(1, len(m.members)-c.r.IntN(10))
		}
		size := len(m.members)
		w.PopMany(n, take)
		if m.enc != EncListpack && n < size {
			m.popped(&c.lim, n)
		}
	}
	if w.Len() != len(m.members) || w.Ok() != (len(m.members) > 0) {
		c.t.Fatalf("%s: %d are left, want %d", name, w.Len(), len(m.members))
	}
	c.gone(name, m)
}

// look reads at random.
func (c *setRun) look(e Entry, m *setModel) {
	var scratch [24]byte
	if b := e.SetRandom(&scratch); !m.members[string(b)] {
		c.t.Fatalf("random member %q", b)
	}
	n := c.r.IntN(30)
	e.SetRandoms(n, func(b []byte) bool {
		if n--; !m.members[string(b)] {
			c.t.Fatalf("random member %q", b)
		}
		return true
	})
	size := c.r.IntN(len(m.members) + 1)
	seen := map[string]bool{}
	e.SetSample(size, func(b []byte) {
		if !m.members[string(b)] || seen[string(b)] {
			c.t.Fatalf("sample has %q (seen: %v)", b, seen[string(b)])
		}
		seen[string(b)] = true
	})
	if n != 0 || len(seen) != size {
		c.t.Fatalf("a sample of %d has %d", size, len(seen))
	}
	for range 5 {
		if s := c.member(); e.SetHas([]byte(s)) != m.members[s] {
			c.t.Fatalf("%q is a member: %v", s, !m.members[s])
		}
	}
}

// combine stores an operation on sets.
func (c *setRun) combine(name string, k Key) {
	var sets []Entry
	var models []map[string]bool
	for range 1 + c.r.IntN(4) {
		n := fmt.Sprintf("k%d", c.r.IntN(7))
		sets = append(sets, c.db.Lookup(c.db.Key([]byte(n))))
		var members map[string]bool
		if m := c.sets[n]; m != nil {
			members = m.members
		}
		models = append(models, members)
	}
	op := c.r.IntN(3)
	want := combined(op, models)
	got := map[string]bool{}
	fn := func(m []byte) bool {
		if got[string(m)] {
			c.t.Fatalf("%q is there twice", m)
		}
		got[string(m)] = true
		return true
	}
	var d *SetDraft
	switch op {
	case 0:
		c.s.SetInter(sets, fn)
		if n := c.s.SetInterCount(sets, 3); n != min(3, len(want)) {
			c.t.Fatalf("counted %d of %d", n, len(want))
		}
		d = c.s.DraftInter(sets)
	case 1:
		c.s.SetUnion(sets, fn)
		d = c.s.DraftUnion(sets)
	default:
		c.s.SetDiff(sets, fn)
		d = c.s.DraftDiff(sets)
	}
	sameMembers(c.t, got, want)
	if len(want) == 0 || c.r.IntN(2) == 0 {
		d.Free()
		return
	}
	enc := d.enc
	c.db.InstallSet(k, d)
	c.sets[name] = &setModel{members: want, enc: enc}
}

// combined is the intersection, union or difference of models.
func combined(op int, sets []map[string]bool) map[string]bool {
	out := map[string]bool{}
	for i, set := range sets {
		for m := range set {
			n := 0
			for _, other := range sets {
				if other[m] {
					n++
				}
			}
			if op == 1 || i == 0 && (op == 0 && n == len(sets) || op == 2 && n == 1) {
				out[m] = true
			}
		}
	}
	return out
}

func sameMembers(t *testing.T, got, want map[string]bool) {
	t.Helper()
	for m := range want {
		if !got[m] {
			t.Fatalf("member %q is missing", m)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d members, want %d", len(got), len(want))
	}
}

func (c *setRun) compare(name string, k Key, m *setModel) {
	c.t.Helper()
	e := c.db.Peek(k)
	if m == nil {
		if e.Ok() {
			c.t.Fatalf("%s is still there", name)
		}
		return
	}
	if e.Type() != TypeSet || e.Encoding() != m.enc || e.SetLen() != len(m.members) {
		c.t.Fatalf("%s: %v, %v, %d members, want %v, %d", name, e.Type(), e.Encoding(), e.SetLen(), m.enc, len(m.members))
	}
	got := map[string]bool{}
	e.SetEach(func(b []byte) bool {
		got[string(b)] = true
		return true
	})
	sameMembers(c.t, got, m.members)
}

func TestSetsAgainstModel(t *testing.T) {
	steps := 400
	if testing.Short() {
		steps = 100
	}
	for seed := range uint64(25) {
		s := newStore(t, 2, 1)
		c := &setRun{t: t, s: s, r: rand.New(rand.NewPCG(seed, 1)), db: s.DB(0, testNow), sets: map[string]*setModel{}, lim: *s.limits()}
		if seed%2 == 0 {
			c.lim.SetMaxIntsetEntries, c.lim.SetMaxListpackEntries, c.lim.SetMaxListpackValue = 40, 20, 30
			s.SetLimits(c.lim)
		}
		for range steps {
			c.step()
			check(t, s)
		}
	}
}

// fillSet makes a set of n members "name:%d", from number from on.
func fillSet(db *DB, key, name string, from, n int) Key {
	k := db.Key([]byte(key))
	for i := from; i < from+n; i++ {
		db.SetAdd(k, fmt.Appendf(nil, "%s:%d", name, i))
	}
	return k
}

// TestBigSets combines dicts of many segments and of different sizes.
func TestBigSets(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	type part struct{ from, n int }
	parts := []part{{0, 30000}, {20000, 30000}, {25000, 700}, {29990, 200}, {0, 60000}}
	var keys []Key
	for i, p := range parts {
		keys = append(keys, fillSet(&db, fmt.Sprintf("set%d", i), "member", p.from, p.n))
	}
	in := func(p part, i int) bool { return p.from <= i && i < p.from+p.n }
	for a := range parts {
		for b := range parts {
			c := (2*a + b) % len(parts)
			sets := []Entry{db.Peek(keys[a]), db.Peek(keys[b]), db.Peek(keys[c])}
			ps := []part{parts[a], parts[b], parts[c]}
			var want [3]int
			for i := range 60000 {
				x, y, z := in(ps[0], i), in(ps[1], i), in(ps[2], i)
				if x && y && z {
					want[0]++
				}
				if x || y || z {
					want[1]++
				}
				if x && !y && !z {
					want[2]++
				}
			}
			var got [3]int
			s.SetInter(sets, func([]byte) bool { got[0]++; return true })
			s.SetUnion(sets, func([]byte) bool { got[1]++; return true })
			s.SetDiff(sets, func([]byte) bool { got[2]++; return true })
			d := s.DraftInter(sets)
			u := s.DraftUnion(sets)
			w := s.DraftDiff(sets)
			if drafts := [3]int{d.Len(), u.Len(), w.Len()}; got != want || drafts != want {
				t.Fatalf("sets %d, %d, %d: %v, drafts %v, want %v", a, b, c, got, drafts, want)
			}
			d.Free()
			u.Free()
			w.Free()
		}
	}
	n := 0
	s.SetInter([]Entry{db.Peek(keys[0]), db.Peek(keys[4])}, func([]byte) bool { n++; return n < 100 })
	if n != 100 {
		t.Errorf("%d members after fn returned false", n)
	}
	check(t, s)
}

// TestSetScan: what is there all the time is returned exactly once while the set grows and shrinks.
func TestSetScan(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := fillSet(&db, "k", "stays", 0, 3000)
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 20 {
		seen := map[string]int{}
		for cursor, first := uint64(0), true; first || cursor != 0; first = false {
			cursor = db.Peek(k).SetScan(cursor, 1+r.IntN(100), func(m []byte) { seen[string(m)]++ })
			if cursor >= 1<<53 {
				t.Fatalf("cursor %d", cursor)
			}
			for range 300 {
				m := fmt.Appendf(nil, "comes:%d", r.IntN(20000))
				if round%2 == 0 {
					db.SetAdd(k, m)
				} else {
					db.SetRemove(k, m)
				}
			}
		}
		for i := range 3000 {
			if n := seen[fmt.Sprintf("stays:%d", i)]; n != 1 {
				t.Fatalf("stays:%d was returned %d times", i, n)
			}
		}
	}
	check(t, s)
}

// TestSetRandomIsFair compares how often members come with what chance allows, for each encoding and for a dict of which
// nearly all was removed.
func TestSetRandomIsFair(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	fill := func(key string, n int, form string) Key {
		k := db.Key([]byte(key))
		for i := range n {
			db.SetAdd(k, fmt.Appendf(nil, form, i))
		}
		return k
	}
	fill("ints", 30, "%d")
	fill("listpack", 30, "m%d")
	long := strings.Repeat("x", 70)
	fill("dict", 30, long+"%d")
	sparse := fill("sparse", 50000, "m%d")
	w, _ := db.OpenSet(sparse)
	for w.Len() > 30 {
		w.Pop(nil)
	}
	uneven := fill("uneven", 3000, "m%d")
	for _, key := range []string{"ints", "listpack", "dict", "sparse"} {
		e := db.Peek(db.Key([]byte(key)))
		single, many, sample, few := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
		var scratch [24]byte
		for range 30000 {
			single[string(e.SetRandom(&scratch))]++
		}
		e.SetRandoms(30000, func(m []byte) bool { many[string(m)]++; return true })
		for range 3000 {
			e.SetSample(15, func(m []byte) { sample[string(m)]++ })
			e.SetSample(5, func(m []byte) { few[string(m)]++ })
		}
		for name, counts := range map[string]map[string]int{"one": single, "many": many, "sample": sample, "small sample": few} {
			if x := chiSquare(counts, 30); x > 80 { // 29 degrees of freedom: once in a million
				t.Errorf("%s, %s: chi square %.1f", key, name, x)
			}
		}
	}
	counts := map[string]int{}
	db.Peek(uneven).SetRandoms(300000, func(m []byte) bool { counts[string(m)]++; return true })
	if x := chiSquare(counts, 3000); x > 3400 {
		t.Errorf("3,000 members: chi square %.1f", x)
	}
}

func chiSquare(counts map[string]int, kinds int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	want := float64(sum) / float64(kinds)
	x := float64(kinds-len(counts)) * want
	for _, n := range counts {
		x += (float64(n) - want) * (float64(n) - want) / want
	}
	return x
}

func TestSetDigestIgnoresEncodingAndOrder(t *testing.T) {
	s := newStore(t, 1, 2)
	db, other := s.DB(0, testNow), s.DB(1, testNow)
	k := db.Key([]byte("k"))
	for _, m := range []string{"1", "2", "3"} {
		db.SetAdd(k, []byte(m))
	}
	for _, m := range []string{strings.Repeat("x", 100), "3", "2", "1"} {
		other.SetAdd(k, []byte(m))
	}
	other.SetRemove(k, bytes.Repeat([]byte("x"), 100))
	if db.Peek(k).Encoding() == other.Peek(k).Encoding() || db.DigestValue(k) != other.DigestValue(k) {
		t.Errorf("digests %x of %v, %x of %v", db.DigestValue(k), db.Peek(k).Encoding(), other.DigestValue(k), other.Peek(k).Encoding())
	}
}

func TestOpenSetKnowsTypes(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	db.SetString(k, []byte("v"), 0)
	if _, ok := db.OpenSet(k); ok {
		t.Error("a string was opened as a set")
	}
	db.SetDeadline(k, testNow-1)
	if w, ok := db.OpenSet(k); !ok || w.Ok() || !w.Add([]byte("m")) {
		t.Error("a lapsed string is in the way")
	}
	if e := db.Peek(k); e.Type() != TypeSet || e.Deadline() != 0 {
		t.Errorf("type %v, deadline %d", e.Type(), e.Deadline())
	}
	if got := slices.Collect(members(db.Peek(k))); len(got) != 1 || got[0] != "m" {
		t.Errorf("members %q", got)
	}
}

func members(e Entry) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		e.SetEach(func(m []byte) bool { return yield(string(m)) })
	}
}

// TestSetsInHashOrder: what one set lists goes into another one and out of it in the order of hashes, so that all of it
// lies close together at any moment.
func TestSetsInHashOrder(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	fillSet(&db, "from", "member", 0, 20000)
	list := slices.Collect(members(db.Peek(db.Key([]byte("from")))))
	to := db.Key([]byte("to"))
	for i, m := range list {
		if !db.SetAdd(to, []byte(m)) {
			t.Fatalf("%q is there", m)
		}
		if i%2000 == 100 {
			check(t, s)
			if n := int(db.Peek(to).MemUsage()) / (i + 1); i > 1000 && n > 40 {
				t.Errorf("%d members take %d bytes each", i+1, n)
			}
		}
	}
	for i, m := range list {
		if !db.SetRemove(to, []byte(m)) {
			t.Fatalf("%q is missing", m)
		}
		if i%2000 == 100 || i > len(list)-50 {
			check(t, s)
		}
	}
}

// TestSetsDoNotAllocate: what every SADD, SREM, SISMEMBER and SPOP does stays out of the Go heap.
func TestSetsDoNotAllocate(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	var room [64]byte
	for _, form := range []string{"%d", "m%d", "a member of a bigger set %d"} {
		k := db.Key([]byte(form))
		n := 100
		if len(form) > 10 {
			n = 5000
		}
		for i := range n {
			db.SetAdd(k, fmt.Appendf(nil, form, i))
		}
		m := fmt.Appendf(nil, form, n)
		if a := testing.AllocsPerRun(200, func() {
			db.SetAdd(k, m)
			db.SetAdd(k, m)
			db.Peek(k).SetHas(m)
			db.SetRemove(k, m)
		}); a != 0 {
			t.Errorf("%v: adding and removing allocates %v times", db.Peek(k).Encoding(), a)
		}
		if a := testing.AllocsPerRun(50, func() {
			w, _ := db.OpenSet(k)
			w.Pop(room[:0])
		}); a != 0 {
			t.Errorf("%v: popping allocates %v times", db.Peek(k).Encoding(), a)
		}
	}
}

// A member that is there already leaves a set as it is for Add, whatever the thresholds are now, but not for AddAll.
func TestSetAddOfMember(t *testing.T) {
	for _, first := range []string{"10", "x"} {
		s := newStore(t, 1, 1)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		db.SetAdd(k, []byte(first))
		enc := db.Peek(k).Encoding()
		lim := *s.limits()
		lim.SetMaxIntsetEntries, lim.SetMaxListpackEntries = 0, 0
		s.SetLimits(lim)
		if db.SetAdd(k, []byte(first)) || db.Peek(k).Encoding() != enc {
			t.Errorf("%s: %s became %s", first, enc, db.Peek(k).Encoding())
		}
		w, _ := db.OpenSet(k)
		if w.AddAll([][]byte{[]byte(first)}) != 0 || db.Peek(k).Encoding() != EncHashtable {
			t.Errorf("%s: AddAll leaves %s", first, db.Peek(k).Encoding())
		}
		check(t, s)
	}
}
