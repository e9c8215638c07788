package rdb

import "strconv"

// Type is how a value is stored in a file or a payload: the byte before the key, or the first byte of a payload.
type Type uint8

// The types. Those that this package cannot read are there to be refused by their names.
const (
	TypeString          Type = 0
	TypeList            Type = 1
	TypeSet             Type = 2
	TypeZSet            Type = 3 // scores as text
	TypeHash            Type = 4
	TypeZSet2           Type = 5 // scores as float64
	TypeModulePreGA     Type = 6
	TypeModule          Type = 7
	TypeHashZipmap      Type = 9
	TypeListZiplist     Type = 10
	TypeSetIntset       Type = 11
	TypeZSetZiplist     Type = 12
	TypeHashZiplist     Type = 13
	TypeQuicklist       Type = 14 // of ziplists
	TypeStream          Type = 15
	TypeHashListpack    Type = 16
	TypeZSetListpack    Type = 17
	TypeQuicklist2      Type = 18 // of listpacks and plain strings
	TypeStream2         Type = 19
	TypeSetListpack     Type = 20
	TypeStream3         Type = 21
	TypeHashFieldsPreGA Type = 22 // deadlines of fields, each in full
	TypeHashExPreGA     Type = 23
	TypeHashFields      Type = 24 // deadlines of fields, relative to the earliest
	TypeHashListpackEx  Type = 25 // a listpack of field, value and deadline
)

// Opcodes of a file: where a type could stand.
const (
	opSlotInfo      = 244
	opFunction2     = 245
	opFunctionPreGA = 246
	opModuleAux     = 247
	opIdle          = 248
	opFreq          = 249
	opAux           = 250
	opResizeDB      = 251
	opExpireMs      = 252
	opExpire        = 253
	opSelectDB      = 254
	opEOF           = 255
)

// Versions of files and payloads.
const (
	// MaxVersion is the greatest version that is read.
	MaxVersion = 12
	// Version is what holds everything but deadlines of fields. Redis 7.0 writes it, and reads no later one.
	Version = 10
	// VersionFields is the lowest version with deadlines of fields: Redis 7.4's.
	VersionFields = 12
)

// String is the name that redis-check-rdb has for a type.
func (t Type) String() string {
	switch t {
	case TypeString:
		return "string"
	case TypeList:
		return "list-linked"
	case TypeSet:
		return "set-hashtable"
	case TypeZSet:
		return "zset-v1"
	case TypeHash:
		return "hash-hashtable"
	case TypeZSet2:
		return "zset-v2"
	case TypeModulePreGA:
		return "module-pre-release"
	case TypeModule:
		return "module-value"
	case TypeHashZipmap:
		return "hash-zipmap"
	case TypeListZiplist:
		return "list-ziplist"
	case TypeSetIntset:
		return "set-intset"
	case TypeZSetZiplist:
		return "zset-ziplist"
	case TypeHashZiplist:
		return "hash-ziplist"
	case TypeQuicklist:
		return "quicklist"
	case TypeStream:
		return "stream"
	case TypeHashListpack:
		return "hash-listpack"
	case TypeZSetListpack:
		return "zset-listpack"
	case TypeQuicklist2:
		return "quicklist-v2"
	case TypeStream2:
		return "stream-v2"
	case TypeSetListpack:
		return "set-listpack"
	case TypeStream3:
		return "stream-v3"
	case TypeHashFieldsPreGA:
		return "hash-hashtable-md-pre-release"
	case TypeHashExPreGA:
		return "hash-listpack-md-pre-release"
	case TypeHashFields:
		return "hash-hashtable-md"
	case TypeHashListpackEx:
		return "hash-listpack-md"
	}
	return "unknown"
}

// known reports whether Redis has such a type.
func (t Type) known() bool { return t <= TypeHashListpackEx && t != 8 }

// unsupported tells what a type is that this package knows by name only; "": it is read.
func (t Type) unsupported() string {
	switch t {
	case TypeStream, TypeStream2, TypeStream3:
		return "a stream (type " + strconv.Itoa(int(t)) + ")"
	case TypeModulePreGA, TypeModule:
		return "a module's value (type " + strconv.Itoa(int(t)) + ")"
	}
	return ""
}
