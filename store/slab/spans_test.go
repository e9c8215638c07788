package slab

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"unsafe"
)

// mapped is a mapping that a test holds: it is zero but for stamps in some of its pages.
type mapped struct {
	p      unsafe.Pointer
	n      int
	stamps map[int]byte
}

func (m *mapped) bytes() []byte { return unsafe.Slice((*byte)(m.p), m.n) }

func (m *mapped) stamp(r *rand.Rand) {
	at := r.IntN(m.n)
	m.stamps[at] = byte(1 + r.IntN(255))
	m.bytes()[at] = m.stamps[at]
}

// ok looks at the first and last byte of each page, and at all stamps.
func (m *mapped) ok() error {
	b, page := m.bytes(), os.Getpagesize()
	for at, want := range m.stamps {
		if b[at] != want {
			return fmt.Errorf("byte %d of %d is %d, not %d", at, m.n, b[at], want)
		}
	}
	for off := 0; off < m.n; off += page {
		for _, at := range []int{off, off + page - 1} {
			if b[at] != 0 && m.stamps[at] == 0 {
				return fmt.Errorf("byte %d of %d is %d, not zero", at, m.n, b[at])
			}
		}
	}
	return nil
}

// Mappings are zero at first, where they grow too, keep their bytes while others come, go and change their size, do not overlap, and all go back.
func TestPagesRandomMappings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	ps := NewPages()
	defer ps.Close()
	page := os.Getpagesize()
	size := func() int {
		if r.IntN(20) == 0 {
			return page * (1 + r.IntN(2*ownMapping/page))
		}
		return page * (1 + r.IntN(1<<20/page))
	}
	var live []*mapped
	for i := range 4000 {
		switch op := r.IntN(10); {
		case op < 4 && len(live) < 200:
			m := &mapped{n: size(), stamps: make(map[int]byte)}
			m.p = ps.mapping(m.n)
			live = append(live, m)
		case op < 6 && len(live) > 0:
			m := live[r.IntN(len(live))]
			n := size()
			m.p, m.n = ps.resize(m.p, m.n, n), n
			for at := range m.stamps {
				if at >= n {
					delete(m.stamps, at)
				}
			}
		case op < 7:
			p := ps.get(blockSize, i%2 == 0)
			clear(unsafe.Slice((*byte)(p), blockSize))
			ps.put(p, blockSize)
		case len(live) > 0:
			j := r.IntN(len(live))
			if err := live[j].ok(); err != nil {
				t.Fatal(err)
			}
			ps.unmap(live[j].p, live[j].n)
			live[j] = live[len(live)-1]
			live = live[:len(live)-1]
		}
		if len(live) > 0 {
			live[r.IntN(len(live))].stamp(r)
		}
		if i%100 == 99 {
			if err := ps.Check(); err != nil {
				t.Fatal(err)
			}
			checkApart(t, ps, live)
		}
		if i%1000 == 999 {
			for _, m := range live {
				if err := m.ok(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, m := range live {
		ps.unmap(m.p, m.n)
	}
	ps.Trim()
	if err := ps.Check(); err != nil || ps.Held() != 0 || len(ps.own) != 0 {
		t.Fatal(err, ps.Held(), len(ps.own))
	}
	if n := (ps.regions*(regionSize+blockSize) + spanRegion - 1) / spanRegion; len(ps.spans.regions) > max(n, ps.regions) {
		t.Fatalf("%d regions are left for %d that pages are cut from", len(ps.spans.regions), ps.regions)
	}
}

// checkApart tells of mappings that overlap each other or free spans.
func checkApart(t *testing.T, ps *Pages, live []*mapped) {
	t.Helper()
	var all []span
	for _, m := range live {
		all = append(all, span{uintptr(m.p), m.n})
	}
	ps.spans.byAddr.Scan(func(s span) bool {
		all = append(all, s)
		return true
	})
	slices.SortFunc(all, func(a, b span) int { return int(a.addr) - int(b.addr) })
	for i := 1; i < len(all); i++ {
		if all[i-1].end() > all[i].addr {
			t.Fatalf("%d bytes at %#x overlap the next at %#x", all[i-1].size, all[i-1].addr, all[i].addr)
		}
	}
}

// Big mappings are cut from regions too when there are many.
func TestOwnMappingsAreFew(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	ps.own = make(map[unsafe.Pointer]int)
	for i := range maxOwnMappings { // so many that the system need not make
		for n, want := range map[int]bool{ownMapping - 1: false, ownMapping: i < maxOwnMappings/2, bigMapping: true} {
			if ps.wantsOwn(n) != want {
				t.Fatalf("beside %d others, %d bytes get a mapping of their own: %v", i, n, !want)
			}
		}
		ps.own[At(uintptr(1+i))] = ownMapping
	}
	p := ps.mapping(ownMapping)
	*(*byte)(unsafe.Add(p, ownMapping-1)) = 7
	q := ps.resize(p, ownMapping, 4*ownMapping)
	if b := unsafe.Slice((*byte)(q), 4*ownMapping); b[ownMapping-1] != 7 || b[ownMapping] != 0 {
		t.Fatal("the contents are wrong")
	}
	if ps.own[q] != 0 {
		t.Fatal("there is one more mapping")
	}
	ps.unmap(q, 4*ownMapping)
	clear(ps.own)
	if err := ps.Check(); err != nil || ps.Held() != 0 {
		t.Fatal(err, ps.Held())
	}
}

// What has 1 MB grows without copying.
func TestMegabyteHasItsOwnMapping(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	const n = 1 << 20
	p, q := ps.mapping(n), ps.mapping(n-roundUp(1))
	if ps.own[p] != n || ps.own[q] != 0 {
		t.Fatalf("own mappings: %v", ps.own)
	}
	if q = ps.resize(q, n-roundUp(1), n); ps.own[q] != n {
		t.Fatalf("own mappings: %v", ps.own)
	}
}

// A mapping that is copied when it grows takes no memory for what is zero.
func TestCopySparse(t *testing.T) {
	src, dst := make([]byte, 40_001), make([]byte, 50_000)
	want := make([]byte, 50_000)
	for _, at := range []int{0, 4095, 20_000, 40_000} {
		src[at], want[at] = 1, 1
	}
	for i := 8192; i < 8192+4096; i++ {
		dst[i] = 2 // would be overwritten if the zeros of src were copied
		want[i] = 2
	}
	copySparse(dst, src)
	if !slices.Equal(dst, want) {
		t.Fatal("the copy is wrong")
	}
}
