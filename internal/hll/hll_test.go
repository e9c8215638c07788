package hll

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// model is a HyperLogLog as plain registers.
type model [Registers]uint8

func (m *model) raise(i int, v uint8) bool {
	if m[i] >= v {
		return false
	}
	m[i] = v
	return true
}

// check compares b with the model.
func (m *model) check(t *testing.T, b []byte) {
	t.Helper()
	if !Valid(b) {
		t.Fatalf("not valid: %q", b[:min(len(b), 40)])
	}
	var u Union
	if err := u.Merge(b); err != nil {
		t.Fatal(err)
	}
	if [Registers]uint8(u) != [Registers]uint8(*m) {
		for i := range u {
			if u[i] != m[i] {
				t.Fatalf("register %d is %d, want %d", i, u[i], m[i])
			}
		}
	}
	n, err := Count(b)
	if err != nil {
		t.Fatal(err)
	}
	if n != u.Count() {
		t.Fatalf("Count %d, of the union %d", n, u.Count())
	}
	d, err := ToDense(nil, b)
	if err != nil || len(d) != DenseSize {
		t.Fatalf("%d bytes, %v", len(d), err)
	}
	for i, v := range m {
		if got := Register(d, i); got != v {
			t.Fatalf("register %d of the dense form is %d, want %d", i, got, v)
		}
	}
}

func TestAgainstPlainRegisters(t *testing.T) {
	for _, maxSparse := range []int{0, 18, 19, 20, 21, 100, 3000, 1 << 20} {
		t.Run(fmt.Sprint(maxSparse), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(maxSparse), 1))
			b, m := Append(nil), &model{}
			m.check(t, b)
			spread := 40 // registers near each other first, so that runs split and join
			for i := range 3000 {
				if i == 1500 {
					spread = Registers
				}
				index, rank := r.IntN(spread), uint8(1+r.IntN(3))
				if i > 2900 {
					rank += uint8(r.IntN(50))
				}
				want := m.raise(index, rank)
				var changed bool
				var err error
				b, changed, err = Set(b, index, rank, maxSparse)
				if err != nil || changed != want {
					t.Fatalf("step %d: %v, changed %v, want %v", i, err, changed, want)
				}
				if !Dense(b) && len(b) > max(maxSparse, headerSize+2) {
					t.Fatalf("a sparse string of %d bytes", len(b))
				}
				if i%50 == 0 {
					m.check(t, b)
				}
			}
			m.check(t, b)
			if dense := Dense(b); dense != (maxSparse < 1<<20) && highest(m) <= valMax {
				t.Errorf("dense: %v", dense)
			}
		})
	}
}

// highest is the biggest register.
func highest(m *model) (v uint8) {
	for _, r := range m {
		v = max(v, r)
	}
	return v
}

func TestKnownHashes(t *testing.T) {
	// From the reference implementation of MurmurHash64A with Redis's seed: what redis-server stores of one element each.
	for element, want := range map[string]string{
		"":  "Z:5938 v:2,1 Z:10445",
		"a": "Z:12711 v:2,1 Z:3672",
	} {
		b, _, err := Add(Append(nil), []byte(element), 3000)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendRuns(nil, b)); got != want {
			t.Errorf("%q: %s, want %s", element, got, want)
		}
	}
}

func TestCache(t *testing.T) {
	b := Append(nil)
	if n, ok := Cached(b); n != 0 || !ok {
		t.Errorf("an empty one remembers %d, %v", n, ok)
	}
	Invalidate(b)
	if _, ok := Cached(b); ok {
		t.Error("not forgotten")
	}
	SetCached(b, 1234)
	if n, ok := Cached(b); n != 1234 || !ok {
		t.Errorf("remembers %d, %v", n, ok)
	}
}

func TestUnionStore(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{0, 1, 10, 500, 3000, 20000} {
		for _, maxSparse := range []int{0, 500, 3000} {
			a, b := Append(nil), Append(nil)
			m := &model{}
			for range n {
				i, v := r.IntN(Registers), uint8(1+r.IntN(20))
				m.raise(i, v)
				var err error
				if r.IntN(2) == 0 {
					a, _, err = Set(a, i, v, maxSparse)
				} else {
					b, _, err = Set(b, i, v, maxSparse)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var u Union
			if err := u.Merge(a); err != nil {
				t.Fatal(err)
			}
			if err := u.Merge(b); err != nil {
				t.Fatal(err)
			}
			a, err := u.Store(a, maxSparse)
			if err != nil {
				t.Fatal(err)
			}
			m.check(t, a)
		}
	}
}

func TestEstimateIsNear(t *testing.T) {
	if err := testEstimates(3000, 42, 200_000); err != nil {
		t.Error(err)
	}
	if err := testRegisters(rand.New(rand.NewPCG(1, 1))); err != nil {
		t.Error(err)
	}
}

func TestCorrupt(t *testing.T) {
	head := string(Append(nil)[:headerSize])
	for _, runs := range []string{"", "\x7f", "\x7f\xfe", "\x7f\xff\x00", "\x7f\xff\x80", "\x7f\xff\x7f\xff", "\x7e\xff\x40\xff\x40\x40", strings.Repeat("\x7f\xff", 1000)} {
		b := []byte(head + runs)
		if _, err := Count(b); err != ErrCorrupt {
			t.Errorf("%q: Count says %v", runs, err)
		}
		if err := new(Union).Merge(b); err != ErrCorrupt {
			t.Errorf("%q: Merge says %v", runs, err)
		}
		if _, err := ToDense(nil, b); err != ErrCorrupt {
			t.Errorf("%q: ToDense says %v", runs, err)
		}
	}
	// an XZERO whose second byte is missing counts as one with 0
	if n, err := Count([]byte(head + "\x7e\xff\x40\xfe\x40")); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, b := range []string{"", "HYLL", head[:15], "HYLX" + head[4:], "HYLL\x02" + head[5:], "HYLL\x00" + head[5:] + strings.Repeat("x", DenseSize-17)} {
		if Valid([]byte(b)) {
			t.Errorf("%q is valid", b)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	b := make([]byte, 0, 4096)
	var err error
	for i := range 500 {
		b, _, err = Add(Append(b[:0]), []byte{byte(i)}, 3000)
	}
	u := new(Union)
	n := testing.AllocsPerRun(100, func() {
		b, _, err = Add(Append(b[:0]), []byte("x"), 3000)
		b, _, err = Add(b, []byte("y"), 3000)
		_, _ = Count(b)
		err = u.Merge(b)
	})
	if n != 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
}

// FuzzHLL does everything with any bytes: nothing panics, and what a function accepts stays consistent.
func FuzzHLL(f *testing.F) {
	head := string(Append(nil)[:headerSize])
	f.Add([]byte(head+"\x7f\xff"), []byte("a"), 3000)
	f.Add([]byte(head+"\x7f\xf0\x8f\x8b\x80\x40\x05"), []byte("b"), 30)
	f.Add([]byte(head+"\x3f\x3f\x7f\x7f\x40"), []byte(""), 3000)
	d, _ := ToDense(nil, Append(nil))
	f.Add(d, []byte("c"), 0)
	f.Fuzz(func(t *testing.T, b, element []byte, maxSparse int) {
		if !Valid(b) {
			return
		}
		n, errCount := Count(b)
		var before Union
		errMerge := before.Merge(b)
		if (errCount == nil) != (errMerge == nil) {
			t.Fatalf("Count: %v, Merge: %v", errCount, errMerge)
		}
		if errCount == nil && n != before.Count() {
			t.Fatalf("%d, and %d", n, before.Count())
		}
		if !Dense(b) {
			AppendRuns(nil, b)
		}
		c, changed, err := Add(bytes.Clone(b), element, maxSparse)
		if err != nil || errMerge != nil {
			return
		}
		var after Union
		if err := after.Merge(c); err != nil {
			t.Fatal(err)
		}
		i, rank := place(element)
		if changed != (before[i] < rank) {
			t.Fatalf("changed: %v", changed)
		}
		before[i] = max(before[i], rank)
		if before != after {
			t.Fatal("registers differ")
		}
	})
}

func BenchmarkAddDense(b *testing.B) {
	h, _ := ToDense(nil, Append(nil))
	var e [8]byte
	for i := range b.N {
		binary.LittleEndian.PutUint64(e[:], uint64(i))
		h, _, _ = Add(h, e[:], 0)
	}
}

func BenchmarkCountDense(b *testing.B) {
	h, _ := ToDense(nil, Append(nil))
	for i := range 100_000 {
		h, _, _ = Add(h, fmt.Append(nil, i), 0)
	}
	b.ResetTimer()
	for range b.N {
		_, _ = Count(h)
	}
}

func BenchmarkMergeDense(b *testing.B) {
	h, _ := ToDense(nil, Append(nil))
	u := new(Union)
	for range b.N {
		_ = u.Merge(h)
	}
}
