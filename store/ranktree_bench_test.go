package store

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/tidwall/btree"
	"radish/store/slab"
)

// Benchmarks of rankTree beside tidwall/btree's BTreeG over the same million elements, in random order of scores: nanoseconds of one operation,
// bytes an element, milliseconds of a run of the collector. BTreeG holds addresses of the same elements, as rankTree does, so the bytes are those of the trees alone; it has no
// rank of an element, which a binary search by GetAt replaces.

const benchItems = 1_000_000

type benchTree interface {
	insert(x uint64)
	delete(score float64, member []byte) uint64
	rankOf(score float64, member []byte) int
	heap() int // bytes outside of the Go heap
}

func lessItem(a, b uint64) bool {
	s, r := itemScore(a), itemScore(b)
	return s < r || s == r && string(itemMember(a)) < string(itemMember(b))
}

func (t rankTree) heap() int { return int(t.t.bytes) }

func BenchmarkRankTree(b *testing.B) {
	a := slab.NewArena(slab.NewPages())
	benchmarkTree(b, a, rankTree{&treeRoot{}, a})
}

func BenchmarkRankTreeBTreeG(b *testing.B) {
	a := slab.NewArena(slab.NewPages())
	t := btreeG{a: a, t: btree.NewBTreeGOptions(lessItem, btree.Options{NoLocks: true})}
	benchmarkTree(b, a, &t)
}

// btreeG is a BTreeG with the methods of a rankTree.
type btreeG struct {
	a *slab.Arena
	t *btree.BTreeG[uint64]
}

func (t *btreeG) heap() int { return 0 }

func (t *btreeG) insert(x uint64) { t.t.Set(x) }

func (t *btreeG) delete(score float64, member []byte) uint64 {
	p := newItem(t.a, score, member)
	x, _ := t.t.Delete(p)
	t.a.Free(slab.At(uintptr(p)), itemSize(p))
	return x
}

func (t *btreeG) rankOf(score float64, member []byte) int {
	lo, hi := 0, t.t.Len()
	for lo < hi {
		mid := (lo + hi) / 2
		x, _ := t.t.GetAt(mid)
		if s := itemScore(x); s < score || s == score && string(itemMember(x)) < string(member) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func benchmarkTree(b *testing.B, a *slab.Arena, t benchTree) {
	xs := make([]uint64, benchItems)
	var member [17]byte
	for i := range xs {
		binary.BigEndian.PutUint64(member[:], rand.Uint64())
		xs[i] = newItem(a, rand.Float64(), member[:])
	}
	rand.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
	before := heapBytes()
	start := time.Now()
	for _, x := range xs {
		t.insert(x)
	}
	b.Logf("%d ns/insert", time.Since(start).Nanoseconds()/benchItems)
	b.Logf("%.2f B/element", float64(heapBytes()-before+t.heap())/benchItems)
	start = time.Now()
	runtime.GC()
	b.Logf("%.1f ms/GC", float64(time.Since(start).Microseconds())/1000)
	b.Run("rank", func(b *testing.B) {
		for range b.N {
			x := xs[rand.IntN(len(xs))]
			if r := t.rankOf(itemScore(x), itemMember(x)); r >= benchItems {
				b.Fatal(r)
			}
		}
	})
	b.Run("replace", func(b *testing.B) {
		for range b.N {
			x := xs[rand.IntN(len(xs))]
			t.delete(itemScore(x), itemMember(x))
			t.insert(x)
		}
	})
	runtime.KeepAlive(t)
}

func heapBytes() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
