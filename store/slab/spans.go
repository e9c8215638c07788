package slab

import (
	"fmt"
	"unsafe"

	"github.com/tidwall/btree"
)

// spans cuts memory of any size from big regions. The system allows a process some 65,000 mappings (vm.max_map_count), and each hole between two
// that live counts: so a span that is freed keeps its addresses and gives only its memory back, and the number of mappings does not grow
// with the number of values. Pages guards it.
//
// What always holds: a free span reads as zeros, lies in one region, and has no free neighbour in that region.
type spans struct {
	regions map[uintptr]int // sizes of the regions by address
	byAddr  *btree.BTreeG[span]
	bySize  *btree.BTreeG[span]
	spare   uintptr // a region that is kept though it is free, so that a value that comes and goes is cheap; 0: none
	used    int64   // bytes of spans that are handed out
}

// span is size bytes, a multiple of the system's page size.
type span struct {
	addr uintptr
	size int
}

func (s span) end() uintptr { return s.addr + uintptr(s.size) }

// regionsPerSize is after how many regions the next ones are twice as big: then addresses end before the mappings do.
const regionsPerSize = 1024

func newSpans() spans {
	return spans{
		regions: make(map[uintptr]int),
		byAddr: btree.NewBTreeGOptions(func(a, b span) bool { return a.addr < b.addr },
			btree.Options{NoLocks: true}),
		bySize: btree.NewBTreeGOptions(func(a, b span) bool { return a.size < b.size || a.size == b.size && a.addr < b.addr },
			btree.Options{NoLocks: true}),
	}
}

// alloc returns n bytes that are zero, n a multiple of the system's page size: those of the smallest free span that has so many.
func (sp *spans) alloc(m *mem, n int) (unsafe.Pointer, error) {
	var s span
	sp.bySize.Ascend(span{size: n}, func(t span) bool {
		s = t
		return false
	})
	if s.size == 0 {
		if err := sp.addRegion(m, n, &s); err != nil {
			return nil, err
		}
	} else {
		sp.remove(s)
	}
	sp.cut(s, n)
	sp.used += int64(n)
	return At(s.addr), nil
}

// cut takes the first n bytes of a span that is in no tree, and puts the rest back.
func (sp *spans) cut(s span, n int) {
	if s.size > n {
		sp.insert(span{s.addr + uintptr(n), s.size - n})
	}
}

func (sp *spans) insert(s span) {
	sp.byAddr.Set(s)
	sp.bySize.Set(s)
}

func (sp *spans) remove(s span) {
	sp.byAddr.Delete(s)
	sp.bySize.Delete(s)
	if s.addr == sp.spare {
		sp.spare = 0
	}
}

// addRegion makes a region of n bytes at least, of fewer than usual when the system has not so many.
func (sp *spans) addRegion(m *mem, n int, s *span) error {
	size := max(spanRegion<<(len(sp.regions)/regionsPerSize), n)
	for {
		p, err := m.alloc(size)
		if err == nil {
			*s = span{uintptr(p), size}
			sp.regions[s.addr] = size
			return nil
		}
		if size == n {
			return err
		}
		size = max(roundUp(size/2), n)
	}
}

// adopt makes a mapping that reads as zeros a region, which is free.
func (sp *spans) adopt(p unsafe.Pointer, n int) {
	sp.regions[uintptr(p)] = n
	sp.insert(span{uintptr(p), n})
}

// free takes a span back, which reads as zeros.
func (sp *spans) free(m *mem, p unsafe.Pointer, n int) {
	sp.used -= int64(n)
	s := span{uintptr(p), n}
	if next, ok := sp.byAddr.Get(span{addr: s.end()}); ok && sp.regions[next.addr] == 0 {
		sp.remove(next)
		s.size += next.size
	}
	if sp.regions[s.addr] == 0 {
		sp.byAddr.Descend(s, func(t span) bool {
			if t.end() == s.addr {
				sp.remove(t)
				s = span{t.addr, t.size + s.size}
			}
			return false
		})
	}
	if s.size == sp.regions[s.addr] && !sp.keepSpare(s) && m.free(At(s.addr), s.size) {
		delete(sp.regions, s.addr)
		return
	}
	sp.insert(s)
}

func (sp *spans) keepSpare(s span) bool {
	if sp.spare != 0 || s.size > spanRegion {
		return false
	}
	sp.spare = s.addr
	return true
}

// trim gives the spare region back.
func (sp *spans) trim(m *mem) {
	if sp.spare == 0 {
		return
	}
	s := span{sp.spare, sp.regions[sp.spare]}
	if m.free(At(s.addr), s.size) {
		sp.remove(s)
		delete(sp.regions, s.addr)
	}
}

// extend makes a span of old bytes one of n, n > old, if that many behind it are free.
func (sp *spans) extend(p unsafe.Pointer, old, n int) bool {
	next, ok := sp.byAddr.Get(span{addr: uintptr(p) + uintptr(old)})
	if !ok || old+next.size < n || sp.regions[next.addr] != 0 {
		return false
	}
	sp.remove(next)
	sp.cut(next, n-old)
	sp.used += int64(n - old)
	return true
}

// close gives all regions back, whatever is in use.
func (sp *spans) close(m *mem) {
	for addr, size := range sp.regions {
		m.free(At(addr), size)
	}
	*sp = newSpans()
}

// check tells what does not hold, but for the contents.
func (sp *spans) check() error {
	total := int64(0)
	for addr, size := range sp.regions {
		total += int64(size)
		if end, ok := sp.regionOf(span{addr, size}); !ok || end != addr+uintptr(size) {
			return fmt.Errorf("slab: the region at %#x lies in another one", addr)
		}
	}
	free, last := int64(0), span{}
	var err error
	sp.byAddr.Scan(func(s span) bool {
		_, inside := sp.regionOf(s)
		_, sized := sp.bySize.Get(s)
		switch {
		case s.size <= 0 || s.size != roundUp(s.size) || !inside || !sized:
			err = fmt.Errorf("slab: the free span of %d bytes at %#x: in one region %v, known by its size %v", s.size, s.addr, inside, sized)
		case last.end() > s.addr || last.end() == s.addr && sp.regions[s.addr] == 0:
			err = fmt.Errorf("slab: the free spans at %#x and %#x overlap or are neighbours", last.addr, s.addr)
		}
		last = s
		free += int64(s.size)
		return err == nil
	})
	switch {
	case err != nil:
		return err
	case sp.byAddr.Len() != sp.bySize.Len():
		return fmt.Errorf("slab: %d free spans by address, %d by size", sp.byAddr.Len(), sp.bySize.Len())
	case total-free != sp.used:
		return fmt.Errorf("slab: %d bytes of spans are in use, counted %d", total-free, sp.used)
	}
	return nil
}

// regionOf is the end of the region that a span lies in.
func (sp *spans) regionOf(s span) (end uintptr, ok bool) {
	for addr, size := range sp.regions {
		if r := (span{addr, size}); r.addr <= s.addr && s.end() <= r.end() {
			if ok {
				return 0, false
			}
			end, ok = r.end(), true
		}
	}
	return end, ok
}
