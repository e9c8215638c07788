//go:build !linux

package fsys

import "os"

// syncData is fsync; on darwin F_FULLFSYNC.
func syncData(f *os.File) error { return f.Sync() }
