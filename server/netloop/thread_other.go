//go:build !linux

package netloop

// ownThread does nothing: elsewhere a thread has no turns of its own.
func ownThread() {}
