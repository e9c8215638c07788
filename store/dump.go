package store

import "radish/store/listpack"

// Reading values as they are, for files.

// Block is the bytes of a value of encoding listpack, listpackex or intset, in Redis's formats, or of a string that is not an integer: a view.
func (e Entry) Block() []byte { return e.block() }

// HashWalkAll calls fn for each field with its deadline in unix ms (0: none), lapsed ones too, until it returns false. Field and value are views.
func (e Entry) HashWalkAll(fn func(f, v listpack.Value, ms int64) bool) { e.hashWalk(fn) }

// FirstFieldDeadline is the earliest deadline of a field in unix ms, or a time before that; 0: no field has one.
func (e Entry) FirstFieldDeadline() int64 { return e.fieldDue() }
