package hll

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

const (
	// Registers is the number of registers.
	Registers = 1 << indexBits
	// DenseSize is the size of a dense string.
	DenseSize = headerSize + Registers*registerBits/8

	headerSize   = 16
	indexBits    = 14 // of a hash, which choose the register
	registerBits = 6
	registerMax  = 1<<registerBits - 1
	rankMax      = 64 - indexBits + 1 // the biggest value that Add gives a register

	encodingAt = 4
	cardAt     = 8
	stale      = 1 << 63 // in the card: out of date

	dense  = 0
	sparse = 1
)

// ErrCorrupt says that the runs of a sparse string do not make 16,384 registers.
var ErrCorrupt = errors.New("corrupted HyperLogLog")

// Valid reports whether b looks like a HyperLogLog: header, encoding, size of a dense one. All other functions expect that.
func Valid(b []byte) bool {
	return len(b) >= headerSize && string(b[:4]) == "HYLL" && b[encodingAt] <= sparse && (b[encodingAt] == sparse || len(b) == DenseSize)
}

// Dense reports whether b is dense.
func Dense(b []byte) bool { return b[encodingAt] == dense }

// Append appends an empty HyperLogLog, which is sparse, to dst.
func Append(dst []byte) []byte {
	dst = append(dst, 'H', 'Y', 'L', 'L', sparse, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	return appendZeros(dst, Registers)
}

// Cached is the estimate that b remembers, if it is up to date.
func Cached(b []byte) (n uint64, ok bool) {
	n = binary.LittleEndian.Uint64(b[cardAt:])
	return n, n&stale == 0
}

// SetCached makes b remember an estimate.
func SetCached(b []byte, n uint64) { binary.LittleEndian.PutUint64(b[cardAt:], n) }

// Invalidate makes b forget the estimate. Add and Merge leave that to the caller.
func Invalidate(b []byte) { b[cardAt+7] |= stale >> 56 }

// Add counts an element, and reports whether a register has changed. b is changed in place, or, when it must become longer or dense, in
// what append makes of it; maxSparse is the biggest sparse size in bytes. After an error b is void.
func Add(b, element []byte, maxSparse int) ([]byte, bool, error) {
	index, rank := place(element)
	return Set(b, index, rank, maxSparse)
}

// Set raises register index to rank, which is at least 1, if it is below; else as Add.
func Set(b []byte, index int, rank uint8, maxSparse int) ([]byte, bool, error) {
	if Dense(b) {
		return b, raise(b[headerSize:], index, rank), nil
	}
	return setSparse(b, index, rank, maxSparse)
}

// place is an element's register, and the value that it asks for: the place of the first bit that is set in the rest of its hash.
func place(element []byte) (index int, rank uint8) {
	h := murmur64A(element, 0xadc83b19)
	return int(h & (Registers - 1)), uint8(bits.TrailingZeros64(h>>indexBits|1<<(64-indexBits)) + 1)
}

// murmur64A is MurmurHash64A.
func murmur64A(b []byte, seed uint64) uint64 {
	const m, r = 0xc6a4a7935bd1e995, 47
	h := seed ^ uint64(len(b))*m
	for ; len(b) >= 8; b = b[8:] {
		k := binary.LittleEndian.Uint64(b) * m
		h = (h ^ (k^k>>r)*m) * m
	}
	if len(b) > 0 {
		var k uint64
		for i, c := range b {
			k |= uint64(c) << (8 * i)
		}
		h = (h ^ k) * m
	}
	h = (h ^ h>>r) * m
	return h ^ h>>r
}
