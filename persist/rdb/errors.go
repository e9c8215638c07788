package rdb

import (
	"errors"
	"fmt"
)

// Kinds of errors: what errors.Is finds in an Error, beside errors of reading.
var (
	// ErrTruncated: the input ends too early.
	ErrTruncated = errors.New("rdb: unexpected end")
	// ErrCorrupt: no Redis can have written that.
	ErrCorrupt = errors.New("rdb: corrupt")
	// ErrUnsupported: data of a kind that is only known by name, or a version that is not known.
	ErrUnsupported = errors.New("rdb: unsupported")
	// ErrEmptyValue: a value without elements. Redis wrote such, by mistake, and leaves them out when it loads a file.
	ErrEmptyValue = errors.New("rdb: a value without elements")
)

// Error is what is wrong with a file or a payload.
type Error struct {
	Offset int64  // of the place where it was found, in bytes
	Text   string // what it is
	Kind   error  // one of the above, or the error of the reader
}

// Error tells the place too.
func (e *Error) Error() string { return fmt.Sprintf("%s (offset %d)", e.Text, e.Offset) }

// Unwrap is the kind.
func (e *Error) Unwrap() error { return e.Kind }

// eofText is what Redis's tools say of a file that ends too early.
const eofText = "Unexpected EOF reading RDB file"
