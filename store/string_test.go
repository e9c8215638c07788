package store

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

func TestEncodings(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	for _, c := range []struct {
		val string
		enc Encoding
	}{
		{"", EncEmbstr}, {"0", EncInt}, {"-0", EncEmbstr}, {"01", EncEmbstr}, {"+1", EncEmbstr}, {" 1", EncEmbstr}, {"1.0", EncEmbstr},
		{fmt.Sprint(math.MinInt64), EncInt}, {fmt.Sprint(math.MaxInt64), EncInt}, {"9223372036854775808", EncEmbstr},
		{string(make([]byte, 44)), EncEmbstr}, {string(make([]byte, 45)), EncRaw}, {string(make([]byte, 1<<20)), EncRaw},
	} {
		db.SetString(k, []byte(c.val), 0)
		e := db.Lookup(k)
		if e.Encoding() != c.enc || e.StringLen() != len(c.val) || string(e.Append(nil)) != c.val {
			t.Errorf("%.30q: %v, %d bytes", c.val, e.Encoding(), e.StringLen())
		}
		if v, ok := e.Int(); ok != (c.enc == EncInt) || ok && fmt.Sprint(v) != c.val {
			t.Errorf("%.30q: Int is %d, %v", c.val, v, ok)
		}
	}
	db.SetStringNoInt(k, []byte("10"))
	if enc := db.Lookup(k).Encoding(); enc != EncEmbstr {
		t.Errorf("SetStringNoInt gives %v", enc)
	}
	check(t, s)
}

// Setting existing keys and reading allocates nothing.
func TestNoAllocations(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	name, short, long := []byte("some key"), []byte("value"), make([]byte, 3000)
	var scratch [24]byte
	db.SetString(s.Key(name), short, 0)
	for what, f := range map[string]func(){
		"SetString": func() { k := s.Key(name); db.SetString(k, short, 0) },
		"deadline":  func() { k := s.Key(name); db.SetString(k, short, testNow+5) },
		"sizes":     func() { k := s.Key(name); db.SetString(k, long, 0); db.SetString(k, short, 0) },
		"SetInt":    func() { k := s.Key(name); db.SetInt(k, 12345) },
		"Lookup":    func() { k := s.Key(name); db.Lookup(k).Bytes(&scratch) },
		"delete":    func() { k := s.Key(name); db.Delete(k); db.SetString(k, short, 0) },
		"grow":      func() { k := s.Key(name); db.SetString(k, short, 0); db.GrowString(k, 500); db.GrowString(k, 1500) },
		"locks":     func() { d := s.DB(0, testNow); k := d.Key(name); i := s.ShardOf(k.H); s.TryRLock(i); s.RUnlock(i) },
	} {
		f()
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %.1f allocations", what, n)
		}
	}
	check(t, s)
}

// APPEND byte after byte copies each byte a few times only; sizes cross all forms: entry, chunk, mapping.
func TestGrowStringIsAmortised(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	var want []byte
	moves, last := 0, &[]byte{0}[0]
	for i := range 600_000 {
		b := db.GrowString(k, i+1)
		b[i] = byte(i * 7)
		want = append(want, byte(i*7))
		if &b[0] != last {
			moves, last = moves+1, &b[0]
		}
	}
	if !bytes.Equal(db.Lookup(k).Append(nil), want) || moves > 70 {
		t.Fatalf("the string is wrong, or moved %d times", moves)
	}
	if n := s.UsedMemory(); n > 2*600_000 {
		t.Fatalf("%d bytes are used", n)
	}
	check(t, s)
}

// What GrowString adds is zero, even in memory that was used before.
func TestGrowStringIsZero(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	ones := bytes.Repeat([]byte{255}, 2_000_000)
	sizes := []int{0, 40, 1024, 1025, 20_000, 262_144, 262_145, 400_000, 1_500_000}
	for _, from := range sizes {
		for _, to := range sizes {
			for _, dirty := range []int{0, 1024, 300_000, 2_000_000} {
				db.SetString(k, ones[:dirty], 0)
				db.SetString(k, ones[:from], 0)
				b := db.GrowString(k, to)
				if len(b) != max(from, to) {
					t.Fatalf("from %d to %d: %d bytes", from, to, len(b))
				}
				if i := bytes.IndexByte(b, 0); i != from && (i != -1 || to > from) {
					t.Fatalf("from %d to %d: first zero at %d", from, to, i)
				}
				if to > from && bytes.IndexByte(b[from:], 255) >= 0 {
					t.Fatalf("from %d to %d, memory that had %d: not zero", from, to, dirty)
				}
			}
		}
	}
	check(t, s)
}

func TestBiggestString(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	const n = 512 << 20
	b := db.GrowString(k, n) // as SETRANGE k 536870911 x does: memory that is not touched costs nothing
	b[n-1] = 'x'
	if e := db.Lookup(k); e.StringLen() != n || e.MemUsage() < n || s.UsedMemory() < n {
		t.Fatalf("length %d, usage %d, used %d", e.StringLen(), e.MemUsage(), s.UsedMemory())
	}
	for i := 0; ; i++ { // RENAME to another shard moves the mapping
		to := db.Key(fmt.Appendf(nil, "to%d", i))
		if s.ShardOf(to.H) != s.ShardOf(k.H) {
			if !db.Rename(k, to) || db.Lookup(to).raw()[n-1] != 'x' {
				t.Fatal("Rename")
			}
			check(t, s)
			db.Delete(to)
			break
		}
	}
	if s.UsedMemory() > 20_000 {
		t.Fatalf("%d bytes are used after Delete", s.UsedMemory())
	}
	check(t, s)
	if st := s.Stats(); st.LazyFreed != 0 || st.LazyPending != 0 {
		t.Fatalf("%+v", st)
	}
}
