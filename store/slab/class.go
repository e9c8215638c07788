package slab

import "math/bits"

const (
	pageSize  = 64 << 10 // of small pages
	blockSize = 1 << 20  // of pages for big chunks

	// MaxChunk is the biggest request that is served from a page; what is bigger has a mapping of its own.
	MaxChunk = 256 << 10

	maxSmall     = 15 << 10 // biggest chunk in a small page
	linearMax    = 256      // up to here classes are 8 bytes apart
	linear       = linearMax / 8
	smallClasses = linear + 6*8 - 1
	numClasses   = linear + 10*8 + 1
	eighthClass  = numClasses - 1
	class8K      = linear + 5*8 - 1 // in big pages: beside their header small ones have room for one chunk less

	// Eighth is a size with a class of its own: just eight chunks fill a small page. They are aligned to 8 bytes only. For a
	// structure of about that size, which has the choice.
	Eighth = (pageSize - pageHeader) / 8
)

// classOf gives the class for a request of n bytes, 1 <= n <= MaxChunk.
func classOf(n int) int {
	if n <= linearMax {
		return (n - 1) >> 3
	}
	if n == Eighth {
		return eighthClass
	}
	m := uint(n - 1)
	k := bits.Len(m) // 9 and up
	return linear + (k-9)*8 + int(m>>(k-4))&7
}

// classSize is the size of the chunks of a class.
func classSize(c int) int {
	if c < linear {
		return (c + 1) * 8
	}
	if c == eighthClass {
		return Eighth
	}
	c -= linear
	return (9 + c&7) << (5 + c>>3)
}

// classPage is the size of the pages of a class.
func classPage(c int) int {
	if c < smallClasses && c != class8K || c == eighthClass {
		return pageSize
	}
	return blockSize
}

// Size is the number of bytes that a request of n bytes really takes: what Used grows by.
func Size(n int) int {
	if n <= MaxChunk {
		return classSize(classOf(max(n, 1)))
	}
	return roundUp(n)
}

// SameSize reports whether requests of n and m bytes take chunks of the same class.
func SameSize(n, m int) bool {
	return n <= MaxChunk && m <= MaxChunk && classOf(max(n, 1)) == classOf(max(m, 1))
}
