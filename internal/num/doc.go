// Package num reads and writes numbers exactly as Redis 7.2 does on x86-64: what it accepts, how it rounds, and which digits it
// prints, to the byte.
//
// ParseInt stands for string2ll, ParseDouble for string2d, AppendDouble for d2string (as replies
// and sorted sets print scores), ParseLongDouble and FormatLongDouble for string2ld and ld2string in its human-friendly mode (as
// INCRBYFLOAT computes, in the 80-bit long double of the x87).
package num
