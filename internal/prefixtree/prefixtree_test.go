package prefixtree

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// check verifies what Tree says of its nodes.
func (t *Tree[T]) check(tb testing.TB) {
	n := t.root.check(tb, true)
	if n != t.n {
		tb.Fatalf("Len is %d, there are %d", t.n, n)
	}
}

func (n *node[T]) check(tb testing.TB, root bool) (count int) {
	if !root && (n.label == "" || !n.has && len(n.kids) < 2) {
		tb.Fatalf("a node %q without value has %d children", n.label, len(n.kids))
	}
	if n.has {
		count++
	}
	for i, k := range n.kids {
		if i > 0 && n.kids[i-1].label[0] >= k.label[0] {
			tb.Fatalf("children out of order: %q %q", n.kids[i-1].label, k.label)
		}
		count += k.check(tb, false)
	}
	return count
}

func TestRandomOperationsAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, rnd.IntN(6))
		for i := range b {
			b[i] = "ab\x00\xff"[rnd.IntN(4)]
		}
		return string(b)
	}
	var tree Tree[string]
	model := map[string]bool{}
	for range 20000 {
		w := word()
		if rnd.IntN(2) == 0 {
			tree.Set(w, w)
			model[w] = true
		} else {
			tree.Delete(w)
			delete(model, w)
		}
		tree.check(t)
		if tree.Len() != len(model) {
			t.Fatalf("Len is %d, want %d", tree.Len(), len(model))
		}
		s := word()
		if v, ok := tree.Get(s); ok != model[s] || ok && v != s {
			t.Fatalf("Get(%q) is %q, %v", s, v, ok)
		}
		var got, want []string
		tree.Prefixes([]byte(s), func(v string) { got = append(got, v) })
		for i := range len(s) + 1 {
			if model[s[:i]] {
				want = append(want, s[:i])
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("prefixes of %q: %q, want %q", s, got, want)
		}
	}
	var all []string
	tree.All(func(v string) { all = append(all, v) })
	if len(all) != len(model) || !slices.IsSorted(all) {
		t.Fatalf("All: %q", all)
	}
}

func TestLongLabels(t *testing.T) {
	var tree Tree[int]
	long := strings.Repeat("x", 1000)
	tree.Set(long, 1)
	tree.Set(long[:500], 2)
	sum := 0
	tree.Prefixes([]byte(long+"y"), func(v int) { sum += v })
	if sum != 3 {
		t.Fatalf("sum is %d", sum)
	}
	tree.Prefixes([]byte(long[:499]), func(v int) { t.Fatalf("found %d", v) })
}
