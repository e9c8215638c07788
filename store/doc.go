// Package store keeps the keys: databases, cut into shards by hash, outside of the Go heap.
//
// A Store has a power of two of shards. A key's hash (maphash with a random seed) chooses its shard by its first bits. A shard has a lock,
// an arena (package slab), and for each database that has keys in it a table with an index of deadlines. A DB is a database at one
// moment, through which a command works; an Entry is a key that was found.
//
// # Entry
//
// One chunk holds header, key and small values. 16 bytes of key and 32 of value take 56 bytes.
//
//	offset 0   uint32   LRU or LFU field (24 bits) | type << 24 | encoding << 28     read and written atomically
//	offset 4   uint32   length of an inline value (16 bits) | length of the key << 16 (12 bits)
//	                    | form << 28 (2 bits) | long key << 30 | deadline << 31
//	       8   int64    deadline in unix ms, if bit 31 is set
//	           uint64   length of the key, if bit 30 is set: then it is above 4,095
//	           value    form 1: int64; form 3: a body (below); form 0: nothing
//	           key
//	           value    form 0: the bytes, at most 1,024
//
// A body refers to a value outside of the entry, in three words. What stands there, and what it refers to, is a matter of the encoding: a block of
// bytes (a long string, a compact value) has address, length and capacity; a big value has the address of its root, the number of its
// elements, and the id of its own arena. An encoding brings a valueType: deleting, renaming, copying, moving and compacting
// know nothing else of types. writer is how types change their values.
//
// # Big values
//
// A big value has all its chunks in one arena: the shard's; or, when it has many elements (needsArena), one of its own, which counts as a part of the
// shard's. So it is deleted, given to another shard or put in the place of another value (Install) in microseconds, whatever its size, and
// the background gives its pages back without a lock and without looking at elements. A bigType is what an encoding brings for that.
// A Detached is such a value, or a compact one, that belongs to no shard yet.
//
// # Slot, segment, directory
//
// A table is extendible hashing (directory). Its directory is indexed by the first bits of the hash (below the shard's, as all that follows); a segment has
// a depth d, the number of bits that its keys share, and 2^(directory's bits - d) words of the directory refer to it. A directory word:
//
//	bits 0…41 address / 64 | bits 42…53 number of buckets | bits 54…59 depth
//
// A segment is one chunk: a head of 64 bytes (counts), buckets of 8 slots, each a cache line, and a stash of 16 slots. A slot:
//
//	bits 0…44 address of the entry / 8 | bits 45…63 tag          0: empty
//
// The tag is 19 bits of the hash, from bit d rounded down to a multiple of 4: so most splits need not look at the keys to make new tags. The
// home of an entry is bucket (hash bits from d on) * buckets / 2^bits: it grows with the hash, whatever the number of buckets. What always holds:
//
//   - The slots in use of a bucket are its first ones.
//   - An entry is in its home; or in the next bucket, and its home is full; or in the stash, and both are full. So looking a key up ends at
//     the first bucket with an empty slot.
//   - The entries of a bucket's home, taken bucket after bucket, segment after segment and shard after shard, are in the order of their
//     hashes. So a position in an iteration is a hash, and holds while segments split, merge and change their size.
//
// A segment that has no room for an entry gets a quarter more buckets, up to 125 (8 KB), or is split in two; one that is less than 3/8 full is merged
// with its sibling, or gets fewer. No step touches more than about 1,000 entries.
//
// # Dict
//
// A dict is the hash table of a big set, hash or sorted set: the same segments, whose slots refer to elems (see elem), and whose directory is a
// chunk, or a word in the root when there is one segment. Its hashes have all 64 bits.
//
// # Lists
//
// A small list is a listpack. A bigger one is a quicklist: a root, heads of 32 bytes that are linked both ways, and for each head a chunk with a
// listpack somewhere in it, so that both ends have room.
//
//	root    uint64 version | first, last head | number of heads | bytes of heads and chunks
//	head    next, prev | address of the chunk | uint32 its size | uint16 where the listpack begins | uint16 elements
//
// A chunk has at most 8 KB (list-max-listpack-size), unless it holds one element that is bigger.
//
// # Deadlines
//
// See deadlines: a B+ tree of 8-byte items, deadline and hash prefix, per table. The earliest deadline of a shard is kept in an atomic, as a lower bound.
//
// Fields of hashes may have deadlines too. A second index of a table has the hashes with such fields, each under its earliest deadline; the
// hash knows the rest (see hash.go).
//
// # Locks
//
// Each shard has a readers-writer lock, whose rules stand at rwLock. Who needs more than one takes them in ascending order of
// shards. Methods of DB with a Key expect the lock of its shard; methods on whole databases take short locks themselves, unless
// DB.Locked says that the caller has all. Below shard locks come, in this order: evictionPool.mu is taken before any of them; lazyQueue.mu and
// the mutex of slab.Pages after, and nothing is locked under these.
//
// Under a read lock nothing is written but the LRU field of an entry, atomically. Atomics of shard and table (counts, bytes) are written under the
// write lock and read by anybody.
//
// Work in the background (ExpireDue, Purge, freeing of one flushed database among others) locks a shard for a batch of less than about
// 1,000 entries, and 4,096 chunks that are freed (freeBatch), at a time. Arenas of big
// values, and mappings, are freed without locks.
package store
