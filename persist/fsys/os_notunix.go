//go:build !unix

package fsys

// SyncDir does nothing: folders cannot be synced here.
func (osFS) SyncDir(string) error { return nil }
