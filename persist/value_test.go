package persist

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"radish/persist/rdb"
	"radish/store"
	"radish/store/intset"
	"radish/store/listpack"
)

func lp(vals ...string) []byte {
	b := listpack.Empty(nil)[:listpack.HeaderSize]
	for _, v := range vals {
		b = listpack.AppendEntry(b, []byte(v))
	}
	b = append(b, listpackEnd)
	listpack.SetHeader(b, len(vals))
	return b
}

// payload is a DUMP payload of a type and strings that follow each other; n is the number of elements before them, 0: there is none.
func payload(t rdb.Type, n int, vals ...string) []byte {
	var enc rdb.Encoder
	p := []byte{byte(t)}
	if n > 0 {
		p = rdb.AppendLen(p, uint64(n))
	}
	for _, v := range vals {
		p = enc.String(p, []byte(v))
	}
	return rdb.AppendFooter(p, 0, rdb.Version)
}

// seq is n strings.
func seq(format string, n int) (vals []string) {
	for i := range n {
		vals = append(vals, fmt.Sprintf(format, i))
	}
	return vals
}

// pairs is n fields, each with a value.
func pairs(n int, value string) (vals []string) {
	for i := range n {
		vals = append(vals, fmt.Sprintf("f%d", i), value)
	}
	return vals
}

// Which encoding a value gets follows Redis's rdbLoadObject.
func TestEncodings(t *testing.T) {
	long := strings.Repeat("x", 65)
	var ints []byte = intset.New()
	for i := range 600 {
		ints, _ = intset.Add(ints, int64(i))
	}
	few, _ := intset.Add(intset.New(), 5)
	for i, c := range []struct {
		p    []byte
		want store.Encoding
		len  int
	}{
		{payload(rdb.TypeString, 0, "12"), store.EncInt, 2}, {payload(rdb.TypeString, 0, "abc"), store.EncEmbstr, 3},
		{payload(rdb.TypeString, 0, long), store.EncRaw, 65}, {payload(rdb.TypeString, 0, strings.Repeat("x", 1<<20)), store.EncRaw, 1 << 20},
		{payload(rdb.TypeSet, 512, seq("%d", 512)...), store.EncIntset, 512}, {payload(rdb.TypeSet, 513, seq("%d", 513)...), store.EncHashtable, 513},
		{payload(rdb.TypeSet, 128, seq("m%d", 128)...), store.EncListpack, 128}, {payload(rdb.TypeSet, 129, seq("m%d", 129)...), store.EncHashtable, 129},
		{payload(rdb.TypeSet, 2, "a", long), store.EncHashtable, 2}, {payload(rdb.TypeSet, 2, "1", "a"), store.EncListpack, 2},
		{payload(rdb.TypeSetIntset, 0, string(few)), store.EncIntset, 1}, {payload(rdb.TypeSetIntset, 0, string(ints)), store.EncHashtable, 600},
		{payload(rdb.TypeSetListpack, 0, string(lp("a", long))), store.EncListpack, 2},
		{payload(rdb.TypeSetListpack, 0, string(lp(seq("%d", 129)...))), store.EncHashtable, 129},
		{payload(rdb.TypeHash, 512, pairs(512, "v")...), store.EncListpack, 512}, {payload(rdb.TypeHash, 513, pairs(513, "v")...), store.EncHashtable, 513},
		{payload(rdb.TypeHash, 2, "a", "b", "c", long), store.EncHashtable, 2}, {payload(rdb.TypeHash, 40, pairs(40, "v")...), store.EncListpack, 40},
		{payload(rdb.TypeHashListpack, 0, string(lp(pairs(512, long)...))), store.EncListpack, 512},
		{payload(rdb.TypeHashListpack, 0, string(lp(pairs(513, "v")...))), store.EncHashtable, 513},
		{payload(rdb.TypeHashExPreGA, 0, string(lp("a", "b", "9999999999999"))), store.EncListpackEx, 1},
		{payload(rdb.TypeHashExPreGA, 0, string(lp("a", "b", "0", "c", "d", "9999999999999"))), store.EncListpackEx, 2},
		{payload(rdb.TypeHashExPreGA, 0, string(lp("a", "b", "0", "c", long, "9999999999999"))), store.EncHashtableEx, 2},
		{payload(rdb.TypeZSetListpack, 0, string(lp("a", "1", long, "2.5"))), store.EncListpack, 2},
		{payload(rdb.TypeZSetListpack, 0, string(lp("b", "1", "a", "1"))), store.EncListpack, 2},
		{payload(rdb.TypeZSetListpack, 0, string(lp(pairs(129, "1")...))), store.EncSkiplist, 129},
		{payload(rdb.TypeList, 3, "a", "5", long), store.EncListpack, 3}, {payload(rdb.TypeList, 2, strings.Repeat("x", 5000), strings.Repeat("x", 5000)), store.EncQuicklist, 2},
	} {
		for _, deep := range []bool{false, true} {
			s := newStore(t)
			db := s.DB(0, testNow)
			k := db.Key([]byte("k"))
			v, err := Restore(s, c.p, RestoreOptions{Deep: deep})
			if err != nil {
				t.Errorf("%d: %v", i, err)
				continue
			}
			v.Install(&db, k, testNow+5)
			e := db.Peek(k)
			n := 0
			switch e.Type() {
			case store.TypeString:
				n = e.StringLen()
			case store.TypeList:
				n = e.ListLen()
			case store.TypeSet:
				n = e.SetLen()
			case store.TypeHash:
				n = e.HashLen()
			case store.TypeZSet:
				n = e.ZLen()
			}
			if e.Encoding() != c.want || n != c.len || e.Deadline() != testNow+5 {
				t.Errorf("%d: %v %v of %d, want %v of %d", i, e.Type(), e.Encoding(), n, c.want, c.len)
			}
			check(t, s)
		}
	}
}

func TestRestoreErrors(t *testing.T) {
	s := newStore(t)
	twice := payload(rdb.TypeHashListpack, 0, string(lp("a", "1", "a", "2")))
	for i, c := range []struct {
		p    []byte
		deep bool
		want error
	}{
		{nil, false, ErrPayload}, {[]byte("0123456789"), false, ErrPayload}, {rdb.AppendFooter(nil, 0, 10), false, ErrFormat},
		{rdb.AppendFooter([]byte("\x00\x01a"), 0, 13), false, ErrPayload}, {rdb.AppendFooter([]byte("\x00\x02a"), 0, 10), false, ErrFormat},
		{payload(rdb.TypeStream3, 1, "a"), false, ErrFormat}, {payload(30, 1, "a"), false, ErrFormat},
		{payload(rdb.TypeSet, 2, "a", "a"), false, ErrFormat}, {payload(rdb.TypeHash, 2, "a", "b", "a", "b"), false, ErrFormat},
		{payload(rdb.TypeHash, 60, append(pairs(59, "x"), "f0", "y")...), true, ErrFormat},
		{payload(rdb.TypeHash, 600, append(pairs(599, "x"), "f0", "y")...), false, ErrFormat},
		{payload(rdb.TypeHash, 3, "a", strings.Repeat("x", 100), "a", "b", "c", "d"), false, ErrFormat},
		{payload(rdb.TypeZSetListpack, 0, string(lp("a", "2", "a", "1"))), false, ErrFormat},
		{payload(rdb.TypeSetListpack, 0, string(lp(append(seq("m%d", 200), "m5")...))), false, ErrFormat},
		{payload(rdb.TypeZSetListpack, 0, string(lp(append(pairs(200, "1"), "f5", "2")...))), false, ErrFormat},
		{payload(rdb.TypeHashListpack, 0, string(lp(append(pairs(600, "1"), "f5", "2")...))), false, ErrFormat},
		{twice, false, nil}, {twice, true, ErrFormat}, {payload(rdb.TypeSet, 3, "a", "b"), false, ErrFormat},
		{payload(rdb.TypeList, 5000, seq("element number %d", 4000)...), false, ErrFormat},
	} {
		v, err := Restore(s, c.p, RestoreOptions{Deep: c.deep})
		if !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
		if err == nil {
			v.Free()
		}
		if _, err := Restore(s, c.p, RestoreOptions{Deep: c.deep, SkipChecksum: true}); c.want == ErrFormat && !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
	}
	bad := bytes.Clone(twice)
	bad[len(bad)-1] ^= 1
	if _, err := Restore(s, bad, RestoreOptions{SkipChecksum: true}); err != nil {
		t.Error(err)
	}
	check(t, s)
}

// What DUMP makes is restored as it was.
func TestPayloads(t *testing.T) {
	s, to := newStore(t), newStore(t)
	fill(s, true)
	enc := &rdb.Encoder{Compress: true}
	for i := range s.Databases() {
		from, db := s.DB(i, testNow), to.DB(i, testNow)
		from.Walk(func(e store.Entry) bool {
			p := AppendPayload(enc, []byte("before"), e)[6:]
			version := byte(rdb.Version)
			if e.FirstFieldDeadline() != 0 {
				version = rdb.VersionFields
			}
			if p[len(p)-10] != version {
				t.Errorf("%q has version %d", e.Key(), p[len(p)-10])
			}
			v, err := Restore(to, p, RestoreOptions{Deep: true})
			if err != nil {
				t.Fatalf("%q: %v", e.Key(), err)
			}
			v.Install(&db, db.Key(e.Key()), e.Deadline())
			return true
		})
	}
	check(t, to)
	sameStores(t, s, to)
}

func FuzzRestore(f *testing.F) {
	s := newStore(f)
	fill(s, true)
	enc := &rdb.Encoder{Compress: true}
	db := s.DB(0, testNow)
	db.Walk(func(e store.Entry) bool {
		if e.ValueBytes() < 20000 {
			f.Add(AppendPayload(enc, nil, e))
		}
		return true
	})
	f.Add(payload(rdb.TypeHashExPreGA, 0, string(lp("a", "b", "0", "c", "d", "9999999999999"))))
	f.Add(payload(rdb.TypeZSetListpack, 0, string(lp("b", "1", "a", "1"))))
	f.Fuzz(func(t *testing.T, p []byte) {
		s := newStore(t)
		v, err := Restore(s, p, RestoreOptions{Deep: true, SkipChecksum: true})
		if err != nil {
			return
		}
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		v.Install(&db, k, 0)
		check(t, s)
		again, err := Restore(s, AppendPayload(enc, nil, db.Peek(k)), RestoreOptions{Deep: true})
		if err != nil {
			t.Fatal(err)
		}
		before := db.DigestValue(k)
		again.Install(&db, k, 0)
		check(t, s)
		if db.DigestValue(k) != before {
			t.Fatal("another value came back")
		}
	})
}
