// Package rdb reads and writes Redis's RDB files and DUMP payloads: bytes to values and back. It knows nothing of how a store keeps values.
//
// Read are versions 1 to 12 with every type and encoding of strings, lists, sets, sorted sets and hashes. Streams, functions and data of modules are
// refused by name. Written is what Redis 7.0 reads, version 10, or, when fields of hashes have deadlines, what Redis 7.4 reads, version 12.
//
// Scanner reads a file, Decoder a value, which goes to a Sink; Encoder makes records, Writer a file of them. Whatever the input is, reading it
// ends with an error that tells the offset, never with a panic, and allocates no more than a small multiple of what was really there.
//
// The formats are described in Redis's src/rdb.h and rdb.c, and in many places on the net. All numbers are little endian unless it says otherwise.
//
// # File
//
//	"REDIS" version          four decimal digits
//	records                  see below
//	0xFF checksum            uint64 of all bytes before it, since version 5; 0: there is none
//
// A record is an opcode and what belongs to it, or a key:
//
//	250 name value           aux field: two strings
//	254 length               number of the database of the keys that follow
//	251 length length        its number of keys, and of keys with deadlines
//	244 length length length slot of a cluster, its keys, and those with deadlines
//	245 string               code of a function library                                   (refused)
//	246 …                    the same in candidates of Redis 7.0                          (refused)
//	247 length …             data of a module, whose id is the length                     (refused)
//	[attributes] type key value
//
// The attributes of a key, in any order: 253 int32 (deadline in unix seconds), 252 int64 (in ms), 248 length (seconds since the last access), 249 byte (LFU
// counter). The type is a byte, the key a string, the value what the type says.
//
// # Length
//
//	00nnnnnn                   n
//	01nnnnnn nnnnnnnn          n of 14 bits, big endian
//	10000000 uint32            big endian
//	10000001 uint64            big endian
//	11eeeeee                   no length: a string that is encoded
//
// # String
//
//	length bytes
//	11000000 int8              decimal text of the number
//	11000001 int16
//	11000010 int32
//	11000011 length length …   LZF: number of compressed bytes, of uncompressed bytes, the compressed ones (see lzf.go)
//
// # Values
//
// n is a length, the number of what follows; block is a string with the bytes of a compact value.
//
//	 0 string              a string
//	 1 list                n strings
//	 2 set                 n strings
//	 3 zset                n times string, score as text: a byte for its length, or 253 NaN, 254 +inf, 255 -inf
//	 4 hash                n times string, string
//	 5 zset                n times string, float64
//	 6, 7                  value of a module                                              (refused)
//	 9 hash                block: zipmap
//	10 list                block: ziplist
//	11 set                 block: intset
//	12 zset                block: ziplist of member and score in turn
//	13 hash                block: ziplist of field and value in turn
//	14 list                n nodes: block, a ziplist
//	15, 19, 21             stream                                                         (refused)
//	16 hash                block: listpack
//	17 zset                block: listpack
//	18 list                n nodes: length 1 and an element, or length 2 and block, a listpack
//	20 set                 block: listpack
//	22 hash                n times length (deadline in unix ms, 0: none), string, string
//	23 hash                block: listpack of field, value and deadline in unix ms, 0: none, in turn
//	24 hash                int64 (earliest deadline, unix ms), n times length (deadline - earliest + 1, 0: none), string, string
//	25 hash                int64 (earliest deadline), block as 23
//
// Listpack and intset are described in the packages of these names. A zipmap:
//
//	byte                       number of fields; 254, 255: count them
//	fields:
//	  length field             a byte below 254, or 254 and uint32
//	  length byte value        the byte is the number of unused bytes after the value
//	0xFF
//
// A ziplist:
//
//	uint32 uint32 uint16       all bytes; offset of the last entry; number of entries, 65535: count them
//	entries
//	0xFF
//
// An entry begins with the size of the entry before it, a byte, or 254 and uint32. Then:
//
//	00nnnnnn …                 string of n bytes
//	01nnnnnn nnnnnnnn …        string, n of 14 bits, big endian
//	10xxxxxx uint32 …          string, n big endian
//	11000000 …                 integer of 16 bits; 11010000 of 32; 11100000 of 64; 11110000 of 24; 11111110 of 8
//	1111vvvv                   integer v - 1, for 1 <= v <= 13
//
// # Payload
//
// What DUMP replies:
//
//	type value                 one byte, and as above
//	uint16                     version
//	uint64                     checksum of all bytes before it
package rdb
