package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// A block is what the same steps make of a plain slice, in its entry and apart, whatever the key, and takes its deadline and LRU field along.
func TestWriterBlock(t *testing.T) {
	s := newStore(t, 1, 2)
	r := rand.New(rand.NewPCG(1, 2))
	db := s.DB(0, testNow)
	want := map[string][]byte{}
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for i := range 20000 {
		key := fmt.Sprintf("key%d", r.IntN(8))
		if r.IntN(4) == 0 {
			key = fmt.Sprintf("%05000d", r.IntN(2))
		}
		k := db.Key([]byte(key))
		w := db.open(k)
		b, there := want[key]
		if w.ok() != there {
			t.Fatalf("step %d: key is there: %v", i, w.ok())
		}
		switch n := r.IntN(12); {
		case !there:
			b = random(1 + r.IntN(2*maxInline))
			w.create(TypeString, EncRaw, b)
			if r.IntN(2) == 0 {
				db.SetDeadline(k, testNow+int64(i))
			}
		case n == 0:
			w.drop()
			b = nil
		case n == 1:
			b = random(1 + r.IntN(3*maxInline))
			w.setBlock(EncEmbstr, b)
		case n == 2:
			size := 1 + r.IntN(3*maxInline)
			got := w.resize(size)
			keep := min(len(b), size)
			if !bytes.Equal(got[:keep], b[:keep]) {
				t.Fatalf("step %d: resize lost bytes", i)
			}
			b = append(b[:keep:keep], random(size-keep)...)
			copy(got, b)
		default:
			off := r.IntN(len(b) + 1)
			del := r.IntN(min(len(b)-off, 100) + 1)
			add := random(r.IntN(120))
			if len(b)-del+len(add) == 0 {
				continue
			}
			b = append(append(bytes.Clone(b[:off]), add...), b[off+del:]...)
			if got := w.splice(off, del, add); !bytes.Equal(got, b) {
				t.Fatalf("step %d: splice(%d, %d, %d bytes) differs", i, off, del, len(add))
			}
		}
		if b == nil {
			delete(want, key)
			continue
		}
		want[key] = b
		e := w.entry()
		if !bytes.Equal(e.block(), b) || string(e.Key()) != key || e.Type() != TypeString || e.p != db.Peek(k).p {
			t.Fatalf("step %d: %d bytes, want %d", i, len(e.block()), len(b))
		}
		if apart := e.form() == formBody; apart && len(b) < keepApart || !apart && len(b) > maxInline {
			t.Fatalf("step %d: %d bytes apart: %v", i, len(b), apart)
		}
		if i%97 == 0 {
			s.Purge(nil)
		}
		if i%31 == 0 {
			check(t, s)
		}
	}
	check(t, s)
}

// A writer leaves deadline and access time alone, but for the access itself.
func TestWriterKeeps(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	w := db.open(k)
	w.create(TypeString, EncRaw, make([]byte, 10))
	db.SetDeadline(k, testNow+5000)
	db.SetIdle(k, 100)
	db.NoTouch = true
	w = db.open(k)
	for _, n := range []int{100, 2000, 900, 100} {
		w.resize(n)
		if e := w.entry(); e.Deadline() != testNow+5000 || e.IdleMs(testNow) != 100_000 || e.Encoding() != EncRaw {
			t.Errorf("%d bytes: deadline %d, idle %d, %v", n, e.Deadline(), e.IdleMs(testNow), e.Encoding())
		}
	}
	w.setBlock(EncEmbstr, make([]byte, 5000))
	if e := w.entry(); e.Deadline() != testNow+5000 || e.IdleMs(testNow) != 100_000 || e.Encoding() != EncEmbstr {
		t.Errorf("deadline %d, idle %d, %v", e.Deadline(), e.IdleMs(testNow), e.Encoding())
	}
	db.NoTouch = false
	if db.open(k); db.Peek(k).IdleMs(testNow) != 0 {
		t.Error("open did not count as an access")
	}
	db.Now += 6000
	if w := db.open(k); w.ok() || db.Len() != 0 {
		t.Error("a lapsed key is there")
	}
	check(t, s)
}

// A version changes with the value, and only then.
func TestVersion(t *testing.T) {
	s := newStore(t, 4, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	seen := map[uint64]bool{0: true}
	if db.Version(k) != 0 {
		t.Error("no key has a version")
	}
	for i, change := range []func(){
		func() { db.SetInt(k, 1) },
		func() { db.SetInt(k, 2) },
		func() { db.SetStringNoInt(k, []byte("2")) },
		func() { db.SetString(k, make([]byte, 5000), 0) },
		func() { db.GrowString(k, 6000) },
		func() { db.Delete(k); w := db.open(k); w.create(TypeString, EncRaw, []byte("2")) },
		func() { w := db.open(k); w.splice(0, 0, []byte("1")) },
		func() { w := db.open(k); w.setBlock(EncEmbstr, []byte("12")) },
	} {
		change()
		v := db.Version(k)
		if seen[v] || v != db.Version(k) {
			t.Errorf("change %d: version %#x", i, v)
		}
		seen[v] = true
		db.SetDeadline(k, testNow+int64(i)+1)
		if v != db.Version(k) {
			t.Errorf("change %d: the version has the deadline in it", i)
		}
	}
	if s.shards[0].nextVersion() == s.shards[1].nextVersion() {
		t.Error("two shards have the same versions")
	}
}
