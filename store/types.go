package store

// Type is the type of a value, in Redis's order (OBJ_STRING and so on), which RDB and DEBUG DIGEST rely on.
type Type uint8

// The types of values.
const (
	TypeString Type = iota
	TypeList
	TypeSet
	TypeZSet
	TypeHash
	TypeStream
	numTypes
)

// String is the name that the TYPE command replies.
func (t Type) String() string {
	switch t {
	case TypeString:
		return "string"
	case TypeList:
		return "list"
	case TypeSet:
		return "set"
	case TypeZSet:
		return "zset"
	case TypeHash:
		return "hash"
	case TypeStream:
		return "stream"
	}
	return "unknown"
}

// Encoding is how a value is stored, as far as OBJECT ENCODING tells it.
type Encoding uint8

// The encodings. Strings have the first three. EncListpack, EncListpackEx and EncIntset are compact: one block of bytes, see writer. The others
// are big: a root chunk, and what hangs from it. They fit into four bits.
const (
	EncInt Encoding = iota
	EncEmbstr
	EncRaw
	EncListpack   // lists, sets, sorted sets and hashes
	EncListpackEx // a hash with deadlines of fields
	EncIntset
	EncHashtable   // sets and hashes
	EncHashtableEx // a hash with deadlines of fields
	EncQuicklist
	EncSkiplist
	EncStream
	numEncodings
)

// big reports whether a value of that encoding has a root chunk.
func (e Encoding) big() bool { return e >= EncHashtable }

// String is the name that OBJECT ENCODING replies.
func (e Encoding) String() string {
	switch e {
	case EncInt:
		return "int"
	case EncEmbstr:
		return "embstr"
	case EncRaw:
		return "raw"
	case EncListpack:
		return "listpack"
	case EncListpackEx:
		return "listpackex"
	case EncIntset:
		return "intset"
	case EncHashtable, EncHashtableEx:
		return "hashtable"
	case EncQuicklist:
		return "quicklist"
	case EncSkiplist:
		return "skiplist"
	case EncStream:
		return "stream"
	}
	return "unknown"
}

// Policy is a maxmemory-policy.
type Policy uint8

// The policies, in the order of Redis's documentation.
const (
	NoEviction Policy = iota
	AllKeysLRU
	AllKeysLFU
	AllKeysRandom
	VolatileLRU
	VolatileLFU
	VolatileRandom
	VolatileTTL
)

// String is the name of the policy in the configuration.
func (p Policy) String() string {
	switch p {
	case AllKeysLRU:
		return "allkeys-lru"
	case AllKeysLFU:
		return "allkeys-lfu"
	case AllKeysRandom:
		return "allkeys-random"
	case VolatileLRU:
		return "volatile-lru"
	case VolatileLFU:
		return "volatile-lfu"
	case VolatileRandom:
		return "volatile-random"
	case VolatileTTL:
		return "volatile-ttl"
	}
	return "noeviction"
}

// Volatile reports whether the policy evicts only keys with a deadline.
func (p Policy) Volatile() bool { return p >= VolatileLRU }

// LFU reports whether the policy ranks keys by frequency.
func (p Policy) LFU() bool { return p == AllKeysLFU || p == VolatileLFU }
