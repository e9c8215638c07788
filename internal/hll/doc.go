// Package hll counts distinct elements as Redis does: HyperLogLog with 16,384 registers of 6 bits (a standard error of 0.81 %), in the
// byte strings that Redis keeps, dumps and exchanges.
//
// A string begins with a header of 16 bytes:
//
//	offset 0   "HYLL"
//	       4   encoding: 0 dense, 1 sparse
//	       5   3 bytes, not used
//	       8   the estimate that was computed last, 8 bytes little endian; its top bit is set when it is out of date
//
// Dense: 12,288 bytes follow, register i in the 6 bits from bit 6·i on, bit 0 being the lowest of the first byte.
//
// Sparse: runs of registers follow, which together make 16,384:
//
//	00xxxxxx             ZERO    xxxxxx+1 registers of 0
//	01xxxxxx yyyyyyyy    XZERO   xxxxxxyyyyyyyy+1 registers of 0
//	1vvvvvxx             VAL     xx+1 registers of vvvvv+1
//
// A string becomes dense when a register exceeds 32 or the sparse form would exceed a size that the caller names, and stays so.
//
// The hash is Austin Appleby's MurmurHash64A; the estimator is that of Otmar Ertl, "New cardinality estimation algorithms for
// HyperLogLog sketches" (arXiv:1702.01284), with the operations in Redis's order, so that estimates are equal to the digit.
//
// All functions take bytes that anybody may have written. Valid tells whether they look like a HyperLogLog at all; what is wrong inside a sparse
// one is found where it is read, and is ErrCorrupt.
package hll
