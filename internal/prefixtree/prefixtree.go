// Package prefixtree finds, of many strings, those that a given one begins with.
package prefixtree

import "strings"

// Tree maps strings to values. It is a radix tree: a node's label is what its key has beyond its parent's, no two children of a
// node begin with the same byte, and every node but the root has a value or at least two children. The zero Tree is empty. It is not
// safe for concurrent use, but any number may read at once.
type Tree[T any] struct {
	root node[T]
	n    int
}

type node[T any] struct {
	label string
	kids  []*node[T] // in the order of their first bytes
	has   bool
	value T
}

// Len is the number of strings.
func (t *Tree[T]) Len() int { return t.n }

// find is where a child that begins with c is, or would be.
func (n *node[T]) find(c byte) (at int, ok bool) {
	lo, hi := 0, len(n.kids)
	for lo < hi {
		mid := (lo + hi) / 2
		if n.kids[mid].label[0] < c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(n.kids) && n.kids[lo].label[0] == c
}

// Get is the value of a string.
func (t *Tree[T]) Get(key string) (v T, ok bool) {
	n := &t.root
	for key != "" {
		at, ok := n.find(key[0])
		if !ok || !strings.HasPrefix(key, n.kids[at].label) {
			return v, false
		}
		n = n.kids[at]
		key = key[len(n.label):]
	}
	return n.value, n.has
}

// Set gives a string a value.
func (t *Tree[T]) Set(key string, v T) {
	n := &t.root
	for key != "" {
		at, ok := n.find(key[0])
		if !ok {
			n.kids = append(n.kids, nil)
			copy(n.kids[at+1:], n.kids[at:])
			n.kids[at] = &node[T]{label: key}
			n = n.kids[at]
			break
		}
		kid := n.kids[at]
		same := common(key, kid.label)
		if same < len(kid.label) { // a node between the two
			n.kids[at] = &node[T]{label: kid.label[:same], kids: []*node[T]{kid}}
			kid.label = kid.label[same:]
			kid = n.kids[at]
		}
		n, key = kid, key[same:]
	}
	if !n.has {
		t.n++
	}
	n.has, n.value = true, v
}

// common is the length of what a and b begin with.
func common(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// Delete forgets a string.
func (t *Tree[T]) Delete(key string) {
	if t.root.remove(key) {
		t.n--
	}
}

func (n *node[T]) remove(key string) bool {
	if key == "" {
		had := n.has
		var zero T
		n.has, n.value = false, zero
		return had
	}
	at, ok := n.find(key[0])
	if !ok || !strings.HasPrefix(key, n.kids[at].label) {
		return false
	}
	kid := n.kids[at]
	had := kid.remove(key[len(kid.label):])
	switch {
	case kid.has:
	case len(kid.kids) == 0:
		n.kids = append(n.kids[:at], n.kids[at+1:]...)
	case len(kid.kids) == 1: // the two become one
		only := kid.kids[0]
		only.label = kid.label + only.label
		n.kids[at] = only
	}
	return had
}

// Prefixes calls fn for the value of each string that s begins with, the shortest first.
func (t *Tree[T]) Prefixes(s []byte, fn func(T)) {
	n := &t.root
	for {
		if n.has {
			fn(n.value)
		}
		if len(s) == 0 {
			return
		}
		at, ok := n.find(s[0])
		if !ok {
			return
		}
		n = n.kids[at]
		if len(s) < len(n.label) || string(s[:len(n.label)]) != n.label {
			return
		}
		s = s[len(n.label):]
	}
}

// All calls fn for every string's value, in the order of the strings.
func (t *Tree[T]) All(fn func(T)) { t.root.all(fn) }

func (n *node[T]) all(fn func(T)) {
	if n.has {
		fn(n.value)
	}
	for _, k := range n.kids {
		k.all(fn)
	}
}
