package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"radish/store/listpack"
)

func lpOf(vals ...string) []byte {
	lp := listpack.New()
	lp = lp[:len(lp)-1]
	for _, v := range vals {
		lp = listpack.AppendEntry(lp, []byte(v))
	}
	lp = append(lp, listpackEnd)
	listpack.SetHeader(lp, len(vals))
	return lp
}

func listOf(e Entry) (vals []string) {
	e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
		vals = append(vals, string(v))
		return true
	})
	return vals
}

func TestAdd(t *testing.T) {
	s := newStore(t, 2, 2)
	db := s.DB(1, testNow)
	k := s.Key([]byte("k"))
	if !db.AddString(k, []byte("12"), testNow-1) || db.AddString(k, []byte("13"), 0) || db.AddBlock(k, TypeSet, EncListpack, lpOf("a"), 0) {
		t.Fatal("a lapsed key is there, and no other may take its place")
	}
	check(t, s)
	db.ExpireKey(k)
	long := []byte(strings.Repeat("x", 3000))
	for i, v := range [][]byte{[]byte("12"), []byte("abc"), long[:44], long[:45], long} {
		k := s.Key(fmt.Appendf(nil, "s%d", i))
		if !db.AddString(k, v, testNow+5) {
			t.Fatal("not added")
		}
		e := db.Peek(k)
		if got := e.Append(nil); !bytes.Equal(got, v) || e.Encoding() != encodingOf(v) || e.Deadline() != testNow+5 {
			t.Fatalf("%q %v %d", got, e.Encoding(), e.Deadline())
		}
	}
	h := s.Key([]byte("h"))
	if !db.AddBlock(h, TypeHash, EncListpackEx, lpOf("f", "v", fmt.Sprint(testNow+10), "g", "w", "0"), 0) || db.FieldExpiresLen() != 1 {
		t.Fatal("a hash with deadlines")
	}
	big := s.NewStringDraft()
	for range 300 {
		big.Append(long)
	}
	if !db.AddDetached(k, big.Detached(), testNow+7) {
		t.Fatal("not added")
	}
	if e := db.Peek(k); !bytes.Equal(e.Append(nil), bytes.Repeat(long, 300)) || e.Deadline() != testNow+7 || e.Encoding() != EncRaw {
		t.Fatal("a long string")
	}
	small := s.NewStringDraft()
	small.Append([]byte("abc"))
	db.Install(k, small.Detached(), 0)
	if e := db.Peek(k); string(e.Append(nil)) != "abc" || e.Encoding() != EncEmbstr {
		t.Fatal("a short string")
	}
	s.NewStringDraft().Free()
	if s.Limits().HashMaxListpackEntries != 512 {
		t.Fatal("limits")
	}
	check(t, s)
}

func TestListDraft(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	k := s.Key([]byte("k"))
	long := strings.Repeat("y", 5000)
	var many []string
	for i := range 3000 {
		many = append(many, fmt.Sprint("element ", i))
	}
	huge := strings.Repeat("z", 300000)
	for i, c := range []struct {
		build func(d *ListDraft)
		want  []string
		enc   Encoding
	}{
		{func(d *ListDraft) { d.Push([]byte("a")); d.Push([]byte("5")) }, []string{"a", "5"}, EncListpack},
		{func(d *ListDraft) { d.PushNode(lpOf("a", "5")) }, []string{"a", "5"}, EncListpack},
		{func(d *ListDraft) { d.PushNode(lpOf("a", "5")); d.PushNode(lpOf("b")) }, []string{"a", "5", "b"}, EncQuicklist},
		{func(d *ListDraft) {
			d.PushNode(lpOf("a"))
			d.Push([]byte("b"))
			d.Push([]byte(long))
			d.Push([]byte(long))
		}, []string{"a", "b", long, long}, EncQuicklist},
		{func(d *ListDraft) { d.PushNode(lpOf(long, long)) }, []string{long, long}, EncQuicklist},
		{func(d *ListDraft) { d.PushNode(lpOf(many...)); d.PushNode(lpOf(huge)); d.Push([]byte(huge)) }, append(slices.Clone(many), huge, huge), EncQuicklist},
		{func(d *ListDraft) {
			for _, v := range many {
				d.Push([]byte(v))
			}
		}, many, EncQuicklist},
	} {
		d := s.NewListDraft()
		c.build(d)
		db.Install(k, d.Detached(), 0)
		if e := db.Peek(k); !slices.Equal(listOf(e), c.want) || e.Encoding() != c.enc {
			t.Fatalf("%d: %v of %d", i, e.Encoding(), e.ListLen())
		}
		check(t, s)
		free := s.NewListDraft()
		c.build(free)
		free.Free()
		check(t, s)
	}
}

func TestHashDraft(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	for _, n := range []int{1, 10, 5000} {
		for _, deadlines := range []bool{false, true} {
			k := s.Key(fmt.Appendf(nil, "%d %v", n, deadlines))
			d := s.NewHashDraft(deadlines, n/2)
			for i := range n {
				ms := int64(0)
				if deadlines && i%3 == 0 {
					ms = testNow + int64(i)
				}
				if !d.Add(fmt.Append(nil, i), fmt.Append(nil, "v", i), ms) {
					t.Fatal("not added")
				}
			}
			if d.Add([]byte("0"), nil, 0) {
				t.Fatal("added twice")
			}
			db.Install(k, d.Detached(), 0)
			e := db.Peek(k)
			if e.HashLen() != n || e.Encoding() == EncHashtableEx != deadlines {
				t.Fatal(e.HashLen(), e.Encoding())
			}
			if v, _ := e.HashGet([]byte("0"), testNow); string(v) != "v0" {
				t.Fatalf("%q", v)
			}
			check(t, s)
		}
	}
	if db.FieldExpiresLen() != 3 {
		t.Fatal("deadlines of fields are not known")
	}
	d := s.NewHashDraft(true, 5)
	d.Add([]byte("f"), []byte("v"), 5)
	d.Free()
	check(t, s)
}

func TestSetDraftOf(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	for i, c := range []struct {
		begin Encoding
		n     int
		enc   Encoding
	}{{EncIntset, 10, EncIntset}, {EncIntset, 600, EncHashtable}, {EncListpack, 10, EncListpack}, {EncHashtable, 5, EncHashtable}, {EncHashtable, 5000, EncHashtable}} {
		k := s.Key(fmt.Append(nil, i))
		d := s.NewSetDraft(c.begin, c.n)
		for m := range c.n {
			if !d.Add(fmt.Append(nil, m)) || d.Add(fmt.Append(nil, m)) {
				t.Fatal("added twice")
			}
		}
		db.Install(k, d.Detached(), testNow+5)
		if e := db.Peek(k); e.SetLen() != c.n || e.Encoding() != c.enc || e.Deadline() != testNow+5 {
			t.Fatal(c, e.SetLen(), e.Encoding())
		}
		check(t, s)
	}
}

// Members come in order, in reverse, in no order, partly by Add.
func TestZSetDraftAddNew(t *testing.T) {
	s := newStore(t, 2, 1)
	db := s.DB(0, testNow)
	k := s.Key([]byte("k"))
	for _, n := range []int{1, 2, 100, 1000} {
		for name, at := range map[string]func(i int) int{"up": func(i int) int { return i }, "down": func(i int) int { return n - i },
			"random": func(int) int { return rand.IntN(10) }, "same": func(int) int { return 1 }} {
			d := s.NewZSetDraft(n)
			want := map[string]float64{}
			for i := range n {
				m := fmt.Sprintf("m%04d", i)
				want[m] = float64(at(i))
				if name == "same" && i == n/2 {
					d.Add([]byte(m), want[m])
					continue
				}
				if !d.AddNew([]byte(m), want[m]) {
					t.Fatal("not added")
				}
			}
			if d.AddNew([]byte("m0000"), 1) {
				t.Fatal("added twice")
			}
			d.Order()
			db.Install(k, d.Detached(), 0)
			e := db.Peek(k)
			if e.ZLen() != n || (e.Encoding() == EncListpack) != (n <= 128) {
				t.Fatal(e.ZLen(), e.Encoding())
			}
			e.ZEach(func(m []byte, score float64) bool {
				if want[string(m)] != score {
					t.Fatalf("%s: %v", m, score)
				}
				return true
			})
			check(t, s)
		}
	}
}
