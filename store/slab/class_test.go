package slab

import "testing"

func TestClasses(t *testing.T) {
	prev := 0
	for c := range eighthClass {
		size := classSize(c)
		if size <= prev || size%8 != 0 || classOf(size) != c || classOf(prev+1) != c {
			t.Fatalf("class %d: size %d after %d", c, size, prev)
		}
		if size > 512 && size%64 != 0 {
			t.Fatalf("class %d: size %d is not a multiple of 64", c, size)
		}
		prev = size
	}
	if prev != MaxChunk || classSize(smallClasses-1) != maxSmall {
		t.Fatalf("the last class is %d, the last small one %d", prev, classSize(smallClasses-1))
	}
	if classOf(Eighth) != eighthClass || classSize(eighthClass) != Eighth || Size(Eighth-1) != 8192 || (classPage(eighthClass)-pageHeader)%Eighth != 0 {
		t.Fatalf("chunks of %d do not fill a page", Eighth)
	}
	if classSize(class8K) != 8192 {
		t.Fatalf("class %d is for %d bytes", class8K, classSize(class8K))
	}
	for c := range smallClasses + 1 { // what a page has no use for
		if room := classPage(c) - pageHeader; classSize(c) > 512 && room%classSize(c) > room/5 {
			t.Fatalf("class %d: pages of %d waste %d", c, classPage(c), room%classSize(c))
		}
	}
	for n := 1; n <= MaxChunk; n++ {
		if size := Size(n); size < n || n > 64 && size-n > n/8+1 {
			t.Fatalf("%d bytes take %d", n, size)
		}
	}
	if Size(0) != 8 || Size(MaxChunk+1) <= MaxChunk || !SameSize(0, 8) || SameSize(8, 9) || SameSize(MaxChunk+1, MaxChunk+2) {
		t.Fatal("sizes at the bounds")
	}
}
