//go:build !linux

package server

import "runtime"

const multiplexing = "goroutines"

// residentBytes: there is no portable way to ask; what the Go runtime holds is the best guess.
func residentBytes() int64 { return goMemory() }

// systemMemory is unknown here.
func systemMemory() int64 { return 0 }

func osName() string { return runtime.GOOS + " " + runtime.GOARCH }

// disableTHP: there are no such pages here.
func disableTHP() error { return nil }
