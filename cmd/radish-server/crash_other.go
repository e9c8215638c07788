//go:build !linux

package main

import "syscall"

// dieBy ends the process for a signal.
func dieBy(sig syscall.Signal) { dieDefault(sig) }
