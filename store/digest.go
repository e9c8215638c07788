package store

import (
	"crypto/sha1"
	"encoding/binary"
)

// Digests are those of Redis's DEBUG DIGEST and DEBUG DIGEST-VALUE (debug.c): two servers with the same data have the same digest. What order
// must not matter in is added by xor of SHA-1s, what it must matter in by hashing the sum again.

// xorDigest adds b, in no order.
func xorDigest(d *[20]byte, b []byte) {
	sum := sha1.Sum(b)
	for i := range d {
		d[i] ^= sum[i]
	}
}

// mixDigest adds b, in order.
func mixDigest(d *[20]byte, b []byte) {
	xorDigest(d, b)
	*d = sha1.Sum(d[:])
}

func mixNumber(d *[20]byte, n int) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	mixDigest(d, b[:])
}

// digest adds type, value and whether there is a deadline.
func (e Entry) digest(d *[20]byte) {
	mixNumber(d, int(e.Type()))
	types[e.Type()].digest(d, e)
	if e.Deadline() != 0 {
		xorDigest(d, []byte("!!expire!!"))
	}
}

// Digest is the digest of all databases, lapsed keys included. It read-locks a segment at a time, unless locked says that the caller has all write
// locks; without them it makes sense only while nobody writes.
func (s *Store) Digest(locked bool) (sum [20]byte) {
	for i := range s.databases {
		db := s.DB(i, 0)
		db.Locked = locked
		if db.Len() == 0 {
			continue
		}
		mixNumber(&sum, i)
		db.Walk(func(e Entry) bool {
			var d [20]byte
			mixDigest(&d, e.Key())
			e.digest(&d)
			xorDigest(&sum, d[:])
			return true
		})
	}
	return sum
}

// DigestValue is the digest of a key's value (DEBUG DIGEST-VALUE); all zero when there is no key. It needs the key's read lock.
func (db *DB) DigestValue(k Key) (d [20]byte) {
	if e := db.Peek(k); e.Ok() {
		e.digest(&d)
	}
	return d
}
