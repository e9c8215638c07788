//go:build !linux

package server

// keepAlive: Go's own listener has turned keepalive on already.
func keepAlive(fd, interval int) {}
