// Package listpack reads and writes Redis's listpack: a sequence of strings and integers in one block of bytes, which can be walked from
// both ends. Blocks are those of Redis 5 and later to the byte, so they go into RDB files and DUMP as they are. A block:
//
//	offset 0   uint32  all bytes, the header and the end with it     little endian, as all that follows
//	       4   uint16  number of entries; 65535: not known, they have to be counted
//	       6   entries
//	  last byte  0xFF
//
// An entry is its encoding, what that says, and the length of these two, to be read from its end:
//
//	0xxxxxxx                      integer 0…127
//	10xxxxxx  bytes               string of up to 63 bytes
//	110xxxxx xxxxxxxx             integer of 13 bits, two's complement, big endian
//	1110xxxx xxxxxxxx  bytes      string of up to 4,095 bytes, its length big endian
//	11110000  uint32  bytes       longer string
//	11110001 … 11110100           integer of 16, 24, 32, 64 bits follows, little endian
//
// The length at the end takes 1 to 5 bytes of 7 bits, the highest bits first; all but the first have bit 7 set. A string that is the canonical form of
// an int64 is stored as an integer.
//
// An offset is where an entry begins, in bytes from the start of the block. Functions expect blocks that Validate has accepted, or that this
// package made, and offsets of entries in them; they panic, as slices do, rather than read anything outside of the block.
//
// An edit is: encode entries with AppendEntry, put them in the place of others (or between entries, or before the end), and call SetHeader.
package listpack
