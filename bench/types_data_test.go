//go:build linux

package main

import (
	"slices"
	"testing"
)

func TestElements(t *testing.T) {
	seen := make(map[int]bool)
	for i := range 1 << 20 {
		n := shuffled(i)
		if seen[n] {
			t.Fatalf("%d comes twice", n)
		}
		seen[n] = true
	}
	shortest, longest := 99, 0
	for i := range 1000 {
		if len(member17(i)) != 17 || len(field16(i)) != 16 || len(value10(i)) != 10 {
			t.Fatalf("element %d: %q, %q, %q", i, member17(i), field16(i), value10(i))
		}
		shortest, longest = min(shortest, len(listElement(i))), max(longest, len(listElement(i)))
	}
	if shortest != 10 || longest != 20 {
		t.Errorf("list elements of %d to %d bytes", shortest, longest)
	}
}

func TestCollectionRequests(t *testing.T) {
	c := bigSortedSet("z", 5, batch+1)
	first, last := requestsIn(t, c.request(nil, 0))[0], requestsIn(t, c.request(nil, 1))[0]
	if len(first) != 2+2*batch || !slices.Equal(last, []string{"ZADD", "z", value10(5 + batch), member17(5 + batch)}) {
		t.Errorf("%d arguments, then %q", len(first), last)
	}
	if !slices.Equal(c.size(), []string{"ZCARD", "z"}) {
		t.Errorf("%q", c.size())
	}
	small := manyHashes(3, 12)
	args := requestsIn(t, small.request(nil, 2))[0]
	if len(args) != 2+2*12 || args[1] != "hsh:000000000002" || args[2] != "name" || args[2+2*10] != "name1" {
		t.Errorf("%q", args)
	}
}
