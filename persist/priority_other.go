//go:build !linux

package persist

// atLowPriority runs f. Elsewhere a thread has no priority of its own.
func atLowPriority(f func() error) error { return f() }
